/* SPDX-License-Identifier: ISC */
#include "spool/name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/clock.h"

static void
same(struct str got, struct str want)
{
	if (!str_eq(got, want))
		fail_msg("got '" STR_FMT "', want '" STR_FMT "'", STR_ARG(got), STR_ARG(want));
}

static void
ulid_has_the_published_form(void **state)
{
	static const struct {
		int64_t ms;
		unsigned char random[10];
		const char *want;
	} cases[] = {
		{ 0, { 0 }, "00000000000000000000000000" },
		{ 0xffffffffffff, { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 }, "7ZZZZZZZZZZZZZZZZZZZZZZZZZ" },
		{ 1469918176385, { 0 }, "01ARYZ6S410000000000000000" },	/* the time of the specification's example */
		{ 1, { 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 }, "00000000010000000000000001" },
		{ 32, { 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, "0000000010G000000000000000" },
	};
	char out[ULID_MAX];

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		ulid_make(cases[i].ms, cases[i].random, out);
		assert_string_equal(out, cases[i].want);
		assert_true(ulid_is(str_of(out)));
		assert_true(ulid_ms(str_of(out)) == cases[i].ms);
	}
}

static void
ulid_new_ascends(void **state)
{
	char last[ULID_MAX] = "", now[ULID_MAX];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		ulid_new(now);
		assert_true(strcmp(last, now) < 0);
		memcpy(last, now, sizeof(last));
	}
	/* Within one millisecond, and when the clock goes back a day. */
	clock_set_for_tests(1900000000000, 0);
	for (int i = 0; i < 1000; i++) {
		if (i == 500)
			clock_set_for_tests(1900000000000 - 86400000, 0);
		ulid_new(now);
		assert_true(strcmp(last, now) < 0);
		memcpy(last, now, sizeof(last));
	}
	clock_set_for_tests(-1, -1);
}

static void
ulid_is_strict(void **state)
{
	static const struct {
		struct str s;
		bool want;
	} cases[] = {
		{ S_INIT("01ARYZ6S410000000000000000"), true },
		{ S_INIT("7ZZZZZZZZZZZZZZZZZZZZZZZZZ"), true },
		{ S_INIT("8ZZZZZZZZZZZZZZZZZZZZZZZZZ"), false },	/* over 48 bits of time */
		{ S_INIT("01aryz6s410000000000000000"), false },	/* one spelling, one file */
		{ S_INIT("01ARYZ6S41000000000000000I"), false },
		{ S_INIT("01ARYZ6S41000000000000000U"), false },
		{ S_INIT("01ARYZ6S4100000000000000/."), false },
		{ S_INIT("01ARYZ6S410000000000000\000"), false },
		{ S_INIT("01ARYZ6S4100000000000000000"), false },
		{ S_INIT("01ARYZ6S41000000000000000"), false },
		{ S_INIT(""), false },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		assert_int_equal(ulid_is(cases[i].s), cases[i].want);
		assert_int_equal(ulid_ms(cases[i].s) != -1, cases[i].want);
	}
}

static void
inbox_names_are_safe(void **state)
{
	static const struct {
		struct str partner, type, number, ext, want;
	} cases[] = {
		{ S_INIT("acme"), S_INIT("INVOIC"), S_INIT("4711"), S_INIT("edi"), S_INIT("acme_INVOIC_4711_42.edi") },
		{ S_INIT("acme"), S_INIT("INVOIC"), S_INIT("RE/2026 4711"), S_INIT("xml"), S_INIT("acme_INVOIC_RE-2026-4711_42.xml") },
		{ S_INIT("con.x"), S_INIT(""), S_INIT(""), S_INIT(""), S_INIT("con-x_document_none_42.bin") },
		{ S_INIT(".."), S_INIT("../.."), S_INIT("\0\n\r"), S_INIT("e/d"), S_INIT("--_-----_-_42.e-d") },
		{ S_INIT("acme"), S_INIT("ORDERS"), S_INIT("  77  "), S_INIT("edi"), S_INIT("acme_ORDERS_77_42.edi") },
		{ S_INIT("acme"), S_INIT("ORDERS"), S_INIT("M\xc3\xbcller"), S_INIT("edi"), S_INIT("acme_ORDERS_M--ller_42.edi") },
		{ S_INIT(""), S_INIT("850"), S_INIT("<script>"), S_INIT("x12"), S_INIT("unknown_850_-script-_42.x12") },
	};
	struct arena *a = arena_new(1 << 20);
	struct str got;
	char big[5000];

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		same(name_inbox(a, cases[i].partner, cases[i].type, cases[i].number, 42, cases[i].ext), cases[i].want);
	memset(big, 'x', sizeof(big));
	got = name_inbox(a, str_make(big, sizeof(big)), str_make(big, sizeof(big)),
	    str_make(big, sizeof(big)), INT64_MAX, str_make(big, sizeof(big)));
	assert_true(got.n <= 255);
	arena_free(a);
}

/* Every byte there is, in every part: what comes out has only what Windows, shells and URLs take as it is. */
static void
inbox_names_have_no_other_bytes(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct str got;
	char c[3] = "a?b";

	(void)state;
	for (int i = 0; i < 256; i++) {
		c[1] = (char)i;
		got = name_inbox(a, str_make(c, 3), str_make(c, 3), str_make(c, 3), 1, str_make(c, 3));
		for (size_t k = 0; k < got.n; k++)
			assert_true(is_alnum(got.p[k]) || got.p[k] == '_' || got.p[k] == '-' ||
			    got.p[k] == '.');
		assert_true(is_alnum(got.p[0]));
	}
	arena_free(a);
}

