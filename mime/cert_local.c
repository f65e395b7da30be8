/* SPDX-License-Identifier: ISC */
/* cert_local.c - a private key in this process: the arithmetic of the two things that it is asked. */
#include "mime/cert_local.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "mime/cms_wrap.h"

#define SALT_BYTES 32

struct cert_local {
	EVP_PKEY *pkey;
	unsigned char salt[SALT_BYTES];		/* what stands in for keys that cannot be unwrapped */
};

static const char *
why(void)
{
	unsigned long code = ERR_peek_last_error();
	const char *text = code == 0 ? NULL : ERR_reason_error_string(code);

	ERR_clear_error();
	return text == NULL ? "refused" : text;
}

static const EVP_MD *
md_of(enum mic_alg digest)
{
	const struct alg *alg = alg_digest(digest);

	return alg == NULL ? NULL : EVP_get_digestbyname(alg->evp);
}

static int
sign_bytes(EVP_PKEY *pkey, struct str bytes, unsigned char *out, size_t *n)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	int ok = c != NULL && EVP_DigestSignInit(c, NULL, NULL, NULL, pkey) == 1 &&
	    EVP_DigestSign(c, out, n, (const unsigned char *)bytes.p, bytes.n) == 1;

	EVP_MD_CTX_free(c);
	return ok ? 0 : -1;
}

/* RFC 8017, 8.1 and 8.2; the salt of PSS is as long as its digest (RFC 4056, 3). */
static int
sign_digest(EVP_PKEY *pkey, const struct cert_to_sign *what, unsigned char *out, size_t *n)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(pkey, NULL);
	const EVP_MD *md = md_of(what->digest);
	int rc = -1;

	if (c == NULL || md == NULL || EVP_PKEY_sign_init(c) != 1)
		goto out;
	if (what->scheme == ALG_RSA && EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING) != 1)
		goto out;
	if (what->scheme == ALG_RSA_PSS && EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PSS_PADDING) != 1)
		goto out;
	if (EVP_PKEY_CTX_set_signature_md(c, md) != 1)
		goto out;
	if (what->scheme == ALG_RSA_PSS && (EVP_PKEY_CTX_set_rsa_mgf1_md(c, md) != 1 ||
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(c, RSA_PSS_SALTLEN_DIGEST) != 1))
		goto out;
	if (EVP_PKEY_sign(c, out, n, (const unsigned char *)what->bytes.p, what->bytes.n) == 1)
		rc = 0;
out:
	EVP_PKEY_CTX_free(c);
	return rc;
}

static int
local_sign(void *arg, const struct cert_to_sign *what, unsigned char *out, size_t *n, struct err *e)
{
	const struct cert_local *k = arg;
	int rc;

	*n = CERT_SIGNATURE_MAX;
	rc = what->scheme == ALG_ED25519 ? sign_bytes(k->pkey, what->bytes, out, n)
	                                 : sign_digest(k->pkey, what, out, n);
	return rc == 0 ? 0 : err_set(e, ERR_CONFIG, "cannot sign with a key of kind %s: %s",
	    EVP_PKEY_get0_type_name(k->pkey), why());
}

/* All bits set when x is 0, else none; no branch. */
static unsigned char
is_zero(unsigned int x)
{
	return (unsigned char)((x - 1) >> 24 & (~x) >> 24);
}

/*
 * RFC 8017, 7.2.2: 00 02, at least eight octets that are not 00, 00, the key. How long the key must be is known, so
 * where the 00 must stand is known too, and no step here depends on what came out of the arithmetic.
 */
static unsigned char
is_padded(const unsigned char *em, size_t size, size_t n)
{
	unsigned char bad = em[0] | (em[1] ^ 2) | em[size - n - 1];

	for (size_t i = 2; i < size - n - 1; i++)
		bad |= is_zero(em[i]);
	return is_zero(bad);
}

/* PKCS #1 v1.5: the key, or the one that out already holds. */
static void
unwrap_pkcs1(EVP_PKEY *pkey, struct str wrapped, unsigned char *out, size_t n)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(pkey, NULL);
	unsigned char em[CERT_WRAPPED_MAX], good;
	size_t size = sizeof(em);

	memset(em, 0, sizeof(em));
	if (c != NULL && EVP_PKEY_decrypt_init(c) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(c, RSA_NO_PADDING) == 1 &&
	    EVP_PKEY_decrypt(c, em, &size, (const unsigned char *)wrapped.p, wrapped.n) == 1 &&
	    size >= n + 11) {
		good = is_padded(em, size, n);
		for (size_t i = 0; i < n; i++)
			out[i] = (unsigned char)((em[size - n + i] & good) | (out[i] & ~good));
	}
	OPENSSL_cleanse(em, sizeof(em));
	EVP_PKEY_CTX_free(c);
}

