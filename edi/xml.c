/* SPDX-License-Identifier: ISC */
/*
 * xml.c - libxml2's SAX2 push parser behind a table of paths.
 *
 * The safety of it: the handler table below has no entityDecl, no getEntity, no resolveEntity and no externalSubset,
 * so nothing of a DTD is ever stored, looked up or fetched; a DOCTYPE stops the parser before its subset is read.
 * XML_PARSE_NOENT, HUGE and DTDLOAD are never set: libxml2's own limits (depth 256, 10 MB of markup without an end)
 * stay. Errors go to our handler, of this parser only; no global of libxml2 is changed.
 */
#include "edi/xml.h"

#include "edi/facts.h"
#include "edi/root.h"

#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <stdio.h>
#include <string.h>

#define CHUNK	 16384u
#define PATH_MAX_BYTES 512u	/* longer than any path asked for */
#define MESSAGE_MAX 160u	/* of libxml2's error texts */

struct reader {
	struct arena *a;
	const struct xml_wants *wants;
	struct edi_facts *f;
	struct xml_doc *doc;
	struct str in;
	xmlParserCtxtPtr ctxt;
	char path[PATH_MAX_BYTES];	/* of the element we are in, below the root */
	size_t path_n;
	unsigned int depth;		/* elements open */
	unsigned int idle;		/* of those, how many lie below the last one that matters */
	const struct xml_path *hit;	/* the element whose text is gathered, NULL: none */
	unsigned int hit_depth;
	char text[XML_VALUE_MAX];
	size_t text_n;
	bool text_cut;
	char scheme[XML_SCHEME_MAX];
	size_t scheme_n;
	bool stopped;
	xml_take_fn *take;		/* NULL: values go to the slots of doc */
	void *take_arg;
};

static uint64_t
offset_of(const struct reader *x)
{
	long at = xmlByteConsumed(x->ctxt);

	return at < 0 ? 0 : (size_t)at > x->in.n ? x->in.n : (uint64_t)at;
}

static struct str
str_of_xml(const xmlChar *s)
{
	return str_of((const char *)s);
}

static void
stop(struct reader *x, const char *code, const char *text)
{
	if (x->stopped)
		return;
	x->stopped = true;
	facts_problem(x->a, x->f, (struct edi_place){ .offset = offset_of(x) }, code, "%s", text);
	xmlStopParser(x->ctxt);
}

/* The prefix that the format's paths use for a namespace; "?" for one it does not know. */
static const char *
prefix_of(const struct reader *x, const xmlChar *uri)
{
	const struct xml_ns *ns;

	for (ns = x->wants->namespaces; ns->prefix != NULL; ns++)
		if (uri != NULL && strcmp(ns->uri, (const char *)uri) == 0)
			return ns->prefix;
	return "?";
}

/* Add "/prefix:name" to the path; false when it gets longer than any that is asked for. */
static bool
path_push(struct reader *x, const xmlChar *local, const xmlChar *uri)
{
	int n = snprintf(x->path + x->path_n, sizeof(x->path) - x->path_n, "%s%s:%s", x->path_n > 0 ? "/" : "",
	    prefix_of(x, uri), (const char *)local);

	if (n < 0 || (size_t)n >= sizeof(x->path) - x->path_n) {
		x->path[x->path_n] = '\0';
		return false;
	}
	x->path_n += (size_t)n;
	return true;
}

static void
path_pop(struct reader *x)
{
	while (x->path_n > 0 && x->path[x->path_n - 1] != '/')
		x->path_n--;
	if (x->path_n > 0)
		x->path_n--;
	x->path[x->path_n] = '\0';
}

/* Is the path one that is asked for (then *hit), or does it lead to one? */
static bool
path_matters(const struct reader *x, const struct xml_path **hit)
{
	bool leads = false;

	*hit = NULL;
	for (const struct xml_path *p = x->wants->paths; p->path != NULL; p++) {
		if (strncmp(p->path, x->path, x->path_n) != 0)
			continue;
		if (p->path[x->path_n] == '\0')
			*hit = p;
		else if (p->path[x->path_n] == '/')
			leads = true;
	}
	return leads || *hit != NULL;
}

/* libxml2 gives an attribute as five pointers: local name, prefix, URI, value, end of value. */
static void
take_scheme(struct reader *x, int n, const xmlChar **attributes)
{
	x->scheme_n = 0;
	for (int i = 0; i < n; i++, attributes += 5) {
		size_t size = (size_t)(attributes[4] - attributes[3]);
		struct str name = str_of_xml(attributes[0]);
		if (attributes[2] != NULL || (!str_eq(name, S("schemeID")) && !str_eq(name, S("unitCode"))))
			continue;
		x->scheme_n = size < sizeof(x->scheme) ? size : sizeof(x->scheme);
		memcpy(x->scheme, attributes[3], x->scheme_n);
	}
}

