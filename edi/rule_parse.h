/* SPDX-License-Identifier: ISC */
/* rule_parse.h - what the two halves of the compiler of rules share: rule_expr.c and, for paths, rule_path.c. */
#ifndef EDIGATE_EDI_RULE_PARSE_H
#define EDIGATE_EDI_RULE_PARSE_H

#include "edi/rule_expr.h"

struct rule_parser {
	struct arena *a;
	const struct rule_tree *tree;
	enum rule_syntax syntax;
	const char *group;	/* the term whose node we are at; NULL: none */
	struct str in;
	struct err *e;
	unsigned int depth;
};

bool rule_bad(struct rule_parser *p, const char *what);		/* false, and the error says where */
void rule_blanks(struct rule_parser *p);
bool rule_accept(struct rule_parser *p, const char *sign);	/* take it, if it comes next */
bool rule_is_name_byte(char c);
struct str rule_word(struct rule_parser *p);			/* the name that comes next, not taken */
struct rule_expr *rule_make(struct rule_parser *p, enum rule_op op, struct rule_expr *a,
    struct rule_expr *b);

struct rule_expr *rule_parse_or(struct rule_parser *p);	/* a whole expression */
/* A path; group is set to the term that it ends in. Both NULL with an error. */
struct rule_expr *rule_parse_path(struct rule_parser *p, const char **group);

#endif
