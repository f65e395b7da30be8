/* SPDX-License-Identifier: ISC */
/*
 * role.h - what every role's main() begins and ends with. A role is an executable of its own, started by the
 * supervisor as `edigate-ROLE --home DIR`, with its channel to the ledger on fd 3 and, for some, further
 * descriptors from fd 4 on. It reads the settings, opens what it must, enters its sandbox, and only then
 * touches the first outside byte. When the channel closes, or on SIGTERM, it finishes what is in hand and ends.
 */
#ifndef EDIGATE_GATEWAY_ROLE_H
#define EDIGATE_GATEWAY_ROLE_H

#include "gateway/base/ipc.h"
#include "gateway/base/loop.h"
#include "gateway/conf.h"
#include "gateway/msg.h"

#define ROLE_FD_CHANNEL 3
#define ROLE_FD_FIRST	4

struct role {
	const char *name;		/* "send" */
	struct arena *arena;		/* lives as long as the role */
	struct conf conf;
	struct loop *loop;
	struct ipc *ledger;		/* the channel; NULL in the ledger itself, and in a lasting role between two ledgers */
	struct ipc *line;		/* of a lasting role, to the supervisor */
	bool again;			/* the one before it gave up for want of something (a full disk): no job is to blame */
	bool stopping;			/* SIGTERM came, or the ledger went away */
};

/* Reads the options and settings, ignores SIGPIPE, opens log and loop. Exits with EX_CONFIG (78) when it cannot. */
void role_start(struct role *r, const char *name, int argc, char **argv);

/* Drops privileges (sandbox_enter) and connects the channel: on_message gets decoded, allowed messages only;
 * on_stop is called once, on SIGTERM/SIGINT or when the channel closes (r->stopping is set before). */
typedef void role_msg_fn(struct role *r, const struct msg *m, int fd);
typedef void role_stop_fn(struct role *r);
void role_enter(struct role *r, role_msg_fn *on_message, role_stop_fn *on_stop);

/*
 * The same for a role that outlives ledgers: its fd 3 is a line to the supervisor, over which the channel to each ledger
 * comes. on_ledger: a new one is there, which knows nothing of what was told to another. on_retire: end when the work
 * in hand has ended; somebody else has the new work. It stops on SIGTERM/SIGINT, or when the line closes.
 */
void role_enter_lasting(struct role *r, role_stop_fn *on_ledger, role_stop_fn *on_retire,
    role_stop_fn *on_stop);

/*
 * Send a message to the ledger. A role that cannot speak to the ledger ends itself: the job is given again. A lasting
 * one waits for another ledger.
 */
void role_tell(struct role *r, const struct msg *m);

#endif
