/* SPDX-License-Identifier: ISC */
/* model_cxml.c - where the orders, answers, despatch advices and invoices of cXML keep their values. */
#include "edi/model_place.h"

static const struct xml_ns namespaces[] = { { NULL, NULL } };

#define ADDRESS(at, place)                                     \
	{ at, place, XML_OPENS },                              \
	{ at "/@addressID", PARTY_ID, 0 },                     \
	{ at "/Name", PARTY_NAME, 0 },                         \
	{ at "/PostalAddress/Street", PARTY_STREET, 0 },       \
	{ at "/PostalAddress/City", PARTY_CITY, 0 },           \
	{ at "/PostalAddress/State", PARTY_REGION, 0 },        \
	{ at "/PostalAddress/PostalCode", PARTY_POSTCODE, 0 }, \
	{ at "/PostalAddress/Country", PARTY_COUNTRY, 0 },     \
	{ at "/Email", PARTY_MAIL, 0 }

#define ITEM(at)                                                       \
	{ at, AT_LINE, XML_OPENS },                                    \
	{ at "/@lineNumber", LINE_NO, 0 },                             \
	{ at "/@quantity", LINE_QTY, 0 },                              \
	{ at "/ItemID/SupplierPartID", LINE_SELLER_ID, 0 },            \
	{ at "/ItemID/BuyerPartID", LINE_BUYER_ID, 0 },                \
	{ at "/ItemDetail/UnitPrice/Money", LINE_PRICE, 0 },           \
	{ at "/ItemDetail/Description", LINE_NAME, 0 },                \
	{ at "/ItemDetail/UnitOfMeasure", LINE_UNIT, 0 },              \
	{ at "/UnitOfMeasure", LINE_UNIT, 0 }

#define ORDER	"Request/OrderRequest/"
#define OHEAD	ORDER "OrderRequestHeader/"
#define INVOICE "Request/InvoiceDetailRequest/"
#define IHEAD	INVOICE "InvoiceDetailRequestHeader/"
#define IITEM	INVOICE "InvoiceDetailOrder/InvoiceDetailItem"
#define ISUM	INVOICE "InvoiceDetailSummary/"
#define SHIP	"Request/ShipNoticeRequest/"
#define CONFIRM "Request/ConfirmationRequest/"
#define QUOTE	"Message/QuoteMessage/"

static const struct xml_path paths[] = {
	{ "Header/From", AT_SELLER, XML_OPENS },
	{ "Header/From/Credential/Identity", PARTY_ID, 0 },
	{ "Header/To", AT_BUYER, XML_OPENS },
	{ "Header/To/Credential/Identity", PARTY_ID, 0 },
	{ OHEAD "@orderID", NUMBER, 0 },
	{ OHEAD "@orderDate", ISSUED, 0 },
	{ OHEAD "@type", TYPE, 0 },
	{ OHEAD "Total/Money", SUM_PAYABLE, 0 },
	{ OHEAD "Tax/Money", SUM_TAX, 0 },
	{ OHEAD "Comments", NOTE, 0 },
	ADDRESS(OHEAD "ShipTo/Address", AT_SHIP_TO),
	ADDRESS(OHEAD "BillTo/Address", AT_BILL_TO),
	ITEM(ORDER "ItemOut"),
	{ IHEAD "@invoiceID", NUMBER, 0 },
	{ IHEAD "@invoiceDate", ISSUED, 0 },
	{ IHEAD "@purpose", TYPE, 0 },
	{ INVOICE "InvoiceDetailOrder/InvoiceDetailOrderInfo/OrderReference/@orderID", REF_ORDER, 0 },
	{ IITEM, AT_LINE, XML_OPENS },
	{ IITEM "/@invoiceLineNumber", LINE_NO, 0 },
	{ IITEM "/@quantity", LINE_QTY, 0 },
	{ IITEM "/UnitOfMeasure", LINE_UNIT, 0 },
	{ IITEM "/UnitPrice/Money", LINE_PRICE, 0 },
	{ IITEM "/InvoiceDetailItemReference/ItemID/SupplierPartID", LINE_SELLER_ID, 0 },
	{ IITEM "/InvoiceDetailItemReference/Description", LINE_NAME, 0 },
	{ IITEM "/SubtotalAmount/Money", LINE_AMOUNT, 0 },
	{ ISUM "SubtotalAmount/Money", SUM_NET, 0 },
	{ ISUM "Tax/Money", SUM_TAX, 0 },
	{ ISUM "DueAmount/Money", SUM_PAYABLE, 0 },
	{ SHIP "ShipNoticeHeader/@shipmentID", NUMBER, 0 },
	{ SHIP "ShipNoticeHeader/@noticeDate", ISSUED, 0 },
	{ SHIP "ShipNoticeHeader/@shipmentDate", DELIVERED, 0 },
	{ SHIP "ShipNoticePortion/OrderReference/@orderID", REF_ORDER, 0 },
	ITEM(SHIP "ShipNoticePortion/ShipNoticeItem"),
	{ CONFIRM "ConfirmationHeader/@confirmID", NUMBER, 0 },
	{ CONFIRM "ConfirmationHeader/@noticeDate", ISSUED, 0 },
	{ CONFIRM "ConfirmationHeader/@type", TYPE, 0 },
	{ CONFIRM "OrderReference/@orderID", REF_ORDER, 0 },
	{ QUOTE "QuoteMessageHeader/@quoteID", NUMBER, 0 },
	{ QUOTE "QuoteMessageHeader/@quoteDate", ISSUED, 0 },
	{ QUOTE "QuoteMessageHeader/Total/Money", SUM_PAYABLE, 0 },
	{ NULL, 0, 0 },
};

const struct xml_wants model_cxml_wants = { namespaces, paths, "cXML" };
