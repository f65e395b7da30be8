/* SPDX-License-Identifier: ISC */
/*
 * db_crash SHIM - the database ended or failing at each of its writes, from the first one that makes it on. What db_commit()
 * promised is there, what it did not is there wholly or not at all, and the next start needs nobody's help.
 */
#include "db/db.h"

#include "gateway/base/buf.h"
#include "tests/crash/crash.h"
#include "tests/unit/folder.h"

#define TURNS	 3	/* transactions */
#define PER_TURN 2	/* documents in each, with an event and a job */

static const char *const hows[] = { "kill", "tear", "ENOSPC", "EIO" };

static struct str
ulid_of(struct arena *a, int turn, int k)
{
	return str_fmt(a, "turn %d document %d", turn, k);
}

static int
add(struct db *db, struct arena *a, int turn, struct err *e)
{
	struct db_doc d = { .shown = S("queued"), .name = S("order.edi") };
	int64_t id;

	for (int k = 0; k < PER_TURN; k++) {
		d.ulid = ulid_of(a, turn, k);
		if (db_doc_add(db, &d, &id, e) == -1 ||
		    db_event_add(db, &(struct db_event){ .doc = id }, NULL, e) == -1 ||
		    db_job_add(db, &(struct db_job){ .doc = id, .due_ms = 1 }, NULL, e) == -1)
			return -1;
	}
	return 0;
}

static int
turn(struct db *db, struct arena *a, int i, struct err *e)
{
	if (db_begin(db, e) == -1)
		return -1;
	if (add(db, a, i, e) == 0 && db_commit(db, e) == 0)
		return 0;
	db_rollback(db);
	return -1;
}

static int
scenario(const char *home)
{
	struct arena *a = arena_new(1 << 20);
	char *path = str_cstr(a, str_fmt(a, "%s/edigate.db", home)), *copy = str_cstr(a, str_fmt(a, "%s/backup.db", home));
	struct db *db;
	struct err e;

	if (db_open(path, DB_WRITE, &db, &e) == -1 && db_open(path, DB_WRITE, &db, &e) == -1) {
		crash_say("error open %s\n", e.text);
		return 1;
	}
	for (int i = 0; i < TURNS; i++) {
		if (turn(db, a, i, &e) == 0 || turn(db, a, i, &e) == 0)
			crash_say("done %d\n", i);
		else
			crash_say("error %d %s\n", i, e.text);
	}
	if (db_backup(db, copy, &e) == 0 || db_backup(db, copy, &e) == 0)
		crash_say("backup\n");
	else
		crash_say("error backup %s\n", e.text);
	db_close(db);		/* checkpoints */
	arena_free(a);
	return crash_end();
}

/* ---- what must hold ---- */

static bool
wrong(const char *what, int i, const char *said)
{
	printf("# %s (%d); it said: %s\n", what, i, said);
	return false;
}

static bool
is_there(struct db *db, struct arena *a, int i, int k)
{
	struct db_doc *d;
	struct err e;

	return db_doc_by_ulid(db, a, ulid_of(a, i, k), &d, &e) == 0 && d != NULL;
}

static bool
is_sound(const char *path, bool all, const char *said)
{
	struct arena *a = arena_new(1 << 20);
	struct db *db = NULL;
	struct str report;
	struct err e;
	bool ok = true, there;
	char line[32];

	if (db_open(path, DB_WRITE, &db, &e) == -1 || db_check(db, a, &report, &e) == -1) {
		ok = wrong(e.text, -1, said);
		goto out;
	}
	if (report.n > 0)
		ok = wrong(str_cstr(a, report), -1, said);
	for (int i = 0; i < TURNS; i++) {
		there = is_there(db, a, i, 0);
		for (int k = 1; k < PER_TURN; k++)
			if (is_there(db, a, i, k) != there)
				ok = wrong("half a transaction", i, said);
		(void)snprintf(line, sizeof(line), "done %d", i);
		if (!there && (all || crash_said(said, line)))
			ok = wrong("committed, yet not there", i, said);
		if (!there && turn(db, a, i, &e) == -1)
			ok = wrong(e.text, i, said);
	}
out:
	db_close(db);
	arena_free(a);
	return ok;
}

/* 1: the call number is past the end, 0: fine, -1: wrong. */
static int
run_one(const char *shim, const char *how, unsigned int at)
{
	static char said[CRASH_SAID_MAX];
	struct folder home = folder_new_fast();
	char path[128], copy[128];
	bool ok = true;
	int status = crash_run(shim, how, at, "all", home.path, said);

	(void)snprintf(path, sizeof(path), "%s/edigate.db", home.path);
	(void)snprintf(copy, sizeof(copy), "%s/backup.db", home.path);
	if (!WIFSIGNALED(status) && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
		ok = wrong("the scenario did not run", -1, said);
	if (!is_sound(path, false, said))
		ok = false;
	if (!folder_has(home.fd, "backup.db")) {
		if (crash_said(said, "backup"))
			ok = wrong("backed up, yet not there", -1, said);
	} else if (!is_sound(copy, true, said))		/* a backup that has its name is whole */
		ok = false;
	folder_free(&home);
	return !ok ? -1 : crash_is_past(said, at) ? 1 : 0;
}

static void
run_all(const char *shim, const char *how)
{
	unsigned int at = 1, wrongs = 0;
	int rc = 0;

	for (; at < CRASH_CALLS_MAX && rc != 1; at++) {
		rc = run_one(shim, how, at);
		if (rc == -1) {
			printf("# ... at call %u\n", at);
			wrongs++;
		}
	}
	crash_ok(wrongs == 0 && rc == 1, "transactions and a backup", how, at - 1);
}

int
main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "--scenario") == 0)
		return scenario(argv[3]);
	if (argc != 2) {
		(void)fprintf(stderr, "usage: db_crash SHIM\n");
		return 64;
	}
	for (size_t h = 0; h < N(hows); h++)
		run_all(argv[1], hows[h]);
	return crash_done();
}
