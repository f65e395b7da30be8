/* SPDX-License-Identifier: ISC */
/* rules_nations.c - Peppol BIS Billing 3: national rules of Italy, the Netherlands, Greece and Germany. */
#include "edi/rule.h"
#include "edi/rule_expr.h"

#define BOTH (RULE_UBL | RULE_CII)
#define ROW(id, syntax, level, context, test, text) { id, RULE_PEPPOL, syntax, level, context, test, text }
#define MUST(id, context, test, text) ROW(id, BOTH, RULE_FATAL, context, test, text)
#define UBL(id, context, test, text) ROW(id, RULE_UBL, RULE_FATAL, context, test, text)
#define CII(id, context, test, text) ROW(id, RULE_CII, RULE_FATAL, context, test, text)
#define SHOULD(id, context, test, text) ROW(id, RULE_UBL, RULE_WARNING, context, test, text)

#define COUNTRY	 "upper(if(has(/BT-31), sub(/BT-31, 1, 2), if(has(/BT-63), sub(/BT-63, 1, 2), /BT-40)))"
#define BUYERS	 "upper(if(has(/BT-48), sub(/BT-48, 1, 2), /BT-55))"
#define ITALIAN	 "[" COUNTRY " = 'IT']"
#define DUTCH	 "[upper(/BT-40) = 'NL']"
#define BOTH_NL	 "[upper(/BT-40) = 'NL' and upper(/BT-55) = 'NL']"
#define GREEK	 "[among(" COUNTRY ", 'GR EL')]"
#define GREEKS	 "[among(" COUNTRY ", 'GR EL') and among(" BUYERS ", 'GR EL')]"
#define GERMAN	 "[upper(/BT-40) = 'DE' and upper(/BT-55) = 'DE']"
#define UBL_PLACE "exists(cbc:StreetName) and exists(cbc:CityName) and exists(cbc:PostalZone)"
#define CII_PLACE "exists(ram:LineOne) and exists(ram:CityName) and exists(ram:PostcodeCode)"
#define NL_NUMBER "among(@schemeID, '0106 0190') and has(.)"
#define NO_PLACE  "the address lacks street, city or post code"
#define SEGMENT(n) "part(., " n ", '|')"
#define DAY	  SEGMENT("2")
#define MARK	  "cac:AdditionalDocumentReference[cbc:DocumentDescription = '##M.AR.K##']"
#define URL	  "cac:AdditionalDocumentReference[cbc:DocumentDescription = '##INVOICE|URL##']"
#define TIN(term) "count(" term ") = 1 and sub(" term ", 1, 2) = 'EL' and greek(sub(" term ", 3))"
#define CODES_WITH_NUMBER "'S Z E AE K G L M'"

