/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/sasl_hash.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

static const unsigned char *
bytes(struct str s)
{
	return s.n == 0 ? (const unsigned char *)"" : (const unsigned char *)s.p;
}

static int
no_hash(struct err *e, const char *name)
{
	return err_set(e, ERR_CONFIG, "the crypto library gives no %s", name);
}

int
sasl_sha256(struct str in, unsigned char out[SHA256_BYTES], struct err *e)
{
	unsigned int n = 0;

	if (EVP_Digest(bytes(in), in.n, out, &n, EVP_sha256(), NULL) != 1 || n != SHA256_BYTES)
		return no_hash(e, "SHA-256");
	return 0;
}

static int
hmac(const EVP_MD *md, struct str key, struct str in, unsigned char *out, unsigned int size)
{
	unsigned int n = 0;

	if (key.n > INT_MAX || HMAC(md, bytes(key), (int)key.n, bytes(in), in.n, out, &n) == NULL || n != size)
		return -1;
	return 0;
}

int
sasl_hmac_sha256(struct str key, struct str in, unsigned char out[SHA256_BYTES], struct err *e)
{
	return hmac(EVP_sha256(), key, in, out, SHA256_BYTES) == -1 ? no_hash(e, "HMAC-SHA-256") : 0;
}

int
sasl_hmac_md5(struct str key, struct str in, unsigned char out[MD5_BYTES], struct err *e)
{
	return hmac(EVP_md5(), key, in, out, MD5_BYTES) == -1 ? no_hash(e, "HMAC-MD5") : 0;
}

int
sasl_pbkdf2_sha256(struct str password, struct str salt, unsigned int iterations,
    unsigned char out[SHA256_BYTES], struct err *e)
{
	if (password.n > INT_MAX || salt.n > INT_MAX || iterations > INT_MAX ||
	    PKCS5_PBKDF2_HMAC((const char *)bytes(password), (int)password.n, bytes(salt),
	        (int)salt.n, (int)iterations, EVP_sha256(), SHA256_BYTES, out) != 1)
		return no_hash(e, "PBKDF2");
	return 0;
}

bool
sasl_same(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || CRYPTO_memcmp(a.p, b.p, a.n) == 0);
}
