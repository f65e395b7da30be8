/* SPDX-License-Identifier: ISC */
/* cert_make.c - a new key and a self-signed certificate for it (RFC 5280; RFC 8550 for mail), or a request for one. */
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <time.h>

#include "mime/addr.h"
#include "mime/cert.h"

#define KEY_BITS    3072
#define SERIAL_BITS 127		/* RFC 5280, 4.1.2.2: positive, at most 20 octets */
#define NAME_MAX_CN 64		/* RFC 5280, ub-common-name */

static int
add_extension(X509 *x, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *ext;
	int ok;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ok = ext != NULL && X509_add_ext(x, ext, -1) == 1;
	X509_EXTENSION_free(ext);
	return ok ? 0 : -1;
}

/* SAN by hand, not by libcrypto's mini language, in which a comma begins a second name. */
static int
add_general_name(GENERAL_NAMES *names, int type, struct str value)
{
	GENERAL_NAME *g = GENERAL_NAME_new();
	ASN1_IA5STRING *s = ASN1_IA5STRING_new();

	if (g == NULL || s == NULL || ASN1_STRING_set(s, value.p, (int)value.n) != 1) {
		GENERAL_NAME_free(g);
		ASN1_IA5STRING_free(s);
		return -1;
	}
	GENERAL_NAME_set0_value(g, type, s);
	if (sk_GENERAL_NAME_push(names, g) > 0)
		return 0;
	GENERAL_NAME_free(g);
	return -1;
}

static int
add_host(GENERAL_NAMES *names, const char *host)
{
	ASN1_OCTET_STRING *ip = a2i_IPADDRESS(host);
	GENERAL_NAME *g;

	if (ip == NULL)
		return add_general_name(names, GEN_DNS, str_of(host));
	g = GENERAL_NAME_new();
	if (g == NULL) {
		ASN1_OCTET_STRING_free(ip);
		return -1;
	}
	GENERAL_NAME_set0_value(g, GEN_IPADD, ip);
	if (sk_GENERAL_NAME_push(names, g) > 0)
		return 0;
	GENERAL_NAME_free(g);
	return -1;
}

static int
add_alt_names(struct arena *a, X509 *x, const struct cert_new *what)
{
	GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
	int rc = -1;

	if (names == NULL)
		return -1;
	if (what->mail.n > 0 && add_general_name(names, GEN_EMAIL, what->mail) == -1)
		goto out;
	if (what->host.n > 0 && add_host(names, str_cstr(a, what->host)) == -1)
		goto out;
	if (sk_GENERAL_NAME_num(names) > 0 &&
	    X509_add1_ext_i2d(x, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT) != 1)
		goto out;
	rc = 0;
out:
	sk_GENERAL_NAME_pop_free(names, GENERAL_NAME_free);
	return rc;
}

static int
add_extensions(struct arena *a, X509 *x, const struct cert_new *what)
{
	const char *eku = what->mail.n > 0 && what->host.n > 0 ? "emailProtection,serverAuth"
	    : what->host.n > 0				       ? "serverAuth"
							       : "emailProtection";

	if (add_extension(x, NID_basic_constraints, "critical,CA:FALSE") == -1 ||
	    add_extension(x, NID_key_usage, "critical,digitalSignature,keyEncipherment") == -1 ||
	    add_extension(x, NID_ext_key_usage, eku) == -1 ||
	    add_extension(x, NID_subject_key_identifier, "hash") == -1)
		return -1;
	return add_alt_names(a, x, what);
}

static int
set_serial(X509 *x)
{
	BIGNUM *n = BN_new();
	int ok = n != NULL && BN_rand(n, SERIAL_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
	    BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x)) != NULL;

	BN_free(n);
	return ok ? 0 : -1;
}

static int
set_name(X509 *x, struct str org)
{
	X509_NAME *name = X509_NAME_new();
	int ok = name != NULL &&
	    X509_NAME_add_entry_by_txt(
	        name, "CN", MBSTRING_UTF8, (const unsigned char *)org.p, (int)org.n, -1, 0) == 1 &&
	    X509_set_subject_name(x, name) == 1 && X509_set_issuer_name(x, name) == 1;

	X509_NAME_free(name);
	return ok ? 0 : -1;
}

