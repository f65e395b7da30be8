/* SPDX-License-Identifier: ISC */
/* cert_key.c - a private key, wherever it is, behind the two functions that it is asked through. */
#include "mime/cert_key.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdlib.h>

struct cert_key {
	const struct cert_key_ops *ops;
	void *arg;
	const char *kind;
};

struct cert_key *
cert_key_of(const struct cert_key_ops *ops, void *arg, const char *kind)
{
	struct cert_key *k = calloc(1, sizeof(*k));

	if (k == NULL)
		abort();
	*k = (struct cert_key){ .ops = ops, .arg = arg, .kind = kind == NULL ? "unknown" : kind };
	return k;
}

void
cert_key_free(struct cert_key *k)
{
	if (k == NULL)
		return;
	if (k->ops->drop != NULL)
		k->ops->drop(k->arg);
	free(k);
}

void *
cert_key_arg(const struct cert_key *k, const struct cert_key_ops *ops)
{
	return k->ops == ops ? k->arg : NULL;
}

enum alg_scheme
cert_key_scheme(const struct cert_key *k)
{
	static const struct { const char *kind; enum alg_scheme scheme; } schemes[] = {
		{ "RSA", ALG_RSA }, { "RSA-PSS", ALG_RSA_PSS }, { "EC", ALG_ECDSA }, { "ED25519", ALG_ED25519 },
	};

	for (size_t i = 0; i < N(schemes); i++)
		if (str_eq(str_of(k->kind), str_of(schemes[i].kind)))
			return schemes[i].scheme;
	return ALG_NONE;
}

int
cert_key_sign(const struct cert_key *k, const struct cert_to_sign *what, unsigned char *out,
    size_t *n, struct err *e)
{
	if (what->bytes.n > CERT_TO_SIGN_MAX)
		return err_set(e, ERR_CONFIG, "cannot sign %zu bytes in one piece", what->bytes.n);
	return k->ops->sign(k->arg, what, out, n, e);
}

void
cert_key_unwrap(const struct cert_key *k, const struct cert_to_unwrap *what, unsigned char *out)
{
	k->ops->unwrap(k->arg, what, out);
}

int
cert_key_id(struct x509_st *x, unsigned char id[CERT_KEY_ID_BYTES])
{
	unsigned char *der = NULL;
	int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der);
	unsigned int got = CERT_KEY_ID_BYTES;
	int ok = n > 0 && EVP_Digest(der, (size_t)n, id, &got, EVP_sha256(), NULL) == 1;

	OPENSSL_free(der);
	ERR_clear_error();
	return ok ? 0 : -1;
}

const char *
cert_key_kind(struct x509_st *x)
{
	const EVP_PKEY *key = X509_get0_pubkey(x);

	ERR_clear_error();
	return key == NULL ? NULL : EVP_PKEY_get0_type_name(key);
}
