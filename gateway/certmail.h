/* SPDX-License-Identifier: ISC */
/*
 * certmail.h - certificates that partners tell each other by signed mail, as documents of the type
 * application/pkix-cert. One that came lies in inbox/PARTNER/.certificate_ID.cer, out of the business system's sight. What
 * it means depends on whose it is: a certificate of the partner that we do not know yet waits for the operator; one of
 * our own is the partner's word that it was taken up, and from then on we sign with it.
 */
#ifndef EDIGATE_GATEWAY_CERTMAIL_H
#define EDIGATE_GATEWAY_CERTMAIL_H

#include "gateway/conf.h"

#define CERTMAIL_TYPE	"application/pkix-cert"
#define CERTMAIL_WORD	"certificate"	/* the file name's ending, between unpack and ledger */
#define CERTMAIL_PREFIX ".certificate_"
#define CERTMAIL_MAX	((size_t)64 << 10)
#define CERTMAIL_FILES	200		/* looked at for one partner, the newest first by number */

/* Each certificate that came from that partner: its path below home, its bytes. false ends it. */
typedef bool certmail_fn(void *arg, struct str path, struct str der);
void certmail_each(struct arena *a, const struct conf *c, const struct partner *pt, certmail_fn *fn, void *arg);

/* Has that partner taken up this certificate of ours? */
bool certmail_has(struct arena *a, const struct conf *c, const struct partner *pt, struct str der);

#endif
