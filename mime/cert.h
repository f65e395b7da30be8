/* SPDX-License-Identifier: ISC */
/* cert.h - certificates and private keys, from PEM bytes. The only header that shows OpenSSL's type names. */
#ifndef EDIGATE_MIME_CERT_H
#define EDIGATE_MIME_CERT_H

#include "gateway/base/arena.h"
#include "gateway/base/buf.h"
#include "gateway/base/err.h"

struct x509_st;
struct evp_pkey_st;

/* What people and policies want to know of one certificate; strings are the arena's. */
struct cert_facts {
	struct str subject, issuer, serial;	/* one line each, escaped */
	struct str mail;			/* first rfc822Name of the SAN, else emailAddress, else empty */
	struct str fingerprint;			/* SHA-256 of the DER, lower-case hex with colons */
	struct str words;			/* its first 128 bits, to be read out on the phone: "lovak besot ..." */
	struct str key;				/* "RSA 3072", "EC P-256" */
	int64_t not_before_ms, not_after_ms;
	bool self_signed;
};

#define CERT_SET_MAX 16
#define CERT_PEM_MAX (1 << 20)

/* A set of certificates: ours (leaf first, then its chain), or all that a partner may sign with. */
struct cert_set;
int  cert_set_read(struct str pem, struct cert_set **out, struct err *e);	/* at least one; at most 16 */
int  cert_set_add(struct cert_set *set, struct str pem, struct err *e);
struct cert_set *cert_set_new(void);						/* of none yet */
int  cert_set_push(struct cert_set *set, struct x509_st *x, struct err *e);	/* shares x; ERR_INPUT when full */
void cert_set_free(struct cert_set *set);
size_t cert_set_count(const struct cert_set *set);
struct x509_st *cert_set_get(const struct cert_set *set, size_t i);		/* lent */
int cert_facts(struct arena *a, const struct cert_set *set, size_t i, struct cert_facts *out,
    struct err *e);
/* PEM of certificate i. */
int cert_pem(const struct cert_set *set, size_t i, struct buf *out, struct err *e);
/* One certificate as DER, and a set of one from just that (ERR_INPUT). */
int cert_der(const struct cert_set *set, size_t i, struct buf *out, struct err *e);
int cert_set_read_der(struct str der, struct cert_set **out, struct err *e);

/* How XML names certificate i: its issuer by RFC 2253, and its serial number in decimal digits. */
struct str cert_issuer_2253(struct arena *a, const struct cert_set *set, size_t i);
struct str cert_serial_decimal(struct arena *a, const struct cert_set *set, size_t i);

/*
 * Whether certificate i may be used so at now_ms: inside its dates, key usage and extended key usage fitting (RFC 8550,
 * 4.4; absent ones allow everything), the key strong enough. 0, or -1 with ERR_INPUT and the reason.
 */
enum cert_use { CERT_SIGNS, CERT_DECRYPTS };
#define CERT_RSA_BITS_MIN 2048
#define CERT_EC_BITS_MIN  256
int cert_usable(const struct cert_set *set, size_t i, enum cert_use use, int64_t now_ms,
    struct err *e);

/* The same with less asked for: by a partner's exception, for reading only. */
struct cert_terms {
	int64_t now_ms;
	int64_t grace_ms;		/* so long after its end a certificate still counts */
	bool short_rsa;			/* RSA keys from CERT_RSA_BITS_EVER */
};
#define CERT_RSA_BITS_EVER 1024
int cert_usable_by(const struct cert_set *set, size_t i, enum cert_use use,
    const struct cert_terms *terms, struct err *e);

/* RFC 8550, 3: whether certificate i names that mail address. */
bool cert_is_for(const struct cert_set *set, size_t i, struct str address);

/* A private key; what it is asked stands in cert_key.h. */
struct cert_key;
int  cert_key_read(struct str pem, struct cert_key **out, struct err *e);
void cert_key_free(struct cert_key *k);
struct evp_pkey_st *cert_key_get(const struct cert_key *k);	/* for tests; NULL when the key is elsewhere */
bool cert_key_fits(const struct cert_key *k, const struct cert_set *set);	/* the set's first certificate */

/* A new RSA 3072 key and a self-signed certificate: CN = org, SAN rfc822Name mail and/or dNSName/iPAddress host. */
struct cert_new {
	struct str org, mail, host;	/* mail: S/MIME use; host: TLS server use; either may be empty */
	int64_t not_before_ms, not_after_ms;
};
int cert_make(const struct cert_new *what, struct buf *key_pem, struct buf *cert_pem,
    struct err *e);

/* The same for an authority to sign: a certification request (PKCS #10, RFC 2986) in place of the certificate. */
int cert_make_request(const struct cert_new *what, struct buf *key_pem, struct buf *request_pem,
    struct err *e);

#endif
