/* SPDX-License-Identifier: ISC */
/* folder.h - a folder of its own for a test: made empty, removed with all that is in it. */
#ifndef EDIGATE_TESTS_FOLDER_H
#define EDIGATE_TESTS_FOLDER_H

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct folder {
	char path[64];
	int fd;
};

static inline struct folder
folder_new(void)
{
	struct folder f = { .path = "/tmp/edigate-test-XXXXXX" };

	if (mkdtemp(f.path) == NULL)
		abort();
	f.fd = open(f.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return f;
}

/* In memory, where there is such a place: for tests that make thousands of folders. Else like folder_new(). */
static inline struct folder
folder_new_fast(void)
{
	struct folder f = { .path = "/dev/shm/edigate-test-XXXXXX" };

	if (mkdtemp(f.path) == NULL)
		return folder_new();
	f.fd = open(f.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return f;
}

static inline int
folder_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void
folder_free(struct folder *f)
{
	(void)close(f->fd);
	(void)nftw(f->path, folder_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* On another file system than the one f is on; false: there is none here. */
static inline bool
folder_new_far(const struct folder *f, struct folder *far)
{
	struct stat here, there;

	for (int fast = 0; fast < 2; fast++) {
		*far = fast ? folder_new_fast() : folder_new();
		if (fstat(f->fd, &here) == 0 && fstat(far->fd, &there) == 0 && here.st_dev != there.st_dev)
			return true;
		folder_free(far);
	}
	return false;
}

static inline void
folder_write(int dirfd, const char *name, const void *bytes, size_t n)
{
	int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd == -1 || write(fd, bytes, n) != (ssize_t)n)
		abort();
	(void)close(fd);
}

static inline bool
folder_has(int dirfd, const char *name)
{
	struct stat st;

	return fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* How many bytes name has, read into out; -1: not there. */
static inline ssize_t
folder_read(int dirfd, const char *name, char *out, size_t size)
{
	int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n;

	if (fd == -1)
		return -1;
	n = read(fd, out, size);
	(void)close(fd);
	return n;
}

/* Names in a folder below dirfd, "." and ".." aside. */
static inline size_t
folder_count(int dirfd, const char *name)
{
	int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd == -1 ? NULL : fdopendir(fd);
	struct dirent *e;
	size_t n = 0;

	if (d == NULL)
		abort();
	while ((e = readdir(d)) != NULL)
		n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	(void)closedir(d);
	return n;
}

#endif
