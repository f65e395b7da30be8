/* SPDX-License-Identifier: ISC */
#include "edi/inner.h"

#include "edi/guess.h"

void
inner_none(struct edi_facts *out, struct str guess)
{
	*out = (struct edi_facts){ .verdict = EDI_UNKNOWN, .guess = guess };
}

int
inner_read(struct arena *a, struct str bytes, struct str guess, struct edi_facts *out,
    struct err *e)
{
	const struct edi_format *inside = edi_detect(bytes), *outside = out->format;

	if (inside == NULL || inside == &edi_sbdh || inside == &edi_p7m || inside == &edi_pdf) {
		struct str what = edi_guess(a, str_sub(bytes, 0, EDI_HEAD_MAX));
		inner_none(out, str_fmt(a, STR_FMT " with %s" STR_FMT " inside", STR_ARG(guess),
		    inside == NULL ? "" : "another container, ", STR_ARG(what)));
		return 0;
	}
	if (inside->read(a, bytes, out, e) == -1)
		return -1;
	out->format = outside;
	out->inner = (struct edi_inner){ inside, bytes };
	return 0;
}
