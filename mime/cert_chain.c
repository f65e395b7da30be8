/* SPDX-License-Identifier: ISC */
#include "mime/cert_chain.h"

#include "mime/cert_text.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#define SECURITY_LEVEL 2	/* libcrypto's: 112 bits, RSA 2048 and SHA-224 (SP 800-57) */

struct cert_chain {
	X509_STORE *store;
	bool revocation;
};

/* libcrypto takes a size of int; and nobody is there to type a passphrase, nor is there one. */
static BIO *
bio_of(struct str s)
{
	return s.n > CERT_CRL_MAX ? NULL : BIO_new_mem_buf(s.p, (int)s.n);
}

static size_t
add_authorities(struct cert_chain *c, struct str pem)
{
	BIO *b = bio_of(pem);
	size_t n = 0;
	X509 *x;

	while (b != NULL && (x = PEM_read_bio_X509(b, NULL, NULL, NULL)) != NULL) {
		n += X509_STORE_add_cert(c->store, x) == 1;
		X509_free(x);
	}
	ERR_clear_error();
	BIO_free(b);
	return n;
}

static size_t
add_lists(struct cert_chain *c, struct str pem)
{
	BIO *b = bio_of(pem);
	size_t n = 0;
	X509_CRL *crl;

	while (b != NULL && (crl = PEM_read_bio_X509_CRL(b, NULL, NULL, NULL)) != NULL) {
		n += X509_STORE_add_crl(c->store, crl) == 1;
		X509_CRL_free(crl);
	}
	ERR_clear_error();
	BIO_free(b);
	return n;
}

int
cert_chain_read(struct str ca, struct str crl, struct cert_chain **out, struct err *e)
{
	struct cert_chain *c = calloc(1, sizeof(*c));
	int rc = 0;

	if (c == NULL || (c->store = X509_STORE_new()) == NULL)
		abort();
	if (add_authorities(c, ca) == 0)
		rc = err_set(e, ERR_CONFIG, "ca: no certificate in PEM form");
	else if (crl.n > 0 && add_lists(c, crl) == 0)
		rc = err_set(e, ERR_CONFIG, "crl: no revocation list in PEM form");
	c->revocation = crl.n > 0;
	if (rc == -1)
		cert_chain_free(c);
	else
		*out = c;
	return rc;
}

void
cert_chain_free(struct cert_chain *c)
{
	if (c == NULL)
		return;
	X509_STORE_free(c->store);
	free(c);
}

int64_t
cert_chain_lists_until(const struct cert_chain *c)
{
	STACK_OF(X509_OBJECT) *all = X509_STORE_get0_objects(c->store);
	int64_t first = 0, ms;

	for (int i = 0; i < sk_X509_OBJECT_num(all); i++) {
		X509_CRL *crl = X509_OBJECT_get0_X509_CRL(sk_X509_OBJECT_value(all, i));
		if (crl != NULL && X509_CRL_get0_nextUpdate(crl) != NULL &&
		    cert_time_ms(X509_CRL_get0_nextUpdate(crl), &ms) == 0 && (first == 0 || ms < first))
			first = ms;
	}
	return first;
}

static STACK_OF(X509) *
all_of(const struct cert_set *set)
{
	STACK_OF(X509) *all = sk_X509_new_null();

	for (size_t i = 0; all != NULL && i < cert_set_count(set); i++)
		(void)sk_X509_push(all, cert_set_get(set, i));
	return all;
}

/* A list that is younger than the mail knows more about its certificate, not less. */
static int
judge_step(int ok, X509_STORE_CTX *ctx)
{
	return ok != 0 || X509_STORE_CTX_get_error(ctx) == X509_V_ERR_CRL_NOT_YET_VALID;
}

int
cert_chain_check(const struct cert_chain *c, const struct cert_set *set, size_t i,
    enum cert_use use, int64_t now_ms, struct err *e)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	STACK_OF(X509) *others = all_of(set);
	int rc = -1;

	if (ctx == NULL || others == NULL ||
	    X509_STORE_CTX_init(ctx, c->store, cert_set_get(set, i), others) != 1)
		abort();
	X509_STORE_CTX_set_time(ctx, 0, (time_t)(now_ms / 1000));
	X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(ctx), SECURITY_LEVEL);
	(void)X509_STORE_CTX_set_purpose(ctx, use == CERT_SIGNS ? X509_PURPOSE_SMIME_SIGN : X509_PURPOSE_SMIME_ENCRYPT);
	if (c->revocation)
		X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
	X509_STORE_CTX_set_verify_cb(ctx, judge_step);
	if (X509_verify_cert(ctx) == 1)
		rc = 0;
	else
		(void)err_set(e, ERR_INPUT, "%s", X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
	X509_STORE_CTX_free(ctx);
	sk_X509_free(others);
	ERR_clear_error();
	return rc;
}

int
cert_chain_admits(const struct cert_newcomers *n, const struct cert_set *set, size_t i,
    int64_t now_ms, struct err *e)
{
	bool theirs = false;

	for (size_t k = 0; k < n->n && !theirs; k++)
		theirs = cert_is_for(set, i, n->addresses[k]);
	if (!theirs)
		return err_set(e, ERR_INPUT, "certificate names none of the addresses");
	if (cert_usable(set, i, CERT_SIGNS, now_ms, e) == -1)
		return -1;
	return cert_chain_check(n->chain, set, i, CERT_SIGNS, now_ms, e);
}
