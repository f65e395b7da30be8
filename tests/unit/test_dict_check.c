/* SPDX-License-Identifier: ISC */
/* test_dict_check.c - messages held against the directory of dict_texts.h. */
#include "tests/unit/dict_made.h"

#include "edi/dict_check.h"
#include "edi/edifact.h"
#include "edi/x12.h"

#define TEST_ARENA (64u << 20)

#define UNB  "UNB+UNOC:3+4012345000009:14+5098765000007:14+261123:1200+1'"
#define UNB4 "UNB+UNOC:4+4012345000009:14+5098765000007:14+20261123:1200+1'"
#define UNH  "UNH+1+TESTAA:D:24Z:UN'"
#define AAA  "AAA+1'"
#define GGG  "GGG+7'"
#define UNT  "UNT+9+1'UNZ+1+1'"

static struct dict_findings
check(struct arena *a, struct str in, bool strict)
{
	struct dict_findings f;
	struct dict dict;
	struct err e;

	assert_int_equal(dict_open(&dict, dict_made(a, NULL), &e), 0);
	dict_check(a, in, &(struct edi_facts){ .format = &edi_edifact }, &dict, strict, &f);
	return f;
}

/* What is found, as "segment/element/component code", several with blanks. */
static struct str
found_in(struct arena *a, const struct dict_findings *f)
{
	struct str all = S("");

	for (size_t i = 0; i < f->n_kept; i++) {
		const struct edi_problem *p = &f->kept[i].problem;
		all = str_fmt(a, STR_FMT "%s%llu/%u/%u %s%s", STR_ARG(all), i > 0 ? " " : "",
		    (unsigned long long)p->segment, p->element, p->component,
		    f->kept[i].warning ? "?" : "", p->code);
	}
	return all;
}

