/* SPDX-License-Identifier: ISC */
/*
 * sync.h - the few file system steps that everything in the spool is made of. Nothing here overwrites: a name that is
 * taken is EEXIST. They return 0, or -1 with errno for the caller to put into words; only it knows what the file is.
 */
#ifndef EDIGATE_SPOOL_SYNC_H
#define EDIGATE_SPOOL_SYNC_H

#include <stdbool.h>
#include <sys/stat.h>

/*
 * Give from/name the name to/as in one step (RENAME_NOREPLACE). Where the file system cannot, by link and unlink: then
 * a crash leaves both names, and the call made again finishes the work. EXDEV: other file systems, see sync_copy().
 */
int sync_move(int from, const char *name, int to, const char *as);

/* Copy the open file src to the new file to/as, locked meanwhile, with its times, and fsync it. Removed when it fails. */
int sync_copy(int src, int to, const char *as);

int sync_fd(int fd);					/* fsync: of a file its bytes, of a directory its names */
int sync_unlink(int dirfd, const char *name);		/* gone already is fine */
int sync_subdir(int dirfd, const char *name);		/* mkdir, there already is fine; returns its fd */

/* Do two open files hold the same bytes? */
int sync_equal(int a, int b, bool *equal);

/* The same file: device and inode. */
bool sync_same(const struct stat *a, const struct stat *b);

#endif
