/* SPDX-License-Identifier: ISC */
/* The chain of events: whatever is done to the log behind our back, the check names the first event that shows it. */
#include "db/backend.h"
#include "db/db.h"
#include "tests/unit/folder.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>

#include <cmocka.h>

#define EVENTS 1201	/* three pages of the check, the last of one event */

struct world {
	struct folder folder;
	struct arena *a;
	char *path;
	struct db *db;
	int64_t doc;
	struct err e;
};

static void
ok(struct world *w, int rc)
{
	if (rc == -1)
		print_error("%s\n", w->e.text);
	assert_int_equal(rc, 0);
}

static void
add_event(struct world *w, int64_t doc, int i)
{
	ok(w, db_event_add(w->db, &(struct db_event){ .doc = doc, .at_ms = 1000 + i, .role = S("test"), .kind = S("note"),
	    .text = str_fmt(w->a, "event %d\nof many", i) }, NULL, &w->e));
}

static int
world_new(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->folder = folder_new();
	w->a = arena_new((size_t)64 << 20);
	w->path = str_cstr(w->a, str_fmt(w->a, "%s/t.db", w->folder.path));
	ok(w, db_open(w->path, DB_WRITE, &w->db, &w->e));
	ok(w, db_doc_add(w->db, &(struct db_doc){ .ulid = S("01J"), .shown = S("filed") }, &w->doc, &w->e));
	ok(w, db_begin(w->db, &w->e));
	for (int i = 1; i <= EVENTS; i++)
		add_event(w, w->doc, i);
	ok(w, db_commit(w->db, &w->e));
	*state = w;
	return 0;
}

static int
world_free(void **state)
{
	struct world *w = *state;

	db_close(w->db);
	arena_free(w->a);
	folder_free(&w->folder);
	free(w);
	return 0;
}

static void
raw(const char *path, const char *sql)
{
	char *why = NULL;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		print_error("%s\n", why);
	assert_null(why);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static struct str
checked(struct world *w)
{
	struct str report;

	ok(w, db_check(w->db, w->a, &report, &w->e));
	return report;
}

static void
every_damage_is_named(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *what, *sql;
		struct str says;
	} cases[] = {
		{ "a text", "UPDATE event SET text = 'other' WHERE id = 700", S_INIT("event 700: was changed") },
		{ "a time", "UPDATE event SET at_ms = at_ms + 1 WHERE id = 1", S_INIT("event 1: was changed") },
		{ "a proof", "UPDATE event SET proof = 'x' WHERE id = 501", S_INIT("event 501: was changed") },
		{ "an argument", "UPDATE event SET arg = 1 WHERE id = 500", S_INIT("event 500: was changed") },
		{ "the last", "UPDATE event SET role = 'x' WHERE id = 1201", S_INIT("event 1201: does not follow") },
		{ "a hash", "UPDATE event SET hash = replace(hash, 'a', 'b') WHERE id = 700", S_INIT("event 700: does not follow") },
		{ "two places", "UPDATE event SET id = -id WHERE id IN (700, 701); UPDATE event SET id = 701 WHERE id = -700; "
		    "UPDATE event SET id = 700 WHERE id = -701", S_INIT("event 700: changed places with event 701") },
		{ "one removed", "DELETE FROM event WHERE id = 700", S_INIT("event 701: 1 missing before it") },
		{ "the first", "DELETE FROM event WHERE id < 3", S_INIT("event 3: 2 missing before it") },
		{ "one removed, and the ids closed up", "DELETE FROM event WHERE id = 700; UPDATE event SET id = -id WHERE id > 700; "
		    "UPDATE event SET id = -id - 1 WHERE id < 0", S_INIT("event 700: was changed, or one before it was removed") },
		{ "one put in", "UPDATE event SET id = -id WHERE id > 700; UPDATE event SET id = 1 - id WHERE id < 0; INSERT INTO event "
		    "SELECT 701, doc, tx, at_ms, role, kind, arg, 'forged', proof, hash FROM event WHERE id = 700",
		    S_INIT("event 701: was put in") },
		{ "one at the end, without a hash", "INSERT INTO event (doc, tx, at_ms, role, kind, arg, text, proof) "
		    "SELECT doc, tx, at_ms, role, kind, arg, text, proof FROM event WHERE id = 1", S_INIT("event 1202: has no hash") },
		{ "the end", "DELETE FROM event WHERE id > 1190", S_INIT("event 1190: the last; 11 after it are missing") },
		{ "all", "DELETE FROM event", S_INIT("event 0: the last; 1201 after it are missing") },
	};

	assert_int_equal(checked(w).n, 0);
	for (size_t i = 0; i < N(cases); i++) {
		print_message("%s\n", cases[i].what);
		struct str copy = str_fmt(w->a, "%s.%zu", w->path, i), report;
		struct world other = { .a = w->a };
		ok(w, db_backup(w->db, copy.p, &w->e));
		raw(copy.p, "DROP TRIGGER event_stays_put; DROP TRIGGER event_stays");
		raw(copy.p, cases[i].sql);
		ok(&other, db_open(copy.p, DB_WRITE, &other.db, &other.e));
		report = checked(&other);
		print_message("  " STR_FMT, STR_ARG(report));
		assert_true(str_starts(report, cases[i].says));
		db_close(other.db);
	}
}

