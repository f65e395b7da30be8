/* SPDX-License-Identifier: ISC */
/*
 * model_edifact.c - messages as documents: INVOIC, ORDERS and their kin share their segments, so there is one table by
 * tag; what a segment means depends on whether a party, a line, an allowance or a tax is open before it.
 */
#include "edi/model_codes.h"
#include "edi/model_make.h"

#include <string.h>

static const struct {
	struct str type;	/* UNH 0065 */
	enum model_kind kind;
} types[] = {
	{ S_INIT("INVOIC"), MODEL_INVOICE },
	{ S_INIT("ORDERS"), MODEL_ORDER },
	{ S_INIT("ORDCHG"), MODEL_ORDER_CHANGE },
	{ S_INIT("ORDRSP"), MODEL_ORDER_RESPONSE },
	{ S_INIT("DESADV"), MODEL_DESPATCH_ADVICE },
	{ S_INIT("REMADV"), MODEL_REMITTANCE },
	{ S_INIT("PRICAT"), MODEL_CATALOGUE },
	{ S_INIT("CONTRL"), MODEL_ACK },
	{ S_INIT("APERAK"), MODEL_ACK },
};
static const struct model_codes *const codes = &model_edifact_codes;

static struct str
v(struct model_maker *k, struct pieces *p, unsigned int i, unsigned int j)
{
	return model_value(k, p, i, j);
}

/* Components from..to of element i, with blanks between. */
static struct str
joined(struct model_maker *k, struct pieces *p, unsigned int i, unsigned int from, unsigned int to)
{
	struct str all = v(k, p, i, from);

	for (unsigned int j = from + 1; j <= to; j++) {
		struct str next = v(k, p, i, j);
		if (next.n > 0)
			all = all.n == 0 ? next : str_cat(k->a, str_cat(k->a, all, S(" ")), next);
	}
	return all;
}

static void
on_unh(struct model_maker *k, struct pieces *p)
{
	struct str type = v(k, p, 2, 1);
	enum model_kind kind = MODEL_OTHER;

	for (size_t i = 0; i < N(types); i++)
		if (str_eq(type, types[i].type))
			kind = types[i].kind;
	model_add_document(k, kind);
}

static void
on_bgm(struct model_maker *k, struct pieces *p)
{
	static const char *const credits[] = { "81", "83", "261", "262", "308", "381", "396", "420", "458", "532" };
	struct model *m = k->m;

	m->type = v(k, p, 1, 1);
	m->number = v(k, p, 2, 1);
	for (size_t i = 0; i < N(credits); i++)
		if (m->kind == MODEL_INVOICE && str_eq(m->type, str_of(credits[i])))
			m->kind = MODEL_CREDIT_NOTE;
}

/* The date of the document itself, when it is due, and others; those of a line or reference are not the document's. */
static void
on_dtm(struct model_maker *k, struct pieces *p)
{
	struct str what = v(k, p, 1, 1), value = model_day(k->a, v(k, p, 1, 2));
	struct model *m = k->m;

	if (k->line != NULL || value.n == 0 || str_eq(what, S("171")))
		return;
	if (str_eq(what, S("137"))) {
		if (m->issued.n == 0)
			m->issued = value;
	} else if (str_eq(what, S("13"))) {
		m->due = value;
	} else {
		model_add_date(k, model_word_of(k->a, codes, codes->dates, what), value);
	}
}

static void
on_rff(struct model_maker *k, struct pieces *p)
{
	struct str qual = v(k, p, 1, 1), value = v(k, p, 1, 2);
	enum model_ref_kind kind = model_ref_of(codes, qual);

	if (k->party != NULL) {
		model_add_id(k->party, str_eq(qual, S("VA")) ? S("vat") : str_cat(k->a, codes->prefix, qual), value);
		return;
	}
	if (k->line != NULL && !str_eq(qual, S("ON")))
		return;
	model_add_ref(k, kind, kind == MODEL_REF_OTHER ? str_cat(k->a, codes->prefix, qual) : S(""), value);
}

