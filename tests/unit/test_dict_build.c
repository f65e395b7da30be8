/* SPDX-License-Identifier: ISC */
/* test_dict_build.c - texts of a directory compiled, read back, and refused. */
#include "tests/unit/dict_made.h"

#include "edi/segment.h"

#define TEST_ARENA (16u << 20)

static void
counts(void **state)
{
	struct arena *a = arena_new(TEST_ARENA);
	struct dict_count n;

	(void)state;
	(void)dict_made(a, &n);
	assert_int_equal(n.directories, 1);
	assert_int_equal(n.messages, 1);
	assert_int_equal(n.segments, 7);
	assert_int_equal(n.composites, 2);
	assert_int_equal(n.lists, 2);
	assert_int_equal(n.codes, 3);
	arena_free(a);
}

static void
the_message_is_a_tree(void **state)
{
	static const struct {
		uint32_t name, max, size;
		unsigned int flags;
	} want[] = {
		{ SEG_TAG('U', 'N', 'H'), 1, 1, DICT_MANDATORY }, { SEG_TAG('A', 'A', 'A'), 1, 1, DICT_MANDATORY },
		{ SEG_TAG('B', 'B', 'B'), 2, 1, 0 }, { 1, 2, 6, DICT_GROUP }, { SEG_TAG('C', 'C', 'C'), 1, 1, DICT_MANDATORY },
		{ SEG_TAG('D', 'D', 'D'), 1, 1, 0 }, { 2, 3, 3, DICT_GROUP }, { SEG_TAG('E', 'E', 'E'), 1, 1, DICT_MANDATORY },
		{ SEG_TAG('F', 'F', 'F'), 1, 1, DICT_MANDATORY }, { 3, 9, 3, DICT_GROUP | DICT_MANDATORY },
		{ SEG_TAG('G', 'G', 'G'), 1, 1, DICT_MANDATORY }, { SEG_TAG('B', 'B', 'B'), 1, 1, 0 },
		{ SEG_TAG('U', 'N', 'T'), 1, 1, DICT_MANDATORY },
	};
	struct arena *a = arena_new(TEST_ARENA);
	struct dict dict;
	struct dict_directory d;
	struct dict_message m;
	struct err e;

	(void)state;
	assert_int_equal(dict_open(&dict, dict_made(a, NULL), &e), 0);
	assert_true(dict_find(&dict, S("D"), S("24Z"), S("UN"), &d));
	assert_true(dict_message(&d, S("TESTAA"), &m));
	assert_int_equal(m.n, N(want));
	for (uint32_t i = 0; i < N(want); i++) {
		struct dict_node node = dict_node(&m, i);
		if (node.name != want[i].name || node.max != want[i].max ||
		    node.size != want[i].size || node.flags != want[i].flags)
			fail_msg("node %u: %x max %u size %u flags %u", i, node.name, node.max,
			    node.size, node.flags);
	}
	assert_false(dict_message(&d, S("TESTAB"), &m));
	assert_false(dict_message(&d, S(""), &m));
	assert_false(dict_find(&dict, S("D"), S("24Y"), S("UN"), &d));
	assert_false(dict_find(&dict, S("D"), S("24Z"), S("XX"), &d));
	arena_free(a);
}

static void
segments_and_elements(void **state)
{
	struct arena *a = arena_new(TEST_ARENA);
	struct dict dict;
	struct dict_directory d;
	struct dict_list list;
	struct dict_ref ref;
	struct dict_element el;
	struct str code;
	struct err e;

	(void)state;
	assert_int_equal(dict_open(&dict, dict_made(a, NULL), &e), 0);
	assert_true(dict_directory(&dict, 0, &d));
	assert_false(dict_directory(&dict, 1, &d));
	assert_true(dict_directory(&dict, 0, &d));
	assert_true(dict_segment(&d, SEG_TAG('A', 'A', 'A'), &list));
	assert_false(dict_segment(&d, SEG_TAG('A', 'A', 'B'), &(struct dict_list){ 0, 0 }));
	assert_int_equal(list.n, 2);
	ref = dict_ref(&d, &list, 1);	/* its name goes on in a second line */
	assert_int_equal(ref.flags, 0);
	assert_true(dict_element(&d, ref.row, &el));
	assert_str_eq(el.code, S("9003"));
	ref = dict_ref(&d, &list, 0);
	assert_int_equal(ref.flags, DICT_COMPOSITE | DICT_MANDATORY);
	assert_true(dict_composite(&d, ref.row, &list, &code));
	assert_str_eq(code, S("C901"));
	assert_int_equal(list.n, 4);
	assert_true(dict_element(&d, dict_ref(&d, &list, 0).row, &el));
	assert_str_eq(el.code, S("9001"));
	assert_int_equal(el.type, 'x');
	assert_int_equal(el.max, 3);
	assert_true(dict_has_code(&d, &el, S("1")));
	assert_true(dict_has_code(&d, &el, S("ZZZ")));
	assert_false(dict_has_code(&d, &el, S("ZZ")));
	assert_false(dict_has_code(&d, &el, S("")));
	assert_true(dict_element(&d, dict_ref(&d, &list, 3).row, &el));
	assert_str_eq(el.code, S("9002"));
	assert_true(dict_has_code(&d, &el, S("anything")));
	assert_false(dict_element(&d, d.n[DICT_ELEMENTS], &el));
	assert_false(dict_composite(&d, UINT32_MAX, &list, &code));
	arena_free(a);
}

