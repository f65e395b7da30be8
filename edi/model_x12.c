/* SPDX-License-Identifier: ISC */
/*
 * model_x12.c - transaction sets as documents. The sets of trade share their segments, so there is one table by tag;
 * what a segment means depends on whether a party or a line is open.
 */
#include "edi/model_codes.h"
#include "edi/model_make.h"

#include <string.h>

#define PAIRS_MAX 15u	/* the last element of a segment that is looked at */

static const struct set {
	struct str type;	/* ST01 */
	enum model_kind kind;
} sets[] = {
	{ S_INIT("810"), MODEL_INVOICE },
	{ S_INIT("820"), MODEL_REMITTANCE },
	{ S_INIT("832"), MODEL_CATALOGUE },
	{ S_INIT("850"), MODEL_ORDER },
	{ S_INIT("855"), MODEL_ORDER_RESPONSE },
	{ S_INIT("856"), MODEL_DESPATCH_ADVICE },
	{ S_INIT("860"), MODEL_ORDER_CHANGE },
	{ S_INIT("865"), MODEL_ORDER_RESPONSE },
	{ S_INIT("997"), MODEL_ACK },
	{ S_INIT("999"), MODEL_ACK },
};

static const struct model_codes *const codes = &model_x12_codes;

static struct str
v(struct model_maker *k, struct pieces *p, unsigned int i)
{
	return model_value(k, p, i, 0);
}

static struct str
day(struct model_maker *k, struct pieces *p, unsigned int i)
{
	return model_day(k->a, v(k, p, i));
}

static void
on_st(struct model_maker *k, struct pieces *p)
{
	struct str type = v(k, p, 1);
	enum model_kind kind = MODEL_OTHER;

	for (size_t i = 0; i < N(sets); i++)
		if (str_eq(type, sets[i].type))
			kind = sets[i].kind;
	model_add_document(k, kind);
}

/* It stands between header and groups, in no set. */
static void
on_ta1(struct model_maker *k, struct pieces *p)
{
	model_add_document(k, MODEL_ACK);
	k->n_ta1++;
	k->m->message = NULL;
	k->m->type = S("TA1");
	k->m->number = v(k, p, 1);
	k->m->issued = day(k, p, 2);
}

/* The segment that begins a set: its elements are the set's own. */
static void
on_begin(struct model_maker *k, struct pieces *p)
{
	struct model *m = k->m;

	switch (p->seg.tag) {
	case SEG_TAG('B', 'I', 'G'):
		m->issued = day(k, p, 1);
		m->number = v(k, p, 2);
		model_add_ref(k, MODEL_REF_ORDER, S(""), v(k, p, 4));
		m->type = v(k, p, 7);
		if (str_eq(m->type, S("CR")) || str_eq(m->type, S("CN")))
			m->kind = MODEL_CREDIT_NOTE;
		break;
	case SEG_TAG('B', 'E', 'G'):
		m->type = v(k, p, 2);
		m->number = v(k, p, 3);
		m->issued = day(k, p, 5);
		model_add_ref(k, MODEL_REF_CONTRACT, S(""), v(k, p, 6));
		break;
	case SEG_TAG('B', 'C', 'H'):
		m->type = v(k, p, 1);
		m->number = v(k, p, 3);
		m->issued = day(k, p, 6);
		break;
	case SEG_TAG('B', 'A', 'K'):
	case SEG_TAG('B', 'C', 'A'):
		m->type = v(k, p, 2);
		m->number = v(k, p, 3);
		model_add_ref(k, MODEL_REF_ORDER, S(""), m->number);
		m->issued = day(k, p, p->seg.tag == SEG_TAG('B', 'C', 'A') ? 6 : 4);
		break;
	case SEG_TAG('B', 'S', 'N'):
		m->type = v(k, p, 1);
		m->number = v(k, p, 2);
		m->issued = day(k, p, 3);
		break;
	case SEG_TAG('B', 'P', 'R'):
		m->type = v(k, p, 4);
		model_number(k, &m->totals.payable, v(k, p, 2));
		m->account = v(k, p, 15);
		m->issued = day(k, p, 16);
		break;
	case SEG_TAG('A', 'K', '1'):
		m->type = v(k, p, 1);
		m->number = v(k, p, 2);
		break;
	default:
		m->number = v(k, p, 2);
	}
}

