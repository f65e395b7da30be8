/* SPDX-License-Identifier: ISC */
/*
 * certmail.h - certificates that partners tell each other by signed mail: as documents of the type application/pkix-cert,
 * or where both know it by certificate exchange messages (cem.h). One that came lies in inbox/PARTNER/.certificate_ID.cer
 * or .cem, out of the business system's sight. What it means depends on whose it is: a certificate of the partner that we
 * do not know yet waits for the operator; one of our own, or an answer to our request for it, is the partner's word that
 * it was taken up, and from then on we sign with it.
 */
#ifndef EDIGATE_GATEWAY_CERTMAIL_H
#define EDIGATE_GATEWAY_CERTMAIL_H

#include "gateway/conf.h"

#define CERTMAIL_TYPE	"application/pkix-cert"
#define CERTMAIL_WORD	"certificate"	/* the file name's ending, between unpack and ledger */
#define CERTMAIL_CEM	"cem"		/* the same of a certificate exchange message */
#define CERTMAIL_PREFIX ".certificate_"
#define CERTMAIL_MAX	((size_t)256 << 10)
#define CERTMAIL_FILES	200		/* looked at for one partner, the newest first by number */

/* Each certificate or message that came from that partner: its path below home, its bytes. false ends it. */
typedef bool certmail_fn(void *arg, struct str path, struct str bytes);
void certmail_each(struct arena *a, const struct conf *c, const struct partner *pt,
    certmail_fn *fn, void *arg);

/* The folder that they lie in. */
const char *certmail_inbox(struct arena *a, const struct conf *c, const struct partner *pt);

/* Has that partner taken up this certificate of ours? By the last that was said of it. */
bool certmail_has(struct arena *a, const struct conf *c, const struct partner *pt, struct str der);

/* Does that partner read signed mail? What tells of certificates is signed, whatever send = says of documents. */
bool certmail_can_go(const struct partner *pt);

/* Does that partner know certificate exchange messages: by the settings, else by what their mails say (known.h)? */
bool certmail_knows_cem(struct arena *a, const struct conf *c, const struct partner *pt);

/* What a certificate exchange message comes to, in words: a refusal, or why it cannot be read; else empty. */
struct str certmail_text(struct arena *a, struct str entity);

#endif
