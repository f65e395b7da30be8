/* SPDX-License-Identifier: ISC */
/* rules_peppol.c - Peppol BIS Billing 3: its rules on documents, identifiers and codes. */
#include "edi/rule.h"
#include "edi/rule_expr.h"

#define BOTH (RULE_UBL | RULE_CII)
#define MUST(id, context, test, text) { id, RULE_PEPPOL, BOTH, RULE_FATAL, context, test, text }
#define UBL(id, context, test, text) { id, RULE_PEPPOL, RULE_UBL, RULE_FATAL, context, test, text }
#define CII(id, context, test, text) { id, RULE_PEPPOL, RULE_CII, RULE_FATAL, context, test, text }
#define R(n) "PEPPOL-EN16931-R" n
#define CL(n) "PEPPOL-EN16931-CL" n
#define P(n) "PEPPOL-EN16931-P" n
#define PROCESS "part(BT-23, 7, ':')"
#define IS_PROCESS                                                                                                  \
	"parts(BT-23, ':') = 8 and starts(BT-23, 'urn:fdc:peppol.eu:2017:poacc:billing:') and "                     \
	"length(" PROCESS ") = 2 and digits(" PROCESS ") and part(BT-23, 8, ':') = '1.0'"
#define BILLING "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
#define SIGNS(a, b) "(" a " <= 0 and " b " <= 0) or (" a " >= 0 and " b " >= 0)"
#define IN_TAX_CURRENCY "/BT-110[@currencyID = /BT-6]"
#define IN_CURRENCY "/BT-110[@currencyID = /BT-5]"
#define UBL_CHARGE "//cac:AllowanceCharge"
#define CII_CHARGE "//ram:SpecifiedTradeAllowanceCharge"
#define FACTORED "[cbc:MultiplierFactorNumeric and cbc:BaseAmount]"
#define PRODUCT "near(or-else(cbc:Amount, 0), cbc:BaseAmount * cbc:MultiplierFactorNumeric * 0.01, 0.02)"
#define LINE_SUM                                                                                                    \
	"or-else(BT-129, 1) * div(or-else(BT-146, 0), if(or-else(BT-149, 0) = 0, 1, BT-149)) + "                    \
	"round(sum(BG-28/BT-141)) - round(sum(BG-27/BT-136))"
#define ANY_ID(scheme)                                                                                              \
	"//cbc:EndpointID|cbc:CompanyID|ram:URIID|ram:GlobalID[@schemeID = '" scheme "']"
#define OTHER_ID(scheme) "//cac:PartyIdentification/cbc:ID[@schemeID = '" scheme "']"
#define CII_ID(scheme) "//ram:SpecifiedLegalOrganization|ram:SellerTradeParty|ram:BuyerTradeParty/ram:ID[@schemeID = '" scheme "']"
#define ID_RULE(id, level, scheme, test, text)                                              \
	{ id, RULE_PEPPOL, BOTH, level, ANY_ID(scheme), test, text },                       \
	{ id, RULE_PEPPOL, RULE_UBL, level, OTHER_ID(scheme), test, text },                 \
	{ id, RULE_PEPPOL, RULE_CII, level, CII_ID(scheme), test, text }
#define VATEX(number, code, category)                                                                               \
	UBL(P(number), "//cac:TaxCategory[upper(cbc:TaxExemptionReasonCode) = '" code "']", "cbc:ID = '" category "'", \
	    "the reason " code " is for category " category)
#define DATES "//cbc:IssueDate|cbc:DueDate|cbc:TaxPointDate|cbc:StartDate|cbc:EndDate|cbc:ActualDeliveryDate"
#define AMOUNTS "//cbc:Amount|cbc:BaseAmount|cbc:PriceAmount|cbc:TaxableAmount|cbc:LineExtensionAmount|cbc:PayableAmount"
#define TOTALS                                                                                                      \
	"//cbc:TaxExclusiveAmount|cbc:TaxInclusiveAmount|cbc:AllowanceTotalAmount|cbc:ChargeTotalAmount|"           \
	"cbc:PrepaidAmount|cbc:PayableRoundingAmount"
#define OTHER_CURRENCY "an amount in another currency than the invoice's (BT-5)"

