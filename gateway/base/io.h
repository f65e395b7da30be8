/* SPDX-License-Identifier: ISC */
/* io.h - files without EINTR, short reads or symlink surprises. Errors are ERR_RETRY with the path named. */
#ifndef EDIGATE_BASE_IO_H
#define EDIGATE_BASE_IO_H

#include "gateway/base/arena.h"
#include "gateway/base/buf.h"

#include <sys/types.h>

int io_write_all(int fd, struct str s, struct err *e);

/* The whole regular file, at most max bytes (over it: ERR_INPUT). Follows no symlink. */
int io_read_file(struct arena *a, int dirfd, const char *path, size_t max, struct str *out,
    struct err *e);

/* The same for a file that the operator named in the settings: certificates are often symlinks, and are followed. */
int io_read_named(struct arena *a, const char *path, size_t max, struct str *out, struct err *e);

/*
 * A regular file mapped read-only; io_unmap() ends it. An empty file gives an empty slice. Follows no
 * symlink. Only for files in our own spool, which nobody shortens (a shortened mapping is SIGBUS).
 */
int io_map(int dirfd, const char *path, size_t max, struct str *out, struct err *e);
void io_unmap(struct str s);

/* Write a whole file crash-safely: temporary name beside it, fsync, rename over path, fsync directory. */
int io_replace_file(int dirfd, const char *path, struct str content, mode_t mode, struct err *e);

int io_fsync_dir(int dirfd, struct err *e);
int io_open_dir(int dirfd, const char *path, struct err *e);	/* fd with O_DIRECTORY|O_CLOEXEC, or -1 */
int io_mkdirs(const char *path, mode_t mode, struct err *e);	/* with parents; there already is fine */
void io_close(int *fd);						/* close once; *fd becomes -1 */

#endif
