/* SPDX-License-Identifier: ISC */
/* cms_wrap.h - key agreement (RFC 5753, RFC 8418): two keys make a third, which wraps a content key (RFC 3394). */
#ifndef EDIGATE_MIME_CMS_WRAP_H
#define EDIGATE_MIME_CMS_WRAP_H

#include "mime/alg.h"

struct evp_pkey_st;

#define CMS_WRAP_EXTRA 8	/* what RFC 3394 adds */

struct cms_agreement {
	enum alg_scheme scheme;		/* ALG_X963_KDF, ALG_HKDF */
	enum mic_alg digest;
	const struct alg *wrap;
	struct str info;
};

/* The key that wraps, wrap->bytes long. 0 or -1. */
int cms_agree(struct evp_pkey_st *own, struct evp_pkey_st *peer, const struct cms_agreement *how,
    unsigned char *kek);

/* RFC 3394: out is CMS_WRAP_EXTRA bytes longer, or shorter, than in. 0 or -1. */
int cms_wrap(const struct alg *wrap, const unsigned char *kek, struct str in, unsigned char *out);
int cms_unwrap(const struct alg *wrap, const unsigned char *kek, struct str in, unsigned char *out);

/* A public key of the same kind and curve as like, from its bytes as they stand in CMS; NULL when it is none. */
struct evp_pkey_st *cms_peer(const struct evp_pkey_st *like, struct str bytes);

#endif
