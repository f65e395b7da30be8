/* SPDX-License-Identifier: ISC */
/* cert_made.h - certificates made by the tests: authorities, what they issue, and what they revoke. */
#ifndef EDIGATE_TESTS_CERT_MADE_H
#define EDIGATE_TESTS_CERT_MADE_H

#include "mime/cert.h"
#include "tests/keys/keys.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW	KEYS_NOW_MS
#define DAY_MS	86400000LL
#define PEM_MAX (1u << 16)

struct authority {
	EVP_PKEY *key;
	X509 *cert;
	char pem[PEM_MAX];
};

/* What a certificate says; zero: nothing, from yesterday for a month, by SHA-256. */
struct saying {
	const char *name, *mail, *eku, *ku;
	long serial;
	int64_t from_ms, to_ms;
	bool ca, sha1;
};

static inline struct str
made_text(BIO *b, char *out)
{
	char *p;
	long n = BIO_get_mem_data(b, &p);

	assert_true(n > 0 && n < (long)PEM_MAX);
	memcpy(out, p, (size_t)n);
	out[n] = '\0';
	BIO_free(b);
	return str_of(out);
}

static inline void
made_say(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *ext = value == NULL ? NULL : X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	assert_true(value == NULL || (ext != NULL && X509_add_ext(x, ext, -1) == 1));
	X509_EXTENSION_free(ext);
}

/* by NULL: its own authority. */
static inline X509 *
made_cert(EVP_PKEY *key, const struct saying *s, const struct authority *by)
{
	X509_NAME *self;
	X509 *x = X509_new();
	int64_t from = s->from_ms != 0 ? s->from_ms : NOW - DAY_MS,
	        to = s->to_ms != 0 ? s->to_ms : NOW + 30 * DAY_MS;

	assert_true(X509_set_version(x, X509_VERSION_3) == 1 &&
	    ASN1_INTEGER_set(X509_get_serialNumber(x), s->serial) == 1);
	self = X509_get_subject_name(x);
	assert_int_equal(X509_NAME_add_entry_by_txt(self, "CN", MBSTRING_ASC, (const unsigned char *)s->name, -1, -1, 0), 1);
	assert_int_equal(X509_set_issuer_name(x, by == NULL ? self : X509_get_subject_name(by->cert)), 1);
	assert_non_null(ASN1_TIME_set(X509_getm_notBefore(x), (time_t)(from / 1000)));
	assert_non_null(ASN1_TIME_set(X509_getm_notAfter(x), (time_t)(to / 1000)));
	assert_int_equal(X509_set_pubkey(x, key), 1);
	made_say(x, NID_basic_constraints, s->ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
	made_say(x, NID_subject_alt_name, s->mail);
	made_say(x, NID_ext_key_usage, s->eku);
	made_say(x, NID_key_usage, s->ku);
	assert_true(X509_sign(x, by == NULL ? key : by->key, s->sha1 ? EVP_sha1() : EVP_sha256()) > 0);
	return x;
}

/* An authority, or with by one that is below it. */
static inline void
made_authority(struct authority *a, const struct saying *s, const struct authority *by)
{
	BIO *b = BIO_new(BIO_s_mem());

	a->key = EVP_EC_gen("P-256");
	a->cert = made_cert(a->key, s, by);
	assert_int_equal(PEM_write_bio_X509(b, a->cert), 1);
	(void)made_text(b, a->pem);
}

static inline void
made_authority_free(struct authority *a)
{
	EVP_PKEY_free(a->key);
	X509_free(a->cert);
}

/* A revocation list with one entry, in force from yesterday for a week. */
static inline void
made_list(const struct authority *by, long serial, char *out)
{
	ASN1_TIME *from = ASN1_TIME_set(NULL, (time_t)((NOW - DAY_MS) / 1000)), *to = ASN1_TIME_set(NULL, (time_t)((NOW + 7 * DAY_MS) / 1000));
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	X509_REVOKED *r = X509_REVOKED_new();
	X509_CRL *crl = X509_CRL_new();
	BIO *b = BIO_new(BIO_s_mem());

	assert_true(ASN1_INTEGER_set(number, serial) == 1 && X509_REVOKED_set_serialNumber(r, number) == 1 &&
	    X509_REVOKED_set_revocationDate(r, from) == 1);
	assert_true(X509_CRL_set_version(crl, 1) == 1 &&
	    X509_CRL_set_issuer_name(crl, X509_get_subject_name(by->cert)) == 1 &&
	    X509_CRL_set1_lastUpdate(crl, from) == 1 && X509_CRL_set1_nextUpdate(crl, to) == 1 &&
	    X509_CRL_add0_revoked(crl, r) == 1);
	assert_true(X509_CRL_sign(crl, by->key, EVP_sha256()) > 0 && PEM_write_bio_X509_CRL(b, crl) == 1);
	(void)made_text(b, out);
	X509_CRL_free(crl);
	ASN1_INTEGER_free(number);
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
}

#endif
