/* SPDX-License-Identifier: ISC */
/* test_dict_line.c - single lines of the UN's texts, as they were written in different years. The words are ours. */
#include "edi/dict_line.h"

#include "edi/segment.h"
#include "tests/unit/edi_unit.h"

static void
frames_become_ascii(void **state)
{
	struct str text = S("a\t\xc4\xcd\xb3\xba\xbf\xd9  \r\nb");
	struct dict_line line;

	(void)state;
	assert_true(dict_line_next(&text, &line));
	assert_true(str_eq(dict_line_str(&line), S("a --||++")));
	assert_true(dict_line_next(&text, &line));
	assert_true(str_eq(dict_line_str(&line), S("b")));
	assert_false(dict_line_next(&text, &line));
}

static void
long_lines_are_cut(void **state)
{
	char many[DICT_LINE_MAX + 100] = "";
	struct str text = str_make(many, sizeof(many));
	struct dict_line line;

	(void)state;
	memset(many, '-', sizeof(many));
	assert_true(dict_line_next(&text, &line));
	assert_int_equal(line.n, DICT_LINE_MAX);
	assert_true(dict_line_is_rule(&line));
	assert_int_equal(text.n, 0);
}

static void
table_rows(void **state)
{
	static const struct {
		struct str line;
		bool is;
		uint32_t tag, group, max;
		bool mandatory;
		unsigned int depth;
	} t[] = {
		/* D.93A: no positions, blanks in the frame */
		{ S_INIT("  UNH  Head of it                           M      1"), true, SEG_TAG('U', 'N', 'H'), 0, 1, true, 0 },
		{ S_INIT("  --- Segment Group 20 ------------------------------ C      5 -----+|"), true, 0, 20, 5, false, 2 },
		{ S_INIT("  DTM  Some date                            C     35 --------------++|"), true, SEG_TAG('D', 'T', 'M'), 0, 35, false, 3 },
		/* D.96A: positions, marks in the margin, a frame of dashes */
		{ S_INIT("0080       ----- Segment group 1  ------------------ C   99999-------+"), true, 0, 1, 99999, false, 1 },
		{ S_INIT("1310 *     ----- Segment group 33 ------------------ C   5----------+|"), true, 0, 33, 5, false, 2 },
		{ S_INIT("0090 + RFF A reference                           M   1          ||"), true, SEG_TAG('R', 'F', 'F'), 0, 1, true, 2 },
		/* D.01B and later: five digits, numbers over 99 at the frame */
		{ S_INIT("04850       ---- Segment group 100------------------ C   99------------+|||"), true, 0, 100, 99, false, 4 },
		{ S_INIT("00120 X|NAD Who                                      C   9"), false, 0, 0, 0, false, 0 },
		{ S_INIT("00120 *+ NAD Who                                     C   9"), true, SEG_TAG('N', 'A', 'D'), 0, 9, false, 0 },
		/* prose, headings, other tables */
		{ S_INIT("00010   UNH, Head of it"), false, 0, 0, 0, false, 0 },
		{ S_INIT("Pos     Tag Name                                     S   R"), false, 0, 0, 0, false, 0 },
		{ S_INIT("This group may be there C 5"), false, 0, 0, 0, false, 0 },
		{ S_INIT("00010   UNH Head                                     M   0"), false, 0, 0, 0, false, 0 },
		{ S_INIT("00010   UNH Head                                     X   1"), false, 0, 0, 0, false, 0 },
		{ S_INIT("00040       ---- Segment group 1  ------------------ C   2"), false, 0, 0, 0, false, 0 },
		{ S_INIT("00040       ---- Segment group x  ------------------ C   2----+"), false, 0, 0, 0, false, 0 },
		{ S_INIT(""), false, 0, 0, 0, false, 0 },
	};
	struct dict_table_row row;

	(void)state;
	for (size_t i = 0; i < N(t); i++) {
		if (dict_line_table(t[i].line, &row) != t[i].is)
			fail_msg("row %zu: '" STR_FMT "'", i, STR_ARG(t[i].line));
		if (!t[i].is)
			continue;
		assert_int_equal(row.tag, t[i].tag);
		assert_int_equal(row.group, t[i].group);
		assert_int_equal(row.max, t[i].max);
		assert_int_equal(row.mandatory, t[i].mandatory);
		assert_int_equal(row.depth, t[i].depth);
	}
}

