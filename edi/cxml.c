/* SPDX-License-Identifier: ISC */
/*
 * cxml.c - cXML 1.2: requests, messages and responses between procurement systems. It is the one format that is
 * written with a DOCTYPE, which names the DTD: that is passed over unread, and may declare nothing.
 */
#include "edi/facts.h"
#include "edi/root.h"
#include "edi/xml.h"

static const struct xml_ns namespaces[] = { { NULL, NULL } };

enum { MODE = XML_TEST, KIND = XML_BUYER_NAME + 1, PAYLOAD, FROM_DOMAIN, TO_DOMAIN };

static const struct xml_path paths[] = {
	{ "@payloadID", PAYLOAD, 0 },
	{ "@version", XML_VERSION, 0 },
	{ "Header/From/Credential/@domain", FROM_DOMAIN, 0 },
	{ "Header/To/Credential/@domain", TO_DOMAIN, 0 },
	{ "Header/From/Credential/Identity", XML_SELLER_ID, 0 },
	{ "Header/To/Credential/Identity", XML_BUYER_ID, 0 },
	{ "Request/@deploymentMode", MODE, 0 },
	{ "Message/@deploymentMode", MODE, 0 },
	{ "Request/OrderRequest/OrderRequestHeader/@orderID", XML_NUMBER, 0 },
	{ "Request/ConfirmationRequest/ConfirmationHeader/@confirmID", XML_NUMBER, 0 },
	{ "Request/ShipNoticeRequest/ShipNoticeHeader/@shipmentID", XML_NUMBER, 0 },
	{ "Request/InvoiceDetailRequest/InvoiceDetailRequestHeader/@invoiceID", XML_NUMBER, 0 },
	{ "Message/QuoteMessage/QuoteMessageHeader/@quoteID", XML_NUMBER, 0 },
	{ "Request/QuoteRequest/QuoteRequestHeader/@requestID", XML_NUMBER, 0 },
	{ "Request/*", KIND, XML_NAME },
	{ "Message/*", KIND, XML_NAME },
	{ "Response", KIND, XML_NAME },
	{ NULL, 0, 0 },
};

static const struct xml_wants wants = { namespaces, paths, "cXML" };

static int
cxml_detect(struct str head)
{
	char narrow[XML_NARROW_MAX];
	struct xml_root root;

	return xml_root_find(xml_narrow(head, narrow, sizeof(narrow)), &root) && str_eq(root.local, S("cXML")) ? 100 : 0;
}

/* Orders and invoices have a number of their own; the rest goes by the payload's id. */
static int
cxml_read(struct arena *a, struct str in, struct edi_facts *out, struct err *e)
{
	struct xml_doc *doc = arena_new_of(a, struct xml_doc);

	if (xml_read(a, in, &wants, out, doc, e) == -1)
		return -1;
	if (!doc->slot[XML_NUMBER].found)
		doc->slot[XML_NUMBER] = doc->slot[PAYLOAD];
	if (doc->slot[KIND].found)
		doc->local = doc->slot[KIND].text;
	xml_facts(a, doc, false, out);
	out->sender.qual = doc->slot[FROM_DOMAIN].text;
	out->receiver.qual = doc->slot[TO_DOMAIN].text;
	if (doc->slot[PAYLOAD].found)
		out->control = doc->slot[PAYLOAD].text;
	xml_check(a, doc, S(""), "number or payloadID", out);
	return 0;
}

const struct edi_format edi_cxml = {
	.name = "cxml",
	.label = "cXML",
	.media_type = "application/xml",
	.extension = "xml",
	.detect = cxml_detect,
	.read = cxml_read,
};
