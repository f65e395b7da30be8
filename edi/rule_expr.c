/* SPDX-License-Identifier: ISC */
#include "edi/rule_expr.h"

#include "edi/rule_eval.h"

#include <string.h>

#define NEST_MAX 64

struct parser {
	struct arena *a;
	const struct rule_tree *tree;
	enum rule_syntax syntax;
	const char *group;	/* the term whose node we are at; NULL: none */
	struct str in;
	struct err *e;
	unsigned int depth;
};

static struct rule_expr *parse_or(struct parser *p);
static bool parse_steps(struct parser *p, struct rule_step ***tail, const char **group);

static bool
bad(struct parser *p, const char *what)
{
	err_set(p->e, ERR_CONFIG, "rule: %s at '%s'", what, str_cstr(p->a, str_sub(p->in, 0, 40)));
	return false;
}

static void
blanks(struct parser *p)
{
	while (p->in.n > 0 && is_space(p->in.p[0]))
		p->in = str_from(p->in, 1);
}

static bool
accept(struct parser *p, const char *sign)
{
	blanks(p);
	if (!str_starts(p->in, str_of(sign)))
		return false;
	p->in = str_from(p->in, strlen(sign));
	return true;
}

static bool
is_name_byte(char c)
{
	return is_alnum(c) || c == ':' || c == '-' || c == '_' || c == '?';
}

static struct str
word(struct parser *p)
{
	size_t n = 0;
	struct str s;

	blanks(p);
	while (n < p->in.n && is_name_byte(p->in.p[n]))
		n++;
	s = str_sub(p->in, 0, n);
	return s;
}

static bool
accept_word(struct parser *p, const char *name)
{
	struct str w = word(p);

	if (!str_eq(w, str_of(name)))
		return false;
	p->in = str_from(p->in, w.n);
	return true;
}

static struct rule_expr *
make(struct parser *p, enum rule_op op, struct rule_expr *a, struct rule_expr *b)
{
	struct rule_expr *x = arena_new_of(p->a, struct rule_expr);

	x->op = op;
	x->a = a;
	x->b = b;
	return x;
}

static const struct rule_term *
term_of(struct str id)
{
	if (!str_starts(id, S("B")))
		return NULL;
	for (const struct rule_term *t = rule_terms; t->id != NULL; t++)
		if (str_eq(id, str_of(t->id)))
			return t;
	return NULL;
}

static const char *
path_of(const struct parser *p, const struct rule_term *t)
{
	return p->syntax == RULE_UBL ? t->ubl : t->cii;
}

/* ---- paths ---- */

static struct rule_step *
add_step(struct parser *p, struct rule_step ***tail, enum rule_step_kind kind)
{
	struct rule_step *s = arena_new_of(p->a, struct rule_step);

	s->kind = kind;
	**tail = s;
	*tail = &s->next;
	return s;
}

/* Conditions belong to the node that the step leads to: terms in them begin there. */
static bool
parse_conditions(struct parser *p, struct rule_step *s, const char *group)
{
	struct rule_expr **tail = &s->conditions;
	const char *outside = p->group;

	while (*tail != NULL)	/* a term may have some of its own */
		tail = &(*tail)->next;
	while (accept(p, "[")) {
		p->group = group;
		*tail = parse_or(p);
		p->group = outside;
		if (*tail == NULL)
			return false;
		tail = &(*tail)->next;
		if (!accept(p, "]"))
			return bad(p, "no ']'");
	}
	return true;
}

/* The steps of a term, out of the table: its group's first when we are not there. */
static bool
add_term_steps(struct parser *p, const struct rule_term *t, struct rule_step ***tail)
{
	struct str outside = p->in;
	const char *path = path_of(p, t), *unused = NULL;
	bool good;

	if (*t->group != '\0' && (p->group == NULL || strcmp(p->group, t->group) != 0)) {
		const struct rule_term *up = term_of(str_of(t->group));
		if (up == NULL || !add_term_steps(p, up, tail))
			return false;
	}
	p->in = str_of(path == NULL ? "none" : path);
	good = *p->in.p == '\0' || parse_steps(p, tail, &unused);
	p->in = outside;
	return good;
}

/* Does the way from the term up to the document pass the group that we are at? */
static bool
begins_here(const struct parser *p, const struct rule_term *t)
{
	while (t != NULL && *t->group != '\0') {
		if (p->group != NULL && strcmp(p->group, t->group) == 0)
			return true;
		t = term_of(str_of(t->group));
	}
	return t != NULL && p->group != NULL && *p->group == '\0';
}

static bool
add_name(struct parser *p, struct rule_step *s, struct str name)
{
	if (name.n == 0)
		return bad(p, "a name is wanted");
	if (s->n_names == RULE_EITHER_MAX)
		return bad(p, "too many names in a step");
	s->names[s->n_names++] = rule_name(p->tree, name);
	return true;
}

