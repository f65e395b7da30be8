/* SPDX-License-Identifier: ISC */
#include "gateway/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct table_column columns[] = { { "ID", 0, true }, { "NAME", 6, false }, { "WHY", 0, false } };

static void
check(struct table *t, bool titles, bool colour, const char *want)
{
	struct buf out = BUF_CAP(1 << 16);
	struct err e;

	assert_int_equal(table_write(t, titles, colour, &out, &e), 0);
	assert_int_equal(buf_putc(&out, '\0', &e), 0);
	assert_string_equal(out.p, want);
	buf_clear(&out);
}

static void
row(struct table *t, const char *id, const char *name, const char *why)
{
	struct table_cell *cell = table_row(t);

	cell[0].text = id;
	cell[1].text = name;
	cell[2].text = why;
}

static void
columns_are_as_wide_as_their_widest_cell(void **state)
{
	struct arena *a = arena_new(1 << 16);
	struct table *t = table_new(a, columns, N(columns));

	(void)state;
	row(t, "1", "acme", "late");
	row(t, "1042", "x", "");
	assert_int_equal(table_rows(t), 2);
	check(t, true, false,
	    "  ID  NAME  WHY\n"
	    "   1  acme  late\n"
	    "1042  x\n");
	check(t, false, false,
	    "   1  acme  late\n"
	    "1042  x\n");
	arena_free(a);
}

static void
characters_count_not_bytes(void **state)
{
	struct arena *a = arena_new(1 << 16);
	struct table *t = table_new(a, columns, N(columns));

	(void)state;
	row(t, "1", "M\xc3\xbcller", "a");		/* 6 characters, 7 bytes */
	row(t, "2", "Mueller", "b");			/* 7: cut to 6 */
	row(t, "3", "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac", "c");
	check(t, true, false,
	    "ID  NAME    WHY\n"
	    " 1  M\xc3\xbcller  a\n"
	    " 2  Muell\xe2\x80\xa6  b\n"
	    " 3  \xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x80\xa6  c\n");
	assert_int_equal(table_width(S("M\xc3\xbcller")), 6);
	arena_free(a);
}

static void
empty_cells_leave_no_blanks_at_the_end(void **state)
{
	struct arena *a = arena_new(1 << 16);
	struct table *t = table_new(a, columns, N(columns));

	(void)state;
	row(t, NULL, NULL, NULL);
	row(t, "1", NULL, "why");
	row(t, "2", "name", NULL);
	check(t, false, false,
	    " \n"
	    "1        why\n"
	    "2  name\n");
	arena_free(a);
}

static void
colour_stands_around_the_word_alone(void **state)
{
	struct arena *a = arena_new(1 << 16);
	struct table *t = table_new(a, columns, N(columns));
	struct table_cell *cell = table_row(t);

	(void)state;
	cell[0] = (struct table_cell){ "1", TINT_NONE };
	cell[1] = (struct table_cell){ "ok", TINT_GOOD };
	cell[2] = (struct table_cell){ "", TINT_BAD };
	row(t, "2", "broken", "x");
	check(t, false, true,
	    "1  \033[32mok\033[0m\n"
	    "2  broken  x\n");
	check(t, false, false,
	    "1  ok\n"
	    "2  broken  x\n");
	assert_true(str_eq(table_tint(a, TINT_BAD, S("x"), true), S("\033[31mx\033[0m")));
	assert_true(str_eq(table_tint(a, TINT_BAD, S("x"), false), S("x")));
	arena_free(a);
}

static void
a_full_buffer_is_an_error(void **state)
{
	struct arena *a = arena_new(1 << 16);
	struct table *t = table_new(a, columns, N(columns));
	struct buf small = BUF_CAP(8);
	struct err e;

	(void)state;
	row(t, "1", "acme", "late");
	assert_int_equal(table_write(t, true, false, &small, &e), -1);
	buf_clear(&small);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_as_wide_as_their_widest_cell),
		cmocka_unit_test(characters_count_not_bytes),
		cmocka_unit_test(empty_cells_leave_no_blanks_at_the_end),
		cmocka_unit_test(colour_stands_around_the_word_alone),
		cmocka_unit_test(a_full_buffer_is_an_error),
	};

	return cmocka_run_group_tests_name("cli_table", tests, NULL, NULL);
}
