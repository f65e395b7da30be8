/* SPDX-License-Identifier: ISC */
/*
 * xml.c - libxml2's SAX2 push parser behind three events.
 *
 * The safety of it: the handler table below has no getEntity, no resolveEntity and no externalSubset, so nothing of a
 * DTD is ever stored, looked up or fetched; a DOCTYPE stops the parser before its subset is read, and where a format
 * allows one, the first declaration does. XML_PARSE_NOENT, HUGE and DTDLOAD are never set: libxml2's own limits
 * (depth 256, 10 MB of markup without an end) stay. Errors go to our handler, of this parser only; no global of
 * libxml2 is changed.
 */
#include "edi/xml.h"

#include "edi/facts.h"

#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <string.h>

#define CHUNK	    16384u
#define MESSAGE_MAX 160u	/* of libxml2's error texts */

struct parse {
	struct arena *a;
	struct edi_facts *f;
	struct str in;
	const char *doctype;
	const struct xml_events *events;
	void *arg;
	xmlParserCtxtPtr ctxt;
	unsigned int depth;	/* elements open */
	char root[XML_VALUE_MAX + 1];
	bool stopped;
};

/* libxml2 gives an attribute as five pointers: local name, prefix, URI, value, end of value. */
struct xml_attributes {
	const xmlChar **at;
	int left;
};

static struct str
str_of_xml(const xmlChar *s)
{
	return str_of((const char *)s);
}

bool
xml_attribute(struct xml_attributes *from, struct xml_attribute *out)
{
	const xmlChar **at = from->at;

	if (from->left == 0)
		return false;
	out->local = str_of_xml(at[0]);
	out->ns = str_of_xml(at[2]);
	out->value = str_make((const char *)at[3], (size_t)(at[4] - at[3]));
	from->at += 5;
	from->left--;
	return true;
}

static uint64_t
offset_of(const struct parse *x)
{
	long at = xmlByteConsumed(x->ctxt);

	return at < 0 ? 0 : (size_t)at > x->in.n ? x->in.n : (uint64_t)at;
}

static void
stop(struct parse *x, const char *code, const char *text)
{
	if (x->stopped)
		return;
	x->stopped = true;
	facts_problem(x->a, x->f, (struct edi_place){ .offset = offset_of(x) }, code, "%s", text);
	xmlStopParser(x->ctxt);
}

static void
on_start(void *arg, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri, int n_ns,
    const xmlChar **ns, int n_attributes, int n_defaulted, const xmlChar **attributes)
{
	struct parse *x = arg;
	struct xml_attributes list = { attributes, n_attributes };
	const char *wrong;

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
		struct str name = str_sub(str_of_xml(local), 0, XML_VALUE_MAX);
		memcpy(x->root, name.p, name.n);
	}
	wrong = x->events->begin(x->arg, str_of_xml(local), str_of_xml(uri), &list);
	if (wrong != NULL)
		stop(x, "xml-limit", wrong);
}

static void
on_end(void *arg, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
	struct parse *x = arg;

	(void)local;
	(void)prefix;
	(void)uri;
	if (x->stopped)
		return;
	x->events->end(x->arg);
	x->depth--;
}

static void
on_text(void *arg, const xmlChar *text, int n)
{
	struct parse *x = arg;

	if (!x->stopped)
		x->events->text(x->arg, str_make((const char *)text, (size_t)n));
}

/* Where the format's DTD declares nothing here and is not fetched, it says nothing either. */
static void
on_doctype(void *arg, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
	struct parse *x = arg;

	(void)public_id;
	(void)system_id;
	if (x->doctype == NULL || strcmp(x->doctype, (const char *)name) != 0)
		stop(x, "xml-doctype", "a DOCTYPE: such documents have none, and entities are refused");
}

static void
refuse_declaration(void *arg)
{
	stop(arg, "xml-doctype", "a declaration inside the DOCTYPE: entities are refused");
}

static void
on_entity(void *arg, const xmlChar *name, int type, const xmlChar *public_id,
    const xmlChar *system_id, xmlChar *content)
{
	(void)name;
	(void)type;
	(void)public_id;
	(void)system_id;
	(void)content;
	refuse_declaration(arg);
}

static void
on_notation(void *arg, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
	(void)name;
	(void)public_id;
	(void)system_id;
	refuse_declaration(arg);
}

static void
on_unparsed(void *arg, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id,
    const xmlChar *notation)
{
	(void)notation;
	on_notation(arg, name, public_id, system_id);
}

static void
on_element(void *arg, const xmlChar *name, int type, xmlElementContentPtr content)
{
	(void)name;
	(void)type;
	(void)content;
	refuse_declaration(arg);
}

