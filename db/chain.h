/* SPDX-License-Identifier: ISC */
/* chain.h - inside db: the hash chain over the events. chain.c is the rules, event.c has the statements. */
#ifndef EDIGATE_DB_CHAIN_H
#define EDIGATE_DB_CHAIN_H

#include "db/row.h"

/* What the first event follows on. */
#define CHAIN_START "0000000000000000000000000000000000000000000000000000000000000000"
_Static_assert(sizeof(CHAIN_START) == CHAIN_HASH + 1, "as long as any hash");

int chain_complete(struct db *db, struct err *e);	/* a writer has opened an older database */
int chain_check(struct db *db, struct buf *report, struct err *e);

/* The last event with an id below that one, or NULL. */
int chain_last(struct db *db, struct arena *a, int64_t below, struct db_event **out, struct err *e);
int chain_put(struct db *db, const struct db_event *ev, int64_t *id, struct err *e);
int chain_set(struct db *db, int64_t id, struct str hash, struct err *e);
int chain_unhashed(struct db *db, int64_t *after, struct err *e);	/* the id before the first event, if that has none; else -1 */
int chain_counted(struct db *db, int64_t *id, struct err *e);		/* the last id that was ever given */

#endif
