/* SPDX-License-Identifier: ISC */
#include "edi/model_write.h"

#include "edi/jwrite.h"
#include "edi/model_acks.h"
#include "edi/pieces.h"
#include "edi/raw.h"
#include "edi/text.h"
#include "edi/x12.h"

static const char *const verdicts[] = { "unknown", "valid", "broken" };

/* Values of the facts are slices of the file: bytes still. */
static void
set_bytes(struct jwrite *w, struct arena *a, const char *key, struct str bytes)
{
	jw_set(w, key, text_utf8(a, bytes));
}

static void
put_edi_party(struct jwrite *w, struct arena *a, const char *key, struct edi_party p)
{
	jw_open(w, key, '{');
	set_bytes(w, a, "qual", p.qual);
	set_bytes(w, a, "id", p.id);
	set_bytes(w, a, "name", p.name);
	jw_close(w, '}');
}

static void
put_source(struct jwrite *w, struct arena *a, const struct model_file *m, struct str name)
{
	const struct edi_facts *f = &m->facts;

	jw_open(w, "source", '{');
	set_bytes(w, a, "file", name);
	jw_u64(w, "size", m->in.n);
	jw_set(w, "format", f->format == NULL ? S("") : str_of(f->format->name));
	set_bytes(w, a, "version", f->version);
	set_bytes(w, a, "profile", f->profile);
	jw_set(w, "process", m->process);
	jw_text(w, "charset", str_of(m->charset));
	jw_set(w, "quirks", edi_quirks_text(a, f->quirks));
	jw_u64(w, "interchanges", f->interchanges);
	jw_u64(w, "messages", f->n_messages);
	put_edi_party(w, a, "sender", f->sender);
	put_edi_party(w, a, "receiver", f->receiver);
	set_bytes(w, a, "control", f->control);
	jw_bool(w, "test", f->test);
	jw_bool(w, "ack_requested", f->ack_requested);
	jw_close(w, '}');
}

static void
put_message(struct jwrite *w, struct arena *a, const struct edi_message *m)
{
	if (m == NULL)
		return jw_null(w, "message");
	jw_open(w, "message", '{');
	set_bytes(w, a, "type", m->type);
	set_bytes(w, a, "version", m->version);
	set_bytes(w, a, "control", m->control);
	set_bytes(w, a, "group", m->group);
	jw_u64(w, "offset", m->offset);
	jw_u64(w, "segments", m->segments);
	jw_close(w, '}');
}

static void
put_party(struct jwrite *w, const char *key, const struct model_party *p)
{
	if (p == NULL)
		return jw_null(w, key);
	jw_open(w, key, '{');
	if (key == NULL) {
		jw_text(w, "role", str_of(model_role_name(p->role)));
		jw_set(w, "qual", p->qual);
	}
	jw_set(w, "name", p->name);
	jw_open(w, "ids", '[');
	for (size_t i = 0; i < p->n_ids; i++) {
		jw_open(w, NULL, '{');
		jw_set(w, "scheme", p->ids[i].scheme);
		jw_text(w, "value", p->ids[i].value);
		jw_close(w, '}');
	}
	jw_close(w, ']');
	jw_open(w, "address", '{');
	jw_open(w, "lines", '[');
	for (size_t i = 0; i < p->n_street; i++)
		jw_text(w, NULL, p->street[i]);
	jw_close(w, ']');
	jw_set(w, "city", p->city);
	jw_set(w, "postcode", p->postcode);
	jw_set(w, "region", p->region);
	jw_set(w, "country", p->country);
	jw_close(w, '}');
	jw_open(w, "contact", '{');
	jw_set(w, "name", p->contact);
	jw_set(w, "phone", p->phone);
	jw_set(w, "mail", p->mail);
	jw_close(w, '}');
	jw_close(w, '}');
}

/* The parties everybody looks for by name; all of them, those too, in their order behind. */
static void
put_parties(struct jwrite *w, const struct model *m)
{
	for (enum model_role role = MODEL_SELLER; role <= MODEL_PAYEE; role++)
		put_party(w, model_role_name(role), model_party(m, role));
	jw_open(w, "parties", '[');
	for (size_t i = 0; i < m->n_parties; i++)
		put_party(w, NULL, &m->parties[i]);
	jw_close(w, ']');
}