static bool
parse_name_step(struct parser *p, struct rule_step ***tail, const char **group)
{
	struct str name = word(p);
	const struct rule_term *t = term_of(name);
	struct rule_step *s;

	p->in = str_from(p->in, name.n);
	if (t != NULL) {
		const char *at = p->group;
		p->group = *group;	/* where the steps before have led to */
		if (!begins_here(p, t))
			p->group = t->group;
		if (!add_term_steps(p, t, tail))
			return false;
		p->group = at;
		*group = t->id;
		return true;
	}
	*group = NULL;
	s = add_step(p, tail, RULE_CHILD);
	if (!add_name(p, s, name))
		return false;
	while (str_starts(p->in, S("|"))) {
		p->in = str_from(p->in, 1);
		name = word(p);
		p->in = str_from(p->in, name.n);
		if (!add_name(p, s, name))
			return false;
	}
	return true;
}

static bool
parse_step(struct parser *p, struct rule_step ***tail, const char **group)
{
	struct rule_step *s;

	if (accept(p, "..")) {
		*group = NULL;
		add_step(p, tail, RULE_PARENT);
	} else if (accept(p, ".")) {
		add_step(p, tail, RULE_SELF);
	} else if (accept(p, "*")) {
		*group = NULL;
		add_step(p, tail, RULE_ANY_CHILD);
	} else if (accept(p, "@")) {
		struct str name = word(p);
		*group = NULL;
		s = add_step(p, tail, RULE_ATTRIBUTE);
		p->in = str_from(p->in, name.n);
		return add_name(p, s, str_cat(p->a, S("@"), name));
	} else {
		return parse_name_step(p, tail, group);
	}
	return true;
}

/* The step that tail points behind. */
static struct rule_step *
last_of(struct rule_step **tail)
{
	return (struct rule_step *)(void *)((char *)tail - offsetof(struct rule_step, next));
}

/* group is the term that the steps before end in; it becomes the one that these do. */
static bool
parse_steps(struct parser *p, struct rule_step ***tail, const char **group)
{
	do {
		if (!parse_step(p, tail, group) || !parse_conditions(p, last_of(*tail), *group))
			return false;
	} while (str_starts(p->in, S("/")) && accept(p, "/"));
	return true;
}

/* "/" alone is the root itself. */
static bool
begins_step(const struct parser *p)
{
	return p->in.n > 0 && (is_name_byte(p->in.p[0]) || str_chr(S(".*@"), p->in.p[0], NULL));
}

static struct rule_expr *
parse_path(struct parser *p, const char **group)
{
	struct rule_expr *x = make(p, RULE_PATH, NULL, NULL);
	struct rule_step **tail = &x->steps;
	const struct rule_term *t;
	const char *at = p->group, *end = at;
	bool good = true;

	x->from = RULE_HERE;
	if (accept(p, "//")) {
		x->from = RULE_ANYWHERE;
		p->group = end = NULL;
	} else if (accept(p, "/")) {
		x->from = RULE_ROOT;
		p->group = "";
		end = "";
	} else if (accept(p, "$/")) {
		x->from = RULE_SUBJECT;
		p->group = NULL;
	}
	t = term_of(word(p));
	if (t != NULL) {
		if (x->from == RULE_HERE && !begins_here(p, t))
			x->from = RULE_ROOT;
		p->in = str_from(p->in, strlen(t->id));
		if (x->from == RULE_SUBJECT)
			p->group = t->group;
		end = t->id;
		good = add_term_steps(p, t, &tail) && parse_conditions(p, last_of(tail), t->id) &&
		    (!str_starts(p->in, S("/")) || (accept(p, "/") && parse_steps(p, &tail, &end)));
	} else if (x->from != RULE_ROOT || begins_step(p)) {
		good = parse_steps(p, &tail, &end);
	}
	p->group = at;
	if (group != NULL)
		*group = end;
	return good ? x : NULL;
}

/* ---- the rest ---- */

static struct rule_expr *
parse_call(struct parser *p, struct str name)
{
	struct rule_expr *x = make(p, RULE_CALL, NULL, NULL), **tail = &x->a;
	const char *at = p->group;
	unsigned int n = 0;
	int f = rule_function(name);

	if (f < 0) {
		bad(p, "an unknown function");
		return NULL;
	}
	x->function = (unsigned int)f;
	p->in = str_from(p->in, name.n);
	(void)accept(p, "(");
	while (!accept(p, ")")) {
		const char *end = NULL;
		if (n > 0 && !accept(p, ","))
			break;
		blanks(p);
		*tail = parse_or(p);
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
		bad(p, "a wrong number of arguments before");
		return NULL;
	}
	return x;
}

