/* SPDX-License-Identifier: ISC */
#include "mime/cms_wrap.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <limits.h>
#include <string.h>

#define SHARED_MAX 128		/* of P-521: 66 */

/* Diffie and Hellman's secret. */
static int
derive(EVP_PKEY *own, EVP_PKEY *peer, unsigned char *secret, size_t *n)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(own, NULL);
	int rc = -1;

	*n = SHARED_MAX;
	if (c != NULL && EVP_PKEY_derive_init(c) == 1 && EVP_PKEY_derive_set_peer(c, peer) == 1 &&
	    EVP_PKEY_derive(c, secret, n) == 1)
		rc = 0;
	EVP_PKEY_CTX_free(c);
	return rc;
}

/* libcrypto takes pointers that it only reads from as changeable. */
static OSSL_PARAM
octets(const char *key, const void *p, size_t n)
{
	return OSSL_PARAM_construct_octet_string(key, (void *)(uintptr_t)p, n);
}

int
cms_agree(EVP_PKEY *own, EVP_PKEY *peer, const struct cms_agreement *how, unsigned char *kek)
{
	unsigned char secret[SHARED_MAX];
	const struct alg *md = alg_digest(how->digest);
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, how->scheme == ALG_HKDF ? "HKDF" : "X963KDF", NULL);
	EVP_KDF_CTX *c = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;
	OSSL_PARAM params[4];
	size_t n;
	int rc = -1;

	if (c == NULL || md == NULL || derive(own, peer, secret, &n) == -1)
		goto out;
	params[0] = OSSL_PARAM_construct_utf8_string(
	    OSSL_KDF_PARAM_DIGEST, (char *)(uintptr_t)md->evp, 0);
	params[1] = octets(OSSL_KDF_PARAM_KEY, secret, n);
	params[2] = octets(OSSL_KDF_PARAM_INFO, how->info.p, how->info.n);
	params[3] = OSSL_PARAM_construct_end();
	if (EVP_KDF_derive(c, kek, how->wrap->bytes, params) == 1)
		rc = 0;
out:
	OPENSSL_cleanse(secret, sizeof(secret));
	EVP_KDF_CTX_free(c);
	EVP_KDF_free(kdf);
	return rc;
}

static int
wrap_with(const struct alg *wrap, const unsigned char *kek, struct str in, unsigned char *out,
    size_t want, int encrypt)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, wrap->evp, NULL);
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int n = 0, rc = -1;

	if (cipher == NULL || c == NULL || in.n > CHAR_MAX)
		goto out;
	EVP_CIPHER_CTX_set_flags(c, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	if (EVP_CipherInit_ex2(c, cipher, kek, NULL, encrypt, NULL) == 1 &&
	    EVP_CipherUpdate(c, out, &n, (const unsigned char *)in.p, (int)in.n) == 1 &&
	    n == (int)want)
		rc = 0;
out:
	EVP_CIPHER_CTX_free(c);
	EVP_CIPHER_free(cipher);
	return rc;
}

int
cms_wrap(const struct alg *wrap, const unsigned char *kek, struct str in, unsigned char *out)
{
	return wrap_with(wrap, kek, in, out, in.n + CMS_WRAP_EXTRA, 1);
}

int
cms_unwrap(const struct alg *wrap, const unsigned char *kek, struct str in, unsigned char *out)
{
	if (in.n <= CMS_WRAP_EXTRA)
		return -1;
	return wrap_with(wrap, kek, in, out, in.n - CMS_WRAP_EXTRA, 0);
}

EVP_PKEY *
cms_peer(const EVP_PKEY *like, struct str bytes)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	EVP_PKEY *peer;

	if (EVP_PKEY_is_a(like, "X25519"))
		return EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, p, bytes.n);
	peer = EVP_PKEY_is_a(like, "EC") ? EVP_PKEY_new() : NULL;
	/* A point that is not on the curve is refused there. */
	if (peer != NULL && EVP_PKEY_copy_parameters(peer, like) == 1 &&
	    EVP_PKEY_set1_encoded_public_key(peer, p, bytes.n) == 1)
		return peer;
	EVP_PKEY_free(peer);
	return NULL;
}
