/* SPDX-License-Identifier: ISC */
#include "edi/rule_expr.h"

#include "edi/rule_eval.h"
#include "edi/rule_parse.h"

#include <string.h>

#define NEST_MAX 64

bool
rule_bad(struct rule_parser *p, const char *what)
{
	err_set(p->e, ERR_CONFIG, "rule: %s at '%s'", what, str_cstr(p->a, str_sub(p->in, 0, 40)));
	return false;
}

void
rule_blanks(struct rule_parser *p)
{
	while (p->in.n > 0 && is_space(p->in.p[0]))
		p->in = str_from(p->in, 1);
}

bool
rule_accept(struct rule_parser *p, const char *sign)
{
	rule_blanks(p);
	if (!str_starts(p->in, str_of(sign)))
		return false;
	p->in = str_from(p->in, strlen(sign));
	return true;
}

bool
rule_is_name_byte(char c)
{
	return is_alnum(c) || c == ':' || c == '-' || c == '_' || c == '?';
}

struct str
rule_word(struct rule_parser *p)
{
	size_t n = 0;
	struct str s;

	rule_blanks(p);
	while (n < p->in.n && rule_is_name_byte(p->in.p[n]))
		n++;
	s = str_sub(p->in, 0, n);
	return s;
}

static bool
accept_word(struct rule_parser *p, const char *name)
{
	struct str w = rule_word(p);

	if (!str_eq(w, str_of(name)))
		return false;
	p->in = str_from(p->in, w.n);
	return true;
}

struct rule_expr *
rule_make(struct rule_parser *p, enum rule_op op, struct rule_expr *a, struct rule_expr *b)
{
	struct rule_expr *x = arena_new_of(p->a, struct rule_expr);

	x->op = op;
	x->a = a;
	x->b = b;
	return x;
}

static struct rule_expr *
parse_call(struct rule_parser *p, struct str name)
{
	struct rule_expr *x = rule_make(p, RULE_CALL, NULL, NULL), **tail = &x->a;
	const char *at = p->group;
	unsigned int n = 0;
	int f = rule_function(name);

	if (f < 0) {
		rule_bad(p, "an unknown function");
		return NULL;
	}
	x->function = (unsigned int)f;
	p->in = str_from(p->in, name.n);
	(void)rule_accept(p, "(");
	while (!rule_accept(p, ")")) {
		const char *end = NULL;
		if (n > 0 && !rule_accept(p, ","))
			break;
		rule_blanks(p);
		*tail = rule_parse_or(p);
		if (*tail == NULL)
			return NULL;
		/* the condition of every(path, condition) is of the path's nodes */
		if (n == 0 && rule_function_binds(x->function) && (*tail)->op == RULE_PATH) {
			end = (*tail)->text.p;
			p->group = end;
		}
		tail = &(*tail)->next;
		n++;
	}
	p->group = at;
	if (!rule_function_takes(x->function, n)) {
		rule_bad(p, "a wrong number of arguments before");
		return NULL;
	}
	return x;
}

static struct rule_expr *
parse_text(struct rule_parser *p)
{
	struct rule_expr *x = rule_make(p, RULE_TEXT, NULL, NULL);
	size_t at;

	p->in = str_from(p->in, 1);
	if (!str_chr(p->in, '\'', &at)) {
		rule_bad(p, "no end of a text");
		return NULL;
	}
	x->text = str_sub(p->in, 0, at);
	p->in = str_from(p->in, at + 1);
	return x;
}

static struct rule_expr *
parse_number(struct rule_parser *p)
{
	struct rule_expr *x = rule_make(p, RULE_NUMBER, NULL, NULL);
	size_t n = p->in.p[0] == '-' ? 1 : 0;

	while (n < p->in.n && (is_digit(p->in.p[n]) || p->in.p[n] == '.'))
		n++;
	if (!decimal_read(str_sub(p->in, 0, n), &x->number)) {
		rule_bad(p, "a number is wanted");
		return NULL;
	}
	p->in = str_from(p->in, n);
	return x;
}

