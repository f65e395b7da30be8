/* SPDX-License-Identifier: ISC */
/* test_dict_x12.c - dictionaries written by hand, and X12 sets held against what is built in. */
#include "edi/dict_build.h"
#include "edi/dict_check.h"
#include "edi/x12.h"
#include "tests/unit/edi_unit.h"

#define TEST_ARENA (64u << 20)

#define ISA "ISA*00*          *00*          *ZZ*NORDWIND       *ZZ*ACME           *261123*1200*U*00401*000000001*0*P*>~"
#define GS  "GS*IN*NORDWIND*ACME*20261123*1200*1*X*004010~"
#define END "GE*1*1~IEA*1*000000001~"

/* A small dictionary: BIG, a group of N1, a line with everything that can be wrong. */
#define DICTIONARY \
	"dictionary X12 004010\n" \
	"element 1 ID 2 2 AA BB\nelement 2 AN 1 5\nelement 3 N2 1 4\nelement 4 R 1 6\nelement 5 DT 8\nelement 6 TM 4 8\n" \
	"segment ST 1 2 ; looked at as every other\nsegment BIG 5! 2!\nsegment N1 1! 2 3 4 2 : R0203 P0304 E0205\nsegment IT1 2*2\n  6 3 : C0102 L0203\n" \
	"set 810 BIG! NTE*2 (N1!\n   N2)!*2 (IT1 (SLN)*3)*> TDS!\n"

static struct dict
make(struct arena *a, struct str text)
{
	struct dict_build *b = dict_build_new(a);
	struct buf out = BUF_CAP(DICT_SIZE_MAX);
	struct dict dict = { .n_directories = 0 };
	struct err e;

	if (dict_build_text(b, text, &e) == -1 || dict_build_write(b, &out, &e) == -1 ||
	    dict_open(&dict, str_dup(a, buf_str(&out)), &e) == -1)
		fail_msg("%s", e.text);
	buf_clear(&out);
	return dict;
}

static struct dict_findings
check(struct arena *a, struct str set, const struct dict *dict)
{
	struct dict_findings f;

	dict_check(a, str_cat(a, str_cat(a, S(ISA GS), set), S(END)),
	    &(struct edi_facts){ .format = &edi_x12 }, dict, false, &f);
	return f;
}

