/* SPDX-License-Identifier: ISC */
/*
 * loop.h - where a role waits: poll(2), timers on the monotonic clock, SIGTERM/SIGINT/SIGHUP as calls.
 * One per process, one thread. Handlers may add and drop any fd or timer, their own included.
 */
#ifndef EDIGATE_BASE_LOOP_H
#define EDIGATE_BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

enum loop_want { LOOP_READ = 1, LOOP_WRITE = 2 };

struct loop;
struct loop_timer;	/* opaque; belongs to the loop */

typedef void loop_fd_fn(void *arg, int fd, int ready);		/* ready: enum loop_want bits; errors and
								   hang-ups set all the bits that were wanted */
typedef void loop_fn(void *arg);

struct loop *loop_new(void);
void loop_free(struct loop *l);

void loop_fd(struct loop *l, int fd, int want, loop_fd_fn *fn, void *arg);	/* add, or change; want 0 drops */

/* Calls fn once after ms; loop_timer_drop(NULL) is fine. A timer that fired is gone: forget the pointer. */
struct loop_timer *loop_timer(struct loop *l, int64_t ms, loop_fn *fn, void *arg);
void loop_timer_drop(struct loop *l, struct loop_timer *t);

void loop_signal(struct loop *l, int signo, loop_fn *fn, void *arg);		/* SIGTERM, SIGINT, SIGHUP, SIGCHLD */
void loop_before_wait(struct loop *l, loop_fn *fn, void *arg);			/* once per turn, before poll */

int loop_run(struct loop *l);		/* until loop_stop(); returns its status */
void loop_stop(struct loop *l, int status);

#endif
