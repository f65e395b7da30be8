/* SPDX-License-Identifier: ISC */
/*
 * The SQLite back end. WAL with synchronous=FULL: what db_commit() has said is on disk. Exactly one connection writes,
 * and only that one checkpoints: SQLite before 3.51.3 can corrupt a WAL when one connection checkpoints while another
 * commits. Readers open read-only, and the WAL stays when the writer closes, so that they need not make one.
 */
#include "db/backend.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#define BUSY_MS	    5000
#define WAL_PAGES   4000			/* about 16 MB between checkpoints */
#define WAL_LEFT    "67108864"			/* bytes the WAL keeps after one */
#define LOCK_SUFFIX ".lock"
#define PART_SUFFIX ".part"
#define PATH_SIZE   4096
#define FILE_MODE   0640

struct sqlite {
	sqlite3 *handle;
	int lock;			/* held by the one writer */
};

static enum err_kind
kind_of(int code)
{
	switch (code & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
	case SQLITE_SCHEMA:
		return ERR_CONFIG;
	default:
		return ERR_RETRY;
	}
}

static const char *
code_of(int code)
{
	switch (code & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_SCHEMA:
		return "E-DB-DAMAGED";
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return "E-DB-OPEN";
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return "E-DB-BUSY";
	case SQLITE_FULL:
		return "E-DISK-FULL";
	default:
		return NULL;
	}
}

static int
fail(sqlite3 *handle, const char *doing, struct err *e)
{
	int code = handle != NULL ? sqlite3_extended_errcode(handle) : SQLITE_NOMEM;

	if ((code & 0xff) == SQLITE_NOMEM)
		abort();
	return err_code(err_set(e, kind_of(code), "database: %s: %s", doing, sqlite3_errmsg(handle)), e, code_of(code));
}

/* ---- statements ---- */

