/* SPDX-License-Identifier: ISC */
#include "gateway/base/log.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char said[10000];

/* What log_event() writes to stderr, its "name[pid]: " left out. */
static const char *
hear(enum log_level level, int64_t doc, const char *event, struct str value)
{
	int saved = dup(STDERR_FILENO), p[2];
	ssize_t n;

	assert_int_equal(pipe2(p, O_NONBLOCK), 0);
	assert_int_not_equal(dup2(p[1], STDERR_FILENO), -1);
	log_ev(level, doc, event, KS("v", value), KI("n", -5));
	assert_int_not_equal(dup2(saved, STDERR_FILENO), -1);
	n = read(p[0], said, sizeof(said) - 1);
	said[n > 0 ? n : 0] = '\0';
	close(saved);
	close(p[0]);
	close(p[1]);
	return strstr(said, "]: ") == NULL ? "" : strstr(said, "]: ") + 3;
}

static void
one_event_is_one_line(void **state)
{
	(void)state;
	char name[100];
	pid_t pid = getpid();

	log_open("edigate-test");
	assert_string_equal(hear(LOG_INFO, 1042, "accepted", S("mx.acme.example")),
	    "info doc=1042 event=accepted v=mx.acme.example n=-5\n");
	(void)snprintf(name, sizeof(name), "edigate-test[%d]: ", (int)pid);
	assert_int_equal(strncmp(said, name, strlen(name)), 0);
	assert_string_equal(hear(LOG_ERROR, 0, "x", S("a b")), "error event=x v=\"a b\" n=-5\n");
	assert_string_equal(hear(LOG_WARN, -3, "x", S("")), "warn doc=-3 event=x v=\"\" n=-5\n");
}

static void
values_cannot_forge_a_line(void **state)
{
	(void)state;
	static const struct {
		struct str value;
		const char *want;
	} cases[] = {
		{ S_INIT("a\nedigate[1]: info event=paid"), "\"a\\nedigate[1]: info event=paid\"" },
		{ S_INIT("x\" doc=7 \"y"), "\"x\\\" doc=7 \\\"y\"" },
		{ S_INIT("back\\slash"), "\"back\\\\slash\"" },
		{ S_INIT("x=y"), "\"x=y\"" },
		{ S_INIT("nul\0\r\x1b[2J\x7f"), "\"nul\\x00\\x0d\\x1b[2J\\x7f\"" },
		{ S_INIT("M\xc3\xbcller"), "\"M\xc3\xbcller\"" },
		{ S_INIT("latin\xe4"), "\"latin\\xe4\"" },
		{ S_INIT("csi\xc2\x9b"), "\"csi\\xc2\\x9b\"" },
		{ S_INIT("<01M84@a.example>"), "<01M84@a.example>" },
		{ S_INIT("/tmp/a_b-c.d:e,f+g~h%i*j[k]"), "/tmp/a_b-c.d:e,f+g~h%i*j[k]" },
	};

	for (size_t i = 0; i < N(cases); i++) {
		char want[200];
		(void)snprintf(want, sizeof(want), "info event=e v=%s n=-5\n", cases[i].want);
		assert_string_equal(hear(LOG_INFO, 0, "e", cases[i].value), want);
	}
}

static void
a_line_ends_in_time(void **state)
{
	(void)state;
	static char big[100000];
	const char *line;

	memset(big, 'x', sizeof(big));
	line = hear(LOG_INFO, 0, "e", str_make(big, sizeof(big)));
	assert_int_equal(strlen(line), strlen("info event=e v=... n=-5\n") + 1000);
	/* Escapes make four of one; the line still fits one write of a pipe. */
	memset(big, 1, sizeof(big));
	line = hear(LOG_INFO, 0, "e", str_make(big, sizeof(big)));
	assert_true(strlen(said) <= 4096);
	assert_true(line[strlen(line) - 1] == '\n');
	assert_null(strchr(said, 1));
}

static void
debug_is_off_unless_wanted(void **state)
{
	(void)state;
	assert_int_equal(unsetenv("EDIGATE_DEBUG"), 0);
	log_open("edigate-test");
	assert_string_equal(hear(LOG_DEBUG, 0, "e", S("v")), "");
	assert_int_equal(setenv("EDIGATE_DEBUG", "1", 1), 0);
	log_open("edigate-test");
	assert_string_equal(hear(LOG_DEBUG, 0, "e", S("v")), "debug event=e v=v n=-5\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_event_is_one_line),
		cmocka_unit_test(values_cannot_forge_a_line),
		cmocka_unit_test(a_line_ends_in_time),
		cmocka_unit_test(debug_is_off_unless_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