/* The golden list: what stands in a message, what is found. */
static const struct {
	struct str in, want;
} golden[] = {
	{ S_INIT(UNB UNH AAA GGG UNT), S_INIT("") },
	{ S_INIT(UNB UNH AAA "BBB+137:x'BBB+137'CCC+ab'DDD+abc'EEE+1'FFF'EEE+2'FFF+1+2'CCC+cd'GGG+1'BBB+137'GGG+2'" UNT), S_INIT("") },
	/* order, presence, repetition */
	{ S_INIT(UNB UNH GGG UNT), S_INIT("3/0/0 segment-missing") },
	{ S_INIT(UNB UNH AAA UNT), S_INIT("4/0/0 segment-missing") },
	{ S_INIT(UNB UNH UNT), S_INIT("3/0/0 segment-missing 3/0/0 segment-missing") },
	{ S_INIT(UNB UNH AAA AAA GGG UNT), S_INIT("4/0/0 segment-often") },
	{ S_INIT(UNB UNH AAA "BBB+137'BBB+137'BBB+137'" GGG UNT), S_INIT("6/0/0 segment-often") },
	{ S_INIT(UNB UNH AAA "CCC+ab'CCC+ab'CCC+ab'" GGG UNT), S_INIT("6/0/0 group-often") },
	{ S_INIT(UNB UNH AAA GGG "CCC+ab'" UNT), S_INIT("5/0/0 segment-place") },
	{ S_INIT(UNB UNH AAA "XYZ+1'" GGG UNT), S_INIT("4/0/0 segment-unknown") },
	{ S_INIT(UNB UNH AAA "CCC+ab'EEE+1'" GGG UNT), S_INIT("6/0/0 segment-missing") },
	{ S_INIT(UNB UNH AAA "CCC+ab'EEE+1'EEE+2'FFF'" GGG UNT), S_INIT("6/0/0 segment-missing") },
	{ S_INIT(UNB UNH AAA "EEE+1'FFF'" GGG UNT), S_INIT("4/0/0 segment-place 5/0/0 segment-place") },
	{ S_INIT(UNB UNH AAA GGG "BBB+137'BBB+137'" UNT), S_INIT("6/0/0 segment-often") },
	/* elements and components */
	{ S_INIT(UNB UNH "AAA'" GGG UNT), S_INIT("3/1/0 element-missing") },
	{ S_INIT(UNB UNH "AAA+ ++'" GGG UNT), S_INIT("3/1/0 element-missing 3/3/0 element-extra") },
	{ S_INIT(UNB UNH "AAA+1::::x'" GGG UNT), S_INIT("3/1/5 component-extra") },
	{ S_INIT(UNB UNH "AAA+:::name:'" GGG UNT), S_INIT("3/1/5 component-extra") },
	{ S_INIT(UNB UNH "AAA+1:::nine char'" GGG UNT), S_INIT("3/1/4 element-long") },
	{ S_INIT(UNB UNH "AAA+1:::?+?+?+?+?+?+?+?+'" GGG UNT), S_INIT("") },
	{ S_INIT(UNB UNH "AAA+1:::eight \xc3\xb6!'" GGG UNT), S_INIT("") },
	{ S_INIT(UNB UNH "AAA+1+wide'" GGG UNT), S_INIT("3/2/0 element-long") },
	{ S_INIT(UNB UNH AAA "BBB+:x'" GGG UNT), S_INIT("4/1/1 component-missing") },
	{ S_INIT(UNB UNH AAA "CCC+a'" GGG UNT), S_INIT("4/1/0 element-short") },
	{ S_INIT(UNB UNH AAA "CCC+ab++ZZZ:::x'" GGG UNT), S_INIT("") },	/* two positions of a repeated composite */
	{ S_INIT(UNB UNH AAA "CCC+ab'EEE+1'FFF+1++3'" GGG UNT), S_INIT("") },
	{ S_INIT(UNB UNH AAA "CCC+ab'EEE+1'FFF+1++3+4+5'" GGG UNT), S_INIT("6/5/0 element-extra") },
	{ S_INIT(UNB UNH AAA "CCC+ab+1+1+1'" GGG UNT), S_INIT("4/4/0 element-extra") },
	{ S_INIT(UNB UNH AAA "CCC+ab'DDD+a+b+c'" GGG UNT), S_INIT("") },
	{ S_INIT(UNB UNH AAA "CCC+ab'DDD+a1'" GGG UNT), S_INIT("5/1/0 element-type") },
	{ S_INIT(UNB UNH AAA "GGG+x'" UNT), S_INIT("4/1/0 element-type") },
	{ S_INIT(UNB UNH AAA "GGG+-12,34'" UNT), S_INIT("") },
	{ S_INIT(UNB UNH AAA "GGG+12345'" UNT), S_INIT("4/1/0 element-long") },
	{ S_INIT(UNB UNH AAA "GGG+1-'" UNT), S_INIT("4/1/0 element-type") },
	{ S_INIT(UNB UNH AAA "GGG+1.2.3'" UNT), S_INIT("4/1/0 element-type") },
	{ S_INIT(UNB UNH AAA "GGG+-'" UNT), S_INIT("4/1/0 element-type") },
	/* codes, and lists that others keep */
	{ S_INIT(UNB UNH "AAA+2'" GGG UNT), S_INIT("3/1/1 ?element-code") },
	{ S_INIT(UNB UNH "AAA+2:x'" GGG UNT), S_INIT("") },
	{ S_INIT(UNB UNH "AAA+2::9'" GGG UNT), S_INIT("") },
	{ S_INIT(UNB UNH "AAA+2:::x'" GGG UNT), S_INIT("3/1/1 ?element-code") },
	/* syntax 4: repetitions within an element */
	{ S_INIT(UNB4 UNH AAA "CCC+ab+1*ZZZ'" GGG UNT), S_INIT("") },
	{ S_INIT(UNB4 UNH AAA "CCC+ab+1*ZZZ*1'" GGG UNT), S_INIT("4/2/0 element-often") },
	{ S_INIT(UNB4 UNH AAA "CCC+ab+1+1'" GGG UNT), S_INIT("4/3/0 element-extra") },
	{ S_INIT(UNB4 UNH AAA "CCC+ab*cd'" GGG UNT), S_INIT("4/1/0 element-often") },
	/* wrapped in the middle of the version */
	{ S_INIT(UNB "UNH+1+TESTAA:D:24\r\nZ:UN'" UNT), S_INIT("3/0/0 segment-missing 3/0/0 segment-missing") },
};

static void
golden_list(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(golden); i++) {
		struct arena *a = arena_new(TEST_ARENA);
		struct dict_findings f = check(a, golden[i].in, false);
		struct str found = found_in(a, &f);
		if (!str_eq(found, golden[i].want))
			fail_msg("'" STR_FMT "': found '" STR_FMT "', want '" STR_FMT "'",
			    STR_ARG(golden[i].in), STR_ARG(found), STR_ARG(golden[i].want));
		assert_int_equal(f.checked, 1);
		assert_int_equal(f.unknown, 0);
		for (size_t j = 0; j < f.n_kept; j++)
			assert_true(f.kept[j].problem.offset < golden[i].in.n);
		arena_free(a);
	}
}

