/* SPDX-License-Identifier: ISC */
#include "edi/segment.h"

#include "edi/edi.h"
#include "edi/refs.h"
#include "tests/unit/edi_unit.h"

static const struct seg_signs edifact = { '+', ':', '*', '?', "'", 1 };
static const struct seg_signs x12 = { '*', '>', -1, -1, "~", 1 };

static struct seg_reader
reader(struct str in, const struct seg_signs *signs)
{
	struct seg_reader r = { .in = in };

	seg_use(&r, signs, NULL);
	return r;
}

static void
segments_end_at_terminators_that_are_not_released(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		struct str in;
		struct str raw[4];
	} cases[] = {
		{ "plain", S_INIT("A+1'B+2'"), { S_INIT("A+1"), S_INIT("B+2") } },
		{ "released", S_INIT("A+1?'B'C'"), { S_INIT("A+1?'B"), S_INIT("C") } },
		{ "release released", S_INIT("A+1?\?'C'"), { S_INIT("A+1?\?"), S_INIT("C") } },
		{ "three of them", S_INIT("A+1?\?\?'C'D'"), { S_INIT("A+1?\?\?'C"), S_INIT("D") } },
		{ "line ends between", S_INIT("A+1'\r\nB+2'\n\n C'"), { S_INIT("A+1"), S_INIT("B+2"),
		    S_INIT("C") } },
		{ "line end inside", S_INIT("A+\r\n1'B'"), { S_INIT("A+\r\n1"), S_INIT("B") } },
		{ "no last terminator", S_INIT("A'B+2\r\n"), { S_INIT("A"), S_INIT("B+2") } },
		{ "released at the end", S_INIT("A'B?'"), { S_INIT("A"), S_INIT("B?'") } },
		{ "fill at the end", S_INIT("A'\r\n\0\x1a"), { S_INIT("A") } },
		{ "nothing between", S_INIT("A''B'"), { S_INIT("A"), S_INIT(""), S_INIT("B") } },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct seg_reader r = reader(cases[i].in, &edifact);
		struct seg s;
		size_t n = 0;

		print_message("%s\n", cases[i].why);
		while (seg_next(&r, &s)) {
			assert_true(n < N(cases[i].raw));
			assert_str_eq(s.raw, cases[i].raw[n]);
			assert_int_equal(s.ordinal, n + 1);
			assert_ptr_equal(cases[i].in.p + s.offset, s.raw.p);
			n++;
		}
		assert_true(n == N(cases[i].raw) || cases[i].raw[n].p == NULL);
	}
}

static void
tags_are_two_or_three_capitals_and_digits(void **state)
{
	(void)state;
	static const struct {
		struct str in;
		uint32_t tag;
		size_t size;
	} cases[] = {
		{ S_INIT("BGM+220"), SEG_TAG('B', 'G', 'M'), 3 },
		{ S_INIT("BGM:1+220"), SEG_TAG('B', 'G', 'M'), 3 },
		{ S_INIT("N1+ST"), SEG_TAG('N', '1', ' '), 2 },
		{ S_INIT("N1"), SEG_TAG('N', '1', ' '), 2 },
		{ S_INIT("UNS"), SEG_TAG('U', 'N', 'S'), 3 },
		{ S_INIT("B\r\nGM+1"), SEG_TAG('B', 'G', 'M'), 5 },
		{ S_INIT("BGM\r\n+1"), SEG_TAG('B', 'G', 'M'), 5 },
		{ S_INIT("bgm+1"), SEG_TAG_BAD, 3 },
		{ S_INIT("BGMX+1"), SEG_TAG_BAD, 4 },
		{ S_INIT("B+1"), SEG_TAG_BAD, 1 },
		{ S_INIT("1BG+1"), SEG_TAG_BAD, 3 },
		{ S_INIT("B\xc3\x9c+1"), SEG_TAG_BAD, 3 },
		{ S_INIT("A LONG LINE OF ORDINARY TEXT"), SEG_TAG_BAD, 16 },
		{ S_INIT("+1"), SEG_TAG_BAD, 0 },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct seg_reader r = reader(cases[i].in, &edifact);
		struct seg s;

		print_message(STR_FMT "\n", STR_ARG(cases[i].in));
		assert_true(seg_next(&r, &s));
		assert_int_equal(s.tag, cases[i].tag);
		assert_int_equal(s.tag_n, cases[i].size);
		assert_false(s.terminated);
	}
	assert_int_equal(seg_tag_size(SEG_TAG('N', '1', ' ')), 2);
	assert_int_equal(seg_tag_size(SEG_TAG('B', 'G', 'M')), 3);
	assert_int_equal(seg_tag_size(SEG_TAG_BAD), 0);
}

