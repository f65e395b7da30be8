/* SPDX-License-Identifier: ISC */
/* rule_eval.h - what an expression comes to at a node. */
#ifndef EDIGATE_EDI_RULE_EVAL_H
#define EDIGATE_EDI_RULE_EVAL_H

#include "edi/rule_expr.h"

#define RULE_WORK_MAX 100000000u	/* nodes visited for one document */

/* A node or an attribute: its number, attributes with this bit. */
typedef uint32_t rule_item;
#define RULE_IS_ATTRIBUTE 0x80000000u

struct rule_value {
	enum { RULE_V_ITEMS, RULE_V_TEXT, RULE_V_NUMBER, RULE_V_TRUTH } kind;
	rule_item *items;
	size_t n;
	struct str text;
	struct decimal number;
	bool good;		/* of a number: it is one */
	bool truth;
};

struct rule_run {
	struct arena *a;		/* for values: reset by the caller between rules */
	const struct rule_tree *tree;
	rule_item subject, here;	/* "$" and where an expression begins */
	uint64_t work;			/* of RULE_WORK_MAX; beyond it everything is empty */
};

struct rule_value rule_eval(struct rule_run *r, const struct rule_expr *x);

/* Conversions: of several items the first. */
bool rule_truth(const struct rule_value *v);
struct str rule_text(const struct rule_run *r, const struct rule_value *v);
bool rule_number(const struct rule_run *r, const struct rule_value *v, struct decimal *out);
struct str rule_item_text(const struct rule_run *r, rule_item item);

struct rule_value rule_make_truth(bool truth);
struct rule_value rule_make_text(struct str text);
struct rule_value rule_make_number(struct decimal d, bool good);

/* ---- functions (rule_fn.c) ---- */

int rule_function(struct str name);			/* -1: there is none */
bool rule_function_takes(unsigned int f, unsigned int arguments);
bool rule_function_binds(unsigned int f);		/* its second argument is of each node of the first */
struct rule_value rule_call(struct rule_run *r, unsigned int f, const struct rule_expr *arguments);

#endif
