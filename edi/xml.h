/* SPDX-License-Identifier: ISC */
/*
 * xml.h - XML business documents, read once from front to back: no tree is built, and only the text of the elements
 * that a format asks for is kept. The one place where libxml2 is used: SAX2, no network, no DTD, no entities but
 * the five of XML itself, limits on depth, attributes and text.
 */
#ifndef EDIGATE_EDI_XML_H
#define EDIGATE_EDI_XML_H

#include "edi/edi.h"

#define XML_DEPTH_MAX	   256
#define XML_ATTRIBUTES_MAX 1000		/* of one element */
#define XML_TOKEN_MAX	   65536u	/* bytes of one tag, comment or processing instruction */
#define XML_VALUE_MAX	   EDI_VALUE_MAX	/* bytes kept of one element's text */
#define XML_SCHEME_MAX	   64		/* and of its schemeID */
#define XML_SLOTS_MAX	   24

/* A namespace a format knows, and the prefix it has in that format's paths whatever the document calls it. */
struct xml_ns {
	const char *prefix, *uri;
};

/*
 * The text of the element at path, below the root ("cac:OrderReference/cbc:ID"), goes to slot. Of several the one of
 * lowest rank is kept, and of those the first.
 */
struct xml_path {
	const char *path;
	unsigned char slot, rank;
};

struct xml_wants {
	const struct xml_ns *namespaces;	/* ended by a NULL prefix */
	const struct xml_path *paths;		/* ended by a NULL path */
};

struct xml_value {
	struct str text;	/* blanks around it left out; the arena's */
	struct str scheme;	/* its schemeID attribute */
	unsigned char rank;
	bool found;
};

struct xml_doc {
	struct str local, ns;	/* of the root; the arena's */
	struct xml_value slot[XML_SLOTS_MAX];
};

/* Read all of in. What is wrong with it as XML becomes problems in f. Returns 0, or -1 with ERR_RETRY. */
int xml_read(struct arena *a, struct str in, const struct xml_wants *wants, struct edi_facts *f,
    struct xml_doc *out, struct err *e);

/*
 * The other way to read: take is told of every element that a path names, in their order. Of one with the rank
 * XML_OPENS when it begins, without text; of others when they end. attribute is its schemeID or unitCode. What is
 * wrong with the XML ends the reading and is not told: xml_read() has done so.
 */
#define XML_OPENS 255
typedef void xml_take_fn(void *arg, unsigned int slot, struct str text, struct str attribute);

int xml_tell(struct arena *a, struct str in, const struct xml_wants *wants, xml_take_fn *take, void *arg, struct err *e);

/* The slots that every format here fills, and what becomes of them: interchange facts and the one message. */
enum xml_slot {
	XML_NUMBER, XML_VERSION, XML_TEST,
	XML_SELLER_ID, XML_SELLER_NAME,
	XML_BUYER_ID, XML_BUYER_NAME,
};
void xml_facts(struct arena *a, const struct xml_doc *doc, bool buyer_sends, struct edi_facts *f);

extern const struct edi_format edi_ubl, edi_cii;

#endif
