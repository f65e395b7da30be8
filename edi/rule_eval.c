/* SPDX-License-Identifier: ISC */
#include "edi/rule_eval.h"

#include <string.h>

struct list {
	rule_item *items;
	size_t n;
};

struct rule_value
rule_make_truth(bool truth)
{
	return (struct rule_value){ .kind = RULE_V_TRUTH, .truth = truth };
}

struct rule_value
rule_make_text(struct str text)
{
	return (struct rule_value){ .kind = RULE_V_TEXT, .text = text };
}

struct rule_value
rule_make_number(struct decimal d, bool good)
{
	return (struct rule_value){ .kind = RULE_V_NUMBER, .number = d, .good = good };
}

struct str
rule_item_text(const struct rule_run *r, rule_item item)
{
	return item & RULE_IS_ATTRIBUTE ? r->tree->attributes[item & ~RULE_IS_ATTRIBUTE].value :
	    str_trim(r->tree->nodes[item].text);
}

struct str
rule_text(const struct rule_run *r, const struct rule_value *v)
{
	if (v->kind == RULE_V_ITEMS)
		return v->n > 0 ? rule_item_text(r, v->items[0]) : S("");
	if (v->kind == RULE_V_TEXT)
		return v->text;
	if (v->kind == RULE_V_NUMBER)
		return v->good ? decimal_text(r->a, v->number, 0) : S("");
	return v->truth ? S("true") : S("false");
}

/* A comma is no mark in XML. */
static bool
read_number(struct str s, struct decimal *out)
{
	s = str_trim(s);
	return !str_chr(s, ',', NULL) && decimal_read(s, out);
}

bool
rule_number(const struct rule_run *r, const struct rule_value *v, struct decimal *out)
{
	if (v->kind == RULE_V_NUMBER) {
		*out = v->number;
		return v->good;
	}
	return read_number(rule_text(r, v), out);
}

bool
rule_truth(const struct rule_value *v)
{
	switch (v->kind) {
	case RULE_V_ITEMS:
		return v->n > 0;
	case RULE_V_TEXT:
		return v->text.n > 0;
	case RULE_V_NUMBER:
		return v->good && v->number.n != 0;
	default:
		return v->truth;
	}
}

/* ---- paths ---- */

static void
push(struct rule_run *r, struct list *l, rule_item item)
{
	if (r->work >= RULE_WORK_MAX)
		return;
	if (l->n == 0) {
		l->items = arena_get_array(r->a, 4, sizeof(*l->items));
	} else if (l->n >= 4 && (l->n & (l->n - 1)) == 0) {
		rule_item *bigger = arena_get_array(r->a, 2 * l->n, sizeof(*bigger));
		memcpy(bigger, l->items, l->n * sizeof(*bigger));
		l->items = bigger;
	}
	l->items[l->n++] = item;
}

static bool
has_name(const struct rule_step *s, uint32_t name)
{
	for (unsigned int i = 0; i < s->n_names; i++)
		if (s->names[i] == name && name != 0)
			return true;
	return false;
}

static void
step_from(struct rule_run *r, const struct rule_step *s, rule_item from, struct list *to)
{
	const struct rule_tree *t = r->tree;

	if (s->kind == RULE_SELF) {
		push(r, to, from);
		return;
	}
	if (from & RULE_IS_ATTRIBUTE)
		return;
	if (s->kind == RULE_PARENT) {
		if (t->nodes[from].parent != RULE_NONE)
			push(r, to, t->nodes[from].parent);
		return;
	}
	if (s->kind == RULE_ATTRIBUTE) {
		for (uint32_t i = t->nodes[from].attributes; i != RULE_NONE; i = t->attributes[i].next)
			if (has_name(s, t->attributes[i].name))
				push(r, to, i | RULE_IS_ATTRIBUTE);
		return;
	}
	for (uint32_t i = t->nodes[from].first; i != RULE_NONE; i = t->nodes[i].next) {
		r->work++;
		if (s->kind == RULE_ANY_CHILD || has_name(s, t->nodes[i].name))
			push(r, to, i);
	}
}

/* A number picks one, anything else is asked of each. */
static struct list
filter(struct rule_run *r, struct list in, const struct rule_expr *condition)
{
	struct list out = { NULL, 0 };
	rule_item here = r->here;

	if (condition->op == RULE_NUMBER) {
		size_t nth = (size_t)condition->number.n;
		if (nth >= 1 && nth <= in.n)
			push(r, &out, in.items[nth - 1]);
		return out;
	}
	for (size_t i = 0; i < in.n; i++) {
		struct rule_value v;
		r->here = in.items[i];
		r->work++;
		v = rule_eval(r, condition);
		if (rule_truth(&v))
			push(r, &out, in.items[i]);
	}
	r->here = here;
	return out;
}

/* Conditions are asked of what one node's step leads to: [1] is the first of each. */
static struct list
walk(struct rule_run *r, struct list at, const struct rule_step *s)
{
	for (; s != NULL; s = s->next) {
		struct list next = { NULL, 0 };
		for (size_t i = 0; i < at.n; i++) {
			struct list one = { NULL, 0 };
			step_from(r, s, at.items[i], s->conditions == NULL ? &next : &one);
			for (const struct rule_expr *c = s->conditions; c != NULL; c = c->next)
				one = filter(r, one, c);
			for (size_t j = 0; j < one.n; j++)
				push(r, &next, one.items[j]);
		}
		at = next;
	}
	return at;
}