const struct rule rules_nations[] = {
	MUST("IT-R-001", "BG-4" ITALIAN "/BT-32", "alnum(.) and length(.) >= 11 and length(.) <= 16",
	    "an Italian tax registration (BT-32) has 11 to 16 letters and digits"),
	MUST("IT-R-002", "BG-4" ITALIAN, "exists(/BT-35)",
	    "an Italian seller's address has a street (BT-35)"),
	MUST("IT-R-003", "BG-4" ITALIAN, "exists(/BT-37)",
	    "an Italian seller's address has a city (BT-37)"),
	MUST("IT-R-004", "BG-4" ITALIAN, "exists(/BT-38)",
	    "an Italian seller's address has a post code (BT-38)"),
	UBL("NL-R-001", "//cbc:CreditNoteTypeCode" DUTCH, "exists(/BT-25)",
	    "a Dutch credit note names its invoice (BT-25)"),
	UBL("NL-R-001", "//cbc:InvoiceTypeCode[. = '384']" DUTCH, "exists(/BT-25)",
	    "a Dutch corrected invoice names its invoice (BT-25)"),
	CII("NL-R-001", "BT-3[among(., '384 381')]" DUTCH, "exists(/BT-25)",
	    "a Dutch correction names its invoice (BT-25)"),
	UBL("NL-R-002", "BG-5" DUTCH, UBL_PLACE, NO_PLACE),
	CII("NL-R-002", "BG-5" DUTCH, CII_PLACE, NO_PLACE),
	MUST("NL-R-003", "BG-4" DUTCH "/BT-30", NL_NUMBER,
	    "a Dutch legal identifier is a KVK or OIN (0106, 0190)"),
	UBL("NL-R-004", "BG-8" BOTH_NL, UBL_PLACE, NO_PLACE),
	CII("NL-R-004", "BG-8" BOTH_NL, CII_PLACE, NO_PLACE),
	MUST("NL-R-005", "BG-7" BOTH_NL "/BT-47", NL_NUMBER,
	    "a Dutch legal identifier is a KVK or OIN (0106, 0190)"),
	UBL("NL-R-006", "BG-12[upper(/BT-69) = 'NL']" DUTCH, UBL_PLACE, NO_PLACE),
	CII("NL-R-006", "BG-12[upper(/BT-69) = 'NL']" DUTCH, CII_PLACE, NO_PLACE),
	UBL("NL-R-007", "BG-22" DUTCH, "(root() = 'Invoice' and BT-115 <= 0) or (root() = 'CreditNote' and BT-115 >= 0) or "
	    "exists(/BG-16)", "no means of payment (BG-16)"),
	CII("NL-R-007", "BG-22" DUTCH, "BT-115 <= 0 or exists(/BG-16)", "no means of payment (BG-16)"),
	MUST("NL-R-008", "BG-16" BOTH_NL, "among(BT-81, '30 48 49 57 58 59')",
	    "a payment means that is not used in the Netherlands"),
	UBL("NL-R-009", "//cac:OrderLineReference/cbc:LineID" DUTCH, "exists(/BT-13)",
	    "an order line without its order (BT-13)"),
	CII("NL-R-009", "//ram:BuyerOrderReferencedDocument/ram:LineID" DUTCH, "exists(/BT-13)",
	    "an order line without its order (BT-13)"),
	UBL("GR-R-001-1", "BT-1" GREEK, "parts(., '|') = 6", "a Greek invoice number has six segments"),
	UBL("GR-R-001-2", "BT-1" GREEK, "greek(" SEGMENT("1") ") and (" SEGMENT("1") " = sub(/BT-31, 3, 9) or " SEGMENT("1")
	    " = sub(/BT-63, 3, 9))", "the number's first segment is not the seller's tax number"),
	UBL("GR-R-001-3", "BT-1" GREEK, "part(" DAY ", 1, '/') = part(/BT-2, 3, '-') and part(" DAY ", 2, '/') = "
	    "part(/BT-2, 2, '-') and part(" DAY ", 3, '/') = part(/BT-2, 1, '-')",
	    "the number's second segment is not the issue date as DD/MM/YYYY"),
	UBL("GR-R-001-4", "BT-1" GREEK, "digits(" SEGMENT("3") ")",
	    "the number's third segment is no whole number"),
	UBL("GR-R-001-5", "BT-1" GREEK, "among(" SEGMENT("4") ", '1.1 1.6 2.1 2.4 5.1 5.2')",
	    "the number's fourth segment is no Greek document type"),
	UBL("GR-R-001-6", "BT-1" GREEK, "has(" SEGMENT("5") ")", "the number's fifth segment is empty"),
	UBL("GR-R-001-7", "BT-1" GREEK, "has(" SEGMENT("6") ")", "the number's sixth segment is empty"),
	UBL("GR-R-002", "BG-4" GREEK, "has(BT-28)", "a Greek seller gives its full name (BT-28)"),
	SHOULD("GR-S-011", "BG-4" GREEK, TIN("BT-31"), "a Greek seller gives its VAT number with EL"),
	UBL("GR-R-003", "BG-4" GREEK "/BT-31", "sub(., 1, 2) = 'EL' and greek(sub(., 3))",
	    "a Greek VAT number is EL and nine digits with their check digit"),
	UBL("GR-R-004-1", "/." GREEK "[BT-40 = 'GR']", "count(" MARK ") = 1",
	    "a Greek invoice has one M.AR.K number"),
	SHOULD("GR-S-008-1", "/." GREEK "[BT-40 = 'GR']", "count(" URL ") = 1",
	    "a Greek invoice has one address of verification"),
	UBL("GR-R-008-2", "/." GREEK "[BT-40 = 'GR']", "count(" URL ") <= 1",
	    "more than one address of verification"),
	UBL("GR-R-004-2", MARK GREEK "[/BT-40 = 'GR']/cbc:ID", "digit-count(sub(., 1, 1)) = 1 and not(sub(., 1, 1) = '0')",
	    "the M.AR.K number is not a positive number"),
	UBL("GR-R-008-3", URL GREEK, "has(cac:Attachment/cac:ExternalReference/cbc:URI)",
	    "an address of verification without URI"),
	UBL("GR-R-005", "BG-7" GREEK, "has(cac:PartyName/cbc:Name)", "the buyer's full name is missing"),
	UBL("GR-R-006", "BG-7" GREEKS, TIN("BT-48"), "the Greek buyer's VAT number is missing"),
	UBL("GR-R-009", "BG-4[among(upper(if(has(BT-31), sub(BT-31, 1, 2), /BT-40)), 'GR EL')]/BT-34",
	    "@schemeID = '9933' and greek(.)",
	    "a Greek seller's electronic address is its tax number (9933)"),
	UBL("GR-R-010", "BG-7" GREEKS "/BT-49", "@schemeID = '9933' and greek(.)",
	    "a Greek buyer's electronic address is its tax number (9933)"),
	UBL("DE-R-001", "/." GERMAN, "exists(BG-16)", "no payment instructions (BG-16)"),
	UBL("DE-R-002", "BG-4" GERMAN, "exists(BG-6)", "no contact of the seller (BG-6)"),
	UBL("DE-R-003", "BG-5" GERMAN, "has(BT-37)", "the seller's city (BT-37) is missing"),
	UBL("DE-R-004", "BG-5" GERMAN, "has(BT-38)", "the seller's post code (BT-38) is missing"),
	UBL("DE-R-005", "BG-6" GERMAN, "has(BT-41)", "the contact's name (BT-41) is missing"),
	UBL("DE-R-006", "BG-6" GERMAN, "has(BT-42)", "the contact's telephone (BT-42) is missing"),
	UBL("DE-R-007", "BG-6" GERMAN, "has(BT-43)", "the contact's mail address (BT-43) is missing"),
	UBL("DE-R-008", "BG-8" GERMAN, "has(BT-52)", "the buyer's city (BT-52) is missing"),
	UBL("DE-R-009", "BG-8" GERMAN, "has(BT-53)", "the buyer's post code (BT-53) is missing"),
	UBL("DE-R-010", "BG-15" GERMAN, "has(BT-77)", "the delivery's city (BT-77) is missing"),
	UBL("DE-R-011", "BG-15" GERMAN, "has(BT-78)", "the delivery's post code (BT-78) is missing"),
	UBL("DE-R-014", "BG-23" GERMAN, "has(BT-119)", "the VAT rate (BT-119) is missing"),
	UBL("DE-R-015", "/." GERMAN, "has(BT-10)", "the buyer reference (BT-10) is missing"),
	UBL("DE-R-016", "/." GERMAN, "not(BG-20[among(BT-95, " CODES_WITH_NUMBER ")] or BG-21[among(BT-102, " CODES_WITH_NUMBER
	    ")] or BG-25[among(BT-151, " CODES_WITH_NUMBER ")]) or exists(BT-31) or exists(BT-32) or exists(BG-11)",
	    "no tax number of the seller, and no representative"),
	SHOULD("DE-R-017", "/." GERMAN, "among(BT-3, '326 380 384 389 381 875 876 877')",
	    "an invoice type that is not usual"),
	UBL("DE-R-018", "/cac:PaymentTerms/cbc:Note" GERMAN, "skonto(.)",
	    "a discount is written #SKONTO#TAGE=n#PROZENT=n.nn#, with its line end"),
	SHOULD("DE-R-019", "BG-16[BT-81 = '58']" GERMAN, "iban(BT-84)", "no valid IBAN (BT-84)"),
	SHOULD("DE-R-020", "BG-16[BT-81 = '59']" GERMAN, "iban(BT-91)", "no valid IBAN (BT-91)"),
	UBL("DE-R-022", "/." GERMAN, "count(BG-24/cac:Attachment/cbc:EmbeddedDocumentBinaryObject/@filename) = "
	    "distinct(BG-24/cac:Attachment/cbc:EmbeddedDocumentBinaryObject/@filename)",
	    "two attachments of one name"),
	UBL("DE-R-023-1", "BG-16[among(BT-81, '30 58')]" GERMAN, "exists(BG-17)",
	    "a credit transfer without account (BG-17)"),
	UBL("DE-R-023-2", "BG-16[among(BT-81, '30 58')]" GERMAN, "not(BG-18) and not(BG-19)",
	    "a credit transfer with card or mandate"),
	UBL("DE-R-024-1", "BG-16[among(BT-81, '48 54 55')]" GERMAN, "exists(BG-18)",
	    "card payment without card (BG-18)"),
	UBL("DE-R-024-2", "BG-16[among(BT-81, '48 54 55')]" GERMAN, "not(BG-17) and not(BG-19)",
	    "card payment with account or mandate"),
	UBL("DE-R-025-1", "BG-16[BT-81 = '59']" GERMAN, "exists(BG-19)",
	    "direct debit without mandate (BG-19)"),
	UBL("DE-R-025-2", "BG-16[BT-81 = '59']" GERMAN, "not(BG-17) and not(BG-18)",
	    "direct debit with account or card"),
	SHOULD("DE-R-026", "/." GERMAN, "not(BT-3 = '384') or exists(BG-3/cac:InvoiceDocumentReference)",
	    "a corrected invoice should name its invoice (BG-3)"),
	SHOULD("DE-R-027", "BG-6" GERMAN, "digit-count(BT-42) >= 3",
	    "a telephone number has three digits at least"),
	SHOULD("DE-R-028", "BG-6" GERMAN, "mail(BT-43)", "no mail address (BT-43)"),
	UBL("DE-R-030", "BG-16[BG-19]" GERMAN, "exists(/BT-29[@schemeID = 'SEPA']) or exists(/BT-60[@schemeID = 'SEPA'])",
	    "a mandate without the creditor's identifier (BT-90)"),
	UBL("DE-R-031", "BG-16[BG-19]" GERMAN, "exists(BT-91)",
	    "a mandate without the debited account (BT-91)"),
	{ NULL, 0, 0, 0, NULL, NULL, NULL },
};
