/* SPDX-License-Identifier: ISC */
#include "gateway/base/str.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>

#include <cmocka.h>

static const struct str none = { NULL, 0 };

static void
str_compares(void **state)
{
	(void)state;
	static const struct {
		struct str a, b;
		bool eq, eq_nocase;
		int order;
	} cases[] = {
		{ S_INIT(""), S_INIT(""), true, true, 0 },
		{ S_INIT(""), { NULL, 0 }, true, true, 0 },
		{ S_INIT("a"), S_INIT("a"), true, true, 0 },
		{ S_INIT("a"), S_INIT("A"), false, true, 1 },
		{ S_INIT("a"), S_INIT("ab"), false, false, -1 },
		{ S_INIT("ab"), S_INIT("a"), false, false, 1 },
		{ S_INIT("a\0b"), S_INIT("a\0c"), false, false, -1 },
		{ S_INIT("\xff"), S_INIT("a"), false, false, 1 },
		{ S_INIT("["), S_INIT("{"), false, false, -1 },	/* 0x20 apart, no letters */
		{ S_INIT("\xc4"), S_INIT("\xe4"), false, false, -1 },	/* ASCII only */
	};

	for (size_t i = 0; i < N(cases); i++) {
		int order = str_cmp(cases[i].a, cases[i].b);
		print_message("case %zu\n", i);
		assert_int_equal(str_eq(cases[i].a, cases[i].b), cases[i].eq);
		assert_int_equal(str_eq_nocase(cases[i].a, cases[i].b), cases[i].eq_nocase);
		assert_int_equal((order > 0) - (order < 0), cases[i].order);
	}
	assert_int_equal(str_of(NULL).n, 0);
	assert_true(str_eq(str_of("x"), S("x")));
}

static void
str_sees_ends(void **state)
{
	(void)state;
	assert_true(str_starts(S("abc"), S("ab")));
	assert_true(str_starts(S("abc"), S("")));
	assert_false(str_starts(S("a"), S("ab")));
	assert_false(str_starts(S("abc"), S("Ab")));
	assert_true(str_starts_nocase(S("Content-Type:"), S("content-type")));
	assert_false(str_starts_nocase(S("Conten"), S("content")));
	assert_true(str_ends(S("a.xml"), S(".xml")));
	assert_false(str_ends(S("xml"), S(".xml")));
	assert_true(str_ends(none, none));
}

static void
str_cuts_within_its_end(void **state)
{
	(void)state;
	static const struct {
		size_t from, n;
		struct str want;
	} cases[] = {
		{ 0, 3, S_INIT("abc") }, { 0, 99, S_INIT("abc") }, { 1, 1, S_INIT("b") }, { 3, 1, S_INIT("") },
		{ 99, 99, S_INIT("") }, { SIZE_MAX, SIZE_MAX, S_INIT("") }, { 2, SIZE_MAX, S_INIT("c") },
	};

	for (size_t i = 0; i < N(cases); i++)
		assert_true(str_eq(str_sub(S("abc"), cases[i].from, cases[i].n), cases[i].want));
	assert_true(str_eq(str_from(S("abc"), 2), S("c")));
	assert_null(str_from(none, 5).p);
	assert_true(str_eq(str_trim(S(" \t\r\n a b \n")), S("a b")));
	assert_int_equal(str_trim(S(" \t ")).n, 0);
	assert_int_equal(str_trim(none).n, 0);
}

static void
str_finds(void **state)
{
	(void)state;
	size_t at = 77;

	assert_true(str_chr(S("a:b:c"), ':', &at));
	assert_int_equal(at, 1);
	assert_false(str_chr(none, ':', &at));
	assert_true(str_chr(S("a\0b"), '\0', NULL));
	assert_true(str_find(S("aab"), S("ab"), &at));
	assert_int_equal(at, 1);
	assert_false(str_find(S("aa"), S("aaa"), NULL));
	assert_false(str_find(none, S("a"), NULL));
	assert_true(str_has_ctl(S("a\x1f")));
	assert_true(str_has_ctl(S("\x7f")));
	assert_false(str_has_ctl(S(" ~\x80\xff")));
}

static void
str_cuts_at_a_sign(void **state)
{
	(void)state;
	struct str rest = S("a,,b"), head;

	assert_true(str_cut(&rest, ',', &head));
	assert_true(str_eq(head, S("a")));
	assert_true(str_cut(&rest, ',', &head));
	assert_true(str_eq(head, S("")));
	assert_false(str_cut(&rest, ',', &head));
	assert_true(str_eq(head, S("b")));
	assert_int_equal(rest.n, 0);
	assert_false(str_cut(&rest, ',', &head));
	assert_int_equal(head.n, 0);
}

