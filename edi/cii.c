/* SPDX-License-Identifier: ISC */
/*
 * cii.c - UN/CEFACT Cross Industry Invoice, D16B: also XRechnung, Factur-X and ZUGFeRD 2. Its forerunner ZUGFeRD 1, and
 * Order-X, which is the same library's order, tell their values at the same places under other names.
 */
#include "edi/facts.h"
#include "edi/root.h"
#include "edi/rule_number.h"
#include "edi/xml.h"

#define STANDARD  "urn:un:unece:uncefact:data:standard:"
#define CII_NS	  STANDARD "CrossIndustryInvoice:100"
#define ZF_NS	  "urn:ferd:CrossIndustryDocument:invoice:1p0"
#define ORDER_NS  "urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100"
#define RAM	  STANDARD "ReusableAggregateBusinessInformationEntity:"
#define UDT	  STANDARD "UnqualifiedDataType:"

static const struct xml_ns namespaces[] = {
	{ "rsm", CII_NS },
	{ "rsm", ZF_NS },
	{ "rsm", ORDER_NS },
	{ "ram", RAM "100" },
	{ "ram", RAM "12" },
	{ "ram", RAM "128" },
	{ "udt", UDT "100" },
	{ "udt", UDT "15" },
	{ "udt", UDT "128" },
	{ NULL, NULL },
};

/* The electronic address is the id proper; the others serve documents that have none. */
#define PARTY(at, id, name)                                       \
	{ at "/ram:URIUniversalCommunication/ram:URIID", id, 0 }, \
	{ at "/ram:GlobalID", id, 1 },                            \
	{ at "/ram:ID", id, 2 },                                  \
	{ at "/ram:SpecifiedTaxRegistration/ram:ID", id, 3 },     \
	{ at "/ram:Name", name, 0 }

enum { ISSUED = XML_BUYER_NAME + 1 };

#define PATHS(context, document, agreement)                                                              \
	{ document "/ram:ID", XML_NUMBER, 0 },                                                           \
	{ document "/ram:IssueDateTime/udt:DateTimeString", ISSUED, 0 },                                 \
	{ context "/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID", XML_VERSION, 0 },            \
	{ context "/ram:TestIndicator/udt:Indicator", XML_TEST, 0 },                                     \
	PARTY(agreement "/ram:SellerTradeParty", XML_SELLER_ID, XML_SELLER_NAME),                        \
	PARTY(agreement "/ram:BuyerTradeParty", XML_BUYER_ID, XML_BUYER_NAME),                           \
	{ NULL, 0, 0 }

static const struct xml_path cii_paths[] = {
	PATHS("rsm:ExchangedDocumentContext", "rsm:ExchangedDocument",
	    "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement"),
};
static const struct xml_path zugferd_paths[] = {
	PATHS("rsm:SpecifiedExchangedDocumentContext", "rsm:HeaderExchangedDocument",
	    "rsm:SpecifiedSupplyChainTradeTransaction/ram:ApplicableSupplyChainTradeAgreement"),
};

static const struct xml_wants cii_wants = { namespaces, cii_paths, NULL };
static const struct xml_wants zugferd_wants = { namespaces, zugferd_paths, NULL };

/* Certain by its namespace; by its name alone it is better refused than passed on. */
static int
detect(struct str head, struct str local, struct str ns, struct str family)
{
	char narrow[XML_NARROW_MAX];
	struct xml_root root;

	if (!xml_root_find(xml_narrow(head, narrow, sizeof(narrow)), &root) || !str_eq(root.local, local))
		return 0;
	if (str_eq(root.ns, ns))
		return 100;
	return str_starts(root.ns, family) ? 60 : 0;
}

static int
read(struct arena *a, struct str in, const struct xml_wants *wants, struct str ns,
    struct edi_facts *out, struct err *e)
{
	struct xml_doc *doc = arena_new_of(a, struct xml_doc);
	struct str issued;

	if (xml_read(a, in, wants, out, doc, e) == -1)
		return -1;
	xml_facts(a, doc, str_eq(ns, S(ORDER_NS)), out);
	out->profile = out->version;
	xml_check(a, doc, ns, "ExchangedDocument/ID", out);
	issued = doc->slot[ISSUED].text;
	if (out->n_problems == 0 && doc->slot[ISSUED].found && !number_digits(issued))	/* UNTDID 2379: all are digits */
		facts_problem(a, out, (struct edi_place){ 0 }, "date-bad",
		    "IssueDateTime is '%s', want YYYYMMDD", facts_show(a, issued));
	return 0;
}

static int
cii_detect(struct str head)
{
	return detect(head, S("CrossIndustryInvoice"), S(CII_NS), S(STANDARD));
}

static int
zugferd_detect(struct str head)
{
	return detect(head, S("CrossIndustryDocument"), S(ZF_NS), S("urn:"));
}

static int
order_x_detect(struct str head)
{
	return detect(head, S("SCRDMCCBDACIOMessageStructure"), S(ORDER_NS), S("urn:un:unece:"));
}

static int
cii_read(struct arena *a, struct str in, struct edi_facts *out, struct err *e)
{
	return read(a, in, &cii_wants, S(CII_NS), out, e);
}

static int
zugferd_read(struct arena *a, struct str in, struct edi_facts *out, struct err *e)
{
	return read(a, in, &zugferd_wants, S(ZF_NS), out, e);
}

static int
order_x_read(struct arena *a, struct str in, struct edi_facts *out, struct err *e)
{
	return read(a, in, &cii_wants, S(ORDER_NS), out, e);
}

const struct edi_format edi_cii = {
	.name = "cii",
	.label = "CII",
	.media_type = "application/xml",
	.extension = "xml",
	.detect = cii_detect,
	.read = cii_read,
};

const struct edi_format edi_zugferd = {
	.name = "zugferd",
	.label = "ZUGFeRD 1",
	.media_type = "application/xml",
	.extension = "xml",
	.detect = zugferd_detect,
	.read = zugferd_read,
};

const struct edi_format edi_order_x = {
	.name = "order-x",
	.label = "Order-X",
	.media_type = "application/xml",
	.extension = "xml",
	.detect = order_x_detect,
	.read = order_x_read,
};
