/* SPDX-License-Identifier: ISC */
#include "db/chain.h"

#include <stdlib.h>
#include <string.h>

static const struct db_ops *const backends[] = { &db_sqlite };

/* "sqlite:PATH"; a plain path is SQLite's too. where: what stands behind the scheme. */
static const struct db_ops *
backend_of(const char *path, const char **where)
{
	size_t n;

	for (size_t i = 0; i < N(backends); i++) {
		n = strlen(backends[i]->scheme);
		if (strncmp(path, backends[i]->scheme, n) == 0 && path[n] == ':') {
			*where = path + n + 1;
			return backends[i];
		}
	}
	*where = path;
	return &db_sqlite;
}

int
db_begin(struct db *db, struct err *e)
{
	db->chain_known = false;
	return row_run(db, "BEGIN IMMEDIATE", NULL, 0, e);
}

int
db_commit(struct db *db, struct err *e)
{
	return row_run(db, "COMMIT", NULL, 0, e);
}

void
db_rollback(struct db *db)
{
	db->chain_known = false;
	(void)row_run(db, "ROLLBACK", NULL, 0, NULL);	/* fails when the error has rolled back already */
}

static int
complete(struct db *db, struct err *e)
{
	if (db_begin(db, e) == -1)
		return -1;
	if (chain_complete(db, e) == 0 && db_commit(db, e) == 0)
		return 0;
	db_rollback(db);
	return -1;
}

int
db_open(const char *path, enum db_mode mode, struct db **out, struct err *e)
{
	struct db *db = calloc(1, sizeof(*db));
	const char *where;

	if (db == NULL)
		abort();
	db->ops = backend_of(path, &where);
	if (db->ops->open(where, mode, &db->conn, e) == -1) {
		free(db);
		return err_add(e, "%s", path);
	}
	if (mode == DB_WRITE && complete(db, e) == -1) {
		db_close(db);
		return err_add(e, "%s", path);
	}
	*out = db;
	return 0;
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	row_forget(db);
	db->ops->close(db->conn);
	free(db);
}

const char *
db_version(const struct db *db)
{
	return db->ops->version();
}

int
db_backup(struct db *db, const char *path, struct err *e)
{
	return db->ops->backup(db->conn, path, e);
}

/* ---- check ---- */

/* Work that moves a document on: hooks only tell of it. */
#define HAS_JOB "EXISTS (SELECT 1 FROM job WHERE doc = d.id AND kind <> 5)"
_Static_assert(JOB_HOOK == 5 && PHASE_ENDED == 2, "the rules below say these in numbers");

/* What must hold between rows: the SQL counts the documents for which it does not, and names one of them. */
static const struct {
	const char *sql, *says;
} rules[] = {
	{ "SELECT count(*), min(id) FROM document d WHERE NOT EXISTS (SELECT 1 FROM event WHERE doc = d.id)",
	    "no event tells where it comes from" },
	{ "SELECT count(*), min(id) FROM document d WHERE shown IN ('claimed', 'queued', 'sending', 'deferred', 'uncertain', "
	  "'spooled', 'opened') AND NOT " HAS_JOB,
	    "no job moves it on" },
	{ "SELECT count(*), min(id) FROM document d WHERE shown IN ('awaiting-receipt', 'receipt-overdue') AND deadline_ms = 0 "
	  "AND NOT " HAS_JOB,
	    "waits for a receipt without a deadline" },
	{ "SELECT count(*), min(t.doc) FROM attempt a JOIN transmission t ON t.id = a.tx WHERE a.phase < 2 "
	  "AND NOT EXISTS (SELECT 1 FROM job WHERE tx = t.id)",
	    "an attempt is open and no job belongs to it" },
	{ "SELECT count(*), min(doc) FROM event e WHERE tx <> 0 AND NOT EXISTS (SELECT 1 FROM transmission WHERE id = e.tx)",
	    "an event points at a transmission that is not there" },
	{ "SELECT count(*), min(id) FROM document d WHERE parent <> 0 AND NOT EXISTS (SELECT 1 FROM document WHERE id = d.parent)",
	    "its parent is not there" },
};

int
db_check(struct db *db, struct arena *a, struct str *report, struct err *e)
{
	struct buf found = BUF_CAP(1 << 20);
	int64_t n[2];
	int rc = -1;

	if (db->ops->check(db->conn, &found, e) == -1 || chain_check(db, &found, e) == -1)
		goto out;
	for (size_t i = 0; i < N(rules); i++) {
		if (row_numbers(db, rules[i].sql, NULL, 0, n, N(n), e) == -1)
			goto out;
		if (n[0] > 0 &&
		    buf_printf(&found, e, "document %lld: %s (%lld in all)\n", (long long)n[1],
		        rules[i].says, (long long)n[0]) == -1)
			goto out;
	}
	*report = str_dup(a, buf_str(&found));
	rc = 0;
out:
	buf_clear(&found);
	return rc;
}
