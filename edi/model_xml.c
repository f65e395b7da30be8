/* SPDX-License-Identifier: ISC */
/*
 * model_xml.c - UBL and CII as documents. Where each value stands is two tables of paths; what becomes of it is one
 * list of places below, the same for both.
 */
#include "edi/model_make.h"

#include "edi/xml.h"

#include <string.h>

#define UBL	     "urn:oasis:names:specification:ubl:schema:xsd:"
#define CII_STANDARD "urn:un:unece:uncefact:data:standard:"

/* What a path leads to. AT_: something begins; AT_HEADER: what stands before it has ended. */
enum place {
	NUMBER, ISSUED, DUE, TYPE, NOTE, CURRENCY, ACCOUNT, TERMS_NOTE, TEST, DELIVERED,
	REF_BUYER, REF_ORDER, REF_CONTRACT, REF_DESPATCH, REF_PRECEDING, REF_ORDER_ANSWERED,
	AT_SELLER, AT_BUYER, AT_PAYEE, AT_SHIP_TO, AT_BILL_TO,
	PARTY_ID, PARTY_VAT, PARTY_LEGAL_ID, PARTY_NAME, PARTY_TRADE_NAME, PARTY_STREET, PARTY_CITY, PARTY_POSTCODE,
	PARTY_REGION, PARTY_COUNTRY, PARTY_CONTACT, PARTY_PHONE, PARTY_MAIL,
	AT_TAX, TAX_CATEGORY, TAX_RATE, TAX_BASE, TAX_AMOUNT,
	AT_ALLOWANCE, ALLOWANCE_CHARGE, ALLOWANCE_CODE, ALLOWANCE_TEXT, ALLOWANCE_PERCENT, ALLOWANCE_AMOUNT,
	SUM_LINES, SUM_ALLOWANCES, SUM_CHARGES, SUM_NET, SUM_TAX, SUM_GROSS, SUM_PREPAID, SUM_ROUNDING, SUM_PAYABLE,
	AT_LINE, AT_HEADER, LINE_NO, LINE_QTY, LINE_AMOUNT, LINE_NAME, LINE_GTIN, LINE_BUYER_ID, LINE_SELLER_ID, LINE_PRICE, LINE_PER,
	LINE_TAX_CATEGORY, LINE_TAX_RATE, LINE_STATUS,
};

static const struct xml_ns ubl_namespaces[] = {
	{ "cac", UBL "CommonAggregateComponents-2" },
	{ "cbc", UBL "CommonBasicComponents-2" },
	{ NULL, NULL },
};

#define UBL_PARTY(at, place)                                                  \
	{ at, place, XML_OPENS },                                             \
	{ at "/cbc:EndpointID", PARTY_ID, 0 },                                \
	{ at "/cac:PartyIdentification/cbc:ID", PARTY_ID, 0 },                \
	{ at "/cac:PartyName/cbc:Name", PARTY_TRADE_NAME, 0 },                \
	{ at "/cac:PostalAddress/cbc:StreetName", PARTY_STREET, 0 },          \
	{ at "/cac:PostalAddress/cbc:AdditionalStreetName", PARTY_STREET, 0 }, \
	{ at "/cac:PostalAddress/cac:AddressLine/cbc:Line", PARTY_STREET, 0 }, \
	{ at "/cac:PostalAddress/cbc:CityName", PARTY_CITY, 0 },              \
	{ at "/cac:PostalAddress/cbc:PostalZone", PARTY_POSTCODE, 0 },        \
	{ at "/cac:PostalAddress/cbc:CountrySubentity", PARTY_REGION, 0 },    \
	{ at "/cac:PostalAddress/cac:Country/cbc:IdentificationCode", PARTY_COUNTRY, 0 }, \
	{ at "/cac:PartyTaxScheme/cbc:CompanyID", PARTY_VAT, 0 },             \
	{ at "/cac:PartyLegalEntity/cbc:RegistrationName", PARTY_NAME, 0 },   \
	{ at "/cac:PartyLegalEntity/cbc:CompanyID", PARTY_LEGAL_ID, 0 },      \
	{ at "/cac:Contact/cbc:Name", PARTY_CONTACT, 0 },                     \
	{ at "/cac:Contact/cbc:Telephone", PARTY_PHONE, 0 },                  \
	{ at "/cac:Contact/cbc:ElectronicMail", PARTY_MAIL, 0 }

