/* SPDX-License-Identifier: ISC */
/*
 * compose_ubl.c - one document as UBL 2.1 Invoice, CreditNote or Order, the elements in the
 * order of its schemas. Invoices say EN 16931 of themselves unless the file has a profile of
 * its own.
 */
#include "edi/compose_ubl.h"

#define UBL "urn:oasis:names:specification:ubl:schema:xsd:"

static const struct ubl_kind kinds[] = {
	{ MODEL_INVOICE, "Invoice", "cbc:InvoiceTypeCode", "cac:InvoiceLine",
	  "cbc:InvoicedQuantity", "cac:AccountingSupplierParty", "cac:AccountingCustomerParty",
	  "cac:LegalMonetaryTotal" },
	{ MODEL_CREDIT_NOTE, "CreditNote", "cbc:CreditNoteTypeCode", "cac:CreditNoteLine",
	  "cbc:CreditedQuantity", "cac:AccountingSupplierParty", "cac:AccountingCustomerParty",
	  "cac:LegalMonetaryTotal" },
	{ MODEL_ORDER, "Order", "cbc:OrderTypeCode", "cac:LineItem", "cbc:Quantity",
	  "cac:SellerSupplierParty", "cac:BuyerCustomerParty", "cac:AnticipatedMonetaryTotal" },
};

static void
amount(struct ubl *u, const char *name, struct str value)
{
	xml_text(&u->x, name, "currencyID", u->m->currency, value);
}

/* ---- references ---- */

static void
refs(struct ubl *u, enum model_ref_kind kind, const char *outer, const char *inner)
{
	for (size_t i = 0; i < u->m->n_refs; i++) {
		if (u->m->refs[i].kind != kind)
			continue;
		if (outer != NULL)
			xml_open(&u->x, outer);
		ubl_within(u, inner, "cbc:ID", u->m->refs[i].value);
		if (outer != NULL)
			xml_close(&u->x);
	}
}

static void
buyer_reference(struct ubl *u, const char *name)
{
	for (size_t i = 0; i < u->m->n_refs; i++)
		if (u->m->refs[i].kind == MODEL_REF_BUYER)
			ubl_text(u, name, u->m->refs[i].value);
}

/* ---- money ---- */

/* 30: credit transfer. A credit note has no other place for when it is due. */
static void
payment(struct ubl *u)
{
	struct str due = u->kind->kind == MODEL_INVOICE ? S("") : u->m->due;

	if (u->m->account.n + due.n == 0)
		return;
	xml_open(&u->x, "cac:PaymentMeans");
	ubl_text(u, "cbc:PaymentMeansCode", S("30"));
	ubl_text(u, "cbc:PaymentDueDate", due);
	ubl_within(u, "cac:PayeeFinancialAccount", "cbc:ID", u->m->account);
	xml_close(&u->x);
}

static void
tax_category(struct ubl *u, const char *name, struct str category, struct str rate,
             const struct model_tax *t)
{
	if (category.n + rate.n == 0)
		return;
	xml_open(&u->x, name);
	ubl_text(u, "cbc:ID", category);
	ubl_text(u, "cbc:Percent", rate);
	if (t != NULL) {
		ubl_text(u, "cbc:TaxExemptionReasonCode", t->reason_code);
		ubl_text(u, "cbc:TaxExemptionReason", t->reason);
	}
	ubl_tax_scheme(u);
	xml_close(&u->x);
}

static void
allowances(struct ubl *u, size_t line)
{
	for (size_t i = 0; i < u->m->n_allowances; i++) {
		const struct model_allowance *x = &u->m->allowances[i];
		if (x->line != line)
			continue;
		xml_open(&u->x, "cac:AllowanceCharge");
		ubl_text(u, "cbc:ChargeIndicator", x->charge ? S("true") : S("false"));
		ubl_text(u, "cbc:AllowanceChargeReasonCode", x->code);
		ubl_text(u, "cbc:AllowanceChargeReason", x->text);
		ubl_text(u, "cbc:MultiplierFactorNumeric", x->percent);
		amount(u, "cbc:Amount", x->amount);
		amount(u, "cbc:BaseAmount", x->base);
		tax_category(u, "cac:TaxCategory", x->tax_category, x->tax_rate, NULL);
		xml_close(&u->x);
	}
}

