/* SPDX-License-Identifier: ISC */
/* rules_run.h - the business rules that a document's own words ask for. */
#ifndef EDIGATE_GATEWAY_RULES_RUN_H
#define EDIGATE_GATEWAY_RULES_RUN_H

#include "edi/edi.h"
#include "edi/rule.h"

struct rules_result {
	unsigned int sets;		/* checked; 0: none */
	struct rule_findings findings;
};

/* Check what in (of f) carries, where it is a UBL invoice or a CII. -1 with err when it could not be. */
int rules_run(struct arena *a, struct str in, const struct edi_facts *f, unsigned int sets, bool automatic,
    struct rules_result *out, struct err *e);

#endif