static int
lite_run(void *conn, const char *sql, struct err *e)
{
	struct sqlite *l = conn;

	return sqlite3_exec(l->handle, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail(l->handle, sql, e);
}

static int
lite_prepare(void *conn, const char *sql, void **stmt, struct err *e)
{
	struct sqlite *l = conn;
	sqlite3_stmt *s;

	if (sqlite3_prepare_v3(l->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL) != SQLITE_OK)
		return fail(l->handle, sql, e);
	*stmt = s;
	return 0;
}

static void
lite_finish(void *stmt)
{
	(void)sqlite3_finalize(stmt);
}

static int
lite_bind(void *stmt, int at, struct db_value v, struct err *e)
{
	const char *p = v.s.p != NULL ? v.s.p : "";	/* no bytes are not NULL */
	int rc;

	if (v.type == DB_INT)
		rc = sqlite3_bind_int64(stmt, at, v.i);
	else if (v.type == DB_TEXT)
		rc = sqlite3_bind_text64(stmt, at, p, v.s.n, SQLITE_STATIC, SQLITE_UTF8);
	else
		rc = sqlite3_bind_blob64(stmt, at, p, v.s.n, SQLITE_STATIC);
	return rc == SQLITE_OK ? 0 : fail(sqlite3_db_handle(stmt), "bind", e);
}

static int
lite_step(void *stmt, bool *row, struct err *e)
{
	int rc = sqlite3_step(stmt);

	*row = rc == SQLITE_ROW;
	if (rc == SQLITE_ROW || rc == SQLITE_DONE)
		return 0;
	return fail(sqlite3_db_handle(stmt), sqlite3_sql(stmt), e);
}

static struct db_value
lite_column(void *stmt, int at, enum db_type type)
{
	struct db_value v = { .type = type };

	if (type == DB_INT)
		v.i = sqlite3_column_int64(stmt, at);
	else {
		v.s.p = sqlite3_column_blob(stmt, at);	/* of text: its bytes, no conversion */
		v.s.n = (size_t)sqlite3_column_bytes(stmt, at);
		if (v.s.p == NULL)
			v.s = S("");
	}
	return v;
}

static void
lite_reset(void *stmt)
{
	(void)sqlite3_reset(stmt);	/* says again what step said */
	(void)sqlite3_clear_bindings(stmt);
}

static int64_t
lite_added(void *stmt)
{
	return sqlite3_last_insert_rowid(sqlite3_db_handle(stmt));
}

/* ---- opening ---- */

static int
read_number(sqlite3 *handle, const char *sql, int64_t *out, struct err *e)
{
	sqlite3_stmt *s = NULL;
	int rc = -1;

	if (sqlite3_prepare_v2(handle, sql, -1, &s, NULL) != SQLITE_OK || sqlite3_step(s) != SQLITE_ROW)
		(void)fail(handle, sql, e);
	else {
		*out = sqlite3_column_int64(s, 0);
		rc = 0;
	}
	(void)sqlite3_finalize(s);
	return rc;
}

static int64_t
known_version(void)
{
	int64_t n = 0;

	while (db_schema[n] != NULL)
		n++;
	return n;
}

/* user_version counts the migrations that ran; each runs whole or not at all. */
static int
migrate(struct sqlite *l, int64_t version, struct err *e)
{
	char mark[64];

	for (; db_schema[version] != NULL; version++) {
		(void)snprintf(mark, sizeof(mark), "PRAGMA user_version = %lld", (long long)version + 1);
		if (lite_run(l, "BEGIN IMMEDIATE", e) == -1)
			return -1;
		if (lite_run(l, db_schema[version], e) == -1 || lite_run(l, mark, e) == -1 ||
		    lite_run(l, "COMMIT", e) == -1) {
			(void)lite_run(l, "ROLLBACK", NULL);
			return err_add(e, "migration %lld", (long long)version + 1);
		}
	}
	return 0;
}

static int
check_version(struct sqlite *l, enum db_mode mode, struct err *e)
{
	int64_t version = 0, known = known_version();

	if (read_number(l->handle, "PRAGMA user_version", &version, e) == -1)
		return -1;
	if (version > known)
		return err_set(e, ERR_CONFIG, "database is of version %lld, this program knows %lld: it was used by a newer one",
		    (long long)version, (long long)known);
	if (version < known && mode == DB_READ)
		return err_set(e, ERR_CONFIG,
		    "database is of version %lld, want %lld: start the gateway once",
		    (long long)version, (long long)known);
	return mode == DB_WRITE ? migrate(l, version, e) : 0;
}

/* A second writer would checkpoint under the first. The lock ends with the process, however that ends. */
static int
take_lock(struct sqlite *l, const char *path, struct err *e)
{
	char name[PATH_SIZE];
	int n = snprintf(name, sizeof(name), "%s" LOCK_SUFFIX, path);

	if (n < 0 || (size_t)n >= sizeof(name))
		return err_set(e, ERR_CONFIG, "database path is over %d bytes", PATH_SIZE);
	l->lock = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	if (l->lock == -1)
		return err_errno(e, "%s", name);
	if (flock(l->lock, LOCK_EX | LOCK_NB) == -1)
		return errno == EWOULDBLOCK ? err_set(e, ERR_RETRY, "%s is in use by another ledger", path) : err_errno(e, "%s", name);
	return 0;
}

static int
set_up(struct sqlite *l, enum db_mode mode, struct err *e)
{
	static const char both[] = "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
				   "PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;";
	static const char writer[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
				     "PRAGMA journal_size_limit = " WAL_LEFT ";";
	int keep_wal = 1;

	(void)sqlite3_extended_result_codes(l->handle, 1);
	(void)sqlite3_db_config(l->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_busy_timeout(l->handle, BUSY_MS);
	if (lite_run(l, both, e) == -1)
		return -1;
	if (mode == DB_READ) {
		(void)sqlite3_db_config(l->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
		return lite_run(l, "PRAGMA query_only = ON", e);
	}
	if (lite_run(l, writer, e) == -1)
		return -1;
	(void)sqlite3_wal_autocheckpoint(l->handle, WAL_PAGES);
	(void)sqlite3_file_control(l->handle, "main", SQLITE_FCNTL_PERSIST_WAL, &keep_wal);
	return 0;
}

static void
lite_close(void *conn)
{
	struct sqlite *l = conn;
	int rc;

	if (l == NULL)
		return;
	rc = sqlite3_close(l->handle);
	assert(rc == SQLITE_OK);	/* else a statement was forgotten */
	if (l->lock != -1)
		(void)close(l->lock);
	free(l);
}

/* SQLite would let everybody read it. O_EXCL: closing a file that has a connection would end that one's locks. */
static int
make_file(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);

	if (fd == -1)
		return errno == EEXIST ? 0 : err_errno(e, "cannot be made");
	(void)close(fd);
	return 0;
}

static int
cannot_open(sqlite3 *handle, struct err *e)
{
	int why = handle != NULL ? sqlite3_system_errno(handle) : 0;

	return why != 0 ? err_set(e, ERR_CONFIG, "cannot be opened: %s", strerror(why)) : fail(handle, "open", e);
}

/* SQLITE_OPEN_NOFOLLOW would refuse a link anywhere in the path, and homes do lie behind one. */
static int
refuse_link(const char *path, struct err *e)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISLNK(st.st_mode) ? err_set(e, ERR_CONFIG, "is a symbolic link, want the file itself") : 0;
}

static int
lite_open(const char *where, enum db_mode mode, void **conn, struct err *e)
{
	int flags = mode == DB_WRITE ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
	struct sqlite *l = malloc(sizeof(*l));

	if (l == NULL)
		abort();
	*l = (struct sqlite){ .lock = -1 };
	if (mode == DB_WRITE && (take_lock(l, where, e) == -1 || make_file(where, e) == -1))
		goto fail;
	if (refuse_link(where, e) == -1)
		goto fail;
	if (sqlite3_open_v2(where, &l->handle, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
		(void)cannot_open(l->handle, e);
		goto fail;
	}
	if (set_up(l, mode, e) == -1 || check_version(l, mode, e) == -1)
		goto fail;
	*conn = l;
	return 0;
fail:
	lite_close(l);
	return -1;
}

/* ---- care ---- */

static int
each_text(sqlite3 *handle, const char *sql, const char *fine, struct buf *report, struct err *e)
{
	sqlite3_stmt *s = NULL;
	const char *text;
	int rc = -1, step;

	if (sqlite3_prepare_v2(handle, sql, -1, &s, NULL) != SQLITE_OK) {
		(void)fail(handle, sql, e);
		goto out;
	}
	while ((step = sqlite3_step(s)) == SQLITE_ROW) {
		text = (const char *)sqlite3_column_text(s, 0);
		if (text != NULL && strcmp(text, fine) != 0 && buf_printf(report, e, "%s\n", text) == -1)
			goto out;
	}
	if (step != SQLITE_DONE)
		(void)fail(handle, sql, e);
	else
		rc = 0;
out:
	(void)sqlite3_finalize(s);
	return rc;
}

static int
lite_check(void *conn, struct buf *report, struct err *e)
{
	struct sqlite *l = conn;

	if (each_text(l->handle, "PRAGMA integrity_check", "ok", report, e) == -1)
		return -1;
	return each_text(l->handle,
	    "SELECT 'table ' || \"table\" || ', row ' || rowid || ' refers to a missing row of ' || parent FROM pragma_foreign_key_check",
	    "", report, e);
}

static int
copy_all(struct sqlite *l, sqlite3 *to, const char *path, struct err *e)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", l->handle, "main");
	int rc;

	if (b == NULL)
		return fail(to, path, e);
	do {
		rc = sqlite3_backup_step(b, 1000);
		if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED)
			(void)sqlite3_sleep(50);
	} while (rc == SQLITE_OK || rc == SQLITE_BUSY || rc == SQLITE_LOCKED);
	(void)sqlite3_backup_finish(b);
	return rc == SQLITE_DONE ? 0 : fail(to, path, e);
}

/* A new file with the whole database in it, on disk. */
static int
write_backup(struct sqlite *l, const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE), rc;
	sqlite3 *to = NULL;

	if (fd == -1)
		return err_errno(e, "%s", path);
	rc = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK ? copy_all(l, to, path, e) :
	    fail(to, path, e);
	(void)sqlite3_close(to);
	if (rc == 0 && fsync(fd) == -1)
		rc = err_errno(e, "fsync of %s", path);
	(void)close(fd);
	return rc;
}

