/* SPDX-License-Identifier: ISC */
/*
 * conf_secret.c - a password from where the operator keeps it. command: runs /bin/sh, which is right here and nowhere
 * else: the operator wrote that line for a shell, and no byte of it comes from outside.
 */
#include "gateway/conf.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECRET_MAX	4096
#define COMMAND_MAX_MS	30000

extern char **environ;

/* Read fd to its end, or until the clock says `until`. */
static int
read_until(int fd, int64_t until, struct buf *out, struct err *e)
{
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = until - clock_mono_ms();
		char *room = buf_room(out, 512, NULL);
		ssize_t n;

		if (room == NULL)
			return err_set(e, ERR_CONFIG, "is longer than %d bytes", SECRET_MAX);
		if (left <= 0)
			return err_set(e, ERR_CONFIG, "takes longer than %d seconds", COMMAND_MAX_MS / 1000);
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		n = read(fd, room, 512);
		if (n == 0)
			return 0;
		if (n == -1 && errno != EINTR && errno != EAGAIN)
			return err_errno(e, "read");
		if (n > 0)
			buf_grew(out, (size_t)n);
	}
}

/* mode is what nobody else may have of it. */
static int
read_file(const char *path, mode_t forbidden, struct buf *out, struct err *e)
{
	struct stat st;
	int rc = -1, fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd == -1 || fstat(fd, &st) == -1) {
		(void)err_errno(e, "%s", path);
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		(void)err_set(e, ERR_CONFIG, "%s: is not a regular file", path);
		goto out;
	}
	if ((st.st_mode & forbidden) != 0) {
		(void)err_set(e, ERR_CONFIG, "%s: everybody can read it (mode %04o), want chmod 0600", path,
		    (unsigned int)st.st_mode & 07777);
		goto out;
	}
	rc = read_until(fd, clock_mono_ms() + COMMAND_MAX_MS, out, e);
	if (rc == -1)
		(void)err_add(e, "%s", path);
out:
	io_close(&fd);
	return rc;
}

static int
spawn_shell(char *command, int out_fd, pid_t *pid, struct err *e)
{
	char sh[] = "sh", dash_c[] = "-c";
	char *argv[] = { sh, dash_c, command, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none;
	int why;

	(void)sigemptyset(&none);
	if (posix_spawn_file_actions_init(&files) != 0 || posix_spawnattr_init(&attr) != 0)
		abort();
	why = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (why == 0)
		why = posix_spawn_file_actions_adddup2(&files, out_fd, STDOUT_FILENO);
	if (why == 0)
		why = posix_spawnattr_setsigmask(&attr, &none);
	if (why == 0)	/* a group of its own: what it starts ends with it */
		why = posix_spawnattr_setpgroup(&attr, 0);
	if (why == 0)
		why = posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
	if (why == 0)
		why = posix_spawn(pid, "/bin/sh", &files, &attr, argv, environ);
	(void)posix_spawn_file_actions_destroy(&files);
	(void)posix_spawnattr_destroy(&attr);
	errno = why;
	return why != 0 ? err_errno(e, "/bin/sh") : 0;
}

static int
run_command(char *command, struct buf *out, struct err *e)
{
	int fds[2], rc, status = 0;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) == -1)
		return err_errno(e, "pipe");
	rc = spawn_shell(command, fds[1], &pid, e);
	io_close(&fds[1]);
	if (rc == 0) {
		rc = read_until(fds[0], clock_mono_ms() + COMMAND_MAX_MS, out, e);
		if (rc == -1)
			(void)kill(-pid, SIGKILL);
		while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
			continue;
		if (rc == 0 && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
			rc = err_set(e, ERR_CONFIG, "the command failed (%s %d)",
			    WIFEXITED(status) ? "exit" : "signal",
			    WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	}
	io_close(&fds[0]);
	return rc;
}

static int
read_environment(const char *name, struct buf *out, struct err *e)
{
	const char *value = secure_getenv(name);

	if (value == NULL)
		return err_set(e, ERR_CONFIG, "%s is not in the environment", name);
	return buf_put(out, str_of(value), e);
}

/* systemd.exec(5), LoadCredential=: a folder that only this service can read. */
static int
read_credential(struct arena *a, struct str name, struct buf *out, struct err *e)
{
	const char *dir = secure_getenv("CREDENTIALS_DIRECTORY");

	if (dir == NULL)
		return err_set(e, ERR_CONFIG, "CREDENTIALS_DIRECTORY is not set: not started by systemd with LoadCredential=");
	if (str_chr(name, '/', NULL))
		return err_set(e, ERR_CONFIG, "the name of a credential has no '/'");
	return read_file(str_fmt(a, "%s/" STR_FMT, dir, STR_ARG(name)).p, 0, out, e);
}

static int
fetch(struct arena *a, const struct conf *c, struct str setting, struct buf *out, struct err *e)
{
	struct str rest = setting, kind;

	(void)str_cut(&rest, ':', &kind);
	if (str_eq(kind, S("file")))
		return read_file(conf_path(a, c, str_cstr(a, rest)), S_IROTH | S_IWOTH, out, e);
	if (str_eq(kind, S("env")))
		return read_environment(str_cstr(a, rest), out, e);
	if (str_eq(kind, S("command")))
		return run_command(str_cstr(a, rest), out, e);
	if (str_eq(kind, S("credential")))
		return read_credential(a, rest, out, e);
	return err_set(e, ERR_CONFIG, "no file:, env:, command: or credential:");
}

int
conf_secret(const struct conf *c, struct str setting, struct buf *out, struct err *e)
{
	struct arena *a = arena_new(1 << 16);
	struct buf got = BUF_CAP(SECRET_MAX);
	struct str secret;
	struct err why = { .text = "" };
	int rc = fetch(a, c, setting, &got, &why);

	arena_free(a);
	if (rc == -1) {
		rc = err_set(e, ERR_CONFIG, "secret: %s", why.text);
		goto out;
	}
	/* One line end belongs to the file, not to the secret. */
	secret = buf_str(&got);
	if (str_ends(secret, S("\n")))
		secret.n--;
	if (str_ends(secret, S("\r")))
		secret.n--;
	rc = secret.n == 0 ? err_set(e, ERR_CONFIG, "secret: it is empty") : buf_put(out, secret, e);
out:
	buf_wipe(&got);
	return rc;
}
