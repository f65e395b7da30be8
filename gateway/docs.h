/* SPDX-License-Identifier: ISC */
/* docs.h - documents and events as people see them in list, status, show, trace and send --wait; following them live. */
#ifndef EDIGATE_GATEWAY_DOCS_H
#define EDIGATE_GATEWAY_DOCS_H

#include "gateway/cli.h"

struct table *docs_table(struct arena *a);
void docs_row(struct table *t, struct arena *a, const struct db_doc *d);

const char *docs_head(struct arena *a, const struct db_doc *d);	/* "1042  INVOIC 4711  -> acme  invoice.edi  1.9 KiB" */

/* One line of a timeline. with_doc: the document's number in front. */
void docs_put_event(struct arena *a, const struct db_event *ev, bool with_doc);

/* Reads what is written to the timeline from now on. */
struct docs_follow {
	struct db *db;
	int64_t last;			/* id of the newest event seen */
};
void docs_follow_start(struct docs_follow *f, struct db *db);
/* Waits until there is something new, or timeout_ms has passed (then n is 0). */
void docs_follow_wait(struct docs_follow *f, struct arena *a, int64_t timeout_ms,
    struct db_event **out, size_t *n);

#endif