/* Under its name only when it is whole: a backup that was cut short must not be taken for one. */
static int
lite_backup(void *conn, const char *path, struct err *e)
{
	char part[PATH_SIZE];
	int n = snprintf(part, sizeof(part), "%s" PART_SUFFIX, path), rc;

	if (n < 0 || (size_t)n >= sizeof(part))
		return err_set(e, ERR_CONFIG, "backup path is over %d bytes", PATH_SIZE);
	if (unlink(part) == -1 && errno != ENOENT)
		return err_errno(e, "removing %s", part);
	rc = write_backup(conn, part, e);
	if (rc == 0 && renameat2(AT_FDCWD, part, AT_FDCWD, path, RENAME_NOREPLACE) == -1)
		rc = err_errno(e, "%s", path);
	if (rc == -1)
		(void)unlink(part);
	return rc;
}

static const char *
lite_version(void)
{
	return sqlite3_libversion();
}

const struct db_ops db_sqlite = {
	.scheme = "sqlite",
	.version = lite_version,
	.open = lite_open,
	.close = lite_close,
	.run = lite_run,
	.prepare = lite_prepare,
	.finish = lite_finish,
	.bind = lite_bind,
	.step = lite_step,
	.column = lite_column,
	.reset = lite_reset,
	.returning = "",		/* RETURNING would cost a quarter more */
	.added = lite_added,
	.check = lite_check,
	.backup = lite_backup,
};
