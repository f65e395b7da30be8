/* SPDX-License-Identifier: ISC */
/*
 * sbdh.c - a document in a Standard Business Document envelope (UN/CEFACT SBDH 1.3, also GS1's and Peppol's): the header
 * tells sender, receiver and kind, and behind it stands the document.
 */
#include "edi/facts.h"
#include "edi/inner.h"
#include "edi/root.h"
#include "edi/xml.h"

#define SBDH_NS "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
#define LOOKED_AT_MAX 32	/* attributes of the envelope's root that may be declarations */
#define HEADER	"sh:StandardBusinessDocumentHeader/"

static const struct xml_ns namespaces[] = { { "sh", SBDH_NS }, { NULL, NULL } };

static const struct xml_path paths[] = {
	{ HEADER "sh:DocumentIdentification/sh:InstanceIdentifier", XML_NUMBER, 0 },
	{ HEADER "sh:DocumentIdentification/sh:TypeVersion", XML_VERSION, 0 },
	{ HEADER "sh:DocumentIdentification/sh:Type", XML_PROFILE, 0 },
	{ HEADER "sh:Sender/sh:Identifier", XML_SELLER_ID, 0 },
	{ HEADER "sh:Receiver/sh:Identifier", XML_BUYER_ID, 0 },
	{ NULL, 0, 0 },
};

static const struct xml_wants wants = { namespaces, paths, NULL };

static int
sbdh_detect(struct str head)
{
	char narrow[XML_NARROW_MAX];
	struct xml_root root;

	return xml_root_find(xml_narrow(head, narrow, sizeof(narrow)), &root) &&
	    str_eq(root.local, S("StandardBusinessDocument")) && str_eq(root.ns, S(SBDH_NS)) ? 100 : 0;
}

/* Is the name that ends before in.p[at] preceded by "</", with or without a prefix? */
static bool
is_end_tag(struct str in, size_t at)
{
	while (at > 0 &&
	    (is_alnum(in.p[at - 1]) || in.p[at - 1] == ':' || in.p[at - 1] == '-' ||
	        in.p[at - 1] == '_' || in.p[at - 1] == '.' || (unsigned char)in.p[at - 1] >= 0x80))
		at--;
	return at >= 2 && in.p[at - 2] == '<' && in.p[at - 1] == '/';
}

/* From behind the header's end tag to before the last end tag of all. */
static struct str
payload_of(struct str in)
{
	static const struct str tail = S_INIT("StandardBusinessDocumentHeader>");
	size_t at = 0, next, end;

	do {
		if (!str_find(str_from(in, at), tail, &next))
			return S("");
		at += next + tail.n;
	} while (!is_end_tag(in, at - 1));
	in = str_from(in, at);
	for (end = in.n; end > 0 && !str_starts(str_from(in, end), S("</")); end--)
		continue;
	return str_trim(str_sub(in, 0, end));
}

static bool
has_attribute(const struct xml_root *root, struct str name)
{
	struct str rest = root->attributes, one, value;

	while (xml_root_attribute(&rest, &one, &value))
		if (str_eq(one, name))
			return true;
	return false;
}

/* A declaration of the envelope's root that the document lives by. That of the envelope's own namespace as default is not meant for it. */
static bool
is_needed(struct arena *a, struct str payload, const struct xml_root *doc, struct str name,
    struct str value)
{
	if (has_attribute(doc, name))
		return false;
	if (str_eq(name, S("xmlns")))
		return !str_eq(value, S(SBDH_NS));
	return str_starts(name, S("xmlns:")) && str_find(payload, str_cat(a, str_from(name, 6), S(":")), NULL);
}

/* The payload is read by itself, with the namespaces that the envelope's root has declared for it. */
static struct str
with_namespaces(struct arena *a, struct str in, struct str payload)
{
	struct xml_root envelope, doc;
	struct str rest, name, value, declared = S("");
	size_t at;

	if (payload.n > P7M_CONTENT_MAX || !xml_root_find(in, &envelope) || !xml_root_find(payload, &doc))
		return payload;
	rest = envelope.attributes;
	for (int i = 0; i < LOOKED_AT_MAX && xml_root_attribute(&rest, &name, &value); i++)
		if (is_needed(a, payload, &doc, name, value))
			declared = str_cat(a, declared, str_cat(a, str_cat(a, S(" "), name),
			    str_cat(a, S("="), str_make(value.p - 1, value.n + 2))));
	if (declared.n == 0)
		return payload;
	at = (size_t)(doc.attributes.p - payload.p);
	return str_cat(a, str_cat(a, str_sub(payload, 0, at), declared), str_from(payload, at));
}

/*
 * Names of the parties are the document's; their addresses in the exchange are the header's.
 */
static int
sbdh_read(struct arena *a, struct str in, struct edi_facts *out, struct err *e)
{
	struct xml_doc *doc = arena_new_of(a, struct xml_doc);
	struct edi_facts inside = { .verdict = EDI_VALID, .format = out->format };
	struct edi_party from, to;
	struct str payload;

	if (xml_read(a, in, &wants, out, doc, e) == -1)
		return -1;
	if (out->n_problems > 0)
		return 0;
	payload = payload_of(in);
	if (payload.n == 0) {
		inner_none(out, S("SBDH envelope without a document"));
		return 0;
	}
	payload = with_namespaces(a, in, payload);
	if (inner_read(a, payload, S("SBDH envelope"), &inside, e) == -1)
		return -1;
	*out = inside;
	if (inside.format == NULL)
		return 0;
	from = xml_party(doc, XML_SELLER_ID, XML_SELLER_NAME);
	to = xml_party(doc, XML_BUYER_ID, XML_BUYER_NAME);
	from.name = out->sender.name;
	to.name = out->receiver.name;
	out->sender = from.id.n > 0 ? from : out->sender;
	out->receiver = to.id.n > 0 ? to : out->receiver;
	out->control = doc->slot[XML_NUMBER].found ? doc->slot[XML_NUMBER].text : out->control;
	return 0;
}

const struct edi_format edi_sbdh = {
	.name = "sbdh",
	.label = "SBDH",
	.media_type = "application/xml",
	.extension = "xml",
	.detect = sbdh_detect,
	.read = sbdh_read,
};