static void
unwrap_oaep(EVP_PKEY *pkey, const struct cert_to_unwrap *what, unsigned char *out)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(pkey, NULL);
	unsigned char key[CERT_WRAPPED_MAX];
	size_t n = sizeof(key);

	if (c != NULL && EVP_PKEY_decrypt_init(c) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_OAEP_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_rsa_oaep_md(c, md_of(what->digest)) == 1 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md(c, md_of(what->mask)) == 1 &&
	    EVP_PKEY_decrypt(c, key, &n, (const unsigned char *)what->wrapped.p, what->wrapped.n) == 1 &&
	    n == what->n)
		memcpy(out, key, n);
	OPENSSL_cleanse(key, sizeof(key));
	EVP_PKEY_CTX_free(c);
}

static void
unwrap_agreed(EVP_PKEY *pkey, const struct cert_to_unwrap *what, unsigned char *out)
{
	const struct cms_agreement how = { what->scheme, what->digest, what->wrap, what->info };
	unsigned char kek[CERT_SECRET_MAX], key[CERT_WRAPPED_MAX];
	EVP_PKEY *peer = cms_peer(pkey, what->peer);

	if (peer != NULL && what->wrapped.n == what->n + CMS_WRAP_EXTRA &&
	    cms_agree(pkey, peer, &how, kek) == 0 && cms_unwrap(what->wrap, kek, what->wrapped, key) == 0)
		memcpy(out, key, what->n);
	OPENSSL_cleanse(kek, sizeof(kek));
	OPENSSL_cleanse(key, sizeof(key));
	EVP_PKEY_free(peer);
}

static void
local_unwrap(void *arg, const struct cert_to_unwrap *what, unsigned char *out)
{
	const struct cert_local *k = arg;
	unsigned char instead[EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	(void)HMAC(EVP_sha256(), k->salt, SALT_BYTES, (const unsigned char *)what->wrapped.p, what->wrapped.n,
	    instead, &n);
	memcpy(out, instead, what->n);
	if (what->wrapped.n > CERT_WRAPPED_MAX)
		return;
	if (what->scheme == ALG_X963_KDF || what->scheme == ALG_HKDF)
		unwrap_agreed(k->pkey, what, out);
	else if (!EVP_PKEY_is_a(k->pkey, "RSA"))
		return;
	else if (what->scheme == ALG_RSA_OAEP)
		unwrap_oaep(k->pkey, what, out);
	else
		unwrap_pkcs1(k->pkey, what->wrapped, out, what->n);
	ERR_clear_error();
}

static void
local_drop(void *arg)
{
	struct cert_local *k = arg;

	EVP_PKEY_free(k->pkey);
	OPENSSL_cleanse(k, sizeof(*k));
	free(k);
}

static const struct cert_key_ops local = { local_sign, local_unwrap, local_drop };

/*
 * Made from the key itself, so that every process that holds it stands in with the same keys; a key that cannot be
 * taken out of its token gets one for this process.
 */
static void
make_salt(EVP_PKEY *pkey, unsigned char *salt)
{
	unsigned char *der = NULL;
	int n = i2d_PrivateKey(pkey, &der);
	unsigned int got = SALT_BYTES;

	if (n <= 0 || EVP_Digest(der, (size_t)n, salt, &got, EVP_sha256(), NULL) != 1)
		if (RAND_bytes(salt, SALT_BYTES) != 1)
			abort();
	if (n > 0)
		OPENSSL_clear_free(der, (size_t)n);
	ERR_clear_error();
}

struct cert_key *
cert_key_local(struct evp_pkey_st *pkey)
{
	struct cert_local *k = calloc(1, sizeof(*k));

	if (k == NULL)
		abort();
	k->pkey = pkey;
	make_salt(pkey, k->salt);
	return cert_key_of(&local, k, EVP_PKEY_get0_type_name(pkey));
}

struct evp_pkey_st *
cert_key_get(const struct cert_key *k)
{
	const struct cert_local *here = cert_key_arg(k, &local);

	return here == NULL ? NULL : here->pkey;
}

bool
cert_key_fits(const struct cert_key *k, const struct cert_set *set)
{
	EVP_PKEY *pkey = cert_key_get(k);
	bool fits = pkey == NULL ||
	    (cert_set_count(set) > 0 && X509_check_private_key(cert_set_get(set, 0), pkey) == 1);

	ERR_clear_error();
	return fits;
}
