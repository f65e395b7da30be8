/* SPDX-License-Identifier: ISC */
/* model_text.h - the parts that the text of 80 columns is put together from. */
#ifndef EDIGATE_EDI_MODEL_TEXT_H
#define EDIGATE_EDI_MODEL_TEXT_H

#include "edi/page.h"

/* Label, cut to its width, then value in as many lines as it takes. */
void text_paragraph(struct page *w, size_t indent, struct str label, size_t label_width, struct str value);

/* What an acknowledgement says of interchanges, groups and messages. */
void text_acks(struct page *w, const struct model *m);

#endif
