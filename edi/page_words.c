/* SPDX-License-Identifier: ISC */
/*
 * page_words.c - codes in words for people. Names of countries are those of ISO 3166, of the UN's codes ours in brief;
 * of X12's only what its partners say every day, in our words.
 */
#include "edi/page.h"

#include "edi/unit.h"
#include "edi/x12.h"

#include <string.h>

struct word {
	const char *code, *text;
};

static const char *
find(const struct word *list, struct str code)
{
	while (list->code != NULL && !str_eq(code, str_of(list->code)))
		list++;
	return list->text;
}

static const struct word countries[] = {
	{ "AE", "United Arab Emirates" }, { "AL", "Albania" }, { "AR", "Argentina" }, { "AT", "Austria" }, { "AU", "Australia" },
	{ "BA", "Bosnia and Herzegovina" }, { "BD", "Bangladesh" }, { "BE", "Belgium" }, { "BG", "Bulgaria" }, { "BR", "Brazil" },
	{ "BY", "Belarus" }, { "CA", "Canada" }, { "CH", "Switzerland" }, { "CL", "Chile" }, { "CN", "China" },
	{ "CO", "Colombia" }, { "CR", "Costa Rica" }, { "CY", "Cyprus" }, { "CZ", "Czechia" }, { "DE", "Germany" },
	{ "DK", "Denmark" }, { "DO", "Dominican Republic" }, { "DZ", "Algeria" }, { "EC", "Ecuador" }, { "EE", "Estonia" },
	{ "EG", "Egypt" }, { "ES", "Spain" }, { "FI", "Finland" }, { "FR", "France" }, { "GB", "United Kingdom" },
	{ "GE", "Georgia" }, { "GR", "Greece" }, { "GT", "Guatemala" }, { "HK", "Hong Kong" }, { "HR", "Croatia" },
	{ "HU", "Hungary" }, { "ID", "Indonesia" }, { "IE", "Ireland" }, { "IL", "Israel" }, { "IN", "India" },
	{ "IS", "Iceland" }, { "IT", "Italy" }, { "JO", "Jordan" }, { "JP", "Japan" }, { "KE", "Kenya" },
	{ "KR", "Republic of Korea" }, { "KW", "Kuwait" }, { "KZ", "Kazakhstan" }, { "LB", "Lebanon" }, { "LI", "Liechtenstein" },
	{ "LK", "Sri Lanka" }, { "LT", "Lithuania" }, { "LU", "Luxembourg" }, { "LV", "Latvia" }, { "MA", "Morocco" },
	{ "MC", "Monaco" }, { "MD", "Moldova" }, { "ME", "Montenegro" }, { "MK", "North Macedonia" }, { "MT", "Malta" },
	{ "MX", "Mexico" }, { "MY", "Malaysia" }, { "NG", "Nigeria" }, { "NL", "Netherlands" }, { "NO", "Norway" },
	{ "NZ", "New Zealand" }, { "OM", "Oman" }, { "PA", "Panama" }, { "PE", "Peru" }, { "PH", "Philippines" },
	{ "PK", "Pakistan" }, { "PL", "Poland" }, { "PT", "Portugal" }, { "PY", "Paraguay" }, { "QA", "Qatar" },
	{ "RO", "Romania" }, { "RS", "Serbia" }, { "RU", "Russian Federation" }, { "SA", "Saudi Arabia" }, { "SE", "Sweden" },
	{ "SG", "Singapore" }, { "SI", "Slovenia" }, { "SK", "Slovakia" }, { "SM", "San Marino" }, { "TH", "Thailand" },
	{ "TN", "Tunisia" }, { "TR", "T\xc3\xbcrkiye" }, { "TW", "Taiwan" }, { "UA", "Ukraine" }, { "US", "United States" },
	{ "USA", "United States" }, { "UY", "Uruguay" }, { "VA", "Holy See" }, { "VN", "Viet Nam" }, { "ZA", "South Africa" },
	{ NULL, NULL },
};

/* UNTDID 1001; X12 92, 353 and 587; FatturaPA's TipoDocumento. */
static const struct word invoices[] = {
	{ "380", "commercial invoice" }, { "381", "credit note" }, { "383", "debit note" }, { "384", "corrected invoice" },
	{ "386", "prepayment invoice" }, { "389", "self-billed invoice" }, { "261", "self-billed credit note" },
	{ "325", "pro forma invoice" }, { "326", "partial invoice" }, { "393", "factored invoice" }, { "396", "factored credit note" },
	{ "82", "metered services invoice" }, { "326", "partial invoice" }, { "875", "partial construction invoice" },
	{ "876", "partial final construction invoice" }, { "877", "final construction invoice" }, { "DI", "debit invoice" },
	{ "CR", "credit" }, { "CN", "credit" }, { "TD01", "invoice" }, { "TD04", "credit note" }, { "TD05", "debit note" },
	{ NULL, NULL },
};
static const struct word orders[] = {
	{ "220", "order" }, { "221", "blanket order" }, { "224", "rush order" }, { "226", "call-off order" },
	{ "227", "consignment order" }, { "228", "sample order" }, { "105", "purchase order" }, { "NE", "new order" },
	{ "SA", "order by itself" }, { "BK", "blanket order" }, { "RL", "release" }, { "DS", "drop shipment" },
	{ "RO", "rush order" }, { NULL, NULL },
};
static const struct word changes[] = {
	{ "230", "order change" }, { "01", "cancellation" }, { "04", "change" }, { "05", "replacement" }, { NULL, NULL },
};
static const struct word responses[] = {
	{ "231", "order response" }, { "320", "acknowledgement of order" }, { "AB", "message received" }, { "AP", "accepted" },
	{ "CA", "conditionally accepted" }, { "RE", "rejected" }, { "AC", "with details and changes" }, { "AD", "with details, no changes" },
	{ "AE", "with exceptions" }, { "AK", "no details, no changes" }, { "RD", "rejected, with details" }, { "RJ", "rejected" },
	{ NULL, NULL },
};
static const struct word despatches[] = {
	{ "351", "despatch advice" }, { "00", "original" }, { "01", "cancellation" }, { "05", "replacement" }, { NULL, NULL },
};
static const struct word remittances[] = {
	{ "481", "remittance advice" }, { "ACH", "clearing house" }, { "CHK", "cheque" }, { "FWT", "wire" }, { NULL, NULL },
};