#define UBL_ALLOWANCE(at)                                          \
	{ at, AT_ALLOWANCE, XML_OPENS },                           \
	{ at "/cbc:ChargeIndicator", ALLOWANCE_CHARGE, 0 },        \
	{ at "/cbc:AllowanceChargeReasonCode", ALLOWANCE_CODE, 0 }, \
	{ at "/cbc:AllowanceChargeReason", ALLOWANCE_TEXT, 0 },    \
	{ at "/cbc:MultiplierFactorNumeric", ALLOWANCE_PERCENT, 0 }, \
	{ at "/cbc:Amount", ALLOWANCE_AMOUNT, 0 }

#define UBL_LINE(open, at, qty)                                              \
	{ open, AT_LINE, XML_OPENS },                                        \
	{ at "/cbc:ID", LINE_NO, 0 },                                        \
	{ at "/cbc:" qty, LINE_QTY, 0 },                                     \
	{ at "/cbc:LineExtensionAmount", LINE_AMOUNT, 0 },                   \
	{ at "/cbc:LineStatusCode", LINE_STATUS, 0 },                        \
	UBL_ALLOWANCE(at "/cac:AllowanceCharge"),                            \
	{ at "/cac:Item/cbc:Name", LINE_NAME, 0 },                           \
	{ at "/cac:Item/cac:StandardItemIdentification/cbc:ID", LINE_GTIN, 0 }, \
	{ at "/cac:Item/cac:BuyersItemIdentification/cbc:ID", LINE_BUYER_ID, 0 }, \
	{ at "/cac:Item/cac:SellersItemIdentification/cbc:ID", LINE_SELLER_ID, 0 }, \
	{ at "/cac:Item/cac:ClassifiedTaxCategory/cbc:ID", LINE_TAX_CATEGORY, 0 }, \
	{ at "/cac:Item/cac:ClassifiedTaxCategory/cbc:Percent", LINE_TAX_RATE, 0 }, \
	{ at "/cac:Price/cbc:PriceAmount", LINE_PRICE, 0 },                  \
	{ at "/cac:Price/cbc:BaseQuantity", LINE_PER, 0 }

#define UBL_TOTALS(at)                                           \
	{ at "/cbc:LineExtensionAmount", SUM_LINES, 0 },         \
	{ at "/cbc:TaxExclusiveAmount", SUM_NET, 0 },            \
	{ at "/cbc:TaxInclusiveAmount", SUM_GROSS, 0 },          \
	{ at "/cbc:AllowanceTotalAmount", SUM_ALLOWANCES, 0 },   \
	{ at "/cbc:ChargeTotalAmount", SUM_CHARGES, 0 },         \
	{ at "/cbc:PrepaidAmount", SUM_PREPAID, 0 },             \
	{ at "/cbc:PayableRoundingAmount", SUM_ROUNDING, 0 },    \
	{ at "/cbc:PayableAmount", SUM_PAYABLE, 0 }

#define DELIVERY "cac:Delivery/cac:DeliveryLocation/cac:Address"

