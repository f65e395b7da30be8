/* SPDX-License-Identifier: ISC */
#include "gateway/online.h"

#include "gateway/base/io.h"
#include "gateway/children.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

/* The probe, with its stdout into out. Returns its pid, or -1. */
static pid_t
start(struct cli *c, const char *partner, int out, struct err *e)
{
	char folder[PATH_MAX], *home = str_cstr(c->arena, c->home);
	const char *program;
	pid_t pid;

	if (child_libexec(folder, sizeof(folder), e) == -1)
		return -1;
	program = cli_fmt(c->arena, "%s/edigate-probe", folder);
	pid = fork();
	if (pid == 0) {
		if (dup2(out, STDOUT_FILENO) == -1)
			_exit(EX_OSERR);
		(void)execl(program, program, "--home", home, partner, (char *)NULL);
		_exit(EX_OSFILE);
	}
	if (pid == -1)
		(void)err_errno(e, "start of %s", program);
	return pid;
}

static void
tell(struct str line, online_fn *fn, void *arg)
{
	struct online_answer a;
	struct str word;

	if (str_starts(line, S("\t"))) {
		fn(arg, NULL, str_from(line, 1));
		return;
	}
	(void)str_cut(&line, '\t', &word);
	a.ok = str_eq(word, S("ok"));
	(void)str_cut(&line, '\t', &a.partner);
	(void)str_cut(&line, '\t', &a.where);
	a.text = line;
	fn(arg, &a, S(""));
}

int
online_ask(struct cli *c, const char *partner, online_fn *fn, void *arg, struct err *e)
{
	int status, ends[2];
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	pid_t pid;
	FILE *in;

	if (pipe2(ends, O_CLOEXEC) == -1)
		return err_errno(e, "pipe");
	pid = start(c, partner, ends[1], e);
	io_close(&ends[1]);
	if (pid == -1) {
		io_close(&ends[0]);
		return -1;
	}
	in = fdopen(ends[0], "r");
	if (in == NULL)
		abort();
	while ((n = getline(&line, &size, in)) > 0)
		tell(str_make(line, (size_t)n - (line[n - 1] == '\n')), fn, arg);
	free(line);
	(void)fclose(in);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
		return err_set(e, ERR_RETRY, "edigate-probe ended with %s %d",
		    WIFEXITED(status) ? "status" : "signal",
		    WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	return 0;
}
