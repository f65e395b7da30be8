/* SPDX-License-Identifier: ISC */
/* compose_make.h - what the writers of compose.h share. */
#ifndef EDIGATE_EDI_COMPOSE_MAKE_H
#define EDIGATE_EDI_COMPOSE_MAKE_H

#include "edi/compose.h"
#include "edi/seg_write.h"

#define COMPOSE_VALUE_MAX 4096u /* bytes of any value */

struct composer {
	struct arena *a;
	const struct compose *how;
	const struct model_file *file;
	struct seg_writer w; /* of segments */
	bool utf8;           /* EDIFACT: values are written as UTF-8 */
	struct err *e;
};

/* "$.documents[3].number: missing, an X12 810 needs it" */
int compose_missing(struct composer *c, size_t document, const char *what, const char *where);

struct str compose_cut(struct str utf8, size_t characters); /* the first of them */

/* "2026-11-20" and "2026-11-20T10:30" as 20261120 and 202611201030; other text as it is. */
struct str compose_day(struct arena *a, struct str iso);

/*
 * Up to max pieces of at most width characters, cut at blanks where there are some; the number
 * of pieces.
 */
size_t compose_wrap(struct str text, size_t width, struct str *pieces, size_t max);

int compose_x12(struct composer *c, struct buf *out);
int compose_edifact(struct composer *c, struct buf *out);
int compose_ubl(struct composer *c, struct buf *out);

#endif
