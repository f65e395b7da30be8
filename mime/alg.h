/* SPDX-License-Identifier: ISC */
/*
 * alg.h - every algorithm that may stand in a mail, in one table: its object identifier, how people and how libcrypto
 * call it, and whether it is good enough. What is not in the table does not exist for us.
 */
#ifndef EDIGATE_MIME_ALG_H
#define EDIGATE_MIME_ALG_H

#include "mime/mdn.h"

#define ALG_SPELLINGS 3

enum alg_kind { ALG_DIGEST, ALG_SIGNATURE, ALG_CIPHER, ALG_TRANSPORT, ALG_AGREEMENT, ALG_WRAP };

enum alg_class {
	ALG_NEVER,		/* known by name only */
	ALG_BY_EXCEPTION,	/* read, for a partner with an exception; never written */
	ALG_GOOD,
};

/* What a partner's exception names (bits). */
enum alg_exception { ALG_ALLOW_SHA1 = 1, ALG_ALLOW_3DES = 2, ALG_ALLOW_RSA1024 = 4 };

/* What has to be done with the key: libcrypto's ways of the arithmetic. */
enum alg_scheme {
	ALG_NONE,
	ALG_RSA, ALG_RSA_PSS, ALG_ECDSA, ALG_ED25519,	/* signatures */
	ALG_RSA_OAEP,					/* transport; also ALG_RSA */
	ALG_X963_KDF, ALG_HKDF,				/* agreement */
	ALG_CBC, ALG_GCM,				/* ciphers */
};

struct alg {
	enum alg_kind kind;
	enum alg_class class;
	enum alg_scheme scheme;
	enum mic_alg digest;		/* a digest itself; what a signature or a key derivation is by; MIC_NONE: see elsewhere */
	unsigned int exception;		/* class BY_EXCEPTION: which */
	size_t bytes;			/* of a digest or a key */
	const char *name;		/* ours: "sha-256", "aes-256-cbc", "rsa" */
	const char *also[ALG_SPELLINGS];	/* other spellings (micalg), that of RFC 3851 first, then NULL */
	const char *evp;		/* libcrypto's name, or NULL */
	struct str oid;
};

const struct alg *alg_find(enum alg_kind kind, struct str oid);	/* NULL: unknown */
const struct alg *alg_named(enum alg_kind kind, struct str name);	/* any spelling, any case; NULL: unknown */
const struct alg *alg_digest(enum mic_alg digest);			/* NULL for MIC_NONE only */
const struct alg *alg_signature(enum alg_scheme scheme, enum mic_alg digest);	/* the one that we write */
const struct alg *alg_agreement(enum alg_scheme scheme, enum mic_alg digest);	/* the same */
const struct alg *alg_wrap(size_t bytes);					/* by a key of so many */
const char *alg_micalg(enum mic_alg digest, bool bare);	/* RFC 8551: "sha-256"; bare, as RFC 3851 had it: "sha256" */
bool alg_is_allowed(const struct alg *alg, unsigned int exceptions);

/* RFC 5652, 10.1.2: AlgorithmIdentifier ::= SEQUENCE { algorithm OID, parameters ANY OPTIONAL } */
struct alg_id {
	struct str oid, parameters;	/* parameters: with tag and length; empty when there are none */
};
bool alg_id_take(struct str *s, struct alg_id *out);

#endif
