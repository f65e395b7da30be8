/* SPDX-License-Identifier: ISC */
/* cms_inside.c - the certificates that a signature brings along, as far as one of its signers is named by them. */
#include <openssl/err.h>
#include <limits.h>

#include "mime/cms_signed.h"

static X509 *
read_one(struct str der)
{
	const unsigned char *p = (const unsigned char *)der.p;

	return der.n > LONG_MAX ? NULL : d2i_X509(NULL, &p, (long)der.n);
}

X509 *
cms_inside_find(struct str certs, const struct cms_name *name)
{
	struct str der;
	X509 *x;

	while (cms_signed_next_cert(&certs, &der)) {
		x = read_one(der);
		if (x != NULL && cms_name_fits(name, x))
			return x;
		X509_free(x);
	}
	ERR_clear_error();
	return NULL;
}

static struct cert_set *
read_all(struct str certs)
{
	struct cert_set *set = cert_set_new();
	struct str der;
	X509 *x;

	while (cms_signed_next_cert(&certs, &der)) {
		x = read_one(der);
		if (x != NULL)
			(void)cert_set_push(set, x, NULL);
		X509_free(x);
	}
	ERR_clear_error();
	return set;
}

int
cms_inside_admit(struct str certs, const struct cms_name *name, const struct cert_newcomers *n,
    int64_t now_ms, struct err *e)
{
	struct cert_set *all = read_all(certs);
	size_t i = 0;
	int rc = -1;

	while (i < cert_set_count(all) && !cms_name_fits(name, cert_set_get(all, i)))
		i++;
	if (i == cert_set_count(all))
		(void)err_set(e, ERR_INPUT, "the signer's certificate is not in the message");
	else if (cert_chain_admits(n, all, i, now_ms, e) == 0)
		rc = cert_set_push(n->into, cert_set_get(all, i), e);
	cert_set_free(all);
	return rc;
}
