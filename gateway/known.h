/* SPDX-License-Identifier: ISC */
/*
 * known.h - what their mails have taught us about a partner, in spool/known/PARTNER/: what they say that they know, and
 * with trust = chain the authorities and revocation lists that their signatures were believed by, as they were then.
 */
#ifndef EDIGATE_GATEWAY_KNOWN_H
#define EDIGATE_GATEWAY_KNOWN_H

#include "gateway/conf.h"

#define KNOWN_FEATURES_MAX 1024

/*
 * The list of EDIINT-Features (RFC 6017) of the last signed mail of theirs; empty: none was there. Noting removes the
 * place where earlier versions kept it, inbox/PARTNER/.ediint-features, which is read until then.
 */
struct str known_features(struct arena *a, const struct conf *c, const struct partner *pt);
int known_note_features(struct arena *a, const struct conf *c, const struct partner *pt,
    struct str features, struct err *e);

/*
 * Authorities and lists as PEM, in use from now on: trust_ULID.pem, nothing when they are what was noted last. And those
 * in use at that time, by the partner's key; empty: none were noted until then.
 */
int known_note_trust(struct arena *a, const struct conf *c, struct str partner, struct str pem,
    struct err *e);
struct str known_trust(struct arena *a, const struct conf *c, struct str partner, int64_t at_ms);

#endif