static void
put_refs(struct jwrite *w, const struct model *m)
{
	jw_open(w, "refs", '{');
	for (enum model_ref_kind kind = MODEL_REF_ORDER; kind < MODEL_REF_OTHER; kind++) {
		jw_open(w, model_ref_name(kind), '[');
		for (size_t i = 0; i < m->n_refs; i++)
			if (m->refs[i].kind == kind)
				jw_text(w, NULL, m->refs[i].value);
		jw_close(w, ']');
	}
	jw_open(w, "other", '[');
	for (size_t i = 0; i < m->n_refs; i++) {
		if (m->refs[i].kind != MODEL_REF_OTHER)
			continue;
		jw_open(w, NULL, '{');
		jw_set(w, "qual", m->refs[i].qual);
		jw_text(w, "value", m->refs[i].value);
		jw_close(w, '}');
	}
	jw_close(w, ']');
	jw_close(w, '}');
}

static void
put_terms(struct jwrite *w, const struct model *m)
{
	jw_open(w, "dates", '[');
	for (size_t i = 0; i < m->n_dates; i++) {
		jw_open(w, NULL, '{');
		jw_set(w, "kind", m->dates[i].kind);
		jw_text(w, "value", m->dates[i].value);
		jw_close(w, '}');
	}
	jw_close(w, ']');
	jw_open(w, "terms", '{');
	jw_set(w, "due", m->due);
	jw_set(w, "days", m->net_days);
	jw_open(w, "discounts", '[');
	for (size_t i = 0; i < m->n_discounts; i++) {
		jw_open(w, NULL, '{');
		jw_set(w, "percent", m->discounts[i].percent);
		jw_set(w, "days", m->discounts[i].days);
		jw_set(w, "until", m->discounts[i].until);
		jw_close(w, '}');
	}
	jw_close(w, ']');
	jw_set(w, "account", m->account);
	jw_close(w, '}');
}

/* Those of one line, or of the document. They stand in the order of the lines: *at goes on from line to line. */
static void
put_allowances(struct jwrite *w, const struct model *m, size_t line, size_t *at)
{
	jw_open(w, "allowances", '[');
	for (size_t i = line == MODEL_NO_LINE ? 0 : *at; i < m->n_allowances; i++) {
		const struct model_allowance *x = &m->allowances[i];
		if (line != MODEL_NO_LINE && x->line != MODEL_NO_LINE && x->line > line)
			break;
		*at = line == MODEL_NO_LINE ? *at : i + 1;
		if (x->line != line)
			continue;
		jw_open(w, NULL, '{');
		jw_bool(w, "charge", x->charge);
		jw_set(w, "code", x->code);
		jw_set(w, "text", x->text);
		jw_set(w, "percent", x->percent);
		jw_set(w, "base", x->base);
		jw_set(w, "amount", x->amount);
		jw_open(w, "tax", '{');
		jw_set(w, "category", x->tax_category);
		jw_set(w, "rate", x->tax_rate);
		jw_close(w, '}');
		jw_close(w, '}');
	}
	jw_close(w, ']');
}

static void
put_lines(struct jwrite *w, const struct model *m)
{
	size_t at = 0;

	jw_open(w, "lines", '[');
	for (size_t i = 0; i < m->n_lines; i++) {
		const struct model_line *l = &m->lines[i];
		jw_open(w, NULL, '{');
		jw_set(w, "no", l->no);
		jw_open(w, "ids", '{');
		jw_set(w, "gtin", l->gtin);
		jw_set(w, "buyer", l->buyer_id);
		jw_set(w, "seller", l->seller_id);
		jw_close(w, '}');
		jw_set(w, "description", l->description);
		jw_set(w, "qty", l->qty);
		jw_set(w, "unit", l->unit);
		jw_set(w, "price", l->price);
		jw_set(w, "price_per", l->price_per);
		jw_set(w, "amount", l->amount);
		jw_open(w, "tax", '{');
		jw_set(w, "category", l->tax_category);
		jw_set(w, "rate", l->tax_rate);
		jw_close(w, '}');
		put_allowances(w, m, i, &at);
		jw_set(w, "status", l->status);
		jw_close(w, '}');
	}
	jw_close(w, ']');
}