static void
words_and_places(void **state)
{
	struct arena *a = arena_new(TEST_ARENA);
	struct str in = S(UNB UNH "AAA+1:::it?'s too long'" GGG UNT);
	struct dict_findings f = check(a, in, false);

	(void)state;
	assert_int_equal(f.n_errors, 1);
	assert_int_equal(f.n_kept, 1);
	assert_str_eq(f.kept[0].problem.text, S("AAA element 1 component 4 (9002) has 13 characters, want at most 8: 'it's too long'"));
	assert_str_eq(f.kept[0].value, S("it's too long"));
	assert_true(str_starts(str_from(in, (size_t)f.kept[0].problem.offset), S("it?'s")));
	arena_free(a);
}

static void
codes_as_errors(void **state)
{
	struct arena *a = arena_new(TEST_ARENA);
	struct dict_findings f = check(a, S(UNB UNH "AAA+2'" GGG UNT), true);

	(void)state;
	assert_int_equal(f.n_errors, 1);
	assert_int_equal(f.n_warnings, 0);
	assert_false(f.kept[0].warning);
	arena_free(a);
}

static void
unknown_messages_are_said(void **state)
{
	struct arena *a = arena_new(TEST_ARENA);
	struct dict_findings f = check(a, S(UNB "UNH+1+OTHERS:D:24Z:UN'XQX'UNT+3+1'UNH+2+TESTAA:D:24A:UN'UNT+2+2'" UNH AAA GGG UNT), false);

	(void)state;
	assert_int_equal(f.checked, 1);
	assert_int_equal(f.unknown, 2);
	assert_int_equal(f.n_errors + f.n_warnings, 0);
	assert_str_eq(f.first_unknown, S("OTHERS D:24Z:UN"));
	arena_free(a);
}

static void
many_findings_are_counted(void **state)
{
	struct arena *a = arena_new(TEST_ARENA);
	struct buf b = BUF_CAP(1u << 20);
	struct dict_findings f;
	struct err e;

	(void)state;
	assert_int_equal(buf_put(&b, S(UNB UNH AAA), &e), 0);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(buf_put(&b, S("XQX+1'"), &e), 0);
	assert_int_equal(buf_put(&b, S(GGG UNT), &e), 0);
	f = check(a, buf_str(&b), false);
	assert_int_equal(f.n_errors, 1000);
	assert_int_equal(f.n_kept, EDI_PROBLEMS_KEPT);
	buf_clear(&b);
	arena_free(a);
}

/* A value of megabytes is told of, not copied. */
static void
a_huge_value(void **state)
{
	struct arena *a = arena_new(TEST_ARENA);
	struct buf b = BUF_CAP(8u << 20);
	struct dict_findings f;
	struct err e;

	(void)state;
	assert_int_equal(buf_put(&b, S(UNB UNH "AAA+1:::"), &e), 0);
	for (int i = 0; i < 1 << 20; i++)
		assert_int_equal(buf_put(&b, S("?+?'"), &e), 0);
	assert_int_equal(buf_put(&b, S("'" GGG UNT), &e), 0);
	f = check(a, buf_str(&b), false);
	assert_str_eq(found_in(a, &f), S("3/1/4 element-long"));
	assert_true(arena_used(a) < (4u << 20));
	buf_clear(&b);
	arena_free(a);
}

/* Every byte of a dictionary changed, in three ways: whatever it then says, nothing outside of it is read. */
static void
damaged_dictionaries(void **state)
{
	static const unsigned char flips[] = { 0x01, 0x80, 0xff };
	struct arena *a = arena_new(TEST_ARENA), *b = arena_new(TEST_ARENA);
	struct str made = dict_made(a, NULL);
	struct dict_findings f;
	struct dict dict;
	struct err e;

	(void)state;
	for (size_t i = 0; i < made.n * N(flips); i++) {
		char *byte = (char *)(uintptr_t)made.p + i / N(flips);
		char was = *byte;
		*byte = (char)(was ^ (char)flips[i % N(flips)]);
		if (dict_open(&dict, made, &e) == 0)
			for (size_t j = 0; j < N(golden); j += 7)
				dict_check(b, golden[j].in,
				    &(struct edi_facts){ .format = &edi_edifact }, &dict, false,
				    &f);
		*byte = was;
		arena_reset(b);
	}
	arena_free(b);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_list), cmocka_unit_test(words_and_places), cmocka_unit_test(codes_as_errors),
		cmocka_unit_test(unknown_messages_are_said), cmocka_unit_test(many_findings_are_counted),
		cmocka_unit_test(a_huge_value), cmocka_unit_test(damaged_dictionaries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
