/* SPDX-License-Identifier: ISC */
#include "gateway/base/buf.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

static void
buf_grows_up_to_its_cap(void **state)
{
	(void)state;
	struct buf b = BUF_CAP(1000);
	struct err e;

	for (int i = 0; i < 100; i++)
		assert_int_equal(buf_put(&b, S("0123456789"), &e), 0);
	assert_int_equal(b.n, 1000);
	assert_int_equal(buf_putc(&b, 'x', &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_string_equal(e.text, "more than 1000 bytes");
	assert_int_equal(b.n, 1000);
	assert_memory_equal(b.p + 990, "0123456789", 10);
	assert_int_equal(buf_put(&b, S(""), &e), 0);
	buf_clear(&b);
	assert_int_equal(b.cap, 1000);
	assert_int_equal(b.n, 0);
	buf_clear(&b);
}

static void
buf_cap_is_not_overflowed(void **state)
{
	(void)state;
	struct buf b = BUF_CAP(100);
	struct err e;

	assert_int_equal(buf_put(&b, S("abc"), &e), 0);
	assert_null(buf_room(&b, SIZE_MAX, &e));
	assert_null(buf_room(&b, SIZE_MAX - 2, NULL));
	assert_null(buf_room(&b, 98, &e));
	assert_non_null(buf_room(&b, 97, &e));
	buf_clear(&b);
}

static void
buf_writes_in_its_room(void **state)
{
	(void)state;
	struct buf b = BUF_CAP(64);
	char *room = buf_room(&b, 10, NULL);

	assert_non_null(room);
	memcpy(room, "abcdef", 6);
	buf_grew(&b, 6);
	buf_drop(&b, 2);
	assert_true(str_eq(buf_str(&b), S("cdef")));
	buf_cut(&b, 1);
	assert_true(str_eq(buf_str(&b), S("c")));
	buf_drop(&b, 1);
	buf_drop(&b, 0);
	assert_int_equal(b.n, 0);
	buf_wipe(&b);
	assert_null(b.p);
}

static void
buf_prints(void **state)
{
	(void)state;
	struct buf b = BUF_CAP(12);
	struct err e;

	assert_int_equal(buf_printf(&b, &e, "%s-%d", "abc", 42), 0);
	assert_true(str_eq(buf_str(&b), S("abc-42")));
	assert_int_equal(buf_printf(&b, &e, "%d", 1234567), -1);
	assert_true(str_eq(buf_str(&b), S("abc-42")));
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buf_grows_up_to_its_cap),
		cmocka_unit_test(buf_cap_is_not_overflowed),
		cmocka_unit_test(buf_writes_in_its_room),
		cmocka_unit_test(buf_prints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
