/* SPDX-License-Identifier: ISC */
#include "mime/cms_info.h"

#define PKCS "\x2a\x86\x48\x86\xf7\x0d\x01"	/* 1.2.840.113549.1 */

static const struct { enum cms_kind kind; struct str oid; } kinds[] = {
	{ CMS_IS_SIGNED, S_INIT(PKCS "\x07\x02") },
	{ CMS_IS_ENVELOPED, S_INIT(PKCS "\x07\x03") },
	{ CMS_IS_AUTH_ENVELOPED, S_INIT(PKCS "\x09\x10\x01\x17") },
	{ CMS_IS_COMPRESSED, S_INIT(PKCS "\x09\x10\x01\x09") },
};

/* ContentInfo ::= SEQUENCE { contentType OID, content [0] EXPLICIT ANY } */
int
cms_kind_of(struct str der, enum cms_kind *out, struct err *e)
{
	struct str info, oid;

	*out = CMS_IS_OTHER;
	if (ber_check(der, e) == -1)
		return err_add(e, "CMS message");
	if (!ber_take(&der, BER_SEQUENCE, &info) || !ber_take(&info, BER_OID, &oid))
		return err_set(e, ERR_INPUT, "no CMS message");
	for (size_t i = 0; i < N(kinds); i++)
		if (str_eq(oid, kinds[i].oid))
			*out = kinds[i].kind;
	return 0;
}

static struct str
oid_of(enum cms_kind kind)
{
	for (size_t i = 0; i < N(kinds); i++)
		if (kinds[i].kind == kind)
			return kinds[i].oid;
	return S("");
}

bool
cms_info_take(struct str der, enum cms_kind kind, struct str *inside)
{
	struct str info, oid, content;

	return ber_take(&der, BER_SEQUENCE, &info) && der.n == 0 && ber_take(&info, BER_OID, &oid) &&
	    str_eq(oid, oid_of(kind)) && ber_take(&info, BER_CONTEXT_0, &content) && info.n == 0 &&
	    ber_take(&content, BER_SEQUENCE, inside) && content.n == 0;
}

void
cms_info_wrap(struct der *d, enum cms_kind kind)
{
	der_wrap(d, BER_CONTEXT_0, 0);
	der_element(d, BER_OID, oid_of(kind));
	der_wrap(d, BER_SEQUENCE, 0);
}
