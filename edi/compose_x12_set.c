/* SPDX-License-Identifier: ISC */
/* compose_x12_set.c - what stands between ST and SE: 810, 850, 855, 856 and 860. */
#include "edi/compose_x12.h"

/* ---- lines ---- */

static void
put_ids(struct composer *c, const struct model_line *l)
{
	static const char *const by_length[] = {
		[8] = "UK", [12] = "UP", [13] = "EN", [14] = "UK"
	};
	const char *gtin =
	    l->gtin.n < N(by_length) && by_length[l->gtin.n] != NULL ? by_length[l->gtin.n] : "UI";
	const struct {
		const char *code;
		struct str id;
	} ids[] = {
		{ gtin, l->gtin },
		{ "BP", l->buyer_id },
		{ "VP", l->seller_id },
	};

	for (size_t i = 0; i < N(ids); i++) {
		if (ids[i].id.n == 0)
			continue;
		seg_write(&c->w, str_of(ids[i].code));
		x12_text(c, ids[i].id, 48);
	}
}

/* IT1, PO1 or POC */
static void
put_line(struct composer *c, const struct model *m, const struct model_line *l)
{
	struct seg_writer *w = &c->w;
	bool change = m->kind == MODEL_ORDER_CHANGE;

	seg_write_tag(w, change                                                     ? "POC"
	                 : m->kind == MODEL_INVOICE || m->kind == MODEL_CREDIT_NOTE ? "IT1"
	                                                                            : "PO1");
	x12_text(c, l->no, 20);
	if (change)
		seg_write(w, l->status);
	seg_write(w, l->qty);
	if (change)
		seg_write_skip(w, 1);
	x12_text(c, l->unit, 2);
	seg_write(w, l->price);
	seg_write_skip(w, 1);
	put_ids(c, l);
	seg_write_end(w);
}

static void
put_description(struct composer *c, const struct model_line *l)
{
	if (l->description.n == 0)
		return;
	seg_write_tag(&c->w, "PID");
	seg_write(&c->w, S("F"));
	seg_write_skip(&c->w, 3);
	x12_text(c, l->description, 80);
	seg_write_end(&c->w);
}

/* 1: the sum of the line. 810 has no AMT there, but PAM. */
static void
put_amount(struct composer *c, const char *tag, unsigned int before, struct str code,
           struct str amount)
{
	if (amount.n == 0)
		return;
	seg_write_tag(&c->w, tag);
	seg_write_skip(&c->w, before);
	seg_write(&c->w, code);
	seg_write(&c->w, amount);
	seg_write_end(&c->w);
}

static void
put_count(struct composer *c, const struct model *m)
{
	seg_write_tag(&c->w, "CTT");
	seg_write_n(&c->w, m->n_lines, 1);
	seg_write_end(&c->w);
}

/* ---- 810 ---- */

static void
put_invoice_notes(struct composer *c, const struct model *m, bool before)
{
	bool all_short = true;

	for (size_t i = 0; i < m->n_notes; i++)
		all_short = all_short && str_eq(compose_cut(m->notes[i], 80), m->notes[i]);
	if (!all_short && !before)
		x12_messages(c, m);
	for (size_t i = 0; all_short && before && i < m->n_notes; i++) {
		seg_write_tag(&c->w, "NTE");
		seg_write_skip(&c->w, 1);
		seg_write(&c->w, m->notes[i]);
		seg_write_end(&c->w);
	}
}

static void
put_invoice(struct composer *c, const struct model *m)
{
	struct seg_writer *w = &c->w;

	seg_write_tag(w, "BIG");
	x12_date(c, m, m->issued);
	x12_text(c, m->number, 22);
	seg_write_skip(w, 1);
	x12_text(c, x12_first_ref(m, MODEL_REF_ORDER), 22);
	seg_write_skip(w, 2);
	seg_write(w, compose_type(m, true));
	seg_write_end(w);
	put_invoice_notes(c, m, true);
	x12_currency(c, m);
	x12_refs(c, m, MODEL_REF_ORDER);
	x12_parties(c, m);
	x12_terms(c, m);
	x12_dates(c, m);
	put_invoice_notes(c, m, false);
	for (size_t i = 0; i < m->n_lines; i++) {
		put_line(c, m, &m->lines[i]);
		x12_line_tax(c, &m->lines[i]);
		put_amount(c, "PAM", 3, S("1"), m->lines[i].amount);
		put_description(c, &m->lines[i]);
		x12_allowances(c, m, i);
	}
	seg_write_tag(w, "TDS");
	x12_hundredths(c, m->totals.payable);
	seg_write_end(w);
	x12_taxes(c, m);
	x12_allowances(c, m, MODEL_NO_LINE);
	put_count(c, m);
}

/* ---- 850, 855, 860 ---- */