static void
taxes(struct ubl *u)
{
	if (u->m->totals.tax.n == 0 && u->m->n_taxes == 0)
		return;
	xml_open(&u->x, "cac:TaxTotal");
	amount(u, "cbc:TaxAmount", u->m->totals.tax);
	for (size_t i = 0; i < u->m->n_taxes; i++) {
		const struct model_tax *t = &u->m->taxes[i];
		xml_open(&u->x, "cac:TaxSubtotal");
		amount(u, "cbc:TaxableAmount", t->base);
		amount(u, "cbc:TaxAmount", t->amount);
		tax_category(u, "cac:TaxCategory", t->category, t->rate, t);
		xml_close(&u->x);
	}
	xml_close(&u->x);
}

static void
totals(struct ubl *u)
{
	const struct model_totals *t = &u->m->totals;

	if (t->lines.n + t->net.n + t->gross.n + t->payable.n == 0)
		return;
	xml_open(&u->x, u->kind->totals);
	amount(u, "cbc:LineExtensionAmount", t->lines);
	amount(u, "cbc:TaxExclusiveAmount", t->net);
	amount(u, "cbc:TaxInclusiveAmount", t->gross);
	amount(u, "cbc:AllowanceTotalAmount", t->allowances);
	amount(u, "cbc:ChargeTotalAmount", t->charges);
	amount(u, "cbc:PrepaidAmount", t->prepaid);
	amount(u, "cbc:PayableRoundingAmount", t->rounding);
	amount(u, "cbc:PayableAmount", t->payable);
	xml_close(&u->x);
}

/* ---- lines ---- */

static void
item(struct ubl *u, const struct model_line *l)
{
	xml_open(&u->x, "cac:Item");
	ubl_text(u, "cbc:Name", l->description);
	ubl_within(u, "cac:BuyersItemIdentification", "cbc:ID", l->buyer_id);
	ubl_within(u, "cac:SellersItemIdentification", "cbc:ID", l->seller_id);
	if (l->gtin.n > 0) {
		xml_open(&u->x, "cac:StandardItemIdentification");
		xml_text(&u->x, "cbc:ID", "schemeID", S("0160"), l->gtin);
		xml_close(&u->x);
	}
	tax_category(u, "cac:ClassifiedTaxCategory", l->tax_category, l->tax_rate, NULL);
	xml_close(&u->x);
}

static void
price(struct ubl *u, const struct model_line *l)
{
	if (l->price.n == 0)
		return;
	xml_open(&u->x, "cac:Price");
	amount(u, "cbc:PriceAmount", l->price);
	xml_text(&u->x, "cbc:BaseQuantity", "unitCode", l->unit, l->price_per);
	xml_close(&u->x);
}

static void
line(struct ubl *u, size_t i)
{
	const struct model_line *l = &u->m->lines[i];
	bool order = u->kind->kind == MODEL_ORDER;

	if (order)
		xml_open(&u->x, "cac:OrderLine");
	xml_open(&u->x, u->kind->line);
	ubl_text(u, "cbc:ID", l->no);
	if (order)
		ubl_text(u, "cbc:LineStatusCode", l->status);
	xml_text(&u->x, u->kind->qty, "unitCode", l->unit, l->qty);
	amount(u, "cbc:LineExtensionAmount", l->amount);
	allowances(u, i);
	if (order)
		price(u, l);
	item(u, l);
	if (!order)
		price(u, l);
	xml_close(&u->x);
	if (order)
		xml_close(&u->x);
}

/* ---- the whole ---- */

