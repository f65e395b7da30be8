/* SPDX-License-Identifier: ISC */
/* rules_sums.c - EN 16931-1: totals are what their parts come to, and no amount has more than two decimals. */
#include "edi/rule.h"
#include "edi/rule_expr.h"

#define BOTH (RULE_UBL | RULE_CII)
#define MUST(id, context, test, text) { id, RULE_EN16931, BOTH, RULE_FATAL, context, test, text }
#define UBL_MUST(id, context, test, text) { id, RULE_EN16931, RULE_UBL, RULE_FATAL, context, test, text }
#define CII_MUST(id, context, test, text) { id, RULE_EN16931, RULE_CII, RULE_FATAL, context, test, text }
#define TWO(id, context, term, name) \
	MUST(id, context, "every(" term ", decimals(.) <= 2)", name " (" term ") has over two decimals")

const struct rule rules_sums[] = {
	MUST("BR-CO-10", "BG-22", "BT-106 = round(sum(/BT-131))",
	    "the sum of the lines (BT-106) is not what they come to"),
	MUST("BR-CO-11", "BG-22", "if(BT-107, BT-107 = round(sum(/BG-20/BT-92)), not(/BG-20))",
	    "the sum of the allowances (BT-107) is not what they come to"),
	MUST("BR-CO-12", "BG-22", "if(BT-108, BT-108 = round(sum(/BG-21/BT-99)), not(/BG-21))",
	    "the sum of the charges (BT-108) is not what they come to"),
	MUST("BR-CO-13", "BG-22", "BT-109 = round(BT-106 + or-else(BT-108, 0) - or-else(BT-107, 0))",
	    "the total without VAT (BT-109) is not lines minus allowances plus charges"),
	UBL_MUST("BR-CO-14", "cac:TaxTotal", "not(cac:TaxSubtotal) or "
	    "cbc:TaxAmount = round(sum(cac:TaxSubtotal/cbc:TaxAmount))",
	    "the VAT total (BT-110) is not the breakdown's sum"),
	CII_MUST("BR-CO-14", "/BT-110[@currencyID = /BT-5]", ". = round(sum(/BG-23/BT-117))",
	    "the VAT total (BT-110) is not the breakdown's sum"),
	UBL_MUST("BR-CO-15", "/", "every(BT-5, count(/BT-110[@currencyID = /BT-5]) = 1 and "
	    "/BT-112 = round(/BT-109 + /BT-110[@currencyID = /BT-5]))",
	    "the total with VAT (BT-112) is not total plus VAT in the invoice's currency"),
	CII_MUST("BR-CO-15", "/", "BT-112 = BT-109 or every(BT-5, count(/BT-110[@currencyID = /BT-5]) = 1 and "
	    "/BT-112 = round(/BT-109 + /BT-110[@currencyID = /BT-5]))",
	    "the total with VAT (BT-112) is not total plus VAT in the invoice's currency"),
	MUST("BR-CO-16", "BG-22", "round(BT-115 - or-else(BT-114, 0)) = round(BT-112 - or-else(BT-113, 0))",
	    "the amount due (BT-115) is not total minus prepaid plus rounding"),
	CII_MUST("BR-CO-17", "BG-23", "if(not(is-number(BT-119)) or round(BT-119, 0) = 0, round(BT-117, 0) = 0, "
	    "near(abs(BT-117), round(abs(BT-116) * BT-119 * 0.01), 1))",
	    "the VAT amount (BT-117) is not base times rate"),
	UBL_MUST("BR-CO-17", "BG-23", "if(not(is-number(BT-119)) or round(BT-119, 0) = 0, round(BT-117, 0) = 0, "
	    "abs(BT-117) - 1 < round(abs(BT-116) * BT-119 * 0.01) and abs(BT-117) + 1 > round(abs(BT-116) * BT-119 * 0.01))",
	    "the VAT amount (BT-117) is not base times rate"),
	MUST("BR-CO-18", "/", "exists(BG-23)", "there is no VAT breakdown (BG-23)"),
	TWO("BR-DEC-01", "BG-20", "BT-92", "the allowance"),
	TWO("BR-DEC-02", "BG-20", "BT-93", "the allowance's base"),
	TWO("BR-DEC-05", "BG-21", "BT-99", "the charge"),
	TWO("BR-DEC-06", "BG-21", "BT-100", "the charge's base"),
	TWO("BR-DEC-09", "BG-22", "BT-106", "the sum of the lines"),
	TWO("BR-DEC-10", "BG-22", "BT-107", "the sum of the allowances"),
	TWO("BR-DEC-11", "BG-22", "BT-108", "the sum of the charges"),
	TWO("BR-DEC-12", "BG-22", "BT-109", "the total without VAT"),
	MUST("BR-DEC-13", "/", "every(BT-110[@currencyID = /BT-5], decimals(.) <= 2)",
	    "the VAT total has over two decimals"),
	TWO("BR-DEC-14", "BG-22", "BT-112", "the total with VAT"),
	MUST("BR-DEC-15", "/", "every(BT-110[@currencyID = /BT-6], decimals(.) <= 2)",
	    "the VAT total in accounting currency (BT-111) has over two decimals"),
	TWO("BR-DEC-16", "BG-22", "BT-113", "the prepaid amount"),
	TWO("BR-DEC-17", "BG-22", "BT-114", "the rounding amount"),
	TWO("BR-DEC-18", "BG-22", "BT-115", "the amount due"),
	TWO("BR-DEC-19", "BG-23", "BT-116", "the VAT base"),
	TWO("BR-DEC-20", "BG-23", "BT-117", "the VAT amount"),
	TWO("BR-DEC-23", "BG-25", "BT-131", "the line's net amount"),
	TWO("BR-DEC-24", "BG-27", "BT-136", "the line's allowance"),
	TWO("BR-DEC-25", "BG-27", "BT-137", "the line's allowance base"),
	TWO("BR-DEC-27", "BG-28", "BT-141", "the line's charge"),
	TWO("BR-DEC-28", "BG-28", "BT-142", "the line's charge base"),
	{ NULL, 0, 0, 0, NULL, NULL, NULL },
};
