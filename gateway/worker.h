/* SPDX-License-Identifier: ISC */
/*
 * worker.h - the loop of pack and unpack: one job at a time, in one arena. Jobs that were given ahead wait here, and between
 * two of them the channel and signals are seen to: a result leaves before the next job begins, and a worker that is to end,
 * or whose ledger is gone, does not work through its queue first.
 */
#ifndef EDIGATE_GATEWAY_WORKER_H
#define EDIGATE_GATEWAY_WORKER_H

#include "gateway/role.h"

#define WORKER_JOB_SECONDS 600	/* a document that hangs its worker so long ends it by SIGALRM, like one that kills it */

/* 0, and the ledger was told; or -1: our own trouble, the job is tried again. */
typedef int worker_fn(const struct msg *job, struct err *e);

/* To be called after role_start(); ahead: jobs that may wait here, so that work never waits for the ledger. Returns the exit status. */
int worker_run(struct role *r, struct arena *arena, unsigned int ahead, worker_fn *work);

#endif