static void
on_n1(struct model_maker *k, struct pieces *p)
{
	struct str qual = v(k, p, 1);
	struct model_party *party = model_add_party(k, model_role_of(codes, qual), qual);

	party->name = v(k, p, 2);
	model_add_id(party, model_word_of(k->a, codes, codes->ids, v(k, p, 3)), v(k, p, 4));
}

/* N2, N3, N4, PER: of the party that the N1 before them named. */
static void
on_party(struct model_maker *k, struct pieces *p)
{
	struct model_party *party = k->party;

	switch (p->seg.tag) {
	case SEG_TAG('N', '2', ' '):
	case SEG_TAG('N', '3', ' '):
		model_add_street(party, v(k, p, 1));
		model_add_street(party, v(k, p, 2));
		break;
	case SEG_TAG('N', '4', ' '):
		party->city = v(k, p, 1);
		party->region = v(k, p, 2);
		party->postcode = v(k, p, 3);
		party->country = v(k, p, 4);
		break;
	default:
		party->contact = v(k, p, 2);
		for (unsigned int i = 3; i < 8; i += 2) {
			if (str_eq(v(k, p, i), S("TE")))
				party->phone = v(k, p, i + 1);
			else if (str_eq(v(k, p, i), S("EM")))
				party->mail = v(k, p, i + 1);
		}
	}
}

static void
on_ref(struct model_maker *k, struct pieces *p)
{
	struct str qual = v(k, p, 1), value = v(k, p, 2);
	enum model_ref_kind kind = model_ref_of(codes, qual);

	if (k->party != NULL && (str_eq(qual, S("VX")) || str_eq(qual, S("TJ")))) {
		model_add_id(k->party, qual.p[0] == 'V' ? S("vat") : S("tax"), value);
		return;
	}
	model_add_ref(k, kind, kind == MODEL_REF_OTHER ? str_cat(k->a, codes->prefix, qual) : S(""), value);
}

/* ITD: what to pay when; one with a percentage is a discount for paying early. */
static void
on_itd(struct model_maker *k, struct pieces *p)
{
	struct model *m = k->m;
	struct model_discount d = { .days = v(k, p, 5), .until = day(k, p, 4) };

	if (m->due.n == 0)
		m->due = day(k, p, 6);
	if (m->net_days.n == 0)
		m->net_days = v(k, p, 7);
	model_number(k, &d.percent, v(k, p, 3));
	if (d.percent.n > 0)
		model_add_discount(k, d);
	model_add_note(k, v(k, p, 12));
}

/* Product ids come in pairs of a qualifier and an id. */
static void
take_ids(struct model_maker *k, struct pieces *p, unsigned int from)
{
	static const struct { const char *code; size_t at; } ids[] = {
		{ "UP", offsetof(struct model_line, gtin) }, { "UI", offsetof(struct model_line, gtin) },
		{ "UK", offsetof(struct model_line, gtin) }, { "EN", offsetof(struct model_line, gtin) },
		{ "UA", offsetof(struct model_line, gtin) }, { "BP", offsetof(struct model_line, buyer_id) },
		{ "IN", offsetof(struct model_line, buyer_id) }, { "PI", offsetof(struct model_line, buyer_id) },
		{ "VP", offsetof(struct model_line, seller_id) }, { "VN", offsetof(struct model_line, seller_id) },
		{ "VC", offsetof(struct model_line, seller_id) }, { "SK", offsetof(struct model_line, seller_id) },
	};

	for (unsigned int i = from; i < PAIRS_MAX && i < p->seg.n_elements; i += 2) {
		struct str qual = v(k, p, i);
		for (size_t j = 0; qual.n == 2 && j < N(ids); j++) {
			struct str *to = (struct str *)(void *)((char *)k->line + ids[j].at);
			if (qual.p[0] == ids[j].code[0] && qual.p[1] == ids[j].code[1] && to->n == 0)
				*to = v(k, p, i + 1);
		}
	}
}

