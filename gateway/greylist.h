/* SPDX-License-Identifier: ISC */
/*
 * greylist.h - a sender who is not known is asked to come again, which mail servers do and those who merely pour out mail
 * do not. By where he comes from and the address he gives. Pure; of a fixed size: the oldest of a few give way.
 */
#ifndef EDIGATE_GATEWAY_GREYLIST_H
#define EDIGATE_GATEWAY_GREYLIST_H

#include "gateway/network.h"

#define GREYLIST_WAIT_MS (INT64_C(60) * 1000)		/* who comes again sooner waits on */
#define GREYLIST_COME_MS (INT64_C(24) * 3600 * 1000)	/* until then he must have come again, or begins anew */
#define GREYLIST_KEEP_MS (INT64_C(35) * 24 * 3600 * 1000)	/* who has passed, since he was last here */

struct greylist;

struct greylist *greylist_new(uint64_t seed);
void greylist_free(struct greylist *g);

/* May he send now? Network: /24 or /64, as the servers of a provider take turns. now: any clock that goes on. */
bool greylist_pass(struct greylist *g, const struct address *from, struct str sender, int64_t now);

#endif
