/* SPDX-License-Identifier: ISC */
#include "gateway/filter.h"

#include "gateway/exchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795430460000)	/* 2026-11-23T10:41:00Z */

static void
every_key_sets_its_field(void **state)
{
	struct filter f;
	struct err e;

	(void)state;
	filter_init(&f);
	assert_int_equal(f.db.dir, -1);
	assert_int_equal(f.db.kind, DOC_DOCUMENT);
	assert_int_equal(filter_add(&f, S("partner=acme"), NOW, &e), 0);
	assert_int_equal(filter_add(&f, S("state=failed"), NOW, &e), 0);
	assert_int_equal(filter_add(&f, S("dir=in"), NOW, &e), 0);
	assert_int_equal(filter_add(&f, S("type=INVOIC"), NOW, &e), 0);
	assert_int_equal(filter_add(&f, S("number=a=b"), NOW, &e), 0);
	assert_int_equal(filter_add(&f, S("name=invoice 1.edi"), NOW, &e), 0);
	assert_int_equal(filter_add(&f, S("message-id=<1@acme.example>"), NOW, &e), 0);
	assert_int_equal(filter_add(&f, S("sha256=00ff"), NOW, &e), 0);
	assert_int_equal(filter_add(&f, S("kind=receipt"), NOW, &e), 0);
	assert_true(str_eq(f.db.partner, S("acme")));
	assert_true(str_eq(f.db.state, S("failed")));
	assert_int_equal(f.db.dir, EX_IN);
	assert_true(str_eq(f.db.type, S("INVOIC")));
	assert_true(str_eq(f.db.number, S("a=b")));
	assert_true(str_eq(f.db.name, S("invoice 1.edi")));
	assert_true(str_eq(f.db.message_id, S("<1@acme.example>")));
	assert_true(str_eq(f.db.sha256, S("00ff")));
	assert_int_equal(f.db.kind, DOC_RECEIPT);
	assert_false(f.attention);
}

static void
attention_is_no_state_of_the_database(void **state)
{
	struct filter f;
	struct err e;

	(void)state;
	filter_init(&f);
	assert_int_equal(filter_add(&f, S("state=attention"), NOW, &e), 0);
	assert_true(f.attention);
	assert_int_equal(f.db.state.n, 0);
	assert_int_equal(f.db.kind, -1);
	assert_int_equal(filter_add(&f, S("kind=document"), NOW, &e), 0);
	assert_int_equal(f.db.kind, DOC_DOCUMENT);
}

