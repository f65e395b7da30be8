/* SPDX-License-Identifier: ISC */
/* rules_nordic.c - Peppol BIS Billing 3: national rules of Norway, Denmark, Sweden and Iceland. */
#include "edi/rule.h"
#include "edi/rule_expr.h"

#define BOTH (RULE_UBL | RULE_CII)
#define ROW(id, syntax, level, context, test, text) { id, RULE_PEPPOL, syntax, level, context, test, text }
#define MUST(id, context, test, text) ROW(id, BOTH, RULE_FATAL, context, test, text)
#define UBL(id, context, test, text) ROW(id, RULE_UBL, RULE_FATAL, context, test, text)
#define CII(id, context, test, text) ROW(id, RULE_CII, RULE_FATAL, context, test, text)
#define SHOULD(id, context, test, text) ROW(id, BOTH, RULE_WARNING, context, test, text)

/* The seller's country: of its VAT number, of its representative's, of its address. */
#define COUNTRY "upper(if(has(/BT-31), sub(/BT-31, 1, 2), if(has(/BT-63), sub(/BT-63, 1, 2), /BT-40)))"
#define NORWEGIAN "[" COUNTRY " = 'NO']"
#define DANISH	"[/BT-40 = 'DK']"
#define DANES	"[/BT-40 = 'DK' and /BT-55 = 'DK']"
#define SWEDISH "[/BT-40 = 'SE']"
#define SE_VAT	"[/BT-40 = 'SE' and sub(/BT-31, 1, 2) = 'SE']"
#define ICELANDIC "[/BT-40 = 'IS']"
#define UBL_BRANCH "cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch/cbc:ID"
#define CII_BRANCH "ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID"
#define UBL_TEXT "cbc:PaymentID"
#define CII_TEXT "../ram:PaymentReference"
#define CARD(text, kinds) "among(sub(" text ", 1, 3), '" kinds "')"
#define GIRO(id, syntax, text)                                                                                    \
	ROW("DK-R-008", syntax, RULE_FATAL, "BG-16[BT-81 = '50']" DANES, CARD(text, "01# 04# 15#")                \
	    " and (length(BT-84) = 7 or length(BT-84) = 8)",                                                     \
	    "giro (50): payment id 01#, 04# or 15#, and an account of 7 or 8 characters"),   \
	ROW("DK-R-009", syntax, RULE_FATAL, "BG-16[BT-81 = '50']" DANES, "not(" CARD(text, "04# 15#")             \
	    ") or length(" text ") = 19", "giro (50): 16 digits behind 04# or 15#"),                              \
	ROW("DK-R-010", syntax, RULE_FATAL, "BG-16[BT-81 = '93']" DANES, CARD(text, "71# 73# 75#")                \
	    " and length(BT-84) = 8", "FIK (93): payment id 71#, 73# or 75#, and an account of 8 characters"),    \
	ROW("DK-R-011", syntax, RULE_FATAL, "BG-16[BT-81 = '93']" DANES, "not(" CARD(text, "71# 75#")             \
	    ") or length(" text ") = 18 or length(" text ") = 19", "FIK (93): 15 or 16 digits behind 71# or 75#")
#define SE_ACCOUNT(branch, scheme) "BG-16[BT-81 = '30' and " branch " = 'SE:" scheme "']" SWEDISH "/BT-84"
#define SE_ACCOUNTS(syntax, branch)                                                                               \
	ROW("SE-R-007", syntax, RULE_WARNING, SE_ACCOUNT(branch, "PLUSGIRO"), "is-number(.)",                     \
	    "a Plusgiro number has digits only"),                                                                 \
	ROW("SE-R-010", syntax, RULE_WARNING, SE_ACCOUNT(branch, "PLUSGIRO"), "length(.) >= 2 and length(.) <= 8", \
	    "a Plusgiro number has 2 to 8 characters"),                                                           \
	ROW("SE-R-008", syntax, RULE_WARNING, SE_ACCOUNT(branch, "BANKGIRO"), "is-number(.)",                     \
	    "a Bankgiro number has digits only"),                                                                 \
	ROW("SE-R-009", syntax, RULE_WARNING, SE_ACCOUNT(branch, "BANKGIRO"), "length(.) = 7 or length(.) = 8",   \
	    "a Bankgiro number has 7 or 8 characters")
#define DUE_DAY "cac:AdditionalDocumentReference[cbc:DocumentDescription = 'EINDAGI']/cbc:ID"
#define IS_ACCOUNT(code) "length(BG-16[BT-81 = '" code "']/BT-84) = 12"