static const struct xml_path ubl_paths[] = {
	{ "cbc:ID", NUMBER, 0 },
	{ "cbc:IssueDate", ISSUED, 0 },
	{ "cbc:DueDate", DUE, 0 },
	{ "cac:PaymentMeans/cbc:PaymentDueDate", DUE, 0 },
	{ "cbc:InvoiceTypeCode", TYPE, 0 },
	{ "cbc:CreditNoteTypeCode", TYPE, 0 },
	{ "cbc:OrderTypeCode", TYPE, 0 },
	{ "cbc:OrderResponseCode", TYPE, 0 },
	{ "cbc:DespatchAdviceTypeCode", TYPE, 0 },
	{ "cbc:Note", NOTE, 0 },
	{ "cbc:DocumentCurrencyCode", CURRENCY, 0 },
	{ "cbc:BuyerReference", REF_BUYER, 0 },
	{ "cbc:CustomerReference", REF_BUYER, 0 },
	{ "cac:OrderReference/cbc:ID", REF_ORDER, 0 },
	{ "cac:ContractDocumentReference/cbc:ID", REF_CONTRACT, 0 },
	{ "cac:Contract/cbc:ID", REF_CONTRACT, 0 },
	{ "cac:DespatchDocumentReference/cbc:ID", REF_DESPATCH, 0 },
	{ "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID", REF_PRECEDING, 0 },
	{ "cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID", ACCOUNT, 0 },
	{ "cac:PaymentTerms/cbc:Note", TERMS_NOTE, 0 },
	{ "cac:Delivery/cbc:ActualDeliveryDate", DELIVERED, 0 },
	UBL_PARTY("cac:AccountingSupplierParty/cac:Party", AT_SELLER),
	UBL_PARTY("cac:AccountingCustomerParty/cac:Party", AT_BUYER),
	UBL_PARTY("cac:SellerSupplierParty/cac:Party", AT_SELLER),
	UBL_PARTY("cac:BuyerCustomerParty/cac:Party", AT_BUYER),
	UBL_PARTY("cac:DespatchSupplierParty/cac:Party", AT_SELLER),
	UBL_PARTY("cac:DeliveryCustomerParty/cac:Party", AT_BUYER),
	UBL_PARTY("cac:PayeeParty", AT_PAYEE),
	{ "cac:Delivery", AT_HEADER, XML_OPENS },
	{ DELIVERY, AT_SHIP_TO, XML_OPENS },
	{ DELIVERY "/cbc:StreetName", PARTY_STREET, 0 },
	{ DELIVERY "/cbc:AdditionalStreetName", PARTY_STREET, 0 },
	{ DELIVERY "/cbc:CityName", PARTY_CITY, 0 },
	{ DELIVERY "/cbc:PostalZone", PARTY_POSTCODE, 0 },
	{ DELIVERY "/cac:Country/cbc:IdentificationCode", PARTY_COUNTRY, 0 },
	{ "cac:Delivery/cac:DeliveryParty/cac:PartyName/cbc:Name", PARTY_NAME, 0 },
	UBL_ALLOWANCE("cac:AllowanceCharge"),
	{ "cac:TaxTotal/cbc:TaxAmount", SUM_TAX, 0 },
	{ "cac:TaxTotal/cac:TaxSubtotal", AT_TAX, XML_OPENS },
	{ "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount", TAX_BASE, 0 },
	{ "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount", TAX_AMOUNT, 0 },
	{ "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:ID", TAX_CATEGORY, 0 },
	{ "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:Percent", TAX_RATE, 0 },
	UBL_TOTALS("cac:LegalMonetaryTotal"),
	UBL_TOTALS("cac:AnticipatedMonetaryTotal"),
	UBL_LINE("cac:InvoiceLine", "cac:InvoiceLine", "InvoicedQuantity"),
	UBL_LINE("cac:CreditNoteLine", "cac:CreditNoteLine", "CreditedQuantity"),
	UBL_LINE("cac:OrderLine", "cac:OrderLine/cac:LineItem", "Quantity"),
	UBL_LINE("cac:DespatchLine", "cac:DespatchLine", "DeliveredQuantity"),
	{ NULL, 0, 0 },
};

static const struct xml_ns cii_namespaces[] = {
	{ "rsm", CII_STANDARD "CrossIndustryInvoice:100" },
	{ "ram", CII_STANDARD "ReusableAggregateBusinessInformationEntity:100" },
	{ "udt", CII_STANDARD "UnqualifiedDataType:100" },
	{ NULL, NULL },
};

#define CII_DEAL	  "rsm:SupplyChainTradeTransaction/"
#define CII_LINE	  CII_DEAL "ram:IncludedSupplyChainTradeLineItem"
#define CII_AGREEMENT  CII_DEAL "ram:ApplicableHeaderTradeAgreement"
#define CII_DELIVERY	  CII_DEAL "ram:ApplicableHeaderTradeDelivery"
#define CII_SETTLEMENT CII_DEAL "ram:ApplicableHeaderTradeSettlement"
#define CII_SUMS	  CII_SETTLEMENT "/ram:SpecifiedTradeSettlementHeaderMonetarySummation"
#define CII_LINE_SUM	  CII_LINE "/ram:SpecifiedLineTradeSettlement"