static struct rule_expr *
parse_primary(struct rule_parser *p)
{
	struct rule_expr *x;
	const char *group = NULL;
	struct str name;

	rule_blanks(p);
	if (++p->depth > NEST_MAX || p->in.n == 0) {
		rule_bad(p, "something is missing");
		return NULL;
	}
	name = rule_word(p);
	if (rule_accept(p, "(")) {
		x = rule_parse_or(p);
		if (x != NULL && !rule_accept(p, ")")) {
			rule_bad(p, "no ')'");
			x = NULL;
		}
	} else if (p->in.p[0] == '\'') {
		x = parse_text(p);
	} else if (is_digit(p->in.p[0]) || p->in.p[0] == '-') {
		x = parse_number(p);
	} else if (name.n > 0 && str_starts(str_from(p->in, name.n), S("("))) {
		x = parse_call(p, name);
	} else {
		x = rule_parse_path(p, &group);
		if (x != NULL)
			x->text.p = group;	/* for every(); see parse_call() */
	}
	p->depth--;
	return x;
}

static struct rule_expr *
parse_product(struct rule_parser *p)
{
	struct rule_expr *x = parse_primary(p);

	while (x != NULL && rule_accept(p, "*")) {
		struct rule_expr *b = parse_primary(p);
		x = b == NULL ? NULL : rule_make(p, RULE_MUL, x, b);
	}
	return x;
}

static struct rule_expr *
parse_sum(struct rule_parser *p)
{
	struct rule_expr *x = parse_product(p);
	bool minus = false;

	while (x != NULL && (rule_accept(p, "+") || (minus = rule_accept(p, "-")))) {
		struct rule_expr *b = parse_product(p);
		x = b == NULL ? NULL : rule_make(p, minus ? RULE_SUB : RULE_ADD, x, b);
		minus = false;
	}
	return x;
}

static struct rule_expr *
parse_comparison(struct rule_parser *p)
{
	static const struct { const char *sign; enum rule_op op; } signs[] = {
		{ "!=", RULE_NE }, { "<=", RULE_LE }, { ">=", RULE_GE }, { "=", RULE_EQ }, { "<", RULE_LT },
		{ ">", RULE_GT },
	};
	struct rule_expr *x = parse_sum(p), *b;

	for (size_t i = 0; x != NULL && i < N(signs); i++) {
		if (!rule_accept(p, signs[i].sign))
			continue;
		b = parse_sum(p);
		return b == NULL ? NULL : rule_make(p, signs[i].op, x, b);
	}
	return x;
}

static struct rule_expr *
parse_and(struct rule_parser *p)
{
	struct rule_expr *x = parse_comparison(p);

	while (x != NULL && accept_word(p, "and")) {
		struct rule_expr *b = parse_comparison(p);
		x = b == NULL ? NULL : rule_make(p, RULE_AND, x, b);
	}
	return x;
}

struct rule_expr *
rule_parse_or(struct rule_parser *p)
{
	struct rule_expr *x = parse_and(p);

	while (x != NULL && accept_word(p, "or")) {
		struct rule_expr *b = parse_and(p);
		x = b == NULL ? NULL : rule_make(p, RULE_OR, x, b);
	}
	return x;
}

struct rule_expr *
rule_compile(struct arena *a, const struct rule_tree *tree, enum rule_syntax syntax, const char *group,
    struct str text, const char **group_of_path, struct err *e)
{
	struct rule_parser p = { .a = a, .tree = tree, .syntax = syntax, .group = group, .in = text, .e = e };
	struct rule_expr *x = rule_parse_or(&p);

	rule_blanks(&p);
	if (x != NULL && p.in.n > 0) {
		rule_bad(&p, "something is left over");
		return NULL;
	}
	if (group_of_path != NULL)
		*group_of_path = x != NULL && x->op == RULE_PATH ? x->text.p : NULL;
	return x;
}