static void
what_is_wrong_is_found_in_its_place(void **state)
{
	(void)state;
	static const struct { const char *set, *code; unsigned int segment, element; const char *says; } cases[] = {
		{ "BIG*20261120*A~N1*AA*X~TDS*1~", NULL, 0, 0, NULL },
		{ "BIG*20261120*A~N1*AA*X~N2*1~N1*BB*X~IT1*A*1200*1~SLN~SLN~IT1*B*1200*1~TDS*1~", NULL, 0, 0, NULL },
		{ "BIG*20260229*A~N1*AA*X~TDS*1~", "element-date", 4, 1, "'20260229', want a date" },
		{ "BIG*20240229*A~N1*AA*X~TDS*1~", NULL, 0, 0, NULL },
		{ "BIG*20261301*A~N1*AA*X~TDS*1~", "element-date", 4, 1, "want a date" },
		{ "BIG*20261120~N1*AA*X~TDS*1~", "element-missing", 4, 2, "BIG element 2 (2) is missing" },
		{ "BIG*20261120*ABCDEF~N1*AA*X~TDS*1~", "element-long", 4, 2, "6 characters, want at most 5" },
		{ "BIG*20261120*A*B~N1*AA*X~TDS*1~", "element-extra", 4, 3, "more than 2 elements" },
		{ "BIG*20261120*A~N1*A*X~TDS*1~", "element-short", 5, 1, "1 characters, want at least 2" },
		{ "BIG*20261120*A~N1*AA*X*1.5*1~TDS*1~", "element-type", 5, 3, "'1.5', want digits" },
		{ "BIG*20261120*A~N1*AA*X*-15*-1.5E-2~TDS*1~", NULL, 0, 0, NULL },
		{ "BIG*20261120*A~N1*AA*X*15*1.5E~TDS*1~", "element-type", 5, 4, "want a number" },
		{ "BIG*20261120*A~N1*AA~TDS*1~", "element-condition", 5, 3, "rule R0203, want one of them at least" },
		{ "BIG*20261120*A~N1*AA**1~TDS*1~", "element-condition", 5, 4, "rule P0304, want all of them or none" },
		{ "BIG*20261120*A~N1*AA*X***Y~TDS*1~", "element-exclusion", 5, 5, "rule E0205, want one of them at most" },
		{ "BIG*20261120*A~N1*AA*X~IT1*1~TDS*1~", "element-condition", 6, 2, "rule C0102, want with the first all others" },
		{ "BIG*20261120*A~N1*AA*X~IT1*1*2460*1~TDS*1~", "element-time", 6, 2, "want a time" },
		{ "BIG*20261120*A~N1*AA*X~IT1**2359~TDS*1~", "element-condition", 6, 3, "with the first one other at least" },
		{ "N1*AA*X~TDS*1~", "segment-missing", 4, 0, "BIG is missing before N1" },
		{ "BIG*20261120*A~TDS*1~", "segment-missing", 5, 0, "N1 is missing before TDS" },
		{ "BIG*20261120*A~NTE~NTE~NTE~N1*AA*X~TDS*1~", "segment-often", 7, 0, "3 times, at most 2" },
		{ "BIG*20261120*A~N1*AA*X~N1*AA*X~N1*AA*X~TDS*1~", "group-often", 7, 0, "at most 2 times" },
		{ "BIG*20261120*A~N1*AA*X~BIG*20261120*A~TDS*1~", "segment-place", 6, 0, "BIG does not belong here" },
		{ "BIG*20261120*A~N1*AA*X~ZZZ*1~TDS*1~", "segment-unknown", 6, 0, "does not belong into" },
	};
	struct arena *a = arena_new(TEST_ARENA);
	struct dict dict = make(a, S(DICTIONARY));

	for (size_t i = 0; i < N(cases); i++) {
		struct str set = str_cat(a, str_cat(a, S("ST*AA*1~"), str_of(cases[i].set)), S("SE*1*1~"));
		struct dict_findings f = check(a, str_cat(a, S("ST*810*1~"), str_from(set, 8)), &dict);
		const struct edi_problem *p = &f.kept[1].problem;

		print_message("%s\n", cases[i].set);
		assert_int_equal(f.checked, 1);
		assert_int_equal(f.kept[0].problem.element, 1);		/* ST01 is not in that list: longer, too */
		assert_int_equal(f.n_errors, cases[i].code == NULL ? 1 : 2);
		if (cases[i].code == NULL)
			continue;
		assert_string_equal(p->code, cases[i].code);
		assert_int_equal(p->segment, cases[i].segment);
		assert_int_equal(p->element, cases[i].element);
		if (!str_find(p->text, str_of(cases[i].says), NULL))
			fail_msg("found '" STR_FMT "', want '%s'", STR_ARG(p->text), cases[i].says);
	}
	arena_free(a);
}

static void
codes_are_warned_of_or_errors(void **state)
{
	struct arena *a = arena_new(TEST_ARENA);
	struct dict dict = make(a, S(DICTIONARY));
	struct dict_findings f = check(a, S("ST*810*1~BIG*20261120*A~N1*CC*X~TDS*1~SE*5*1~"), &dict);

	(void)state;
	assert_int_equal(f.n_warnings, 1);
	assert_string_equal(f.kept[1].problem.code, "element-code");
	assert_string_equal(f.kept[1].level, "element");
	assert_str_eq(f.kept[1].value, S("CC"));
	arena_free(a);
}

static void
releases_are_found_by_their_beginning(void **state)
{
	static const struct { const char *version, *release; } cases[] = {
		{ "004010", "4010" }, { "004010VICS", "4010" }, { "005010X222", "5010" }, { "003040", "" }, { "", "" },
	};
	struct arena *a = arena_new(TEST_ARENA);
	struct dict dict = make(a, S("dictionary X12 *\nelement 1 AN 1 9\nsegment ST 1\nset 810\n"
	    "dictionary X12 004010\nelement 1 AN 1 9\nsegment ST 1\nset 810\ndictionary X12 5010\nelement 1 AN 1 9\nsegment ST 1\nset 850 BEG\n"));
	struct dict_directory d;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		assert_true(dict_find_x12(&dict, str_of(cases[i].version), &d));
		assert_str_eq(d.release, str_of(cases[i].release));
	}
	arena_free(a);
}

