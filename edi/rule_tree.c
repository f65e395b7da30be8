/* SPDX-License-Identifier: ISC */
#include "edi/rule_tree.h"

#include <string.h>

#define HASH_SIZE (2u * RULE_NAMES_MAX)
#define FIRST	  1024u
#define TEXT_MAX  (8u << 20)	/* own text of an element, in all its pieces */
#define PLACE_MAX 32		/* steps shown */

struct building {
	struct rule_tree *t;
	uint32_t at;		/* the element we are in */
	struct str uri;		/* of the last element, and its prefix */
	struct str prefix;
	size_t text_room;	/* of the element we are in: bytes behind its text that are free */
};

static uint32_t
hash_of(struct str s)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 16777619u;
	return h;
}

/* Where the name is in the table, or the free place for it. */
static uint32_t *
slot_of(const struct rule_tree *t, struct str name)
{
	uint32_t i = hash_of(name) % HASH_SIZE;

	while (t->table[i] != 0 && !str_eq(t->names[t->table[i]], name))
		i = (i + 1) % HASH_SIZE;
	return &t->table[i];
}

uint32_t
rule_name(const struct rule_tree *t, struct str name)
{
	return *slot_of(t, name);
}

static uint32_t
intern(struct rule_tree *t, struct str name)
{
	uint32_t *slot = slot_of(t, name);

	if (*slot == 0 && t->n_names < RULE_NAMES_MAX) {
		t->names[t->n_names] = str_dup(t->a, name);
		*slot = t->n_names++;
	}
	return *slot;
}

static void *
grown(struct arena *a, void *items, uint32_t n, size_t size)
{
	void *bigger;

	if (n < FIRST || (n & (n - 1)) != 0)
		return items;
	bigger = arena_get_array(a, 2 * (size_t)n, size);
	memcpy(bigger, items, n * size);
	return bigger;
}

static struct str
prefix_of(struct building *b, struct str ns)
{
	const struct xml_ns *n = b->t->namespaces;

	if (str_eq(ns, b->uri))
		return b->prefix;
	while (n->prefix != NULL && !str_eq(str_of(n->uri), ns))
		n++;
	b->uri = str_dup(b->t->a, ns);
	b->prefix = n->prefix != NULL ? str_of(n->prefix) : ns.n > 0 ? S("?") : S("");
	return b->prefix;
}

/* "prefix:local" in a place of the stack; names of over 200 bytes are cut, and then fit nothing. */
static uint32_t
name_of(struct rule_tree *t, struct str prefix, const char *gap, struct str local)
{
	char text[256];
	size_t n = 0;

	memcpy(text, prefix.p, prefix.n);
	n += prefix.n;
	if (*gap != '\0')
		text[n++] = *gap;
	local = str_sub(local, 0, 200);
	memcpy(text + n, local.p, local.n);
	return intern(t, str_make(text, n + local.n));
}

static void
link_node(struct rule_tree *t, uint32_t node, uint32_t parent, uint32_t name)
{
	struct rule_node *up = &t->nodes[parent];

	t->nodes[node] = (struct rule_node){ .name = name, .parent = parent, .text = S("") };
	if (up->first == RULE_NONE)
		up->first = node;
	else
		t->nodes[up->last].next = node;
	up->last = node;
	if (t->heads[name] == RULE_NONE)
		t->heads[name] = node;
	else
		t->nodes[t->tails[name]].same = node;
	t->tails[name] = node;
}

static void
take_attributes(struct rule_tree *t, uint32_t node, struct xml_attributes *list)
{
	struct xml_attribute at;

	while (xml_attribute(list, &at)) {
		if (at.ns.n > 0)
			continue;
		t->attributes = grown(t->a, t->attributes, t->n_attributes, sizeof(*t->attributes));
		t->attributes[t->n_attributes] = (struct rule_attribute){ name_of(t, S("@"), "", at.local),
			t->nodes[node].attributes, str_dup(t->a, str_trim(at.value)) };
		t->nodes[node].attributes = t->n_attributes++;
	}
}

