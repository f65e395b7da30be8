/* SPDX-License-Identifier: ISC */
/*
 * CMS from anybody: verified, opened, inflated. No crash, nothing good that the test's keys did not sign, no content
 * without success. The private key is a pair of functions, so no time goes into RSA.
 */
#include <assert.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mime/cms_cipher.h"
#include "mime/cms_pss.h"
#include "tests/keys/keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct cert_set *own;
static struct cert_key *open_key, *ec, *x25519;

/* Whatever is wrapped, its first bytes are the key: an attacker who knows all content keys. */
static void
first_bytes(void *arg, const struct cert_to_unwrap *what, unsigned char *out)
{
	(void)arg;
	memset(out, 0, what->n);
	memcpy(out, what->wrapped.p, what->wrapped.n < what->n ? what->wrapped.n : what->n);
}

static const struct cert_key_ops ops = { .unwrap = first_bytes };

static struct cert_key *
new_key(const char *kind, const char *group)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
	BIO *b = BIO_new(BIO_s_mem());
	EVP_PKEY *pkey = NULL;
	struct cert_key *key;
	char *text;
	long n;

	if (EVP_PKEY_keygen_init(c) != 1 || (group != NULL && EVP_PKEY_CTX_set_group_name(c, group) != 1) ||
	    EVP_PKEY_generate(c, &pkey) != 1 || PEM_write_bio_PrivateKey(b, pkey, NULL, NULL, 0, NULL, NULL) != 1)
		abort();
	n = BIO_get_mem_data(b, &text);
	if (cert_key_read(str_make(text, (size_t)n), &key, NULL) == -1)
		abort();
	EVP_PKEY_free(pkey);
	EVP_PKEY_CTX_free(c);
	BIO_free(b);
	return key;
}

static void
start(void)
{
	if (cert_set_read(str_of(KEYS_ACME_CERT), &own, NULL) == -1)
		abort();
	open_key = cert_key_of(&ops, NULL, "RSA");
	ec = new_key("EC", "P-256");
	x25519 = new_key("X25519", NULL);
}

static void
verify(struct arena *a, struct str der)
{
	struct str contents[] = { S("x"), { NULL, 0 } };
	struct cms_verified v;
	struct buf pem = BUF_CAP(1u << 22);

	for (size_t i = 0; i < N(contents); i++) {
		cms_verify(a, der, contents[i], &(struct cms_trust){ own, KEYS_NOW_MS, 0, 0, NULL }, &v);
		assert((v.verdict == CMS_GOOD) == (v.rule == RULE_NONE) && (v.verdict == CMS_GOOD || v.signer.n == 0));
		assert(v.verdict != CMS_GOOD || (v.signer.n > 0 && v.over.alg != MIC_NONE));
		/* The seeds sign this and no more. */
		assert(v.verdict != CMS_GOOD || str_eq(span_mem(v.content), S("x")));
	}
	(void)cms_certs(der, &pem, NULL);
	buf_clear(&pem);
}

static void
unwrap(const struct cms_enveloped *env)
{
	unsigned char key[CERT_SECRET_MAX];
	struct cert_to_unwrap what = { .wrap = alg_wrap(16), .n = 16, .info = S("info"), .digest = MIC_SHA256 };

	for (size_t i = 0; i < env->n && i < 2; i++) {
		what.peer = env->recipients[i].peer;
		what.wrapped = env->recipients[i].wrapped;
		what.scheme = ALG_X963_KDF;
		cert_key_unwrap(ec, &what, key);
		what.scheme = ALG_HKDF;
		cert_key_unwrap(x25519, &what, key);
	}
}

static void
decrypt(struct arena *a, struct str der, enum cms_kind kind)
{
	struct cms_enveloped *env = arena_new_of(a, struct cms_enveloped);
	struct span_source from = span_source(span_str(der));
	enum cms_kind again;
	struct cms_opened out;
	struct pull pull;

	if (cms_decrypt(a, own, open_key, ALG_ALLOW_3DES, der, &out, NULL) == 0)
		assert(out.content.n > 0 && !out.weak);
	else
		assert(out.content.n == 0);
	pull_init(&pull, a, &from.source);
	if (cms_begin(&pull, &again, NULL) == 0 && again == kind && cms_enveloped_begin(&pull, env)) {
		assert(env->n > 0 && env->n <= CMS_RECIPIENTS_MAX);
		unwrap(env);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new((size_t)1 << 28);
	struct str der = str_make((const char *)p, n), out;
	enum cms_kind kind;
	struct cms_pss pss;
	struct cms_cipher c;

	if (own == NULL)
		start();
	if (cms_kind_of(der, &kind, NULL) == 0) {
		verify(a, der);
		decrypt(a, der, kind);
		if (cms_decompress(a, der, &out, NULL) == 0)
			assert(out.n <= n * CMS_INFLATE_RATIO + CMS_INFLATE_FLOOR);
	}
	(void)cms_pss_read(der, &pss);
	(void)cms_oaep_read(der, &pss);
	(void)cms_cipher_read(alg_named(ALG_CIPHER, S("aes-256-gcm")), der, &c);
	(void)cms_cipher_read(alg_named(ALG_CIPHER, S("aes-128-cbc")), der, &c);
	arena_free(a);
	return 0;
}