#define CII_PARTY(at, place)                                                 \
	{ at, place, XML_OPENS },                                            \
	{ at "/ram:ID", PARTY_ID, 0 },                                       \
	{ at "/ram:GlobalID", PARTY_ID, 0 },                                 \
	{ at "/ram:Name", PARTY_NAME, 0 },                                   \
	{ at "/ram:SpecifiedLegalOrganization/ram:ID", PARTY_LEGAL_ID, 0 },  \
	{ at "/ram:DefinedTradeContact/ram:PersonName", PARTY_CONTACT, 0 },  \
	{ at "/ram:DefinedTradeContact/ram:TelephoneUniversalCommunication/ram:CompleteNumber", PARTY_PHONE, 0 }, \
	{ at "/ram:DefinedTradeContact/ram:EmailURIUniversalCommunication/ram:URIID", PARTY_MAIL, 0 }, \
	{ at "/ram:PostalTradeAddress/ram:LineOne", PARTY_STREET, 0 },       \
	{ at "/ram:PostalTradeAddress/ram:LineTwo", PARTY_STREET, 0 },       \
	{ at "/ram:PostalTradeAddress/ram:LineThree", PARTY_STREET, 0 },     \
	{ at "/ram:PostalTradeAddress/ram:CityName", PARTY_CITY, 0 },        \
	{ at "/ram:PostalTradeAddress/ram:PostcodeCode", PARTY_POSTCODE, 0 }, \
	{ at "/ram:PostalTradeAddress/ram:CountrySubDivisionName", PARTY_REGION, 0 }, \
	{ at "/ram:PostalTradeAddress/ram:CountryID", PARTY_COUNTRY, 0 },    \
	{ at "/ram:URIUniversalCommunication/ram:URIID", PARTY_ID, 0 },      \
	{ at "/ram:SpecifiedTaxRegistration/ram:ID", PARTY_VAT, 0 }

#define CII_ALLOWANCE(at)                                      \
	{ at, AT_ALLOWANCE, XML_OPENS },                       \
	{ at "/ram:ChargeIndicator/udt:Indicator", ALLOWANCE_CHARGE, 0 }, \
	{ at "/ram:ReasonCode", ALLOWANCE_CODE, 0 },           \
	{ at "/ram:Reason", ALLOWANCE_TEXT, 0 },               \
	{ at "/ram:CalculationPercent", ALLOWANCE_PERCENT, 0 }, \
	{ at "/ram:ActualAmount", ALLOWANCE_AMOUNT, 0 }