static void
names_beside_fit(void **state)
{
	struct arena *a = arena_new(1 << 20);
	char big[255];
	struct str got;

	(void)state;
	same(name_beside(a, S("order 1.edi"), ".json", 7), S("order 1.edi.json"));
	same(name_beside(a, S(""), ".json", 7), S(".json"));
	memset(big, 'n', sizeof(big));
	got = name_beside(a, str_make(big, 250), ".json", 7);		/* fits exactly */
	assert_int_equal(got.n, 255);
	assert_true(str_ends(got, S("nnn.json")));
	got = name_beside(a, str_make(big, 251), ".json", 7);
	assert_int_equal(got.n, 255);
	assert_true(str_ends(got, S("n~7.json")));
	got = name_beside(a, str_make(big, 255), ".error.txt", INT64_MAX);
	assert_int_equal(got.n, 255);
	assert_true(str_ends(got, S("~9223372036854775807.error.txt")));
	/* Two long names that differ only at their ends stay two. */
	assert_false(str_eq(name_beside(a, str_make(big, 255), ".json", 1),
	    name_beside(a, str_make(big, 255), ".json", 2)));
	/* Not cut within a character. */
	for (size_t i = 0; i + 1 < sizeof(big); i += 2)
		memcpy(big + i, "\xc3\xa9", 2);
	big[254] = 'n';
	for (int64_t id = 1; id < 1000000; id *= 10) {
		got = name_beside(a, str_make(big, 255), ".json", id);
		assert_true(got.n >= 254 && got.n <= 255);
		same(name_shown(a, got), got);
	}
	/* Bytes that are no UTF-8 at all are cut where they are. */
	memset(big, '\x80', sizeof(big));
	assert_int_equal(name_beside(a, str_make(big, 255), ".json", 7).n, 255);
	arena_free(a);
}

static void
other_names_keep_the_extension(void **state)
{
	static const struct {
		struct str name, mark, want;
	} cases[] = {
		{ S_INIT("order.edi"), S_INIT("17"), S_INIT("order~17.edi") },
		{ S_INIT("order"), S_INIT("17"), S_INIT("order~17") },
		{ S_INIT("a.b.c"), S_INIT("17"), S_INIT("a.b~17.c") },
		{ S_INIT(".profile"), S_INIT("17"), S_INIT(".profile~17") },
		{ S_INIT("ends."), S_INIT("17"), S_INIT("ends.~17") },
		{ S_INIT("\xff\n.e\xff"), S_INIT("17"), S_INIT("\xff\n~17.e\xff") },
	};
	struct arena *a = arena_new(1 << 20);
	char big[255];
	struct str got;

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		same(name_other(a, cases[i].name, cases[i].mark), cases[i].want);
	memset(big, 'n', sizeof(big));
	memcpy(big + 251, ".edi", 4);
	got = name_other(a, str_make(big, 255), S("17"));
	assert_int_equal(got.n, 255);
	assert_true(str_ends(got, S("n~17.edi")));
	memset(big, 'n', sizeof(big));
	big[1] = '.';			/* an "extension" of 253 bytes */
	got = name_other(a, str_make(big, 255), S("17"));
	assert_int_equal(got.n, 255);
	assert_true(str_ends(got, S("n~17")));
	arena_free(a);
}

static void
names_are_shown_as_utf8(void **state)
{
	static const struct {
		struct str in, want;
	} cases[] = {
		{ S_INIT("order 1.edi"), S_INIT("order 1.edi") },
		{ S_INIT("M\xc3\xbcller \xe2\x82\xac \xf0\x9f\x93\xa6"), S_INIT("M\xc3\xbcller \xe2\x82\xac \xf0\x9f\x93\xa6") },
		{ S_INIT("M\xfcller"), S_INIT("M\\xfcller") },			/* Latin-1 */
		{ S_INIT("a\nb\tc\x7f"), S_INIT("a\\x0ab\\x09c\\x7f") },
		{ S_INIT("a\\x0a"), S_INIT("a\\x5cx0a") },			/* no second name looks the same */
		{ S_INIT("\xc0\xaf"), S_INIT("\\xc0\\xaf") },			/* overlong '/' */
		{ S_INIT("\xe0\x80\xaf"), S_INIT("\\xe0\\x80\\xaf") },
		{ S_INIT("\xed\xa0\x80"), S_INIT("\\xed\\xa0\\x80") },		/* a surrogate */
		{ S_INIT("\xf4\x90\x80\x80"), S_INIT("\\xf4\\x90\\x80\\x80") },	/* beyond U+10FFFF */
		{ S_INIT("\xf8\x88\x80\x80\x80"), S_INIT("\\xf8\\x88\\x80\\x80\\x80") },
		{ S_INIT("\xc3"), S_INIT("\\xc3") },
		{ S_INIT("\xe2\x82"), S_INIT("\\xe2\\x82") },
		{ S_INIT("\xc2\x85"), S_INIT("\\xc2\\x85") },			/* C1 next line */
		{ S_INIT("x\xe2\x80\xae" "fdp.exe"), S_INIT("x\\xe2\\x80\\xae" "fdp.exe") },	/* right-to-left override */
		{ S_INIT("\0"), S_INIT("\\x00") },
		{ S_INIT(""), S_INIT("") },
	};
	struct arena *a = arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		same(name_shown(a, cases[i].in), cases[i].want);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ulid_has_the_published_form),
		cmocka_unit_test(ulid_new_ascends),
		cmocka_unit_test(ulid_is_strict),
		cmocka_unit_test(inbox_names_are_safe),
		cmocka_unit_test(inbox_names_have_no_other_bytes),
		cmocka_unit_test(names_beside_fit),
		cmocka_unit_test(other_names_keep_the_extension),
		cmocka_unit_test(names_are_shown_as_utf8),
	};

	return cmocka_run_group_tests_name("name", tests, NULL, NULL);
}
