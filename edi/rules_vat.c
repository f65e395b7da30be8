/* SPDX-License-Identifier: ISC */
/*
 * rules_vat.c - EN 16931-1, 6.4.3: the rules of each VAT category, which are variants of ten. "%" is a category's code;
 * rule.c makes of BR-%-nn the rules BR-S, BR-Z, BR-E, BR-AE, BR-IC, BR-G, BR-O, BR-AF (IGIC) and BR-AG (IPSI). The letters
 * after the number say for which.
 */
#include "edi/rule.h"
#include "edi/rule_expr.h"

#define BOTH (RULE_UBL | RULE_CII)
#define MUST(id, context, test, text) { id, RULE_EN16931, BOTH, RULE_FATAL, context, test, text }
#define SELLER	    "(exists(/BT-31) or exists(/BT-32) or exists(/BT-63))"
#define SELLER_VAT  "(exists(/BT-31) or exists(/BT-63))"
#define BUYER	    "(exists(/BT-48) or exists(/BT-47))"
#define NONE	    "(not(/BT-31) and not(/BT-63) and not(/BT-48))"
#define WITH(number, categories, place, ids, what)                                                              \
	MUST("BR-%-0" number " " categories, "/", "not(" place " = '%') or " ids, what)
#define USED	    "BG-25[BT-151 = '%'] or BG-20[BT-95 = '%'] or BG-21[BT-102 = '%']"
#define OWN_TAX	    "BG-23[BT-118 = '%']"

#define RATE_SUM                                                                                                \
	"sum(/BG-25[BT-151 = '%' and number(BT-152) = number($/BT-119)]/BT-131) + "                             \
	"sum(/BG-21[BT-102 = '%' and number(BT-103) = number($/BT-119)]/BT-99) - "                              \
	"sum(/BG-20[BT-95 = '%' and number(BT-96) = number($/BT-119)]/BT-92)"
#define CATEGORY_SUM                                                                                            \
	"sum(/BG-25[BT-151 = '%']/BT-131) + sum(/BG-21[BT-102 = '%']/BT-99) - sum(/BG-20[BT-95 = '%']/BT-92)"