/* IT1 of an invoice, PO1 of an order, POC of a change: the same elements, but that POC has the change before them. */
static void
on_line(struct model_maker *k, struct pieces *p)
{
	unsigned int more = p->seg.tag == SEG_TAG('P', 'O', 'C') ? 1 : 0;
	struct model_line *l = model_add_line(k);

	l->no = v(k, p, 1);
	if (more)
		l->status = v(k, p, 2);
	model_number(k, &l->qty, v(k, p, 2 + more));
	l->unit = v(k, p, more ? 5 : 3);
	model_number(k, &l->price, v(k, p, more ? 6 : 4));
	take_ids(k, p, more ? 8 : 6);
}

/* 856: HL opens an item, LIN names it, SN1 says how many. */
static void
on_item(struct model_maker *k, struct pieces *p)
{
	switch (p->seg.tag) {
	case SEG_TAG('H', 'L', ' '):
		k->line = NULL;
		k->party = NULL;
		if (str_eq(v(k, p, 3), S("I")))
			model_add_line(k);
		break;
	case SEG_TAG('L', 'I', 'N'):
		if (k->line == NULL)
			model_add_line(k);
		k->line->no = v(k, p, 1);
		take_ids(k, p, 2);
		break;
	case SEG_TAG('S', 'N', '1'):
		if (k->line == NULL)
			break;
		model_number(k, &k->line->qty, v(k, p, 2));
		k->line->unit = v(k, p, 3);
		break;
	default:	/* PRF */
		model_add_ref(k, MODEL_REF_ORDER, S(""), v(k, p, 1));
	}
}

static void
on_text(struct model_maker *k, struct pieces *p)
{
	struct str text = v(k, p, p->seg.tag == SEG_TAG('P', 'I', 'D') ? 5 : p->seg.tag == SEG_TAG('N', 'T', 'E') ? 2 : 1);

	if (p->seg.tag != SEG_TAG('P', 'I', 'D'))
		model_add_note(k, text);
	else if (k->line != NULL && k->line->description.n == 0)
		k->line->description = text;
}

static void
on_sac(struct model_maker *k, struct pieces *p)
{
	struct str which = v(k, p, 1);
	struct model_allowance *x;

	if (!str_eq(which, S("A")) && !str_eq(which, S("C")))
		return;		/* N and others: told, not charged */
	x = model_add_allowance(k, which.p[0] == 'C');
	x->code = v(k, p, 2);
	model_implied(k, &x->amount, v(k, p, 5));
	model_number(k, &x->percent, v(k, p, 7));
	x->text = v(k, p, 15);
}

static void
on_money(struct model_maker *k, struct pieces *p)
{
	struct model *m = k->m;
	struct model_tax *t;

	switch (p->seg.tag) {
	case SEG_TAG('T', 'D', 'S'):
		k->line = NULL;
		model_implied(k, &m->totals.payable, v(k, p, 1));
		break;
	case SEG_TAG('A', 'M', 'T'):
		if (k->line == NULL && str_eq(v(k, p, 1), S("TT")))
			model_number(k, &m->totals.payable, v(k, p, 2));
		else if (k->line != NULL && str_eq(v(k, p, 1), S("1")))
			model_number(k, &k->line->amount, v(k, p, 2));
		break;
	case SEG_TAG('C', 'T', 'T'):
		k->line = NULL;
		model_number(k, &m->totals.count, v(k, p, 1));
		break;
	case SEG_TAG('C', 'U', 'R'):
		if (m->currency.n == 0)
			m->currency = v(k, p, 2);
		break;
	case SEG_TAG('R', 'M', 'R'):	/* 820: what is paid with it */
		model_add_line(k);
		k->line->description = str_cat(k->a, str_cat(k->a, v(k, p, 1), S(" ")), v(k, p, 2));
		model_number(k, &k->line->amount, v(k, p, 4));
		break;
	case SEG_TAG('P', 'A', 'M'):
		if (k->line != NULL && str_eq(v(k, p, 4), S("1")))
			model_number(k, &k->line->amount, v(k, p, 5));
		break;
	default:	/* TXI; without an amount it tells what a line's tax is */
		if (k->line != NULL && v(k, p, 2).n == 0) {
			k->line->tax_category = v(k, p, 1);
			model_number(k, &k->line->tax_rate, v(k, p, 3));
			break;
		}
		t = model_add_tax(k);
		t->category = v(k, p, 1);
		model_number(k, &t->amount, v(k, p, 2));
		model_number(k, &t->rate, v(k, p, 3));
		model_number(k, &t->base, v(k, p, 8));
	}
}

