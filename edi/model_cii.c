/* SPDX-License-Identifier: ISC */
/* model_cii.c - where CII keeps its values, and where its relatives ZUGFeRD 1 and Order-X do. */
#include "edi/model_place.h"

#define STANDARD "urn:un:unece:uncefact:data:standard:"

static const struct xml_ns namespaces[] = {
	{ "rsm", STANDARD "CrossIndustryInvoice:100" },
	{ "rsm", "urn:ferd:CrossIndustryDocument:invoice:1p0" },
	{ "rsm", "urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100" },
	{ "ram", STANDARD "ReusableAggregateBusinessInformationEntity:100" },
	{ "ram", STANDARD "ReusableAggregateBusinessInformationEntity:12" },
	{ "ram", STANDARD "ReusableAggregateBusinessInformationEntity:128" },
	{ "udt", STANDARD "UnqualifiedDataType:100" },
	{ "udt", STANDARD "UnqualifiedDataType:15" },
	{ "udt", STANDARD "UnqualifiedDataType:128" },
	{ NULL, NULL },
};

#define CONTACT "/ram:DefinedTradeContact"
#define ADDRESS "/ram:PostalTradeAddress"
#define PARTY(at, place)                                                              \
	{ at, place, XML_OPENS },                                                     \
	{ at "/ram:ID", PARTY_ID, 0 },                                                \
	{ at "/ram:GlobalID", PARTY_ID, 0 },                                          \
	{ at "/ram:Name", PARTY_NAME, 0 },                                            \
	{ at "/ram:SpecifiedLegalOrganization/ram:ID", PARTY_LEGAL_ID, 0 },           \
	{ at CONTACT "/ram:PersonName", PARTY_CONTACT, 0 },                           \
	{ at CONTACT "/ram:TelephoneUniversalCommunication/ram:CompleteNumber", PARTY_PHONE, 0 }, \
	{ at CONTACT "/ram:EmailURIUniversalCommunication/ram:URIID", PARTY_MAIL, 0 }, \
	{ at ADDRESS "/ram:LineOne", PARTY_STREET, 0 },                               \
	{ at ADDRESS "/ram:LineTwo", PARTY_STREET, 0 },                               \
	{ at ADDRESS "/ram:LineThree", PARTY_STREET, 0 },                             \
	{ at ADDRESS "/ram:CityName", PARTY_CITY, 0 },                                \
	{ at ADDRESS "/ram:PostcodeCode", PARTY_POSTCODE, 0 },                        \
	{ at ADDRESS "/ram:CountrySubDivisionName", PARTY_REGION, 0 },                \
	{ at ADDRESS "/ram:CountryID", PARTY_COUNTRY, 0 },                            \
	{ at "/ram:URIUniversalCommunication/ram:URIID", PARTY_ID, 0 },               \
	{ at "/ram:SpecifiedTaxRegistration/ram:ID", PARTY_VAT, 0 }

#define ALLOWANCE(at)                                                     \
	{ at, AT_ALLOWANCE, XML_OPENS },                                  \
	{ at "/ram:ChargeIndicator/udt:Indicator", ALLOWANCE_CHARGE, 0 }, \
	{ at "/ram:ReasonCode", ALLOWANCE_CODE, 0 },                      \
	{ at "/ram:Reason", ALLOWANCE_TEXT, 0 },                          \
	{ at "/ram:CalculationPercent", ALLOWANCE_PERCENT, 0 },           \
	{ at "/ram:ActualAmount", ALLOWANCE_AMOUNT, 0 },                  \
	{ at "/ram:BasisAmount", ALLOWANCE_BASE, 0 },                     \
	{ at "/ram:CategoryTradeTax/ram:CategoryCode", ALLOWANCE_TAX_CATEGORY, 0 }, \
	{ at "/ram:CategoryTradeTax/ram:RateApplicablePercent", ALLOWANCE_TAX_RATE, 0 }

