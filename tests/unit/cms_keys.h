/* SPDX-License-Identifier: ISC */
/* cms_keys.h - for tests of CMS: sides with keys of every kind, made on the spot. */
#ifndef EDIGATE_TESTS_CMS_KEYS_H
#define EDIGATE_TESTS_CMS_KEYS_H

#include "tests/unit/mime_world.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "mime/cms_signed.h"

/* group: of "EC" the curve, of "RSA" the bits. */
static inline EVP_PKEY *
cms_new_key(const char *kind, const char *group)
{
	uint64_t bits = 2048;
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
	EVP_PKEY *key = NULL;

	assert_int_equal(EVP_PKEY_keygen_init(c), 1);
	if (str_starts(str_of(kind), S("RSA"))) {
		assert_true(group == NULL || str_u64(str_of(group), 4096, &bits) == 0);
		assert_true(EVP_PKEY_CTX_set_rsa_keygen_bits(c, (int)bits) > 0);
	} else if (group != NULL) {
		assert_int_equal(EVP_PKEY_CTX_set_group_name(c, group), 1);
	}
	assert_int_equal(EVP_PKEY_generate(c, &key), 1);
	EVP_PKEY_CTX_free(c);
	return key;
}

static inline struct side
cms_side_of(struct world *w, X509 *x, EVP_PKEY *key)
{
	BIO *b = BIO_new(BIO_s_mem());
	struct side s;
	char *p = NULL;
	long n;

	assert_int_equal(X509_set_version(x, X509_VERSION_3), 1);
	assert_int_equal(X509_set_pubkey(x, key), 1);
	ASN1_TIME_set(X509_getm_notBefore(x), KEYS_NOW_MS / 1000 - 100000);
	ASN1_TIME_set(X509_getm_notAfter(x), KEYS_NOW_MS / 1000 + 100000);
	assert_true(X509_sign(x, cert_key_get(w->acme.key), EVP_sha256()) > 0 && PEM_write_bio_X509(b, x) == 1);
	n = BIO_get_mem_data(b, &p);
	assert_ok(w, cert_set_read(str_make(p, (size_t)n), &s.certs, &w->e));
	(void)BIO_reset(b);
	assert_int_equal(PEM_write_bio_PrivateKey(b, key, NULL, NULL, 0, NULL, NULL), 1);
	n = BIO_get_mem_data(b, &p);
	assert_ok(w, cert_key_read(str_make(p, (size_t)n), &s.key, &w->e));
	BIO_free(b);
	X509_free(x);
	EVP_PKEY_free(key);
	return s;
}

/* Of a kind that libcrypto names, with bits of KeyUsage (RFC 5280, 4.2.1.3); signed by a key of ours. */
static inline struct side
cms_side(struct world *w, const char *kind, const char *group, uint32_t key_usage)
{
	EVP_PKEY *key = cms_new_key(kind, group);
	X509 *x = X509_new();
	ASN1_BIT_STRING *ku = ASN1_BIT_STRING_new();
	X509V3_CTX ctx;

	assert_int_equal(X509_set_pubkey(x, key), 1);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 4711);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, (const unsigned char *)kind, -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(cert_set_get(w->acme.certs, 0)));
	for (int i = 0; i < 9; i++)
		ASN1_BIT_STRING_set_bit(ku, i, (key_usage >> i & 1) != 0);
	assert_int_equal(X509_add1_ext_i2d(x, NID_key_usage, ku, 1, X509V3_ADD_DEFAULT), 1);
	X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
	X509_EXTENSION *id = X509V3_EXT_conf_nid(NULL, &ctx, NID_subject_key_identifier, "hash");
	assert_true(id != NULL && X509_add_ext(x, id, -1) == 1);
	X509_EXTENSION_free(id);
	ASN1_BIT_STRING_free(ku);
	return cms_side_of(w, x, key);
}

/* One whose names have a field as nobody should write it, and that number. */
static inline struct side
cms_side_odd(struct world *w, const char *field, int type, const char *value, long serial)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_NAME_new();

	ASN1_INTEGER_set(X509_get_serialNumber(x), serial);
	assert_int_equal(X509_NAME_add_entry_by_txt(name, field, type, (const unsigned char *)value, -1, -1, 0), 1);
	X509_set_subject_name(x, name);
	X509_set_issuer_name(x, name);
	X509_NAME_free(name);
	return cms_side_of(w, x, cms_new_key("RSA", NULL));
}

/* What stands in a signature; its slices are copies. */
static inline void
cms_read_signed(struct world *w, struct str der, struct cms_signed *out)
{
	struct span_source from = span_source(span_str(der));
	enum cms_kind kind;
	struct pull p;

	pull_init(&p, w->a, &from.source);
	assert_ok(w, cms_begin(&p, &kind, &w->e));
	assert_int_equal(kind, CMS_IS_SIGNED);
	assert_ok(w, cms_signed_begin(&p, out, &w->e));
	assert_true(!out->has_content || pull_skip(&p, BER_OCTETS));
	assert_ok(w, cms_signed_end(&p, out, &w->e));
}

static inline void
cms_side_free(struct side *s)
{
	cert_set_free(s->certs);
	cert_key_free(s->key);
}

#endif
