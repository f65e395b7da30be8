/* SPDX-License-Identifier: ISC */
/* format.c - the table of formats, and who claims a file. */
#include "edi/edi.h"

#include "edi/edifact.h"
#include "edi/guess.h"
#include "edi/inner.h"
#include "edi/tradacoms.h"
#include "edi/x12.h"
#include "edi/xml.h"

const struct edi_format *const edi_formats[] = { &edi_x12, &edi_edifact, &edi_tradacoms, &edi_ubl, &edi_cii, &edi_zugferd, &edi_order_x,
	&edi_fatturapa, &edi_sdi, &edi_cxml, &edi_sbdh, &edi_pdf, &edi_p7m, NULL };

const struct edi_format *
edi_detect(struct str head)
{
	const struct edi_format *best = NULL;
	int sure = 0;

	head = str_sub(head, 0, EDI_HEAD_MAX);
	for (size_t i = 0; edi_formats[i] != NULL && sure < EDI_CERTAIN; i++) {
		int this_sure = edi_formats[i]->detect(head);
		if (this_sure <= sure)
			continue;
		sure = this_sure;
		best = edi_formats[i];
	}
	return best;
}

int
edi_read(struct arena *a, struct str in, struct edi_facts *out, struct err *e)
{
	return edi_read_mapped(a, in, NULL, out, e);
}

int
edi_read_mapped(struct arena *a, struct str in, const struct edi_passed *passed,
    struct edi_facts *out, struct err *e)
{
	*out = (struct edi_facts){ .verdict = EDI_UNKNOWN, .format = edi_detect(in), .passed = passed };
	if (out->format == NULL) {
		out->guess = edi_guess(a, str_sub(in, 0, EDI_HEAD_MAX));
		return 0;
	}
	out->verdict = EDI_VALID;
	return out->format->read(a, in, out, e);
}