static void
str_cuts_lines(void **state)
{
	(void)state;
	struct str in = S("one\r\ntwo\n\nthr\ree\r"), line;

	assert_true(str_next_line(&in, &line));
	assert_true(str_eq(line, S("one")));
	assert_true(str_next_line(&in, &line));
	assert_true(str_eq(line, S("two")));
	assert_true(str_next_line(&in, &line));
	assert_true(str_eq(line, S("")));
	assert_false(str_next_line(&in, &line));
	assert_true(str_eq(in, S("thr\ree\r")));	/* unchanged: more may come */
}

static void
str_reads_numbers(void **state)
{
	(void)state;
	static const struct {
		struct str in;
		uint64_t max;
		int rc;
		uint64_t want;
	} cases[] = {
		{ S_INIT("0"), 0, 0, 0 },
		{ S_INIT("007"), 9, 0, 7 },
		{ S_INIT("18446744073709551615"), UINT64_MAX, 0, UINT64_MAX },
		{ S_INIT("18446744073709551616"), UINT64_MAX, -1, 0 },
		{ S_INIT("99999999999999999999999"), UINT64_MAX, -1, 0 },
		{ S_INIT("10"), 9, -1, 0 },
		{ S_INIT(""), 9, -1, 0 },
		{ S_INIT("-1"), 9, -1, 0 },
		{ S_INIT("+1"), 9, -1, 0 },
		{ S_INIT(" 1"), 9, -1, 0 },
		{ S_INIT("1 "), 9, -1, 0 },
		{ S_INIT("1\0"), 9, -1, 0 },
	};

	for (size_t i = 0; i < N(cases); i++) {
		uint64_t v = 0;
		print_message("case %zu\n", i);
		assert_int_equal(str_u64(cases[i].in, cases[i].max, &v), cases[i].rc);
		assert_int_equal(v, cases[i].want);
	}
}

static void
str_knows_utf8(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		struct str in;
		size_t n;
	} cases[] = {
		{ "empty", S_INIT(""), 0 },
		{ "ASCII", S_INIT("ab"), 1 },
		{ "NUL", S_INIT("\0"), 1 },
		{ "two bytes", S_INIT("\xc3\xa4x"), 2 },
		{ "first of two bytes that is no control", S_INIT("\xc2\xa0"), 2 },
		{ "C1 control", S_INIT("\xc2\x9b"), 0 },
		{ "three bytes", S_INIT("\xe2\x82\xac"), 3 },
		{ "four bytes", S_INIT("\xf0\x9f\x93\xa6"), 4 },
		{ "last of all", S_INIT("\xf4\x8f\xbf\xbf"), 4 },
		{ "past the last", S_INIT("\xf4\x90\x80\x80"), 0 },
		{ "lead byte of five", S_INIT("\xf8\x88\x80\x80\x80"), 0 },
		{ "overlong two", S_INIT("\xc0\xaf"), 0 },
		{ "overlong three", S_INIT("\xe0\x80\xaf"), 0 },
		{ "overlong four", S_INIT("\xf0\x80\x80\xaf"), 0 },
		{ "surrogate", S_INIT("\xed\xa0\x80"), 0 },
		{ "lone continuation", S_INIT("\x80"), 0 },
		{ "cut off", S_INIT("\xe2\x82"), 0 },
		{ "Latin-1", S_INIT("\xe4hnlich"), 0 },
	};

	for (size_t i = 0; i < N(cases); i++) {
		print_message("%s\n", cases[i].why);
		assert_int_equal(str_utf8(cases[i].in), cases[i].n);
	}
}

static void
letters_know_no_locale(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		char x = (char)c;
		bool upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';
		assert_int_equal(is_alpha(x), upper || lower);
		assert_int_equal(is_digit(x), digit);
		assert_int_equal(is_alnum(x), upper || lower || digit);
		assert_int_equal(to_lower(x), upper ? (char)(c + 32) : x);
		assert_int_equal(to_upper(x), lower ? (char)(c - 32) : x);
		assert_int_equal(is_blank(x), c == ' ' || c == '\t');
		assert_int_equal(is_space(x), c == ' ' || (c >= 9 && c <= 13));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(str_compares),
		cmocka_unit_test(str_sees_ends),
		cmocka_unit_test(str_cuts_within_its_end),
		cmocka_unit_test(str_finds),
		cmocka_unit_test(str_cuts_at_a_sign),
		cmocka_unit_test(str_cuts_lines),
		cmocka_unit_test(str_reads_numbers),
		cmocka_unit_test(str_knows_utf8),
		cmocka_unit_test(letters_know_no_locale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
