/* SPDX-License-Identifier: ISC */
/* compose_x12_part.c - the segments that the transaction sets share. */
#include "edi/compose_x12.h"

#include "edi/decimal.h"
#include "edi/model_codes.h"
#include "edi/x12.h"

struct str
x12_version(const struct composer *c, const struct model *m)
{
	bool own =
	    c->file->facts.format == &edi_x12 && m->message != NULL && m->message->version.n >= 6;

	return own ? m->message->version : S("004010");
}

/* ---- elements ---- */

void
x12_text(struct composer *c, struct str value, size_t max)
{
	seg_write(&c->w, compose_cut(value, max));
}

void
x12_date(struct composer *c, const struct model *m, struct str iso)
{
	struct str day = compose_day(c->a, iso);
	bool century = str_cmp(x12_version(c, m), S("004010")) >= 0;

	seg_write(&c->w, iso.n == 10 && !century ? str_from(day, 2) : day);
}

/*
 * N2: hundredths without a point. What does not fit them is rounded, which whoever compares
 * will see.
 */
void
x12_hundredths(struct composer *c, struct str amount)
{
	struct decimal d;

	if (!decimal_read(amount, &d)) {
		seg_write(&c->w, amount);
		return;
	}
	d = decimal_round(d, 2);
	for (; d.scale < 2; d.scale++)
		d.n *= 10;
	d.scale = 0;
	seg_write(&c->w, decimal_text(c->a, d, 0));
}

static void
qualified(struct composer *c, const char *tag, struct str qual, struct str value, size_t max)
{
	if (qual.n == 0 || value.n == 0)
		return;
	seg_write_tag(&c->w, tag);
	seg_write(&c->w, qual);
	x12_text(c, value, max);
	seg_write_end(&c->w);
}

/* ---- parties ---- */

/* The one id that N1 has room for; the number of those there are if none fits. */
static size_t
id_of_n1(const struct model_party *p)
{
	size_t i = 0;

	while (i < p->n_ids &&
	       model_word_code(&model_x12_codes, model_x12_codes.ids, p->ids[i].scheme).n == 0)
		i++;
	return i;
}

static void
put_ids(struct composer *c, const struct model_party *p, size_t but)
{
	for (size_t i = 0; i < p->n_ids; i++) {
		struct str scheme = p->ids[i].scheme;
		if (i != but)
			qualified(c, "REF",
			          str_eq(scheme, S("vat"))   ? S("VX")
			          : str_eq(scheme, S("tax")) ? S("TJ")
			                                     : S(""),
			          p->ids[i].value, 50);
	}
}

static void
put_address(struct composer *c, const struct model_party *p)
{
	struct seg_writer *w = &c->w;

	for (size_t i = 0; i < p->n_street; i += 2) {
		seg_write_tag(w, "N3");
		x12_text(c, p->street[i], 55);
		x12_text(c, i + 1 < p->n_street ? p->street[i + 1] : S(""), 55);
		seg_write_end(w);
	}
	if (p->city.n + p->region.n + p->postcode.n + p->country.n == 0)
		return;
	seg_write_tag(w, "N4");
	x12_text(c, p->city, 30);
	x12_text(c, p->region, 2);
	x12_text(c, p->postcode, 15);
	x12_text(c, p->country, 3);
	seg_write_end(w);
}

static void
put_contact(struct composer *c, const struct model_party *p)
{
	const struct {
		const char *qual;
		struct str value;
	} numbers[] = { { "TE", p->phone }, { "EM", p->mail } };

	if (p->contact.n + p->phone.n + p->mail.n == 0)
		return;
	seg_write_tag(&c->w, "PER");
	seg_write(&c->w, S("IC"));
	x12_text(c, p->contact, 60);
	for (size_t i = 0; i < N(numbers); i++) {
		if (numbers[i].value.n == 0)
			continue;
		seg_write(&c->w, str_of(numbers[i].qual));
		x12_text(c, numbers[i].value, 256);
	}
	seg_write_end(&c->w);
}

void
x12_parties(struct composer *c, const struct model *m)
{
	for (size_t i = 0; i < m->n_parties; i++) {
		const struct model_party *p = &m->parties[i];
		size_t id = id_of_n1(p);
		seg_write_tag(&c->w, "N1");
		seg_write(&c->w, model_role_code(&model_x12_codes, p));
		x12_text(c, p->name, 60);
		if (id < p->n_ids) {
			seg_write(&c->w, model_word_code(&model_x12_codes, model_x12_codes.ids,
			                                 p->ids[id].scheme));
			x12_text(c, p->ids[id].value, 80);
		}
		seg_write_end(&c->w);
		put_address(c, p);
		put_ids(c, p, id);
		put_contact(c, p);
	}
}

