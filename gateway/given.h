/* SPDX-License-Identifier: ISC */
/*
 * given.h - listening sockets that the service manager opened and passes on (sd_listen_fds(3)): "socket:NAME" as a listen
 * address, after FileDescriptorName= of the socket unit; "socket:NAME:2" is the second of that name.
 */
#ifndef EDIGATE_GATEWAY_GIVEN_H
#define EDIGATE_GATEWAY_GIVEN_H

#include "gateway/base/err.h"
#include "gateway/base/str.h"

bool given_is(struct str address);

/* Its place among names ("smtp:smtp:submissions"), from 0; false: none there. Pure. */
bool given_find(struct str names, struct str address, size_t *at);

/* Once, at the start: what the environment says is for us is taken, and the environment forgets it. */
void given_take(void);

/* A descriptor of its own for that socket, which stays open for others; -1 with ERR_CONFIG. */
int given_open(struct str address, struct err *e);

#endif
