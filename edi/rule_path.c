/* SPDX-License-Identifier: ISC */
/* rule_path.c - paths of rules: terms become the steps that they are in the document's syntax. */
#include "edi/rule_parse.h"

#include <string.h>

static bool parse_steps(struct rule_parser *p, struct rule_step ***tail, const char **group);

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
path_of(const struct rule_parser *p, const struct rule_term *t)
{
	return p->syntax == RULE_UBL ? t->ubl : t->cii;
}

static struct rule_step *
add_step(struct rule_parser *p, struct rule_step ***tail, enum rule_step_kind kind)
{
	struct rule_step *s = arena_new_of(p->a, struct rule_step);

	s->kind = kind;
	**tail = s;
	*tail = &s->next;
	return s;
}

/* Conditions belong to the node that the step leads to: terms in them begin there. */
static bool
parse_conditions(struct rule_parser *p, struct rule_step *s, const char *group)
{
	struct rule_expr **tail = &s->conditions;
	const char *outside = p->group;

	while (*tail != NULL)	/* a term may have some of its own */
		tail = &(*tail)->next;
	while (rule_accept(p, "[")) {
		p->group = group;
		*tail = rule_parse_or(p);
		p->group = outside;
		if (*tail == NULL)
			return false;
		tail = &(*tail)->next;
		if (!rule_accept(p, "]"))
			return rule_bad(p, "no ']'");
	}
	return true;
}

/* The steps of a term, out of the table: its group's first when we are not there. */
static bool
add_term_steps(struct rule_parser *p, const struct rule_term *t, struct rule_step ***tail)
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
begins_here(const struct rule_parser *p, const struct rule_term *t)
{
	while (t != NULL && *t->group != '\0') {
		if (p->group != NULL && strcmp(p->group, t->group) == 0)
			return true;
		t = term_of(str_of(t->group));
	}
	return t != NULL && p->group != NULL && *p->group == '\0';
}

static bool
add_name(struct rule_parser *p, struct rule_step *s, struct str name)
{
	if (name.n == 0)
		return rule_bad(p, "a name is wanted");
	if (s->n_names == RULE_EITHER_MAX)
		return rule_bad(p, "too many names in a step");
	s->names[s->n_names++] = rule_name(p->tree, name);
	return true;
}

static bool
parse_name_step(struct rule_parser *p, struct rule_step ***tail, const char **group)
{
	struct str name = rule_word(p);
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
		name = rule_word(p);
		p->in = str_from(p->in, name.n);
		if (!add_name(p, s, name))
			return false;
	}
	return true;
}

static bool
parse_step(struct rule_parser *p, struct rule_step ***tail, const char **group)
{
	struct rule_step *s;

	if (rule_accept(p, "..")) {
		*group = NULL;
		add_step(p, tail, RULE_PARENT);
	} else if (rule_accept(p, ".")) {
		add_step(p, tail, RULE_SELF);
	} else if (rule_accept(p, "*")) {
		*group = NULL;
		add_step(p, tail, RULE_ANY_CHILD);
	} else if (rule_accept(p, "@")) {
		struct str name = rule_word(p);
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
parse_steps(struct rule_parser *p, struct rule_step ***tail, const char **group)
{
	do {
		if (!parse_step(p, tail, group) || !parse_conditions(p, last_of(*tail), *group))
			return false;
	} while (str_starts(p->in, S("/")) && rule_accept(p, "/"));
	return true;
}

/* "/" alone is the root itself. */
static bool
begins_step(const struct rule_parser *p)
{
	return p->in.n > 0 && (rule_is_name_byte(p->in.p[0]) || str_chr(S(".*@"), p->in.p[0], NULL));
}

struct rule_expr *
rule_parse_path(struct rule_parser *p, const char **group)
{
	struct rule_expr *x = rule_make(p, RULE_PATH, NULL, NULL);
	struct rule_step **tail = &x->steps;
	const struct rule_term *t;
	const char *at = p->group, *end = at;
	bool good = true;

	x->from = RULE_HERE;
	if (rule_accept(p, "//")) {
		x->from = RULE_ANYWHERE;
		p->group = end = NULL;
	} else if (rule_accept(p, "/")) {
		x->from = RULE_ROOT;
		p->group = "";
		end = "";
	} else if (rule_accept(p, "$/")) {
		x->from = RULE_SUBJECT;
		p->group = NULL;
	}
	t = term_of(rule_word(p));
	if (t != NULL) {
		if (x->from == RULE_HERE && !begins_here(p, t))
			x->from = RULE_ROOT;
		p->in = str_from(p->in, strlen(t->id));
		if (x->from == RULE_SUBJECT)
			p->group = t->group;
		end = t->id;
		good = add_term_steps(p, t, &tail) && parse_conditions(p, last_of(tail), t->id) &&
		    (!str_starts(p->in, S("/")) || (rule_accept(p, "/") && parse_steps(p, &tail, &end)));
	} else if (x->from != RULE_ROOT || begins_step(p)) {
		good = parse_steps(p, &tail, &end);
	}
	p->group = at;
	if (group != NULL)
		*group = end;
	return good ? x : NULL;
}