static void
on_start(void *arg, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri, int n_ns,
    const xmlChar **ns, int n_attributes, int n_defaulted, const xmlChar **attributes)
{
	struct reader *x = arg;
	const struct xml_path *hit;

	(void)prefix;
	(void)ns;
	(void)n_defaulted;
	if (x->stopped)
		return;
	if (n_attributes + n_ns > XML_ATTRIBUTES_MAX)
		return stop(x, "xml-limit", "an element has over 1000 attributes");
	if (++x->depth > XML_DEPTH_MAX)
		return stop(x, "xml-limit", "elements are nested over 256 deep");
	if (x->depth == 1) {
		x->doc->local = str_dup(x->a, str_sub(str_of_xml(local), 0, XML_VALUE_MAX));
		x->doc->ns = str_dup(x->a, str_sub(str_of_xml(uri), 0, XML_VALUE_MAX));
		return;
	}
	if (x->idle > 0 || !path_push(x, local, uri)) {
		x->idle++;
		return;
	}
	if (!path_matters(x, &hit)) {
		path_pop(x);
		x->idle++;
		return;
	}
	if (hit != NULL && hit->rank == XML_OPENS) {
		if (x->take != NULL)
			x->take(x->take_arg, hit->slot, S(""), S(""));
	} else if (hit != NULL) {
		x->hit = hit;
		x->hit_depth = x->depth;
		x->text_n = 0;
		x->text_cut = false;
		take_scheme(x, n_attributes, attributes);
	}
}

static void
keep_value(struct reader *x)
{
	struct xml_value *v;
	struct str text = str_trim(str_make(x->text, x->text_n)), scheme = str_trim(str_make(x->scheme, x->scheme_n));

	if (x->take != NULL)
		return x->take(x->take_arg, x->hit->slot, str_dup(x->a, text), str_dup(x->a, scheme));
	v = &x->doc->slot[x->hit->slot];
	if (text.n == 0 || (v->found && v->rank <= x->hit->rank))
		return;
	if (x->text_cut)
		facts_problem(x->a, x->f, (struct edi_place){ .offset = offset_of(x) }, "value-long",
		    "a value over %d bytes: '%s'", XML_VALUE_MAX, facts_show(x->a, text));
	*v = (struct xml_value){
		.text = str_dup(x->a, text),
		.scheme = str_dup(x->a, scheme),
		.rank = x->hit->rank,
		.found = true,
	};
}

static void
on_end(void *arg, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
	struct reader *x = arg;

	(void)local;
	(void)prefix;
	(void)uri;
	if (x->stopped)
		return;
	if (x->hit != NULL && x->hit_depth == x->depth) {
		keep_value(x);
		x->hit = NULL;
	}
	x->depth--;
	if (x->idle > 0)
		x->idle--;
	else
		path_pop(x);
}

static void
on_text(void *arg, const xmlChar *text, int n)
{
	struct reader *x = arg;
	size_t room = sizeof(x->text) - x->text_n, take = (size_t)n < room ? (size_t)n : room;

	if (x->hit == NULL || x->hit_depth != x->depth)
		return;
	memcpy(x->text + x->text_n, text, take);
	x->text_n += take;
	x->text_cut |= take < (size_t)n;
}

static void
on_doctype(void *arg, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
	(void)name;
	(void)public_id;
	(void)system_id;
	stop(arg, "xml-doctype", "a DOCTYPE: such documents have none, and entities are refused");
}

/* At the end of the input: libxml2 has many words for a document that is cut off, most of them misleading. */
static bool
is_cut(const xmlError *error)
{
	return error->domain == XML_FROM_PARSER && error->code != XML_ERR_TAG_NAME_MISMATCH;
}

/* Every error counts, of well-formedness and of namespaces; warnings do not. The first is enough. */
static void
on_error(void *arg, xmlErrorPtr error)
{
	struct reader *x = arg;
	struct edi_place at = { .offset = offset_of(x) };
	struct str text;

	if (x->stopped || error->level < XML_ERR_ERROR)
		return;
	text = str_trim(str_of(error->message));
	x->stopped = true;
	if (x->depth > 0 && at.offset == x->in.n && is_cut(error))
		facts_problem(x->a, x->f, at, "xml-cut",
		    "line %d: the document ends %u elements deep, before </%s>",
		    error->line, x->depth, facts_show(x->a, x->doc->local));
	else
		facts_problem(x->a, x->f, at, "xml-malformed", "line %d: %s", error->line,
		    facts_show_long(x->a, text, MESSAGE_MAX));
	xmlStopParser(x->ctxt);
}

