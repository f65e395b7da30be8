/* SPDX-License-Identifier: ISC */
/* ubl.c - OASIS UBL 2.x: Invoice, CreditNote, Order and the other documents a party sends to another. */
#include "edi/facts.h"
#include "edi/root.h"
#include "edi/rule_number.h"
#include "edi/xml.h"

#define UBL_XSD "urn:oasis:names:specification:ubl:schema:xsd:"

/* Who sends and who gets: the seller's documents go to the buyer, unless named here. */
static const struct {
	const char *root;
	bool buyer_sends;
} documents[] = {
	{ "Invoice", false },
	{ "CreditNote", false },
	{ "DebitNote", false },
	{ "Reminder", false },
	{ "Order", true },
	{ "OrderChange", true },
	{ "OrderCancellation", true },
	{ "OrderResponse", false },
	{ "OrderResponseSimple", false },
	{ "DespatchAdvice", false },
	{ "ReceiptAdvice", true },
	{ "RemittanceAdvice", true },
	{ "Statement", false },
	{ "Catalogue", false },
	{ "Quotation", false },
	{ "RequestForQuotation", true },
	{ "SelfBilledInvoice", true },
	{ "SelfBilledCreditNote", true },
	{ "ApplicationResponse", false },
};

static const struct xml_ns namespaces[] = {
	{ "cac", UBL_XSD "CommonAggregateComponents-2" },
	{ "cbc", UBL_XSD "CommonBasicComponents-2" },
	{ NULL, NULL },
};

/* The electronic address is the id proper; the others serve documents that have none. */
#define PARTY(at, id, name)                                          \
	{ at "/cbc:EndpointID", id, 0 },                             \
	{ at "/cac:PartyIdentification/cbc:ID", id, 1 },             \
	{ at "/cac:PartyTaxScheme/cbc:CompanyID", id, 2 },           \
	{ at "/cac:PartyLegalEntity/cbc:CompanyID", id, 3 },         \
	{ at "/cac:PartyLegalEntity/cbc:RegistrationName", name, 0 }, \
	{ at "/cac:PartyName/cbc:Name", name, 1 }

enum { ISSUED = XML_BUYER_NAME + 1 };

static const struct xml_path paths[] = {
	{ "cbc:ID", XML_NUMBER, 0 },
	{ "cbc:UBLVersionID", XML_VERSION, 0 },
	{ "cbc:CustomizationID", XML_PROFILE, 0 },
	{ "cbc:IssueDate", ISSUED, 0 },
	PARTY("cac:AccountingSupplierParty/cac:Party", XML_SELLER_ID, XML_SELLER_NAME),
	PARTY("cac:AccountingCustomerParty/cac:Party", XML_BUYER_ID, XML_BUYER_NAME),
	PARTY("cac:SellerSupplierParty/cac:Party", XML_SELLER_ID, XML_SELLER_NAME),
	PARTY("cac:BuyerCustomerParty/cac:Party", XML_BUYER_ID, XML_BUYER_NAME),
	PARTY("cac:DespatchSupplierParty/cac:Party", XML_SELLER_ID, XML_SELLER_NAME),
	PARTY("cac:DeliveryCustomerParty/cac:Party", XML_BUYER_ID, XML_BUYER_NAME),
	PARTY("cac:ProviderParty", XML_SELLER_ID, XML_SELLER_NAME),	/* Catalogue */
	PARTY("cac:ReceiverParty", XML_BUYER_ID, XML_BUYER_NAME),
	PARTY("cac:SenderParty", XML_SELLER_ID, XML_SELLER_NAME),	/* ApplicationResponse */
	{ NULL, 0, 0 },
};

static const struct xml_wants wants = { namespaces, paths, NULL };

static bool
is_known(struct str local)
{
	for (size_t i = 0; i < N(documents); i++)
		if (str_eq(local, str_of(documents[i].root)))
			return true;
	return false;
}

static bool
buyer_sends(struct str local)
{
	for (size_t i = 0; i < N(documents); i++)
		if (str_eq(local, str_of(documents[i].root)))
			return documents[i].buyer_sends;
	return false;
}

/* The namespace of every document is named after its root: ...:xsd:Invoice-2 */
static bool
is_namespace_of(struct str ns, struct str local)
{
	size_t n = sizeof(UBL_XSD) - 1;

	return str_starts(ns, S(UBL_XSD)) && str_eq(str_sub(ns, n, local.n), local) &&
	    str_eq(str_from(ns, n + local.n), S("-2"));
}

static int
ubl_detect(struct str head)
{
	char narrow[XML_NARROW_MAX];
	struct xml_root root;

	head = xml_narrow(head, narrow, sizeof(narrow));
	if (!xml_root_find(head, &root))
		return 0;
	if (is_namespace_of(root.ns, root.local))
		return 100;
	/* a known document in UBL's words, but not bound to UBL's name for it: better refused than passed on */
	return is_known(root.local) && str_find(head, S(UBL_XSD), NULL) ? 60 : 0;
}

static int
ubl_read(struct arena *a, struct str in, struct edi_facts *out, struct err *e)
{
	struct xml_doc *doc = arena_new_of(a, struct xml_doc);
	struct str issued;

	if (xml_read(a, in, &wants, out, doc, e) == -1)
		return -1;
	if (!doc->slot[XML_VERSION].found)
		doc->slot[XML_VERSION] = doc->slot[XML_PROFILE];
	xml_facts(a, doc, buyer_sends(doc->local), out);
	xml_check(a, doc, str_fmt(a, UBL_XSD STR_FMT "-2", STR_ARG(doc->local)), "cbc:ID", out);
	issued = doc->slot[ISSUED].text;
	if (out->n_problems == 0 && doc->slot[ISSUED].found && !number_date(str_sub(issued, 0, 10)))
		facts_problem(a, out, (struct edi_place){ 0 }, "date-bad", "IssueDate is '%s', want YYYY-MM-DD",
		    facts_show(a, issued));
	return 0;
}

const struct edi_format edi_ubl = {
	.name = "ubl",
	.label = "UBL",
	.media_type = "application/xml",
	.extension = "xml",
	.detect = ubl_detect,
	.read = ubl_read,
};
