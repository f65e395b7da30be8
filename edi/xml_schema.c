/* SPDX-License-Identifier: ISC */
/*
 * xml_schema.c - libxml2's schema validator, put before the events of xml.c. A schema is compiled with a loader of ours, which asks
 * the caller for every file: libxml2 opens none itself, and fetches nothing. While a document is checked nothing is loaded at
 * all: it is held against the schema that it is given, whatever its xsi:schemaLocation says.
 */
#include "edi/xml_schema.h"

#include "edi/facts.h"
#include "edi/xml.h"

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <string.h>

#define TEXT_MAX 300u	/* of libxml2's error texts */

struct xml_schema {
	xmlSchemaPtr schema;
};

/* ---- compiling ---- */

/* libxml2 has one loader for all, without a place for whose it is: ours stands there while a schema is compiled. */
static struct {
	xml_schema_read_fn *read;
	void *with;
} loading;

static xmlParserInputPtr
load(const char *url, const char *id, xmlParserCtxtPtr ctxt)
{
	xmlParserInputBufferPtr buffer;
	xmlParserInputPtr input;
	struct str bytes;

	(void)id;
	if (url == NULL || !loading.read(loading.with, url, &bytes) || bytes.n > XML_SCHEMA_BYTES_MAX)
		return NULL;
	buffer = xmlParserInputBufferCreateMem(bytes.p, (int)bytes.n, XML_CHAR_ENCODING_NONE);
	if (buffer == NULL)
		return NULL;
	input = xmlNewIOInputStream(ctxt, buffer, XML_CHAR_ENCODING_NONE);
	if (input == NULL) {
		xmlFreeParserInputBuffer(buffer);
		return NULL;
	}
	input->filename = (const char *)xmlStrdup((const xmlChar *)url);	/* what others are looked for beside */
	return input;
}

static void
on_schema_error(void *arg, xmlErrorPtr error)
{
	struct err *e = arg;

	if (error->level < XML_ERR_ERROR || e->text[0] != '\0')
		return;
	(void)err_set(e, ERR_CONFIG, "%s:%d: " STR_FMT,
	    error->file != NULL ? error->file : "schema", error->line,
	    STR_ARG(str_sub(str_trim(str_of(error->message)), 0, TEXT_MAX)));
}

int
xml_schema_new(const char *path, xml_schema_read_fn *read, void *with, struct xml_schema **out,
    struct err *e)
{
	xmlExternalEntityLoader before = xmlGetExternalEntityLoader();
	xmlSchemaParserCtxtPtr parser = xmlSchemaNewParserCtxt(path);
	xmlSchemaPtr schema = NULL;

	e->text[0] = '\0';
	if (parser != NULL) {
		loading.read = read;
		loading.with = with;
		xmlSetExternalEntityLoader(load);
		xmlSetStructuredErrorFunc(e, on_schema_error);	/* of the parser of its files */
		xmlSchemaSetParserStructuredErrors(parser, on_schema_error, e);
		schema = xmlSchemaParse(parser);
		xmlSetStructuredErrorFunc(NULL, NULL);
		xmlSetExternalEntityLoader(before);
		xmlSchemaFreeParserCtxt(parser);
	}
	if (schema == NULL)
		return e->text[0] != '\0' ? -1 : err_set(e, ERR_CONFIG, "%s: no schema", path);
	*out = xmlMalloc(sizeof(**out));
	if (*out == NULL) {
		xmlSchemaFree(schema);
		return err_set(e, ERR_RETRY, "libxml2 has no memory for a schema");
	}
	(*out)->schema = schema;
	return 0;
}

void
xml_schema_free(struct xml_schema *s)
{
	if (s == NULL)
		return;
	xmlSchemaFree(s->schema);
	xmlFree(s);
}

/* ---- what is it for? ---- */

struct head {
	struct arena *a;
	bool met;
	struct str ns, target;
};

static const char *
begin_head(void *arg, struct str local, struct str ns, struct xml_attributes *attributes)
{
	struct head *h = arg;
	struct xml_attribute at;

	(void)local;
	h->met = true;
	h->ns = str_dup(h->a, ns);
	while (xml_attribute(attributes, &at))
		if (str_eq(at.local, S("targetNamespace")) && at.ns.n == 0)
			h->target = str_dup(h->a, at.value);
	return "enough";	/* the rest is of no interest */
}

