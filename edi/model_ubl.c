/* SPDX-License-Identifier: ISC */
/* model_ubl.c - where UBL keeps its values. */
#include "edi/model_place.h"

#define UBL "urn:oasis:names:specification:ubl:schema:xsd:"

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
	{ at "/cbc:Amount", ALLOWANCE_AMOUNT, 0 },                 \
	{ at "/cbc:BaseAmount", ALLOWANCE_BASE, 0 },               \
	{ at "/cac:TaxCategory/cbc:ID", ALLOWANCE_TAX_CATEGORY, 0 }, \
	{ at "/cac:TaxCategory/cbc:Percent", ALLOWANCE_TAX_RATE, 0 }

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

#define DELIVERY "cac:Delivery/cac:DeliveryLocation"
#define ADDRESS DELIVERY "/cac:Address"

static const struct xml_path ubl_paths[] = {
	{ "cbc:ProfileID", PROCESS, 0 },
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
	{ DELIVERY "/cbc:ID", PARTY_ID, 0 },
	{ ADDRESS "/cbc:StreetName", PARTY_STREET, 0 },
	{ ADDRESS "/cbc:AdditionalStreetName", PARTY_STREET, 0 },
	{ ADDRESS "/cac:AddressLine/cbc:Line", PARTY_STREET, 0 },
	{ ADDRESS "/cbc:CityName", PARTY_CITY, 0 },
	{ ADDRESS "/cbc:PostalZone", PARTY_POSTCODE, 0 },
	{ ADDRESS "/cbc:CountrySubentity", PARTY_REGION, 0 },
	{ ADDRESS "/cac:Country/cbc:IdentificationCode", PARTY_COUNTRY, 0 },
	{ "cac:Delivery/cac:DeliveryParty/cac:PartyName/cbc:Name", PARTY_NAME, 0 },
	UBL_ALLOWANCE("cac:AllowanceCharge"),
	{ "cac:TaxTotal/cbc:TaxAmount", SUM_TAX, 0 },
	{ "cac:TaxTotal/cac:TaxSubtotal", AT_TAX, XML_OPENS },
	{ "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount", TAX_BASE, 0 },
	{ "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount", TAX_AMOUNT, 0 },
	{ "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:ID", TAX_CATEGORY, 0 },
	{ "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:Percent", TAX_RATE, 0 },
	{ "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:TaxExemptionReason", TAX_REASON, 0 },
	{ "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:TaxExemptionReasonCode", TAX_REASON_CODE, 0 },
	UBL_TOTALS("cac:LegalMonetaryTotal"),
	UBL_TOTALS("cac:AnticipatedMonetaryTotal"),
	UBL_LINE("cac:InvoiceLine", "cac:InvoiceLine", "InvoicedQuantity"),
	UBL_LINE("cac:CreditNoteLine", "cac:CreditNoteLine", "CreditedQuantity"),
	UBL_LINE("cac:OrderLine", "cac:OrderLine/cac:LineItem", "Quantity"),
	UBL_LINE("cac:DespatchLine", "cac:DespatchLine", "DeliveredQuantity"),
	{ NULL, 0, 0 },
};

const struct xml_wants model_ubl_wants = { ubl_namespaces, ubl_paths, NULL };
