/* SPDX-License-Identifier: ISC */
/* cert_der.c - one certificate as the bytes that travel (RFC 2585, 4.1), and back. */
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "mime/cert.h"

#define DER_MAX (64 << 10)

int
cert_der(const struct cert_set *set, size_t i, struct buf *out, struct err *e)
{
	unsigned char *der = NULL;
	int n = i2d_X509(cert_set_get(set, i), &der), rc;

	if (n <= 0)
		return err_set(e, ERR_CONFIG, "cannot write certificate");
	rc = buf_put(out, str_make((const char *)der, (size_t)n), e);
	OPENSSL_free(der);
	return rc;
}

int
cert_set_read_der(struct str der, struct cert_set **out, struct err *e)
{
	const unsigned char *p = (const unsigned char *)der.p;
	X509 *x = der.n > DER_MAX || der.n == 0 ? NULL : d2i_X509(NULL, &p, (long)der.n);
	BIO *b = BIO_new(BIO_s_mem());
	char *pem = NULL;
	long n;
	int rc = -1;

	if (x == NULL || b == NULL || (const char *)p != der.p + der.n || PEM_write_bio_X509(b, x) != 1)
		(void)err_set(e, ERR_INPUT, "not one certificate in DER form");
	else if ((n = BIO_get_mem_data(b, &pem)) > 0)
		rc = cert_set_read(str_make(pem, (size_t)n), out, e);
	ERR_clear_error();
	BIO_free(b);
	X509_free(x);
	return rc;
}
