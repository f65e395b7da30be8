/* SPDX-License-Identifier: ISC */
#include "edi/model.h"

#include "edi/decimal.h"
#include "edi/model_make.h"
#include "edi/raw.h"
#include "edi/text.h"
#include "edi/tradacoms.h"
#include "edi/x12.h"

#include <string.h>

#define FIRST_ITEMS 4u

static const char *const kind_names[MODEL_KINDS] = {
	"other", "invoice", "credit_note", "order", "order_change", "order_response", "despatch_advice", "remittance",
	"catalogue", "ack",
};
static const char *const kind_titles[MODEL_KINDS] = {
	"Document", "Invoice", "Credit note", "Order", "Order change", "Order response", "Despatch advice",
	"Remittance advice", "Catalogue", "Acknowledgement",
};
static const char *const role_names[MODEL_ROLES] = {
	"seller", "buyer", "ship_to", "payee", "bill_to", "ship_from", "other",
};
static const char *const role_titles[MODEL_ROLES] = {
	"Seller", "Buyer", "Ship to", "Payee", "Bill to", "Ship from", "Party",
};
static const char *const ref_names[MODEL_REF_KINDS] = {
	"order", "delivery", "contract", "preceding", "buyer_reference", "other",
};

const char *
model_kind_name(enum model_kind kind)
{
	return kind_names[kind];
}

const char *
model_kind_title(enum model_kind kind)
{
	return kind_titles[kind];
}

const char *
model_role_name(enum model_role role)
{
	return role_names[role];
}

const char *
model_role_title(enum model_role role)
{
	return role_titles[role];
}

const char *
model_ref_name(enum model_ref_kind kind)
{
	return ref_names[kind];
}

const struct model_party *
model_party(const struct model *m, enum model_role role)
{
	for (size_t i = 0; i < m->n_parties; i++)
		if (m->parties[i].role == role)
			return &m->parties[i];
	return NULL;
}

/* ---- lists: arrays of the arena that double ---- */

static bool
may_add(struct model_maker *k)
{
	if (k->file->items < MODEL_ITEMS_MAX) {
		k->file->items++;
		return true;
	}
	k->file->cut = true;
	return false;
}

static void *
room(struct arena *a, void *items, size_t n, size_t size)
{
	void *bigger;

	if (n == 0)
		return arena_get_array(a, FIRST_ITEMS, size);
	if (n < FIRST_ITEMS || (n & (n - 1)) != 0)
		return items;
	bigger = arena_get_array(a, 2 * n, size);
	memcpy(bigger, items, n * size);
	return bigger;
}

/* A new last item, or NULL over the limit. */
#define ADD(k, items, n) \
	(may_add(k) ? ((items) = room((k)->a, (items), (n), sizeof(*(items))), &(items)[(n)++]) : NULL)

void
model_add_document(struct model_maker *k, enum model_kind kind)
{
	struct model_file *f = k->file;
	size_t i = f->n_documents;

	if (k->m != NULL)
		model_check(k);
	if (i == MODEL_DOCUMENTS_MAX) {
		f->cut = true;
		k->m = &k->spare;
	} else {
		f->documents = room(k->a, f->documents, i, sizeof(*f->documents));
		k->m = &f->documents[f->n_documents++];
	}
	memset(k->m, 0, sizeof(*k->m));
	k->m->kind = k->m == &k->spare ? MODEL_OTHER : kind;
	k->m->test = f->facts.test;
	k->m->segment = k->segment;
	i -= k->n_ta1;
	k->m->message = i < f->facts.n_kept ? &f->facts.messages[i] : NULL;
	k->summary = false;
	k->party = NULL;
	k->line = NULL;
	k->allowance = NULL;
	k->tax = NULL;
}

struct model_party *
model_add_party(struct model_maker *k, enum model_role role, struct str qual)
{
	struct model_party *p = ADD(k, k->m->parties, k->m->n_parties);

	k->party = p != NULL ? p : &k->spare_party;
	*k->party = (struct model_party){ .role = role, .qual = qual };
	return k->party;
}

struct model_line *
model_add_line(struct model_maker *k)
{
	struct model_line *l = ADD(k, k->m->lines, k->m->n_lines);

	k->line = l != NULL ? l : &k->spare_line;
	memset(k->line, 0, sizeof(*k->line));
	k->party = NULL;
	k->allowance = NULL;
	k->tax = NULL;
	return k->line;
}

struct model_allowance *
model_add_allowance(struct model_maker *k, bool charge)
{
	struct model_allowance *x = ADD(k, k->m->allowances, k->m->n_allowances);

	k->allowance = x != NULL ? x : &k->spare_allowance;
	*k->allowance = (struct model_allowance){ .charge = charge,
		.line = k->line == NULL ? MODEL_NO_LINE : k->m->n_lines - 1 };
	return k->allowance;
}