static void
ignore_end(void *arg)
{
	(void)arg;
}

static void
ignore_text(void *arg, struct str text)
{
	(void)arg;
	(void)text;
}

static bool
read_head(struct arena *a, struct str xml, struct head *h)
{
	static const struct xml_events events = { begin_head, ignore_end, ignore_text };
	struct edi_facts ignored = { .n_problems = 0 };
	struct err e;

	*h = (struct head){ .a = a };
	return xml_parse(a, xml, NULL, &events, h, &ignored, &e) == 0 && h->met;
}

bool
xml_schema_root(struct arena *a, struct str xml, struct str *ns)
{
	struct head h;

	if (!read_head(a, xml, &h))
		return false;
	*ns = h.ns;
	return true;
}

bool
xml_schema_target(struct arena *a, struct str xsd, struct str *ns)
{
	struct head h;

	if (!read_head(a, xsd, &h))
		return false;
	*ns = h.target;
	return true;
}

/* ---- checking ---- */

struct checking {
	struct arena *a;
	struct xml_schema_findings *out;
	xmlSchemaValidCtxtPtr valid;
	xmlSchemaSAXPlugPtr plug;
	xmlParserCtxtPtr parser;
};

static const char *
ignore_begin(void *arg, struct str local, struct str ns, struct xml_attributes *attributes)
{
	(void)arg;
	(void)local;
	(void)ns;
	(void)attributes;
	return NULL;
}

static void
on_invalid(void *arg, xmlErrorPtr error)
{
	struct checking *c = arg;
	struct xml_schema_findings *out = c->out;
	long at = xmlByteConsumed(c->parser);

	if (error->level < XML_ERR_ERROR)
		return;
	if (++out->n == XML_SCHEMA_ERRORS_MAX)
		xmlStopParser(c->parser);
	if (out->n_kept < XML_SCHEMA_KEPT)
		out->kept[out->n_kept++] = (struct xml_schema_finding){ .offset = at < 0 ? 0 : (uint64_t)at,
			.line = c->parser->input != NULL ? (unsigned long)c->parser->input->line : 0,
			.text = str_of(facts_show_long(c->a, str_trim(str_of(error->message)), TEXT_MAX)) };
}

static void
on_malformed(void *arg, xmlErrorPtr error)
{
	(void)arg;
	(void)error;	/* xml_parse() says so in the end */
}

static void
start(void *arg, void *parser)
{
	struct checking *c = arg;

	c->parser = parser;
	c->plug = xmlSchemaSAXPlug(c->valid, &c->parser->sax, &c->parser->userData);
	if (c->plug != NULL)
		c->parser->sax->serror = on_malformed;	/* what goes before has none, and would print */
}

static void
end(void *arg)
{
	struct checking *c = arg;

	if (c->plug != NULL)
		xmlSchemaSAXUnplug(c->plug);
}

int
xml_schema_check(struct arena *a, struct xml_schema *s, struct str in,
    struct xml_schema_findings *out, struct err *e)
{
	static const struct xml_events events = { ignore_begin, ignore_end, ignore_text };
	struct checking c = { .a = a, .out = out, .valid = NULL };
	const struct xml_tap tap = { start, end, &c };
	struct edi_facts f = { .n_problems = 0 };
	int rc;

	*out = (struct xml_schema_findings){ .n = 0 };
	if (in.n > XML_SCHEMA_BYTES_MAX)
		return err_set(e, ERR_INPUT, "%zu bytes, want at most %u to check them against a schema", in.n, XML_SCHEMA_BYTES_MAX);
	c.valid = xmlSchemaNewValidCtxt(s->schema);
	if (c.valid == NULL)
		return err_set(e, ERR_RETRY, "libxml2 has no memory for a schema");
	xmlSchemaSetValidStructuredErrors(c.valid, on_invalid, &c);
	rc = xml_parse_tapped(a, in, NULL, &events, &c, &tap, &f, e);
	xmlSchemaFreeValidCtxt(c.valid);
	if (rc == 0 && c.plug == NULL)
		return err_set(e, ERR_RETRY, "libxml2 has no memory for a schema");
	if (rc == 0 && f.n_problems > 0 && out->n < XML_SCHEMA_ERRORS_MAX)
		return err_set(e, ERR_INPUT, STR_FMT, STR_ARG(f.problems[0].text));
	return rc;
}
