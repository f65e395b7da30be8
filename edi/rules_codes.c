/* SPDX-License-Identifier: ISC */
/* rules_codes.c - EN 16931-1: codes are of their lists. */
#include "edi/rule.h"
#include "edi/rule_expr.h"

#define UBL(id, context, test, text) { id, RULE_EN16931, RULE_UBL, RULE_FATAL, context, test, text }
#define CII(id, context, test, text) { id, RULE_EN16931, RULE_CII, RULE_FATAL, context, test, text }
#define AMOUNTS                                                                                                     \
	"//cbc:Amount|cbc:BaseAmount|cbc:PriceAmount|cbc:TaxAmount|cbc:TaxableAmount|cbc:LineExtensionAmount"
#define TOTALS                                                                                                      \
	"//cbc:TaxExclusiveAmount|cbc:TaxInclusiveAmount|cbc:AllowanceTotalAmount|cbc:ChargeTotalAmount|cbc:PrepaidAmount"
#define DUES "//cbc:PayableRoundingAmount|cbc:PayableAmount"
#define ICD  "the scheme is not on the ICD list of ISO 6523"

const struct rule rules_codes[] = {
	UBL("BR-CL-01", "//cbc:InvoiceTypeCode", "code(., 'untdid-1001-invoice')", "no invoice type of UNTDID 1001"),
	UBL("BR-CL-01", "//cbc:CreditNoteTypeCode", "code(., 'untdid-1001-credit')", "no credit note type of UNTDID 1001"),
	CII("BR-CL-01", "//rsm:ExchangedDocument/ram:TypeCode", "code(., 'untdid-1001-invoice') or "
	    "code(., 'untdid-1001-credit')", "no invoice or credit note type of UNTDID 1001"),
	UBL("BR-CL-03", AMOUNTS, "code(@currencyID, 'iso-4217')", "the amount's currency is not of ISO 4217"),
	UBL("BR-CL-03", TOTALS, "code(@currencyID, 'iso-4217')", "the amount's currency is not of ISO 4217"),
	UBL("BR-CL-03", DUES, "code(@currencyID, 'iso-4217')", "the amount's currency is not of ISO 4217"),
	CII("BR-CL-03", "//ram:TaxTotalAmount[@currencyID]", "code(@currencyID, 'iso-4217')",
	    "the amount's currency is not of ISO 4217"),
	UBL("BR-CL-04", "BT-5", "code(., 'iso-4217')", "the currency (BT-5) is not of ISO 4217"),
	CII("BR-CL-04", "BT-5", "code(., 'iso-4217')", "the currency (BT-5) is not of ISO 4217"),
	UBL("BR-CL-05", "BT-6", "code(., 'iso-4217')", "the accounting currency (BT-6) is not of ISO 4217"),
	CII("BR-CL-05", "BT-6", "code(., 'iso-4217')", "the accounting currency (BT-6) is not of ISO 4217"),
	UBL("BR-CL-06", "//cac:InvoicePeriod/cbc:DescriptionCode", "code(., 'untdid-2005')",
	    "the tax point code (BT-8) is not of UNTDID 2005"),
	CII("BR-CL-06", "//ram:DueDateTypeCode", "code(., 'cii-2475')", "the tax point code (BT-8) is not of UNTDID 2475"),
	UBL("BR-CL-07", "//cac:AdditionalDocumentReference|cac:DocumentReference[cbc:DocumentTypeCode = '130']"
	    "/cbc:ID[@schemeID]", "code(@schemeID, 'untdid-1153')", "the object's scheme is not of UNTDID 1153"),
	CII("BR-CL-07", "//ram:AdditionalReferencedDocument[ram:TypeCode = '130']/ram:ReferenceTypeCode",
	    "code(., 'untdid-1153')", "the object's scheme is not of UNTDID 1153"),
	UBL("BR-CL-10", "//cac:PartyIdentification/cbc:ID[@schemeID != 'SEPA']", "code(@schemeID, 'icd')", ICD),
	UBL("BR-CL-10", "BT-46[@schemeID = 'SEPA']", "1 = 0", ICD),
	UBL("BR-CL-10", "BG-11/cac:PartyIdentification/cbc:ID[@schemeID = 'SEPA']", "1 = 0", ICD),
	CII("BR-CL-10", "//ram:SellerTradeParty|ram:BuyerTradeParty|ram:PayeeTradeParty|ram:ShipToTradeParty/ram:GlobalID",
	    "code(@schemeID, 'icd')", ICD),
	UBL("BR-CL-11", "//cac:PartyLegalEntity/cbc:CompanyID[@schemeID]", "code(@schemeID, 'icd')", ICD),
	CII("BR-CL-11", "//ram:SpecifiedLegalOrganization/ram:ID[@schemeID]", "code(@schemeID, 'icd')", ICD),
	UBL("BR-CL-13", "//cac:CommodityClassification/cbc:ItemClassificationCode[@listID]",
	    "code(@listID, 'untdid-7143')", "the classification's scheme is not of UNTDID 7143"),
	CII("BR-CL-13", "//ram:DesignatedProductClassification/ram:ClassCode[@listID]", "code(@listID, 'untdid-7143')",
	    "the classification's scheme is not of UNTDID 7143"),
	UBL("BR-CL-14", "//cac:Country/cbc:IdentificationCode", "code(., 'iso-3166')", "no country of ISO 3166-1"),
	CII("BR-CL-14", "//ram:CountryID", "code(., 'iso-3166')", "no country of ISO 3166-1"),
	UBL("BR-CL-15", "//cac:OriginCountry/cbc:IdentificationCode", "code(., 'iso-3166')",
	    "the country of origin is not of ISO 3166-1"),
	CII("BR-CL-15", "//ram:OriginTradeCountry/ram:ID", "code(., 'iso-3166')", "the country of origin is not of ISO 3166-1"),
	UBL("BR-CL-16", "//cac:PaymentMeans/cbc:PaymentMeansCode", "code(., 'untdid-4461')", "no payment means of UNTDID 4461"),
	CII("BR-CL-16", "BG-16/BT-81", "code(., 'untdid-4461')", "no payment means of UNTDID 4461"),
	UBL("BR-CL-17", "//cac:TaxCategory/cbc:ID", "code(., 'untdid-5305')", "no tax category of UNTDID 5305"),
	CII("BR-CL-17", "//ram:CategoryTradeTax/ram:CategoryCode", "code(., 'untdid-5305')", "no tax category of UNTDID 5305"),
	UBL("BR-CL-18", "//cac:ClassifiedTaxCategory/cbc:ID", "code(., 'untdid-5305')", "no tax category of UNTDID 5305"),
	CII("BR-CL-18", "//ram:ApplicableTradeTax/ram:CategoryCode", "code(., 'untdid-5305')", "no tax category of UNTDID 5305"),
	UBL("BR-CL-19", "//cac:AllowanceCharge[among(cbc:ChargeIndicator, 'false 0')]/cbc:AllowanceChargeReasonCode",
	    "code(., 'untdid-5189')", "no reason of an allowance of UNTDID 5189"),
	CII("BR-CL-19", "//ram:SpecifiedTradeAllowanceCharge[among(ram:ChargeIndicator/udt:Indicator, 'false 0')]/ram:ReasonCode",
	    "code(., 'untdid-5189')", "no reason of an allowance of UNTDID 5189"),
	UBL("BR-CL-20", "//cac:AllowanceCharge[among(cbc:ChargeIndicator, 'true 1')]/cbc:AllowanceChargeReasonCode",
	    "code(., 'untdid-7161')", "no reason of a charge of UNTDID 7161"),
	CII("BR-CL-20", "//ram:SpecifiedTradeAllowanceCharge[among(ram:ChargeIndicator/udt:Indicator, 'true 1')]/ram:ReasonCode",
	    "code(., 'untdid-7161')", "no reason of a charge of UNTDID 7161"),
	UBL("BR-CL-21", "//cac:StandardItemIdentification/cbc:ID[@schemeID]", "code(@schemeID, 'icd')", ICD),
	CII("BR-CL-21", "//ram:SpecifiedTradeProduct/ram:GlobalID[@schemeID]", "code(@schemeID, 'icd')", ICD),
	UBL("BR-CL-22", "//cbc:TaxExemptionReasonCode", "code(upper(.), 'vatex')", "no exemption reason of the VATEX list"),
	CII("BR-CL-22", "//ram:ExemptionReasonCode", "code(upper(.), 'vatex')", "no exemption reason of the VATEX list"),
	UBL("BR-CL-23", "//cbc:InvoicedQuantity|cbc:BaseQuantity|cbc:CreditedQuantity[@unitCode]", "code(@unitCode, 'rec20')",
	    "no unit of UN/ECE Recommendations 20 and 21"),
	CII("BR-CL-23", "//ram:BasisQuantity|ram:BilledQuantity[@unitCode]", "code(@unitCode, 'rec20')",
	    "no unit of UN/ECE Recommendations 20 and 21"),
	UBL("BR-CL-24", "//cbc:EmbeddedDocumentBinaryObject[@mimeCode]", "code(@mimeCode, 'mime')",
	    "a kind of attachment that is not allowed"),
	CII("BR-CL-24", "//ram:AttachmentBinaryObject[@mimeCode]", "code(@mimeCode, 'mime')",
	    "a kind of attachment that is not allowed"),
	UBL("BR-CL-25", "//cbc:EndpointID[@schemeID]", "code(@schemeID, 'eas')", "the scheme is not on the EAS list"),
	CII("BR-CL-25", "//ram:URIUniversalCommunication/ram:URIID[@schemeID]", "code(@schemeID, 'eas')",
	    "the scheme is not on the EAS list"),
	UBL("BR-CL-26", "//cac:DeliveryLocation/cbc:ID[@schemeID]", "code(@schemeID, 'icd')", ICD),
	CII("BR-CL-26", "//ram:ShipToTradeParty/ram:GlobalID[@schemeID]", "code(@schemeID, 'icd')", ICD),
	{ NULL, 0, 0, 0, NULL, NULL, NULL },
};
