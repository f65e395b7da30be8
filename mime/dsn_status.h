/* SPDX-License-Identifier: ISC */
/*
 * dsn_status.h - status codes of mail systems (RFC 3463) where mail systems put them: in a field, in
 * another server's words, or nowhere. Pure.
 */
#ifndef EDIGATE_MIME_DSN_STATUS_H
#define EDIGATE_MIME_DSN_STATUS_H

#include "gateway/base/arena.h"
#include "mime/dsn.h"

/* class "." subject "." detail at the start of s; empty without one. */
struct str status_at(struct str s);

/*
 * The status in a server's own words ("550 5.1.1 unknown"): one that stands behind a reply code,
 * else the first; never a piece of an IP address or a version. Empty without one.
 */
struct str status_in(struct str words);

/* The first SMTP reply code in them that refuses (400 to 599); 0 without one. */
unsigned int status_reply_in(struct str words);

/*
 * What they mean where no code is: of that class ('4' or '5') the status whose registered meaning
 * fits ("no such user": 5.1.1). Empty when the words say nothing to us.
 */
struct str status_of_words(struct arena *a, struct str words, char class);

/* Lower case, and every run of white space one blank, as lines may be broken anywhere; the front of long ones. */
struct str words_flat(struct arena *a, struct str words);

/* Which of two to believe: what the reporting server wrote, or what the other one had told it. */
struct str status_prefer(struct str written, struct str told, enum dsn_action action);

/* RFC 3464, 2.3.3: what the action alone says, where the status is left out; empty for DSN_UNKNOWN. */
struct str status_of_action(enum dsn_action action);

bool status_is_vague(struct str status);	/* empty, or x.0.0: says only that it failed */

#endif