static void
put_order_begin(struct composer *c, const struct model *m)
{
	struct seg_writer *w = &c->w;
	bool change = m->kind == MODEL_ORDER_CHANGE, response = m->kind == MODEL_ORDER_RESPONSE;

	seg_write_tag(w, change ? "BCH" : response ? "BAK" : "BEG");
	seg_write(w, change ? compose_type(m, true) : S("00"));
	seg_write(w, change ? S("NE") : compose_type(m, true));
	x12_text(c, m->number, 22);
	if (!response)
		seg_write_skip(w, 1);
	if (change)
		seg_write_skip(w, 1);
	x12_date(c, m, m->issued);
	if (!change && !response)
		x12_text(c, x12_first_ref(m, MODEL_REF_CONTRACT), 30);
	seg_write_end(w);
}

static void
put_ack(struct composer *c, const struct model_line *l)
{
	if (l->status.n == 0)
		return;
	seg_write_tag(&c->w, "ACK");
	seg_write(&c->w, l->status);
	if (l->qty.n > 0 && l->unit.n > 0) {
		seg_write(&c->w, l->qty);
		seg_write(&c->w, l->unit);
	}
	seg_write_end(&c->w);
}

static void
put_order(struct composer *c, const struct model *m)
{
	put_order_begin(c, m);
	x12_currency(c, m);
	x12_refs(c, m,
	         m->kind == MODEL_ORDER            ? MODEL_REF_CONTRACT
	         : m->kind == MODEL_ORDER_RESPONSE ? MODEL_REF_ORDER
	                                           : MODEL_REF_KINDS);
	x12_allowances(c, m, MODEL_NO_LINE);
	x12_terms(c, m);
	x12_dates(c, m);
	x12_taxes(c, m);
	x12_messages(c, m);
	x12_parties(c, m);
	for (size_t i = 0; i < m->n_lines; i++) {
		put_line(c, m, &m->lines[i]);
		put_description(c, &m->lines[i]);
		x12_allowances(c, m, i);
		x12_line_tax(c, &m->lines[i]);
		if (m->kind == MODEL_ORDER_RESPONSE)
			put_ack(c, &m->lines[i]);
		put_amount(c, "AMT", 0, S("1"), m->lines[i].amount);
	}
	put_count(c, m);
	put_amount(c, "AMT", 0, S("TT"), m->totals.payable);
}

/* ---- 856: the shipment, the order in it, its items ---- */

static void
put_level(struct composer *c, uint64_t number, uint64_t above, struct str code)
{
	seg_write_tag(&c->w, "HL");
	seg_write_n(&c->w, number, 1);
	if (above > 0)
		seg_write_n(&c->w, above, 1);
	else
		seg_write_skip(&c->w, 1);
	seg_write(&c->w, code);
	seg_write_end(&c->w);
}

static void
put_item(struct composer *c, const struct model_line *l)
{
	struct seg_writer *w = &c->w;

	seg_write_tag(w, "LIN");
	x12_text(c, l->no, 20);
	put_ids(c, l);
	seg_write_end(w);
	if (l->qty.n > 0) {
		seg_write_tag(w, "SN1");
		seg_write_skip(w, 1);
		seg_write(w, l->qty);
		x12_text(c, l->unit, 2);
		seg_write_end(w);
	}
	put_description(c, l);
}

static void
put_shipment(struct composer *c, const struct model *m)
{
	struct seg_writer *w = &c->w;
	struct str order = x12_first_ref(m, MODEL_REF_ORDER);
	uint64_t level = 1, above = 1;

	seg_write_tag(w, "BSN");
	seg_write(w, compose_type(m, true));
	x12_text(c, m->number, 30);
	x12_date(c, m, m->issued);
	seg_write(w, str_sub(c->how->now, 8, 4));
	seg_write_end(w);
	x12_dates(c, m);
	put_level(c, level++, 0, S("S"));
	x12_refs(c, m, MODEL_REF_ORDER);
	x12_parties(c, m);
	x12_currency(c, m);
	x12_allowances(c, m, MODEL_NO_LINE);
	if (order.n > 0) {
		above = level;
		put_level(c, level++, 1, S("O"));
		seg_write_tag(w, "PRF");
		x12_text(c, order, 22);
		seg_write_end(w);
	}
	for (size_t i = 0; i < m->n_lines; i++) {
		put_level(c, level++, above, S("I"));
		put_item(c, &m->lines[i]);
	}
}

void
x12_set(struct composer *c, const struct model *m)
{
	if (m->kind == MODEL_INVOICE || m->kind == MODEL_CREDIT_NOTE)
		put_invoice(c, m);
	else if (m->kind == MODEL_DESPATCH_ADVICE)
		put_shipment(c, m);
	else
		put_order(c, m);
}
