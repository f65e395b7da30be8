/* SPDX-License-Identifier: ISC */
#include "gateway/base/clock.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>

#include <cmocka.h>

static void
clock_writes_dates(void **state)
{
	(void)state;
	static const struct {
		int64_t ms;
		const char *rfc3339, *rfc5322;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 +0000" },
		{ -1, "1969-12-31T23:59:59.999Z", "Wed, 31 Dec 1969 23:59:59 +0000" },
		{ 951782400000, "2000-02-29T00:00:00.000Z", "Tue, 29 Feb 2000 00:00:00 +0000" },
		{ 1795171260012, "2026-11-20T10:41:00.012Z", "Fri, 20 Nov 2026 10:41:00 +0000" },
		{ 2147483648000, "2038-01-19T03:14:08.000Z", "Tue, 19 Jan 2038 03:14:08 +0000" },
		{ 4107542399999, "2100-02-28T23:59:59.999Z", "Sun, 28 Feb 2100 23:59:59 +0000" },
		{ 4107542400000, "2100-03-01T00:00:00.000Z", "Mon, 01 Mar 2100 00:00:00 +0000" },
		{ 253402300799000, "9999-12-31T23:59:59.000Z", "Fri, 31 Dec 9999 23:59:59 +0000" },
	};
	struct arena *a = arena_new(1 << 16);

	for (size_t i = 0; i < N(cases); i++) {
		int64_t back = 0;
		assert_string_equal(clock_rfc3339(a, cases[i].ms).p, cases[i].rfc3339);
		assert_string_equal(clock_rfc5322(a, cases[i].ms).p, cases[i].rfc5322);
		assert_int_equal(clock_read_rfc3339(str_of(cases[i].rfc3339), &back), 0);
		assert_int_equal(back, cases[i].ms);
	}
	arena_free(a);
}

static void
clock_walks_through_the_days(void **state)
{
	(void)state;
	struct arena *a = arena_new(1 << 20);

	for (int64_t day = -200000; day < 800000; day += 97) {
		int64_t ms = day * 86400000 + 43200123, back = 0;
		if (day < -719162 || day > 2932896)	/* years of other than four digits */
			continue;
		assert_int_equal(clock_read_rfc3339(clock_rfc3339(a, ms), &back), 0);
		assert_int_equal(back, ms);
		arena_reset(a);
	}
	arena_free(a);
}

static void
clock_reads_dates(void **state)
{
	(void)state;
	static const struct {
		struct str in;
		int rc;
		int64_t ms;
	} cases[] = {
		{ S_INIT("2026-11-20t10:41:00z"), 0, 1795171260000 },
		{ S_INIT("2026-11-20 11:41:00+01:00"), 0, 1795171260000 },
		{ S_INIT("2026-11-20T00:41:00.5-10:00"), 0, 1795171260500 },
		{ S_INIT("2026-11-20T10:41:00.123456789Z"), 0, 1795171260123 },
		{ S_INIT("2016-12-31T23:59:60Z"), 0, 1483228800000 },
		{ S_INIT("2026-11-20"), -1, 0 },
		{ S_INIT("2026-11-20T10:41:00"), -1, 0 },
		{ S_INIT("2026-11-20T10:41:00.Z"), -1, 0 },
		{ S_INIT("2026-11-20T10:41:00Zx"), -1, 0 },
		{ S_INIT("2026-11-20T24:00:00Z"), -1, 0 },
		{ S_INIT("2026-11-20T10:60:00Z"), -1, 0 },
		{ S_INIT("2026-11-20T10:41:61Z"), -1, 0 },
		{ S_INIT("2026-13-20T10:41:00Z"), -1, 0 },
		{ S_INIT("2026-00-20T10:41:00Z"), -1, 0 },
		{ S_INIT("2026-11-31T10:41:00Z"), -1, 0 },
		{ S_INIT("2026-02-29T10:41:00Z"), -1, 0 },
		{ S_INIT("1900-02-29T10:41:00Z"), -1, 0 },
		{ S_INIT("26-11-20T10:41:00Z"), -1, 0 },
		{ S_INIT("+026-11-20T10:41:00Z"), -1, 0 },
		{ S_INIT("2026-11-20T10:41:00+24:00"), -1, 0 },
		{ S_INIT(""), -1, 0 },
	};

	for (size_t i = 0; i < N(cases); i++) {
		int64_t ms = 0;
		print_message(STR_FMT "\n", STR_ARG(cases[i].in));
		assert_int_equal(clock_read_rfc3339(cases[i].in, &ms), cases[i].rc);
		assert_int_equal(ms, cases[i].ms);
	}
}

static void
clock_reads_spans(void **state)
{
	(void)state;
	static const struct {
		struct str in;
		int rc;
		int64_t ms;
	} cases[] = {
		{ S_INIT("0s"), 0, 0 }, { S_INIT("250ms"), 0, 250 }, { S_INIT("30s"), 0, 30000 },
		{ S_INIT("5m"), 0, 300000 }, { S_INIT("4h"), 0, 14400000 }, { S_INIT("5d"), 0, 432000000 },
		{ S_INIT("2w"), 0, 1209600000 }, { S_INIT("36500d"), 0, 3153600000000 },
		{ S_INIT("36501d"), -1, 0 }, { S_INIT("9223372036854775807w"), -1, 0 }, { S_INIT("30"), -1, 0 },
		{ S_INIT("s"), -1, 0 }, { S_INIT(""), -1, 0 }, { S_INIT("-1s"), -1, 0 }, { S_INIT("1 s"), -1, 0 },
		{ S_INIT("1S"), -1, 0 }, { S_INIT("1y"), -1, 0 }, { S_INIT("1h30m"), -1, 0 },
	};

	for (size_t i = 0; i < N(cases); i++) {
		int64_t ms = 0;
		print_message(STR_FMT "\n", STR_ARG(cases[i].in));
		assert_int_equal(clock_read_span(cases[i].in, &ms), cases[i].rc);
		assert_int_equal(ms, cases[i].ms);
	}
}

static void
clock_can_be_set(void **state)
{
	(void)state;
	clock_set_for_tests(5, 7);
	assert_int_equal(clock_wall_ms(), 5);
	assert_int_equal(clock_mono_ms(), 7);
	clock_set_for_tests(-1, -1);
	assert_true(clock_wall_ms() > 1700000000000);
	int64_t then = clock_mono_ms();
	assert_true(clock_mono_ms() >= then);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clock_writes_dates),
		cmocka_unit_test(clock_walks_through_the_days),
		cmocka_unit_test(clock_reads_dates),
		cmocka_unit_test(clock_reads_spans),
		cmocka_unit_test(clock_can_be_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
