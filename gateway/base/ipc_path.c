/* SPDX-License-Identifier: ISC */
/*
 * ipc_path.c - sockets with a name, for the supervisor and the command line. An object of its own: a role that only
 * speaks over the descriptor it was given does not link it, and so cannot make a socket at all.
 */
#include "gateway/base/ipc.h"

#include "gateway/base/io.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define PROBE_S 5

/*
 * sun_path takes 107 bytes, homes may be deeper: then the folder is opened and named through /proc. *dir is to be
 * closed after bind or connect.
 */
static int
unix_address(const char *path, struct sockaddr_un *sa, int *dir, struct err *e)
{
	const char *slash = strrchr(path, '/');
	struct arena *a;
	int n;

	*sa = (struct sockaddr_un){ .sun_family = AF_UNIX };
	*dir = -1;
	n = snprintf(sa->sun_path, sizeof(sa->sun_path), "%s", path);
	if (n > 0 && (size_t)n < sizeof(sa->sun_path))
		return 0;
	if (slash == NULL)
		return err_set(e, ERR_CONFIG, "%s: is too long for a socket", path);
	a = arena_new(1 << 16);
	*dir = open(str_cstr(a, str_make(path, (size_t)(slash - path))), O_PATH | O_DIRECTORY | O_CLOEXEC);
	arena_free(a);
	if (*dir == -1)
		return err_errno(e, "%s", path);
	n = snprintf(sa->sun_path, sizeof(sa->sun_path), "/proc/self/fd/%d/%s", *dir, slash + 1);
	if (n > 0 && (size_t)n < sizeof(sa->sun_path))
		return 0;
	io_close(dir);
	return err_set(e, ERR_CONFIG, "%s: is too long for a socket", path);
}

int
ipc_connect(const char *path, unsigned int patience_s, struct err *e)
{
	const struct timeval patience = { .tv_sec = (time_t)patience_s };
	struct sockaddr_un sa;
	int dir, fd;

	if (unix_address(path, &sa, &dir, e) == -1)
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == -1 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) == -1 ||
	    connect(fd, (const struct sockaddr *)&sa, sizeof(sa)) == -1) {
		(void)err_errno(e, "%s", path);
		io_close(&fd);
	}
	io_close(&dir);
	return fd;
}

int
ipc_listen(const char *path, struct err *e)
{
	struct sockaddr_un sa;
	int dir, fd = ipc_connect(path, PROBE_S, NULL);

	if (fd != -1) {
		io_close(&fd);
		return err_set(e, ERR_RETRY, "%s: another gateway answers there", path);
	}
	if (unix_address(path, &sa, &dir, e) == -1)
		return -1;
	(void)unlink(sa.sun_path);	/* nobody answers: it is left from a gateway that was killed */
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1 || bind(fd, (const struct sockaddr *)&sa, sizeof(sa)) == -1 ||
	    chmod(sa.sun_path, 0660) == -1 || listen(fd, 64) == -1) {
		(void)err_errno(e, "%s", path);
		io_close(&fd);
	}
	io_close(&dir);
	return fd;
}
