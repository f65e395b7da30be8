/* SPDX-License-Identifier: ISC */
#include "edi/model_html.h"

#include "edi/model_acks.h"
#include "edi/text.h"

static const char *
mood_of(enum ack_verdict v)
{
	if (v == ACK_REJECTED)
		return "bad";
	return v == ACK_PARTIAL || v == ACK_ACCEPTED_ERRORS ? "warn" : "good";
}

static void
put_errors(struct page *w, enum ack_kind kind, const struct ack_error *e, bool of_message)
{
	if (e == NULL)
		return;
	html_own(w, "<ul class=\"more\">\n");
	for (; e != NULL; e = e->next)
		html_item(w, "<li>", text_utf8(w->a, model_ack_sentence(w->a, kind, e, of_message)), "</li>\n");
	html_own(w, "</ul>\n");
}

static void
put_row(struct page *w, struct str about, enum ack_verdict v)
{
	html_own(w, "<tr><td>");
	html_value(w, text_utf8(w->a, about));
	html_own(w, "</td><td class=\"");
	html_own(w, mood_of(v));
	html_own(w, "\">");
	html_own(w, model_ack_words(v));
}

static void
put_report(struct page *w, const struct ack_report *r)
{
	put_row(w, model_ack_about(w->a, r), r->verdict);
	put_errors(w, r->kind, r->errors, false);
	html_own(w, "</td></tr>\n");
	for (const struct ack_message *m = r->messages; m != NULL; m = m->next) {
		put_row(w, model_ack_about_message(w->a, m), m->verdict);
		put_errors(w, r->kind, m->errors, true);
		html_own(w, "</td></tr>\n");
	}
}

void
html_acks(struct page *w, const struct model *m)
{
	const struct ack_report *r = m->reports;

	if (m->n_reports == 0)
		return;
	html_own(w, "<h2>What it says</h2>\n<table class=\"said\">\n<thead><tr><th>Of</th><th>Verdict</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < m->n_reports; i++, r = r->next)
		put_report(w, r);
	html_own(w, "</tbody>\n</table>\n");
}
