/* SPDX-License-Identifier: ISC */
/*
 * cms.h - Cryptographic Message Syntax (RFC 5652) as S/MIME uses it (RFC 8551): DER in, DER out, content as exact
 * bytes, never rewritten. The syntax is read and written here; libcrypto is asked for arithmetic and certificates
 * only. Which algorithms are good enough stands in alg.c; a private key is asked the two things of cert_key.h.
 */
#ifndef EDIGATE_MIME_CMS_H
#define EDIGATE_MIME_CMS_H

#include "gateway/base/arena.h"
#include "gateway/base/buf.h"
#include "gateway/base/err.h"
#include "mime/cert_chain.h"
#include "mime/cert_key.h"
#include "mime/pull.h"
#include "mime/rope.h"
#include "mime/verdict.h"

#define CMS_SIGNERS_MAX	   4
#define CMS_RECIPIENTS_MAX 64
#define CMS_CERTS_MAX	   16
#define CMS_TAG_BYTES_MIN  12	/* RFC 5084, 3.2: a shorter AES-GCM tag can be guessed */

enum cms_kind { CMS_IS_OTHER, CMS_IS_SIGNED, CMS_IS_ENVELOPED, CMS_IS_AUTH_ENVELOPED, CMS_IS_COMPRESSED };

/* What it is, by the object identifier inside, whatever a media type says. ERR_INPUT when it is no CMS at all. */
int cms_begin(struct pull *p, enum cms_kind *out, struct err *e);
int cms_kind_of(struct str der, enum cms_kind *out, struct err *e);	/* of a message in memory: by its head */

enum cms_include { CMS_CHAIN, CMS_LEAF, CMS_NO_CERTS };

/* How a signature is made; zero is the default of each. */
struct cms_signing {
	const struct cert_set *own;	/* the signer's certificate first, then its chain */
	const struct cert_key *key;
	enum alg_scheme scheme;		/* the key's own; ALG_RSA_PSS for an RSA key on request */
	enum mic_alg digest;		/* SHA-256; SHA-512 for Ed25519, which has no other (RFC 8419) */
	bool opaque;			/* with the content inside */
	enum cms_include include;	/* whose certificates go with it */
	bool by_key_id;			/* name the signer by subjectKeyIdentifier, not issuer and serial number */
	bool protection;		/* the attribute of RFC 6211: which algorithms these are */
	int64_t now_ms;
};

/* The digest that it will be by: for micalg. */
enum mic_alg cms_sign_digest(const struct cms_signing *how);

/* A signature with signed attributes over a content of n bytes with this digest: what stands before it, what behind. */
int cms_sign_around(const struct cms_signing *how, const struct mic *over, uint64_t n,
    struct buf *before, struct buf *behind, struct err *e);

/* The same over a content in memory; whole. */
int cms_sign(const struct cms_signing *how, struct str content, struct buf *out, struct err *e);

enum cms_verdict {
	CMS_GOOD,
	CMS_MALFORMED,
	CMS_STRANGER,		/* by none of the trusted certificates, or by one that may not sign now */
	CMS_WEAK,		/* by an algorithm that proves nothing any more */
	CMS_CHANGED,		/* the content is not what was signed */
};

struct cms_verified {
	enum cms_verdict verdict;
	enum verdict_rule rule;	/* that was broken, unless good */
	struct str reason;	/* what was found; may be empty */
	struct str signer;	/* subject and fingerprint of the trusted certificate; empty: none */
	size_t at;		/* its place among the trusted ones */
	struct str algorithms;	/* "rsa, sha-256": of the trusted signer, else of the first */
	struct mic over;	/* the content's, by the digest of the same one */
	bool fits;		/* the signature fits the content, whoever made it */
	struct span content;	/* what was signed; not set when it is malformed */
};

/* Whom to believe, on which terms. */
struct cms_trust {
	const struct cert_set *certs;	/* NULL: nobody */
	int64_t now_ms;
	unsigned int allow;		/* bits of enum alg_exception */
	int64_t grace_ms;		/* so long after its end a certificate still counts */
	const struct cert_newcomers *newcomers;	/* NULL: none; else its into is certs */
};

