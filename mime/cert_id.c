/* SPDX-License-Identifier: ISC */
/* cert_id.c - how XML names a certificate (XMLDSig, 4.4.4; RFC 2253). */
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "mime/cert.h"

static struct str
take(struct arena *a, BIO *b)
{
	char *p = NULL;
	long n = b == NULL ? 0 : BIO_get_mem_data(b, &p);
	struct str s = n <= 0 ? S("") : str_dup(a, str_make(p, (size_t)n));

	BIO_free(b);
	return s;
}

struct str
cert_issuer_2253(struct arena *a, const struct cert_set *set, size_t i)
{
	BIO *b = BIO_new(BIO_s_mem());

	if (b != NULL)
		(void)X509_NAME_print_ex(b, X509_get_issuer_name(cert_set_get(set, i)), 0, XN_FLAG_RFC2253);
	return take(a, b);
}

struct str
cert_serial_decimal(struct arena *a, const struct cert_set *set, size_t i)
{
	BIGNUM *n = ASN1_INTEGER_to_BN(X509_get0_serialNumber(cert_set_get(set, i)), NULL);
	char *text = n == NULL ? NULL : BN_bn2dec(n);
	struct str s = text == NULL ? S("") : str_dup(a, str_of(text));

	OPENSSL_free(text);
	BN_free(n);
	ERR_clear_error();
	return s;
}
