/* SPDX-License-Identifier: ISC */
#include "gateway/given.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void
knows_its_addresses(void **state)
{
	static const struct { struct str s; bool is; } cases[] = {
		{ S_INIT("socket:smtp"), true }, { S_INIT("socket:smtp:2"), true }, { S_INIT("socket:a.b_c-1"), true },
		{ S_INIT("socket:25"), false }, { S_INIT("socket:"), false }, { S_INIT("socket"), false }, { S_INIT("socket::1"), false },
		{ S_INIT("socket:smtp:0"), false }, { S_INIT("socket:smtp:x"), false }, { S_INIT("socket:smtp:65"), false },
		{ S_INIT("127.0.0.1:25"), false }, { S_INIT("socket:-x"), false }, { S_INIT(""), false },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		assert_int_equal(given_is(cases[i].s), cases[i].is);
}

static void
finds_names(void **state)
{
	size_t at = 99;

	(void)state;
	assert_true(given_find(S("smtp:smtp:submissions"), S("socket:smtp"), &at));
	assert_int_equal(at, 0);
	assert_true(given_find(S("smtp:smtp:submissions"), S("socket:smtp:2"), &at));
	assert_int_equal(at, 1);
	assert_true(given_find(S("smtp:smtp:submissions"), S("socket:submissions"), &at));
	assert_int_equal(at, 2);
	assert_false(given_find(S("smtp:smtp"), S("socket:smtp:3"), &at));
	assert_false(given_find(S(""), S("socket:smtp"), &at));
	assert_false(given_find(S("smtp"), S("127.0.0.1:25"), &at));
}

/* What is for another process, or more than can be, is not ours; the environment forgets it in any case. */
static void
takes_its_own_only(void **state)
{
	struct err e;
	char pid[16];

	(void)state;
	assert_int_equal(setenv("LISTEN_PID", "1", 1) | setenv("LISTEN_FDS", "1", 1) | setenv("LISTEN_FDNAMES", "smtp", 1), 0);
	given_take();
	assert_null(getenv("LISTEN_FDS"));
	assert_int_equal(given_open(S("socket:smtp"), &e), -1);
	assert_non_null(strstr(e.text, "no such socket was passed"));
	(void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
	assert_int_equal(setenv("LISTEN_PID", pid, 1) | setenv("LISTEN_FDS", "65", 1) | setenv("LISTEN_FDNAMES", "smtp", 1), 0);
	given_take();
	assert_int_equal(given_open(S("socket:smtp"), &e), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_its_addresses),
		cmocka_unit_test(finds_names),
		cmocka_unit_test(takes_its_own_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