static struct rule_expr *
parse_text(struct parser *p)
{
	struct rule_expr *x = make(p, RULE_TEXT, NULL, NULL);
	size_t at;

	p->in = str_from(p->in, 1);
	if (!str_chr(p->in, '\'', &at)) {
		bad(p, "no end of a text");
		return NULL;
	}
	x->text = str_sub(p->in, 0, at);
	p->in = str_from(p->in, at + 1);
	return x;
}

static struct rule_expr *
parse_number(struct parser *p)
{
	struct rule_expr *x = make(p, RULE_NUMBER, NULL, NULL);
	size_t n = p->in.p[0] == '-' ? 1 : 0;

	while (n < p->in.n && (is_digit(p->in.p[n]) || p->in.p[n] == '.'))
		n++;
	if (!decimal_read(str_sub(p->in, 0, n), &x->number)) {
		bad(p, "a number is wanted");
		return NULL;
	}
	p->in = str_from(p->in, n);
	return x;
}

static struct rule_expr *
parse_primary(struct parser *p)
{
	struct rule_expr *x;
	const char *group = NULL;
	struct str name;

	blanks(p);
	if (++p->depth > NEST_MAX || p->in.n == 0) {
		bad(p, "something is missing");
		return NULL;
	}
	name = word(p);
	if (accept(p, "(")) {
		x = parse_or(p);
		if (x != NULL && !accept(p, ")")) {
			bad(p, "no ')'");
			x = NULL;
		}
	} else if (p->in.p[0] == '\'') {
		x = parse_text(p);
	} else if (is_digit(p->in.p[0]) || p->in.p[0] == '-') {
		x = parse_number(p);
	} else if (name.n > 0 && str_starts(str_from(p->in, name.n), S("("))) {
		x = parse_call(p, name);
	} else {
		x = parse_path(p, &group);
		if (x != NULL)
			x->text.p = group;	/* for every(); see parse_call() */
	}
	p->depth--;
	return x;
}

static struct rule_expr *
parse_product(struct parser *p)
{
	struct rule_expr *x = parse_primary(p);

	while (x != NULL && accept(p, "*")) {
		struct rule_expr *b = parse_primary(p);
		x = b == NULL ? NULL : make(p, RULE_MUL, x, b);
	}
	return x;
}

static struct rule_expr *
parse_sum(struct parser *p)
{
	struct rule_expr *x = parse_product(p);
	bool minus = false;

	while (x != NULL && (accept(p, "+") || (minus = accept(p, "-")))) {
		struct rule_expr *b = parse_product(p);
		x = b == NULL ? NULL : make(p, minus ? RULE_SUB : RULE_ADD, x, b);
		minus = false;
	}
	return x;
}

static struct rule_expr *
parse_comparison(struct parser *p)
{
	static const struct { const char *sign; enum rule_op op; } signs[] = {
		{ "!=", RULE_NE }, { "<=", RULE_LE }, { ">=", RULE_GE }, { "=", RULE_EQ }, { "<", RULE_LT },
		{ ">", RULE_GT },
	};
	struct rule_expr *x = parse_sum(p), *b;

	for (size_t i = 0; x != NULL && i < N(signs); i++) {
		if (!accept(p, signs[i].sign))
			continue;
		b = parse_sum(p);
		return b == NULL ? NULL : make(p, signs[i].op, x, b);
	}
	return x;
}

static struct rule_expr *
parse_and(struct parser *p)
{
	struct rule_expr *x = parse_comparison(p);

	while (x != NULL && accept_word(p, "and")) {
		struct rule_expr *b = parse_comparison(p);
		x = b == NULL ? NULL : make(p, RULE_AND, x, b);
	}
	return x;
}

static struct rule_expr *
parse_or(struct parser *p)
{
	struct rule_expr *x = parse_and(p);

	while (x != NULL && accept_word(p, "or")) {
		struct rule_expr *b = parse_and(p);
		x = b == NULL ? NULL : make(p, RULE_OR, x, b);
	}
	return x;
}

struct rule_expr *
rule_compile(struct arena *a, const struct rule_tree *tree, enum rule_syntax syntax, const char *group,
    struct str text, const char **group_of_path, struct err *e)
{
	struct parser p = { .a = a, .tree = tree, .syntax = syntax, .group = group, .in = text, .e = e };
	struct rule_expr *x = parse_or(&p);

	blanks(&p);
	if (x != NULL && p.in.n > 0) {
		bad(&p, "something is left over");
		return NULL;
	}
	if (group_of_path != NULL)
		*group_of_path = x != NULL && x->op == RULE_PATH ? x->text.p : NULL;
	return x;
}
