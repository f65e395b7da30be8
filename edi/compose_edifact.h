/* SPDX-License-Identifier: ISC */
/* compose_edifact.h - the parts of messages; compose_edifact_message.c puts them in order. */
#ifndef EDIGATE_EDI_COMPOSE_EDIFACT_H
#define EDIGATE_EDI_COMPOSE_EDIFACT_H

#include "edi/compose_make.h"

void edifact_text(struct composer *c, struct str value,
                  size_t max); /* the next element, cut to max characters */
void edifact_more(struct composer *c, struct str value, size_t max); /* a further component */
bool edifact_is_wide(const struct model *m); /* D.01A and later: longer texts */

void edifact_date(struct composer *c, struct str code, struct str iso);
void edifact_pair(struct composer *c, const char *tag, struct str code, struct str value,
                  size_t max); /* TAG+code:value */
void edifact_notes(struct composer *c, const struct model *m);
void edifact_parties(struct composer *c, const struct model *m);
void edifact_terms(struct composer *c, const struct model *m);
void edifact_tax(struct composer *c, struct str category, struct str rate);
void edifact_allowances(struct composer *c, const struct model *m,
                        size_t line); /* MODEL_NO_LINE: the document's */

/* What stands between UNH and UNT. */
void edifact_message(struct composer *c, const struct model *m);

#endif
