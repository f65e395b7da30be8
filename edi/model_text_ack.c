/* SPDX-License-Identifier: ISC */
#include "edi/model_text.h"

#include "edi/model_acks.h"
#include "edi/text.h"

#define COL_ABOUT 30

static void
put_errors(struct page *w, enum ack_kind kind, const struct ack_error *e, bool of_message)
{
	for (; e != NULL; e = e->next)
		text_paragraph(w, 4, S("-"), 2, text_utf8(w->a, model_ack_sentence(w->a, kind, e, of_message)));
}

void
text_acks(struct page *w, const struct model *m)
{
	const struct ack_report *r = m->reports;

	for (size_t i = 0; i < m->n_reports; i++, r = r->next) {
		page_put(w, S("\n"));
		text_paragraph(w, 0, text_utf8(w->a, model_ack_about(w->a, r)), COL_ABOUT, str_of(model_ack_words(r->verdict)));
		put_errors(w, r->kind, r->errors, false);
		for (const struct ack_message *a = r->messages; a != NULL; a = a->next) {
			text_paragraph(w, 2, text_utf8(w->a, model_ack_about_message(w->a, a)), COL_ABOUT - 2,
			    str_of(model_ack_words(a->verdict)));
			put_errors(w, r->kind, a->errors, true);
		}
	}
}
