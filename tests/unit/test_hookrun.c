/* SPDX-License-Identifier: ISC */
#include "gateway/hookrun.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/hookrun.XXXXXX";
static char event_dir[64];
static struct loop *loop;
static int status;
static char output[HOOK_OUTPUT_MAX + 1];

static char *
script(const char *name, mode_t mode, const char *text)
{
	static char path[128];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", event_dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
	return path;
}

static void
ended(void *arg, int how, struct str text)
{
	(void)arg;
	status = how;
	assert_true(text.n < sizeof(output));
	if (text.n > 0)
		memcpy(output, text.p, text.n);
	output[text.n] = '\0';
	loop_stop(loop, 0);
}

static void
run(char *path, const char *env, struct str input)
{
	struct err e;

	status = -1;
	assert_non_null(hook_start(loop, path, str_of(env), input, ended, NULL, &e));
	assert_int_equal(loop_run(loop), 0);
}

static void
finds_executables_in_order(void **state)
{
	(void)state;
	struct arena *a = arena_new(1 << 16);
	struct hook_list list;
	struct err e;

	(void)script("20-b", 0755, "#!/bin/sh\n");
	(void)script("10-a", 0700, "#!/bin/sh\n");
	(void)script("30-off", 0644, "#!/bin/sh\n");
	(void)script("readme", 0755, "#!/bin/sh\n");
	assert_int_equal(hook_find(a, dir, S("filed"), &list, &e), 0);
	assert_int_equal(list.n, 2);
	assert_string_equal(list.name[0], "10-a");
	assert_string_equal(list.name[1], "20-b");
	assert_int_equal(hook_find(a, dir, S("no-such-event"), &list, &e), 0);
	assert_int_equal(list.n, 0);
	(void)script("40-open", 0777, "#!/bin/sh\n");
	assert_int_equal(hook_find(a, dir, S("filed"), &list, &e), -1);
	assert_non_null(strstr(e.text, "written by everybody"));
	arena_free(a);
}

static void
gets_input_and_a_clean_environment(void **state)
{
	(void)state;
	setenv("SECRET", "hidden", 1);
	run(script("50", 0755, "#!/bin/sh\nread line; echo \"$line|$EDIGATE_ID|$SECRET|$#|$0\" | sed 's,/.*/,,'\n"), "EDIGATE_ID=7\nEDIGATE_TYPE=a b\n",
	    S("{\"v\":1}\n"));
	assert_int_equal(status, 0);
	assert_string_equal(output, "{\"v\":1}|7||0|50");
}

static void
says_how_it_ended(void **state)
{
	(void)state;
	run(script("51", 0755, "#!/bin/sh\necho bad >&2; exit 3\n"), "", S(""));
	assert_int_equal(status, 3);
	assert_string_equal(output, "bad");
	run(script("52", 0755, "#!/bin/sh\nkill -9 $$\n"), "", S(""));
	assert_int_equal(status, 128 + SIGKILL);
	run(script("53", 0755, "no program at all"), "", S(""));
	assert_int_equal(status, 127);
}

static void
keeps_the_end_of_much_output(void **state)
{
	(void)state;
	run(script("54", 0755, "#!/bin/sh\ni=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i+1)); done; echo last\n"), "", S(""));
	assert_int_equal(status, 0);
	assert_true(strlen(output) <= HOOK_OUTPUT_MAX);
	assert_string_equal(output + strlen(output) - 4, "last");
}

static void
need_not_read_what_it_is_given(void **state)
{
	(void)state;
	size_t n = 1 << 20;
	char *big = calloc(1, n);

	assert_non_null(big);
	run(script("55", 0755, "#!/bin/sh\nexec <&-; echo done\n"), "", str_make(big, n));
	assert_int_equal(status, 0);
	assert_string_equal(output, "done");
	free(big);
}

static void
kill_it(void *arg)
{
	hook_kill(arg);
}

/* Each of them hung the whole role before: the end of the output is not the end of the program, nor the other way round. */
static void
ends_with_its_program(void **state)
{
	(void)state;
	struct hook_child *c;
	struct err e;

	run(script("57", 0755, "#!/bin/sh\nsleep 1000 & echo $!; exit 4\n"), "", S(""));
	assert_int_equal(status, 4);
	(void)kill((pid_t)strtol(output, NULL, 10), SIGKILL);
	run(script("58", 0755, "#!/bin/sh\nexec >&- 2>&-; sleep 0.05; exit 5\n"), "", S(""));
	assert_int_equal(status, 5);
	status = -1;
	c = hook_start(loop, script("59", 0755, "#!/bin/sh\nexec >&- 2>&-; sleep 1000\n"), S(""),
	    S(""), ended, NULL, &e);
	assert_non_null(c);
	(void)loop_timer(loop, 50, kill_it, c);
	assert_int_equal(loop_run(loop), 0);
	assert_int_equal(status, 128 + SIGKILL);
}

static void
can_be_killed_with_its_children(void **state)
{
	(void)state;
	struct hook_child *c;
	struct err e;

	status = -1;
	c = hook_start(loop, script("56", 0755, "#!/bin/sh\nsleep 1000 & wait\n"), S(""), S(""),
	    ended, NULL, &e);
	assert_non_null(c);
	(void)loop_timer(loop, 20, kill_it, c);
	assert_int_equal(loop_run(loop), 0);
	assert_int_equal(status, 128 + SIGKILL);
}

static int
setup(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(event_dir, sizeof(event_dir), "%s/filed", dir);
	(void)signal(SIGPIPE, SIG_IGN);
	loop = loop_new();
	return mkdir(event_dir, 0755);
}

static int
teardown(void **state)
{
	static const char *const names[] = { "10-a", "20-b", "30-off", "readme", "40-open", "50",
		"51", "52", "53", "54", "55", "56", "57", "58", "59" };
	char path[128];

	(void)state;
	for (size_t i = 0; i < N(names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", event_dir, names[i]);
		(void)unlink(path);
	}
	loop_free(loop);
	return rmdir(event_dir) == 0 && rmdir(dir) == 0 ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_executables_in_order),
		cmocka_unit_test(gets_input_and_a_clean_environment),
		cmocka_unit_test(says_how_it_ended),
		cmocka_unit_test(keeps_the_end_of_much_output),
		cmocka_unit_test(need_not_read_what_it_is_given),
		cmocka_unit_test(ends_with_its_program),
		cmocka_unit_test(can_be_killed_with_its_children),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
