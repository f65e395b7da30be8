/* SPDX-License-Identifier: ISC */
/* rules_print.h - business rules of invoices, as shown by `edigate validate`. */
#ifndef EDIGATE_GATEWAY_RULES_PRINT_H
#define EDIGATE_GATEWAY_RULES_PRINT_H

#include "gateway/json.h"
#include "gateway/rules_run.h"

/* By word: "auto" (as the document says), "none", "en16931", "peppol". False for others. */
bool rules_word(struct str word, unsigned int *sets, bool *automatic);

void rules_print(struct arena *a, const struct rules_result *r, const char *name);
json_t *rules_json(struct arena *a, const struct rules_result *r);

#endif
