/* SPDX-License-Identifier: ISC */
/*
 * supervise_int.h - between the supervise_*.c files.
 *
 *   supervise.c         up, draining, up again: signals, the end of roles, the clock
 *   supervise_open.c    what one gateway at a time has: the lock, the control socket, the listening sockets
 *   supervise_roster.c  who is to be there, and run/roles
 *   supervise_start.c   starting them, and joining them to the ledger
 */
#ifndef EDIGATE_GATEWAY_SUPERVISE_INT_H
#define EDIGATE_GATEWAY_SUPERVISE_INT_H

#include "gateway/base/ipc.h"
#include "gateway/children.h"
#include "gateway/conf_files.h"

#include <limits.h>

#define SUPERVISE_ARENA_MAX ((size_t)256 << 20)
#define CHILDREN_MAX	    128

/* How the house goes down, for good or to come up again with new settings. */
enum phase { UP, DRAINING, LAST };	/* LAST: only the ledger and the keys are left to end */

struct supervisor {
	struct arena *arena;		/* of the settings in force */
	struct conf conf;
	struct loop *loop;
	char home[PATH_MAX], libexec[PATH_MAX];
	int lock, control;
	int listeners[CHILD_FDS_MAX];
	size_t n_listeners;
	struct child children[CHILDREN_MAX];
	size_t n;
	struct ipc *ledger;		/* to the ledger; NULL while there is none */
	enum phase phase;
	bool reload;			/* draining in order to come up again */
	int64_t drain_until_ms;
	bool roles_changed;
};

/* supervise_open.c */
int supervise_open(struct supervisor *s, struct str home, struct err *e);
/* Roles read what is kept, so that one that is started again works with what all others do. */
int supervise_settings(struct supervisor *s, struct arena *a, struct conf_files *files, struct conf *conf,
    struct err *e);

/* supervise_roster.c */
void roster_make(struct supervisor *s);
void roster_make_anew(struct supervisor *s);	/* after a reload: listeners that still have sessions stay */
void roster_write(struct supervisor *s);	/* run/roles: what `edigate status` shows */
bool roster_is_ledger(const struct child *c);
bool roster_is_keys(const struct child *c);

/* supervise_start.c: whoever is down and may come up; without a ledger only who outlives ledgers. */
void supervise_start_missing(struct supervisor *s, int64_t now);

#endif
