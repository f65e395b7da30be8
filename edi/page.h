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

/*
 * Numbers as people write them: "2" for "2.000", "169.20" for "169.2"; an amount of a currency without parts has no
 * digits behind the point. page_money(): "EUR 1491.00". The empty slice when there is none.
 */
struct str page_number(struct page *w, struct str number);
struct str page_amount(struct page *w, const struct model *m, struct str amount);
struct str page_money(struct page *w, const struct model *m, struct str amount);

/* The totals of a document in the order of adding up; false at the end. */
enum page_stage { PAGE_LINES, PAGE_NET, PAGE_GROSS };	/* allowances stand before NET, taxes before GROSS */

struct page_total {
	const char *label;
	struct str amount;
	enum page_stage stage;
	const struct model_finding *finding;	/* it is not what its parts give */
	bool payable;
};
bool page_total(struct page *w, const struct model *m, size_t *at, struct page_total *out);

/* Dates, references and terms as label and value, one after the other; false at the end. */
struct page_fact {
	struct str label, value;
};
bool page_fact(struct page *w, const struct model *m, size_t *at, struct page_fact *out);

/* Seller, buyer and the others in the order of their roles, one after the other; NULL at the end. */
struct page_parties {
	enum model_role role;
	size_t i;
};
const struct model_party *page_party(const struct model *m, struct page_parties *at);

/* "valid", "2 differences", "broken: 3 problems", "accepted with errors": what to think of the document. */
enum page_mood { PAGE_GOOD, PAGE_WARN, PAGE_BAD };
enum page_mood page_mood(const struct model_file *f, const struct model *m);
struct str page_verdict(struct page *w, const struct model_file *f, const struct model *m);

/* ---- codes in words; those without stay as they are ---- */

struct str page_id_label(struct page *w, const struct model_id *id);	/* "GLN", "VAT id" ... */
struct str page_role(struct page *w, const struct model_party *p);	/* "Seller", "Payer", "Party XY" */
struct str page_unit(const struct model_file *f, struct str code);	/* "pcs" for EA, PCE, H87, C62 ...; else the code */
struct str page_country(struct str code);				/* "Germany" */
struct str page_type(struct page *w, const struct model *m);		/* "380 (commercial invoice)" */
struct str page_tax(struct page *w, const struct model_tax *t);		/* "19 % (standard rate)" */
struct str page_status(const struct model_file *f, struct str code);	/* of a line: "accepted" */

#endif
