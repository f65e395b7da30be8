/* SPDX-License-Identifier: ISC */
#include "gateway/json_model.h"

#include "edi/edifact.h"
#include "edi/x12.h"
#include "edi/xml.h"
#include "gateway/json_read.h"

#include <string.h>

/* Room for n items of the list's type. */
#define ROOM(r, n, to) ((to) = (n) > 0 ? arena_get_array((r)->a, (n), sizeof(*(to))) : NULL)

/* ---- parties ---- */

static void
read_party(struct json_read *r, json_t *o, const char *at, struct model_party *p)
{
	json_t *list, *address = json_read_object(r, o, at, "address"),
	              *contact = json_read_object(r, o, at, "contact");
	const char *there = json_read_inside(r, at, "address"),
	           *person = json_read_inside(r, at, "contact");
	size_t n = json_read_items(r, o, at, "ids", true, &list);

	p->qual = json_read_text(r, o, at, "qual");
	p->name = json_read_text(r, o, at, "name");
	if (n > MODEL_IDS_MAX)
		json_read_bad(r, at, "ids", "more than six");
	for (size_t i = 0; i < n && !r->failed; i++) {
		json_t *one = json_array_get(list, i);
		p->ids[p->n_ids++] = (struct model_id){
			json_read_text(r, one, json_read_item(r, at, "ids", i), "scheme"),
			json_read_text(r, one, json_read_item(r, at, "ids", i), "value")
		};
	}
	n = json_read_items(r, address, there, "lines", false, &list);
	if (n > MODEL_STREET_MAX)
		json_read_bad(r, there, "lines", "more than four");
	for (size_t i = 0; i < n && !r->failed; i++)
		p->street[p->n_street++] = json_read_string(
		    r, json_array_get(list, i), json_read_item(r, there, "lines", i), "");
	p->city = json_read_text(r, address, there, "city");
	p->region = json_read_text(r, address, there, "region");
	p->postcode = json_read_text(r, address, there, "postcode");
	p->country = json_read_text(r, address, there, "country");
	p->contact = json_read_text(r, contact, person, "name");
	p->phone = json_read_text(r, contact, person, "phone");
	p->mail = json_read_text(r, contact, person, "mail");
}

static enum model_role
role_of(struct json_read *r, json_t *o, const char *at)
{
	struct str word = json_read_text(r, o, at, "role");

	for (enum model_role role = 0; role < MODEL_ROLES; role++)
		if (str_eq(word, str_of(model_role_name(role))))
			return role;
	json_read_bad(r, at, "role",
	              "want seller, buyer, ship_to, payee, bill_to, ship_from or other");
	return MODEL_OTHER_PARTY;
}

static void
read_parties(struct json_read *r, json_t *o, const char *at, struct model *m)
{
	json_t *list, *one;
	size_t n = json_read_items(r, o, at, "parties", true, &list);

	ROOM(r, n > 0 ? n : (size_t)MODEL_PAYEE + 1, m->parties);
	for (size_t i = 0; i < n; i++) {
		struct model_party *p = &m->parties[m->n_parties++];
		one = json_array_get(list, i);
		p->role = role_of(r, one, json_read_item(r, at, "parties", i));
		read_party(r, one, json_read_item(r, at, "parties", i), p);
	}
	for (enum model_role role = MODEL_SELLER; n == 0 && role <= MODEL_PAYEE; role++) {
		one = json_read_object(r, o, at, model_role_name(role));
		if (one == NULL)
			continue;
		m->parties[m->n_parties].role = role;
		read_party(r, one, json_read_inside(r, at, model_role_name(role)),
		           &m->parties[m->n_parties++]);
	}
}

/* ---- references, dates, terms ---- */

static void
read_refs(struct json_read *r, json_t *o, const char *at, struct model *m)
{
	const char *there = json_read_inside(r, at, "refs");
	json_t *refs = json_read_object(r, o, at, "refs"), *lists[MODEL_REF_KINDS];
	size_t n[MODEL_REF_KINDS], all = 0;

	for (enum model_ref_kind kind = 0; kind < MODEL_REF_KINDS; kind++)
		all += n[kind] = json_read_items(r, refs, there, model_ref_name(kind),
		                                 kind == MODEL_REF_OTHER, &lists[kind]);
	ROOM(r, all, m->refs);
	for (enum model_ref_kind kind = 0; kind < MODEL_REF_KINDS && !r->failed; kind++)
		for (size_t i = 0; i < n[kind]; i++) {
			const char *place = json_read_item(r, there, model_ref_name(kind), i);
			json_t *one = json_array_get(lists[kind], i);
			bool other = kind == MODEL_REF_OTHER;
			m->refs[m->n_refs++] = (struct model_ref){
				kind, other ? json_read_text(r, one, place, "qual") : S(""),
				other ? json_read_text(r, one, place, "value")
				      : json_read_string(r, one, place, "")
			};
		}
}

