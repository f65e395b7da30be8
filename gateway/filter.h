/* SPDX-License-Identifier: ISC */
/*
 * filter.h - FILTER of the command line: "partner=acme state=failed dir=in since=2d". Pure. All must hold; each key
 * may be given once. state=attention stands for every state that waits for a person.
 */
#ifndef EDIGATE_GATEWAY_FILTER_H
#define EDIGATE_GATEWAY_FILTER_H

#include "db/db.h"

struct filter {
	struct db_filter db;
	bool attention;			/* the caller compares: exchange_needs_person() */
	unsigned int given;		/* one bit per key that was set */
};

void filter_init(struct filter *f);		/* every document, both directions; no receipts and reports */
bool filter_is(struct str word);		/* does it look like KEY=VALUE with a key of ours, or nearly? */
int  filter_add(struct filter *f, struct str word, int64_t now_ms, struct err *e);	/* ERR_INPUT */

#endif