static void
on_dtm(struct model_maker *k, struct pieces *p)
{
	if (k->line == NULL)
		model_add_date(k, model_word_of(k->a, codes, codes->dates, v(k, p, 1)), day(k, p, 2));
}

static void
on_ack(struct model_maker *k, struct pieces *p)
{
	if (k->line != NULL)
		k->line->status = v(k, p, 1);
}

static void
on_trn(struct model_maker *k, struct pieces *p)
{
	if (k->m->number.n == 0)
		k->m->number = v(k, p, 2);
}

static const struct handler {
	uint32_t tag;
	void (*take)(struct model_maker *k, struct pieces *p);
	bool of_party;		/* belongs to the party before it, and to nothing without one */
} handlers[] = {
	{ SEG_TAG('B', 'I', 'G'), on_begin, false }, { SEG_TAG('B', 'E', 'G'), on_begin, false },
	{ SEG_TAG('B', 'C', 'H'), on_begin, false }, { SEG_TAG('B', 'A', 'K'), on_begin, false },
	{ SEG_TAG('B', 'C', 'A'), on_begin, false }, { SEG_TAG('B', 'S', 'N'), on_begin, false },
	{ SEG_TAG('B', 'P', 'R'), on_begin, false }, { SEG_TAG('B', 'C', 'T'), on_begin, false },
	{ SEG_TAG('A', 'K', '1'), on_begin, false }, { SEG_TAG('T', 'R', 'N'), on_trn, false },
	{ SEG_TAG('N', '1', ' '), on_n1, false }, { SEG_TAG('N', '2', ' '), on_party, true },
	{ SEG_TAG('N', '3', ' '), on_party, true }, { SEG_TAG('N', '4', ' '), on_party, true },
	{ SEG_TAG('P', 'E', 'R'), on_party, true }, { SEG_TAG('R', 'E', 'F'), on_ref, false },
	{ SEG_TAG('I', 'T', 'D'), on_itd, false }, { SEG_TAG('D', 'T', 'M'), on_dtm, false },
	{ SEG_TAG('I', 'T', '1'), on_line, false }, { SEG_TAG('P', 'O', '1'), on_line, false },
	{ SEG_TAG('P', 'O', 'C'), on_line, false }, { SEG_TAG('H', 'L', ' '), on_item, false },
	{ SEG_TAG('L', 'I', 'N'), on_item, false }, { SEG_TAG('S', 'N', '1'), on_item, false },
	{ SEG_TAG('P', 'R', 'F'), on_item, false }, { SEG_TAG('A', 'C', 'K'), on_ack, false },
	{ SEG_TAG('P', 'I', 'D'), on_text, false }, { SEG_TAG('M', 'S', 'G'), on_text, false },
	{ SEG_TAG('N', 'T', 'E'), on_text, false }, { SEG_TAG('S', 'A', 'C'), on_sac, false },
	{ SEG_TAG('T', 'X', 'I'), on_money, false }, { SEG_TAG('T', 'D', 'S'), on_money, false },
	{ SEG_TAG('A', 'M', 'T'), on_money, false }, { SEG_TAG('C', 'T', 'T'), on_money, false },
	{ SEG_TAG('C', 'U', 'R'), on_money, false }, { SEG_TAG('P', 'A', 'M'), on_money, false },
	{ SEG_TAG('R', 'M', 'R'), on_money, false },
};

void
model_x12_segment(struct model_maker *k, struct pieces *p)
{
	if (p->seg.tag == SEG_TAG('S', 'T', ' '))
		return on_st(k, p);
	if (p->seg.tag == SEG_TAG('T', 'A', '1'))
		return on_ta1(k, p);
	if (k->m == NULL || k->m->kind == MODEL_OTHER)
		return;
	for (size_t i = 0; i < N(handlers); i++) {
		if (handlers[i].tag != p->seg.tag)
			continue;
		if (!handlers[i].of_party || k->party != NULL)
			handlers[i].take(k, p);
		return;
	}
}
