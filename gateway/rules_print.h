/* SPDX-License-Identifier: ISC */
/* rules_print.h - business rules of invoices, checked and shown by `edigate validate`. */
#ifndef EDIGATE_GATEWAY_RULES_PRINT_H
#define EDIGATE_GATEWAY_RULES_PRINT_H

#include "edi/rule.h"
#include "gateway/json.h"

struct rules_result {
	unsigned int sets;		/* checked; 0: none */
	struct rule_findings findings;
};

/* By word: "auto" (as the document says), "none", "en16931", "peppol". False for others. */
bool rules_word(struct str word, unsigned int *sets, bool *automatic);

/* Check what in (of f) carries, where it is a UBL invoice or a CII. -1 with err when it could not be. */
int rules_run(struct arena *a, struct str in, const struct edi_facts *f, unsigned int sets, bool automatic,
    struct rules_result *out, struct err *e);

void rules_print(struct arena *a, const struct rules_result *r, const char *name);
json_t *rules_json(struct arena *a, const struct rules_result *r);

#endif