/* What is set aside is mostly no document: without a kind all of them are meant, with one only those. */
static void
what_is_set_aside_is_of_any_kind(void **state)
{
	static const struct { struct str first, second; int kind; } cases[] = {
		{ S_INIT("state=quarantined"), S_INIT("dir=in"), -1 },
		{ S_INIT("state=unmatched"), S_INIT("dir=in"), -1 },
		{ S_INIT("state=failed"), S_INIT("dir=out"), DOC_DOCUMENT },
		{ S_INIT("kind=other"), S_INIT("state=quarantined"), DOC_OTHER },
		{ S_INIT("state=quarantined"), S_INIT("kind=other"), DOC_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct filter f;
		struct err e;
		print_message("%s %s\n", cases[i].first.p, cases[i].second.p);
		filter_init(&f);
		assert_int_equal(filter_add(&f, cases[i].first, NOW, &e), 0);
		assert_int_equal(filter_add(&f, cases[i].second, NOW, &e), 0);
		assert_int_equal(f.db.kind, cases[i].kind);
	}
}

static void
times_count_back_or_name_a_day(void **state)
{
	static const struct { struct str word; int64_t ms; } cases[] = {
		{ S_INIT("since=30m"), NOW - INT64_C(30) * 60000 },
		{ S_INIT("since=2d"), NOW - INT64_C(2) * 86400000 },
		{ S_INIT("since=1w"), NOW - INT64_C(7) * 86400000 },
		{ S_INIT("since=2026-11-23"), NOW - INT64_C(38460000) },
		{ S_INIT("since=2026-11-23T10:41:00Z"), NOW },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct filter f;
		struct err e;
		print_message("%s\n", cases[i].word.p);
		filter_init(&f);
		assert_int_equal(filter_add(&f, cases[i].word, NOW, &e), 0);
		assert_true(f.db.since_ms == cases[i].ms);
	}
}

static void
what_is_wrong_is_told(void **state)
{
	static const struct { struct str word; const char *says; } cases[] = {
		{ S_INIT("acme"), "want KEY=VALUE" },
		{ S_INIT(""), "want KEY=VALUE" },
		{ S_INIT("partnr=acme"), "did you mean 'partner'" },
		{ S_INIT("=x"), "unknown filter" },
		{ S_INIT("colour=red"), "unknown filter 'colour'" },
		{ S_INIT("partner="), "has no value" },
		{ S_INIT("state=compleet"), "did you mean 'complete'" },
		{ S_INIT("state=green"), "unknown state 'green'" },
		{ S_INIT("dir=inbound"), "want in or out" },
		{ S_INIT("kind=mail"), "unknown kind" },
		{ S_INIT("since=yesterday"), "want a span" },
		{ S_INIT("since=2026-13-40"), "want a span" },
		{ S_INIT("since=2026-11-2"), "want a span" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct filter f;
		struct err e;
		print_message("'%s'\n", cases[i].word.p);
		filter_init(&f);
		assert_int_equal(filter_add(&f, cases[i].word, NOW, &e), -1);
		assert_int_equal(e.kind, ERR_INPUT);
		assert_non_null(strstr(e.text, cases[i].says));
	}
}

static void
a_key_is_given_once(void **state)
{
	struct filter f;
	struct err e;

	(void)state;
	filter_init(&f);
	assert_int_equal(filter_add(&f, S("partner=acme"), NOW, &e), 0);
	assert_int_equal(filter_add(&f, S("partner=globex"), NOW, &e), -1);
	assert_non_null(strstr(e.text, "given twice"));
	assert_true(str_eq(f.db.partner, S("acme")));
}

/* retry takes ids and filters side by side: which is which? */
static void
filters_are_told_from_names(void **state)
{
	static const struct { struct str word; bool is; } cases[] = {
		{ S_INIT("state=failed"), true },
		{ S_INIT("stat=failed"), true },		/* nearly: refused with a hint, not looked up as a name */
		{ S_INIT("1042"), false },
		{ S_INIT("invoice_4711.edi"), false },
		{ S_INIT("<a=b@acme.example>"), false },
		{ S_INIT("=x"), false },
		{ S_INIT("a very=odd name.edi"), false },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		print_message("%s\n", cases[i].word.p);
		assert_int_equal(filter_is(cases[i].word), cases[i].is);
	}
}

/* A state that exchange.c can show but the filter does not know could never be listed. */
static void
every_state_shown_can_be_asked_for(void **state)
{
	struct exchange x = { .dir = EX_OUT };

	(void)state;
	for (int dir = EX_OUT; dir <= EX_IN; dir++)
		for (int stage = ST_CLAIMED; stage <= ST_UNMATCHED; stage++)
			for (int t = T_NONE; t <= T_BOUNCED; t++)
				for (int r = R_NOT_WANTED; r <= R_DISPUTED; r++)
					for (int a = A_NOT_WANTED; a <= A_REJECTED; a++) {
						char word[64] = "state=";
						struct filter f;
						struct err e;
						x = (struct exchange){ (enum ex_dir)dir,
							(enum ex_stage)stage, (enum ex_transport)t,
							(enum ex_receipt)r, (enum ex_ack)a,
							B_NONE };
						(void)snprintf(word, sizeof(word), "state=%s",
						    exchange_shown(&x));
						filter_init(&f);
						if (strcmp(word, "state=none") == 0)
							continue;	/* a stage of the other direction: never happens */
						if (filter_add(&f, str_of(word), NOW, &e) == -1)
							fail_msg("%s: %s", word, e.text);
					}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_sets_its_field),
		cmocka_unit_test(attention_is_no_state_of_the_database),
		cmocka_unit_test(what_is_set_aside_is_of_any_kind),
		cmocka_unit_test(times_count_back_or_name_a_day),
		cmocka_unit_test(what_is_wrong_is_told),
		cmocka_unit_test(a_key_is_given_once),
		cmocka_unit_test(filters_are_told_from_names),
		cmocka_unit_test(every_state_shown_can_be_asked_for),
	};

	return cmocka_run_group_tests_name("cli_filter", tests, NULL, NULL);
}