static const struct xml_path cii_paths[] = {
	{ "rsm:ExchangedDocumentContext/ram:TestIndicator/udt:Indicator", TEST, 0 },
	{ "rsm:ExchangedDocument/ram:ID", NUMBER, 0 },
	{ "rsm:ExchangedDocument/ram:TypeCode", TYPE, 0 },
	{ "rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString", ISSUED, 0 },
	{ "rsm:ExchangedDocument/ram:IncludedNote/ram:Content", NOTE, 0 },
	{ CII_LINE, AT_LINE, XML_OPENS },
	{ CII_LINE "/ram:AssociatedDocumentLineDocument/ram:LineID", LINE_NO, 0 },
	{ CII_LINE "/ram:SpecifiedTradeProduct/ram:GlobalID", LINE_GTIN, 0 },
	{ CII_LINE "/ram:SpecifiedTradeProduct/ram:SellerAssignedID", LINE_SELLER_ID, 0 },
	{ CII_LINE "/ram:SpecifiedTradeProduct/ram:BuyerAssignedID", LINE_BUYER_ID, 0 },
	{ CII_LINE "/ram:SpecifiedTradeProduct/ram:Name", LINE_NAME, 0 },
	{ CII_LINE "/ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:ChargeAmount", LINE_PRICE, 0 },
	{ CII_LINE "/ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:BasisQuantity", LINE_PER, 0 },
	{ CII_LINE "/ram:SpecifiedLineTradeDelivery/ram:BilledQuantity", LINE_QTY, 0 },
	{ CII_LINE_SUM "/ram:ApplicableTradeTax/ram:CategoryCode", LINE_TAX_CATEGORY, 0 },
	{ CII_LINE_SUM "/ram:ApplicableTradeTax/ram:RateApplicablePercent", LINE_TAX_RATE, 0 },
	CII_ALLOWANCE(CII_LINE_SUM "/ram:SpecifiedTradeAllowanceCharge"),
	{ CII_LINE_SUM "/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount", LINE_AMOUNT, 0 },
	{ CII_AGREEMENT, AT_HEADER, XML_OPENS },
	{ CII_AGREEMENT "/ram:BuyerReference", REF_BUYER, 0 },
	CII_PARTY(CII_AGREEMENT "/ram:SellerTradeParty", AT_SELLER),
	CII_PARTY(CII_AGREEMENT "/ram:BuyerTradeParty", AT_BUYER),
	{ CII_AGREEMENT "/ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID", REF_ORDER, 0 },
	{ CII_AGREEMENT "/ram:ContractReferencedDocument/ram:IssuerAssignedID", REF_CONTRACT, 0 },
	CII_PARTY(CII_DELIVERY "/ram:ShipToTradeParty", AT_SHIP_TO),
	{ CII_DELIVERY "/ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime/udt:DateTimeString", DELIVERED, 0 },
	{ CII_DELIVERY "/ram:DespatchAdviceReferencedDocument/ram:IssuerAssignedID", REF_DESPATCH, 0 },
	{ CII_SETTLEMENT, AT_HEADER, XML_OPENS },
	{ CII_SETTLEMENT "/ram:InvoiceCurrencyCode", CURRENCY, 0 },
	CII_PARTY(CII_SETTLEMENT "/ram:PayeeTradeParty", AT_PAYEE),
	CII_PARTY(CII_SETTLEMENT "/ram:InvoiceeTradeParty", AT_BILL_TO),
	{ CII_SETTLEMENT "/ram:SpecifiedTradeSettlementPaymentMeans/ram:PayeePartyCreditorFinancialAccount/ram:IBANID", ACCOUNT, 0 },
	{ CII_SETTLEMENT "/ram:ApplicableTradeTax", AT_TAX, XML_OPENS },
	{ CII_SETTLEMENT "/ram:ApplicableTradeTax/ram:CalculatedAmount", TAX_AMOUNT, 0 },
	{ CII_SETTLEMENT "/ram:ApplicableTradeTax/ram:BasisAmount", TAX_BASE, 0 },
	{ CII_SETTLEMENT "/ram:ApplicableTradeTax/ram:CategoryCode", TAX_CATEGORY, 0 },
	{ CII_SETTLEMENT "/ram:ApplicableTradeTax/ram:RateApplicablePercent", TAX_RATE, 0 },
	CII_ALLOWANCE(CII_SETTLEMENT "/ram:SpecifiedTradeAllowanceCharge"),
	{ CII_SETTLEMENT "/ram:SpecifiedTradePaymentTerms/ram:Description", TERMS_NOTE, 0 },
	{ CII_SETTLEMENT "/ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime/udt:DateTimeString", DUE, 0 },
	{ CII_SUMS "/ram:LineTotalAmount", SUM_LINES, 0 },
	{ CII_SUMS "/ram:ChargeTotalAmount", SUM_CHARGES, 0 },
	{ CII_SUMS "/ram:AllowanceTotalAmount", SUM_ALLOWANCES, 0 },
	{ CII_SUMS "/ram:TaxBasisTotalAmount", SUM_NET, 0 },
	{ CII_SUMS "/ram:TaxTotalAmount", SUM_TAX, 0 },
	{ CII_SUMS "/ram:RoundingAmount", SUM_ROUNDING, 0 },
	{ CII_SUMS "/ram:GrandTotalAmount", SUM_GROSS, 0 },
	{ CII_SUMS "/ram:TotalPrepaidAmount", SUM_PREPAID, 0 },
	{ CII_SUMS "/ram:DuePayableAmount", SUM_PAYABLE, 0 },
	{ CII_SETTLEMENT "/ram:InvoiceReferencedDocument/ram:IssuerAssignedID", REF_PRECEDING, 0 },
	{ NULL, 0, 0 },
};