/* The declared values are ours to free, whatever we make of them. */
static void
on_attribute(void *arg, const xmlChar *element, const xmlChar *name, int type, int def, const xmlChar *value,
    xmlEnumerationPtr tree)
{
	(void)element;
	(void)name;
	(void)type;
	(void)def;
	(void)value;
	xmlFreeEnumeration(tree);
	refuse_declaration(arg);
}

static void
on_reference(void *arg, const xmlChar *name)
{
	(void)name;
	stop(arg, "xml-doctype", "a reference to an entity that nothing declares");
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
	struct parse *x = arg;
	struct edi_place at = { .offset = offset_of(x) };

	if (x->stopped || error->level < XML_ERR_ERROR)
		return;
	x->stopped = true;
	if (x->depth > 0 && at.offset == x->in.n && is_cut(error))
		facts_problem(x->a, x->f, at, "xml-cut",
		    "line %d: the document ends %u elements deep, before </%s>",
		    error->line, x->depth, facts_show(x->a, str_of(x->root)));
	else
		facts_problem(x->a, x->f, at, "xml-malformed", "line %d: %s", error->line,
		    facts_show_long(x->a, str_trim(str_of(error->message)), MESSAGE_MAX));
	xmlStopParser(x->ctxt);
}

/*
 * libxml2 compares each attribute of a tag with every other, and does so before we are told of the tag: 100,000 of
 * them take it half a minute. So no tag may be that long. It gathers one before it reads it; CDATA it also
 * gathers, without harm.
 */
static void
check_token(struct parse *x)
{
	const xmlParserInput *in = x->ctxt->input;

	if (!x->stopped && in != NULL && x->ctxt->instate != XML_PARSER_CDATA_SECTION &&
	    (size_t)(in->end - in->cur) > XML_TOKEN_MAX)
		stop(x, "xml-limit", "a tag or comment over 64 KiB");
}

static void
feed(struct parse *x)
{
	for (size_t at = 0; at < x->in.n && !x->stopped; at += CHUNK) {
		struct str chunk = str_sub(x->in, at, CHUNK);
		xmlParseChunk(x->ctxt, chunk.p, (int)chunk.n, 0);
		check_token(x);
		if (x->f->passed != NULL && at % EDI_PASSED_STEP == 0)
			x->f->passed->passed(x->f->passed->with, at);
	}
	if (!x->stopped)
		xmlParseChunk(x->ctxt, NULL, 0, 1);
	if (!x->stopped && (!x->ctxt->wellFormed || !x->ctxt->nsWellFormed))
		facts_problem(x->a, x->f, (struct edi_place){ .offset = offset_of(x) }, "xml-malformed",
		    "not well-formed");
}

int
xml_parse_tapped(struct arena *a, struct str in, const char *doctype,
    const struct xml_events *events, void *arg, const struct xml_tap *tap, struct edi_facts *f,
    struct err *e)
{
	xmlSAXHandler sax = {
		.initialized = XML_SAX2_MAGIC,
		.internalSubset = on_doctype,
		.entityDecl = on_entity,
		.notationDecl = on_notation,
		.unparsedEntityDecl = on_unparsed,
		.elementDecl = on_element,
		.attributeDecl = on_attribute,
		.reference = on_reference,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.ignorableWhitespace = on_text,	/* the same: then libxml2 does not look which it is */
		.cdataBlock = on_text,
		.serror = on_error,
	};
	struct parse *x = arena_get(a, sizeof(*x));

	*x = (struct parse){ .a = a, .f = f, .in = in, .doctype = doctype, .events = events, .arg = arg };
	x->ctxt = xmlCreatePushParserCtxt(&sax, x, NULL, 0, NULL);
	if (x->ctxt == NULL)
		return err_set(e, ERR_RETRY, "libxml2 has no memory for a parser");
	xmlCtxtUseOptions(x->ctxt, XML_PARSE_NONET);
	if (tap != NULL)
		tap->start(tap->arg, x->ctxt);
	feed(x);
	if (tap != NULL)
		tap->end(tap->arg);
	if (x->ctxt->myDoc != NULL)	/* libxml2 makes one for an entity that it sees declared */
		xmlFreeDoc(x->ctxt->myDoc);
	x->ctxt->myDoc = NULL;
	xmlFreeParserCtxt(x->ctxt);
	return 0;
}

int
xml_parse(struct arena *a, struct str in, const char *doctype, const struct xml_events *events, void *arg,
    struct edi_facts *f, struct err *e)
{
	return xml_parse_tapped(a, in, doctype, events, arg, NULL, f, e);
}
