/* SPDX-License-Identifier: ISC */
/* format.c - the table of formats, and who claims a file. */
#include "edi/edi.h"

#include "edi/edifact.h"
#include "edi/guess.h"
#include "edi/inner.h"
#include "edi/x12.h"
#include "edi/xml.h"

const struct edi_format *const edi_formats[] = { &edi_x12, &edi_edifact, &edi_ubl, &edi_cii, &edi_zugferd, &edi_order_x,
	&edi_fatturapa, &edi_sdi, &edi_cxml, &edi_sbdh, &edi_pdf, &edi_p7m, NULL };

static const struct {
	enum edi_quirk bit;
	const char *name;
} quirks[] = {
	{ EDI_QUIRK_BOM, "bom" },
	{ EDI_QUIRK_LEADING, "leading-blanks" },
	{ EDI_QUIRK_TRAILING, "trailing-fill" },
	{ EDI_QUIRK_UNTERMINATED, "unterminated-last" },
	{ EDI_QUIRK_WRAPPED, "wrapped" },
	{ EDI_QUIRK_TERM_WIDE, "multibyte-terminator" },
	{ EDI_QUIRK_BLANKS, "blanks-between" },
	{ EDI_QUIRK_REPEATED, "repeated-number" },
};

const struct edi_format *
edi_detect(struct str head)
{
	const struct edi_format *best = NULL;
	int sure = 0;

	head = str_sub(head, 0, EDI_HEAD_MAX);
	for (size_t i = 0; edi_formats[i] != NULL; i++) {
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
	*out = (struct edi_facts){ .verdict = EDI_UNKNOWN, .format = edi_detect(in) };
	if (out->format == NULL) {
		out->guess = edi_guess(a, str_sub(in, 0, EDI_HEAD_MAX));
		return 0;
	}
	out->verdict = EDI_VALID;
	return out->format->read(a, in, out, e);
}

struct str
edi_quirks_text(struct arena *a, unsigned int bits)
{
	struct str text = S("");

	for (size_t i = 0; i < N(quirks); i++)
		if (bits & quirks[i].bit)
			text = str_cat(a, text.n > 0 ? str_cat(a, text, S(", ")) : text,
			    str_of(quirks[i].name));
	return text;
}
