/* SPDX-License-Identifier: ISC */
/*
 * transcript.h - a conversation for people to read: one line for each line said, "S: " or "C: " in front, "-- " before
 * what is no part of the protocol. Pure. What could be a secret is not in it: the client machine never writes that here.
 * When it grows over its limit the oldest lines go, since how a conversation ended says more than how it began.
 */
#ifndef EDIGATE_SMTP_TRANSCRIPT_H
#define EDIGATE_SMTP_TRANSCRIPT_H

#include "gateway/base/buf.h"

#define TRANSCRIPT_MAX	    16384
#define TRANSCRIPT_LINE_MAX 512		/* of a line that is longer the rest is left out */

enum transcript_who { TRANSCRIPT_SERVER, TRANSCRIPT_CLIENT, TRANSCRIPT_NOTE };

struct transcript {
	struct buf text;
};

#define TRANSCRIPT_INIT ((struct transcript){ .text = BUF_CAP(TRANSCRIPT_MAX) })

/* Each line of lines; bytes that are not printable ASCII become '?'. t NULL: nothing is kept. */
void transcript_put(struct transcript *t, enum transcript_who who, struct str lines);
void transcript_putf(struct transcript *t, enum transcript_who who, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

struct str transcript_str(const struct transcript *t);	/* lent until the next change */
void transcript_begin(struct transcript *t);		/* forget all of it */
void transcript_clear(struct transcript *t);

#endif
