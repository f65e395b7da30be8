/* SPDX-License-Identifier: ISC */
/*
 * xml_path.c - values by path. The table of paths becomes a tree of steps, and a document is followed along that
 * tree: an element that leads nowhere, and all below it, costs a count.
 */
#include "edi/xml.h"

#include "edi/facts.h"
#include "edi/root.h"

#include <string.h>

struct step {
	struct str local;	/* "@name" of an attribute; "*": any */
	const char *ns;		/* NULL: in none */
	const struct xml_path *opens, *text;
	struct step *up, *first, *next, *attributes;
};

struct reader {
	struct arena *a;
	const struct xml_wants *wants;
	struct edi_facts *f;
	struct xml_doc *doc;
	struct step *at;		/* the step we are in */
	unsigned int depth, idle;	/* elements open; of those, how many lie below the last that matters */
	const struct xml_path *hit;	/* the element whose text is gathered, NULL: none */
	unsigned int hit_depth;
	char text[XML_VALUE_MAX], scheme[XML_SCHEME_MAX];
	size_t text_n, scheme_n;
	bool text_cut;
	xml_take_fn *take;
	void *take_arg;
};

/* ---- the tree of steps ---- */

static const char *
uri_of(const struct xml_wants *wants, struct str prefix)
{
	const struct xml_ns *ns = wants->namespaces;

	while (ns->prefix != NULL && !str_eq(str_of(ns->prefix), prefix))
		ns++;
	return ns->uri;
}

static struct step *
step_at(struct arena *a, const struct xml_wants *wants, struct step *up, struct str name)
{
	bool attribute = str_starts(name, S("@"));
	struct step **list = attribute ? &up->attributes : &up->first, *s;
	const char *ns = NULL;
	size_t colon;

	if (attribute) {
		name = str_from(name, 1);
	} else if (str_chr(name, ':', &colon)) {
		ns = uri_of(wants, str_sub(name, 0, colon));
		name = str_from(name, colon + 1);
	}
	for (s = *list; s != NULL; s = s->next)
		if (str_eq(s->local, name) && s->ns == ns)
			return s;
	s = arena_new_of(a, struct step);
	*s = (struct step){ .local = name, .ns = ns, .up = up };
	while (*list != NULL)
		list = &(*list)->next;
	*list = s;
	return s;
}

static struct step *
steps_of(struct arena *a, const struct xml_wants *wants)
{
	struct step *root = arena_new_of(a, struct step);

	for (const struct xml_path *p = wants->paths; p->path != NULL; p++) {
		struct str rest = str_of(p->path), name;
		struct step *s = root;
		while (rest.n > 0) {
			str_cut(&rest, '/', &name);
			s = step_at(a, wants, s, name);
		}
		if (p->rank >= XML_NAME)
			s->opens = p;
		else
			s->text = p;
	}
	return root;
}

/*
 * A prefix may stand for several namespaces (versions of one standard): the first of them is the step's, and one
 * of the others is as good.
 */
static bool
is_ns(const struct xml_wants *wants, const char *want, struct str ns)
{
	const char *prefix = NULL;

	if (want == NULL)
		return ns.n == 0;
	if (str_eq(ns, str_of(want)))
		return true;
	for (const struct xml_ns *n = wants->namespaces; n->prefix != NULL; n++) {
		if (prefix == NULL && n->uri == want)
			prefix = n->prefix;
		else if (prefix != NULL && strcmp(prefix, n->prefix) == 0 && str_eq(ns, str_of(n->uri)))
			return true;
	}
	return false;
}

static struct step *
step_to(const struct reader *x, struct str local, struct str ns)
{
	struct step *any = NULL;

	for (struct step *s = x->at->first; s != NULL; s = s->next) {
		if (str_eq(s->local, local) && is_ns(x->wants, s->ns, ns))
			return s;
		if (str_eq(s->local, S("*")))
			any = s;
	}
	return any;
}

/* ---- values ---- */

static void
keep(struct reader *x, const struct xml_path *p, struct str text, struct str scheme)
{
	struct xml_value *v = p->slot < XML_SLOTS_MAX ? &x->doc->slot[p->slot] : NULL;

	text = str_trim(text);
	scheme = str_trim(scheme);
	if (x->take != NULL)
		x->take(x->take_arg, p->slot, str_dup(x->a, text), str_dup(x->a, scheme));
	if (v == NULL || text.n == 0 || (v->found && v->rank <= p->rank))
		return;
	if (x->text_cut && x->take == NULL)
		facts_problem(x->a, x->f, (struct edi_place){ 0 }, "value-long", "a value over %d bytes: '%s'",
		    XML_VALUE_MAX, facts_show(x->a, text));
	*v = (struct xml_value){ str_dup(x->a, text), str_dup(x->a, scheme), p->rank, true };
}

