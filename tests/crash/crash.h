/* SPDX-License-Identifier: ISC */
/*
 * crash.h - run a program again and again under shim.so, each time with the next call ending or failing, and look at what
 * it leaves. The program is the driver itself, started with the name of a scenario; it reports what it was promised as
 * lines on stdout.
 */
#ifndef EDIGATE_TESTS_CRASH_H
#define EDIGATE_TESTS_CRASH_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CRASH_SAID_MAX	 65536
#define CRASH_CALLS_MAX	 5000	/* a scenario that never ends is a fault of its own */
#define CRASH_ENDED	 "ended"	/* the last line of a scenario that came to its end */

extern unsigned int crash_calls(void) __attribute__((weak));	/* shim.so's */

static int crash_tests, crash_failures;

static inline void
crash_ok(int ok, const char *what, const char *how, unsigned int runs)
{
	crash_tests++;
	crash_failures += !ok;
	printf("%sok %d - %s: %s, %u times\n", ok ? "" : "not ", crash_tests, what, how, runs);
	(void)fflush(stdout);
}

/* What the scenario said, terminated, in said; returns its wait status. */
static inline int
crash_run(const char *shim, const char *how, unsigned int at, const char *scenario,
    const char *home, char said[CRASH_SAID_MAX])
{
	char number[16], grave[4096], path[] = "/proc/self/exe";
	int pipefd[2], status = 0;
	size_t n = 0;
	ssize_t got;
	pid_t pid;

	(void)snprintf(number, sizeof(number), "%u", at);
	(void)snprintf(grave, sizeof(grave), "%s/grave", home);
	(void)fflush(stdout);
	if (pipe(pipefd) == -1 || (pid = fork()) == -1)
		abort();
	if (pid == 0) {
		(void)dup2(pipefd[1], STDOUT_FILENO);
		(void)close(pipefd[0]);
		(void)close(pipefd[1]);
		(void)setenv("LD_PRELOAD", shim, 1);
		(void)setenv("CRASH_HOW", how, 1);
		(void)setenv("CRASH_AT", number, 1);
		(void)setenv("CRASH_GRAVE", grave, 1);	/* CRASH_GRAVE2 is the driver's, who knows the other place */
		(void)execl(path, path, "--scenario", scenario, home, (char *)NULL);
		_exit(127);
	}
	(void)close(pipefd[1]);
	while (n < CRASH_SAID_MAX - 1 && (got = read(pipefd[0], said + n, CRASH_SAID_MAX - 1 - n)) > 0)
		n += (size_t)got;
	said[n] = '\0';
	(void)close(pipefd[0]);
	(void)waitpid(pid, &status, 0);
	return status;
}

/* Does a line of said begin with these words? */
static inline int
crash_said(const char *said, const char *words)
{
	size_t n = strlen(words);

	for (const char *line = said; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, words, n) == 0 && (line[n] == '\n' || line[n] == ' '))
			return 1;
	}
	return 0;
}

/* For scenarios: tell the driver. Unbuffered, so that what was said was said. */
#define crash_say(...) ((void)dprintf(STDOUT_FILENO, __VA_ARGS__))

static inline int
crash_end(void)
{
	crash_say(CRASH_ENDED " %u\n", crash_calls != NULL ? crash_calls() : 0);
	return 0;
}

/* The call that was to end or fail came after the last one: every one has had its turn. */
static inline int
crash_is_past(const char *said, unsigned int at)
{
	const char *end = strstr(said, CRASH_ENDED " ");
	unsigned int calls = 0;

	if (end == NULL)
		return 0;
	for (end += sizeof(CRASH_ENDED); *end >= '0' && *end <= '9'; end++)
		calls = calls * 10 + (unsigned int)(*end - '0');
	return calls < at;
}

static inline int
crash_done(void)
{
	printf("1..%d\n", crash_tests);
	return crash_failures != 0;
}

#endif