const struct rule rules_peppol[] = {
	MUST(R("001"), "/", "exists(BT-23)", "no business process (BT-23)"),
	UBL(R("002"), "/", "count(cbc:Note) <= 1 or (BT-40 = 'DE' and BT-55 = 'DE')", "more than one note"),
	CII(R("002"), "/", "count(rsm:ExchangedDocument/ram:IncludedNote) <= 1 and "
	    "not(rsm:ExchangedDocument/ram:IncludedNote/ram:SubjectCode) or (BT-40 = 'DE' and BT-55 = 'DE')",
	    "more than one note, or one with a subject"),
	MUST(R("003"), "/", "exists(BT-10) or exists(BT-13)",
	    "neither buyer reference (BT-10) nor order (BT-13)"),
	MUST(R("004"), "/", "starts(BT-24, '" BILLING "')",
	    "the specification identifier (BT-24) is not Peppol's"),
	MUST(R("005"), "BT-6", "not(. = /BT-5)", "the accounting currency (BT-6) is the invoice's (BT-5)"),
	UBL(R("006"), "/", "count(BG-24[cbc:DocumentTypeCode = '130']) <= 1",
	    "more than one invoiced object"),
	CII(R("006"), "/", "count(BG-24[ram:TypeCode = '130']) <= 1", "more than one invoiced object"),
	MUST(R("007"), "/", IS_PROCESS,
	    "the business process (BT-23) is not urn:fdc:peppol.eu:2017:poacc:billing:NN:1.0"),
	MUST(R("010"), "BG-7", "exists(BT-49)", "the buyer has no electronic address (BT-49)"),
	MUST(R("020"), "BG-4", "exists(BT-34)", "the seller has no electronic address (BT-34)"),
	UBL(R("040"), "cac:AllowanceCharge" FACTORED, PRODUCT,
	    "allowance or charge is not base times percentage"),
	UBL(R("040"), "BG-25/cac:AllowanceCharge" FACTORED, PRODUCT,
	    "allowance or charge is not base times percentage"),
	CII(R("040"), CII_CHARGE "[ram:CalculationPercent and ram:BasisAmount]",
	    "near(or-else(ram:ActualAmount, 0), ram:BasisAmount * ram:CalculationPercent * 0.01, 0.02)",
	    "allowance or charge is not base times percentage"),
	UBL(R("041"), "cac:AllowanceCharge[cbc:MultiplierFactorNumeric]", "exists(cbc:BaseAmount)",
	    "a percentage without its base"),
	UBL(R("041"), "BG-25/cac:AllowanceCharge[cbc:MultiplierFactorNumeric]", "exists(cbc:BaseAmount)",
	    "a percentage without its base"),
	CII(R("041"), CII_CHARGE "[ram:CalculationPercent]", "exists(ram:BasisAmount)",
	    "a percentage without its base"),
	UBL(R("042"), "cac:AllowanceCharge[cbc:BaseAmount]", "exists(cbc:MultiplierFactorNumeric)",
	    "a base without percentage"),
	UBL(R("042"), "BG-25/cac:AllowanceCharge[cbc:BaseAmount]", "exists(cbc:MultiplierFactorNumeric)",
	    "a base without percentage"),
	CII(R("042"), CII_CHARGE "[ram:BasisAmount]", "exists(ram:CalculationPercent)",
	    "a base without percentage"),
	UBL(R("043"), UBL_CHARGE, "among(cbc:ChargeIndicator, 'true false')",
	    "a ChargeIndicator that is neither true nor false"),
	CII(R("043"), "//ram:SpecifiedTradeAllowanceCharge|ram:AppliedTradeAllowanceCharge",
	    "among(ram:ChargeIndicator/udt:Indicator, 'true false')",
	    "an indicator that is neither true nor false"),
	UBL(R("044"), "//cac:Price/cac:AllowanceCharge", "among(cbc:ChargeIndicator, 'false')",
	    "a charge on a price"),
	UBL(R("046"), "//cac:Price/cac:AllowanceCharge[cbc:BaseAmount]", "../cbc:PriceAmount = cbc:BaseAmount - cbc:Amount",
	    "the net price is not gross price minus discount"),
	UBL(R("051"), AMOUNTS, "@currencyID = /BT-5", OTHER_CURRENCY),
	UBL(R("051"), TOTALS, "@currencyID = /BT-5", OTHER_CURRENCY),
	UBL(R("051"), "//cac:TaxTotal[cac:TaxSubtotal]/cbc:TaxAmount", "@currencyID = /BT-5", OTHER_CURRENCY),
	UBL(R("051"), "//cac:TaxSubtotal/cbc:TaxAmount", "@currencyID = /BT-5", OTHER_CURRENCY),
	UBL(R("053"), "/", "count(cac:TaxTotal[cac:TaxSubtotal]) = 1",
	    "not just one VAT total with a breakdown"),
	CII(R("053"), "BG-22", "count(ram:TaxTotalAmount[@currencyID = /BT-5]) = 1",
	    "not just one VAT total"),
	UBL(R("054"), "/", "count(cac:TaxTotal[not(cac:TaxSubtotal)]) = count(BT-6)",
	    "a VAT total without breakdown goes with an accounting currency, and only with one"),
	CII(R("054"), "BG-22", "count(ram:TaxTotalAmount[@currencyID != /BT-5]) = count(/BT-6)",
	    "a second VAT total goes with an accounting currency, and only with one"),
	MUST(R("055"), "/", "not(BT-6) or " SIGNS(IN_TAX_CURRENCY, IN_CURRENCY),
	    "the two VAT totals have different signs"),
	UBL(R("061"), "BG-16[among(BT-81, '49 59')]", "exists(cac:PaymentMandate/cbc:ID)",
	    "direct debit without mandate"),
	CII(R("061"), "BG-16[among(BT-81, '49 59')]", "exists(../ram:SpecifiedTradePaymentTerms/ram:DirectDebitMandateID)",
	    "direct debit without mandate"),
	UBL(R("080"), "/", "count(BG-24[cbc:DocumentTypeCode = '50']) <= 1", "more than one project"),
	CII(R("080"), "/", "count(BG-24[ram:TypeCode = '50']) <= 1", "more than one project"),
	UBL(R("100"), "BG-25", "count(cac:DocumentReference) <= 1",
	    "more than one invoiced object of a line"),
	CII(R("100"), "BG-25", "count(ram:SpecifiedLineTradeSettlement/ram:AdditionalReferencedDocument[ram:TypeCode = '130']) "
	    "<= 1", "more than one invoiced object of a line"),
	UBL(R("101"), "BG-25", "not(cac:DocumentReference) or cac:DocumentReference/cbc:DocumentTypeCode = '130'",
	    "a line's document that is no invoiced object"),
	CII(R("101"), "BG-25", "not(ram:SpecifiedLineTradeSettlement/ram:AdditionalReferencedDocument) or "
	    "ram:SpecifiedLineTradeSettlement/ram:AdditionalReferencedDocument/ram:TypeCode = '130'",
	    "a line's document that is no invoiced object"),
	MUST(R("110"), "BG-25/BG-26/BT-134", "not(/BT-73) or . >= /BT-73",
	    "the line's period begins before the invoice's"),
	MUST(R("111"), "BG-25/BG-26/BT-135", "not(/BT-74) or . <= /BT-74",
	    "the line's period ends after the invoice's"),
	MUST(R("120"), "BG-25", "near(or-else(BT-131, 0), " LINE_SUM ", 0.02)",
	    "the line's amount is not quantity times price, with charges and allowances"),
	UBL(R("121"), "BG-25", "not(BT-149) or BT-149 > 0", "the price's base quantity is not over 0"),
	CII(R("121"), "//ram:NetPriceProductTradePrice|ram:GrossPriceProductTradePrice", "not(ram:BasisQuantity) or "
	    "ram:BasisQuantity > 0", "the price's base quantity is not over 0"),
	UBL(R("130"), "//cac:Price/cbc:BaseQuantity[@unitCode]", "not(../../cbc:InvoicedQuantity|cbc:CreditedQuantity) or "
	    "@unitCode = ../../cbc:InvoicedQuantity|cbc:CreditedQuantity/@unitCode",
	    "the price is for another unit"),
	CII(R("130"), "//ram:NetPriceProductTradePrice|ram:GrossPriceProductTradePrice/ram:BasisQuantity[@unitCode]",
	    "@unitCode = ../../../ram:SpecifiedLineTradeDelivery/ram:BilledQuantity/@unitCode",
	    "the price is for another unit"),
	ID_RULE("PEPPOL-COMMON-R040", RULE_FATAL, "0088", "gln(.)", "no GLN: its check digit is wrong"),
	ID_RULE("PEPPOL-COMMON-R041", RULE_FATAL, "0192", "mod11(.)", "no Norwegian organisation number"),
	ID_RULE("PEPPOL-COMMON-R042", RULE_FATAL, "0184", "(length(.) = 10 and sub(., 1, 2) = 'DK' and digits(sub(., 3, 8))) or "
	    "(length(.) = 8 and digits(.))",
	    "no Danish CVR number"),
	ID_RULE("PEPPOL-COMMON-R043", RULE_FATAL, "0208", "belgian(.)", "no Belgian enterprise number"),
	ID_RULE("PEPPOL-COMMON-R044", RULE_WARNING, "0201", "ipa(.)", "no Italian IPA code"),
	ID_RULE("PEPPOL-COMMON-R045", RULE_WARNING, "0210", "fiscal(.)", "no Italian codice fiscale"),
	ID_RULE("PEPPOL-COMMON-R046", RULE_WARNING, "9907", "fiscal(.)", "no Italian codice fiscale"),
	ID_RULE("PEPPOL-COMMON-R047", RULE_WARNING, "0211", "partita-iva(.)", "no Italian VAT number"),
	ID_RULE("PEPPOL-COMMON-R048", RULE_WARNING, "9906", "partita-iva(.)", "no Italian VAT number"),
	ID_RULE("PEPPOL-COMMON-R049", RULE_FATAL, "0007", "swedish(.)", "no Swedish organisation number"),
	ID_RULE("PEPPOL-COMMON-R050", RULE_FATAL, "0151", "abn(.)", "no Australian business number"),
	UBL(CL("001"), "//cbc:EmbeddedDocumentBinaryObject[@mimeCode]", "code(@mimeCode, 'mime')",
	    "a kind of attachment that is not allowed"),
	CII(CL("001"), "//ram:AttachmentBinaryObject[@mimeCode]", "code(@mimeCode, 'mime')",
	    "a kind of attachment that is not allowed"),
	UBL(CL("002"), UBL_CHARGE "[cbc:ChargeIndicator = 'false']/cbc:AllowanceChargeReasonCode", "code(., 'untdid-5189')",
	    "no reason of an allowance of UNTDID 5189"),
	CII(CL("002"), CII_CHARGE "[ram:ChargeIndicator/udt:Indicator = 'false']/ram:ReasonCode", "code(., 'untdid-5189')",
	    "no reason of an allowance of UNTDID 5189"),
	UBL(CL("003"), UBL_CHARGE "[cbc:ChargeIndicator = 'true']/cbc:AllowanceChargeReasonCode", "code(., 'untdid-7161')",
	    "no reason of a charge of UNTDID 7161"),
	CII(CL("003"), CII_CHARGE "[ram:ChargeIndicator/udt:Indicator = 'true']/ram:ReasonCode", "code(., 'untdid-7161')",
	    "no reason of a charge of UNTDID 7161"),
	UBL(CL("006"), "//cac:InvoicePeriod/cbc:DescriptionCode", "code(., 'untdid-2005')",
	    "no tax point code of UNTDID 2005"),
	UBL(CL("007"), AMOUNTS, "code(@currencyID, 'iso-4217')", "no currency of ISO 4217"),
	UBL(CL("007"), TOTALS, "code(@currencyID, 'iso-4217')", "no currency of ISO 4217"),
	UBL(CL("007"), "//cbc:TaxAmount", "code(@currencyID, 'iso-4217')", "no currency of ISO 4217"),
	CII(CL("007"), "//ram:TaxTotalAmount", "code(@currencyID, 'iso-4217')", "no currency of ISO 4217"),
	UBL(CL("008"), "//cbc:EndpointID[@schemeID]", "code(@schemeID, 'eas-peppol')",
	    "the scheme is not one of Peppol's"),
	CII(CL("008"), "//ram:URIUniversalCommunication/ram:URIID[@schemeID]", "code(@schemeID, 'eas-peppol')",
	    "the scheme is not one of Peppol's"),
	UBL("PEPPOL-EN16931-F001", DATES, "date(.)", "no date as YYYY-MM-DD"),
	CII("PEPPOL-EN16931-F001", "//udt:DateTimeString", "@format = '102' and length(.) = 8 and digits(.)",
	    "no date as YYYYMMDD"),
	MUST(P("0100"), "BT-3", "not(part(/BT-23, 7, ':') = '01') or code(., 'untdid-1001-peppol') or "
	    "code(., 'untdid-1001-credit')", "the invoice type (BT-3) is not one of process 01"),
	UBL(P("0101"), "//cbc:CreditNoteTypeCode", "not(part(/BT-23, 7, ':') = '01') or among(., '381 396 81 83 532')",
	    "the credit note type (BT-3) is not one of process 01"),
	VATEX("0104", "VATEX-EU-G", "G"),
	VATEX("0105", "VATEX-EU-O", "O"),
	VATEX("0106", "VATEX-EU-IC", "K"),
	VATEX("0107", "VATEX-EU-AE", "AE"),
	VATEX("0108", "VATEX-EU-D", "E"),
	VATEX("0109", "VATEX-EU-F", "E"),
	VATEX("0110", "VATEX-EU-I", "E"),
	VATEX("0111", "VATEX-EU-J", "E"),
	UBL(P("0112"), "//cbc:InvoiceTypeCode", "not(among(., '326 384')) or (/BT-40 = 'DE' and /BT-55 = 'DE')",
	    "invoice types 326 and 384 are for German parties"),
	{ NULL, 0, 0, 0, NULL, NULL, NULL },
};
