/* SPDX-License-Identifier: ISC */
#include "gateway/rebuild.h"

#include "gateway/exchange.h"
#include "tests/unit/folder.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct world {
	struct folder folder;
	struct arena *a;
	struct db *db;
};

static int
world_new(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct err e;

	w->folder = folder_new();
	w->a = arena_new((size_t)64 << 20);
	if (db_open(str_cstr(w->a, str_fmt(w->a, "%s/t.db", w->folder.path)), DB_WRITE, &w->db, &e) == -1)
		return -1;
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

/* A document whose row says what its events say. */
static int64_t
add(struct world *w, int dir, const enum ex_event *story, size_t n)
{
	static unsigned int serial;
	struct exchange x = { .dir = (enum ex_dir)dir };
	struct db_doc d = { .dir = dir, .partner = S("acme"), .name = S("x.edi"), .created_ms = 1, .changed_ms = 1 };
	int64_t id, event;
	struct err e;

	d.ulid = str_fmt(w->a, "01J0000000000000000000%04u", serial++);
	d.shown = S("claimed");
	assert_int_equal(db_doc_add(w->db, &d, &id, &e), 0);
	for (size_t i = 0; i < n; i++) {
		struct db_event ev = { .doc = id,
			.at_ms = (int64_t)i + 1,
			.role = S("test"),
			.kind = str_of(exchange_event_name(story[i])),
			.arg = story[i] == EV_PACKED ? WANTS_RECEIPT : 0 };
		(void)exchange_apply(&x, story[i], ev.arg);
		assert_int_equal(db_event_add(w->db, &ev, &event, &e), 0);
	}
	d.id = id;
	d.stage = (int)x.stage;
	d.t = (int)x.t;
	d.r = (int)x.r;
	d.a = (int)x.a;
	d.b = (int)x.b;
	d.shown = str_of(exchange_shown(&x));
	assert_int_equal(db_doc_put(w->db, &d, &e), 0);
	return id;
}

static uint64_t
rebuild(struct world *w)
{
	uint64_t differed;
	struct err e;

	assert_int_equal(db_begin(w->db, &e), 0);
	assert_int_equal(rebuild_all(w->db, &differed, &e), 0);
	assert_int_equal(db_commit(w->db, &e), 0);
	return differed;
}

static const enum ex_event sent[] = { EV_CLAIMED, EV_PACKED, EV_QUEUED, EV_SENDING, EV_ACCEPTED, EV_MDN_OK };
static const enum ex_event filed[] = { EV_SPOOLED, EV_OPENED, EV_FILED, EV_RECEIPT_QUEUED, EV_RECEIPT_SENT };

static void
what_is_right_stays(void **state)
{
	struct world *w = *state;
	struct db_doc *d;
	struct err e;
	int64_t id;

	assert_int_equal(rebuild(w), 0);
	id = add(w, EX_OUT, sent, N(sent));
	(void)add(w, EX_IN, filed, N(filed));
	assert_int_equal(rebuild(w), 0);
	assert_int_equal(db_doc_get(w->db, w->a, id, &d, &e), 0);
	assert_true(str_eq(d->shown, S("complete")));
}

static void
what_differs_is_put_right(void **state)
{
	struct world *w = *state;
	int64_t id = add(w, EX_OUT, sent, N(sent)), other = add(w, EX_IN, filed, N(filed));
	struct db_doc *d, before;
	struct err e;

	assert_int_equal(db_doc_get(w->db, w->a, id, &d, &e), 0);
	before = *d;
	d->t = T_REFUSED;
	d->shown = S("failed");
	assert_int_equal(db_doc_put(w->db, d, &e), 0);
	assert_int_equal(db_doc_get(w->db, w->a, other, &d, &e), 0);
	d->shown = S("nonsense");
	assert_int_equal(db_doc_put(w->db, d, &e), 0);
	assert_int_equal(rebuild(w), 2);
	assert_int_equal(db_doc_get(w->db, w->a, id, &d, &e), 0);
	assert_int_equal(d->t, before.t);
	assert_true(str_eq(d->shown, S("complete")));
	assert_true(str_eq(d->name, S("x.edi")));
	assert_int_equal(rebuild(w), 0);
}

/* More than is read at once: nobody is forgotten, nobody is read twice. */
static void
every_page_is_read(void **state)
{
	struct world *w = *state;
	struct err e;

	assert_int_equal(db_begin(w->db, &e), 0);
	for (int i = 0; i < 1203; i++) {
		int64_t id = add(w, EX_OUT, sent, N(sent));
		struct db_doc *d;
		assert_int_equal(db_doc_get(w->db, w->a, id, &d, &e), 0);
		d->stage = ST_HELD;
		assert_int_equal(db_doc_put(w->db, d, &e), 0);
	}
	assert_int_equal(db_commit(w->db, &e), 0);
	assert_int_equal(rebuild(w), 1203);
	assert_int_equal(rebuild(w), 0);
}

static void
an_unknown_event_stops_it(void **state)
{
	struct world *w = *state;
	int64_t id = add(w, EX_OUT, sent, 2), event;
	struct db_event ev = { .doc = id, .at_ms = 9, .role = S("test"), .kind = S("teleported") };
	uint64_t differed;
	struct err e;

	assert_int_equal(db_event_add(w->db, &ev, &event, &e), 0);
	assert_int_equal(rebuild_all(w->db, &differed, &e), -1);
	assert_int_equal(e.kind, ERR_CONFIG);
	assert_non_null(strstr(e.text, "teleported"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_right_stays, world_new, world_free),
		cmocka_unit_test_setup_teardown(what_differs_is_put_right, world_new, world_free),
		cmocka_unit_test_setup_teardown(every_page_is_read, world_new, world_free),
		cmocka_unit_test_setup_teardown(an_unknown_event_stops_it, world_new, world_free),
	};

	return cmocka_run_group_tests_name("rebuild", tests, NULL, NULL);
}
