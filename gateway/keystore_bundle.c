/* SPDX-License-Identifier: ISC */
/*
 * keystore_bundle.c - a file as Windows, browsers and authorities give it (PKCS #12, .p12 or .pfx; RFC 7292) becomes PEM: its
 * certificates, and its private key. Files of the old kind are sealed by RC2, which libcrypto has in a module of its
 * own; only here it is loaded, and only when it is needed.
 */
#include "gateway/keystore.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/x509v3.h>

#define PASSPHRASE_MAX 1024

static PKCS12 *
parse(struct str bytes)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	PKCS12 *p12 = bytes.n > KEYSTORE_PKCS12_MAX ? NULL : d2i_PKCS12(NULL, &p, (long)bytes.n);

	ERR_clear_error();
	return p12;
}

bool
keystore_is_pkcs12(struct str bytes)
{
	PKCS12 *p12 = parse(bytes);

	PKCS12_free(p12);
	return p12 != NULL;
}

/* No password is written in two ways (RFC 7292, B.1 leaves it open). */
static bool
is_opened_by(PKCS12 *p12, struct str passphrase)
{
	if (PKCS12_mac_present(p12) == 0)
		return true;
	if (passphrase.n == 0)
		return PKCS12_verify_mac(p12, "", 0) == 1 || PKCS12_verify_mac(p12, NULL, 0) == 1;
	return PKCS12_verify_mac(p12, passphrase.p, (int)passphrase.n) == 1;
}

struct opened {
	EVP_PKEY *key;
	X509 *cert;			/* that belongs to the key */
	STACK_OF(X509) *others;
};

static int
open_contents(PKCS12 *p12, const char *passphrase, struct opened *out, struct err *e)
{
	if (PKCS12_parse(p12, passphrase, &out->key, &out->cert, &out->others) == 1)
		return 0;
	ERR_clear_error();
	if (OSSL_PROVIDER_load(NULL, "legacy") != NULL && OSSL_PROVIDER_load(NULL, "default") != NULL &&
	    PKCS12_parse(p12, passphrase, &out->key, &out->cert, &out->others) == 1)
		return 0;
	return err_set(e, ERR_INPUT, "PKCS #12: sealed in a way that this OpenSSL does not know (%s): export it anew, by AES",
	    ERR_reason_error_string(ERR_peek_last_error()));
}

static int
put(struct buf *out, BIO *b, struct err *e)
{
	char *p;
	long n = BIO_get_mem_data(b, &p);

	return n <= 0 ? err_set(e, ERR_INPUT, "PKCS #12: cannot be written as PEM") : buf_put(out, str_make(p, (size_t)n), e);
}

/* The key's own, else the first that is no authority's, and then the others in their order. */
static int
put_certs(const struct opened *o, struct buf *out, struct err *e)
{
	BIO *b = BIO_new(BIO_s_mem());
	X509 *first = o->cert;
	int rc = 0;

	for (int i = 0; i < sk_X509_num(o->others) && first == NULL; i++)
		if (X509_check_ca(sk_X509_value(o->others, i)) == 0)
			first = sk_X509_value(o->others, i);
	if (first != NULL)
		(void)PEM_write_bio_X509(b, first);
	for (int i = 0; i < sk_X509_num(o->others); i++)
		if (sk_X509_value(o->others, i) != first)
			(void)PEM_write_bio_X509(b, sk_X509_value(o->others, i));
	rc = first == NULL && sk_X509_num(o->others) <= 0 ? err_set(e, ERR_INPUT, "PKCS #12: no certificate in it") : put(out, b, e);
	BIO_free(b);
	return rc;
}

static int
put_key(EVP_PKEY *key, struct str seal, struct buf *out, struct err *e)
{
	BIO *b = BIO_new(BIO_s_secmem());
	int rc = PEM_write_bio_PKCS8PrivateKey(b, key, seal.n > 0 ? EVP_aes_256_cbc() : NULL, seal.p, (int)seal.n, NULL, NULL);

	rc = rc == 1 ? put(out, b, e) : err_set(e, ERR_INPUT, "PKCS #12: its key cannot be written as PEM");
	BIO_free(b);
	return rc;
}

int
keystore_read_pkcs12(struct str bytes, struct str passphrase, struct str seal, struct buf *certs,
    struct buf *key, struct err *e)
{
	PKCS12 *p12 = parse(bytes);
	struct buf terminated = BUF_CAP(PASSPHRASE_MAX);
	struct opened o = { 0 };
	int rc = -1;

	if (p12 == NULL)
		(void)err_set(e, ERR_INPUT, "is no PKCS #12");
	else if (!is_opened_by(p12, passphrase))
		(void)err_set(e, ERR_INPUT, passphrase.n > 0 ? "PKCS #12: the password is another one" :
		    "PKCS #12 with a password: say where that is, by --passphrase file:FILE (or env:, command:, credential:)");
	else if (buf_put(&terminated, passphrase, e) == 0 && buf_putc(&terminated, '\0', e) == 0 &&
	    open_contents(p12, terminated.p, &o, e) == 0 && put_certs(&o, certs, e) == 0)
		rc = o.key == NULL ? 0 : put_key(o.key, seal, key, e);
	EVP_PKEY_free(o.key);
	X509_free(o.cert);
	sk_X509_pop_free(o.others, X509_free);
	PKCS12_free(p12);
	buf_wipe(&terminated);
	ERR_clear_error();
	return rc;
}