#define TAX(at)                                          \
	{ at, AT_TAX, XML_OPENS },                       \
	{ at "/ram:CalculatedAmount", TAX_AMOUNT, 0 },   \
	{ at "/ram:BasisAmount", TAX_BASE, 0 },          \
	{ at "/ram:CategoryCode", TAX_CATEGORY, 0 },     \
	{ at "/ram:RateApplicablePercent", TAX_RATE, 0 }, \
	{ at "/ram:ApplicablePercent", TAX_RATE, 0 },    \
	{ at "/ram:ExemptionReason", TAX_REASON, 0 },    \
	{ at "/ram:ExemptionReasonCode", TAX_REASON_CODE, 0 }

#define SUMS(at)                                           \
	{ at "/ram:LineTotalAmount", SUM_LINES, 0 },       \
	{ at "/ram:ChargeTotalAmount", SUM_CHARGES, 0 },   \
	{ at "/ram:AllowanceTotalAmount", SUM_ALLOWANCES, 0 }, \
	{ at "/ram:TaxBasisTotalAmount", SUM_NET, 0 },     \
	{ at "/ram:TaxTotalAmount", SUM_TAX, 0 },          \
	{ at "/ram:RoundingAmount", SUM_ROUNDING, 0 },     \
	{ at "/ram:GrandTotalAmount", SUM_GROSS, 0 },      \
	{ at "/ram:TotalPrepaidAmount", SUM_PREPAID, 0 },  \
	{ at "/ram:DuePayableAmount", SUM_PAYABLE, 0 }

#define HEAD(context, document)                                               \
	{ context "/ram:TestIndicator/udt:Indicator", TEST, 0 },              \
	{ document "/ram:ID", NUMBER, 0 },                                    \
	{ document "/ram:TypeCode", TYPE, 0 },                                \
	{ document "/ram:IssueDateTime/udt:DateTimeString", ISSUED, 0 },      \
	{ document "/ram:IncludedNote/ram:Content", NOTE, 0 }

/* The agreement, delivery and settlement of a line, and the sum of that. */
#define LINE(at, agreed, delivered, settled, sum)                                                    \
	{ at, AT_LINE, XML_OPENS },                                                                  \
	{ at "/ram:AssociatedDocumentLineDocument/ram:LineID", LINE_NO, 0 },                         \
	{ at "/ram:AssociatedDocumentLineDocument/ram:LineStatusCode", LINE_STATUS, 0 },             \
	{ at "/ram:SpecifiedTradeProduct/ram:GlobalID", LINE_GTIN, 0 },                              \
	{ at "/ram:SpecifiedTradeProduct/ram:SellerAssignedID", LINE_SELLER_ID, 0 },                 \
	{ at "/ram:SpecifiedTradeProduct/ram:BuyerAssignedID", LINE_BUYER_ID, 0 },                   \
	{ at "/ram:SpecifiedTradeProduct/ram:Name", LINE_NAME, 0 },                                  \
	{ at agreed "/ram:NetPriceProductTradePrice/ram:ChargeAmount", LINE_PRICE, 0 },              \
	{ at agreed "/ram:NetPriceProductTradePrice/ram:BasisQuantity", LINE_PER, 0 },               \
	{ at delivered "/ram:BilledQuantity", LINE_QTY, 0 },                                         \
	{ at delivered "/ram:RequestedQuantity", LINE_QTY, 0 },                                      \
	{ at settled "/ram:ApplicableTradeTax/ram:CategoryCode", LINE_TAX_CATEGORY, 0 },             \
	{ at settled "/ram:ApplicableTradeTax/ram:RateApplicablePercent", LINE_TAX_RATE, 0 },        \
	{ at settled "/ram:ApplicableTradeTax/ram:ApplicablePercent", LINE_TAX_RATE, 0 },            \
	ALLOWANCE(at settled "/ram:SpecifiedTradeAllowanceCharge"),                                  \
	{ at settled sum "/ram:LineTotalAmount", LINE_AMOUNT, 0 }

#define AGREEMENT(at)                                                                 \
	{ at, AT_HEADER, XML_OPENS },                                                 \
	{ at "/ram:BuyerReference", REF_BUYER, 0 },                                   \
	PARTY(at "/ram:SellerTradeParty", AT_SELLER),                                 \
	PARTY(at "/ram:BuyerTradeParty", AT_BUYER),                                   \
	{ at "/ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID", REF_ORDER, 0 }, \
	{ at "/ram:BuyerOrderReferencedDocument/ram:ID", REF_ORDER, 0 },              \
	{ at "/ram:ContractReferencedDocument/ram:IssuerAssignedID", REF_CONTRACT, 0 }, \
	{ at "/ram:ContractReferencedDocument/ram:ID", REF_CONTRACT, 0 }