static const struct xml_wants ubl_wants = { ubl_namespaces, ubl_paths };
static const struct xml_wants cii_wants = { cii_namespaces, cii_paths };

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
		if (m->kind == MODEL_INVOICE && (str_eq(text, S("381")) || str_eq(text, S("261")) || str_eq(text, S("396"))))
			m->kind = MODEL_CREDIT_NOTE;
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
	else if (place == PARTY_VAT)
		model_add_id(p, attribute.n > 0 ? scheme(attribute) : S("vat"), text);
	else if (place == PARTY_STREET)
		model_add_street(p, text);
	else if (place == PARTY_TRADE_NAME && p->name.n == 0)
		p->name = text;
	for (size_t i = 0; i < N(plain); i++)
		if (place == plain[i].place)
			*plain[i].to = text;
}

static void
take_tax(struct model_maker *k, enum place place, struct str text)
{
	if (k->tax == NULL)
		return;
	if (place == TAX_CATEGORY)
		k->tax->category = text;
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
	else
		model_number(k, place == ALLOWANCE_PERCENT ? &x->percent : &x->amount, text);
}

static void
take_sum(struct model_maker *k, enum place place, struct str text)
{
	struct model_totals *t = &k->m->totals;
	struct str *const to[] = { &t->lines, &t->allowances, &t->charges, &t->net, &t->tax, &t->gross, &t->prepaid,
		&t->rounding, &t->payable };

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
		{ LINE_TAX_CATEGORY, &l->tax_category, false }, { LINE_STATUS, &l->status, false },
		{ LINE_QTY, &l->qty, true }, { LINE_AMOUNT, &l->amount, true }, { LINE_PRICE, &l->price, true },
		{ LINE_PER, &l->price_per, true }, { LINE_TAX_RATE, &l->tax_rate, true },
	};

	if (place == LINE_QTY)
		l->unit = attribute;
	for (size_t i = 0; i < N(plain); i++) {
		if (place != plain[i].place)
			continue;
		if (plain[i].number)
			model_number(k, plain[i].to, text);
		else
			*plain[i].to = text;
	}
}

static void
begin(struct model_maker *k, enum place place)
{
	static const enum model_role party_roles[] = {
		MODEL_SELLER, MODEL_BUYER, MODEL_PAYEE, MODEL_SHIP_TO, MODEL_BILL_TO,
	};

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

static void
take(void *arg, unsigned int slot, struct str text, struct str attribute)
{
	struct model_maker *k = arg;
	enum place place = (enum place)slot;

	if ((place >= AT_SELLER && place <= AT_BILL_TO) || place == AT_TAX || place == AT_ALLOWANCE || place == AT_LINE ||
	    place == AT_HEADER)
		return begin(k, place);
	if (text.n == 0)
		return;
	if (place < REF_BUYER)
		take_head(k, place, text);
	else if (place < AT_SELLER)
		take_ref(k, place, text);
	else if (place < AT_TAX)
		take_party(k, place, text, attribute);
	else if (place < AT_ALLOWANCE)
		take_tax(k, place, text);
	else if (place < SUM_LINES)
		take_allowance(k, place, text);
	else if (place < AT_LINE)
		take_sum(k, place, text);
	else if (k->line != NULL)
		take_line(k, place, text, attribute);
}

int
model_xml_read(struct model_maker *k, struct str in, struct err *e)
{
	const struct edi_facts *f = &k->file->facts;
	enum model_kind kind = MODEL_OTHER;

	for (size_t i = 0; i < N(kinds); i++)
		if (str_eq(f->type, kinds[i].root))
			kind = kinds[i].kind;
	model_add_document(k, kind);
	if (xml_tell(k->a, in, f->format == &edi_cii ? &cii_wants : &ubl_wants, take, k, e) == -1)
		return -1;
	model_check(k);
	return 0;
}
