/* SPDX-License-Identifier: ISC */
/* test_db_ack.c - acknowledgements that are owed, what was said of messages, documents that are collected, counters. */
#include "db/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "spool/name.h"
#include "tests/unit/folder.h"

struct fixture {
	struct folder home;
	struct db *db;
	struct arena *a;
	struct err e;
};

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char path[128];

	if (f == NULL)
		return -1;
	f->home = folder_new();
	f->a = arena_new(16 << 20);
	(void)snprintf(path, sizeof(path), "%s/edigate.db", f->home.path);
	*state = f;
	return db_open(path, DB_WRITE, &f->db, &f->e);
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	db_close(f->db);
	arena_free(f->a);
	folder_free(&f->home);
	free(f);
	return 0;
}

static int64_t
add_doc(struct fixture *f)
{
	char ulid[ULID_MAX];
	int64_t id;

	ulid_new(ulid);
	assert_int_equal(db_doc_add(f->db, &(struct db_doc){ .ulid = str_of(ulid), .shown = S("claimed") }, &id, &f->e), 0);
	return id;
}

static void
what_is_owed_is_kept(void **state)
{
	struct fixture *f = *state;
	struct db_ack k = { .doc = add_doc(f), .verdict = S("partial"), .body = S("ISA*\xff\0~"), .interchanges = 2, .groups = 3 }, *got;

	assert_int_equal(db_ack_get(f->db, f->a, k.doc, &got, &f->e), 0);
	assert_null(got);
	assert_int_equal(db_ack_put(f->db, &k, &f->e), 0);
	assert_int_equal(db_ack_by_answer(f->db, f->a, 0, &got, &f->e), 0);
	assert_null(got);	/* not made is not made by number 0 */
	k.answer = add_doc(f);
	k.interchange = 900000001;
	k.grp = 17;
	assert_int_equal(db_ack_put(f->db, &k, &f->e), 0);
	assert_int_equal(db_ack_by_answer(f->db, f->a, k.answer, &got, &f->e), 0);
	assert_non_null(got);
	assert_true(got->doc == k.doc && got->interchanges == 2 && got->groups == 3 &&
	    got->interchange == 900000001 && got->grp == 17);
	assert_true(str_eq(got->body, k.body) && str_eq(got->verdict, k.verdict));
}

static void
the_last_word_on_a_message_holds(void **state)
{
	struct fixture *f = *state;
	struct db_message_ack m = { .doc = add_doc(f), .grp = S("1"), .control = S("0001"), .verdict = S("rejected"),
		.errors = S("code 8"), .said_by = add_doc(f) }, *v;
	size_t n;

	assert_int_equal(db_message_ack_put(f->db, &m, &f->e), 0);
	m.verdict = S("accepted");
	m.errors = S("");
	assert_int_equal(db_message_ack_put(f->db, &m, &f->e), 0);
	m.grp = S("2");
	assert_int_equal(db_message_ack_put(f->db, &m, &f->e), 0);
	assert_int_equal(db_message_ack_list(f->db, f->a, m.doc, &v, &n, &f->e), 0);
	assert_int_equal(n, 2);
	assert_true(str_eq(v[0].grp, S("1")) && str_eq(v[0].verdict, S("accepted")) &&
	    v[0].errors.n == 0 && v[0].said_by == m.said_by);
}

static void
collected_documents_become_a_batch(void **state)
{
	struct fixture *f = *state;
	struct str key = S("edifact +:\xff\0'");
	struct db_batch b[3], *v, *one;
	int64_t batch;
	size_t n;

	for (size_t i = 0; i < N(b); i++) {
		b[i] = (struct db_batch){ .doc = add_doc(f), .partner = S("acme"), .key = i == 2 ? S("x12") : key, .messages = i + 1,
			.groups = i, .size = 100 * i, .due_ms = (int64_t)i + 5 };
		assert_int_equal(db_batch_put(f->db, &b[i], &f->e), 0);
	}
	assert_int_equal(db_batch_open(f->db, f->a, S("acme"), key, &v, &n, &f->e), 0);
	assert_int_equal(n, 2);
	assert_true(v[0].doc == b[0].doc && v[1].messages == 2 && v[1].groups == 1 &&
	    v[1].size == 100 && v[1].due_ms == 6);
	assert_int_equal(db_batch_open(f->db, f->a, S("other"), key, &v, &n, &f->e), 0);
	assert_int_equal(n, 0);

	batch = add_doc(f);
	assert_int_equal(db_batch_put(f->db, &(struct db_batch){ .doc = batch, .batch = batch, .interchange = 7, .grp = 9 }, &f->e), 0);
	b[1].batch = batch;
	assert_int_equal(db_batch_put(f->db, &b[1], &f->e), 0);
	assert_int_equal(db_batch_members(f->db, f->a, batch, &v, &n, &f->e), 0);
	assert_true(n == 1 && v[0].doc == b[1].doc);
	assert_int_equal(db_batch_get(f->db, f->a, batch, &one, &f->e), 0);
	assert_true(one->interchange == 7 && one->grp == 9);
	assert_int_equal(db_batch_drop(f->db, b[1].doc, &f->e), 0);	/* too late: it is in one */
	assert_int_equal(db_batch_drop(f->db, b[0].doc, &f->e), 0);
	assert_int_equal(db_batch_get(f->db, f->a, b[1].doc, &one, &f->e), 0);
	assert_non_null(one);
	assert_int_equal(db_batch_get(f->db, f->a, b[0].doc, &one, &f->e), 0);
	assert_null(one);
}

static void
counters_belong_to_partner_and_name(void **state)
{
	struct fixture *f = *state;
	uint64_t n;

	assert_int_equal(db_counter(f->db, S("acme"), S("x12-group"), &n, &f->e), 0);
	assert_int_equal(n, 0);
	assert_int_equal(db_counter_put(f->db, S("acme"), S("x12-group"), 41, &f->e), 0);
	assert_int_equal(db_counter_put(f->db, S("acme"), S("x12-group"), 42, &f->e), 0);
	assert_int_equal(db_counter_put(f->db, S("other"), S("x12-group"), 7, &f->e), 0);
	assert_int_equal(db_counter(f->db, S("acme"), S("x12-group"), &n, &f->e), 0);
	assert_int_equal(n, 42);
	assert_int_equal(db_begin(f->db, &f->e), 0);
	assert_int_equal(db_counter_put(f->db, S("acme"), S("x12-group"), 50, &f->e), 0);
	db_rollback(f->db);
	assert_int_equal(db_counter(f->db, S("acme"), S("x12-group"), &n, &f->e), 0);
	assert_int_equal(n, 42);	/* numbers that were not committed were not given */
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_is_owed_is_kept),
		CASE(the_last_word_on_a_message_holds),
		CASE(collected_documents_become_a_batch),
		CASE(counters_belong_to_partner_and_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
