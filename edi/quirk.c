/* SPDX-License-Identifier: ISC */
/* quirk.c - the names of what we put up with, and what becomes of those that a partner is not to be forgiven. */
#include "edi/facts.h"

#include <string.h>

static const struct {
	enum edi_quirk bit;
	const char *name;
} quirks[] = {
	{ EDI_QUIRK_BOM, "bom" },
	{ EDI_QUIRK_LEADING, "leading-blanks" },
	{ EDI_QUIRK_TRAILING, "trailing-fill" },
	{ EDI_QUIRK_UNTERMINATED, "no-last-terminator" },
	{ EDI_QUIRK_WRAPPED, "wrapped" },
	{ EDI_QUIRK_TERM_WIDE, "multibyte-terminator" },
	{ EDI_QUIRK_BLANKS, "blanks-between" },
	{ EDI_QUIRK_LINES, "line-ends" },
	{ EDI_QUIRK_UNA_BREAK, "una-break" },
	{ EDI_QUIRK_ISA_WIDTH, "isa-not-fixed" },
	{ EDI_QUIRK_NO_REP, "no-repetition" },
	{ EDI_QUIRK_BEYOND, "charset-ascii" },
	{ EDI_QUIRK_UTF8, "charset-utf8" },
	{ EDI_QUIRK_BINARY, "binary" },
	{ EDI_QUIRK_FUNCTION, "group-function" },
	{ EDI_QUIRK_REPEATED, "repeated-number" },
};

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

bool
edi_quirk_bit(struct str name, unsigned int *bit)
{
	*bit = 0;
	for (size_t i = 0; i < N(quirks); i++)
		if (str_eq(name, S("all")) || str_eq(name, str_of(quirks[i].name)))
			*bit |= quirks[i].bit;
	return *bit != 0;
}

void
edi_refuse_quirks(struct arena *a, struct edi_facts *f, unsigned int refused)
{
	for (size_t i = 0; i < N(quirks); i++)
		if (f->quirks & refused & quirks[i].bit)
			facts_problem(a, f, (struct edi_place){ 0 }, "quirk-refused",
			    "the file has the quirk '%s', which is refused of this partner", quirks[i].name);
}

void
edi_forgive_charset(struct edi_facts *f)
{
	size_t n = 0;

	if (f->n_problems > f->n_problems_kept)
		return;		/* not all of them are known */
	for (size_t i = 0; i < f->n_problems_kept; i++)
		if (strcmp(f->problems[i].code, "charset") != 0 &&
		    strcmp(f->problems[i].code, "control-char") != 0)
			f->problems[n++] = f->problems[i];
	f->n_problems = f->n_problems_kept = n;
	if (n == 0 && f->verdict == EDI_BROKEN)
		f->verdict = EDI_VALID;
}
