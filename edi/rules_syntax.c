/* SPDX-License-Identifier: ISC */
/* rules_syntax.c - CEN/TS 16931-3-2: what UBL would allow more of than the semantic model has. */
#include "edi/rule.h"
#include "edi/rule_expr.h"

#define UBL(id, level, context, test, text) { id, RULE_EN16931, RULE_UBL, level, context, test, text }
#define CII(id, level, context, test, text) { id, RULE_EN16931, RULE_CII, level, context, test, text }
#define ONCE(id, context, path, what) UBL(id, RULE_FATAL, context, "count(" path ") <= 1", what " occurs more than once")
#define CENTS "//cbc:TaxAmount|cbc:TaxableAmount|cbc:LineExtensionAmount|cbc:TaxExclusiveAmount|cbc:PayableRoundingAmount"
#define OF_CHARGE "cac:AllowanceCharge/cbc:Amount|cbc:BaseAmount"	/* a price's may have more */
#define DUES "//cbc:TaxInclusiveAmount|cbc:AllowanceTotalAmount|cbc:ChargeTotalAmount|cbc:PrepaidAmount|cbc:PayableAmount"
#define SUMS "ram:SpecifiedTradeSettlementHeaderMonetarySummation"

const struct rule rules_syntax[] = {
	ONCE("UBL-SR-01", "/", "cac:ContractDocumentReference/cbc:ID", "the contract"),
	ONCE("UBL-SR-02", "/", "cac:ReceiptDocumentReference/cbc:ID", "the receiving advice"),
	ONCE("UBL-SR-03", "/", "cac:DespatchDocumentReference/cbc:ID", "the despatch advice"),
	ONCE("UBL-SR-04", "/", "cac:AdditionalDocumentReference[cbc:DocumentTypeCode = '130']/cbc:ID", "the invoiced object"),
	ONCE("UBL-SR-05", "/", "cac:PaymentTerms/cbc:Note", "the payment terms"),
	ONCE("UBL-SR-06", "BG-3", "cac:InvoiceDocumentReference", "the preceding invoice"),
	ONCE("UBL-SR-08", "/", "cac:InvoicePeriod", "the invoicing period"),
	ONCE("UBL-SR-09", "/", "BT-27", "the seller's name"),
	ONCE("UBL-SR-10", "/", "BT-28", "the seller's trading name"),
	ONCE("UBL-SR-11", "/", "BT-30", "the seller's legal identifier"),
	ONCE("UBL-SR-12", "/", "BT-31", "the seller's VAT identifier"),
	ONCE("UBL-SR-13", "/", "BT-32", "the seller's tax registration"),
	ONCE("UBL-SR-14", "/", "BG-4/cac:PartyLegalEntity/cbc:CompanyLegalForm", "the seller's legal information"),
	ONCE("UBL-SR-15", "/", "BT-44", "the buyer's name"),
	ONCE("UBL-SR-16", "/", "BT-46", "the buyer's identifier"),
	ONCE("UBL-SR-17", "/", "BT-47", "the buyer's legal identifier"),
	ONCE("UBL-SR-18", "/", "BT-48", "the buyer's VAT identifier"),
	ONCE("UBL-SR-24", "/", "cac:Delivery", "the delivery"),
	ONCE("UBL-SR-29", "/", "BT-29[@schemeID = 'SEPA']", "the creditor's bank identifier"),
	ONCE("UBL-SR-29", "/", "BT-60[@schemeID = 'SEPA']", "the creditor's bank identifier"),
	ONCE("UBL-SR-30", "BG-20", "cbc:AllowanceChargeReason", "the allowance's reason"),
	ONCE("UBL-SR-31", "BG-21", "cbc:AllowanceChargeReason", "the charge's reason"),
	ONCE("UBL-SR-30", "BG-27", "cbc:AllowanceChargeReason", "the allowance's reason"),
	ONCE("UBL-SR-31", "BG-28", "cbc:AllowanceChargeReason", "the charge's reason"),
	ONCE("UBL-SR-32", "BG-23", "cac:TaxCategory/cbc:TaxExemptionReason", "the reason for exemption"),
	ONCE("UBL-SR-33", "BG-24", "cbc:DocumentDescription", "the supporting document's description"),
	ONCE("UBL-SR-34", "BG-25", "cbc:Note", "the line's note"),
	ONCE("UBL-SR-35", "BG-25", "cac:OrderLineReference/cbc:LineID", "the order line"),
	ONCE("UBL-SR-36", "BG-25", "cac:InvoicePeriod", "the line's period"),
	ONCE("UBL-SR-37", "BG-25", "cac:Price/cac:AllowanceCharge/cbc:Amount", "the price's discount"),
	ONCE("UBL-SR-39", "/", "cac:ProjectReference/cbc:ID", "the project"),
	ONCE("UBL-SR-40", "/", "BG-7/cac:PartyName/cbc:Name", "the buyer's trading name"),
	UBL("UBL-SR-42", RULE_FATAL, "/", "count(BG-4/cac:PartyTaxScheme) <= 2",
	    "the seller has over two tax numbers"),
	UBL("UBL-SR-43", RULE_FATAL, "BG-24[cbc:ID/@schemeID]", "among(cbc:DocumentTypeCode, '130 50') or "
	    "not(cbc:DocumentTypeCode)", "a scheme, but the document is no invoiced object"),
	UBL("UBL-SR-44", RULE_FATAL, "/", "distinct(cac:PaymentMeans/cbc:PaymentID) <= 1",
	    "different payment references"),
	UBL("UBL-SR-45", RULE_FATAL, "/", "count(cac:PaymentMeans/cbc:PaymentDueDate) <= 1",
	    "more than one due date"),
	UBL("UBL-SR-46", RULE_FATAL, "/", "distinct(cac:PaymentMeans/cbc:PaymentMeansCode/@name) <= 1",
	    "different texts of the payment means"),
	UBL("UBL-SR-47", RULE_FATAL, "/", "distinct(cac:PaymentMeans/cbc:PaymentMeansCode) <= 1",
	    "different payment means"),
	UBL("UBL-SR-48", RULE_FATAL, "BG-25", "count(cac:Item/cac:ClassifiedTaxCategory) = 1",
	    "the line has not just one tax category"),
	ONCE("UBL-SR-50", "BG-25", "cac:Item/cbc:Description", "the item's description"),
	ONCE("UBL-SR-51", "//cac:PostalAddress|cac:Address", "cac:AddressLine/cbc:Line", "the third line of an address"),
	ONCE("UBL-SR-52", "BG-25", "cac:DocumentReference", "the line's document"),
	UBL("UBL-DT-01", RULE_FATAL, CENTS, "decimals(.) <= 2", "an amount with over two decimals"),
	UBL("UBL-DT-01", RULE_FATAL, OF_CHARGE, "decimals(.) <= 2", "an amount with over two decimals"),
	UBL("UBL-DT-01", RULE_FATAL, "BG-25/" OF_CHARGE, "decimals(.) <= 2",
	    "an amount with over two decimals"),
	UBL("UBL-DT-01", RULE_FATAL, DUES, "decimals(.) <= 2", "an amount with over two decimals"),
	UBL("UBL-DT-06", RULE_FATAL, "//cbc:EmbeddedDocumentBinaryObject", "exists(@mimeCode)",
	    "the attachment has no media type"),
	UBL("UBL-DT-07", RULE_FATAL, "//cbc:EmbeddedDocumentBinaryObject", "exists(@filename)",
	    "the attachment has no file name"),
	CII("CII-SR-451", RULE_FATAL, "//" SUMS, "count(ram:LineTotalAmount) <= 1",
	    "the sum of the lines occurs twice"),
	CII("CII-SR-452", RULE_FATAL, "//" SUMS, "count(ram:DuePayableAmount) <= 1",
	    "the amount due occurs twice"),
	{ NULL, 0, 0, 0, NULL, NULL, NULL },
};
