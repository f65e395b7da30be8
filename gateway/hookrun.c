/* SPDX-License-Identifier: ISC */
#include "gateway/hookrun.h"

#include "gateway/base/buf.h"
#include "gateway/base/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ENV_MAX		64
#define HOOK_LAST_READS 64		/* of what its pipe holds when it has ended */

struct hook_child {
	struct loop *loop;
	pid_t pid;
	int in, out;			/* our ends of its stdin and stdout */
	int exit;			/* pidfd: readable when it has ended */
	struct buf input, output;
	size_t written;
	hook_ended_fn *ended;
	void *arg;
};

/* ---- finding ---- */

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Left out silently: what is no hook by its name, or not executable (the usual way to switch one off). */
static int
consider(struct arena *a, int dirfd, struct str dir, const char *name, struct hook_list *out,
    struct err *e)
{
	struct stat st;

	if (!is_digit(name[0]) || !is_digit(name[1]) || fstatat(dirfd, name, &st, 0) == -1 ||
	    !S_ISREG(st.st_mode) || (st.st_mode & 0111) == 0)
		return 0;
	if ((st.st_mode & 0002) != 0)
		return err_set(e, ERR_CONFIG, "hook '%s' may be written by everybody: chmod o-w", name);
	if (out->n == HOOKS_MAX)
		return err_set(e, ERR_CONFIG, STR_FMT " has over %d hooks", STR_ARG(dir), HOOKS_MAX);
	out->path[out->n++] = str_cstr(a, str_fmt(a, STR_FMT "/%s", STR_ARG(dir), name));
	return 0;
}

int
hook_find(struct arena *a, const char *dir, struct str event, struct hook_list *out, struct err *e)
{
	struct str path = str_fmt(a, "%s/" STR_FMT, dir, STR_ARG(event));
	DIR *d = opendir(str_cstr(a, path));
	struct dirent *entry;
	int rc = 0;

	*out = (struct hook_list){ 0 };
	if (d == NULL)
		return errno == ENOENT ? 0 : err_errno(e, STR_FMT, STR_ARG(path));
	while (rc == 0 && (entry = readdir(d)) != NULL)
		rc = consider(a, dirfd(d), path, entry->d_name, out, e);
	closedir(d);
	qsort(out->path, out->n, sizeof(out->path[0]), by_name);
	for (size_t i = 0; i < out->n; i++)
		out->name[i] = out->path[i] + path.n + 1;
	return rc;
}

/* ---- running ---- */

/* In the child, between fork and exec: only what is safe there. env's lines are ended in place. */
static void
become(char *path, char *env, const int in[2], const int out[2])
{
	char where[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	char *envp[ENV_MAX + 2] = { where };
	char *argv[] = { path, NULL };
	sigset_t none;
	size_t n = 1;

	for (char *p = env; *p != '\0' && n <= ENV_MAX;) {
		char *end = strchrnul(p, '\n');
		envp[n++] = p;
		p = *end == '\0' ? end : end + 1;
		*end = '\0';
	}
	if (dup2(in[0], STDIN_FILENO) == -1 || dup2(out[1], STDOUT_FILENO) == -1 ||
	    dup2(out[1], STDERR_FILENO) == -1)
		_exit(126);
	(void)close_range(3, ~0u, 0);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)setpgid(0, 0);
	(void)execve(path, argv, envp);
	_exit(127);
}

static void
close_end(struct hook_child *c, int *fd)
{
	if (*fd == -1)
		return;
	loop_fd(c->loop, *fd, 0, NULL, NULL);
	io_close(fd);
}

static int
reap(struct hook_child *c)
{
	int status;

	while (waitpid(c->pid, &status, 0) == -1)
		if (errno != EINTR)
			return 126;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The last of it is what matters: how it ended. */
static void
keep_output(struct hook_child *c, const char *bytes, size_t n)
{
	struct str s = str_from(str_make(bytes, n), n > HOOK_OUTPUT_MAX ? n - HOOK_OUTPUT_MAX : 0);

	if (c->output.n + s.n > HOOK_OUTPUT_MAX)
		buf_drop(&c->output, c->output.n + s.n - HOOK_OUTPUT_MAX);
	(void)buf_put(&c->output, s, NULL);
}

/* Read a piece; false when there is nothing now, or never again. */
static bool
read_output(struct hook_child *c)
{
	char bytes[4096];
	ssize_t n = c->out == -1 ? 0 : read(c->out, bytes, sizeof(bytes));

	if (n > 0)
		keep_output(c, bytes, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		close_end(c, &c->out);
	return n > 0;
}

/*
 * The program has ended, and with it the hook: what it left running in the background may hold its output open, and a
 * program may close its output and go on. A pipe's worth of output may still be there.
 */
static void
on_exit_of(void *arg, int fd, int ready)
{
	struct hook_child *c = arg;
	int status;

	(void)fd, (void)ready;
	close_end(c, &c->exit);
	status = reap(c);
	for (int i = 0; i < HOOK_LAST_READS && read_output(c); i++)
		;
	close_end(c, &c->in);
	close_end(c, &c->out);
	c->ended(c->arg, status, str_trim(buf_str(&c->output)));
	buf_clear(&c->input);
	buf_clear(&c->output);
	free(c);
}

static void
on_readable(void *arg, int fd, int ready)
{
	(void)fd, (void)ready;
	(void)read_output(arg);
}

static void
on_writable(void *arg, int fd, int ready)
{
	struct hook_child *c = arg;
	ssize_t n = write(fd, c->input.p + c->written, c->input.n - c->written);

	(void)ready;
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		c->written += (size_t)n;
	if (n == -1 || c->written == c->input.n)	/* a hook need not read what it is given */
		close_end(c, &c->in);
}

/* No descriptor was left to watch it by. */
static void
forget(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		;
}

struct hook_child *
hook_start(struct loop *l, const char *path, struct str env, struct str input,
    hook_ended_fn *ended, void *arg, struct err *e)
{
	struct arena *a = arena_new(env.n + 8192);
	int in[2] = { -1, -1 }, out[2] = { -1, -1 };
	struct hook_child *c = NULL;
	char *lines = str_cstr(a, env), *program;
	int pidfd = -1;
	pid_t pid = -1;

	program = str_cstr(a, str_of(path));
	if (pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0)
		pid = fork();
	if (pid == 0)
		become(program, lines, in, out);
	if (pid != -1)
		pidfd = pidfd_open(pid, 0);
	if (pidfd == -1)
		(void)err_errno(e, "start of %s", path);
	arena_free(a);
	io_close(&in[0]);
	io_close(&out[1]);
	if (pidfd == -1) {
		io_close(&in[1]);
		io_close(&out[0]);
		if (pid != -1)
			forget(pid);
		return NULL;
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		abort();
	*c = (struct hook_child){ .loop = l, .pid = pid, .in = in[1], .out = out[0], .exit = pidfd, .ended = ended, .arg = arg,
		.input = BUF_CAP(input.n + 1), .output = BUF_CAP(HOOK_OUTPUT_MAX) };
	(void)buf_put(&c->input, input, e);
	(void)fcntl(c->in, F_SETFL, O_NONBLOCK);
	(void)fcntl(c->out, F_SETFL, O_NONBLOCK);
	loop_fd(l, c->in, LOOP_WRITE, on_writable, c);
	loop_fd(l, c->out, LOOP_READ, on_readable, c);
	loop_fd(l, c->exit, LOOP_READ, on_exit_of, c);
	return c;
}

void
hook_kill(struct hook_child *c)
{
	(void)kill(-c->pid, SIGKILL);
	(void)kill(c->pid, SIGKILL);
}
