/* SPDX-License-Identifier: ISC */
/*
 * line.h - the supervisor's line to a role that must not end with its ledger. The listener answers the world: a peer that
 * finds nobody waits for its timeout, one that hears 452 tries again in good order. Its fd 3 is a line to the supervisor,
 * who hands it a channel to each ledger that comes, and tells it when a successor with new settings has taken over.
 */
#ifndef EDIGATE_GATEWAY_LINE_H
#define EDIGATE_GATEWAY_LINE_H

#include "gateway/base/ipc.h"
#include "gateway/children.h"

bool line_is_for(const struct child *c);

/* The supervisor's end is in c->line from now on; *theirs is for the child. */
int line_open(struct child *c, struct loop *l, int *theirs, struct err *e);
void line_close(struct child *c);		/* there is none: fine */

/* A channel between the two; the ledger's end travels over ledger, as that of every role does. */
int line_introduce(const struct child *c, struct ipc *ledger, struct err *e);

/* Its successor is at work. The child is called "listen.old" from now on. */
int line_retire(struct child *c, struct err *e);

/* Tell the ledger of a role; fd is its end of their channel, and closed in any case. */
int line_tell_peer(struct ipc *to, const char *name, int fd, struct err *e);

#endif
