/* SPDX-License-Identifier: ISC */
/*
 * cert_key.h - the two things that a private key is asked: sign this digest, unwrap this content key. Nothing else of
 * mime/ sees a private key, so it may live in this process (cert_key_read) or behind a pair of functions (cert_key_of)
 * that ask another one. Both requests are small and of fixed form.
 */
#ifndef EDIGATE_MIME_CERT_KEY_H
#define EDIGATE_MIME_CERT_KEY_H

#include "mime/alg.h"
#include "mime/cert.h"

#define CERT_SIGNATURE_MAX 1024		/* RSA of 8192 bits */
#define CERT_TO_SIGN_MAX   2048		/* a digest, or signed attributes */
#define CERT_WRAPPED_MAX   1024
#define CERT_SECRET_MAX	   32		/* a content key: AES-256 */

struct cert_to_sign {
	enum alg_scheme scheme;
	enum mic_alg digest;
	struct str bytes;	/* their digest; ALG_ED25519: all of them (RFC 8419, 2.3) */
};

struct cert_to_unwrap {
	enum alg_scheme scheme;	/* ALG_RSA, ALG_RSA_OAEP, ALG_X963_KDF, ALG_HKDF */
	enum mic_alg digest;	/* of OAEP or the derivation */
	enum mic_alg mask;	/* OAEP: of its mask (RFC 8017, B.2.1) */
	struct str wrapped;
	/* Agreement only: the sender's public key as bytes, ECC-CMS-SharedInfo (RFC 5753, 7.2), cipher of the wrapping. */
	struct str peer, info;
	const struct alg *wrap;
	size_t n;		/* bytes of the content key, as its cipher wants it */
	struct x509_st *to;	/* which of our certificates was named: for a key that stands for several */
};

struct cert_key_ops {
	/* Writes at most CERT_SIGNATURE_MAX bytes. 0, or -1 with ERR_CONFIG or ERR_RETRY. */
	int (*sign)(void *arg, const struct cert_to_sign *what, unsigned char *out, size_t *n, struct err *e);
	/*
	 * Writes what->n bytes, and does not fail: in place of a key that cannot be unwrapped comes one made from
	 * the request and a secret, always the same, so that nobody learns how it went (Bleichenbacher).
	 */
	void (*unwrap)(void *arg, const struct cert_to_unwrap *what, unsigned char *out);
	void (*drop)(void *arg);	/* by cert_key_free(); NULL: nothing to free */
};

/* kind: "RSA", "RSA-PSS", "EC", "ED25519", "X25519". What arg points to outlives the key. */
struct cert_key *cert_key_of(const struct cert_key_ops *ops, void *arg, const char *kind);
void *cert_key_arg(const struct cert_key *k, const struct cert_key_ops *ops);	/* NULL: a key of other ops */

/* Which key a certificate is for: SHA-256 of its SubjectPublicKeyInfo (RFC 5280, 4.1). 0 or -1. */
#define CERT_KEY_ID_BYTES 32
int cert_key_id(struct x509_st *x, unsigned char id[CERT_KEY_ID_BYTES]);
const char *cert_key_kind(struct x509_st *x);	/* as cert_key_of() wants it; NULL: it cannot be read */

/* What it signs by when nobody says otherwise, and that scheme's digest; ALG_NONE when it cannot sign. */
enum alg_scheme cert_key_scheme(const struct cert_key *k);

int  cert_key_sign(const struct cert_key *k, const struct cert_to_sign *what, unsigned char *out,
    size_t *n, struct err *e);
void cert_key_unwrap(const struct cert_key *k, const struct cert_to_unwrap *what,
    unsigned char *out);

#endif