static void
read_terms(struct json_read *r, json_t *o, const char *at, struct model *m)
{
	const char *there = json_read_inside(r, at, "terms");
	json_t *terms = json_read_object(r, o, at, "terms"), *list;
	size_t n = json_read_items(r, o, at, "dates", true, &list);

	ROOM(r, n, m->dates);
	for (size_t i = 0; i < n; i++) {
		json_t *one = json_array_get(list, i);
		m->dates[m->n_dates++] = (struct model_date){
			json_read_text(r, one, json_read_item(r, at, "dates", i), "kind"),
			json_read_text(r, one, json_read_item(r, at, "dates", i), "value")
		};
	}
	m->due = json_read_text(r, terms, there, "due");
	m->net_days = json_read_text(r, terms, there, "days");
	m->account = json_read_text(r, terms, there, "account");
	n = json_read_items(r, terms, there, "discounts", true, &list);
	ROOM(r, n, m->discounts);
	for (size_t i = 0; i < n; i++) {
		const char *place = json_read_item(r, there, "discounts", i);
		json_t *one = json_array_get(list, i);
		m->discounts[m->n_discounts++] =
		    (struct model_discount){ json_read_number(r, one, place, "percent"),
			                     json_read_text(r, one, place, "days"),
			                     json_read_text(r, one, place, "until") };
	}
	n = json_read_items(r, o, at, "notes", false, &list);
	ROOM(r, n, m->notes);
	for (size_t i = 0; i < n; i++)
		m->notes[m->n_notes++] = json_read_string(r, json_array_get(list, i),
		                                          json_read_item(r, at, "notes", i), "");
}

/* ---- money ---- */

static void
read_tax_kind(struct json_read *r, json_t *o, const char *at, struct str *category,
              struct str *rate)
{
	json_t *tax = json_read_object(r, o, at, "tax");

	*category = json_read_text(r, tax, json_read_inside(r, at, "tax"), "category");
	*rate = json_read_number(r, tax, json_read_inside(r, at, "tax"), "rate");
}

/* Those of a line, or of the document, behind those that are there. size: of the array */
static void
read_allowances(struct json_read *r, json_t *o, const char *at, struct model *m, size_t line,
                size_t *size)
{
	json_t *list;
	size_t n = json_read_items(r, o, at, "allowances", true, &list);

	if (m->n_allowances + n > *size) {
		struct model_allowance *old = m->allowances;
		*size = 2 * (m->n_allowances + n);
		ROOM(r, *size, m->allowances);
		if (m->n_allowances > 0)
			memcpy(m->allowances, old, m->n_allowances * sizeof(*old));
	}
	for (size_t i = 0; i < n; i++) {
		struct model_allowance *x = &m->allowances[m->n_allowances++];
		const char *place = json_read_item(r, at, "allowances", i);
		json_t *one = json_array_get(list, i);
		*x =
		    (struct model_allowance){ .line = line,
			                      .charge = json_read_flag(r, one, place, "charge"),
			                      .code = json_read_text(r, one, place, "code"),
			                      .text = json_read_text(r, one, place, "text"),
			                      .percent = json_read_number(r, one, place, "percent"),
			                      .base = json_read_number(r, one, place, "base"),
			                      .amount = json_read_number(r, one, place, "amount") };
		read_tax_kind(r, one, place, &x->tax_category, &x->tax_rate);
	}
}

static void
read_line(struct json_read *r, json_t *o, const char *at, struct model_line *l)
{
	json_t *ids = json_read_object(r, o, at, "ids");
	const char *there = json_read_inside(r, at, "ids");

	l->no = json_read_text(r, o, at, "no");
	l->gtin = json_read_text(r, ids, there, "gtin");
	l->buyer_id = json_read_text(r, ids, there, "buyer");
	l->seller_id = json_read_text(r, ids, there, "seller");
	l->description = json_read_text(r, o, at, "description");
	l->qty = json_read_number(r, o, at, "qty");
	l->unit = json_read_text(r, o, at, "unit");
	l->price = json_read_number(r, o, at, "price");
	l->price_per = json_read_number(r, o, at, "price_per");
	l->amount = json_read_number(r, o, at, "amount");
	l->status = json_read_text(r, o, at, "status");
	read_tax_kind(r, o, at, &l->tax_category, &l->tax_rate);
}

static void
read_lines(struct json_read *r, json_t *o, const char *at, struct model *m)
{
	json_t *list;
	size_t n = json_read_items(r, o, at, "lines", true, &list), room = 0;

	read_allowances(r, o, at, m, MODEL_NO_LINE, &room);
	ROOM(r, n, m->lines);
	for (size_t i = 0; i < n && !r->failed; i++) {
		const char *place = json_read_item(r, at, "lines", i);
		read_line(r, json_array_get(list, i), place, &m->lines[m->n_lines++]);
		read_allowances(r, json_array_get(list, i), place, m, i, &room);
	}
}

