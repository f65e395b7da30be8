/* SPDX-License-Identifier: ISC */
#include "gateway/base/loop.h"

#include "gateway/base/clock.h"
#include "gateway/base/str.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* What happened, one letter each. */
static char trail[5000];
static struct loop *loop;

static void
note(char c)
{
	size_t n = strlen(trail);

	assert_true(n + 1 < sizeof(trail));
	trail[n] = c;
}

static void
note_arg(void *arg)
{
	note(*(const char *)arg);
}

static void
stop(void *arg)
{
	(void)arg;
	loop_stop(loop, 42);
}

static int
begin(void **state)
{
	(void)state;
	memset(trail, 0, sizeof(trail));
	loop = loop_new();
	return 0;
}

static int
end(void **state)
{
	(void)state;
	loop_free(loop);
	clock_set_for_tests(-1, -1);
	return 0;
}

static void
timers_fire_in_order(void **state)
{
	(void)state;
	static char a[] = "a", b[] = "b", c[] = "c", d[] = "d", never[] = "!";
	struct loop_timer *dropped = loop_timer(loop, 2, note_arg, never);

	(void)loop_timer(loop, 12, note_arg, d);
	(void)loop_timer(loop, 6, note_arg, b);
	(void)loop_timer(loop, 6, note_arg, c);	/* of one moment: as they were made */
	(void)loop_timer(loop, -5, note_arg, a);
	(void)loop_timer(loop, 20, stop, NULL);
	loop_timer_drop(loop, dropped);
	loop_timer_drop(loop, NULL);
	assert_int_equal(loop_run(loop), 42);
	assert_string_equal(trail, "abcd");
}

static struct loop_timer *timers[1000];

static void
note_and_forget(void *arg)
{
	struct loop_timer **t = arg;

	*t = NULL;
	note('x');
}

static void
many_timers_keep_their_heap(void **state)
{
	(void)state;
	size_t left = 0;

	srandom(7);
	clock_set_for_tests(1, 1000);
	for (size_t i = 0; i < N(timers); i++)
		timers[i] = loop_timer(loop, random() % 500, note_and_forget, &timers[i]);
	for (size_t i = 0; i < N(timers); i += 3) {
		loop_timer_drop(loop, timers[i]);
		timers[i] = NULL;
	}
	for (size_t i = 0; i < N(timers); i++)
		left += timers[i] != NULL;
	clock_set_for_tests(1, 2000);
	(void)loop_timer(loop, 0, stop, NULL);
	assert_int_equal(loop_run(loop), 42);
	assert_int_equal(strlen(trail), left);
}

static void
again(void *arg)
{
	note('t');
	if (strlen(trail) < 10)
		(void)loop_timer(loop, 0, again, arg);
	else
		loop_stop(loop, 0);
}

static void
note_turn(void *arg)
{
	(void)arg;
	note('.');
}

static void
a_timer_of_now_waits_for_the_next_turn(void **state)
{
	(void)state;
	loop_before_wait(loop, note_turn, NULL);
	(void)loop_timer(loop, 0, again, NULL);
	(void)loop_run(loop);
	assert_string_equal(trail, ".t.t.t.t.t");
}

static void
on_pipe(void *arg, int fd, int ready)
{
	char c;

	(void)arg;
	note(ready == LOOP_READ ? 'r' : ready == LOOP_WRITE ? 'w' : '?');
	if (ready == LOOP_READ && read(fd, &c, 1) == 1) {
		note(c);
		return;
	}
	loop_fd(loop, fd, 0, NULL, NULL);
	if (ready == LOOP_READ)
		loop_stop(loop, 0);
}

static void
descriptors_tell_what_they_are_ready_for(void **state)
{
	(void)state;
	int p[2];

	assert_int_equal(pipe(p), 0);
	loop_fd(loop, p[0], LOOP_READ, on_pipe, NULL);
	assert_int_equal(write(p[1], "ab", 2), 2);
	close(p[1]);
	/* Two bytes, then the hang-up, which counts as readable. */
	(void)loop_run(loop);
	assert_string_equal(trail, "rarbr");
	close(p[0]);
}

