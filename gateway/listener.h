/* SPDX-License-Identifier: ISC */
/* listener.h - the listening sockets that the supervisor opens, while it may, and hands to the listen role. */
#ifndef EDIGATE_GATEWAY_LISTENER_H
#define EDIGATE_GATEWAY_LISTENER_H

#include "gateway/conf.h"

/*
 * Bring the sockets from the addresses of was to those of want: kept where an address stays, so that no connection is
 * refused meanwhile. Returns 0, or -1 with nothing changed (n 0: and nobody listens any more).
 */
int listener_update(int *fds, size_t *n, size_t max, const struct conf *was,
    const struct conf *want, struct err *e);

/* Started as root: path belongs to the user that the roles run as. */
int listener_give(const char *path, const struct conf *c, struct err *e);

#endif
