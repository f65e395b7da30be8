/* SPDX-License-Identifier: ISC */
/* cms_certs.c - the certificates that a message brings along: of a signature for showing who claims to have signed, never for trust. */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <limits.h>

#include "mime/cms_signed.h"

#define CERTS_ARENA_MAX ((size_t)8 * PULL_SMALL_MAX)

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

static int
read_signed(struct arena *a, struct str der, struct cms_signed *cms, struct err *e)
{
	struct span_source from = span_source(span_str(der));
	enum cms_kind kind;
	struct pull p;

	pull_init(&p, a, &from.source);
	if (cms_begin(&p, &kind, e) == -1)
		return -1;
	if (kind != CMS_IS_SIGNED)
		return err_set(e, ERR_INPUT, "no signature");
	if (cms_signed_begin(&p, cms, e) == -1)
		return -1;
	if (cms->has_content)
		(void)(pull_skip(&p, BER_OCTETS) || pull_skip(&p, BER_OCTETS | BER_CONSTRUCTED));
	return cms_signed_end(&p, cms, e);
}

int
cms_certs(struct str der, struct buf *pem, struct err *e)
{
	struct arena *a = arena_new(CERTS_ARENA_MAX);
	struct cms_signed cms;
	struct str one;
	int rc = read_signed(a, der, &cms, e);

	if (rc == -1)
		(void)err_add(e, "signature");
	else if (cms.n_certs == 0)
		rc = err_set(e, ERR_INPUT, "no certificate in the message");
	while (rc == 0 && cms_signed_next_cert(&cms.certs, &one)) {
		const unsigned char *p = (const unsigned char *)one.p;
		X509 *x = one.n > LONG_MAX ? NULL : d2i_X509(NULL, &p, (long)one.n);
		rc = x != NULL ? put_pem(x, pem, e) : err_set(e, ERR_INPUT, "a certificate in the message cannot be read");
		X509_free(x);
	}
	ERR_clear_error();
	arena_free(a);
	return rc;
}

int
cms_certs_only(const struct cert_set *set, struct buf *out, struct err *e)
{
	struct buf cert = BUF_CAP(CERT_PEM_MAX);
	struct der d = { 0 };
	int rc = 0;

	der_element(&d, BER_SET, S(""));	/* nobody signs */
	for (size_t i = cert_set_count(set); i-- > 0 && rc == 0;) {
		buf_cut(&cert, 0);
		rc = cert_der(set, i, &cert, e);
		if (rc == 0)
			der_put(&d, buf_str(&cert));
	}
	der_wrap(&d, BER_CONTEXT_0, 2);		/* behind the empty set's two bytes */
	der_element(&d, BER_OID, cms_oid_data);
	der_wrap(&d, BER_SEQUENCE, d.n - cms_oid_data.n - 2);
	der_element(&d, BER_SET, S(""));	/* by no digest */
	der_uint(&d, 1);
	der_wrap(&d, BER_SEQUENCE, 0);
	cms_info_wrap(&d, CMS_IS_SIGNED);
	if (rc == 0)
		rc = buf_put(out, der_str(&d), e);
	der_clear(&d);
	buf_clear(&cert);
	return rc;
}