/* What the root is, also when the parser does not come so far. */
static void
take_root(struct reader *x)
{
	char narrow[XML_NARROW_MAX];
	struct xml_root root;

	if (!xml_root_find(xml_narrow(str_sub(x->in, 0, EDI_HEAD_MAX), narrow, sizeof(narrow)), &root))
		return;
	x->doc->local = str_dup(x->a, str_sub(root.local, 0, XML_VALUE_MAX));
	x->doc->ns = str_dup(x->a, str_sub(root.ns, 0, XML_VALUE_MAX));
}

/*
 * libxml2 compares each attribute of a tag with every other, and does so before we are told of the tag: 100,000 of
 * them take it half a minute. So no tag may be that long. It gathers one before it reads it; CDATA it also
 * gathers, without harm.
 */
static void
check_token(struct reader *x)
{
	const xmlParserInput *in = x->ctxt->input;

	if (!x->stopped && in != NULL && x->ctxt->instate != XML_PARSER_CDATA_SECTION &&
	    (size_t)(in->end - in->cur) > XML_TOKEN_MAX)
		stop(x, "xml-limit", "a tag or comment over 64 KiB");
}

/* x is filled in but for the parser. */
static int
run(struct reader *x, struct err *e)
{
	xmlSAXHandler sax = {
		.initialized = XML_SAX2_MAGIC,
		.internalSubset = on_doctype,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.cdataBlock = on_text,
		.serror = on_error,
	};
	struct str in = x->in;
	int rc = -1;

	take_root(x);
	x->ctxt = xmlCreatePushParserCtxt(&sax, x, NULL, 0, NULL);
	if (x->ctxt == NULL) {
		err_set(e, ERR_RETRY, "libxml2 has no memory for a parser");
		goto out;
	}
	xmlCtxtUseOptions(x->ctxt, XML_PARSE_NONET);
	for (size_t at = 0; at < in.n && !x->stopped; at += CHUNK) {
		struct str chunk = str_sub(in, at, CHUNK);
		xmlParseChunk(x->ctxt, chunk.p, (int)chunk.n, 0);
		check_token(x);
	}
	if (!x->stopped)
		xmlParseChunk(x->ctxt, NULL, 0, 1);
	if (!x->stopped && (!x->ctxt->wellFormed || !x->ctxt->nsWellFormed))
		facts_problem(x->a, x->f, (struct edi_place){ .offset = offset_of(x) }, "xml-malformed",
		    "not well-formed");
	rc = 0;
out:
	xmlFreeParserCtxt(x->ctxt);
	return rc;
}

int
xml_read(struct arena *a, struct str in, const struct xml_wants *wants, struct edi_facts *f,
    struct xml_doc *out, struct err *e)
{
	struct reader *x = arena_get(a, sizeof(*x));

	x->a = a;
	x->in = in;
	x->wants = wants;
	x->f = f;
	x->doc = out;
	return run(x, e);
}

int
xml_tell(struct arena *a, struct str in, const struct xml_wants *wants, xml_take_fn *take, void *arg, struct err *e)
{
	struct reader *x = arena_get(a, sizeof(*x));

	x->a = a;
	x->in = in;
	x->wants = wants;
	x->f = arena_new_of(a, struct edi_facts);
	x->doc = arena_new_of(a, struct xml_doc);
	x->take = take;
	x->take_arg = arg;
	return run(x, e);
}

static struct edi_party
party(const struct xml_doc *doc, enum xml_slot id, enum xml_slot name)
{
	return (struct edi_party){ .qual = doc->slot[id].scheme, .id = doc->slot[id].text,
		.name = doc->slot[name].text };
}

void
xml_facts(struct arena *a, const struct xml_doc *doc, bool buyer_sends, struct edi_facts *f)
{
	struct edi_party seller = party(doc, XML_SELLER_ID, XML_SELLER_NAME);
	struct edi_party buyer = party(doc, XML_BUYER_ID, XML_BUYER_NAME);
	struct str test = doc->slot[XML_TEST].text;
	struct edi_message m = {
		.type = doc->local,
		.version = doc->slot[XML_VERSION].text,
		.number = doc->slot[XML_NUMBER].text,
	};

	f->interchanges = 1;
	f->sender = buyer_sends ? buyer : seller;
	f->receiver = buyer_sends ? seller : buyer;
	f->control = m.number;
	f->version = m.version;
	f->test = str_eq(test, S("true")) || str_eq(test, S("1"));
	facts_message(a, f, &m);
}
