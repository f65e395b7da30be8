/* SPDX-License-Identifier: ISC */
/*
 * rule_expr.h - the language that business rules are written in. A rule's context and test are expressions over the
 * business terms of EN 16931-1 ("BT-131", "BG-25") and, where no term exists, over element names of the syntax.
 *
 *   expression  a or b, a and b, a = b != < <= > >=, a + b - c, a * b, 'text', 12.5, name(arguments), a path
 *   path        steps with '/' between: a term, "cbc:ID", "cbc:A|cbc:B" (either), "@name", "..", ".", "*"; each may
 *               have [conditions] or a [number]. It begins at the node in question; with '/' below the document's
 *               root, with "//" anywhere in the document, with "$" at the node that the rule is about.
 *
 * A term begins at the node in question when that stands for a group which the term belongs to, else at the root.
 * Comparisons of several nodes hold when they do for one of them. Numbers are exact decimals; what is none
 * makes every comparison false.
 */
#ifndef EDIGATE_EDI_RULE_EXPR_H
#define EDIGATE_EDI_RULE_EXPR_H

#include "edi/decimal.h"
#include "edi/rule_tree.h"

enum rule_syntax { RULE_UBL = 1, RULE_CII = 2 };

enum rule_op {
	RULE_OR, RULE_AND, RULE_EQ, RULE_NE, RULE_LT, RULE_LE, RULE_GT, RULE_GE, RULE_ADD, RULE_SUB, RULE_MUL,
	RULE_NUMBER, RULE_TEXT, RULE_CALL, RULE_PATH,
};

#define RULE_EITHER_MAX 6	/* names of one step */

enum rule_step_kind { RULE_CHILD, RULE_ATTRIBUTE, RULE_PARENT, RULE_SELF, RULE_ANY_CHILD };

struct rule_step {
	enum rule_step_kind kind;
	uint32_t names[RULE_EITHER_MAX];
	unsigned int n_names;
	struct rule_expr *conditions;	/* by next */
	struct rule_step *next;
};

struct rule_expr {
	enum rule_op op;
	struct rule_expr *a, *b;	/* operands; of a call: a is the first argument, the others by next */
	struct rule_expr *next;
	struct decimal number;
	struct str text;
	unsigned int function;		/* of rule_functions */
	enum { RULE_HERE, RULE_ROOT, RULE_ANYWHERE, RULE_SUBJECT } from;
	struct rule_step *steps;
};

/* What a business term is in each syntax, from its group. NULL: it has none there. */
struct rule_term {
	const char *id, *group;		/* "BT-131", "BG-25"; "" is the document */
	const char *ubl, *cii;
};
extern const struct rule_term rule_terms[];	/* ended by a NULL id */

/*
 * Compile text for the names of tree. group is the term whose node it begins at; NULL: no term. group_of_path, when
 * given, is set to the term that a path ends in. Returns NULL with err when text is no expression.
 */
struct rule_expr *rule_compile(struct arena *a, const struct rule_tree *tree,
    enum rule_syntax syntax, const char *group, struct str text, const char **group_of_path,
    struct err *e);

#endif
