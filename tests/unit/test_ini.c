/* SPDX-License-Identifier: ISC */
#include "gateway/base/ini.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

static void
ini_knows_where_things_stand(void **state)
{
	(void)state;
	static const struct ini_item want[] = {
		{ S_INIT("smtp"), S_INIT(""), S_INIT(""), S_INIT(""), 2, 0, 0 },
		{ S_INIT("smtp"), S_INIT(""), S_INIT("host"), S_INIT("a.example"), 3, 1, 8 },
		{ S_INIT("smtp"), S_INIT(""), S_INIT("user"), S_INIT("x;y#z"), 4, 3, 8 },
		{ S_INIT("smtp"), S_INIT(""), S_INIT("none"), S_INIT(""), 5, 1, 7 },
		{ S_INIT("smtp"), S_INIT(""), S_INIT("none"), S_INIT(""), 6, 1, 8 },
		{ S_INIT("smtp"), S_INIT(""), S_INIT("quoted"), S_INIT(" a \"b\" \\ ; c\n\t"), 7, 1, 10 },
		{ S_INIT("smtp"), S_INIT(""), S_INIT("inner"), S_INIT("a \"b\" \\c"), 8, 1, 7 },
		{ S_INIT("partner"), S_INIT("ac\"me"), S_INIT(""), S_INIT(""), 10, 0, 0 },
		{ S_INIT("partner"), S_INIT("ac\"me"), S_INIT("k"), S_INIT("v"), 11, 1, 3 },
	};
	static const struct str text = S_INIT("\xef\xbb\xbf; first\n"
					      "[smtp] ; how\r\n"
					      "host = a.example   ; comment\n"
					      "  user=x;y#z \t # z\n"
					      "none =\n"
					      "none = ; nothing\n"
					      "quoted = \" a \\\"b\\\" \\\\ ; c\\n\\t\" ; comment\n"
					      "inner=a \"b\" \\c\n"
					      "\n"
					      "[ partner \"ac\\\"me\" ]# c\n"
					      "k=v");
	struct arena *a = arena_new(1 << 16);
	struct ini ini;
	struct err e;

	assert_int_equal(ini_parse(a, text, "config.ini", &ini, &e), 0);
	assert_int_equal(ini.n, N(want));
	for (size_t i = 0; i < ini.n; i++) {
		const struct ini_item *it = &ini.items[i];
		print_message("item %zu\n", i);
		assert_true(str_eq(it->section, want[i].section));
		assert_true(str_eq(it->name, want[i].name));
		assert_true(str_eq(it->key, want[i].key));
		assert_true(str_eq(it->value, want[i].value));
		assert_int_equal(it->line, want[i].line);
		if (it->key.n > 0) {
			assert_int_equal(it->key_col, want[i].key_col);
			assert_int_equal(it->value_col, want[i].value_col);
		}
	}
	arena_free(a);
}

static void
ini_says_what_is_wrong_and_where(void **state)
{
	(void)state;
	static const struct {
		struct str text;
		const char *says;
	} cases[] = {
		{ S_INIT("key = v\n"), "f:1:1: key \"key\" before the first [section]" },
		{ S_INIT("\n[a\n"), "f:2:1: no ']'" },
		{ S_INIT("[a \"b]\n"), "f:1:4: no closing quote" },
		{ S_INIT("[]\n"), "f:1:2: no name" },
		{ S_INIT("[a] b\n"), "f:1:5: unexpected text" },
		{ S_INIT("[a]\nkey\n"), "f:2:4: no '='" },
		{ S_INIT("[a]\n= v\n"), "f:2:1: want [section]" },
		{ S_INIT("[a]\nk = \"v\n"), "f:2:5: no closing quote" },
		{ S_INIT("[a]\nk = \"v\" w\n"), "f:2:9: unexpected text" },
		{ S_INIT("[a]\nk = \"v\\x\"\n"), "f:2:7: unknown escape" },
		{ S_INIT("[a]\nk = \"v\\"), "f:2:7: unknown escape" },
		{ S_INIT("[a]\nk = v\0w\n"), "f:2:6: a control character" },
		{ S_INIT("[a]\rk = v\n"), "f:1:4: a control character" },
	};
	struct arena *a = arena_new(1 << 16);

	for (size_t i = 0; i < N(cases); i++) {
		struct ini ini;
		struct err e;
		print_message("%s\n", cases[i].says);
		assert_int_equal(ini_parse(a, cases[i].text, "f", &ini, &e), -1);
		assert_int_equal(e.kind, ERR_CONFIG);
		assert_true(str_starts(str_of(e.text), str_of(cases[i].says)));
	}
	arena_free(a);
}

