/* SPDX-License-Identifier: ISC */
#include "spool/sync.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define DIR_MODE  0750
#define FILE_MODE 0640
#define COPY_SIZE 65536

bool
sync_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

int
sync_fd(int dirfd)
{
	int rc;

	do
		rc = fsync(dirfd);
	while (rc == -1 && errno == EINTR);
	return rc;
}

int
sync_unlink(int dirfd, const char *name)
{
	return unlinkat(dirfd, name, 0) == -1 && errno != ENOENT ? -1 : 0;
}

int
sync_subdir(int dirfd, const char *name)
{
	if (mkdirat(dirfd, name, DIR_MODE) == -1 && errno != EEXIST)
		return -1;
	return openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* A crash between link and unlink of an earlier call left one file under both names: only the second step is due. */
static bool
has_both_names(int from, const char *name, int to, const char *as)
{
	struct stat a, b;

	return fstatat(from, name, &a, AT_SYMLINK_NOFOLLOW) == 0 &&
	    fstatat(to, as, &b, AT_SYMLINK_NOFOLLOW) == 0 && sync_same(&a, &b);
}

/* All or nothing for the caller, too: when the old name cannot go, the new one does. */
static int
move_by_link(int from, const char *name, int to, const char *as)
{
	int why;

	if (linkat(from, name, to, as, 0) == -1) {
		if (errno != EEXIST)
			return -1;
		if (has_both_names(from, name, to, as))
			return sync_unlink(from, name);
		errno = EEXIST;
		return -1;
	}
	if (sync_fd(to) == 0 && sync_unlink(from, name) == 0)
		return 0;
	why = errno;
	(void)sync_unlink(to, as);
	errno = why;
	return -1;
}

int
sync_move(int from, const char *name, int to, const char *as)
{
	if (renameat2(from, name, to, as, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno == EINVAL || errno == ENOSYS)		/* NFS, some FUSE file systems */
		return move_by_link(from, name, to, as);
	if (errno != EEXIST)
		return -1;
	if (has_both_names(from, name, to, as))
		return sync_unlink(from, name);
	errno = EEXIST;
	return -1;
}

static int
write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t did = write(fd, p, n);

		if (did == -1 && errno == EINTR)
			continue;
		if (did == -1)
			return -1;
		p += did;
		n -= (size_t)did;
	}
	return 0;
}

static int
copy_bytes(int src, int dst)
{
	char block[COPY_SIZE];
	off_t at = 0;
	ssize_t n;

	for (;;) {
		n = pread(src, block, sizeof(block), at);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return (int)n;
		if (write_all(dst, block, (size_t)n) == -1)
			return -1;
		at += n;
	}
}

static int
copy_file(int src, int dst)
{
	struct timespec times[2];
	struct stat st;

	if (copy_bytes(src, dst) == -1 || fstat(src, &st) == -1)
		return -1;
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	if (futimens(dst, times) == -1)
		return -1;
	return sync_fd(dst);
}

int
sync_copy(int src, int to, const char *as)
{
	int fd = openat(to, as, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE), why;

	if (fd == -1)
		return -1;
	if (flock(fd, LOCK_EX | LOCK_NB) == -1 || copy_file(src, fd) == -1) {
		why = errno;
		(void)close(fd);
		(void)sync_unlink(to, as);
		errno = why;
		return -1;
	}
	return close(fd);
}

int
sync_equal(int a, int b, bool *equal)
{
	char x[COPY_SIZE], y[COPY_SIZE];
	off_t at = 0;
	ssize_t n, m;

	*equal = false;
	for (;;) {
		n = pread(a, x, sizeof(x), at);
		m = pread(b, y, sizeof(y), at);
		if (n == -1 || m == -1)
			return -1;
		if (n != m || memcmp(x, y, (size_t)n) != 0)
			return 0;
		if (n == 0)
			break;
		at += n;
	}
	*equal = true;
	return 0;
}
