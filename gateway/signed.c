/* SPDX-License-Identifier: ISC */
#include "gateway/signed.h"

#include "edi/facts.h"
#include "edi/inner.h"
#include "mime/cms.h"

void
signed_check(struct arena *a, struct str in, int64_t now_ms, struct edi_facts *f)
{
	struct cms_verified v = { .fits = false };
	struct str der;

	if (f->format != &edi_p7m || f->verdict != EDI_VALID || !p7m_der(a, in, &der))
		return;
	cms_verify(a, der, str_make(NULL, 0), &(struct cms_trust){ .now_ms = now_ms }, &v);
	if (!v.fits)
		facts_problem(a, f, (struct edi_place){ 0 }, "signature-bad",
		    "the signature does not fit the document: one of them was changed");
}
