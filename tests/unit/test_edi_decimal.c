/* SPDX-License-Identifier: ISC */
#include "edi/decimal.h"

#include "tests/unit/edi_unit.h"

static struct decimal
of(const char *text)
{
	struct decimal d;

	assert_true(decimal_read(str_of(text), &d));
	return d;
}

static void
numbers_are_read_and_written(void **state)
{
	(void)state;
	static const struct { const char *in; unsigned int min; const char *want; } cases[] = {
		{ "0", 0, "0" }, { "0", 2, "0.00" }, { "1491", 2, "1491.00" }, { "18.5", 0, "18.5" }, { "18,50", 0, "18.50" },
		{ ".5", 0, "0.5" }, { "5.", 0, "5" }, { "-.05", 0, "-0.05" }, { "+7", 0, "7" }, { "-0", 0, "0" }, { "007", 0, "7" },
		{ "0.000", 0, "0.000" }, { "-12.345", 2, "-12.345" },
		{ "123456789012345678901234567890", 0, "123456789012345678901234567890" },
		{ "0.123456789012345678901234567890", 0, NULL },
	};
	struct arena *a = arena_new(1 << 16);
	struct decimal d;

	for (size_t i = 0; i < N(cases); i++) {
		print_message("%s\n", cases[i].in);
		assert_int_equal(decimal_read(str_of(cases[i].in), &d), cases[i].want != NULL);
		if (cases[i].want != NULL)
			assert_str_eq(decimal_text(a, d, cases[i].min), str_of(cases[i].want));
	}
	arena_free(a);
}

static void
others_are_refused(void **state)
{
	(void)state;
	static const char *const cases[] = {
		"", "-", ".", "+", "1.2.3", "1,000.00", "1e5", "0x10", " 1", "1 ", "12O", "1-", "--1", "1234567890123456789012345678901",
	};
	struct decimal d;

	for (size_t i = 0; i < N(cases); i++) {
		print_message("'%s'\n", cases[i]);
		assert_false(decimal_read(str_of(cases[i]), &d));
	}
}

static void
sums_are_exact(void **state)
{
	(void)state;
	static const struct { const char *a, *b, *sum, *difference, *product; } cases[] = {
		{ "0.1", "0.2", "0.3", "-0.1", "0.02" },
		{ "1.10", "2.205", "3.305", "-1.105", "2.4255" },
		{ "-5", "5.00", "0.00", "-10.00", "-25" },
		{ "99999999999999999999", "1", "100000000000000000000", "99999999999999999998", "99999999999999999999" },
		{ "1000000", "0.000001", "1000000.000001", "999999.999999", "1.000000" },
	};
	struct arena *a = arena_new(1 << 16);
	struct decimal d;

	for (size_t i = 0; i < N(cases); i++) {
		print_message("%s and %s\n", cases[i].a, cases[i].b);
		assert_true(decimal_add(of(cases[i].a), of(cases[i].b), &d));
		assert_str_eq(decimal_text(a, d, 0), str_of(cases[i].sum));
		assert_true(decimal_sub(of(cases[i].a), of(cases[i].b), &d));
		assert_str_eq(decimal_text(a, d, 0), str_of(cases[i].difference));
		assert_true(decimal_mul(of(cases[i].a), of(cases[i].b), &d));
		assert_str_eq(decimal_text(a, d, 0), str_of(cases[i].product));
	}
	arena_free(a);
}

static void
what_has_no_room_is_told(void **state)
{
	(void)state;
	struct decimal big = of("999999999999999999999999999999"), small = of("0.00000000000000000000000000001"), d;
	int order;

	assert_false(decimal_mul(big, big, &d));
	assert_false(decimal_mul(small, small, &d));
	assert_false(decimal_add(big, small, &d));
	assert_false(decimal_sub(big, small, &d));
	assert_false(decimal_cmp(big, small, &order));
}

static void
numbers_are_compared_by_value(void **state)
{
	(void)state;
	static const struct { const char *a, *b; int order; } cases[] = {
		{ "1", "1.000", 0 }, { "1", "1.001", -1 }, { "-1", "-2", 1 }, { "0", "-0.0", 0 }, { "10", "9.99", 1 },
	};
	int order;

	for (size_t i = 0; i < N(cases); i++) {
		assert_true(decimal_cmp(of(cases[i].a), of(cases[i].b), &order));
		assert_int_equal(order, cases[i].order);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read_and_written),
		cmocka_unit_test(others_are_refused),
		cmocka_unit_test(sums_are_exact),
		cmocka_unit_test(what_has_no_room_is_told),
		cmocka_unit_test(numbers_are_compared_by_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