#define DELIVERY(at)                                                                            \
	{ at, AT_HEADER, XML_OPENS },                                                           \
	PARTY(at "/ram:ShipToTradeParty", AT_SHIP_TO),                                          \
	{ at "/ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime/udt:DateTimeString", DELIVERED, 0 }, \
	{ at "/ram:DespatchAdviceReferencedDocument/ram:IssuerAssignedID", REF_DESPATCH, 0 }

#define TERMS "/ram:SpecifiedTradePaymentTerms"
#define MEANS "/ram:SpecifiedTradeSettlementPaymentMeans/ram:PayeePartyCreditorFinancialAccount"
#define SETTLEMENT(at)                                                     \
	{ at, AT_HEADER, XML_OPENS },                                      \
	{ at "/ram:InvoiceCurrencyCode", CURRENCY, 0 },                    \
	{ at "/ram:OrderCurrencyCode", CURRENCY, 0 },                      \
	PARTY(at "/ram:PayeeTradeParty", AT_PAYEE),                        \
	PARTY(at "/ram:InvoiceeTradeParty", AT_BILL_TO),                   \
	{ at MEANS "/ram:IBANID", ACCOUNT, 0 },                            \
	{ at MEANS "/ram:ProprietaryID", ACCOUNT, 0 },                     \
	TAX(at "/ram:ApplicableTradeTax"),                                 \
	ALLOWANCE(at "/ram:SpecifiedTradeAllowanceCharge"),                \
	{ at TERMS "/ram:Description", TERMS_NOTE, 0 },                    \
	{ at TERMS "/ram:DueDateDateTime/udt:DateTimeString", DUE, 0 },    \
	{ at "/ram:InvoiceReferencedDocument/ram:IssuerAssignedID", REF_PRECEDING, 0 }

#define DEAL "rsm:SupplyChainTradeTransaction"
static const struct xml_path cii_paths[] = {
	HEAD("rsm:ExchangedDocumentContext", "rsm:ExchangedDocument"),
	LINE(DEAL "/ram:IncludedSupplyChainTradeLineItem", "/ram:SpecifiedLineTradeAgreement",
	    "/ram:SpecifiedLineTradeDelivery", "/ram:SpecifiedLineTradeSettlement",
	    "/ram:SpecifiedTradeSettlementLineMonetarySummation"),
	AGREEMENT(DEAL "/ram:ApplicableHeaderTradeAgreement"),
	DELIVERY(DEAL "/ram:ApplicableHeaderTradeDelivery"),
	SETTLEMENT(DEAL "/ram:ApplicableHeaderTradeSettlement"),
	SUMS(DEAL "/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeSettlementHeaderMonetarySummation"),
	{ NULL, 0, 0 },
};

#define OLD "rsm:SpecifiedSupplyChainTradeTransaction"
static const struct xml_path zugferd_paths[] = {
	HEAD("rsm:SpecifiedExchangedDocumentContext", "rsm:HeaderExchangedDocument"),
	LINE(OLD "/ram:IncludedSupplyChainTradeLineItem", "/ram:SpecifiedSupplyChainTradeAgreement",
	    "/ram:SpecifiedSupplyChainTradeDelivery", "/ram:SpecifiedSupplyChainTradeSettlement",
	    "/ram:SpecifiedTradeSettlementMonetarySummation"),
	AGREEMENT(OLD "/ram:ApplicableSupplyChainTradeAgreement"),
	DELIVERY(OLD "/ram:ApplicableSupplyChainTradeDelivery"),
	SETTLEMENT(OLD "/ram:ApplicableSupplyChainTradeSettlement"),
	SUMS(OLD "/ram:ApplicableSupplyChainTradeSettlement/ram:SpecifiedTradeSettlementMonetarySummation"),
	{ NULL, 0, 0 },
};

const struct xml_wants model_cii_wants = { namespaces, cii_paths, NULL };
const struct xml_wants model_zugferd_wants = { namespaces, zugferd_paths, NULL };
