/* SPDX-License-Identifier: ISC */
/*
 * compose_edifact_message.c - what stands between UNH and UNT, in the order that INVOIC, ORDERS
 * and DESADV have it.
 */
#include "edi/compose_edifact.h"

#include "edi/model_codes.h"

static bool
is_invoice(const struct model *m)
{
	return m->kind == MODEL_INVOICE || m->kind == MODEL_CREDIT_NOTE;
}

static void
put_begin(struct composer *c, const struct model *m)
{
	struct seg_writer *w = &c->w;

	seg_write_tag(w, "BGM");
	edifact_text(c, compose_type(m, false), 3);
	edifact_text(c, m->number, 35);
	seg_write(w, S("9"));
	seg_write_end(w);
	edifact_date(c, S("137"), m->issued);
	for (size_t i = 0; i < m->n_dates; i++)
		edifact_date(c,
		             model_word_code(&model_edifact_codes, model_edifact_codes.dates,
		                             m->dates[i].kind),
		             m->dates[i].value);
}

static void
put_refs(struct composer *c, const struct model *m)
{
	for (size_t i = 0; i < m->n_refs; i++)
		edifact_pair(c, "RFF", model_ref_code(&model_edifact_codes, &m->refs[i]),
		             m->refs[i].value, edifact_is_wide(m) ? 70 : 35);
}

/* 2: the currency that this is about; 4: of an invoice, 9: of an order. */
static void
put_currency(struct composer *c, const struct model *m)
{
	if (m->currency.n == 0)
		return;
	seg_write_tag(&c->w, "CUX");
	seg_write(&c->w, S("2"));
	edifact_more(c, m->currency, 3);
	seg_write_more(&c->w, is_invoice(m) ? S("4") : S("9"));
	seg_write_end(&c->w);
}

/* ---- lines ---- */

static void
put_id(struct composer *c, struct str id, const char *type)
{
	if (id.n == 0)
		return;
	seg_write_tag(&c->w, "PIA");
	seg_write(&c->w, S("1"));
	edifact_text(c, id, 35);
	seg_write_more(&c->w, str_of(type));
	seg_write_end(&c->w);
}

static void
put_item(struct composer *c, const struct model *m, const struct model_line *l)
{
	struct seg_writer *w = &c->w;
	struct str pieces[2];
	size_t width = edifact_is_wide(m) ? 256 : 35,
	       n = compose_wrap(l->description, width, pieces, N(pieces));

	seg_write_tag(w, "LIN");
	edifact_text(c, l->no, 6);
	edifact_text(c, l->status, 3);
	if (l->gtin.n > 0) {
		edifact_text(c, l->gtin, 35);
		seg_write_more(w, edifact_is_wide(m) ? S("SRV") : S("EN"));
	}
	seg_write_end(w);
	put_id(c, l->buyer_id, "BP");
	put_id(c, l->seller_id, "SA");
	if (n == 0)
		return;
	seg_write_tag(w, "IMD");
	seg_write(w, S("F"));
	seg_write_skip(w, 1);
	seg_write(w, S(""));
	for (int i = 0; i < 2; i++)
		seg_write_more(w, S(""));
	for (size_t i = 0; i < n; i++)
		edifact_more(c, pieces[i], width);
	seg_write_end(w);
}

static void
put_qty(struct composer *c, const struct model *m, const struct model_line *l)
{
	if (l->qty.n == 0)
		return;
	seg_write_tag(&c->w, "QTY");
	seg_write(&c->w, m->kind == MODEL_DESPATCH_ADVICE ? S("12")
	                 : is_invoice(m)                  ? S("47")
	                                                  : S("21"));
	edifact_more(c, l->qty, 15);
	edifact_more(c, l->unit, 3);
	seg_write_end(&c->w);
}

static void
put_price(struct composer *c, const struct model_line *l)
{
	struct seg_writer *w = &c->w;

	if (l->price.n == 0)
		return;
	seg_write_tag(w, "PRI");
	seg_write(w, S("AAA"));
	edifact_more(c, l->price, 15);
	for (int i = 0; i < 2; i++)
		seg_write_more(w, S(""));
	edifact_more(c, l->price_per, 9);
	if (l->price_per.n > 0)
		edifact_more(c, l->unit, 3);
	seg_write_end(w);
}

static void
put_lines(struct composer *c, const struct model *m)
{
	for (size_t i = 0; i < m->n_lines; i++) {
		const struct model_line *l = &m->lines[i];
		put_item(c, m, l);
		put_qty(c, m, l);
		if (m->kind == MODEL_DESPATCH_ADVICE)
			continue;
		edifact_pair(c, "MOA", S("203"), l->amount, 35);
		put_price(c, l);
		if (l->tax_category.n + l->tax_rate.n > 0)
			edifact_tax(c, l->tax_category, l->tax_rate);
		edifact_allowances(c, m, i);
	}
}

/* ---- sums ---- */

static void
put_totals(struct composer *c, const struct model *m)
{
	const struct model_totals *t = &m->totals;
	const struct {
		struct str code, amount;
	} sums[] = {
		{ S("79"), t->lines },
		{ S("260"), t->allowances },
		{ S("259"), t->charges },
		{ S("125"), t->net },
		{ S("176"), t->tax },
		{ S("77"), t->gross },
		{ S("113"), t->prepaid },
		{ S("165"), t->rounding },
		{ is_invoice(m) ? S("9") : S("86"), t->payable },
	};

	for (size_t i = 0; i < N(sums); i++)
		edifact_pair(c, "MOA", sums[i].code, sums[i].amount, 35);
}

static void
put_summary(struct composer *c, const struct model *m)
{
	seg_write_tag(&c->w, "UNS");
	seg_write(&c->w, S("S"));
	seg_write_end(&c->w);
	if (!is_invoice(m))
		put_totals(c, m);
	edifact_pair(c, "CNT", S("2"), str_fmt(c->a, "%zu", m->n_lines), 18);
	if (!is_invoice(m))
		return;
	put_totals(c, m);
	for (size_t i = 0; i < m->n_taxes; i++) {
		edifact_tax(c, m->taxes[i].category, m->taxes[i].rate);
		edifact_pair(c, "MOA", S("125"), m->taxes[i].base, 35);
		edifact_pair(c, "MOA", S("124"), m->taxes[i].amount, 35);
	}
}

static void
put_despatch(struct composer *c, const struct model *m)
{
	put_begin(c, m);
	put_refs(c, m);
	edifact_parties(c, m);
	seg_write_tag(&c->w, "CPS");
	seg_write(&c->w, S("1"));
	seg_write_end(&c->w);
	put_lines(c, m);
	edifact_pair(c, "CNT", S("2"), str_fmt(c->a, "%zu", m->n_lines), 18);
}

void
edifact_message(struct composer *c, const struct model *m)
{
	if (m->kind == MODEL_DESPATCH_ADVICE)
		return put_despatch(c, m);
	put_begin(c, m);
	edifact_notes(c, m);
	put_refs(c, m);
	edifact_parties(c, m);
	put_currency(c, m);
	edifact_terms(c, m);
	edifact_allowances(c, m, MODEL_NO_LINE);
	put_lines(c, m);
	put_summary(c, m);
}
