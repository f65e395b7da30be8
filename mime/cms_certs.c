/* SPDX-License-Identifier: ISC */
/* cms_certs.c - the certificates that a signature brings along: for showing who claims to have signed, never for trust. */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <limits.h>

#include "mime/cms_signed.h"

static int
put_pem(X509 *x, struct buf *pem, struct err *e)
{
	BIO *b = BIO_new(BIO_s_mem());
	char *p = NULL;
	long n;
	int rc = -1;

	if (b == NULL || PEM_write_bio_X509(b, x) != 1)
		(void)err_set(e, ERR_INPUT, "a certificate in the message cannot be written");
	else if ((n = BIO_get_mem_data(b, &p)) >= 0)
		rc = buf_put(pem, str_make(p, (size_t)n), e);
	BIO_free(b);
	return rc;
}

int
cms_certs(struct str der, struct buf *pem, struct err *e)
{
	struct cms_signed cms;
	struct str one;
	int rc = 0;

	if (ber_check(der, e) == -1 || cms_signed_read(der, &cms, e) == -1)
		return err_add(e, "signature");
	if (cms.n_certs == 0)
		return err_set(e, ERR_INPUT, "no certificate in the message");
	while (rc == 0 && cms_signed_next_cert(&cms.certs, &one)) {
		const unsigned char *p = (const unsigned char *)one.p;
		X509 *x = one.n > LONG_MAX ? NULL : d2i_X509(NULL, &p, (long)one.n);
		rc = x != NULL ? put_pem(x, pem, e) : err_set(e, ERR_INPUT, "a certificate in the message cannot be read");
		X509_free(x);
	}
	ERR_clear_error();
	return rc;
}
