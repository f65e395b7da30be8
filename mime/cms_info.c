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
cms_begin(struct pull *p, enum cms_kind *out, struct err *e)
{
	struct str oid;

	*out = CMS_IS_OTHER;
	if (!pull_open(p, BER_SEQUENCE) || !pull_take(p, BER_OID, &oid))
		return cms_fault(p, e, "no CMS message");
	for (size_t i = 0; i < N(kinds); i++)
		if (str_eq(oid, kinds[i].oid))
			*out = kinds[i].kind;
	if (*out != CMS_IS_OTHER && (!pull_open(p, BER_CONTEXT_0) || !pull_open(p, BER_SEQUENCE)))
		return cms_fault(p, e, "no CMS message");
	return 0;
}

bool
cms_end(struct pull *p)
{
	return pull_close(p) && pull_close(p) && pull_close(p) && pull_end(p);
}

int
cms_fault(const struct pull *p, struct err *e, const char *what)
{
	if (!p->broken)
		return err_set(e, ERR_INPUT, "%s", what);
	return err_set(e, p->why.kind, "CMS message: %s", p->why.text);
}

bool
cms_pull_alg(struct pull *p, struct alg_id *out)
{
	struct str whole;

	return pull_is(p, BER_SEQUENCE) && pull_take_whole(p, &whole) && alg_id_take(&whole, out);
}

int
cms_kind_of(struct str der, enum cms_kind *out, struct err *e)
{
	struct arena *a = arena_new(PULL_SMALL_MAX * 2);
	struct span_source from = span_source(span_str(der));
	struct pull p;
	int rc;

	pull_init(&p, a, &from.source);
	rc = cms_begin(&p, out, e);
	arena_free(a);
	return rc;
}

static struct str
oid_of(enum cms_kind kind)
{
	for (size_t i = 0; i < N(kinds); i++)
		if (kinds[i].kind == kind)
			return kinds[i].oid;
	return S("");
}

void
cms_info_wrap(struct der *d, enum cms_kind kind)
{
	der_wrap(d, BER_CONTEXT_0, 0);
	der_element(d, BER_OID, oid_of(kind));
	der_wrap(d, BER_SEQUENCE, 0);
}
