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

/*
 * Certificate i, with the others of its set to lead up to an authority, at that time. Where there are revocation lists,
 * one of its issuer must be among them and in force. 0, or -1 with ERR_INPUT and the reason.
 */
int cert_chain_check(const struct cert_chain *c, const struct cert_set *set, size_t i, int64_t now_ms, struct err *e);

#endif
