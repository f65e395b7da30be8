/* SPDX-License-Identifier: ISC */
/* fuzz_schema.c - any bytes as a document for a schema. (Schemas are the operator's.) */
#include "edi/xml_schema.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static bool
read_file(void *with, const char *path, struct str *bytes)
{
	*bytes = *(const struct str *)with;
	return str_eq(str_of(path), S("main.xsd"));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct str order = S_INIT("<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:o' "
	    "elementFormDefault='qualified'><xs:element name='O'><xs:complexType><xs:sequence><xs:element name='N' maxOccurs='9'>"
	    "<xs:simpleType><xs:restriction base='xs:string'><xs:pattern value='[a-c]+(x|yz)*'/></xs:restriction></xs:simpleType>"
	    "</xs:element><xs:element name='Q' type='xs:decimal' minOccurs='0'/><xs:any minOccurs='0' processContents='lax'/>"
	    "</xs:sequence><xs:attribute name='d' type='xs:date'/></xs:complexType></xs:element></xs:schema>");
	static struct xml_schema *schema;
	struct arena *a = arena_new(64u << 20);
	struct str in = str_make((const char *)p, n), ns;
	struct xml_schema_findings found;
	struct err e = { 0 };

	if (schema == NULL)
		assert(xml_schema_new("main.xsd", read_file, &order, &schema, &e) == 0);
	(void)xml_schema_target(a, in, &ns);
	if (xml_schema_check(a, schema, in, &found, &e) == 0)
		assert(found.n_kept <= XML_SCHEMA_KEPT && found.n <= XML_SCHEMA_ERRORS_MAX + 1);
	arena_free(a);
	return 0;
}
