/* SPDX-License-Identifier: ISC */
/* model_xml.c - documents in XML: what becomes of the values that the tables of model_place.h find. */
#include "edi/model_place.h"

#include <string.h>

static const struct {
	struct str root;
	enum model_kind kind;
} kinds[] = {
	{ S_INIT("Invoice"), MODEL_INVOICE },
	{ S_INIT("CrossIndustryInvoice"), MODEL_INVOICE },
	{ S_INIT("SelfBilledInvoice"), MODEL_INVOICE },
	{ S_INIT("DebitNote"), MODEL_INVOICE },
	{ S_INIT("CreditNote"), MODEL_CREDIT_NOTE },
	{ S_INIT("SelfBilledCreditNote"), MODEL_CREDIT_NOTE },
	{ S_INIT("Order"), MODEL_ORDER },
	{ S_INIT("OrderChange"), MODEL_ORDER_CHANGE },
	{ S_INIT("OrderResponse"), MODEL_ORDER_RESPONSE },
	{ S_INIT("OrderResponseSimple"), MODEL_ORDER_RESPONSE },
	{ S_INIT("DespatchAdvice"), MODEL_DESPATCH_ADVICE },
	{ S_INIT("RemittanceAdvice"), MODEL_REMITTANCE },
	{ S_INIT("ApplicationResponse"), MODEL_ACK },
	{ S_INIT("Catalogue"), MODEL_CATALOGUE },
	{ S_INIT("CrossIndustryDocument"), MODEL_INVOICE },
	{ S_INIT("SCRDMCCBDACIOMessageStructure"), MODEL_ORDER },
	{ S_INIT("OrderRequest"), MODEL_ORDER },
	{ S_INIT("ConfirmationRequest"), MODEL_ORDER_RESPONSE },
	{ S_INIT("ShipNoticeRequest"), MODEL_DESPATCH_ADVICE },
	{ S_INIT("InvoiceDetailRequest"), MODEL_INVOICE },
};

static const struct {
	const struct edi_format *format;
	const struct xml_wants *wants;
} tables[] = {
	{ &edi_ubl, &model_ubl_wants },
	{ &edi_cii, &model_cii_wants },
	{ &edi_zugferd, &model_zugferd_wants },
	{ &edi_order_x, &model_cii_wants },
	{ &edi_fatturapa, &model_fattura_wants },
	{ &edi_sdi, &model_sdi_wants },
	{ &edi_cxml, &model_cxml_wants },
};

/* A document being read, and what stands in two places. */
struct taker {
	struct model_maker *k;
	struct str vat_country;		/* FatturaPA: before the number */
	bool in_body;			/* FatturaPA: the second body is another document */
};

/* schemeID: ISO 6523 numbers as Peppol writes them, UN/CEFACT's letters, and what people put there. */
static struct str
scheme(struct str id)
{
	static const struct { struct str code, name; } schemes[] = {
		{ S_INIT("0088"), S_INIT("gln") }, { S_INIT("GLN"), S_INIT("gln") }, { S_INIT("14"), S_INIT("gln") },
		{ S_INIT("0060"), S_INIT("duns") }, { S_INIT("DUNS"), S_INIT("duns") }, { S_INIT("VA"), S_INIT("vat") },
		{ S_INIT("VAT"), S_INIT("vat") }, { S_INIT("FC"), S_INIT("tax") }, { S_INIT("EM"), S_INIT("mail") },
	};

	for (size_t i = 0; i < N(schemes); i++)
		if (str_eq(id, schemes[i].code))
			return schemes[i].name;
	return id;
}

/* UBL's dates are ISO already, CII's are not. */
static struct str
day(struct model_maker *k, struct str text)
{
	struct str iso = model_day(k->a, text);

	return iso.n > 0 ? iso : text;
}

/* Where the root is the same for several kinds, UNTDID 1001, FatturaPA's or cXML's own code tells them apart. */
static enum model_kind
kind_by_code(enum model_kind kind, struct str code)
{
	static const struct {
		enum model_kind from;
		struct str code;
		enum model_kind to;
	} codes[] = {
		{ MODEL_INVOICE, S_INIT("381"), MODEL_CREDIT_NOTE }, { MODEL_INVOICE, S_INIT("261"), MODEL_CREDIT_NOTE },
		{ MODEL_INVOICE, S_INIT("396"), MODEL_CREDIT_NOTE }, { MODEL_INVOICE, S_INIT("TD04"), MODEL_CREDIT_NOTE },
		{ MODEL_INVOICE, S_INIT("TD08"), MODEL_CREDIT_NOTE }, { MODEL_ORDER, S_INIT("230"), MODEL_ORDER_CHANGE },
		{ MODEL_INVOICE, S_INIT("creditMemo"), MODEL_CREDIT_NOTE },
		{ MODEL_ORDER, S_INIT("231"), MODEL_ORDER_RESPONSE }, { MODEL_ORDER, S_INIT("update"), MODEL_ORDER_CHANGE },
	};

	for (size_t i = 0; i < N(codes); i++)
		if (kind == codes[i].from && str_eq(code, codes[i].code))
			return codes[i].to;
	return kind;
}

