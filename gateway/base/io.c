/* SPDX-License-Identifier: ISC */
#include "gateway/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

void
io_close(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);	/* after EINTR Linux has closed it: trying again could close a stranger's */
	*fd = -1;
}

int
io_write_all(int fd, struct str s, struct err *e)
{
	while (s.n > 0) {
		ssize_t n = write(fd, s.p, s.n);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return err_errno(e, "write");
		s = str_from(s, (size_t)n);
	}
	return 0;
}

/* A regular file of at most max bytes. O_NONBLOCK: a FIFO put in its place must not stop us. */
static int
open_regular(int dirfd, const char *path, int flags, size_t max, struct stat *st, struct err *e)
{
	int fd = openat(dirfd, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | flags);

	if (fd == -1 && errno == ELOOP && (flags & O_NOFOLLOW) != 0)
		return err_set(e, ERR_INPUT, "%s: is a symbolic link", path);
	if (fd == -1)
		return err_errno(e, "%s", path);
	if (fstat(fd, st) == -1) {
		(void)err_errno(e, "%s", path);
		goto bad;
	}
	if (!S_ISREG(st->st_mode)) {
		(void)err_set(e, ERR_INPUT, "%s: is not a regular file", path);
		goto bad;
	}
	if ((uint64_t)st->st_size > max) {
		(void)err_set(e, ERR_INPUT, "%s: is %lld bytes, at most %zu are taken", path,
		    (long long)st->st_size, max);
		goto bad;
	}
	return fd;
bad:
	io_close(&fd);
	return -1;
}

static int
read_whole(struct arena *a, int dirfd, const char *path, int flags, size_t max, struct str *out,
    struct err *e)
{
	struct stat st;
	size_t n = 0, size;
	char *p;
	int rc = -1, fd = open_regular(dirfd, path, flags, max, &st, e);

	if (fd == -1)
		return -1;
	size = (size_t)st.st_size;
	p = arena_get(a, size + 1);
	/* One byte more than its size is asked for: a file that grows meanwhile is noticed. */
	for (;;) {
		ssize_t got = read(fd, p + n, size + 1 - n);
		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1) {
			(void)err_errno(e, "%s", path);
			goto out;
		}
		n += (size_t)got;
		if (got == 0 || n > size)
			break;
	}
	if (n != size) {
		(void)err_set(e, ERR_RETRY, "%s: changed while it was read", path);
		goto out;
	}
	p[n] = '\0';
	*out = str_make(p, n);
	rc = 0;
out:
	io_close(&fd);
	return rc;
}

int
io_read_file(struct arena *a, int dirfd, const char *path, size_t max, struct str *out,
    struct err *e)
{
	return read_whole(a, dirfd, path, O_NOFOLLOW, max, out, e);
}

int
io_read_named(struct arena *a, const char *path, size_t max, struct str *out, struct err *e)
{
	return read_whole(a, AT_FDCWD, path, 0, max, out, e);
}

int
io_map(int dirfd, const char *path, size_t max, struct str *out, struct err *e)
{
	struct stat st;
	void *p = NULL;
	int rc = -1, fd = open_regular(dirfd, path, O_NOFOLLOW, max, &st, e);

	if (fd == -1)
		return -1;
	if (st.st_size > 0) {
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (p == MAP_FAILED) {
			(void)err_errno(e, "%s: mmap", path);
			goto out;
		}
	}
	*out = str_make(p, (size_t)st.st_size);
	rc = 0;
out:
	io_close(&fd);
	return rc;
}

void
io_unmap(struct str s)
{
	union { const char *lent; void *p; } u = { .lent = s.p };

	if (s.n > 0)
		(void)munmap(u.p, s.n);
}

int
io_fsync_dir(int dirfd, struct err *e)
{
	while (fsync(dirfd) == -1) {
		/* Some network file systems cannot sync a directory; nothing better is to be had there. */
		if (errno == EINVAL || errno == EROFS)
			return 0;
		if (errno != EINTR)
			return err_errno(e, "fsync of a directory");
	}
	return 0;
}

int
io_open_dir(int dirfd, const char *path, struct err *e)
{
	int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd == -1 ? err_errno(e, "%s", path) : fd;
}

/* Open path's folder; *base points at its last component. */
static int
open_parent(int dirfd, const char *path, const char **base, struct err *e)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX];
	size_t n;

	*base = slash == NULL ? path : slash + 1;
	if (slash == NULL)
		return io_open_dir(dirfd, ".", e);
	n = slash == path ? 1 : (size_t)(slash - path);
	if (n >= sizeof(dir))
		return err_set(e, ERR_INPUT, "%s: is too long for a path", path);
	memcpy(dir, path, n);
	dir[n] = '\0';
	return io_open_dir(dirfd, dir, e);
}

/* A dotfile that is ours alone. One of the same name is left from a process of our id that died. */
static int
open_temporary(int dir, mode_t mode, char *name, size_t size, struct err *e)
{
	static unsigned int count;
	int fd;

	(void)snprintf(name, size, ".edigate-%d-%u.tmp", (int)getpid(), count++);
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd == -1 && errno == EEXIST && unlinkat(dir, name, 0) == 0)
		fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	return fd == -1 ? err_errno(e, "%s", name) : fd;
}

int
io_replace_file(int dirfd, const char *path, struct str content, mode_t mode, struct err *e)
{
	char name[64] = "";
	const char *base;
	int fd = -1, rc = -1, dir = open_parent(dirfd, path, &base, e);

	if (dir == -1)
		return -1;
	fd = open_temporary(dir, mode, name, sizeof(name), e);
	if (fd == -1)
		goto out;
	if (io_write_all(fd, content, e) == -1)
		goto remove;
	if (fsync(fd) == -1 || renameat(dir, name, dir, base) == -1) {
		(void)err_errno(e, "%s", path);
		goto remove;
	}
	rc = io_fsync_dir(dir, e);
	goto out;
remove:
	(void)unlinkat(dir, name, 0);
out:
	io_close(&fd);
	io_close(&dir);
	return rc;
}

static int
make_dir(const char *path, mode_t mode, struct err *e)
{
	struct stat st;

	if (mkdir(path, mode) == 0)
		return 0;
	if (errno == EEXIST && stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return 0;
		errno = ENOTDIR;
	}
	return err_errno(e, "%s", path);
}

int
io_mkdirs(const char *path, mode_t mode, struct err *e)
{
	char part[PATH_MAX];
	size_t n = strlen(path);

	if (n == 0 || n >= sizeof(part))
		return err_set(e, ERR_INPUT, "%s: is no path", path);
	for (size_t i = 1; i <= n; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (make_dir(part, mode, e) == -1)
			return -1;
	}
	return 0;
}