/* As envelope.c does it: copied only when needed. */
static struct str
shown(struct arena *a, struct seg *s, unsigned int i, unsigned int j)
{
	struct str raw = seg_component(&edifact, s, i, j);

	return seg_needs_copy(&edifact, raw) ? seg_unescape(a, &edifact, raw) : str_trim(raw);
}

static void
elements_and_components_are_cut_on_demand(void **state)
{
	(void)state;
	static const struct {
		struct str in;
		unsigned int i, j;
		struct str raw, value;
	} cases[] = {
		{ S_INIT("BGM+220+PO 1+9"), 0, 0, S_INIT("BGM"), S_INIT("BGM") },
		{ S_INIT("BGM+220+PO 1+9"), 2, 0, S_INIT("PO 1"), S_INIT("PO 1") },
		{ S_INIT("BGM+220+ PO 1 +9"), 2, 1, S_INIT(" PO 1 "), S_INIT("PO 1") },
		{ S_INIT("BGM+220+PO 1+9"), 4, 0, S_INIT(""), S_INIT("") },
		{ S_INIT("NAD+BY+1::9"), 2, 1, S_INIT("1"), S_INIT("1") },
		{ S_INIT("NAD+BY+1::9"), 2, 2, S_INIT(""), S_INIT("") },
		{ S_INIT("NAD+BY+1::9"), 2, 3, S_INIT("9"), S_INIT("9") },
		{ S_INIT("NAD+BY+1::9"), 2, 4, S_INIT(""), S_INIT("") },
		{ S_INIT("NAD+BY+1::9"), 2, 0, S_INIT("1::9"), S_INIT("1::9") },
		{ S_INIT("RFF+A:1*B:2"), 1, 2, S_INIT("1"), S_INIT("1") },
		{ S_INIT("FTX+a?+b?:c??+d"), 1, 1, S_INIT("a?+b?:c??"), S_INIT("a+b:c?") },
		{ S_INIT("FTX+a?+b?:c??+d"), 2, 1, S_INIT("d"), S_INIT("d") },
		{ S_INIT("FTX+one\r\n two"), 1, 1, S_INIT("one\r\n two"), S_INIT("one two") },
		{ S_INIT("FTX+ends?"), 1, 1, S_INIT("ends?"), S_INIT("ends?") },
	};
	struct arena *a = arena_new(1 << 16);

	for (size_t i = 0; i < N(cases); i++) {
		struct seg s = { .raw = cases[i].in };

		print_message(STR_FMT " %u.%u\n", STR_ARG(cases[i].in), cases[i].i, cases[i].j);
		assert_str_eq(seg_component(&edifact, &s, cases[i].i, cases[i].j), cases[i].raw);
		assert_str_eq(shown(a, &s, cases[i].i, cases[i].j), cases[i].value);
	}
	arena_free(a);
}

static void
control_characters_are_found_where_they_are(void **state)
{
	(void)state;
	static const struct {
		struct str in;
		size_t at;
		bool wrapped;
	} cases[] = {
		{ S_INIT("NTE**ABC"), 8, false },
		{ S_INIT("NTE**A\x07" "C"), 6, false },
		{ S_INIT("NTE**\0" "C"), 5, false },
		{ S_INIT("NTE**0123456789\x01"), 15, false },
		{ S_INIT("\x01NTE**0123456789"), 0, false },
		{ S_INIT("NTE**\x01\x02\x03"), 5, false },
		{ S_INIT("NTE**01\t23456789\t9"), 18, false },
		{ S_INIT("NTE**01\r\n23456789"), 17, true },
		{ S_INIT("NTE**01\r\n2345\x02" "789"), 13, true },
		{ S_INIT("NTE**\xc3\xa4\xff 89"), 11, false },
		{ S_INIT("NTE**\x7f\x80\x9f\xa0 890"), 13, false },
	};

	for (size_t i = 0; i < N(cases); i++)
		for (int terminated = 0; terminated < 2; terminated++) {
			struct arena *a = arena_new(1 << 16);
			struct seg_reader r = reader(terminated ? str_cat(a, cases[i].in, S("~")) : cases[i].in, &x12);
			struct seg s;

			print_message("%zu\n", i);
			assert_true(seg_next(&r, &s));
			assert_int_equal(s.terminated, terminated);
			assert_str_eq(s.raw, cases[i].in);
			assert_int_equal(s.control_at, cases[i].at);
			assert_int_equal(s.wrapped, cases[i].wrapped);
			arena_free(a);
		}
}