static void
take_head(struct model_maker *k, enum place place, struct str text)
{
	struct model *m = k->m;

	switch (place) {
	case NUMBER:
		m->number = text;
		break;
	case ISSUED:
		m->issued = day(k, text);
		break;
	case DUE:
		m->due = day(k, text);
		break;
	case TYPE:
		m->type = text;
		m->kind = kind_by_code(m->kind, text);
		break;
	case CURRENCY:
		m->currency = text;
		break;
	case ACCOUNT:
		m->account = text;
		break;
	case TEST:
		m->test = str_eq(text, S("true")) || str_eq(text, S("1"));
		break;
	case PROCESS:
		k->file->process = text;
		break;
	case DELIVERED:
		model_add_date(k, S("delivered"), day(k, text));
		break;
	default:
		model_add_note(k, text);
	}
}

static void
take_ref(struct model_maker *k, enum place place, struct str text)
{
	static const enum model_ref_kind ref_kinds[] = {
		MODEL_REF_BUYER, MODEL_REF_ORDER, MODEL_REF_CONTRACT, MODEL_REF_DELIVERY, MODEL_REF_PRECEDING, MODEL_REF_ORDER,
	};

	model_add_ref(k, ref_kinds[place - REF_BUYER], S(""), text);
}

static void
take_party(struct model_maker *k, enum place place, struct str text, struct str attribute)
{
	struct model_party *p = k->party != NULL ? k->party : model_add_party(k, MODEL_SHIP_TO, S(""));
	struct { enum place place; struct str *to; } plain[] = {
		{ PARTY_NAME, &p->name }, { PARTY_CITY, &p->city }, { PARTY_POSTCODE, &p->postcode },
		{ PARTY_REGION, &p->region }, { PARTY_COUNTRY, &p->country }, { PARTY_CONTACT, &p->contact },
		{ PARTY_PHONE, &p->phone }, { PARTY_MAIL, &p->mail },
	};

	if (place == PARTY_ID || place == PARTY_LEGAL_ID)
		model_add_id(p, scheme(attribute), text);
	else if (place == PARTY_FISCAL)
		model_add_id(p, S("it:cf"), text);
	else if (place == PARTY_VAT)
		model_add_id(p, attribute.n > 0 ? scheme(attribute) : S("vat"), text);
	else if (place == PARTY_STREET)
		model_add_street(p, text);
	else if (place == PARTY_HOUSE && p->n_street > 0)	/* of the street before it */
		p->street[0] = str_fmt(k->a, STR_FMT " " STR_FMT, STR_ARG(p->street[0]), STR_ARG(text));
	else if (place == PARTY_TRADE_NAME)
		p->name = p->name.n == 0 ? text : p->name;
	for (size_t i = 0; i < N(plain); i++)
		if (place == plain[i].place)
			*plain[i].to = text;
}

static void
take_tax(struct model_maker *k, enum place place, struct str text)
{
	if (k->tax == NULL)
		return;
	if (place <= TAX_REASON_CODE)
		*(place == TAX_CATEGORY ? &k->tax->category : place == TAX_REASON ? &k->tax->reason : &k->tax->reason_code) = text;
	else
		model_number(k, place == TAX_RATE ? &k->tax->rate : place == TAX_BASE ? &k->tax->base : &k->tax->amount, text);
}

static void
take_allowance(struct model_maker *k, enum place place, struct str text)
{
	struct model_allowance *x = k->allowance;

	if (x == NULL)
		return;
	if (place == ALLOWANCE_CHARGE)
		x->charge = str_eq(text, S("true")) || str_eq(text, S("1"));
	else if (place == ALLOWANCE_CODE)
		x->code = text;
	else if (place == ALLOWANCE_TEXT)
		x->text = text;
	else if (place == ALLOWANCE_TAX_CATEGORY)
		x->tax_category = text;
	else
		model_number(k, place == ALLOWANCE_TAX_RATE ? &x->tax_rate : place == ALLOWANCE_PERCENT ? &x->percent :
		    place == ALLOWANCE_BASE ? &x->base : &x->amount, text);
}

static void
take_sum(struct model_maker *k, enum place place, struct str text, struct str currency)
{
	struct model_totals *t = &k->m->totals;
	struct str *const to[] = { &t->lines, &t->allowances, &t->charges, &t->net, &t->tax, &t->gross, &t->prepaid,
		&t->rounding, &t->payable };

	if (k->m->currency.n == 0 && currency.n == 3)	/* cXML tells it there */
		k->m->currency = currency;
	if (to[place - SUM_LINES]->n == 0)	/* a tax total in another currency comes second */
		model_number(k, to[place - SUM_LINES], text);
}