static void
the_chain_goes_on_where_it_was(void **state)
{
	struct world *w = *state;
	struct str head, before, hash;

	ok(w, db_event_hash(w->db, w->a, EVENTS, &head, &w->e));
	assert_int_equal(head.n, 64);
	/* What was rolled back is forgotten; a new connection goes on after the last. */
	ok(w, db_begin(w->db, &w->e));
	add_event(w, w->doc, -1);
	db_rollback(w->db);
	db_close(w->db);
	ok(w, db_open(w->path, DB_WRITE, &w->db, &w->e));
	assert_int_equal(db_event_add(w->db, &(struct db_event){ .doc = 99 }, NULL, &w->e), -1);
	add_event(w, w->doc, 2);
	add_event(w, w->doc, 3);
	ok(w, db_event_before(w->db, w->a, EVENTS + 1, &before, &w->e));
	assert_true(str_eq(before, head));
	ok(w, db_event_hash(w->db, w->a, EVENTS + 2, &hash, &w->e));
	assert_int_equal(hash.n, 64);
	ok(w, db_event_hash(w->db, w->a, EVENTS + 3, &hash, &w->e));
	assert_int_equal(hash.n, 0);
	assert_int_equal(checked(w).n, 0);
}

static void
no_two_events_look_the_same(void **state)
{
	struct world *w = *state;
	const struct db_event
	    a = { .doc = 1, .role = S("send"), .kind = S("note"), .text = S("a\nproof 1 x") },
	    b = { .doc = 1, .role = S("send"), .kind = S("note"), .text = S("a"), .proof = S("x") };

	assert_false(str_eq(chain_text(w->a, S("0"), &a), chain_text(w->a, S("0"), &b)));
	assert_true(str_eq(chain_text(w->a, S("0"), &b), S("edigate event 1\nafter 0\ndocument 1\ntransmission 0\nat 0\nargument 0\n"
	    "role 4 send\nkind 4 note\ntext 1 a\nproof 1 x\n")));
}

static void
events_of_an_older_version_are_chained(void **state)
{
	struct world *w = *state;
	char *path = str_cstr(w->a, str_fmt(w->a, "%s/old.db", w->folder.path));
	struct world old = { .a = w->a };

	raw(path, db_schema[0]);
	raw(path, db_schema[1]);
	raw(path, "PRAGMA user_version = 2; INSERT INTO document (ulid, dir, kind, partner, name, path, size, sha256, format, type, "
	    "number, sender, receiver, control, test, message_id, subject, stage, t, r, a, b, shown, reason, parent, created_ms, "
	    "changed_ms, deadline_ms, attempts) VALUES ('x', 0, 0, '', x'', x'', 0, '', '', '', '', '', '', '', 0, '', '', 0, 0, 0, 0, "
	    "0, 'filed', '', 0, 0, 0, 0, 0);"
	    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1001) "
	    "INSERT INTO event (doc, tx, at_ms, role, kind, arg, text, proof) SELECT 1, 0, i, 'r', 'note', 0, 't' || i, '' FROM n");
	ok(&old, db_open(path, DB_WRITE, &old.db, &old.e));
	assert_int_equal(checked(&old).n, 0);
	add_event(&old, 1, 5);
	assert_int_equal(checked(&old).n, 0);
	db_close(old.db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_damage_is_named, world_new, world_free),
		cmocka_unit_test_setup_teardown(the_chain_goes_on_where_it_was, world_new, world_free),
		cmocka_unit_test_setup_teardown(no_two_events_look_the_same, world_new, world_free),
		cmocka_unit_test_setup_teardown(events_of_an_older_version_are_chained, world_new, world_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