static void
signs_and_escape_sequences_are_no_control_characters(void **state)
{
	static const struct seg_signs level_b = { '\x1d', '\x1f', -1, -1, "\x1c", 1 };
	struct seg_reader r = reader(S("BGM\x1d" "220\x1f" "1\x1b(B\x1c" "BGM\x1d" "220\x1f" "1\x1b(B\x1c"), &level_b);
	struct seg s;

	(void)state;
	assert_true(seg_next(&r, &s));
	assert_int_equal(s.control_at, 9);
	seg_use(&r, &level_b, edi_charset_of(S("UNOX")));
	assert_true(seg_next(&r, &s));
	assert_int_equal(s.control_at, s.raw.n);
}

static void
a_terminator_may_be_a_whole_character(void **state)
{
	static const struct seg_signs wide = { '*', '>', -1, -1, "\xc2\xa6", 2 };
	struct seg_reader r = reader(S("A*\xc2\xa7\xc2\xa6" "B*1\xc2\xa6"), &wide);
	struct seg s;

	(void)state;
	assert_true(seg_next(&r, &s));
	assert_str_eq(s.raw, S("A*\xc2\xa7"));
	assert_true(seg_next(&r, &s));
	assert_str_eq(s.raw, S("B*1"));
	assert_false(seg_next(&r, &s));
}

static void
a_segment_can_be_put_back(void **state)
{
	struct seg_reader r = reader(S("A*1~B*2~"), &x12);
	struct seg s;

	(void)state;
	assert_true(seg_next(&r, &s) && seg_next(&r, &s));
	seg_back(&r, &s);
	assert_true(seg_next(&r, &s));
	assert_str_eq(s.raw, S("B*2"));
	assert_int_equal(s.ordinal, 2);
}

static void
signs_must_differ(void **state)
{
	struct seg_signs g = edifact;

	(void)state;
	assert_true(seg_signs_distinct(&edifact));
	assert_true(seg_signs_distinct(&x12));
	g.rep = '+';
	assert_false(seg_signs_distinct(&g));
	g = x12;
	g.comp = '~';
	assert_false(seg_signs_distinct(&g));
}

static void
repeated_numbers_are_found(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct refs r = { .n = 0 };
	uint64_t first = 0;

	(void)state;
	for (uint64_t i = 0; i < 10000; i++)
		assert_false(refs_seen(a, &r, refs_key(1, str_fmt(a, "%llu", (unsigned long long)i)), i,
		    &first));
	for (uint64_t i = 0; i < 10000; i += 7) {
		assert_true(refs_seen(a, &r, refs_key(1, str_fmt(a, "%llu", (unsigned long long)i)),
		    99999, &first));
		assert_int_equal(first, i);
	}
	assert_false(refs_seen(a, &r, refs_key(2, S("5")), 1, &first));
	arena_free(a);
}

static void
numbers_past_the_limit_cost_nothing(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct refs r = { .n = 0 };
	uint64_t first;

	(void)state;
	for (uint64_t i = 1; i < 3 * EDI_REFS_KEPT; i++)
		refs_seen(a, &r, i * 0x9e3779b97f4a7c15u, i, &first);
	assert_int_equal(r.n, EDI_REFS_KEPT);
	for (uint64_t i = 1; i < 1000; i++)	/* all of them want the same place */
		assert_false(refs_seen(a, &r, i << 32, i, &first));
	assert_true(arena_used(a) < EDI_ARENA_MAX / 4);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(segments_end_at_terminators_that_are_not_released),
		cmocka_unit_test(tags_are_two_or_three_capitals_and_digits),
		cmocka_unit_test(elements_and_components_are_cut_on_demand),
		cmocka_unit_test(control_characters_are_found_where_they_are),
		cmocka_unit_test(signs_and_escape_sequences_are_no_control_characters),
		cmocka_unit_test(a_terminator_may_be_a_whole_character),
		cmocka_unit_test(a_segment_can_be_put_back),
		cmocka_unit_test(signs_must_differ),
		cmocka_unit_test(repeated_numbers_are_found),
		cmocka_unit_test(numbers_past_the_limit_cost_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