static void
element_rows(void **state)
{
	static const struct {
		struct str line;
		bool starts, ends, inner, mandatory;
		unsigned int max;
		char type;
		unsigned int low, high;
	} t[] = {
		{ S_INIT("010    C901 THE NAME OF A THING                      M    1"), true, true, false, true, 1, 0, 0, 0 },
		{ S_INIT("020    9003 HOW IT IS                                C    5 an..3"), true, true, false, false, 5, 'x', 0, 3 },
		{ S_INIT("       9001  A code of it                            C      n..18"), true, true, true, false, 1, 'n', 0, 18 },
		{ S_INIT("010 + 9001   A code of it                            M      a3"), true, true, false, true, 1, 'a', 3, 3 },
		{ S_INIT("  4183 WHAT IS SPECIAL                                  C an..3"), true, true, false, false, 1, 'x', 0, 3 },
		{ S_INIT("  5394   How many times                               M n..12"), true, true, true, true, 1, 'n', 0, 12 },
		{ S_INIT("010    9003 A NAME THAT GOES ON"), true, false, false, false, 1, 0, 0, 0 },
		{ S_INIT("Note: see 9003"), false, false, false, false, 0, 0, 0, 0 },
		{ S_INIT("010"), false, false, false, false, 0, 0, 0, 0 },
		{ S_INIT("010    9003"), false, false, false, false, 0, 0, 0, 0 },
		{ S_INIT("010    9003 X                                         C    1 an..70000"), true, false, false, false, 1, 0, 0, 0 },
	};
	struct dict_row row;

	(void)state;
	for (size_t i = 0; i < N(t); i++) {
		if (dict_line_row_start(t[i].line, &row) != t[i].starts)
			fail_msg("row %zu begins otherwise: '" STR_FMT "'", i, STR_ARG(t[i].line));
		if (!t[i].starts)
			continue;
		assert_int_equal(row.is_inner, t[i].inner);
		if (dict_line_row_end(t[i].line, &row) != t[i].ends)
			fail_msg("row %zu ends otherwise: '" STR_FMT "'", i, STR_ARG(t[i].line));
		if (!t[i].ends)
			continue;
		assert_int_equal(row.mandatory, t[i].mandatory);
		assert_int_equal(row.max, t[i].max);
		assert_int_equal(row.has_repr, t[i].type != 0);
		if (row.has_repr) {
			assert_int_equal(row.repr.type, t[i].type);
			assert_int_equal(row.repr.min, t[i].low);
			assert_int_equal(row.repr.max, t[i].high);
		}
	}
}

static void
code_rows(void **state)
{
	static const struct {
		struct str line, code;
	} t[] = {
		{ S_INIT("     1     One thing"), S_INIT("1") },
		{ S_INIT("+    ZZZ   Another thing"), S_INIT("ZZZ") },
		{ S_INIT("        1 One thing"), S_INIT("1") },		/* D.96A: numbers to the right, words to the left */
		{ S_INIT("   ADZ    Another thing"), S_INIT("ADZ") },
		{ S_INIT("+      11 Eleven things"), S_INIT("11") },
		{ S_INIT("              What it is"), S_INIT("") },
		{ S_INIT("           goes on here"), S_INIT("") },
		{ S_INIT("     Note: not a code"), S_INIT("") },
		{ S_INIT("     1"), S_INIT("") },
		{ S_INIT("Text from the edge"), S_INIT("") },
		{ S_INIT(""), S_INIT("") },
	};
	struct str code;

	(void)state;
	for (size_t i = 0; i < N(t); i++) {
		bool is = dict_line_code(t[i].line, &code);
		if (is != (t[i].code.n > 0) || (is && !str_eq(code, t[i].code)))
			fail_msg("row %zu: '" STR_FMT "'", i, STR_ARG(t[i].line));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_become_ascii), cmocka_unit_test(long_lines_are_cut), cmocka_unit_test(table_rows),
		cmocka_unit_test(element_rows), cmocka_unit_test(code_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