static void
head(struct ubl *u)
{
	const struct model *m = u->m;
	const struct edi_facts *f = &u->c->file->facts;
	bool order = u->kind->kind == MODEL_ORDER;

	ubl_text(u, "cbc:UBLVersionID", S("2.1"));
	ubl_text(u, "cbc:CustomizationID",
	         f->profile.n > 0 ? f->profile
	         : order          ? S("")
	                          : S("urn:cen.eu:en16931:2017"));
	ubl_text(u, "cbc:ProfileID", u->c->file->process);
	ubl_text(u, "cbc:ID", m->number);
	ubl_text(u, "cbc:IssueDate", m->issued);
	if (u->kind->kind == MODEL_INVOICE)
		ubl_text(u, "cbc:DueDate", m->due);
	ubl_text(u, u->kind->type, compose_type(m, false));
	for (size_t i = 0; i < m->n_notes; i++)
		ubl_text(u, "cbc:Note", m->notes[i]);
	ubl_text(u, "cbc:DocumentCurrencyCode", m->currency);
	buyer_reference(u, order ? "cbc:CustomerReference" : "cbc:BuyerReference");
}

static void
head_refs(struct ubl *u)
{
	if (u->kind->kind == MODEL_ORDER) {
		refs(u, MODEL_REF_CONTRACT, NULL, "cac:Contract");
		return;
	}
	refs(u, MODEL_REF_ORDER, NULL, "cac:OrderReference");
	refs(u, MODEL_REF_PRECEDING, "cac:BillingReference", "cac:InvoiceDocumentReference");
	refs(u, MODEL_REF_DELIVERY, NULL, "cac:DespatchDocumentReference");
	refs(u, MODEL_REF_CONTRACT, NULL, "cac:ContractDocumentReference");
}

static void
body(struct ubl *u)
{
	bool order = u->kind->kind == MODEL_ORDER;

	head(u);
	head_refs(u);
	if (order)
		ubl_party(u, MODEL_BUYER, u->kind->buyer, "cac:Party");
	ubl_party(u, MODEL_SELLER, u->kind->seller, "cac:Party");
	if (!order)
		ubl_party(u, MODEL_BUYER, u->kind->buyer, "cac:Party");
	ubl_party(u, MODEL_PAYEE, NULL, "cac:PayeeParty");
	ubl_delivery(u);
	payment(u);
	allowances(u, MODEL_NO_LINE);
	taxes(u);
	totals(u);
	for (size_t i = 0; i < u->m->n_lines; i++)
		line(u, i);
}

/* What every UBL document has. */
static int
check_wanted(struct composer *c, const struct model *m)
{
	if (m->number.n == 0)
		return compose_missing(c, 0, "id", "UBL");
	if (m->issued.n == 0)
		return compose_missing(c, 0, "issued", "UBL");
	if (m->currency.n == 0 && m->kind != MODEL_ORDER)
		return compose_missing(c, 0, "currency", "UBL");
	if (model_party(m, MODEL_SELLER) == NULL)
		return compose_missing(c, 0, "parties: the seller", "UBL");
	if (model_party(m, MODEL_BUYER) == NULL)
		return compose_missing(c, 0, "parties: the buyer", "UBL");
	return 0;
}

int
compose_ubl(struct composer *c, struct buf *out)
{
	struct ubl u = { .c = c, .m = &c->file->documents[0], .x = { .out = out, .e = c->e } };

	if (c->file->n_documents > 1)
		return err_set(c->e, ERR_INPUT, "$.documents[1]: an UBL file has one document");
	for (size_t i = 0; i < N(kinds); i++)
		if (kinds[i].kind == u.m->kind)
			u.kind = &kinds[i];
	if (u.kind == NULL)
		return err_set(c->e, ERR_INPUT, "$.documents[0].kind: '%s' is not written as UBL",
		               model_kind_name(u.m->kind));
	if (check_wanted(c, u.m) == -1)
		return -1;
	xml_raw(&u.x, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<");
	xml_raw(&u.x, u.kind->root);
	xml_raw(&u.x, " xmlns=\"" UBL);
	xml_raw(&u.x, u.kind->root);
	xml_raw(&u.x,
	        "-2\"\n    xmlns:cac=\"" UBL "CommonAggregateComponents-2\"\n    xmlns:cbc=\"" UBL
	        "CommonBasicComponents-2\">\n");
	u.x.depth = 1;
	u.x.open[0] = u.kind->root;
	body(&u);
	xml_close(&u.x);
	return u.x.failed ? -1 : 0;
}
