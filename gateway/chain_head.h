/* SPDX-License-Identifier: ISC */
/*
 * chain_head.h - where the chain of events (db/chain.c) ended a minute ago, beside the database and in the log: so that
 * an end that was cut off, or an older copy put in its place, is seen. The file, db/chain.head, is one line: number and
 * hash of an event, and when that was noted.
 */
#ifndef EDIGATE_GATEWAY_CHAIN_HEAD_H
#define EDIGATE_GATEWAY_CHAIN_HEAD_H

#include "db/db.h"

#define CHAIN_HEAD_FILE "db/chain.head"

struct chain_head {
	int64_t id;		/* 0: nothing is noted */
	struct str hash;
};

/* path is relative to dir. A missing file is no error; one that cannot be read is. */
int chain_head_read(struct arena *a, int dir, const char *path, struct chain_head *out,
    struct err *e);

/* Whether the database has that event with that hash; why says what it has instead. */
int chain_head_fits(struct db *db, struct arena *a, const struct chain_head *head, bool *fits,
    struct str *why, struct err *e);

/* Note where the chain ends now, when that has moved; noted: it has. home is the home's directory. */
int chain_head_note(struct db *db, struct arena *a, int home, int64_t now_ms,
    struct chain_head *last, bool *noted, struct err *e);

#endif