static int pair_a[2], pair_b[2];

/* Closes the other one of two ready descriptors and opens a new one: it gets the same number. */
static void
replace_other(void *arg, int fd, int ready)
{
	int other = fd == pair_a[0] ? pair_b[0] : pair_a[0];
	int fresh[2];

	(void)arg, (void)ready;
	note('1');
	loop_fd(loop, fd, 0, NULL, NULL);
	loop_fd(loop, other, 0, NULL, NULL);
	close(other);
	assert_int_equal(pipe(fresh), 0);
	assert_int_equal(fresh[0], other);
	loop_fd(loop, fresh[0], LOOP_READ, replace_other, NULL);	/* nothing in it: must not be called */
	(void)loop_timer(loop, 5, stop, NULL);
}

static void
a_number_that_comes_back_is_another_descriptor(void **state)
{
	(void)state;
	assert_int_equal(pipe(pair_a), 0);
	assert_int_equal(pipe(pair_b), 0);
	loop_fd(loop, pair_a[0], LOOP_READ, replace_other, NULL);
	loop_fd(loop, pair_b[0], LOOP_READ, replace_other, NULL);
	assert_int_equal(write(pair_a[1], "x", 1), 1);
	assert_int_equal(write(pair_b[1], "x", 1), 1);
	assert_int_equal(loop_run(loop), 42);
	assert_string_equal(trail, "1");
}

static void
hundreds_of_descriptors_come_and_go(void **state)
{
	(void)state;
	int fds[200][2];

	for (int i = 0; i < 200; i++) {
		assert_int_equal(pipe(fds[i]), 0);
		loop_fd(loop, fds[i][0], LOOP_READ, on_pipe, NULL);
	}
	for (int i = 0; i < 200; i += 2)
		loop_fd(loop, fds[i][0], 0, NULL, NULL);
	for (int i = 0; i < 200; i++)
		assert_int_equal(write(fds[i][1], "x", 1), 1);
	(void)loop_timer(loop, 20, stop, NULL);
	(void)loop_run(loop);
	assert_int_equal(strlen(trail), 200);	/* "rx" of every second one */
	for (int i = 0; i < 200; i++) {
		loop_fd(loop, fds[i][0], 0, NULL, NULL);
		close(fds[i][0]);
		close(fds[i][1]);
	}
}

static void
on_signal(void *arg)
{
	note(*(const char *)arg);
	if (*(const char *)arg == 'T')
		loop_stop(loop, 3);
	else
		assert_int_equal(raise(SIGTERM), 0);
}

static void
signals_become_calls(void **state)
{
	(void)state;
	static char hup[] = "H", term[] = "T";

	loop_signal(loop, SIGHUP, on_signal, hup);
	loop_signal(loop, SIGTERM, on_signal, term);
	assert_int_equal(raise(SIGHUP), 0);
	assert_int_equal(loop_run(loop), 3);
	assert_string_equal(trail, "HT");
}

static void
stopped_before_it_ran(void **state)
{
	(void)state;
	loop_before_wait(loop, note_turn, NULL);
	loop_stop(loop, 9);
	assert_int_equal(loop_run(loop), 9);
	assert_string_equal(trail, "");
	(void)loop_timer(loop, 0, stop, NULL);
	assert_int_equal(loop_run(loop), 42);	/* and it can run again */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(timers_fire_in_order, begin, end),
		cmocka_unit_test_setup_teardown(many_timers_keep_their_heap, begin, end),
		cmocka_unit_test_setup_teardown(a_timer_of_now_waits_for_the_next_turn, begin, end),
		cmocka_unit_test_setup_teardown(descriptors_tell_what_they_are_ready_for, begin, end),
		cmocka_unit_test_setup_teardown(a_number_that_comes_back_is_another_descriptor, begin, end),
		cmocka_unit_test_setup_teardown(hundreds_of_descriptors_come_and_go, begin, end),
		cmocka_unit_test_setup_teardown(signals_become_calls, begin, end),
		cmocka_unit_test_setup_teardown(stopped_before_it_ran, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