static void
on_nad(struct model_maker *k, struct pieces *p)
{
	struct str qual = v(k, p, 1, 1);
	struct model_party *party = model_add_party(k, model_role_of(codes, qual), qual);

	model_add_id(party, model_word_of(k->a, codes, codes->ids, v(k, p, 2, 3)), v(k, p, 2, 1));
	party->name = joined(k, p, 4, 1, 5);
	if (party->name.n == 0)		/* unstructured: name and address in one */
		party->name = joined(k, p, 3, 1, 5);
	for (unsigned int j = 1; j <= MODEL_STREET_MAX; j++)
		model_add_street(party, v(k, p, 5, j));
	party->city = v(k, p, 6, 1);
	party->region = v(k, p, 7, 1);
	party->postcode = v(k, p, 8, 1);
	party->country = v(k, p, 9, 1);
}

static void
on_contact(struct model_maker *k, struct pieces *p)
{
	if (k->party == NULL)
		return;
	if (p->seg.tag == SEG_TAG('C', 'T', 'A'))
		k->party->contact = joined(k, p, 2, 2, 2);
	else if (str_eq(v(k, p, 1, 2), S("TE")))
		k->party->phone = v(k, p, 1, 1);
	else if (str_eq(v(k, p, 1, 2), S("EM")))
		k->party->mail = v(k, p, 1, 1);
}

static void
on_terms(struct model_maker *k, struct pieces *p)
{
	struct model *m = k->m;
	struct str type = v(k, p, 1, 1);

	switch (p->seg.tag) {
	case SEG_TAG('C', 'U', 'X'):
		if (m->currency.n == 0)
			m->currency = v(k, p, 1, 2);
		break;
	case SEG_TAG('F', 'I', 'I'):
		if (m->account.n == 0)
			m->account = v(k, p, 2, 1);
		break;
	default:	/* PAT: 22 is a discount, whose PCD follows; others say when all is due */
		if (str_eq(type, S("22")))
			model_add_discount(k, (struct model_discount){ .days = v(k, p, 3, 4) });
		else if (m->net_days.n == 0)
			m->net_days = v(k, p, 3, 4);
	}
}

static void
on_pcd(struct model_maker *k, struct pieces *p)
{
	struct model *m = k->m;

	if (k->allowance != NULL)
		model_number(k, &k->allowance->percent, v(k, p, 1, 2));
	else if (k->line == NULL && m->n_discounts > 0)
		model_number(k, &m->discounts[m->n_discounts - 1].percent, v(k, p, 1, 2));
}

static void
on_alc(struct model_maker *k, struct pieces *p)
{
	struct model_allowance *x = model_add_allowance(k, str_eq(v(k, p, 1, 1), S("C")));

	x->code = v(k, p, 5, 1);
	if (x->code.n == 0)
		x->code = v(k, p, 2, 2);
	x->text = joined(k, p, 5, 4, 5);
	k->tax = NULL;
}

/* TAX within a line is the line's; else a group of its own, whose base and amount follow behind the lines. */
static void
on_tax(struct model_maker *k, struct pieces *p)
{
	struct str rate = v(k, p, 5, 4), category = v(k, p, 6, 1);

	if (k->allowance != NULL && !k->summary) {
		k->allowance->tax_category = category;
		model_number(k, &k->allowance->tax_rate, rate);
	} else if (k->line != NULL) {
		k->line->tax_category = category;
		model_number(k, &k->line->tax_rate, rate);
	} else if (k->summary) {
		k->allowance = NULL;
		model_add_tax(k)->category = category;
		model_number(k, &k->tax->rate, rate);
	}
}

