/* SPDX-License-Identifier: ISC */
#include "mime/cert_chain.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <stdlib.h>

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

static STACK_OF(X509) *
all_of(const struct cert_set *set)
{
	STACK_OF(X509) *all = sk_X509_new_null();

	for (size_t i = 0; all != NULL && i < cert_set_count(set); i++)
		(void)sk_X509_push(all, cert_set_get(set, i));
	return all;
}

int
cert_chain_check(const struct cert_chain *c, const struct cert_set *set, size_t i, int64_t now_ms, struct err *e)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	STACK_OF(X509) *others = all_of(set);
	int rc = -1;

	if (ctx == NULL || others == NULL || X509_STORE_CTX_init(ctx, c->store, cert_set_get(set, i), others) != 1)
		abort();
	X509_STORE_CTX_set_time(ctx, 0, (time_t)(now_ms / 1000));
	if (c->revocation)
		X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_CRL_CHECK);
	if (X509_verify_cert(ctx) == 1)
		rc = 0;
	else
		(void)err_set(e, ERR_INPUT, "%s", X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
	X509_STORE_CTX_free(ctx);
	sk_X509_free(others);
	ERR_clear_error();
	return rc;
}