/* Every node of the first step's names, by the lists that the tree keeps. */
static struct list
anywhere(struct rule_run *r, const struct rule_step *s)
{
	struct list found = { NULL, 0 };

	for (unsigned int i = 0; i < s->n_names; i++)
		for (uint32_t n = s->names[i] == 0 ? RULE_NONE : r->tree->heads[s->names[i]]; n != RULE_NONE;
		    n = r->tree->nodes[n].same) {
			r->work++;
			push(r, &found, n);
		}
	for (const struct rule_expr *c = s->conditions; c != NULL; c = c->next)
		found = filter(r, found, c);
	return found;
}

static struct rule_value
eval_path(struct rule_run *r, const struct rule_expr *x)
{
	rule_item first = x->from == RULE_HERE ? r->here : x->from == RULE_SUBJECT ? r->subject : r->tree->nodes[0].first;
	struct list at = { &first, 1 };

	if (x->from == RULE_ANYWHERE)
		at = walk(r, anywhere(r, x->steps), x->steps->next);
	else if (x->steps == NULL) {
		at = (struct list){ NULL, 0 };
		push(r, &at, first);
	} else
		at = walk(r, at, x->steps);
	return (struct rule_value){ .kind = RULE_V_ITEMS, .items = at.items, .n = at.n };
}

/* ---- comparisons ---- */

static bool
holds(enum rule_op op, int order)
{
	switch (op) {
	case RULE_EQ:
		return order == 0;
	case RULE_NE:
		return order != 0;
	case RULE_LT:
		return order < 0;
	case RULE_LE:
		return order <= 0;
	case RULE_GT:
		return order > 0;
	default:
		return order >= 0;
	}
}

/* As numbers when one side is a number, or both can be read as such and neither is a text of the rule's. */
static bool
compare_one(struct rule_run *r, enum rule_op op, const struct rule_value *a,
    const struct rule_value *b)
{
	bool must = a->kind == RULE_V_NUMBER || b->kind == RULE_V_NUMBER;
	bool may = must || (a->kind != RULE_V_TEXT && b->kind != RULE_V_TEXT) ||
	    (op != RULE_EQ && op != RULE_NE);
	struct decimal x, y;
	int order;

	if (may && rule_number(r, a, &x) && rule_number(r, b, &y))
		return decimal_cmp(x, y, &order) && holds(op, order);
	if (must)
		return false;
	return holds(op, str_cmp(rule_text(r, a), rule_text(r, b)));
}

static bool
compare(struct rule_run *r, enum rule_op op, const struct rule_value *a, const struct rule_value *b)
{
	struct rule_value one = { .kind = RULE_V_ITEMS, .n = 1 };

	if (a->kind == RULE_V_TRUTH || b->kind == RULE_V_TRUTH)
		return holds(op, rule_truth(a) - rule_truth(b));
	if (a->kind == RULE_V_ITEMS && a->n != 1) {
		for (size_t i = 0; i < a->n; i++) {
			one.items = &a->items[i];
			if (compare(r, op, &one, b))
				return true;
		}
		return false;
	}
	if (b->kind == RULE_V_ITEMS && b->n != 1) {
		for (size_t i = 0; i < b->n; i++) {
			one.items = &b->items[i];
			if (compare(r, op, a, &one))
				return true;
		}
		return false;
	}
	r->work++;
	return compare_one(r, op, a, b);
}

static struct rule_value
arithmetic(struct rule_run *r, enum rule_op op, const struct rule_value *a,
    const struct rule_value *b)
{
	struct decimal x, y, z = { 0, 0 };
	bool good = rule_number(r, a, &x) && rule_number(r, b, &y) &&
	    (op == RULE_ADD ? decimal_add(x, y, &z) : op == RULE_SUB ? decimal_sub(x, y, &z) : decimal_mul(x, y, &z));

	return rule_make_number(z, good);
}

struct rule_value
rule_eval(struct rule_run *r, const struct rule_expr *x)
{
	struct rule_value a, b;

	switch (x->op) {
	case RULE_NUMBER:
		return rule_make_number(x->number, true);
	case RULE_TEXT:
		return rule_make_text(x->text);
	case RULE_PATH:
		return eval_path(r, x);
	case RULE_CALL:
		return rule_call(r, x->function, x->a);
	default:
		break;
	}
	a = rule_eval(r, x->a);
	if ((x->op == RULE_OR && rule_truth(&a)) || (x->op == RULE_AND && !rule_truth(&a)))
		return rule_make_truth(x->op == RULE_OR);
	b = rule_eval(r, x->b);
	if (x->op == RULE_OR || x->op == RULE_AND)
		return rule_make_truth(rule_truth(&b));
	if (x->op >= RULE_ADD)
		return arithmetic(r, x->op, &a, &b);
	return rule_make_truth(compare(r, x->op, &a, &b));
}