static void
read_sums(struct json_read *r, json_t *o, const char *at, struct model *m)
{
	struct model_totals *t = &m->totals;
	const struct {
		const char *key;
		struct str *to;
	} sums[] = {
		{ "lines", &t->lines },     { "allowances", &t->allowances },
		{ "charges", &t->charges }, { "net", &t->net },
		{ "tax", &t->tax },         { "gross", &t->gross },
		{ "prepaid", &t->prepaid }, { "rounding", &t->rounding },
		{ "payable", &t->payable },
	};
	json_t *totals = json_read_object(r, o, at, "totals"), *list;
	size_t n = json_read_items(r, o, at, "taxes", true, &list);

	for (size_t i = 0; i < N(sums); i++)
		*sums[i].to =
		    json_read_number(r, totals, json_read_inside(r, at, "totals"), sums[i].key);
	ROOM(r, n, m->taxes);
	for (size_t i = 0; i < n; i++) {
		const char *place = json_read_item(r, at, "taxes", i);
		json_t *one = json_array_get(list, i);
		m->taxes[m->n_taxes++] =
		    (struct model_tax){ .category = json_read_text(r, one, place, "category"),
			                .rate = json_read_number(r, one, place, "rate"),
			                .base = json_read_number(r, one, place, "base"),
			                .amount = json_read_number(r, one, place, "amount"),
			                .reason = json_read_text(r, one, place, "reason"),
			                .reason_code =
			                    json_read_text(r, one, place, "reason_code") };
	}
}

/* ---- the file ---- */

static enum model_kind
kind_of(struct json_read *r, json_t *o, const char *at)
{
	struct str word = json_read_text(r, o, at, "kind");

	for (enum model_kind kind = 0; kind < MODEL_KINDS; kind++)
		if (str_eq(word, str_of(model_kind_name(kind))))
			return kind;
	json_read_bad(r, at, "kind",
	              "want invoice, credit_note, order or another kind of document");
	return MODEL_OTHER;
}

static void
read_document(struct json_read *r, json_t *o, const char *at, struct model *m)
{
	json_t *message = json_read_object(r, o, at, "message");
	struct edi_message *of = arena_new_of(r->a, struct edi_message);

	m->kind = kind_of(r, o, at);
	m->type = json_read_text(r, o, at, "type");
	m->number = json_read_text(r, o, at, "id");
	m->issued = json_read_text(r, o, at, "issued");
	m->currency = json_read_text(r, o, at, "currency");
	of->type = json_read_text(r, message, json_read_inside(r, at, "message"), "type");
	of->version = json_read_text(r, message, json_read_inside(r, at, "message"), "version");
	m->message = of;
	read_parties(r, o, at, m);
	read_refs(r, o, at, m);
	read_terms(r, o, at, m);
	read_lines(r, o, at, m);
	read_sums(r, o, at, m);
}

static struct edi_party
read_address(struct json_read *r, json_t *source, const char *key)
{
	json_t *o = json_read_object(r, source, "$.source", key);
	const char *at = json_read_inside(r, "$.source", key);

	return (struct edi_party){ json_read_text(r, o, at, "qual"), json_read_text(r, o, at, "id"),
		                   json_read_text(r, o, at, "name") };
}

static void
read_source(struct json_read *r, json_t *root)
{
	static const struct edi_format *const formats[] = { &edi_x12, &edi_edifact, &edi_ubl };
	json_t *source = json_read_object(r, root, "$", "source");
	struct edi_facts *f = &r->file->facts;
	struct str format = json_read_text(r, source, "$.source", "format");

	for (size_t i = 0; i < N(formats); i++)
		if (str_eq(format, str_of(formats[i]->name)))
			f->format = formats[i];
	f->version = json_read_text(r, source, "$.source", "version");
	f->profile = json_read_text(r, source, "$.source", "profile");
	r->file->process = json_read_text(r, source, "$.source", "process");
	f->control = json_read_text(r, source, "$.source", "control");
	f->sender = read_address(r, source, "sender");
	f->receiver = read_address(r, source, "receiver");
	f->test = json_read_flag(r, source, "$.source", "test");
	f->ack_requested = json_read_flag(r, source, "$.source", "ack_requested");
}

int
json_model_read(struct arena *a, json_t *root, struct model_file *out, struct err *e)
{
	struct json_read r = { .a = a, .file = out, .e = e };
	json_t *list;
	size_t n;

	memset(out, 0, sizeof(*out));
	out->charset = "UTF-8";
	if (!json_is_object(root))
		return err_set(e, ERR_INPUT, "$: want an object");
	read_source(&r, root);
	n = json_read_items(&r, root, "$", "documents", true, &list);
	if (n > MODEL_DOCUMENTS_MAX)
		json_read_bad(&r, "$", "documents", "too many");
	ROOM(&r, n, out->documents);
	for (size_t i = 0; i < n && !r.failed; i++)
		read_document(&r, json_array_get(list, i), json_read_item(&r, "$", "documents", i),
		              &out->documents[out->n_documents++]);
	return r.failed ? -1 : 0;
}
