/* SPDX-License-Identifier: ISC */
/* compose_x12.h - the parts of transaction sets; compose_x12_set.c puts them in order. */
#ifndef EDIGATE_EDI_COMPOSE_X12_H
#define EDIGATE_EDI_COMPOSE_X12_H

#include "edi/compose_make.h"

/* What GS08 says. Before 004010 dates have six digits. */
struct str x12_version(const struct composer *c, const struct model *m);

void x12_text(struct composer *c, struct str value,
              size_t max); /* the next element, cut to max characters */
void x12_date(struct composer *c, const struct model *m, struct str iso);
void x12_hundredths(struct composer *c, struct str amount);

struct str x12_first_ref(const struct model *m, enum model_ref_kind kind);
void x12_refs(struct composer *c, const struct model *m, enum model_ref_kind said);
void x12_currency(struct composer *c, const struct model *m);
void x12_parties(struct composer *c, const struct model *m);
void x12_terms(struct composer *c, const struct model *m);
void x12_dates(struct composer *c, const struct model *m);
void x12_messages(struct composer *c, const struct model *m);
void x12_allowances(struct composer *c, const struct model *m,
                    size_t line); /* MODEL_NO_LINE: the document's */
void x12_taxes(struct composer *c, const struct model *m);
void x12_line_tax(struct composer *c, const struct model_line *l);

/* What stands between ST and SE. */
void x12_set(struct composer *c, const struct model *m);

#endif
