/* SPDX-License-Identifier: ISC */
/*
 * send_secret.c - a password that a program gives (a token helper asks a server far away) is waited for in a process of
 * its own, so that a helper that hangs keeps nobody else's mail. The process sends '0' and the password, or the digit of
 * an error's kind and its text.
 */
#include "gateway/send.h"

#include "gateway/base/io.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECRET_READ 8192

struct send_secret {
	struct loop *loop;
	int fd;
	pid_t pid;
	struct buf got;
	send_secret_fn *fn;
	void *arg;
};

bool
send_secret_is_slow(struct str setting)
{
	return str_starts(setting, S("command:"));
}

static _Noreturn void
run_child(const struct conf *c, struct str setting, int fd)
{
	struct buf out = BUF_CAP(SECRET_READ);
	struct err e = { .text = "" };
	int rc;

	if (conf_secret(c, setting, &out, &e) == 0)
		rc = io_write_all(fd, S("0"), NULL) | io_write_all(fd, buf_str(&out), NULL);
	else
		rc = io_write_all(fd, e.kind == ERR_RETRY ? S("r") : S("c"), NULL) |
		    io_write_all(fd, str_of(e.text), NULL);
	buf_wipe(&out);
	_exit(rc == 0 ? 0 : 1);
}

void
send_secret_drop(struct send_secret *s)
{
	if (s == NULL)
		return;
	loop_fd(s->loop, s->fd, 0, NULL, NULL);
	io_close(&s->fd);
	(void)kill(s->pid, SIGKILL);
	(void)waitpid(s->pid, NULL, 0);
	buf_wipe(&s->got);
	free(s);
}

static void
finish(struct send_secret *s)
{
	struct str all = buf_str(&s->got), rest = str_from(all, 1);
	struct err e;

	if (all.n > 0 && all.p[0] == '0') {
		s->fn(s->arg, rest, NULL);
	} else {
		(void)err_set(&e, all.n > 0 && all.p[0] == 'r' ? ERR_RETRY : ERR_CONFIG, STR_FMT,
		    STR_ARG(rest.n > 0 ? rest : S("secret: the helper ended without a word")));
		s->fn(s->arg, S(""), &e);
	}
}

static void
on_ready(void *arg, int fd, int ready)
{
	struct send_secret *s = arg;
	char *room = buf_room(&s->got, SECRET_READ / 2, NULL);
	ssize_t n = room == NULL ? 0 : read(fd, room, SECRET_READ / 2);

	(void)ready;
	if (n > 0)
		buf_grew(&s->got, (size_t)n);
	else
		finish(s);
}

struct send_secret *
send_secret_start(struct loop *l, const struct conf *c, struct str setting, send_secret_fn *fn,
    void *arg, struct err *e)
{
	struct send_secret *s;
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) == -1) {
		(void)err_errno(e, "pipe");
		return NULL;
	}
	pid = fork();
	if (pid == 0)
		run_child(c, setting, fds[1]);
	io_close(&fds[1]);
	if (pid == -1) {
		(void)err_errno(e, "fork");
		io_close(&fds[0]);
		return NULL;
	}
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		abort();
	*s = (struct send_secret){ .loop = l, .fd = fds[0], .pid = pid, .got = BUF_CAP(2 * SECRET_READ), .fn = fn, .arg = arg };
	loop_fd(l, s->fd, LOOP_READ, on_ready, s);
	return s;
}
