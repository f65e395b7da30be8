/* SPDX-License-Identifier: ISC */
#include "gateway/subject.h"

#include "edi/edifact.h"

static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	return s.n > 0 && s.n <= SUBJECT_UNB_MAX;
}

struct str
subject_of(struct arena *a, const struct partner *pt, const struct edi_facts *f,
    struct span content)
{
	const size_t most = SUBJECT_UNB_MAX + 2 * EDIFACT_UNA_SIZE;
	struct str top, unb = S("");

	if (pt->shape.subject_unb && f->format == &edi_edifact &&
	    span_join(a, span_sub(content, 0, most), most, &top, NULL) == 0)
		unb = edifact_unb(top);
	if (is_plain(unb))
		return unb;
	return f->format == NULL ? S("Document") :
	    str_fmt(a, STR_FMT "%s" STR_FMT, STR_ARG(f->type), f->number.n > 0 ? " " : "", STR_ARG(f->number));
}
