/* SPDX-License-Identifier: ISC */
/* facts_print.h - what edi/ knows of a document, for validate and inspect. */
#ifndef EDIGATE_GATEWAY_FACTS_PRINT_H
#define EDIGATE_GATEWAY_FACTS_PRINT_H

#include "edi/edi.h"
#include "gateway/json.h"

const char *facts_verdict(const struct edi_facts *f);			/* "valid", "broken", "unknown" */
void facts_print(struct arena *a, const struct edi_facts *f, const char *indent);	/* envelope and messages */
void facts_print_problems(struct arena *a, const struct edi_facts *f, const char *file);
json_t *facts_json(struct arena *a, const struct edi_facts *f);

#endif
