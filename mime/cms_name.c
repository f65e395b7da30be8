/* SPDX-License-Identifier: ISC */
#include "mime/cms_name.h"

#include <openssl/x509v3.h>
#include <limits.h>

/* An element with its tag and length. */
static bool
take_whole(struct str *s, unsigned char tag, struct str *out)
{
	struct str before = *s, value;

	if (!ber_take(s, tag, &value))
		return false;
	*out = str_sub(before, 0, before.n - s->n);
	return true;
}

bool
cms_name_take(struct str *s, struct cms_name *out)
{
	struct str inside;

	*out = (struct cms_name){ 0 };
	if (ber_take(s, BER_SEQUENCE, &inside))
		return take_whole(&inside, BER_SEQUENCE, &out->issuer) &&
		    take_whole(&inside, BER_INTEGER, &out->serial) && inside.n == 0;
	if (ber_take(s, BER_IMPLICIT_0, &out->key_id))
		return out->key_id.n > 0;
	/* RecipientKeyIdentifier: a date and more may follow. */
	return ber_take(s, BER_CONTEXT_0, &inside) && ber_take(&inside, BER_OCTETS, &out->key_id) &&
	    out->key_id.n > 0;
}

static bool
same_name(struct str der, const X509_NAME *name)
{
	const unsigned char *p = NULL;
	X509_NAME *other;
	size_t n = 0;
	bool same;

	if (X509_NAME_get0_der(name, &p, &n) == 1 && str_eq(der, str_make((const char *)p, n)))
		return true;
	/* Some software writes the same name in another string type (RFC 5280, 7.1). */
	p = (const unsigned char *)der.p;
	other = der.n > LONG_MAX ? NULL : d2i_X509_NAME(NULL, &p, (long)der.n);
	same = other != NULL && X509_NAME_cmp(name, other) == 0;
	X509_NAME_free(other);
	return same;
}

static bool
same_serial(struct str der, const ASN1_INTEGER *serial)
{
	const unsigned char *p = (const unsigned char *)der.p;
	ASN1_INTEGER *other = der.n > LONG_MAX ? NULL : d2i_ASN1_INTEGER(NULL, &p, (long)der.n);
	bool same = other != NULL && ASN1_INTEGER_cmp(serial, other) == 0;

	ASN1_INTEGER_free(other);
	return same;
}

bool
cms_name_fits(const struct cms_name *name, X509 *x)
{
	const ASN1_OCTET_STRING *id;

	if (name->key_id.n == 0)
		return same_name(name->issuer, X509_get_issuer_name(x)) &&
		    same_serial(name->serial, X509_get0_serialNumber(x));
	id = X509_get0_subject_key_id(x);
	return id != NULL && str_eq(name->key_id,
	    str_make((const char *)ASN1_STRING_get0_data(id), (size_t)ASN1_STRING_length(id)));
}

void
cms_name_put(struct der *d, X509 *x)
{
	const unsigned char *name = NULL;
	unsigned char *serial = NULL;
	int serial_n = i2d_ASN1_INTEGER(X509_get0_serialNumber(x), &serial);
	size_t mark = d->n, n = 0;

	if (serial_n > 0)
		der_put(d, str_make((const char *)serial, (size_t)serial_n));
	if (X509_NAME_get0_der(X509_get_issuer_name(x), &name, &n) == 1)
		der_put(d, str_make((const char *)name, n));
	der_wrap(d, BER_SEQUENCE, mark);
	OPENSSL_free(serial);
}

bool
cms_key_id_put(struct der *d, X509 *x)
{
	const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(x);

	if (id != NULL)
		der_element(d, BER_IMPLICIT_0,
		    str_make((const char *)ASN1_STRING_get0_data(id), (size_t)ASN1_STRING_length(id)));
	return id != NULL;
}