/* ---- the head ---- */

/* The first one of that kind, which has a place in the set's first segment; empty without one. */
struct str
x12_first_ref(const struct model *m, enum model_ref_kind kind)
{
	for (size_t i = 0; i < m->n_refs; i++)
		if (m->refs[i].kind == kind)
			return m->refs[i].value;
	return S("");
}

/* All but the first of kind, which was said. */
void
x12_refs(struct composer *c, const struct model *m, enum model_ref_kind said)
{
	bool first = true;

	for (size_t i = 0; i < m->n_refs; i++) {
		if (m->refs[i].kind == said && first)
			first = false;
		else
			qualified(c, "REF", model_ref_code(&model_x12_codes, &m->refs[i]),
			          m->refs[i].value, 50);
	}
}

void
x12_currency(struct composer *c, const struct model *m)
{
	bool buyer = m->kind == MODEL_ORDER || m->kind == MODEL_ORDER_CHANGE;

	qualified(c, "CUR", buyer ? S("BY") : S("SE"), m->currency, 3);
}

static void
put_terms(struct composer *c, struct model_discount d, struct str due, struct str days)
{
	struct seg_writer *w = &c->w;

	seg_write_tag(w, "ITD");
	seg_write(w, d.percent.n > 0 ? S("08") : S("01"));
	seg_write(w, S("3"));
	seg_write(w, d.percent);
	seg_write(w, compose_day(c->a, d.until));
	seg_write(w, d.days);
	seg_write(w, compose_day(c->a, due));
	seg_write(w, days);
	seg_write_end(w);
}

/* When to pay: each discount by itself, the last day with the first of them. */
void
x12_terms(struct composer *c, const struct model *m)
{
	if (m->n_discounts == 0 && m->due.n + m->net_days.n > 0)
		put_terms(c, (struct model_discount){ .days = S("") }, m->due, m->net_days);
	for (size_t i = 0; i < m->n_discounts; i++)
		put_terms(c, m->discounts[i], i == 0 ? m->due : S(""),
		          i == 0 ? m->net_days : S(""));
}

void
x12_dates(struct composer *c, const struct model *m)
{
	for (size_t i = 0; i < m->n_dates; i++) {
		struct str code =
		    model_word_code(&model_x12_codes, model_x12_codes.dates, m->dates[i].kind);
		if (code.n == 0)
			continue;
		seg_write_tag(&c->w, "DTM");
		seg_write(&c->w, code);
		x12_date(c, m, m->dates[i].value);
		seg_write_end(&c->w);
	}
}

/* Texts of a set that has N9. */
void
x12_messages(struct composer *c, const struct model *m)
{
	if (m->n_notes > 0)
		qualified(c, "N9", S("L1"), S("NOTES"), 50);
	for (size_t i = 0; i < m->n_notes; i++) {
		seg_write_tag(&c->w, "MSG");
		x12_text(c, m->notes[i], 264);
		seg_write_end(&c->w);
	}
}

/* ---- allowances and taxes ---- */

void
x12_allowances(struct composer *c, const struct model *m, size_t line)
{
	struct seg_writer *w = &c->w;

	for (size_t i = 0; i < m->n_allowances; i++) {
		const struct model_allowance *x = &m->allowances[i];
		if (x->line != line)
			continue;
		seg_write_tag(w, "SAC");
		seg_write(w, x->charge ? S("C") : S("A"));
		seg_write(w, x->code);
		seg_write_skip(w, 2);
		x12_hundredths(c, x->amount);
		seg_write(w, x->percent.n > 0 ? S("3") : S(""));
		seg_write(w, x->percent);
		seg_write_skip(w, 7);
		x12_text(c, x->text, 80);
		seg_write_end(w);
	}
}

static void
put_tax(struct composer *c, struct str category, struct str amount, struct str rate,
        struct str base)
{
	if (category.n + rate.n + amount.n == 0)
		return;
	seg_write_tag(&c->w, "TXI");
	seg_write(&c->w, category);
	seg_write(&c->w, amount);
	seg_write(&c->w, rate);
	seg_write_skip(&c->w, 4);
	seg_write(&c->w, base);
	seg_write_end(&c->w);
}

void
x12_taxes(struct composer *c, const struct model *m)
{
	for (size_t i = 0; i < m->n_taxes; i++)
		put_tax(c, m->taxes[i].category, m->taxes[i].amount, m->taxes[i].rate,
		        m->taxes[i].base);
}

void
x12_line_tax(struct composer *c, const struct model_line *l)
{
	put_tax(c, l->tax_category, S(""), l->tax_rate, S(""));
}
