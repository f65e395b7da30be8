/* SPDX-License-Identifier: ISC */
/* model_html.h - the parts that the HTML page is put together from. */
#ifndef EDIGATE_EDI_MODEL_HTML_H
#define EDIGATE_EDI_MODEL_HTML_H

#include "edi/page.h"

void html_own(struct page *w, const char *text);	/* our words, as they are */
void html_value(struct page *w, struct str s);		/* kept apart in direction from what stands around it */
void html_item(struct page *w, const char *open, struct str s, const char *close);	/* nothing without a value */
void html_cell(struct page *w, struct str s);		/* of a table, a number */

/* What an acknowledgement says: a table for each interchange or group that it speaks of. */
void html_acks(struct page *w, const struct model *m);
void html_envelope(struct page *w, const struct model_file *f, struct str name);
void html_segments(struct page *w, const struct model_file *f);

#endif
