/* SPDX-License-Identifier: ISC */
#include "gateway/explain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

#define TEXT_MAX 400

static void
every_code_is_found_and_once(void **state)
{
	struct arena *a = arena_new(1 << 20);
	size_t n, found;
	const char **codes = explain_codes(a, &n);

	(void)state;
	assert_true(n > 100);
	for (size_t i = 0; i < n; i++) {
		found = 0;
		for (enum explain_kind k = 0; k < EXPLAIN_KINDS; k++)
			found += explain_find(k, str_of(codes[i])) != NULL;
		assert_int_equal(found, 1);
		for (size_t k = i + 1; k < n; k++)
			assert_string_not_equal(codes[i], codes[k]);
	}
	arena_free(a);
}

static void
texts_are_sentences(void **state)
{
	(void)state;
	for (enum explain_kind k = 0; k < EXPLAIN_KINDS; k++)
		for (size_t i = 0; i < explain_tables[k].n; i++) {
			const char *texts[] = { explain_tables[k].rows[i].what,
				explain_tables[k].rows[i].todo };
			for (size_t t = 0; t < N(texts); t++) {
				print_message("%s\n", texts[t]);
				assert_true(strlen(texts[t]) > 5 && strlen(texts[t]) < TEXT_MAX);
			}
		}
}

static void
words_are_found_whole_and_in_any_case(void **state)
{
	static const struct {
		enum explain_kind kind;
		const char *code;
		bool known;
	} cases[] = {
		{ EXPLAIN_ERROR, "E-SMTP-AUTH", true },	   { EXPLAIN_ERROR, "e-smtp-auth", true },
		{ EXPLAIN_ERROR, "E-SMTP", false },	   { EXPLAIN_ERROR, "", false },
		{ EXPLAIN_ERROR, "uncertain", false },	   { EXPLAIN_STATE, "uncertain", true },
		{ EXPLAIN_STATE, "claimed", true },	   { EXPLAIN_STATE, "queued", true },
		{ EXPLAIN_STATE, "claimed packed", false }, { EXPLAIN_FAULT, "unz-count", true },
		{ EXPLAIN_VERDICT, "integrity-failed", true },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		print_message("%s\n", cases[i].code);
		assert_int_equal(explain_find(cases[i].kind, str_of(cases[i].code)) != NULL, cases[i].known);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_is_found_and_once),
		cmocka_unit_test(texts_are_sentences),
		cmocka_unit_test(words_are_found_whole_and_in_any_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
