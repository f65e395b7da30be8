/* SPDX-License-Identifier: ISC */
/* explain.h - every word and code that a person may meet, what it means, and what to do about it. */
#ifndef EDIGATE_GATEWAY_EXPLAIN_H
#define EDIGATE_GATEWAY_EXPLAIN_H

#include "gateway/base/arena.h"

struct explanation {
	const char *codes;		/* blanks between, when they share the words */
	const char *what;
	const char *todo;
};

enum explain_kind { EXPLAIN_ERROR, EXPLAIN_STATE, EXPLAIN_VERDICT, EXPLAIN_RULE, EXPLAIN_FAULT, EXPLAIN_KINDS };
struct explain_table {
	const char *title;
	const struct explanation *rows;
	size_t n;
};
extern const struct explain_table explain_tables[EXPLAIN_KINDS];

/* By any of its codes, in any case; NULL: none of that table. */
const struct explanation *explain_find(enum explain_kind kind, struct str code);

/* Every code, terminated, for "did you mean". */
const char **explain_codes(struct arena *a, size_t *n);

#endif
