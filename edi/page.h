/* SPDX-License-Identifier: ISC */
/*
 * page.h - what the text and HTML writers share: bytes into a buf with a failure that is remembered, values made
 * harmless, and which parts of a document a person wants to see under which words.
 */
#ifndef EDIGATE_EDI_PAGE_H
#define EDIGATE_EDI_PAGE_H

#include "edi/model.h"
#include "gateway/base/buf.h"

struct page {
	struct buf *out;
	struct arena *a;
	struct err *e;
	bool failed;
};

void page_put(struct page *w, struct str own);		/* our words, as they are */
void page_plain(struct page *w, struct str value);	/* a value: what steers a screen becomes U+FFFD */
void page_html(struct page *w, struct str value);	/* the same, with HTML's five signs escaped */

/* "EUR 1491.00": an amount with the currency; the empty slice when there is none. */
struct str page_money(struct page *w, const struct model *m, struct str amount);

/* The totals of a document in the order of adding up; false at the end. */
struct page_total {
	const char *label;
	struct str amount;
	const struct model_finding *finding;	/* it is not what its parts give */
	bool payable;
};
bool page_total(struct page *w, const struct model *m, size_t *at, struct page_total *out);

/* Dates, references and terms as label and value, one after the other; false at the end. */
struct page_fact {
	struct str label, value;
};
bool page_fact(struct page *w, const struct model *m, size_t *at, struct page_fact *out);

/* "valid", "2 differences", "broken: 3 problems": what to think of the document. */
struct str page_verdict(struct page *w, const struct model_file *f, const struct model *m);

struct str page_id_label(const struct model_id *id);	/* "GLN", "VAT id" ... */
struct str page_unit(struct str code);			/* "pcs" for EA, PCE, H87, C62 ...; else the code */

#endif
