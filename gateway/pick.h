/* SPDX-License-Identifier: ISC */
/* pick.h - from what people type to documents: an ID in any of its forms, or filters. */
#ifndef EDIGATE_GATEWAY_PICK_H
#define EDIGATE_GATEWAY_PICK_H

#include "gateway/cli.h"
#include "gateway/filter.h"

/* The one document meant; ends with EX_NOINPUT when there is none, EX_USAGE when several fit (they are named). */
struct db_doc *pick_one(struct cli *c, struct db *db, struct str word);

struct picked {
	struct db_doc **docs;
	size_t n;
};

/* All that the words of the command line mean: IDs, and KEY=VALUE words which together form one filter. */
struct picked pick_all(struct cli *c, struct db *db);

bool pick_fits(const struct filter *f, const struct db_doc *d);	/* what the database cannot ask: state=attention */

#endif