struct str
page_type(struct page *w, const struct model *m)
{
	static const struct word none[] = { { NULL, NULL } };
	const struct word *list = none;
	const char *text;

	switch (m->kind) {
	case MODEL_INVOICE:
	case MODEL_CREDIT_NOTE:
		list = invoices;
		break;
	case MODEL_ORDER:
		list = orders;
		break;
	case MODEL_ORDER_CHANGE:
		list = changes;
		break;
	case MODEL_ORDER_RESPONSE:
		list = responses;
		break;
	case MODEL_DESPATCH_ADVICE:
		list = despatches;
		break;
	case MODEL_REMITTANCE:
		list = remittances;
		break;
	default:
		break;
	}
	text = find(list, m->type);
	return text == NULL ? m->type : str_fmt(w->a, STR_FMT " (%s)", STR_ARG(m->type), text);
}

/* UNTDID 5305. */
static const struct word taxes[] = {
	{ "S", "standard rate" }, { "AA", "lower rate" }, { "H", "higher rate" }, { "Z", "zero rated" }, { "E", "exempt" },
	{ "AE", "reverse charge" }, { "K", "intra-Community supply" }, { "G", "export" }, { "O", "outside the scope of tax" },
	{ "L", "IGIC" }, { "M", "IPSI" }, { "B", "split payment" }, { NULL, NULL },
};

struct str
page_tax(struct page *w, const struct model_tax *t)
{
	const char *text = find(taxes, t->category);
	struct str rate = t->rate.n > 0 ? str_cat(w->a, page_number(w, t->rate), S(" %")) : S("");
	struct str category = text != NULL ? str_of(text) : t->category;

	if (rate.n == 0 || category.n == 0)
		return rate.n > 0 ? rate : category;
	return str_fmt(w->a, STR_FMT " (" STR_FMT ")", STR_ARG(rate), STR_ARG(category));
}

/* Element 668, UNTDID 1229. */
static const struct word x12_status[] = {
	{ "IA", "accepted" }, { "IR", "rejected" }, { "IC", "accepted, changed" }, { "IB", "backordered" }, { "IP", "price changed" },
	{ "IQ", "quantity changed" }, { "ID", "deleted" }, { "IS", "substituted" }, { "DR", "date rescheduled" },
	{ "AI", "added" }, { "DI", "deleted" }, { "QD", "quantity decreased" }, { "QI", "quantity increased" },
	{ "CA", "changed" }, { "PC", "price changed" }, { NULL, NULL },
};
static const struct word un_status[] = {
	{ "1", "added" }, { "2", "deleted" }, { "3", "changed" }, { "4", "no action" }, { "5", "accepted" },
	{ "6", "accepted with amendment" }, { "7", "not accepted" }, { NULL, NULL },
};

struct str
page_status(const struct model_file *f, struct str code)
{
	const char *text = find(f->facts.format == &edi_x12 ? x12_status : un_status, code);

	return text != NULL ? str_of(text) : code;
}

/* Of the parties that the model has no role for: element 98 and UNTDID 3035. */
static const struct word parties[] = {
	{ "PR", "Payer" }, { "UC", "Ultimate consignee" }, { "CA", "Carrier" }, { "CN", "Consignee" }, { "CZ", "Consignor" },
	{ "LSP", "Logistics provider" }, { "MF", "Manufacturer" }, { "WH", "Warehouse" }, { "II", "Issuer of the invoice" },
	{ "UD", "Ultimate customer" }, { "DL", "Factor" }, { "OB", "Ordered by" }, { "MR", "Message recipient" },
	{ "MS", "Message sender" }, { NULL, NULL },
};

struct str
page_role(struct page *w, const struct model_party *p)
{
	const char *text;

	if (p->role != MODEL_OTHER_PARTY)
		return str_of(model_role_title(p->role));
	text = find(parties, p->qual);
	return text != NULL ? str_of(text) : str_cat(w->a, S("Party "), p->qual);
}

struct str
page_id_label(struct page *w, const struct model_id *id)
{
	static const struct word labels[] = {
		{ "gln", "GLN" }, { "duns", "DUNS" }, { "duns+4", "DUNS+4" }, { "vat", "VAT id" }, { "tax", "Tax id" },
		{ "buyer", "Buyer's no." }, { "seller", "Seller's no." }, { "mail", "E-mail" }, { NULL, NULL },
	};
	const char *text = find(labels, id->scheme);
	size_t colon;

	if (text != NULL)
		return str_of(text);
	if (str_chr(id->scheme, ':', &colon))
		return str_cat(w->a, S("Id "), str_from(id->scheme, colon + 1));
	return id->scheme.n > 0 ? id->scheme : S("Id");
}

struct str
page_unit(const struct model_file *f, struct str code)
{
	const char *text = unit_word(code, unit_list_of(f->facts.format));

	return text != NULL ? str_of(text) : code;
}

struct str
page_country(struct str code)
{
	const char *text = find(countries, code);

	return text != NULL ? str_of(text) : code;
}