const struct rule rules_nordic[] = {
	SHOULD("NO-R-002", "BG-4" NORWEGIAN, "BT-32 = 'Foretaksregisteret'",
	    "most Norwegian sellers must state 'Foretaksregisteret' (BT-32)"),
	MUST("NO-R-001", "BG-4" NORWEGIAN, "not(sub(BT-31, 1, 2) = 'NO') or (length(BT-31) = 14 and sub(BT-31, 12, 3) = 'MVA' "
	    "and mod11(sub(BT-31, 3, 9)))",
	    "a Norwegian VAT number is NO, nine digits with their check digit, MVA"),
	MUST("DK-R-002", "/." DANISH, "has(BT-30)", "a Danish seller has a CVR number (BT-30)"),
	ROW("DK-R-003", RULE_UBL, RULE_WARNING, "BG-25" DANES, "not(cac:Item/cac:CommodityClassification/"
	    "cbc:ItemClassificationCode/@listID = 'TST') or cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode/"
	    "@listVersionID = '19.05.01' or cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode/"
	    "@listVersionID = '19.0501' or cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode/"
	    "@listVersionID = '26.08.01' or cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode/"
	    "@listVersionID = '26.0801'", "UNSPSC codes should be of version 19.0501 or 26.0801"),
	ROW("DK-R-003", RULE_CII, RULE_WARNING, "BG-25" DANES, "not(BT-158/@listID = 'TST') or "
	    "BT-158/@listVersionID = '19.05.01' or BT-158/@listVersionID = '19.0501' or BT-158/@listVersionID = '26.08.01' or "
	    "BT-158/@listVersionID = '26.0801'", "UNSPSC codes should be of version 19.0501 or 26.0801"),
	UBL("DK-R-004", "//cac:AllowanceCharge[cbc:AllowanceChargeReasonCode = 'ZZZ']" DANES,
	    "length(part(cbc:AllowanceChargeReason, 1, '#')) = 4 and digits(part(cbc:AllowanceChargeReason, 1, '#'))",
	    "a tax other than VAT (ZZZ) has its four digits as reason"),
	CII("DK-R-004", "//ram:SpecifiedTradeAllowanceCharge[ram:ReasonCode = 'ZZZ']" DANES,
	    "length(part(ram:Reason, 1, '#')) = 4 and digits(part(ram:Reason, 1, '#'))",
	    "a tax other than VAT (ZZZ) has its four digits as reason"),
	MUST("DK-R-005", "BG-16" DANES "[root() != 'CreditNote']", "among(BT-81, '1 10 31 42 48 49 50 58 59 93 97')",
	    "a payment means that is not used in Denmark"),
	UBL("DK-R-006", "BG-16[among(BT-81, '31 42')]" DANES, "has(BT-84) and has(" UBL_BRANCH ")",
	    "means 31 and 42 need account and registration number"),
	CII("DK-R-006", "BG-16[among(BT-81, '31 42')]" DANES, "has(BT-84) and has(" CII_BRANCH ")",
	    "means 31 and 42 need account and registration number"),
	UBL("DK-R-007", "BG-16[BT-81 = '49']" DANES, "has(cac:PaymentMandate/cbc:ID) and has(BT-91)",
	    "means 49 needs mandate and debited account"),
	CII("DK-R-007", "BG-16[BT-81 = '49']" DANES, "has(../ram:SpecifiedTradePaymentTerms/ram:DirectDebitMandateID) and "
	    "has(BT-91)", "means 49 needs mandate and debited account"),
	GIRO("", RULE_UBL, UBL_TEXT),
	GIRO("", RULE_CII, CII_TEXT),
	UBL("DK-R-013", "BG-4" DANES "/cac:PartyIdentification/cbc:ID", "has(@schemeID)",
	    "an identifier without its scheme"),
	UBL("DK-R-013", "BG-7" DANES "/cac:PartyIdentification/cbc:ID", "has(@schemeID)",
	    "an identifier without its scheme"),
	CII("DK-R-013", "//ram:SellerTradeParty|ram:BuyerTradeParty" DANES "/ram:GlobalID|ram:ID", "has(@schemeID)",
	    "an identifier without its scheme"),
	MUST("DK-R-014", "BG-4" DANISH "/BT-30", "@schemeID = '0184'",
	    "a Danish seller's legal identifier has scheme 0184"),
	UBL("DK-R-015", "BG-4" DANISH "/BT-31", "length(.) = 10 and sub(., 1, 2) = 'DK' and digits(sub(., 3, 8))",
	    "a Danish VAT number is DK and eight digits"),
	MUST("DK-R-016", "/." DANES "[root() = 'CreditNote' or BT-3 = '381']", "not(BT-115 < 0)",
	    "a Danish credit note with a negative total"),
	UBL("DK-R-017", "BG-16[among(BT-81, '50 93')]" DANES, "has(cbc:PaymentID)",
	    "giro and FIK need a payment id"),
	MUST("SE-R-001", "BG-4" SE_VAT, "length(BT-31) = 14", "a Swedish VAT number has 14 characters"),
	MUST("SE-R-002", "BG-4" SE_VAT, "is-number(sub(BT-31, 3, 12))",
	    "a Swedish VAT number is SE and twelve digits"),
	MUST("SE-R-003", "BG-4" SWEDISH "/BT-30", "is-number(.)",
	    "a Swedish organisation number has digits only"),
	MUST("SE-R-004", "BG-4" SWEDISH "/BT-30", "length(.) = 10",
	    "a Swedish organisation number has ten digits"),
	MUST("SE-R-013", "BG-4" SWEDISH "/BT-30", "swedish(.)",
	    "the check digit of the Swedish organisation number is wrong"),
	MUST("SE-R-005", "BG-4[BT-30]" SWEDISH "/BT-32", "among(sub(upper(.), 1, 4), 'GODK') and contains(upper(.), ' F-SKATT') "
	    "and length(.) = 19",
	    "a Swedish tax registration (BT-32) is the text 'Godk\xc3\xa4nd f\xc3\xb6r F-skatt'"),
	UBL("SE-R-006", "//cac:TaxCategory|cac:ClassifiedTaxCategory[cbc:ID = 'S']" SE_VAT,
	    "cbc:Percent = 25 or cbc:Percent = 12 or cbc:Percent = 6",
	    "Swedish VAT rates are 25, 12 and 6"),
	CII("SE-R-006", "//ram:ApplicableTradeTax|ram:CategoryTradeTax[ram:CategoryCode = 'S']" SE_VAT,
	    "ram:RateApplicablePercent = 25 or ram:RateApplicablePercent = 12 or ram:RateApplicablePercent = 6",
	    "Swedish VAT rates are 25, 12 and 6"),
	SE_ACCOUNTS(RULE_UBL, UBL_BRANCH),
	SE_ACCOUNTS(RULE_CII, CII_BRANCH),
	SHOULD("SE-R-011", "BG-16[among(BT-81, '50 56')]" SWEDISH, "1 = 0",
	    "Bankgiro and Plusgiro are written as means 30 with SE:BANKGIRO or SE:PLUSGIRO"),
	SHOULD("SE-R-012", "BG-16[BT-81 = '31' and /BT-55 = 'SE']" SWEDISH, "1 = 0",
	    "between Swedish parties a credit transfer is means 30"),
	ROW("IS-R-001", RULE_UBL, RULE_WARNING, "/." ICELANDIC, "among(BT-3, '380 381')",
	    "the type should be 380 or 381"),
	UBL("IS-R-002", "/." ICELANDIC, "BT-30/@schemeID = '0196'",
	    "no Icelandic legal identifier of the seller (0196)"),
	UBL("IS-R-003", "/." ICELANDIC, "exists(BT-35) and exists(BT-38)",
	    "the seller's address lacks street or post code"),
	UBL("IS-R-004", "BG-7[/BT-40 = 'IS' and /BT-55 = 'IS']", "BT-47/@schemeID = '0196'",
	    "no Icelandic legal identifier of the buyer (0196)"),
	UBL("IS-R-005", "BG-7[/BT-40 = 'IS' and /BT-55 = 'IS']", "exists(/BT-50) and exists(/BT-53)",
	    "the buyer's address lacks street or post code"),
	UBL("IS-R-006", "/." ICELANDIC, "not(BG-16[BT-81 = '9']) or " IS_ACCOUNT("9"),
	    "means 9 needs an account of 12 digits"),
	UBL("IS-R-007", "/." ICELANDIC, "not(BG-16[BT-81 = '42']) or " IS_ACCOUNT("42"),
	    "means 42 needs an account of 12 digits"),
	UBL("IS-R-008", "/." ICELANDIC, "every(" DUE_DAY ", date(.))", "EINDAGI is a date as YYYY-MM-DD"),
	UBL("IS-R-009", "/." ICELANDIC, "not(" DUE_DAY ") or exists(BT-9)",
	    "EINDAGI needs a due date (BT-9)"),
	UBL("IS-R-010", "/." ICELANDIC, "not(" DUE_DAY ") or BT-9 <= " DUE_DAY,
	    "EINDAGI is before the due date (BT-9)"),
	{ NULL, 0, 0, 0, NULL, NULL, NULL },
};