struct model_tax *
model_add_tax(struct model_maker *k)
{
	struct model_tax *t = ADD(k, k->m->taxes, k->m->n_taxes);

	k->tax = t != NULL ? t : &k->spare_tax;
	memset(k->tax, 0, sizeof(*k->tax));
	return k->tax;
}

void
model_add_id(struct model_party *p, struct str scheme, struct str value)
{
	if (value.n == 0 || p->n_ids == MODEL_IDS_MAX)
		return;
	for (size_t i = 0; i < p->n_ids; i++)
		if (str_eq(p->ids[i].scheme, scheme) && str_eq(p->ids[i].value, value))
			return;
	p->ids[p->n_ids++] = (struct model_id){ scheme, value };
}

void
model_add_street(struct model_party *p, struct str line)
{
	if (line.n > 0 && p->n_street < MODEL_STREET_MAX)
		p->street[p->n_street++] = line;
}

void
model_add_ref(struct model_maker *k, enum model_ref_kind kind, struct str qual, struct str value)
{
	struct model_ref *r;

	for (size_t i = 0; i < k->m->n_refs && i < MODEL_IDS_MAX; i++)
		if (k->m->refs[i].kind == kind && str_eq(k->m->refs[i].value, value) && str_eq(k->m->refs[i].qual, qual))
			return;
	r = value.n == 0 ? NULL : ADD(k, k->m->refs, k->m->n_refs);
	if (r != NULL)
		*r = (struct model_ref){ kind, qual, value };
}

void
model_add_date(struct model_maker *k, struct str kind, struct str value)
{
	struct model_date *d = value.n == 0 ? NULL : ADD(k, k->m->dates, k->m->n_dates);

	if (d != NULL)
		*d = (struct model_date){ kind, value };
}

void
model_add_discount(struct model_maker *k, struct model_discount discount)
{
	struct model_discount *d = ADD(k, k->m->discounts, k->m->n_discounts);

	if (d != NULL)
		*d = discount;
}

void
model_add_note(struct model_maker *k, struct str text)
{
	struct str *note = text.n == 0 ? NULL : ADD(k, k->m->notes, k->m->n_notes);

	if (note != NULL)
		*note = text;
}

void
model_add_finding(struct model_maker *k, struct model_finding f)
{
	struct model_finding *to = ADD(k, k->m->findings, k->m->n_findings);

	if (to != NULL)
		*to = f;
}

/* ---- values ---- */

static struct str
here(struct model_maker *k)
{
	return k->line == NULL ? S("") : str_fmt(k->a, "line %zu", k->m->n_lines);
}

/* Digits, with a point between them or none: decimal_text() would make the same of it. */
static bool
is_canonical(struct str s)
{
	size_t points = 0;

	if (s.n == 0 || s.n > DECIMAL_DIGITS_MAX || !is_digit(s.p[0]) || !is_digit(s.p[s.n - 1]) ||
	    (s.p[0] == '0' && s.n > 1 && s.p[1] != '.'))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!is_digit(s.p[i]) && s.p[i] != '.')
			return false;
		points += s.p[i] == '.';
	}
	return points <= 1;
}

static void
take_number(struct model_maker *k, struct str *to, struct str text, unsigned int implied)
{
	struct decimal d;

	if (text.n == 0)
		return;
	if (implied == 0 && is_canonical(text)) {
		*to = text;
		return;
	}
	if (!decimal_read(text, &d)) {
		model_add_finding(k, (struct model_finding){ .code = "number-bad", .place = here(k), .found = text });
		return;
	}
	if (!str_chr(text, '.', NULL) && !str_chr(text, ',', NULL))
		d.scale = implied;
	*to = decimal_text(k->a, d, 0);
}

void
model_number(struct model_maker *k, struct str *to, struct str text)
{
	take_number(k, to, text, 0);
}

void
model_implied(struct model_maker *k, struct str *to, struct str text)
{
	take_number(k, to, text, 2);
}

static bool
all_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]))
			return false;
	return s.n > 0;
}

struct str
model_day(struct arena *a, struct str t)
{
	const char *p = t.p;

	if (!all_digits(t))
		return S("");
	if (t.n == 6)
		return str_fmt(a, "20%.2s-%.2s-%.2s", p, p + 2, p + 4);
	if (t.n == 8)
		return str_fmt(a, "%.4s-%.2s-%.2s", p, p + 4, p + 6);
	if (t.n == 12 || t.n == 14)
		return str_fmt(a, "%.4s-%.2s-%.2sT%.2s:%.2s", p, p + 4, p + 6, p + 8, p + 10);
	return S("");
}

