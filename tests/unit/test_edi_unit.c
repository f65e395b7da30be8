/* SPDX-License-Identifier: ISC */
/* One thing counted in three lists of codes: there and back, and false friends. */
#include "edi/unit.h"

#include "tests/unit/edi_unit.h"

static void
a_code_becomes_that_of_the_other_list(void **state)
{
	(void)state;
	static const struct { const char *code; enum unit_list from, to; const char *want; } cases[] = {
		{ "EA", UNIT_X12, UNIT_UN, "EA" },	   { "PC", UNIT_X12, UNIT_EDIFACT, "PCE" },
		{ "PC", UNIT_X12, UNIT_UN, "H87" },	   { "PCE", UNIT_EDIFACT, UNIT_UN, "H87" },
		{ "H87", UNIT_UN, UNIT_X12, "PC" },	   { "H87", UNIT_UN, UNIT_EDIFACT, "H87" },
		{ "C62", UNIT_UN, UNIT_X12, "UN" },	   { "KGM", UNIT_EDIFACT, UNIT_X12, "KG" },
		{ "CN", UNIT_X12, UNIT_UN, "XCA" },	   { "CA", UNIT_X12, UNIT_UN, "XCS" },
		{ "CA", UNIT_EDIFACT, UNIT_X12, "CN" },	   { "ST", UNIT_X12, UNIT_UN, "SET" },
		{ "ST", UNIT_UN, UNIT_X12, "SH" },	   { "PF", UNIT_X12, UNIT_UN, "XPX" },
		{ "XPX", UNIT_UN, UNIT_X12, "PF" },
	};
	struct str made;

	for (size_t i = 0; i < N(cases); i++) {
		print_message("%s from %d to %d\n", cases[i].code, cases[i].from, cases[i].to);
		assert_true(unit_translate(str_of(cases[i].code), cases[i].from, cases[i].to, &made));
		assert_str_eq(made, str_of(cases[i].want));
	}
}

/* What is written from another list is read back as what it was, and each list is clear in itself. */
static void
what_is_written_leads_back(void **state)
{
	(void)state;
	char code[4] = { 0 };
	struct str there, back, again;
	size_t n = 0;

	for (enum unit_list from = 0; from < UNIT_LISTS; from++)
		for (enum unit_list to = 0; to < UNIT_LISTS; to++)
			for (int i = 0; i < 37 * 37 * 37; i++) {
				static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
				size_t len = 2 + (size_t)(i % 37 > 0);
				code[0] = signs[i / 37 / 37 % 36];
				code[1] = signs[i / 37 % 37 % 36];
				code[2] = len == 3 ? signs[i % 37 - 1] : '\0';
				if (!unit_translate(str_make(code, len), from, to, &there))
					continue;
				assert_true(unit_translate(there, to, from, &back));
				assert_true(unit_translate(back, from, to, &again));
				assert_str_eq(again, there);
				assert_string_equal(unit_word(there, to), unit_word(str_make(code, len), from));
				n++;
			}
	assert_true(n > 500);
}

static void
an_unknown_code_stays(void **state)
{
	(void)state;
	struct str made;

	assert_false(unit_translate(S("QQ"), UNIT_X12, UNIT_UN, &made));
	assert_str_eq(made, S("QQ"));
	assert_false(unit_translate(S(""), UNIT_X12, UNIT_UN, &made));
	assert_str_eq(made, S(""));
	assert_null(unit_word(S("QQ"), UNIT_UN));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_code_becomes_that_of_the_other_list),
		cmocka_unit_test(what_is_written_leads_back),
		cmocka_unit_test(an_unknown_code_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
