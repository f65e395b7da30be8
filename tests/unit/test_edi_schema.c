/* SPDX-License-Identifier: ISC */
/* test_edi_schema.c - XML held against schemas, whose files lie in a table here. */
#include "tests/unit/edi_unit.h"

#include "edi/xml_schema.h"
#include "gateway/base/buf.h"

#define TEST_ARENA (64u << 20)
#define XS	   "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns:o='urn:o' xmlns:t='urn:t' targetNamespace='"

static const struct {
	const char *path;
	struct str bytes;
} files[] = {
	{ "main/order.xsd", S_INIT(XS "urn:o' elementFormDefault='qualified'><xs:include schemaLocation='../common/types.xsd'/>"
	    "<xs:import namespace='urn:t' schemaLocation='text.xsd'/>"
	    "<xs:element name='Order'><xs:complexType><xs:sequence><xs:element name='No' type='o:Number'/>"
	    "<xs:element name='Qty' type='xs:decimal' maxOccurs='2'/><xs:element ref='t:Note' minOccurs='0'/></xs:sequence>"
	    "<xs:attribute name='v' use='required'/></xs:complexType></xs:element></xs:schema>") },
	{ "common/types.xsd", S_INIT(XS "urn:o'><xs:simpleType name='Number'><xs:restriction base='xs:string'>"
	    "<xs:pattern value='[0-9]{3}'/></xs:restriction></xs:simpleType></xs:schema>") },
	{ "main/text.xsd", S_INIT(XS "urn:t'><xs:element name='Note' type='xs:string'/></xs:schema>") },
	{ "main/far.xsd", S_INIT(XS "urn:o'><xs:include schemaLocation='http://127.0.0.1:9/types.xsd'/></xs:schema>") },
	{ "main/broken.xsd", S_INIT(XS "urn:o'><xs:element name='A' type='o:Nothing'/></xs:schema>") },
	{ "main/cut.xsd", S_INIT(XS "urn:o'><xs:element") },
	{ "main/many.xsd", S_INIT(XS "urn:o' elementFormDefault='qualified'><xs:element name='R'><xs:complexType><xs:sequence>"
	    "<xs:element name='Q' type='xs:decimal' maxOccurs='unbounded'/></xs:sequence></xs:complexType></xs:element></xs:schema>") },
	{ "main/open.xsd", S_INIT(XS "urn:o'><xs:element name='R'><xs:complexType><xs:sequence>"
	    "<xs:any minOccurs='0' maxOccurs='unbounded' processContents='lax'/></xs:sequence></xs:complexType></xs:element></xs:schema>") },
};

static unsigned int asked;

static bool
read_file(void *with, const char *path, struct str *bytes)
{
	(void)with;
	asked++;
	for (size_t i = 0; i < N(files); i++)
		if (strcmp(path, files[i].path) == 0) {
			*bytes = files[i].bytes;
			return true;
		}
	return false;
}

static struct xml_schema *
compile(const char *path)
{
	struct xml_schema *s;
	struct err e;

	if (xml_schema_new(path, read_file, NULL, &s, &e) == -1)
		fail_msg("%s", e.text);
	return s;
}

#define ORDER(no, rest) "<Order xmlns='urn:o' v='1'>\n<No>" no "</No>\n<Qty>1.5</Qty>" rest "</Order>"

static void
documents_are_held_against_it(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		size_t n;
		unsigned long line;
		const char *says;
	} cases[] = {
		{ ORDER("123", ""), 0, 0, NULL },
		{ ORDER("123", "<Note xmlns='urn:t'>a &lt; b</Note>"), 0, 0, NULL },
		{ ORDER("12", ""), 1, 2, "pattern" },
		{ ORDER("123", "<Qty>x</Qty>"), 1, 3, "xs:decimal" },
		{ ORDER("123", "<Qty>1</Qty><Qty>1</Qty>"), 1, 3, "This element is not expected" },
		{ "<Order xmlns='urn:o'><No>123</No><Qty>1</Qty></Order>", 1, 1, "The attribute 'v' is required" },
		{ "<Order v='1'/>", 1, 1, "No matching global declaration" },
		{ "<Order xmlns='urn:o' v='1' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
		  "xsi:schemaLocation='urn:o main/open.xsd'><No>12</No><Qty>1</Qty></Order>", 1, 1, "pattern" },
	};
	struct xml_schema *s = compile("main/order.xsd");

	asked = 0;
	for (size_t i = 0; i < N(cases); i++) {
		struct arena *a = arena_new(TEST_ARENA);
		struct xml_schema_findings f;
		struct err e;

		if (xml_schema_check(a, s, str_of(cases[i].in), &f, &e) == -1)
			fail_msg("%s: %s", cases[i].in, e.text);
		print_message("%s: %zu: " STR_FMT "\n", cases[i].in, f.n,
		    STR_ARG(f.n > 0 ? f.kept[0].text : S("")));
		assert_int_equal(f.n > 0, cases[i].n > 0);
		if (f.n > 0) {
			assert_int_equal(f.kept[0].line, cases[i].line);
			assert_true(str_find(f.kept[0].text, str_of(cases[i].says), NULL));
		}
		arena_free(a);
	}
	assert_int_equal(asked, 0);	/* a document has nothing loaded */
	xml_schema_free(s);
}