static void
take_line(struct model_maker *k, enum place place, struct str text, struct str attribute)
{
	struct model_line *l = k->line;
	struct { enum place place; struct str *to; bool number; } plain[] = {
		{ LINE_NO, &l->no, false }, { LINE_NAME, &l->description, false }, { LINE_GTIN, &l->gtin, false },
		{ LINE_BUYER_ID, &l->buyer_id, false }, { LINE_SELLER_ID, &l->seller_id, false },
		{ LINE_UNIT, &l->unit, false }, { LINE_TAX_CATEGORY, &l->tax_category, false }, { LINE_STATUS, &l->status, false },
		{ LINE_QTY, &l->qty, true }, { LINE_AMOUNT, &l->amount, true }, { LINE_PRICE, &l->price, true },
		{ LINE_PER, &l->price_per, true }, { LINE_TAX_RATE, &l->tax_rate, true },
	};

	if (place == LINE_QTY && attribute.n > 0)
		l->unit = attribute;
	l->discounted |= place == LINE_DISCOUNT;
	for (size_t i = 0; i < N(plain); i++) {
		if (place != plain[i].place)
			continue;
		if (plain[i].number)
			model_number(k, plain[i].to, text);
		else
			*plain[i].to = text;
	}
}

/* Of several bodies each is a document, and the parties of all stand once, before the first. */
static void
begin_document(struct taker *t)
{
	struct model_maker *k = t->k;
	const struct model *first = k->file->documents;

	if (t->in_body) {
		struct model_party *parties = first->parties;
		size_t n = first->n_parties;
		model_add_document(k, MODEL_INVOICE);
		for (size_t i = 0; i < n; i++) {
			struct model_party *p = model_add_party(k, parties[i].role, parties[i].qual);
			*p = parties[i];
		}
		k->party = NULL;
	}
	t->in_body = true;
}

static void
begin(struct taker *t, enum place place)
{
	static const enum model_role party_roles[] = {
		MODEL_SELLER, MODEL_BUYER, MODEL_PAYEE, MODEL_SHIP_TO, MODEL_BILL_TO,
	};
	struct model_maker *k = t->k;

	if (place == AT_DOCUMENT)
		return begin_document(t);
	if (place == AT_HEADER)
		k->line = NULL;
	k->party = NULL;
	if (place == AT_TAX)
		model_add_tax(k);
	else if (place == AT_ALLOWANCE)
		model_add_allowance(k, false);
	else if (place == AT_LINE)
		model_add_line(k);
	else if (place != AT_HEADER)
		model_add_party(k, party_roles[place - AT_SELLER], S(""));
}

static bool
is_opening(enum place place)
{
	return (place >= AT_SELLER && place <= AT_BILL_TO) || place == AT_TAX || place == AT_ALLOWANCE ||
	    place == AT_DOCUMENT || place == AT_LINE || place == AT_HEADER;
}

/* The country stands before the number, as one writes it. */
static struct str
vat_of(struct taker *t, struct str text)
{
	struct str country = t->vat_country;

	t->vat_country = S("");
	return country.n > 0 ? str_cat(t->k->a, country, text) : text;
}

/* XML may be broken into lines anywhere: blanks of all kinds count as one. */
static struct str
one_line(struct arena *a, struct str s)
{
	char *to;
	size_t n = 0;

	if (!str_has_ctl(s) && !str_find(s, S("  "), NULL))
		return s;
	to = arena_get(a, s.n);
	for (size_t i = 0; i < s.n; i++)
		if (!is_space(s.p[i]))
			to[n++] = s.p[i];
		else if (n > 0 && to[n - 1] != ' ')
			to[n++] = ' ';
	return str_trim(str_make(to, n));
}

static void
take(void *arg, unsigned int slot, struct str text, struct str attribute)
{
	struct taker *t = arg;
	struct model_maker *k = t->k;
	enum place place = (enum place)slot;

	if (is_opening(place))
		return begin(t, place);
	text = one_line(k->a, text);
	if (text.n == 0)
		return;
	if (place == PARTY_VAT_COUNTRY)
		t->vat_country = text;
	else if (place < REF_BUYER)
		take_head(k, place, text);
	else if (place < AT_SELLER)
		take_ref(k, place, text);
	else if (place < AT_TAX)
		take_party(k, place, place == PARTY_VAT ? vat_of(t, text) : text, attribute);
	else if (place < AT_ALLOWANCE)
		take_tax(k, place, text);
	else if (place < SUM_LINES)
		take_allowance(k, place, text);
	else if (place < AT_DOCUMENT)
		take_sum(k, place, text, attribute);
	else if (k->line != NULL)
		take_line(k, place, text, attribute);
}

int
model_xml_read(struct model_maker *k, const struct edi_format *format, struct str in, struct err *e)
{
	const struct edi_facts *f = &k->file->facts;
	enum model_kind kind = format == &edi_fatturapa ? MODEL_INVOICE : format == &edi_sdi ? MODEL_ACK : MODEL_OTHER;
	struct taker t = { .k = k };

	for (size_t i = 0; i < N(kinds); i++)
		if (str_eq(f->type, kinds[i].root))
			kind = kinds[i].kind;
	model_add_document(k, kind);
	for (size_t i = 0; i < N(tables); i++)
		if (format == tables[i].format && xml_tell(k->a, in, tables[i].wants, take, &t, e) == -1)
			return -1;
	model_check(k);
	return 0;
}
