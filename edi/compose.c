/* SPDX-License-Identifier: ISC */
#include "edi/compose.h"

#include "edi/compose_make.h"
#include "edi/edifact.h"
#include "edi/text.h"
#include "edi/x12.h"
#include "edi/xml.h"

int
compose_missing(struct composer *c, size_t document, const char *what, const char *where)
{
	return err_set(c->e, ERR_INPUT, "$.documents[%zu].%s: missing, %s needs it", document, what,
	               where);
}

/* What means the same in both; the first of a kind is what we write where nothing is said. */
static const struct {
	enum model_kind kind;
	struct str un, x12;
} usual_types[] = {
	{ MODEL_INVOICE, S_INIT("380"), S_INIT("") },
	{ MODEL_INVOICE, S_INIT("380"), S_INIT("DI") },
	{ MODEL_CREDIT_NOTE, S_INIT("381"), S_INIT("CR") },
	{ MODEL_ORDER, S_INIT("220"), S_INIT("NE") },
	{ MODEL_ORDER, S_INIT("220"), S_INIT("SA") },
	{ MODEL_ORDER_CHANGE, S_INIT("230"), S_INIT("04") },
	{ MODEL_ORDER_RESPONSE, S_INIT("231"), S_INIT("AC") },
	{ MODEL_DESPATCH_ADVICE, S_INIT("351"), S_INIT("00") },
};

struct str
compose_type(const struct model *m, bool x12)
{
	struct str usual = S("");
	bool found = false;

	for (size_t i = N(usual_types); i-- > 0;) {
		if (usual_types[i].kind != m->kind)
			continue;
		usual = x12 ? usual_types[i].x12 : usual_types[i].un;
		found |= str_eq(m->type, x12 ? usual_types[i].un : usual_types[i].x12);
	}
	return m->type.n == 0 || found ? usual : m->type;
}

struct str
compose_cut(struct str utf8, size_t characters)
{
	struct str rest = utf8;
	unsigned int c;

	for (size_t i = 0; i < characters && rest.n > 0; i++)
		(void)text_next(&rest, &c);
	return str_sub(utf8, 0, utf8.n - rest.n);
}

struct str
compose_day(struct arena *a, struct str iso)
{
	const char *p = iso.p;

	if (iso.n == 10)
		return str_fmt(a, "%.4s%.2s%.2s", p, p + 5, p + 8);
	if (iso.n == 16)
		return str_fmt(a, "%.4s%.2s%.2s%.2s%.2s", p, p + 5, p + 8, p + 11, p + 14);
	return iso;
}

size_t
compose_wrap(struct str text, size_t width, struct str *pieces, size_t max)
{
	size_t n = 0;

	while (text.n > 0 && n < max) {
		struct str piece = compose_cut(text, width);
		size_t end = piece.n;
		while (piece.n < text.n && end > 0 && text.p[end] != ' ')
			end--;
		if (end == 0)
			end = piece.n;
		pieces[n++] = str_sub(text, 0, end);
		text = str_trim(str_from(text, end));
	}
	return n;
}

int
compose(struct arena *a, const struct compose *how, const struct model_file *file, struct buf *out,
        struct err *e)
{
	struct composer c = { .a = a, .how = how, .file = file, .e = e };

	if (file->n_documents == 0)
		return err_set(e, ERR_INPUT, "$.documents: empty, there is nothing to write");
	if (how->format == &edi_x12)
		return compose_x12(&c, out);
	return how->format == &edi_edifact ? compose_edifact(&c, out) : compose_ubl(&c, out);
}
