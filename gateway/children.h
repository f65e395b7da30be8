/* SPDX-License-Identifier: ISC */
/* children.h - the processes of the supervisor: one entry for each, from before its start to after its end. */
#ifndef EDIGATE_GATEWAY_CHILDREN_H
#define EDIGATE_GATEWAY_CHILDREN_H

#include "gateway/base/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define CHILD_FDS_MAX 64

struct child {
	char name[32];			/* "pack.1" */
	char role[16];			/* "pack" */
	unsigned int number;		/* 1; 0: the only one of its role */
	pid_t pid;			/* 0: not running */
	int status;			/* of waitpid, when it ended last */
	unsigned int restarts;
	unsigned int fast_deaths;	/* in a row; the backoff grows with them */
	bool blamed;			/* its last end was counted as a restart */
	int64_t started_ms, again_ms;	/* monotonic; again_ms: not before */
	int64_t since_wall_ms;
	char last[120];			/* how it ended last time */
	struct ipc *line;		/* of a role that outlives its ledger: see line.h */
	bool retired;			/* its successor is at work; it ends by itself */
};

/*
 * fork and exec LIBEXEC/edigate-ROLE --home HOME --fds N [--again], with fds[] as descriptors 3, 4, ... and no other but
 * the standard ones. N counts those from fd 4 on. --again: the one before it ended with EX_TEMPFAIL.
 */
int child_start(struct child *c, const char *libexec, const char *home, const int *fds, size_t n,
    struct err *e);

/* It ended: what to say of it, and when it may start again. */
void child_ended(struct child *c, int wait_status, int64_t now_mono_ms, bool expected);

/* The folder of the roles: $EDIGATE_LIBEXEC, else beside this binary, else where they were installed. */
int child_libexec(char *out, size_t size, struct err *e);

#endif