static void
on_lin(struct model_maker *k, struct pieces *p)
{
	struct model_line *l = model_add_line(k);
	struct str type = v(k, p, 3, 2);

	l->no = v(k, p, 1, 1);
	if (k->m->kind == MODEL_ORDER_CHANGE || k->m->kind == MODEL_ORDER_RESPONSE)
		l->status = v(k, p, 2, 1);
	if (str_eq(type, S("SA")))
		l->seller_id = v(k, p, 3, 1);
	else if (str_eq(type, S("BP")) || str_eq(type, S("IN")))
		l->buyer_id = v(k, p, 3, 1);
	else
		l->gtin = v(k, p, 3, 1);
}

static void
on_pia(struct model_maker *k, struct pieces *p)
{
	for (unsigned int i = 2; k->line != NULL && i <= 6; i++) {
		struct str type = v(k, p, i, 2);
		if ((str_eq(type, S("BP")) || str_eq(type, S("IN"))) && k->line->buyer_id.n == 0)
			k->line->buyer_id = v(k, p, i, 1);
		else if (str_eq(type, S("SA")) && k->line->seller_id.n == 0)
			k->line->seller_id = v(k, p, i, 1);
		else if ((str_eq(type, S("EN")) || str_eq(type, S("SRV"))) && k->line->gtin.n == 0)
			k->line->gtin = v(k, p, i, 1);
	}
}

static void
on_imd(struct model_maker *k, struct pieces *p)
{
	if (k->line != NULL && k->line->description.n == 0)
		k->line->description = joined(k, p, 3, 4, 5);
}

/* The quantity that the message is about, else the first. */
static void
on_qty(struct model_maker *k, struct pieces *p)
{
	struct str qual = v(k, p, 1, 1);
	bool best = str_eq(qual, k->m->kind == MODEL_DESPATCH_ADVICE ? S("12") :
	    k->m->kind == MODEL_INVOICE || k->m->kind == MODEL_CREDIT_NOTE ? S("47") : S("21"));

	if (k->line == NULL || (k->line->qty.n > 0 && !best))
		return;
	model_number(k, &k->line->qty, v(k, p, 1, 2));
	k->line->unit = v(k, p, 1, 3);
}

/* AAA is the net price, which counts; others stand in for it. */
static void
on_pri(struct model_maker *k, struct pieces *p)
{
	if (k->line == NULL || (k->line->price.n > 0 && !str_eq(v(k, p, 1, 1), S("AAA"))))
		return;
	model_number(k, &k->line->price, v(k, p, 1, 2));
	k->line->price_per = S("");
	model_number(k, &k->line->price_per, v(k, p, 1, 5));
}

static void
line_money(struct model_maker *k, struct str what, struct str amount)
{
	struct model_line *l = k->line;
	bool best = str_eq(what, S("203"));

	if (best || (l->amount.n == 0 && (str_eq(what, S("38")) || str_eq(what, S("66")))))
		model_number(k, &l->amount, amount);
}

static void
total_money(struct model_maker *k, struct str what, struct str amount)
{
	struct model_totals *t = &k->m->totals;
	const struct { const char *code; struct str *to; } totals[] = {
		{ "79", &t->lines }, { "125", &t->net }, { "124", &t->tax }, { "176", &t->tax }, { "77", &t->gross },
		{ "9", &t->payable }, { "86", &t->payable }, { "12", &t->payable }, { "113", &t->prepaid },
		{ "260", &t->allowances }, { "259", &t->charges }, { "131", &t->charges }, { "165", &t->rounding },
	};

	for (size_t i = 0; i < N(totals); i++)
		if (str_eq(what, str_of(totals[i].code)) && totals[i].to->n == 0)
			model_number(k, totals[i].to, amount);
}

static void
on_moa(struct model_maker *k, struct pieces *p)
{
	struct str what = v(k, p, 1, 1), amount = v(k, p, 1, 2);

	if (k->allowance != NULL && (str_eq(what, S("8")) || str_eq(what, S("204")) || str_eq(what, S("23"))))
		model_number(k, &k->allowance->amount, amount);
	else if (k->allowance != NULL && str_eq(what, S("25")))
		model_number(k, &k->allowance->base, amount);
	else if (k->tax != NULL && str_eq(what, S("125")))
		model_number(k, &k->tax->base, amount);
	else if (k->tax != NULL && (str_eq(what, S("124")) || str_eq(what, S("150"))))
		model_number(k, &k->tax->amount, amount);
	else if (k->line != NULL)
		line_money(k, what, amount);
	else if (k->tax == NULL && k->allowance == NULL)
		total_money(k, what, amount);
	else if (k->m->kind == MODEL_INVOICE || k->m->kind == MODEL_CREDIT_NOTE)
		total_money(k, what, amount);
}