/* A code list that is continued in a second text begins there at once; what stands under no title is in no list. */
static void
codes_in_parts(void **state)
{
	struct arena *a = arena_new(TEST_ARENA);
	struct dict_build *b = dict_build_new(a);
	struct dict_count n;
	struct err e;

	(void)state;
	assert_int_equal(dict_build_add(b, S("UNCL-1.24Z"), S(DICT_CODES_TEXT), &e), 0);
	assert_int_equal(dict_build_add(b, S("UNCL-2.24Z"), S("  9009  Of two\n\n  Repr: an..3\n\n        1 One\n        2 Two\n"
	    DICT_RULE "\nNo title\n\n  Repr: an..3\n\n        3 Three\n"), &e), 0);
	dict_build_count(b, &n);
	assert_int_equal(n.lists, 3);
	assert_int_equal(n.codes, 5);
	arena_free(a);
}

/* The same bytes, whatever the order and the machine. */
static void
the_bytes_are_the_same(void **state)
{
	struct arena *a = arena_new(TEST_ARENA);
	struct str one = dict_made(a, NULL), two = dict_made(a, NULL);

	(void)state;
	assert_true(str_eq(one, two));
	assert_true(str_starts(one, S("edigdict\2\0\0\0")));
	assert_false(str_find(one, S("THING"), NULL));	/* no words of the texts */
	arena_free(a);
}

#define UNH "UNH Head M 1\n"
#define UNT "UNT Tail M 1\n"

static void
texts_that_are_refused(void **state)
{
	static const struct {
		struct str name, text;
		const char *want;
	} t[] = {
		{ S_INIT("TESTAA_D.24Z"), S_INIT(UNH "AAA Thing C 1 |\n" UNT), "1 groups deep behind one of 0" },
		{ S_INIT("TESTAA_D.24Z"), S_INIT(UNH "-- Segment group 1 -- C 1 ++\n" UNT), "2 groups deep" },
		{ S_INIT("TESTAA_D.24Z"), S_INIT(UNH "-- Segment group 1 -- C 1 +\n-- Segment group 2 -- C 1 ++\n" UNT),
		    "group 1 of its table does not begin with a segment" },
		{ S_INIT("TESTAA_D.24Z"), S_INIT(UNH "-- Segment group 1 -- C 1 +\n" UNT), "does not begin with a segment" },
		{ S_INIT("TESTAA_D.24Z"), S_INIT(UNH "AAA Thing C 1\n"), "no end" },
		{ S_INIT("EDSD.24Z"), S_INIT(DICT_RULE "AAA  THING\n\n010    9001 NAME\n\n"), "has no end" },
	};
	struct arena *a = arena_new(TEST_ARENA);
	struct err e;

	(void)state;
	for (size_t i = 0; i < N(t); i++) {
		if (dict_build_add(dict_build_new(a), t[i].name, t[i].text, &e) == 0)
			fail_msg("text %zu is taken", i);
		if (strstr(e.text, t[i].want) == NULL || strstr(e.text, "24Z") == NULL)
			fail_msg("text %zu: '%s', want '%s'", i, e.text, t[i].want);
	}
	arena_free(a);
}

static void
directories_that_are_refused(void **state)
{
	struct arena *a = arena_new(TEST_ARENA);
	struct dict_build *b = dict_build_new(a);
	struct buf out = BUF_CAP(DICT_SIZE_MAX);
	struct err e;

	(void)state;
	assert_int_equal(dict_build_write(b, &out, &e), -1);
	assert_non_null(strstr(e.text, "0 directories"));
	assert_int_equal(dict_build_add(b, S("EDSD.24Z"), S(DICT_SEGMENTS_TEXT), &e), 0);
	assert_int_equal(dict_build_write(b, &out, &e), -1);
	assert_non_null(strstr(e.text, "directory D.24Z: has no messages"));
	assert_int_equal(dict_build_add(b, S("TESTAA_D.24Z"), S(DICT_MESSAGE), &e), 0);
	assert_int_equal(dict_build_add(b, S("TESTAA_D.24Z"), S(DICT_MESSAGE), &e), -1);
	assert_non_null(strstr(e.text, "twice"));
	assert_int_equal(dict_build_write(b, &out, &e), -1);
	assert_non_null(strstr(e.text, "composite C901 is not in it"));
	assert_int_equal(out.n, 0);
	/* An interactive message is passed over. */
	assert_int_equal(dict_build_add(b, S("TESTAB_D.24Z"), S("UIH Head M 1\nUIT Tail M 1\n"), &e), 0);
	arena_free(a);
}

static void
files_that_are_refused(void **state)
{
	struct arena *a = arena_new(TEST_ARENA);
	struct str made = dict_made(a, NULL), bad;
	char *p = (char *)(uintptr_t)made.p;
	struct dict dict;
	struct err e;

	(void)state;
	for (size_t n = 0; n < made.n; n++)
		assert_int_equal(dict_open(&dict, str_sub(made, 0, n), &e), -1);
	bad = str_dup(a, made);
	((char *)(uintptr_t)bad.p)[8] = 3;
	assert_int_equal(dict_open(&dict, bad, &e), -1);
	assert_non_null(strstr(e.text, "format 3, want 2"));
	p[DICT_HEADER + 19] = 0x7f;	/* where the messages begin */
	assert_int_equal(dict_open(&dict, made, &e), -1);
	assert_non_null(strstr(e.text, "damaged"));
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts), cmocka_unit_test(the_message_is_a_tree), cmocka_unit_test(segments_and_elements),
		cmocka_unit_test(codes_in_parts), cmocka_unit_test(the_bytes_are_the_same), cmocka_unit_test(texts_that_are_refused),
		cmocka_unit_test(directories_that_are_refused), cmocka_unit_test(files_that_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
