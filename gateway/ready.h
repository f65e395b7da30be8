/* SPDX-License-Identifier: ISC */
/*
 * ready.h - may this file be taken now? Nothing but a regular file with one name is ever opened, and nothing here
 * waits for anybody.
 *
 * A file is ready when
 *   1. it has been quiet for the settle time: size, time of change and inode stayed the same. On a local file system
 *      the kernel's ctime says since when, and nobody can set that back (cp -p and rsync set mtime); on a network file
 *      system only two looks of our own say so. What was renamed into the folder was finished elsewhere: it need not
 *      settle;
 *   2. nobody has it open for writing: F_SETLEASE asks the kernel, exactly, but only for our own files (or with
 *      CAP_LEASE) on a local file system; where it refuses to tell, 1 and 3 must do;
 *   3. its content ends as its format ends (edi_complete), and it is not empty.
 */
#ifndef EDIGATE_GATEWAY_READY_H
#define EDIGATE_GATEWAY_READY_H

#include <stdbool.h>
#include <stdint.h>

#define READY_WHY_MAX 160

/* What was seen of a file at the last look; zeroed for a new one. */
struct ready_memory {
	uint64_t inode, size;
	int64_t changed_ns;		/* ctime */
	int64_t modified_ns;
	int64_t since_ms;		/* monotonic: it has looked like this since then */
	int64_t first_ms;		/* monotonic: first look at it */
	bool renamed;			/* it came by a rename and has not changed since */
};

struct ready_rules {
	int64_t settle_ms;
	bool remote;			/* a network file system: no leases, no trust in its clock */
	int64_t mono_ms, wall_ms;	/* now */
};

enum ready_verdict {
	READY_GONE,			/* no file of that name */
	READY_LATER,			/* still settling: look again in later_ms */
	READY_WAITING,			/* why: it will go by itself when that ends */
	READY_REFUSED,			/* why: it will not */
	READY_YES,
};

struct ready {
	enum ready_verdict verdict;
	int64_t later_ms;
	char why[READY_WHY_MAX];
};

void ready_look(int dirfd, const char *name, const struct ready_rules *r, struct ready_memory *m,
    struct ready *out);

/* Is the open folder on a file system that other machines write to, or whose notifications cannot be trusted? */
bool ready_is_remote(int dirfd);

#endif