static void
put_totals(struct jwrite *w, const struct model *m)
{
	const struct model_totals *t = &m->totals;
	size_t at = 0;

	put_allowances(w, m, MODEL_NO_LINE, &at);
	jw_open(w, "taxes", '[');
	for (size_t i = 0; i < m->n_taxes; i++) {
		jw_open(w, NULL, '{');
		jw_set(w, "category", m->taxes[i].category);
		jw_set(w, "rate", m->taxes[i].rate);
		jw_set(w, "base", m->taxes[i].base);
		jw_set(w, "amount", m->taxes[i].amount);
		jw_set(w, "reason", m->taxes[i].reason);
		jw_set(w, "reason_code", m->taxes[i].reason_code);
		jw_close(w, '}');
	}
	jw_close(w, ']');
	jw_open(w, "totals", '{');
	jw_set(w, "lines", t->lines);
	jw_set(w, "allowances", t->allowances);
	jw_set(w, "charges", t->charges);
	jw_set(w, "net", t->net);
	jw_set(w, "tax", t->tax);
	jw_set(w, "gross", t->gross);
	jw_set(w, "prepaid", t->prepaid);
	jw_set(w, "rounding", t->rounding);
	jw_set(w, "payable", t->payable);
	jw_close(w, '}');
}

static void
put_findings(struct jwrite *w, struct arena *a, const struct model *m)
{
	jw_open(w, "findings", '[');
	for (size_t i = 0; i < m->n_findings; i++) {
		const struct model_finding *f = &m->findings[i];
		jw_open(w, NULL, '{');
		jw_text(w, "code", str_of(f->code));
		jw_set(w, "standard", str_of(f->standard));
		jw_set(w, "place", f->place);
		jw_text(w, "found", f->found);
		jw_set(w, "computed", f->computed);
		jw_text(w, "text", model_finding_text(a, f));
		jw_close(w, '}');
	}
	jw_close(w, ']');
}

static void
put_document(struct jwrite *w, struct arena *a, const struct model *m)
{
	jw_open(w, NULL, '{');
	jw_text(w, "kind", str_of(model_kind_name(m->kind)));
	jw_set(w, "type", m->type);
	jw_set(w, "id", m->number);
	jw_set(w, "issued", m->issued);
	jw_set(w, "currency", m->currency);
	put_message(w, a, m->message);
	put_parties(w, m);
	put_refs(w, m);
	put_terms(w, m);
	put_lines(w, m);
	put_totals(w, m);
	jw_open(w, "notes", '[');
	for (size_t i = 0; i < m->n_notes; i++)
		jw_text(w, NULL, m->notes[i]);
	jw_close(w, ']');
	put_findings(w, a, m);
	model_acks_json(w, a, m);
	jw_close(w, '}');
}

static void
put_checks(struct jwrite *w, const struct model_file *m)
{
	const struct edi_facts *f = &m->facts;

	jw_open(w, "checks", '{');
	jw_text(w, "verdict", str_of(verdicts[f->verdict]));
	jw_open(w, "problems", '[');
	for (size_t i = 0; i < f->n_problems_kept; i++) {
		const struct edi_problem *p = &f->problems[i];
		jw_open(w, NULL, '{');
		jw_text(w, "code", str_of(p->code));
		jw_u64(w, "offset", p->offset);
		jw_u64(w, "segment", p->segment);
		jw_u64(w, "element", p->element);
		jw_u64(w, "component", p->component);
		jw_text(w, "text", p->text);
		jw_close(w, '}');
	}
	jw_close(w, ']');
	jw_bool(w, "complete", !m->cut && f->n_kept == f->n_messages);
	jw_close(w, '}');
}

static void
put_file(struct jwrite *w, struct arena *a, const struct model_file *f, struct str name)
{
	jw_text(w, "schema", S("edigate/document/1"));
	put_source(w, a, f, name);
	jw_open(w, "documents", '[');
	for (size_t i = 0; i < f->n_documents; i++)
		put_document(w, a, &f->documents[i]);
	jw_close(w, ']');
	put_checks(w, f);
}

int
model_write_xml(struct buf *out, struct arena *a, const struct model_file *f, struct str name, struct err *e)
{
	struct jwrite w = { .out = out, .e = e, .xml = true };

	jw_open(&w, NULL, '{');
	put_file(&w, a, f, name);
	jw_close(&w, '}');
	return w.failed ? -1 : 0;
}

int
model_write_json(struct buf *out, struct arena *a, const struct model_file *f, struct str name, struct err *e)
{
	struct jwrite w = { .out = out, .e = e };

	jw_open(&w, NULL, '{');
	put_file(&w, a, f, name);
	if (pieces_takes(&f->facts))
		raw_json(&w, a, f->in, f->facts.format == &edi_x12);
	else
		jw_null(&w, "raw");
	jw_close(&w, '}');
	return w.failed ? -1 : buf_putc(out, '\n', e);
}
