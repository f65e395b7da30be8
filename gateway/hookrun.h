/* SPDX-License-Identifier: ISC */
/* hookrun.h - find and run the programs of hooks.d/EVENT/: no shell, a clean environment, bounded output. */
#ifndef EDIGATE_GATEWAY_HOOKRUN_H
#define EDIGATE_GATEWAY_HOOKRUN_H

#include "gateway/base/arena.h"
#include "gateway/base/err.h"
#include "gateway/base/loop.h"

#define HOOKS_MAX	 32
#define HOOK_OUTPUT_MAX 2000	/* the last of what it wrote to stdout and stderr together */

struct hook_list {
	char *path[HOOKS_MAX];
	char *name[HOOKS_MAX];		/* last part of the path */
	size_t n;
};

/*
 * The executables of DIR/EVENT, by name, those that begin with two digits. No such folder: n is 0. ERR_CONFIG when one may be
 * written by others than its owner, or there are too many.
 */
int hook_find(struct arena *a, const char *dir, struct str event, struct hook_list *out,
    struct err *e);

struct hook_child;

/* status: exit status, 128 + signal when it was killed. output is lent for the call; control bytes are as they came. */
typedef void hook_ended_fn(void *arg, int status, struct str output);

/* env: NAME=value, one a line. NULL when it cannot be started. The child ends with the call of ended. */
struct hook_child *hook_start(struct loop *l, const char *path, struct str env, struct str input,
    hook_ended_fn *ended, void *arg, struct err *e);
void hook_kill(struct hook_child *c);	/* and its process group; ended is still called */

#endif