/*
 * Behind cms_begin(). Verify against exactly the certificates in t; those inside the message prove nothing, unless
 * newcomers says which of them do. detached is the
 * content, or NULL when it must be inside; then room takes it. At least one signer must be trusted and good, none may be
 * broken. -1: our own trouble (ERR_RETRY). cms_verify: of a message and, unless p is NULL, a content in memory.
 */
int cms_verify_in(struct pull *p, enum cms_kind kind, const struct span *detached,
    const struct cms_trust *t, struct room *room, struct cms_verified *out, struct err *e);
void cms_verify(struct arena *a, struct str der, struct str detached, const struct cms_trust *t,
    struct cms_verified *out);

/* The certificates inside a signature, as PEM: for showing who claims to have signed, never for trust. */
int cms_certs(struct str der, struct buf *pem, struct err *e);

/* A message that is nothing but certificates (RFC 8551, 3.9: smime-type=certs-only), as DER. */
int cms_certs_only(const struct cert_set *set, struct buf *der, struct err *e);

/* How an envelope is made; zero is the default of each. */
struct cms_sealing {
	const struct cert_set *to;	/* every certificate in it that may be used at now_ms can open it */
	struct str cipher;		/* "aes-256-cbc"; also aes-128-cbc, and -gcm for AuthEnvelopedData */
	bool oaep;			/* to RSA keys by RSAES-OAEP with SHA-256, not PKCS #1 v1.5 */
	int64_t now_ms;
};

/* ERR_CONFIG when there is nobody to encrypt to. cms_encrypt: of a content in memory. */
int cms_seal(const struct cms_sealing *how, const struct rope *content, struct sink *to,
    struct err *e);
int cms_encrypt(const struct cms_sealing *how, struct str content, struct buf *out, struct err *e);

struct cms_keys {
	const struct cert_set *own;	/* NULL: nothing can be opened */
	const struct cert_key *key;
	unsigned int allow;		/* bits of enum alg_exception */
};

struct cms_opened {
	struct span content;
	struct str algorithm;	/* what it was encrypted by: "aes-256-cbc" */
	bool weak;		/* not opened because of the algorithm, which everybody can see */
};

/* Behind cms_begin(). All other failures read the same (ERR_INPUT), but those of the room (ERR_RETRY); p tells broken syntax.
 * cms_decrypt: a message in memory. key unwraps for any of own; allow: bits of enum alg_exception. */
int cms_open(struct pull *p, enum cms_kind kind, const struct cms_keys *keys, struct room *room,
    struct cms_opened *out, struct err *e);
int cms_decrypt(struct arena *a, const struct cert_set *own, const struct cert_key *key, unsigned int allow,
    struct str der, struct cms_opened *out, struct err *e);

/* What a compressed content may grow to: so many times its size and a little, and in all. */
#define CMS_INFLATE_RATIO 200u
#define CMS_INFLATE_FLOOR 65536u
#define CMS_INFLATE_SLACK (1u << 20)		/* while it goes on: blanks at the start of a document compress well */
#define CMS_INFLATED_MAX  ((uint64_t)4 << 30)

/*
 * CompressedData (RFC 3274) by zlib: the compressed bytes, as content goes by, to a place where they can be counted; and
 * what stands before n of them (nothing stands behind). cms_compress: of a content in memory.
 */
struct deflate_sink {
	struct sink sink;
	struct sink *to;
	void *stream;		/* zlib's */
};
int  deflate_open(struct deflate_sink *s, struct sink *to, struct err *e);	/* close it whatever it said */
int  deflate_end(struct deflate_sink *s, struct err *e);
void deflate_close(struct deflate_sink *s);
int  cms_compress_head(uint64_t n, struct buf *out, struct err *e);
int  cms_compress(struct str content, struct buf *out, struct err *e);

/* Behind cms_begin(). ERR_INPUT when broken or over a limit. cms_decompress: a message in memory, into the arena. */
int cms_inflate(struct pull *p, struct room *room, struct span *out, struct err *e);
int cms_decompress(struct arena *a, struct str der, struct str *out, struct err *e);

#endif