static const char *
begin(void *arg, struct str local, struct str ns, struct xml_attributes *attributes)
{
	struct building *b = arg;
	struct rule_tree *t = b->t;
	struct str prefix = prefix_of(b, ns);
	uint32_t name = name_of(t, prefix, prefix.n > 0 ? ":" : "", local), node = t->n_nodes;

	if (node >= RULE_NODES_MAX || name == 0)
		return "over 1,000,000 elements or 4,096 names";
	t->nodes = grown(t->a, t->nodes, t->n_nodes, sizeof(*t->nodes));
	t->n_nodes++;
	link_node(t, node, b->at, name);
	take_attributes(t, node, attributes);
	b->at = node;
	b->text_room = 0;
	return NULL;
}

static void
end(void *arg)
{
	struct building *b = arg;

	b->at = b->t->nodes[b->at].parent;
	b->text_room = 0;
}

/* Pieces are gathered in a buffer that doubles. Text behind an element within is none: these formats do not mix. */
static void
text(void *arg, struct str s)
{
	struct building *b = arg;
	struct rule_node *n = &b->t->nodes[b->at];
	char *to;

	if ((n->text.n == 0 && str_trim(s).n == 0) || n->text.n + s.n > TEXT_MAX || n->first != RULE_NONE)
		return;
	if (b->text_room < s.n) {
		to = arena_get(b->t->a, 2 * n->text.n + s.n + 16);
		memcpy(to, n->text.p, n->text.n);
		b->text_room = n->text.n + s.n + 16;
		n->text.p = to;
	}
	memcpy((char *)(uintptr_t)n->text.p + n->text.n, s.p, s.n);
	n->text.n += s.n;
	b->text_room -= s.n;
}

static void
start(struct rule_tree *t, struct arena *a, const struct xml_ns *namespaces)
{
	*t = (struct rule_tree){
		.a = a, .namespaces = namespaces, .n_nodes = 1, .n_attributes = 1, .n_names = 1
	};
	t->nodes = arena_get_array(a, FIRST, sizeof(*t->nodes));
	t->attributes = arena_get_array(a, FIRST, sizeof(*t->attributes));
	t->names = arena_get_array(a, RULE_NAMES_MAX, sizeof(*t->names));
	t->heads = arena_get_array(a, RULE_NAMES_MAX, sizeof(*t->heads));
	t->tails = arena_get_array(a, RULE_NAMES_MAX, sizeof(*t->tails));
	t->table = arena_get_array(a, HASH_SIZE, sizeof(*t->table));
	t->nodes[0].text = S("");
}

int
rule_tree_read(struct arena *a, struct str in, const struct xml_ns *namespaces,
    struct rule_tree *out, struct err *e)
{
	static const struct xml_events events = { begin, end, text };
	struct building b = { .t = out, .uri = S("\n") };
	struct edi_facts f = { .n_problems = 0 };

	if (in.n > RULE_BYTES_MAX)
		return err_set(e, ERR_INPUT, "%zu bytes, want at most %u to check its rules", in.n, RULE_BYTES_MAX);
	start(out, a, namespaces);
	if (xml_parse(a, in, NULL, &events, &b, &f, e) == -1)
		return -1;
	if (f.n_problems > 0)
		return err_set(e, ERR_INPUT, STR_FMT, STR_ARG(f.problems[0].text));
	return 0;
}

/* Which of its brothers of that name, from 1; 0 when it is the only one. */
static unsigned int
place_among(const struct rule_tree *t, uint32_t node)
{
	unsigned int before = 1, all = 0;

	for (uint32_t i = t->nodes[t->nodes[node].parent].first; i != RULE_NONE; i = t->nodes[i].next) {
		if (t->nodes[i].name != t->nodes[node].name)
			continue;
		all++;
		before += i < node;
	}
	return all > 1 ? before : 0;
}

struct str
rule_place(struct arena *a, const struct rule_tree *t, uint32_t node)
{
	uint32_t steps[PLACE_MAX];
	struct str s = S("");
	int n = 0;

	for (; node != RULE_NONE && n < PLACE_MAX; node = t->nodes[node].parent)
		steps[n++] = node;
	while (n-- > 0) {
		unsigned int nth = place_among(t, steps[n]);
		struct str name = t->names[t->nodes[steps[n]].name];
		if (str_starts(name, S("?:")))
			name = str_from(name, 2);
		s = nth == 0 ? str_fmt(a, STR_FMT "/" STR_FMT, STR_ARG(s), STR_ARG(name)) :
		    str_fmt(a, STR_FMT "/" STR_FMT "[%u]", STR_ARG(s), STR_ARG(name), nth);
	}
	return s.n > 0 ? s : S("/");
}
