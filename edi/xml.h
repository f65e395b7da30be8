/* SPDX-License-Identifier: ISC */
/*
 * xml.h - XML business documents, read once from front to back. The one place where libxml2 is used, but for xml_schema.h: SAX2, no
 * network, no DTD, no entities but the five of XML itself, limits on depth, attributes and text. On top of its events:
 * xml_read() and xml_tell(), which keep the text of the elements that a table of paths names, and rule_tree.h.
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

/* ---- events ---- */

struct xml_attribute {
	struct str local, ns, value;
};

struct xml_attributes;	/* of the element that begins; xml_attribute() reads one after the other */
bool xml_attribute(struct xml_attributes *from, struct xml_attribute *out);

/*
 * What is told, in the document's order. All slices last for the call only. begin returns NULL, or what is wrong with
 * the element, which ends the reading with a problem of that code.
 */
struct xml_events {
	const char *(*begin)(void *arg, struct str local, struct str ns, struct xml_attributes *attributes);
	void (*end)(void *arg);
	void (*text)(void *arg, struct str text);
};

/*
 * Tell events of all of in, and where it is no XML for us add one problem to f and end. doctype is the root whose
 * DOCTYPE is passed over, provided that it declares nothing; NULL: every DOCTYPE is refused. Returns 0, or -1 with
 * ERR_RETRY.
 */
int xml_parse(struct arena *a, struct str in, const char *doctype, const struct xml_events *events, void *arg,
    struct edi_facts *f, struct err *e);

/* For xml_schema.c: given libxml2's parser before the first byte, and told when the last was read. */
struct xml_tap {
	void (*start)(void *arg, void *parser);
	void (*end)(void *arg);
	void *arg;
};
int xml_parse_tapped(struct arena *a, struct str in, const char *doctype,
    const struct xml_events *events, void *arg, const struct xml_tap *tap, struct edi_facts *f,
    struct err *e);

/* ---- values by path ---- */

/* A namespace a format knows, and the prefix it has in that format's paths whatever the document calls it. */
struct xml_ns {
	const char *prefix, *uri;
};

/*
 * The text of the element at path, below the root ("cac:OrderReference/cbc:ID"), or of its attribute
 * ("Header/@id"), goes to slot. A step without a prefix is in no namespace; "*" is any element. Of several values the
 * one of lowest rank is kept, and of those the first. XML_NAME: the value is the element's local name.
 */
struct xml_path {
	const char *path;
	unsigned char slot, rank;
};
#define XML_NAME  254
#define XML_OPENS 255	/* xml_tell() only: told when the element begins, without text */

struct xml_wants {
	const struct xml_ns *namespaces;	/* ended by a NULL prefix */
	const struct xml_path *paths;		/* ended by a NULL path */
	const char *doctype;			/* as above */
};

struct xml_value {
	struct str text;	/* blanks around it left out; the arena's */
	struct str scheme;	/* its schemeID, unitCode, currency or Authority attribute */
	unsigned char rank;
	bool found;
};

struct xml_doc {
	struct str local, ns;	/* of the root; the arena's */
	struct xml_value slot[XML_SLOTS_MAX];
};

/*
 * take is told of every element that a path names, in their order: of one with the rank XML_OPENS when it begins, of
 * others when they end. attribute is as xml_value.scheme.
 */
typedef void xml_take_fn(void *arg, unsigned int slot, struct str text, struct str attribute);

/*
 * Read all of in. What is wrong with it as XML becomes problems in f. take may be NULL; the slots of out are filled
 * either way. Returns 0, or -1 with ERR_RETRY.
 */
int xml_read(struct arena *a, struct str in, const struct xml_wants *wants, struct edi_facts *f,
    struct xml_doc *out, struct err *e);
int xml_walk(struct arena *a, struct str in, const struct xml_wants *wants, struct edi_facts *f,
    struct xml_doc *out, xml_take_fn *take, void *arg, struct err *e);

/* The same for a document that was read already: what is wrong ends the reading and is not told. */
int xml_tell(struct arena *a, struct str in, const struct xml_wants *wants, xml_take_fn *take,
    void *arg, struct err *e);

/* ---- what the formats share ---- */

/* The slots that every format here fills, and what becomes of them: interchange facts and the one message. */
enum xml_slot {
	XML_NUMBER, XML_VERSION, XML_PROFILE, XML_TEST,
	XML_SELLER_ID, XML_SELLER_NAME,
	XML_BUYER_ID, XML_BUYER_NAME,
};
struct edi_party xml_party(const struct xml_doc *doc, enum xml_slot id, enum xml_slot name);
void xml_facts(struct arena *a, const struct xml_doc *doc, bool buyer_sends, struct edi_facts *f);

/* Problems "xml-namespace" when the root's is not want, "number-missing" when there is none of where. */
void xml_check(struct arena *a, const struct xml_doc *doc, struct str want, const char *where,
    struct edi_facts *f);

extern const struct edi_format edi_ubl, edi_cii, edi_zugferd, edi_order_x, edi_fatturapa, edi_sdi, edi_cxml;

#endif