static void
what_cannot_be_understood_has_its_line(void **state)
{
	(void)state;
	static const struct { struct str text; const char *says; } cases[] = {
		{ S_INIT(""), "no 'dictionary' in it" },
		{ S_INIT("; words\n"), "no 'dictionary' in it" },
		{ S_INIT("set 810"), "line 1: want 'dictionary' before anything else" },
		{ S_INIT("dictionary EDIFACT 96A\n"), "line 1: want 'dictionary X12" },
		{ S_INIT("dictionary X12 *\nelment 1 AN 1 2\n"), "line 2: 'elment' is not known" },
		{ S_INIT("dictionary X12 *\nelement 1 XX 1 2\n"), "line 2: 'XX' is no type" },
		{ S_INIT("dictionary X12 *\nelement 1 AN\n"), "line 2: no length" },
		{ S_INIT("dictionary X12 *\nelement 1 AN 3 2\n"), "line 2: element 1 has a greatest length below its least" },
		{ S_INIT("dictionary X12 *\nelement 1 AN 1\nelement 1 AN 1\n"), "line 3: '1' is no element's number" },
		{ S_INIT("dictionary X12 *\nsegment N1 98\n"), "line 2: element '98' is not defined before" },
		{ S_INIT("dictionary X12 *\nelement 98 ID 2\nsegment n1 98\n"), "line 3: 'n1' is no segment's tag" },
		{ S_INIT("dictionary X12 *\nelement 98 ID 2\nsegment N1 98 : R0102\n"), "rule 'R0102' names an element that is not there" },
		{ S_INIT("dictionary X12 *\nelement 98 ID 2\nsegment N1 98 : X01\n"), "'X01' is no rule" },
		{ S_INIT("dictionary X12 *\nset 810 (N1\n"), "1 groups of the set have no ')'" },
		{ S_INIT("dictionary X12 *\nset 810 N1)\n"), "')' without a '('" },
		{ S_INIT("dictionary X12 *\nset 810 ((N1))\n"), "does not begin with a segment" },
		{ S_INIT("dictionary X12 *\nset 810 ()\n"), "a group with nothing in it" },
		{ S_INIT("dictionary X12 *\nset 810 N1*0\n"), "'0' is no number of repetitions" },
		{ S_INIT("dictionary X12 *\nset 810 N1\nset 810 N1\n"), "line 3: is there twice" },
		{ S_INIT("  set 810\n"), "a word that belongs to nothing" },
	};
	struct arena *a = arena_new(TEST_ARENA);

	for (size_t i = 0; i < N(cases); i++) {
		struct err e = { 0 };
		print_message("%s\n", cases[i].says);
		assert_int_equal(dict_build_text(dict_build_new(a), cases[i].text, &e), -1);
		if (strstr(e.text, cases[i].says) == NULL)
			fail_msg("found '%s'", e.text);
	}
	arena_free(a);
}

static void
what_is_built_in_knows_its_sets(void **state)
{
	static const char *const sets[] = { "810", "820", "824", "832", "846", "850", "855", "856",
		"860", "940", "945", "997", "999" };
	struct arena *a = arena_new(TEST_ARENA);
	struct dict_directory d;
	struct dict_message m;
	struct dict_findings f;
	struct dict dict;
	struct err e;

	(void)state;
	assert_int_equal(dict_builtin_x12(a, &dict, &e), 0);
	assert_true(dict_find_x12(&dict, S("004010"), &d));
	for (size_t i = 0; i < N(sets); i++)
		assert_true(dict_message(&d, str_of(sets[i]), &m));
	f = check(a, S("ST*997*0001~AK1*PO*1~AK2*850*0001~AK3*N1*4**8~AK4*3*66*7*X~AK5*R*5~AK9*R*1*1*0~SE*8*0001~"), &dict);
	assert_int_equal(f.n_errors + f.n_warnings, 0);
	f = check(a, S("ST*997*0001~AK1*PO*1~AK5*R*5~AK9*Q*1*1*0~SE*5*0001~"), &dict);
	assert_int_equal(f.n_errors, 1);
	assert_string_equal(f.kept[0].problem.code, "segment-place");
	assert_int_equal(f.n_warnings, 1);
	f = check(a, S("ST*837*0001~SE*2*0001~"), &dict);
	assert_int_equal(f.unknown, 1);
	assert_str_eq(f.first_unknown, S("837 004010"));
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_wrong_is_found_in_its_place),
		cmocka_unit_test(codes_are_warned_of_or_errors),
		cmocka_unit_test(releases_are_found_by_their_beginning),
		cmocka_unit_test(what_cannot_be_understood_has_its_line),
		cmocka_unit_test(what_is_built_in_knows_its_sets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
