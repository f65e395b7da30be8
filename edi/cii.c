/* SPDX-License-Identifier: ISC */
/* cii.c - UN/CEFACT Cross Industry Invoice, D16B and its kin: also XRechnung, Factur-X and ZUGFeRD 2. */
#include "edi/facts.h"
#include "edi/root.h"
#include "edi/xml.h"

#define CII_STANDARD "urn:un:unece:uncefact:data:standard:"
#define CII_ROOT     "CrossIndustryInvoice"
#define CII_NS	     CII_STANDARD "CrossIndustryInvoice:100"

static const struct xml_ns namespaces[] = {
	{ "rsm", CII_NS },
	{ "ram", CII_STANDARD "ReusableAggregateBusinessInformationEntity:100" },
	{ "udt", CII_STANDARD "UnqualifiedDataType:100" },
	{ NULL, NULL },
};

#define CONTEXT "rsm:ExchangedDocumentContext/"
#define PARTIES "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/"

/* The electronic address is the id proper; the others serve documents that have none. */
#define PARTY(at, id, name)                                   \
	{ at "/ram:URIUniversalCommunication/ram:URIID", id, 0 }, \
	{ at "/ram:GlobalID", id, 1 },                        \
	{ at "/ram:ID", id, 2 },                              \
	{ at "/ram:SpecifiedTaxRegistration/ram:ID", id, 3 }, \
	{ at "/ram:Name", name, 0 }

static const struct xml_path paths[] = {
	{ "rsm:ExchangedDocument/ram:ID", XML_NUMBER, 0 },
	{ CONTEXT "ram:GuidelineSpecifiedDocumentContextParameter/ram:ID", XML_VERSION, 0 },
	{ CONTEXT "ram:TestIndicator/udt:Indicator", XML_TEST, 0 },
	PARTY(PARTIES "ram:SellerTradeParty", XML_SELLER_ID, XML_SELLER_NAME),
	PARTY(PARTIES "ram:BuyerTradeParty", XML_BUYER_ID, XML_BUYER_NAME),
	{ NULL, 0, 0 },
};

static const struct xml_wants wants = { namespaces, paths };

static int
cii_detect(struct str head)
{
	char narrow[XML_NARROW_MAX];
	struct xml_root root;

	if (!xml_root_find(xml_narrow(head, narrow, sizeof(narrow)), &root) || !str_eq(root.local, S(CII_ROOT)))
		return 0;
	if (str_eq(root.ns, S(CII_NS)))
		return 100;
	return str_starts(root.ns, S(CII_STANDARD)) ? 60 : 0;
}

static int
cii_read(struct arena *a, struct str in, struct edi_facts *out, struct err *e)
{
	struct xml_doc *doc = arena_new_of(a, struct xml_doc);

	if (xml_read(a, in, &wants, out, doc, e) == -1)
		return -1;
	xml_facts(a, doc, false, out);
	if (out->n_problems > 0)
		return 0;
	if (!str_eq(doc->ns, S(CII_NS)))
		facts_problem(a, out, (struct edi_place){ 0 }, "xml-namespace",
		    "<%s> is in '%s', want '%s'", CII_ROOT, facts_show(a, doc->ns), CII_NS);
	else if (out->number.n == 0)
		facts_problem(a, out, (struct edi_place){ 0 }, "number-missing",
		    "no ExchangedDocument/ID: the invoice has no number");
	return 0;
}

const struct edi_format edi_cii = {
	.name = "cii",
	.label = "CII",
	.media_type = "application/xml",
	.extension = "xml",
	.detect = cii_detect,
	.read = cii_read,
};
