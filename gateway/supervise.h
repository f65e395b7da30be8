/* SPDX-License-Identifier: ISC */
/*
 * supervise.h - `edigate run`: opens the sockets, starts the roles, starts again those that die (with backoff, and
 * saying so), ends them in order. It reads no message and no document; it is the only process that may stay root.
 */
#ifndef EDIGATE_GATEWAY_SUPERVISE_H
#define EDIGATE_GATEWAY_SUPERVISE_H

#include "gateway/conf.h"

/* Runs until SIGTERM or SIGINT; returns an exit status. */
int supervise(struct str home);

#endif
