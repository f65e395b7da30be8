/* SPDX-License-Identifier: ISC */
/* model_html_file.c - what stands below the documents: the envelope, what is wrong with it, and the segments. */
#include "edi/model_html.h"

#include "edi/model_acks.h"
#include "edi/pieces.h"
#include "edi/text.h"
#include "edi/x12.h"

#include <inttypes.h>

#define SEGMENTS_SHOWN_MAX 20000u
#define SEGMENT_SHOWN_MAX  4096u	/* bytes of one */

void
html_own(struct page *w, const char *text)
{
	page_put(w, str_of(text));
}

/* A value, kept apart in direction from what stands around it. */
void
html_value(struct page *w, struct str s)
{
	html_own(w, "<bdi>");
	page_html(w, s);
	html_own(w, "</bdi>");
}

/* open, value, close; nothing without a value */
void
html_item(struct page *w, const char *open, struct str s, const char *close)
{
	if (s.n == 0)
		return;
	html_own(w, open);
	html_value(w, s);
	html_own(w, close);
}

void
html_cell(struct page *w, struct str s)
{
	html_own(w, "<td class=\"n\">");
	html_value(w, s);
	html_own(w, "</td>");
}

static struct str
address(struct page *w, struct edi_party p)
{
	return text_utf8(w->a, p.qual.n == 0 ? p.id : str_cat(w->a, str_cat(w->a, p.qual, S(":")), p.id));
}

void
html_envelope(struct page *w, const struct model_file *f, struct str name)
{
	const struct edi_facts *x = &f->facts;
	const struct { const char *label; struct str value; } rows[] = {
		{ "From", address(w, x->sender) }, { "To", address(w, x->receiver) },
		{ "Control number", text_utf8(w->a, x->control) }, { "Version", text_utf8(w->a, x->version) },
		{ "Quirks put up with", edi_quirks_text(w->a, x->quirks) }, { "Acknowledgement", x->ack_requested ? S("requested") : S("") },
		{ "File", text_utf8(w->a, name) },
	};

	html_own(w, "<h2>Envelope</h2>\n<dl>\n");
	for (size_t i = 0; i < N(rows); i++) {
		if (rows[i].value.n == 0)
			continue;
		html_own(w, "<div><dt>");
		html_own(w, rows[i].label);
		html_own(w, "</dt><dd>");
		html_value(w, rows[i].value);
		html_own(w, "</dd></div>\n");
	}
	html_own(w, "</dl>\n");
	if (f->cut)
		html_own(w, "<p class=\"bad\">The file has more documents or lines than are shown.</p>\n");
	if (x->n_problems_kept == 0)
		return;
	html_own(w, "<h2>Problems</h2>\n<ul class=\"bad\">\n");
	for (size_t i = 0; i < x->n_problems_kept; i++) {
		const struct edi_problem *p = &x->problems[i];
		html_own(w, "<li>");
		if (p->segment > 0)
			page_put(w, str_fmt(w->a, "segment %" PRIu64 ": ", p->segment));
		html_value(w, p->text);
		html_own(w, "</li>\n");
	}
	html_own(w, "</ul>\n");
}

static bool
has_problem(const struct edi_facts *f, uint64_t segment)
{
	for (size_t i = 0; i < f->n_problems_kept; i++)
		if (f->problems[i].segment == segment)
			return true;
	return false;
}

void
html_segments(struct page *w, const struct model_file *f)
{
	struct pieces p;
	size_t n = 0;

	html_own(w, "<details><summary>As it was sent, segment by segment</summary>\n<ol class=\"raw\">\n");
	pieces_start(&p, f->in, f->facts.format == &edi_x12);
	while (pieces_next(&p) && n++ < SEGMENTS_SHOWN_MAX) {
		struct str raw = str_sub(p.seg.raw, 0, p.seg.raw.n - p.binary.n);
		html_own(w, has_problem(&f->facts, p.seg.ordinal) ? "<li class=\"hit\">" : "<li>");
		html_value(w, text_utf8(w->a, str_sub(raw, 0, SEGMENT_SHOWN_MAX)));
		html_own(w, raw.n > SEGMENT_SHOWN_MAX ? "\xe2\x80\xa6</li>\n" : "</li>\n");
	}
	html_own(w, n > SEGMENTS_SHOWN_MAX ? "</ol><p>There are more.</p></details>\n" : "</ol></details>\n");
}

