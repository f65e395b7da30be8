/* SPDX-License-Identifier: ISC */
/*
 * keychannels.h - the channels between workers and the keys role, made and held by the supervisor. It keeps both ends: when
 * either side dies, what was sent waits for its successor, and the other side does not notice.
 */
#ifndef EDIGATE_GATEWAY_KEYCHANNELS_H
#define EDIGATE_GATEWAY_KEYCHANNELS_H

#include "gateway/children.h"

#define KEYCHANNELS_MAX 32

/* For so many workers of each kind; those from before are closed. */
int keychannels_open(unsigned int workers, struct err *e);

/* The ends that a process gets: two of keys.N, one of pack.N and unpack.N, none of others. They stay ours. */
size_t keychannels_of(const struct child *c, int *fds);

#endif
