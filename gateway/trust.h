/* SPDX-License-Identifier: ISC */
/*
 * trust.h - whose signatures count for a partner: the certificates of the settings, or with trust = chain those that an
 * authority of theirs stands for, and others that come with a signature (mime/cert_chain.h).
 */
#ifndef EDIGATE_GATEWAY_TRUST_H
#define EDIGATE_GATEWAY_TRUST_H

#include "gateway/conf.h"
#include "mime/cert_chain.h"

#define TRUST_PEM_MAX CERT_CRL_MAX

/* Every certificate in the partner's cert =; NULL in out and 0 when there is none. ERR_CONFIG. */
int trust_read_certs(const struct partner *pt, struct cert_set **out, struct err *e);

/* The certificates in ca = and the lists in crl =, as one PEM, whatever else stands in those files. The arena's. */
int trust_read_pem(struct arena *a, const struct partner *pt, struct str *out, struct err *e);

struct trust {
	struct cert_chain *chain;	/* NULL: closed */
	struct cert_set *believed;
	struct cert_newcomers newcomers;	/* into is believed */
};

/* From what trust_read_pem() gave. The addresses live as long as t. */
int  trust_open(struct trust *t, struct str pem, const struct str *addresses, size_t n, struct err *e);
void trust_close(struct trust *t);	/* closed: ok */

/*
 * Start anew for a mail of that time: believed are those of pinned (NULL: none) that an authority stands for, whatever
 * they are for. Of the others the partner's name is logged; none is when it is empty.
 */
void trust_begin(struct trust *t, const struct cert_set *pinned, int64_t at_ms, struct str partner);

#endif