const struct rule rules_vat[] = {
	MUST("BR-%-01 S AF AG", "/", "if(" USED ", exists(" OWN_TAX "), not(" OWN_TAX "))",
	    "category % is used, but not in the VAT breakdown, or the other way round"),
	MUST("BR-%-01 Z E AE IC G O", "/", "if(" USED " or " OWN_TAX ", count(" OWN_TAX ") = 1, 1 = 1)",
	    "category % must be in the VAT breakdown just once"),
	WITH("2", "S Z E AF AG", "BG-25/BT-151", SELLER, "a line of category %, but no tax number of the seller"),
	WITH("3", "S Z E AF AG", "BG-20/BT-95", SELLER, "an allowance of category %, but no tax number of the seller"),
	WITH("4", "S Z E AF AG", "BG-21/BT-102", SELLER, "a charge of category %, but no tax number of the seller"),
	WITH("2", "AE", "BG-25/BT-151", SELLER " and " BUYER, "a line of category %, but no tax number of seller or buyer"),
	WITH("3", "AE", "BG-20/BT-95", SELLER " and " BUYER, "an allowance of category %, but no number of seller or buyer"),
	WITH("4", "AE", "BG-21/BT-102", SELLER " and " BUYER, "a charge of category %, but no number of seller or buyer"),
	WITH("2", "IC", "BG-25/BT-151", SELLER_VAT " and exists(/BT-48)", "a line of category %, but no VAT number of both"),
	WITH("3", "IC", "BG-20/BT-95", SELLER_VAT " and exists(/BT-48)", "an allowance of category %, no VAT number of both"),
	WITH("4", "IC", "BG-21/BT-102", SELLER_VAT " and exists(/BT-48)", "a charge of category %, but no VAT number of both"),
	WITH("2", "G", "BG-25/BT-151", SELLER_VAT, "a line of category %, but no VAT number of the seller"),
	WITH("3", "G", "BG-20/BT-95", SELLER_VAT, "an allowance of category %, but no VAT number of the seller"),
	WITH("4", "G", "BG-21/BT-102", SELLER_VAT, "a charge of category %, but no VAT number of the seller"),
	WITH("2", "O", "BG-25/BT-151", NONE, "a line outside of VAT (category %), but VAT numbers"),
	WITH("3", "O", "BG-20/BT-95", NONE, "an allowance outside of VAT (category %), but VAT numbers"),
	WITH("4", "O", "BG-21/BT-102", NONE, "a charge outside of VAT (category %), but VAT numbers"),
	MUST("BR-%-05 S", "BG-25[BT-151 = '%']", "BT-152 > 0", "a line of category % without a rate over 0"),
	MUST("BR-%-06 S", "BG-20[BT-95 = '%']", "BT-96 > 0", "an allowance of category % without a rate over 0"),
	MUST("BR-%-07 S", "BG-21[BT-102 = '%']", "BT-103 > 0", "a charge of category % without a rate over 0"),
	MUST("BR-%-05 Z E AE IC G", "BG-25[BT-151 = '%']", "BT-152 = 0", "a line of category % whose rate is not 0"),
	MUST("BR-%-06 Z E AE IC G", "BG-20[BT-95 = '%']", "BT-96 = 0", "an allowance of category % whose rate is not 0"),
	MUST("BR-%-07 Z E AE IC G", "BG-21[BT-102 = '%']", "BT-103 = 0", "a charge of category % whose rate is not 0"),
	MUST("BR-%-05 AF AG", "BG-25[BT-151 = '%']", "BT-152 >= 0", "a line of category % without a rate"),
	MUST("BR-%-06 AF AG", "BG-20[BT-95 = '%']", "BT-96 >= 0", "an allowance of category % without a rate"),
	MUST("BR-%-07 AF AG", "BG-21[BT-102 = '%']", "BT-103 >= 0", "a charge of category % without a rate"),
	MUST("BR-%-05 O", "BG-25[BT-151 = '%']", "not(BT-152)", "a line of category % with a rate"),
	MUST("BR-%-06 O", "BG-20[BT-95 = '%']", "not(BT-96)", "an allowance of category % with a rate"),
	MUST("BR-%-07 O", "BG-21[BT-102 = '%']", "not(BT-103)", "a charge of category % with a rate"),
	MUST("BR-%-08 S AF AG", OWN_TAX, "near(BT-116, " RATE_SUM ", 0.99) and exists(/BG-25)",
	    "the base of category % is not what lines, charges and allowances of that rate come to"),
	MUST("BR-%-08 Z E AE IC G O", OWN_TAX, "BT-116 = " CATEGORY_SUM,
	    "the base of category % is not what lines, charges and allowances come to"),
	MUST("BR-%-09 S AF AG", OWN_TAX, "near(abs(BT-117), round(abs(BT-116) * BT-119 * 0.01), 0.99)",
	    "the tax of category % is not base times rate"),
	MUST("BR-%-09 Z E AE IC G O", OWN_TAX, "BT-117 = 0", "the tax of category % is not 0"),
	MUST("BR-%-10 S Z AF AG", OWN_TAX, "not(BT-120) and not(BT-121)", "category % with a reason for exemption"),
	MUST("BR-%-10 E AE IC G O", OWN_TAX, "exists(BT-120) or exists(BT-121)",
	    "category % without a reason for exemption (BT-120, BT-121)"),
	MUST("BR-%-11 IC", "/", "not(" OWN_TAX ") or length(BT-72) > 1 or exists(BG-14/*)",
	    "a supply within the Community without delivery date or period"),
	MUST("BR-%-12 IC", "/", "not(" OWN_TAX ") or length(BT-80) > 1",
	    "a supply within the Community without the country it is delivered to (BT-80)"),
	MUST("BR-%-11 O", "/", "not(" OWN_TAX ") or not(BG-23[BT-118 != '%'])", "category % beside others in the breakdown"),
	MUST("BR-%-12 O", "/", "not(" OWN_TAX ") or not(BG-25[BT-151 != '%'])", "category % beside lines of others"),
	MUST("BR-%-13 O", "/", "not(" OWN_TAX ") or not(BG-20[BT-95 != '%'])", "category % beside allowances of others"),
	MUST("BR-%-14 O", "/", "not(" OWN_TAX ") or not(BG-21[BT-102 != '%'])", "category % beside charges of others"),
	MUST("BR-B-01", "/", "not(BG-25/BT-151 = 'B' or BG-20/BT-95 = 'B' or BG-21/BT-102 = 'B' or BG-23/BT-118 = 'B') or "
	    "(BT-40 = 'IT' and BT-55 = 'IT')", "split payment (category B) is for invoices within Italy"),
	MUST("BR-B-02", "/", "not(BG-25/BT-151 = 'B' or BG-20/BT-95 = 'B' or BG-21/BT-102 = 'B' or BG-23/BT-118 = 'B') or "
	    "not(BG-25/BT-151 = 'S' or BG-20/BT-95 = 'S' or BG-21/BT-102 = 'S' or BG-23/BT-118 = 'S')",
	    "split payment (category B) beside the standard rate (S)"),
	{ NULL, 0, 0, 0, NULL, NULL, NULL },
};