/*
 * Level C is what people write who send UTF-8 or Windows' Latin-1, so there, and in a file that was seen to be UTF-8 against its UNB, text
 * that can be UTF-8 is. Who names one of the other 8-bit sets means it.
 */
static bool
is_meant(const struct model_maker *k, const struct charset *cs)
{
	return cs != NULL && edi_charset_is_8bit(cs) && cs->level != 'C' && (k->file->facts.quirks & EDI_QUIRK_UTF8) == 0;
}

/* ASCII without signs, controls and outer blanks: its own only component, repetition and value in any character set. */
static bool
is_plain(const struct seg_signs *g, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c < ' ' || c >= 0x7f || c == (unsigned char)g->comp || c == g->rep || c == g->release)
			return false;
	}
	return s.n == 0 || (s.p[0] != ' ' && s.p[s.n - 1] != ' ');
}

struct str
model_value(struct model_maker *k, struct pieces *p, unsigned int i, unsigned int j)
{
	const struct seg_signs *g = &p->r.signs;
	struct str raw = seg_element(g, &p->seg, i), text;

	if (j <= 1 && is_plain(g, raw))
		return raw;
	raw = seg_component(g, &p->seg, i, j);
	raw = seg_needs_copy(g, raw) ? seg_unescape(k->a, g, raw) : str_trim(raw);
	if (!is_meant(k, p->charset))
		return text_utf8(k->a, raw);
	text = edi_charset_utf8(k->a, p->charset, raw);
	if (text.p != raw.p)
		k->file->charset = p->charset->name;
	return text;
}

struct str
model_finding_text(struct arena *a, const struct model_finding *f)
{
	const char *gap = f->place.n > 0 ? ": " : "";
	const char *code = f->code;

	if (strcmp(code, "number-bad") == 0)
		return str_fmt(a, STR_FMT "%s'" STR_FMT "' is no number", STR_ARG(f->place), gap, STR_ARG(f->found));
	if (strcmp(code, "line-amount") == 0)
		return str_fmt(a, STR_FMT "%samount is " STR_FMT ", quantity, price and allowances give " STR_FMT, STR_ARG(f->place),
		    gap, STR_ARG(f->found), STR_ARG(f->computed));
	if (strcmp(code, "count-lines") == 0)
		return str_fmt(a, "number of lines is said to be " STR_FMT ", there are " STR_FMT, STR_ARG(f->found),
		    STR_ARG(f->computed));
	return str_fmt(a, STR_FMT "%s" STR_FMT " is " STR_FMT ", its parts give " STR_FMT, STR_ARG(f->place), gap,
	    STR_ARG(strcmp(code, "sum-lines") == 0 ? S("sum of the lines") : strcmp(code, "sum-net") == 0 ? S("net amount") :
	    strcmp(code, "sum-tax") == 0 ? S("tax amount") : strcmp(code, "sum-gross") == 0 ? S("gross amount") :
	    S("amount payable")), STR_ARG(f->found), STR_ARG(f->computed));
}

/* ---- the whole file ---- */

static void
read_segments(struct model_maker *k)
{
	struct pieces p;
	bool x12 = k->file->facts.format == &edi_x12;

	k->file->charset = raw_charset(k->file->in, x12);
	pieces_start(&p, k->file->in, x12);
	while (pieces_next(&p)) {
		k->segment = p.seg.ordinal;
		if (x12)
			model_x12_segment(k, &p);
		else
			model_edifact_segment(k, &p);
	}
	if (k->m != NULL)
		model_check(k);
	model_acks(k);
}

void
model_check_sums(struct arena *a, struct model_file *f)
{
	struct model_maker *k = arena_new_of(a, struct model_maker);

	k->a = a;
	k->file = f;
	for (size_t i = 0; i < f->n_documents; i++) {
		k->m = &f->documents[i];
		model_check(k);
	}
}

int
model_read(struct arena *a, struct str in, struct model_file *out, struct err *e)
{
	struct model_maker *k = arena_new_of(a, struct model_maker);

	memset(out, 0, sizeof(*out));
	k->a = a;
	k->file = out;
	out->in = in;
	out->charset = "UTF-8";
	if (in.n > MODEL_INPUT_MAX)
		return err_set(e, ERR_INPUT, "%zu bytes, want at most %u to show or convert it", in.n, MODEL_INPUT_MAX);
	if (edi_read(a, in, &out->facts, e) == -1)
		return -1;
	if (out->facts.format == NULL)
		return 0;
	if (out->facts.format == &edi_tradacoms)
		return 0;	/* envelope and messages are all that is known of it */
	if (pieces_takes(&out->facts))
		read_segments(k);
	else if (out->facts.inner.format != NULL)
		return model_xml_read(k, out->facts.inner.format, out->facts.inner.bytes, e);
	else
		return model_xml_read(k, out->facts.format, in, e);
	return 0;
}
