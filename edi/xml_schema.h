/* SPDX-License-Identifier: ISC */
/*
 * xml_schema.h - XML held against an XML Schema (XSD 1.0) that the user has: by libxml2, while it is read as xml.h reads it, so without
 * a tree, a network, entities or a schema that the document names itself.
 */
#ifndef EDIGATE_EDI_XML_SCHEMA_H
#define EDIGATE_EDI_XML_SCHEMA_H

#include "gateway/base/arena.h"
#include "gateway/base/err.h"

#define XML_SCHEMA_KEPT	     20u	/* findings described one by one */
#define XML_SCHEMA_ERRORS_MAX 1000u	/* then the reading ends */
#define XML_SCHEMA_BYTES_MAX (16u << 20)	/* of a document */

struct xml_schema;

/*
 * Read a schema, or one that it includes or imports, for us; the bytes must stay until xml_schema_new() returns. False: there is none, or
 * none that we may read: an import without a file is let pass as long as nothing of it is used.
 */
typedef bool xml_schema_read_fn(void *with, const char *path, struct str *bytes);

/* Compile the schema at path; what it includes is looked for beside it. Returns 0, or -1 with ERR_CONFIG. */
int xml_schema_new(const char *path, xml_schema_read_fn *read, void *with, struct xml_schema **out,
    struct err *e);
void xml_schema_free(struct xml_schema *s);

/* The namespace of an XML document's root, or the one that a schema is for (its targetNamespace). False: no XML. */
bool xml_schema_root(struct arena *a, struct str xml, struct str *ns);
bool xml_schema_target(struct arena *a, struct str xsd, struct str *ns);

struct xml_schema_finding {
	uint64_t offset;	/* about where the reader was */
	unsigned long line;
	struct str text;	/* libxml2's words, printable */
};

struct xml_schema_findings {
	struct xml_schema_finding kept[XML_SCHEMA_KEPT];
	size_t n_kept, n;
};

/* Returns 0, or -1 with ERR_INPUT: too large, no XML; or ERR_RETRY. Findings' texts are the arena's. */
int xml_schema_check(struct arena *a, struct xml_schema *s, struct str in,
    struct xml_schema_findings *out, struct err *e);

#endif