static void
bad_schemas_are_told_of(void **state)
{
	static const struct { const char *path, *says; } cases[] = {
		{ "main/none.xsd", "main/none.xsd" }, { "main/broken.xsd", "main/broken.xsd:1: " }, { "main/cut.xsd", "main/cut.xsd" },
		{ "main/far.xsd", "127.0.0.1" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct xml_schema *s = NULL;
		struct err e;

		assert_int_equal(xml_schema_new(cases[i].path, read_file, NULL, &s, &e), -1);
		assert_int_equal(e.kind, ERR_CONFIG);
		print_message("%s\n", e.text);
		assert_non_null(strstr(e.text, cases[i].says));
	}
}

/* What xml.h refuses is refused here, too: nothing is expanded on the way to the validator. */
static void
attacks_end_the_reading(void **state)
{
	static const char *const attacks[] = {
		"<!DOCTYPE Order [<!ENTITY a 'aaaa'>]><Order xmlns='urn:o' v='1'><No>&a;</No></Order>",
		"<!DOCTYPE Order SYSTEM 'file:///etc/passwd'><Order xmlns='urn:o' v='1'/>",
		"<Order xmlns='urn:o' v='1'><No>&x;</No></Order>",
		"<Order xmlns='urn:o' v='1'><No>123</Nr></Order>",
		"<Order xmlns='urn:o' v='1'><No>123",
	};
	struct xml_schema *s = compile("main/order.xsd");

	(void)state;
	for (size_t i = 0; i < N(attacks); i++) {
		struct arena *a = arena_new(TEST_ARENA);
		struct xml_schema_findings f;
		struct err e;

		assert_int_equal(xml_schema_check(a, s, str_of(attacks[i]), &f, &e), -1);
		assert_int_equal(e.kind, ERR_INPUT);
		arena_free(a);
	}
	xml_schema_free(s);
}

static void
what_is_told_is_bounded(void **state)
{
	struct xml_schema *s = compile("main/many.xsd");
	struct arena *a = arena_new(TEST_ARENA);
	struct xml_schema_findings f;
	struct buf in = BUF_CAP(1u << 20), large = BUF_CAP(32u << 20);
	struct err e;

	(void)state;
	assert_int_equal(buf_put(&in, S("<R xmlns='urn:o'>"), &e), 0);
	for (int i = 0; i < 5000; i++)
		assert_int_equal(buf_put(&in, S("<Q>x</Q>"), &e), 0);
	assert_int_equal(buf_put(&in, S("</R>"), &e), 0);
	assert_int_equal(xml_schema_check(a, s, buf_str(&in), &f, &e), 0);
	assert_int_equal(f.n_kept, XML_SCHEMA_KEPT);
	assert_in_range(f.n, XML_SCHEMA_KEPT, XML_SCHEMA_ERRORS_MAX);
	while (large.n <= XML_SCHEMA_BYTES_MAX)
		assert_int_equal(buf_put(&large, buf_str(&in), &e), 0);
	assert_int_equal(xml_schema_check(a, s, buf_str(&large), &f, &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	buf_clear(&in);
	buf_clear(&large);
	arena_free(a);
	xml_schema_free(s);
}

static void
namespaces_say_what_a_schema_is_for(void **state)
{
	struct arena *a = arena_new(TEST_ARENA);
	struct str ns;

	(void)state;
	assert_true(xml_schema_target(a, files[0].bytes, &ns));
	assert_str_eq(ns, S("urn:o"));
	assert_true(xml_schema_root(a,
	    S("<?xml version='1.0'?><!-- c --><a:b xmlns:a='urn:x' targetNamespace='no'/>"), &ns));
	assert_str_eq(ns, S("urn:x"));
	assert_false(xml_schema_root(a, S("UNB+UNOC:3"), &ns));
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_are_held_against_it),
		cmocka_unit_test(bad_schemas_are_told_of),
		cmocka_unit_test(attacks_end_the_reading),
		cmocka_unit_test(what_is_told_is_bounded),
		cmocka_unit_test(namespaces_say_what_a_schema_is_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
