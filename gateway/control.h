/* SPDX-License-Identifier: ISC */
/* control.h - ask the ledger of a running gateway: one question, one answer, over DIR/run/control.sock. */
#ifndef EDIGATE_GATEWAY_CONTROL_H
#define EDIGATE_GATEWAY_CONTROL_H

#include "gateway/cli.h"
#include "gateway/msg.h"

bool control_is_up(struct cli *c);
int control_ping(struct cli *c, struct err *e);	/* as control_ask(): why it is not up */
/* Answer's slices are the arena's. -1 with ERR_RETRY when no gateway runs here it went away before it answered, or did not within 20 seconds. */
int control_ask(struct cli *c, const struct msg *ask, struct msg *answer, struct err *e);
void control_poke(struct cli *c, enum msg_type type, struct str ulid);	/* if it runs: told; if not: it will look itself */

/*
 * Keep a ledger from starting here while the caller writes the database: the lock that it holds for as long as it
 * lives. Returns the descriptor to close when done, or -1 when a gateway holds it.
 */
int control_lock(struct cli *c, struct err *e);

#endif
