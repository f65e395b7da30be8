/* SPDX-License-Identifier: ISC */
/*
 * rule.h - business rules of electronic invoices: EN 16931-1, clause 6.4 (with the code lists and syntax rules that go
 * with it), Peppol BIS Billing 3 and the national rules of its countries, for UBL and CII. The rules are tables of this
 * project's own (rules_*.c), in the language of rule_expr.h; one rule is written once for both syntaxes wherever the
 * standard has a term for what it speaks of.
 */
#ifndef EDIGATE_EDI_RULE_H
#define EDIGATE_EDI_RULE_H

#include "edi/edi.h"

#define RULE_FINDINGS_MAX 256	/* described one by one; all are counted */

enum rule_set {
	RULE_EN16931 = 1,
	RULE_PEPPOL = 2,	/* with the national rules */
};

enum rule_level { RULE_FATAL, RULE_WARNING };

struct rule {
	const char *id;
	unsigned char set, syntax;	/* enum rule_set; bits of enum rule_syntax */
	unsigned char level;
	const char *context;		/* each node of it must pass the test */
	const char *test;
	const char *text;		/* what is wrong when it does not */
};

struct rule_finding {
	const struct rule *rule;
	const char *id;			/* the rule's, for its tax category */
	struct str place;		/* "/Invoice/cac:InvoiceLine[2]" */
	struct str text;
};

struct rule_findings {
	struct rule_finding *kept;
	size_t n_kept, n_fatal, n_warnings;
	bool incomplete;		/* the document was too much work */
};

/* Which sets a document asks for, by its CustomizationID or guideline. 0: none that we have. */
unsigned int rule_sets_of(struct str profile);

/* Which syntax a format is written in: enum rule_syntax, 0 for others. */
unsigned int rule_syntax_of(const struct edi_format *format);

/*
 * Check in, a UBL Invoice or CreditNote or a CII. Returns 0, or -1 with ERR_INPUT when it is no XML or too large.
 * only, unless NULL, is the one rule that is checked.
 */
int rule_check(struct arena *a, struct str in, unsigned int syntax, unsigned int sets, const char *only,
    struct rule_findings *out, struct err *e);

/* The rule of that name; NULL without one. */
const struct rule *rule_by_id(struct str id);

/* The tables, each ended by a NULL id. In ids and tests of rules_vat "%" stands for a tax category. */
extern const struct rule rules_core[], rules_sums[], rules_vat[], rules_codes[], rules_syntax[], rules_peppol[],
    rules_nordic[], rules_nations[];

#endif