static void
ini_sets_one_value_and_leaves_the_rest(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		struct str text, section, name, key, value, want;
	} cases[] = {
		{ "in place, comment kept", S_INIT("[a]\nk = old ; why\nl = 1\n"), S_INIT("a"), S_INIT(""), S_INIT("k"),
		    S_INIT("new"), S_INIT("[a]\nk = new ; why\nl = 1\n") },
		{ "a quoted one", S_INIT("[a]\r\nk = \"o;d\"\r\n"), S_INIT("a"), S_INIT(""), S_INIT("k"), S_INIT("x"),
		    S_INIT("[a]\r\nk = x\r\n") },
		{ "a comment right behind stays one", S_INIT("[a]\nk=;c\n"), S_INIT("a"), S_INIT(""), S_INIT("k"), S_INIT("x"),
		    S_INIT("[a]\nk=x ;c\n") },
		{ "an empty one", S_INIT("[a]\nk =\n"), S_INIT("a"), S_INIT(""), S_INIT("k"), S_INIT("x"),
		    S_INIT("[a]\nk =x\n") },
		{ "behind the last key of its section", S_INIT("[a]\nl = 1\n\n; about b\n[b]\n"), S_INIT("a"), S_INIT(""),
		    S_INIT("k"), S_INIT("v"), S_INIT("[a]\nl = 1\nk = v\n\n; about b\n[b]\n") },
		{ "in an empty section without its line end", S_INIT("[a]"), S_INIT("a"), S_INIT(""), S_INIT("k"),
		    S_INIT("v"), S_INIT("[a]\nk = v\n") },
		{ "a new section", S_INIT("[a]\nk = 1\n"), S_INIT("p"), S_INIT("x\"y"), S_INIT("k"), S_INIT("v"),
		    S_INIT("[a]\nk = 1\n\n[p \"x\\\"y\"]\nk = v\n") },
		{ "the first section", S_INIT(""), S_INIT("a"), S_INIT(""), S_INIT("k"), S_INIT("v"), S_INIT("[a]\nk = v\n") },
		{ "of that name only", S_INIT("[p \"x\"]\nk = 1\n[p \"y\"]\nk = 2\n"), S_INIT("p"), S_INIT("y"), S_INIT("k"),
		    S_INIT("3"), S_INIT("[p \"x\"]\nk = 1\n[p \"y\"]\nk = 3\n") },
		{ "quoted when it must be", S_INIT("[a]\nk = 1\n"), S_INIT("a"), S_INIT(""), S_INIT("k"), S_INIT(" a ; \"b\\\n"),
		    S_INIT("[a]\nk = \" a ; \\\"b\\\\\\n\"\n") },
		{ "a comment sign inside is fine", S_INIT("[a]\nk = 1\n"), S_INIT("a"), S_INIT(""), S_INIT("k"), S_INIT("a;b#c"),
		    S_INIT("[a]\nk = a;b#c\n") },
		{ "a byte-order mark stays", S_INIT("\xef\xbb\xbf[a]\nk = 1\n"), S_INIT("a"), S_INIT(""), S_INIT("k"),
		    S_INIT("2"), S_INIT("\xef\xbb\xbf[a]\nk = 2\n") },
	};
	struct arena *a = arena_new(1 << 16);

	for (size_t i = 0; i < N(cases); i++) {
		struct str got = ini_set(a, cases[i].text, cases[i].section, cases[i].name,
		    cases[i].key, cases[i].value);
		struct ini ini;
		struct err e;
		bool found = false;

		print_message("%s\n", cases[i].why);
		assert_true(str_eq(got, cases[i].want));
		assert_int_equal(ini_parse(a, got, "f", &ini, &e), 0);
		for (size_t k = 0; k < ini.n; k++)
			found = found ||
			    (str_eq(ini.items[k].section, cases[i].section) &&
			        str_eq(ini.items[k].name, cases[i].name) &&
			        str_eq(ini.items[k].key, cases[i].key) &&
			        str_eq(ini.items[k].value, cases[i].value));
		assert_true(found);
	}
	arena_free(a);
}

static void
ini_guesses_what_was_meant(void **state)
{
	(void)state;
	static const char *const known[] = { "host", "port", "tls", "user", "password", "starttls", "ids" };
	static const struct {
		struct str typed;
		const char *want;
	} cases[] = {
		{ S_INIT("hots"), "host" }, { S_INIT("prot"), "port" }, { S_INIT("starttsl"), "starttls" },
		{ S_INIT("passwd"), "password" }, { S_INIT("HOST"), "host" }, { S_INIT("tsl"), "tls" }, { S_INIT("id"), "ids" },
		{ S_INIT("xyz"), NULL }, { S_INIT("pass"), NULL }, { S_INIT(""), NULL }, { S_INIT("a"), NULL },
	};
	char longest[100];

	for (size_t i = 0; i < N(cases); i++) {
		const char *got = ini_nearest(cases[i].typed, known, N(known));
		print_message(STR_FMT "\n", STR_ARG(cases[i].typed));
		if (cases[i].want == NULL)
			assert_null(got);
		else
			assert_string_equal(got, cases[i].want);
	}
	memset(longest, 'x', sizeof(longest));
	assert_null(ini_nearest(str_make(longest, sizeof(longest)), known, N(known)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ini_knows_where_things_stand),
		cmocka_unit_test(ini_says_what_is_wrong_and_where),
		cmocka_unit_test(ini_sets_one_value_and_leaves_the_rest),
		cmocka_unit_test(ini_guesses_what_was_meant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
