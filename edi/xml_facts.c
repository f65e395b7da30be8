/* SPDX-License-Identifier: ISC */
#include "edi/xml.h"

#include "edi/facts.h"

struct edi_party
xml_party(const struct xml_doc *doc, enum xml_slot id, enum xml_slot name)
{
	return (struct edi_party){ .qual = doc->slot[id].scheme, .id = doc->slot[id].text,
		.name = doc->slot[name].text };
}

void
xml_facts(struct arena *a, const struct xml_doc *doc, bool buyer_sends, struct edi_facts *f)
{
	struct edi_party seller = xml_party(doc, XML_SELLER_ID, XML_SELLER_NAME);
	struct edi_party buyer = xml_party(doc, XML_BUYER_ID, XML_BUYER_NAME);
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
	f->profile = doc->slot[XML_PROFILE].text;
	f->test = str_eq(test, S("true")) || str_eq(test, S("1")) || str_eq(test, S("test"));
	facts_message(a, f, &m);
}

void
xml_check(struct arena *a, const struct xml_doc *doc, struct str want, const char *where,
    struct edi_facts *f)
{
	if (f->n_problems > 0)
		return;
	if (!str_eq(doc->ns, want))
		facts_problem(a, f, (struct edi_place){ 0 }, "xml-namespace", "<%s> is in '%s', want '%s'",
		    facts_show(a, doc->local), facts_show(a, doc->ns), str_cstr(a, want));
	else if (f->number.n == 0)
		facts_problem(a, f, (struct edi_place){ 0 }, "number-missing",
		    "no %s: the document has no number", where);
}
