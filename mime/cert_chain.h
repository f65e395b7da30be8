/* SPDX-License-Identifier: ISC */
/* cert_chain.h - is a certificate issued by an authority that we believe, and not revoked (RFC 5280, 6)? */
#ifndef EDIGATE_MIME_CERT_CHAIN_H
#define EDIGATE_MIME_CERT_CHAIN_H

#include "mime/cert.h"

#define CERT_CRL_MAX ((size_t)16 << 20)

/* Authorities as PEM, at least one; revocation lists as PEM, or none: then nothing counts as revoked. ERR_CONFIG. */
struct cert_chain;
int  cert_chain_read(struct str ca, struct str crl, struct cert_chain **out, struct err *e);
void cert_chain_free(struct cert_chain *c);	/* NULL ok */

/* When the first of its revocation lists goes out of force (nextUpdate), after which nothing of its authority is believed; 0: never. */
int64_t cert_chain_lists_until(const struct cert_chain *c);

/*
 * Certificate i, with the others of its set to lead up to an authority, at that time, for that use: what an authority on
 * the way may not issue, it has not issued (RFC 5280, 4.2.1.10 and 4.2.1.12), and no key or digest on the way is weaker
 * than 112 bits. Where there are revocation lists, one of every authority on the way must be among them and in force.
 * 0, or -1 with ERR_INPUT and the reason.
 */
int cert_chain_check(const struct cert_chain *c, const struct cert_set *set, size_t i,
    enum cert_use use, int64_t now_ms, struct err *e);

/*
 * What a certificate must be that nobody has seen before, to be believed: that, fit to sign at now_ms (cert_usable), and
 * for one of these mail addresses (RFC 8550, 3). 0, or -1 with ERR_INPUT.
 */
struct cert_newcomers {
	const struct cert_chain *chain;
	const struct str *addresses;
	size_t n;
	struct cert_set *into;		/* those that are believed are added */
};
int cert_chain_admits(const struct cert_newcomers *n, const struct cert_set *set, size_t i,
    int64_t now_ms, struct err *e);

#endif
