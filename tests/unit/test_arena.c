/* SPDX-License-Identifier: ISC */
#include "gateway/base/arena.h"

#include <signal.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void
arena_gives_zeroed_aligned_memory(void **state)
{
	(void)state;
	struct arena *a = arena_new(1 << 20);

	for (size_t n = 1; n < 20000; n = n * 3 + 1) {
		char *p = arena_get(a, n);
		assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xaa, n);
	}
	assert_true(arena_used(a) > 14000);
	arena_reset(a);
	assert_int_equal(arena_used(a), 0);
	for (int i = 0; i < 100; i++) {
		char *p = arena_get(a, 50);
		for (size_t k = 0; k < 50; k++)
			assert_int_equal(p[k], 0);
	}
	arena_free(a);
	arena_free(NULL);
}

static void
arena_makes_strings(void **state)
{
	(void)state;
	struct arena *a = arena_new(1 << 16);
	struct str s = str_dup(a, S("a\0b"));

	assert_int_equal(s.n, 3);
	assert_memory_equal(s.p, "a\0b", 4);	/* terminated, too */
	assert_string_equal(str_cstr(a, str_make(NULL, 0)), "");
	assert_true(str_eq(str_cat(a, S("ab"), S("cd")), S("abcd")));
	assert_true(str_eq(str_cat(a, S(""), S("")), S("")));
	assert_true(str_eq(str_fmt(a, "%d-%s", 7, "x"), S("7-x")));
	assert_true(str_eq(str_lower(a, S("MiX\xc4")), S("mix\xc4")));
	arena_free(a);
}

/* Our own mistakes end the process; the supervisor starts it again. */
static void
assert_aborts(void (*fn)(struct arena *))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		const struct rlimit no_core = { 0, 0 };
		(void)setrlimit(RLIMIT_CORE, &no_core);
		(void)signal(SIGABRT, SIG_DFL);
		fn(arena_new(1000));
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void
over_the_cap(struct arena *a)
{
	(void)arena_get(a, 600);
	(void)arena_get(a, 600);
}

static void
size_overflow(struct arena *a)
{
	(void)arena_get(a, SIZE_MAX - 3);
}

static void
product_overflow(struct arena *a)
{
	(void)arena_get_array(a, SIZE_MAX / 2, 3);
}

static void
arena_ends_the_process_over_its_cap(void **state)
{
	(void)state;
	assert_aborts(over_the_cap);
	assert_aborts(size_overflow);
	assert_aborts(product_overflow);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_gives_zeroed_aligned_memory),
		cmocka_unit_test(arena_makes_strings),
		cmocka_unit_test(arena_ends_the_process_over_its_cap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
