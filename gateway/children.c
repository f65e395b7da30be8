/* SPDX-License-Identifier: ISC */
#include "gateway/children.h"

#include "gateway/base/clock.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#define BACKOFF_FIRST_MS 100
#define BACKOFF_MAX_MS	 30000
#define BACKOFF_TEMP_MS	 5000
#define STEADY_MS	 30000	/* a role that lived so long is not in a crash loop */
#define FD_FIRST	 3

/*
 * Descriptors are first moved out of the way of the numbers they are to get, so that none is overwritten before its
 * turn. Everything the supervisor opens is close-on-exec; dup2 makes copies that are not.
 */
static void
place_fds(const int *fds, size_t n)
{
	int high[CHILD_FDS_MAX];

	for (size_t i = 0; i < n; i++) {
		high[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, FD_FIRST + CHILD_FDS_MAX);
		if (high[i] == -1)
			_exit(71);
	}
	for (size_t i = 0; i < n; i++)
		if (dup2(high[i], FD_FIRST + (int)i) == -1)
			_exit(71);
}

/* It waits for something, a full disk mostly, and is not broken. */
static bool
ended_for_want(int wait_status)
{
	return WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == EX_TEMPFAIL;
}

static void
become(const struct child *c, const char *libexec, const char *home, const int *fds, size_t n)
{
	const char *again = ended_for_want(c->status) ? "--again" : NULL;
	char path[PATH_MAX], count[16];
	sigset_t none;

	(void)snprintf(path, sizeof(path), "%s/edigate-%s", libexec, c->role);
	(void)snprintf(count, sizeof(count), "%zu", n - 1);
	place_fds(fds, n);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
	/* A group of its own: an interrupt at the terminal reaches the supervisor alone, which ends the roles in order. */
	(void)setpgid(0, 0);
	(void)execl(path, path, "--home", home, "--fds", count, again, (char *)NULL);
	fprintf(stderr, "edigate: %s cannot be started\n", path);
	_exit(72);
}

int
child_start(struct child *c, const char *libexec, const char *home, const int *fds, size_t n,
    struct err *e)
{
	pid_t pid;

	if (n == 0 || n > CHILD_FDS_MAX)
		return err_set(e, ERR_CONFIG, "%zu descriptors for %s, want 1 to %d", n, c->name, CHILD_FDS_MAX);
	pid = fork();
	if (pid == -1)
		return err_errno(e, "fork for %s", c->name);
	if (pid == 0)
		become(c, libexec, home, fds, n);
	c->pid = pid;
	c->started_ms = clock_mono_ms();
	c->since_wall_ms = clock_wall_ms();
	return 0;
}

void
child_ended(struct child *c, int wait_status, int64_t now_mono_ms, bool expected)
{
	int64_t wait = BACKOFF_FIRST_MS,
	        longest = ended_for_want(wait_status) ? BACKOFF_TEMP_MS : BACKOFF_MAX_MS;

	if (WIFSIGNALED(wait_status))
		(void)snprintf(c->last, sizeof(c->last), "killed by %s", strsignal(WTERMSIG(wait_status)));
	else
		(void)snprintf(c->last, sizeof(c->last), "exit status %d", WEXITSTATUS(wait_status));
	c->pid = 0;
	c->status = wait_status;
	c->since_wall_ms = clock_wall_ms();
	c->blamed = !expected;
	if (expected) {
		c->again_ms = now_mono_ms;
		return;
	}
	c->restarts++;
	c->fast_deaths = now_mono_ms - c->started_ms < STEADY_MS ? c->fast_deaths + 1 : 1;
	for (unsigned int i = 1; i < c->fast_deaths && wait < longest; i++)
		wait *= 2;
	c->again_ms = now_mono_ms + (wait < longest ? wait : longest);
}

static bool
has_roles(const char *dir)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/edigate-ledger", dir);
	return access(path, X_OK) == 0;
}

int
child_libexec(char *out, size_t size, struct err *e)
{
	const char *env = getenv("EDIGATE_LIBEXEC");
	char *slash;
	ssize_t n;

	if (env != NULL && env[0] != '\0') {
		(void)snprintf(out, size, "%s", env);
		return has_roles(out) ? 0 : err_set(e, ERR_CONFIG, "EDIGATE_LIBEXEC=%s has no edigate-ledger", out);
	}
	n = readlink("/proc/self/exe", out, size - 1);
	if (n > 0) {
		out[n] = '\0';
		slash = strrchr(out, '/');
		if (slash != NULL)
			*slash = '\0';
		if (has_roles(out))
			return 0;
	}
	(void)snprintf(out, size, "%s", EDIGATE_LIBEXEC);
	return has_roles(out) ? 0 : err_set(e, ERR_CONFIG, "no roles in %s: is edigate installed whole?", out);
}