static void
on_ftx(struct model_maker *k, struct pieces *p)
{
	if (k->line == NULL)
		model_add_note(k, joined(k, p, 4, 1, 5));
}

static void
on_count(struct model_maker *k, struct pieces *p)
{
	if (p->seg.tag == SEG_TAG('C', 'N', 'T')) {
		if (str_eq(v(k, p, 1, 1), S("2")))
			model_number(k, &k->m->totals.count, v(k, p, 1, 2));
		return;
	}
	k->line = NULL;		/* UNS */
	k->allowance = NULL;
	k->tax = NULL;
	k->summary = true;
}

/* REMADV: each document that is paid. */
static void
on_doc(struct model_maker *k, struct pieces *p)
{
	if (k->m->kind != MODEL_REMITTANCE)
		return;
	model_add_line(k)->description = joined(k, p, 1, 1, 1);
	k->line->seller_id = v(k, p, 2, 1);
}

static void
on_uci(struct model_maker *k, struct pieces *p)
{
	k->m->number = v(k, p, 1, 1);
	k->m->type = v(k, p, 4, 1);
}

static const struct handler {
	uint32_t tag;
	void (*take)(struct model_maker *k, struct pieces *p);
	bool ends_party;	/* what follows is no longer about the NAD before */
} handlers[] = {
	{ SEG_TAG('B', 'G', 'M'), on_bgm, true }, { SEG_TAG('D', 'T', 'M'), on_dtm, false },
	{ SEG_TAG('R', 'F', 'F'), on_rff, false }, { SEG_TAG('N', 'A', 'D'), on_nad, false },
	{ SEG_TAG('C', 'T', 'A'), on_contact, false }, { SEG_TAG('C', 'O', 'M'), on_contact, false },
	{ SEG_TAG('F', 'I', 'I'), on_terms, false }, { SEG_TAG('C', 'U', 'X'), on_terms, true },
	{ SEG_TAG('P', 'A', 'T'), on_terms, true }, { SEG_TAG('P', 'C', 'D'), on_pcd, false },
	{ SEG_TAG('A', 'L', 'C'), on_alc, true }, { SEG_TAG('T', 'A', 'X'), on_tax, true },
	{ SEG_TAG('L', 'I', 'N'), on_lin, true }, { SEG_TAG('P', 'I', 'A'), on_pia, true },
	{ SEG_TAG('I', 'M', 'D'), on_imd, true }, { SEG_TAG('Q', 'T', 'Y'), on_qty, true },
	{ SEG_TAG('P', 'R', 'I'), on_pri, true }, { SEG_TAG('M', 'O', 'A'), on_moa, true },
	{ SEG_TAG('F', 'T', 'X'), on_ftx, false }, { SEG_TAG('U', 'N', 'S'), on_count, true },
	{ SEG_TAG('C', 'N', 'T'), on_count, true }, { SEG_TAG('D', 'O', 'C'), on_doc, true },
	{ SEG_TAG('U', 'C', 'I'), on_uci, true },
};

void
model_edifact_segment(struct model_maker *k, struct pieces *p)
{
	if (p->seg.tag == SEG_TAG('U', 'N', 'H'))
		return on_unh(k, p);
	if (k->m == NULL || k->m->kind == MODEL_OTHER)
		return;
	for (size_t i = 0; i < N(handlers); i++) {
		if (handlers[i].tag != p->seg.tag)
			continue;
		if (handlers[i].ends_party)
			k->party = NULL;
		handlers[i].take(k, p);
		return;
	}
}