static int
fill(struct arena *a, X509 *x, EVP_PKEY *key, const struct cert_new *what)
{
	time_t from = (time_t)(what->not_before_ms / 1000),
	       to = (time_t)(what->not_after_ms / 1000);

	if (X509_set_version(x, X509_VERSION_3) != 1 || set_serial(x) == -1 ||
	    set_name(x, what->org) == -1)
		return -1;
	if (ASN1_TIME_set(X509_getm_notBefore(x), from) == NULL ||
	    ASN1_TIME_set(X509_getm_notAfter(x), to) == NULL)
		return -1;
	if (X509_set_pubkey(x, key) != 1 || add_extensions(a, x, what) == -1)
		return -1;
	return X509_sign(x, key, EVP_sha256()) > 0 ? 0 : -1;
}

/* What is asked for is what we would have certified ourselves. */
static X509_REQ *
request_of(X509 *x, EVP_PKEY *key)
{
	X509_REQ *req = X509_to_X509_REQ(x, key, EVP_sha256());

	if (req != NULL && X509_REQ_add_extensions(req, X509_get0_extensions(x)) == 1 &&
	    X509_REQ_sign(req, key, EVP_sha256()) > 0)
		return req;
	X509_REQ_free(req);
	return NULL;
}

static int
put_public(BIO *b, X509 *x, EVP_PKEY *key, bool request)
{
	X509_REQ *req;
	int ok;

	if (!request)
		return PEM_write_bio_X509(b, x) == 1 ? 0 : -1;
	req = request_of(x, key);
	ok = req != NULL && PEM_write_bio_X509_REQ(b, req) == 1;
	X509_REQ_free(req);
	return ok ? 0 : -1;
}

static int
put_pem(X509 *x, EVP_PKEY *key, bool request, struct buf *key_pem, struct buf *public_pem,
    struct err *e)
{
	BIO *k = BIO_new(BIO_s_secmem()), *c = BIO_new(BIO_s_mem());
	char *p = NULL;
	long n;
	int rc = -1;

	if (k == NULL || c == NULL ||
	    PEM_write_bio_PrivateKey(k, key, NULL, NULL, 0, NULL, NULL) != 1 ||
	    put_public(c, x, key, request) == -1) {
		(void)err_set(e, ERR_CONFIG, "cannot write a new key");
		goto out;
	}
	n = BIO_get_mem_data(k, &p);
	if (n < 0 || buf_put(key_pem, str_make(p, (size_t)n), e) == -1)
		goto out;
	n = BIO_get_mem_data(c, &p);
	if (n < 0 || buf_put(public_pem, str_make(p, (size_t)n), e) == -1)
		goto out;
	rc = 0;
out:
	BIO_free(k);
	BIO_free(c);
	return rc;
}

static int
make(const struct cert_new *what, bool request, struct buf *key_pem, struct buf *public_pem,
    struct err *e)
{
	struct arena *a = NULL;
	EVP_PKEY *key = NULL;
	X509 *x = NULL;
	int rc = -1;

	if (what->org.n == 0 || what->org.n > NAME_MAX_CN || str_has_ctl(what->org))
		return err_set(e, ERR_CONFIG,
		    "name of a certificate: 1 to %d bytes, no control characters", NAME_MAX_CN);
	if (what->mail.n > 0 && !addr_is_strict(what->mail))
		return err_set(e, ERR_CONFIG, "'" STR_FMT "' is no plain mail address",
		    STR_ARG(what->mail));
	if (what->host.n > 253 || str_has_ctl(what->host) || str_chr(what->host, ' ', NULL))
		return err_set(e, ERR_CONFIG, "'" STR_FMT "' is no host name", STR_ARG(what->host));
	a = arena_new(1u << 16);
	key = EVP_RSA_gen(KEY_BITS);
	x = X509_new();
	if (key == NULL || x == NULL || fill(a, x, key, what) == -1)
		(void)err_set(e, ERR_CONFIG, "cannot make a certificate: %s",
		    ERR_reason_error_string(ERR_peek_last_error()));
	else
		rc = put_pem(x, key, request, key_pem, public_pem, e);
	ERR_clear_error();
	X509_free(x);
	EVP_PKEY_free(key);
	arena_free(a);
	return rc;
}

int
cert_make(const struct cert_new *what, struct buf *key_pem, struct buf *cert_pem, struct err *e)
{
	return make(what, false, key_pem, cert_pem, e);
}

int
cert_make_request(const struct cert_new *what, struct buf *key_pem, struct buf *request_pem,
    struct err *e)
{
	return make(what, true, key_pem, request_pem, e);
}