static bool
is_scheme(struct str name)
{
	return str_eq(name, S("schemeID")) || str_eq(name, S("unitCode")) ||
	    str_eq(name, S("currency")) || str_eq(name, S("Authority"));
}

static void
take_attributes(struct reader *x, struct xml_attributes *list)
{
	struct xml_attribute at;

	x->scheme_n = 0;
	while (xml_attribute(list, &at)) {
		if (at.ns.n > 0)
			continue;
		if (is_scheme(at.local)) {
			at.value = str_sub(at.value, 0, sizeof(x->scheme));
			memcpy(x->scheme, at.value.p, at.value.n);
			x->scheme_n = at.value.n;
		}
		for (struct step *s = x->at->attributes; s != NULL; s = s->next)
			if (str_eq(s->local, at.local))
				keep(x, s->text, str_sub(at.value, 0, XML_VALUE_MAX), S(""));
	}
}

static void
tell_opening(struct reader *x, const struct xml_path *opens, struct str local)
{
	if (opens != NULL && opens->rank == XML_NAME)
		keep(x, opens, local, S(""));
	else if (opens != NULL && x->take != NULL)
		x->take(x->take_arg, opens->slot, S(""), S(""));
}

static void
enter(struct reader *x, struct str local, struct xml_attributes *attributes)
{
	const struct step *s = x->at;

	x->text_cut = false;
	for (const struct step *any = s->up->first; any != NULL; any = any->next)
		if (any != s && str_eq(any->local, S("*")))
			tell_opening(x, any->opens, local);
	tell_opening(x, s->opens, local);
	if (s->text != NULL || s->attributes != NULL)
		take_attributes(x, attributes);
	if (s->text == NULL)
		return;
	x->hit = s->text;
	x->hit_depth = x->depth;
	x->text_n = 0;
}

static const char *
begin(void *arg, struct str local, struct str ns, struct xml_attributes *attributes)
{
	struct reader *x = arg;
	struct step *s;

	if (++x->depth == 1) {
		x->doc->local = str_dup(x->a, str_sub(local, 0, XML_VALUE_MAX));
		x->doc->ns = str_dup(x->a, str_sub(ns, 0, XML_VALUE_MAX));
		take_attributes(x, attributes);
		return NULL;
	}
	s = x->idle > 0 ? NULL : step_to(x, local, ns);
	if (s == NULL) {
		x->idle++;
		return NULL;
	}
	x->at = s;
	enter(x, local, attributes);
	return NULL;
}

static void
end(void *arg)
{
	struct reader *x = arg;

	if (x->hit != NULL && x->hit_depth == x->depth) {
		keep(x, x->hit, str_make(x->text, x->text_n), str_make(x->scheme, x->scheme_n));
		x->hit = NULL;
	}
	x->depth--;
	if (x->idle > 0)
		x->idle--;
	else if (x->at->up != NULL)
		x->at = x->at->up;
}

static void
text(void *arg, struct str s)
{
	struct reader *x = arg;
	size_t room = sizeof(x->text) - x->text_n, n = s.n < room ? s.n : room;

	if (x->hit == NULL || x->hit_depth != x->depth)
		return;
	memcpy(x->text + x->text_n, s.p, n);
	x->text_n += n;
	x->text_cut |= n < s.n;
}

/* What the root is, also when the parser does not come so far. */
static void
take_root(struct reader *x, struct str in)
{
	char narrow[XML_NARROW_MAX];
	struct xml_root root;

	if (!xml_root_find(xml_narrow(str_sub(in, 0, EDI_HEAD_MAX), narrow, sizeof(narrow)), &root))
		return;
	x->doc->local = str_dup(x->a, str_sub(root.local, 0, XML_VALUE_MAX));
	x->doc->ns = str_dup(x->a, str_sub(root.ns, 0, XML_VALUE_MAX));
}

int
xml_walk(struct arena *a, struct str in, const struct xml_wants *wants, struct edi_facts *f,
    struct xml_doc *out, xml_take_fn *take, void *arg, struct err *e)
{
	static const struct xml_events events = { begin, end, text };
	struct reader *x = arena_get(a, sizeof(*x));

	x->a = a;
	x->wants = wants;
	x->f = f;
	x->doc = out;
	x->take = take;
	x->take_arg = arg;
	x->at = steps_of(a, wants);
	take_root(x, in);
	return xml_parse(a, in, wants->doctype, &events, x, f, e);
}

int
xml_read(struct arena *a, struct str in, const struct xml_wants *wants, struct edi_facts *f,
    struct xml_doc *out, struct err *e)
{
	return xml_walk(a, in, wants, f, out, NULL, NULL, e);
}

int
xml_tell(struct arena *a, struct str in, const struct xml_wants *wants, xml_take_fn *take,
    void *arg, struct err *e)
{
	return xml_walk(a, in, wants, arena_new_of(a, struct edi_facts),
	    arena_new_of(a, struct xml_doc), take, arg, e);
}
