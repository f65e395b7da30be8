/* SPDX-License-Identifier: ISC */
#include "edi/xml.h"

#include "edi/root.h"
#include "gateway/base/buf.h"
#include "tests/unit/edi_unit.h"

#include <stdlib.h>

#define XSD    "urn:oasis:names:specification:ubl:schema:xsd:"
#define PREFIX "xmlns:cac='" XSD "CommonAggregateComponents-2' xmlns:cbc='" XSD "CommonBasicComponents-2'"
#define OPEN   "<Invoice xmlns='" XSD "Invoice-2' " PREFIX ">"
#define ID     "<cbc:ID>RE-1</cbc:ID>"
#define SELLER "<cac:AccountingSupplierParty><cac:Party><cbc:EndpointID schemeID='0088'>4012345000009</cbc:EndpointID>" \
	"<cac:PartyLegalEntity><cbc:RegistrationName>Nordwind GmbH</cbc:RegistrationName></cac:PartyLegalEntity>" \
	"</cac:Party></cac:AccountingSupplierParty>"
#define BUYER  "<cac:AccountingCustomerParty><cac:Party><cbc:EndpointID schemeID='0088'>5098765000007</cbc:EndpointID>" \
	"</cac:Party></cac:AccountingCustomerParty>"
#define CLOSE  "</Invoice>"
#define ALL    OPEN ID SELLER BUYER CLOSE

static void
an_invoice_gives_its_facts(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f = read_facts(a, S("<?xml version='1.0'?>\n" OPEN
	    "<cbc:UBLVersionID>2.1</cbc:UBLVersionID>" ID SELLER BUYER CLOSE));

	(void)state;
	assert_valid(&f, "ubl");
	assert_str_eq(f.sender.qual, S("0088"));
	assert_str_eq(f.sender.id, S("4012345000009"));
	assert_str_eq(f.sender.name, S("Nordwind GmbH"));
	assert_str_eq(f.receiver.id, S("5098765000007"));
	assert_str_eq(f.control, S("RE-1"));
	assert_str_eq(f.number, S("RE-1"));
	assert_str_eq(f.type, S("Invoice"));
	assert_str_eq(f.version, S("2.1"));
	assert_int_equal(f.interchanges, 1);
	assert_int_equal(f.n_messages, 1);
	assert_str_eq(f.messages[0].number, S("RE-1"));
	assert_false(f.test);
	arena_free(a);
}

/* How a value may be written, and what is no value. */
static void
values_are_texts_of_the_right_element(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		struct str body, number;
	} cases[] = {
		{ "plain", S_INIT(ID), S_INIT("RE-1") },
		{ "blanks around", S_INIT("<cbc:ID>\n  RE-1\t</cbc:ID>"), S_INIT("RE-1") },
		{ "the five entities", S_INIT("<cbc:ID>&lt;&gt;&amp;&quot;&apos;</cbc:ID>"), S_INIT("<>&\"'") },
		{ "character references", S_INIT("<cbc:ID>R&#69;&#x2d;1</cbc:ID>"), S_INIT("RE-1") },
		{ "CDATA", S_INIT("<cbc:ID>R<![CDATA[E&]]>-1</cbc:ID>"), S_INIT("RE&-1") },
		{ "comments and instructions", S_INIT("<cbc:ID>RE<!-- 7 --><?x y?>-1</cbc:ID>"),
		    S_INIT("RE-1") },
		{ "the first", S_INIT(ID "<cbc:ID>RE-2</cbc:ID>"), S_INIT("RE-1") },
		{ "the first that is not empty", S_INIT("<cbc:ID/><cbc:ID> </cbc:ID>" ID), S_INIT("RE-1") },
		{ "not deeper", S_INIT("<cac:OrderReference><cbc:ID>PO-9</cbc:ID></cac:OrderReference>"
		    ID), S_INIT("RE-1") },
		{ "not of another namespace", S_INIT("<ID>PO-9</ID><x:ID xmlns:x='urn:x'>PO-9</x:ID>"
		    ID), S_INIT("RE-1") },
		{ "by any prefix", S_INIT("<q:ID xmlns:q='" XSD "CommonBasicComponents-2'>RE-1</q:ID>"),
		    S_INIT("RE-1") },
		{ "by default namespace", S_INIT("<ID xmlns='" XSD
		    "CommonBasicComponents-2'>RE-1</ID>"), S_INIT("RE-1") },
		{ "text of children is none", S_INIT("<cbc:ID>RE<x>bad</x>-1</cbc:ID>"), S_INIT("RE-1") },
		{ "UTF-8", S_INIT("<cbc:ID>R\xc3\x84-1</cbc:ID>"), S_INIT("R\xc3\x84-1") },
	};
	struct arena *a = arena_new(EDI_ARENA_MAX);

	for (size_t i = 0; i < N(cases); i++) {
		struct str text = str_cat(a, S(OPEN), str_cat(a, cases[i].body, S(CLOSE)));
		struct edi_facts f = read_facts(a, text);

		print_message("%s\n", cases[i].why);
		assert_valid(&f, "ubl");
		assert_str_eq(f.number, cases[i].number);
	}
	arena_free(a);
}

static void
a_long_value_is_cut(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct buf b = BUF_CAP(1 << 20);
	struct edi_facts f;

	(void)state;
	buf_put(&b, S(OPEN "<cbc:ID>"), NULL);
	for (int i = 0; i < 1000; i++)
		buf_put(&b, S("0123456789"), NULL);
	buf_put(&b, S("</cbc:ID>" CLOSE), NULL);
	f = read_facts(a, buf_str(&b));
	assert_non_null(problem_of(&f, "value-long"));
	assert_int_equal(f.number.n, XML_VALUE_MAX);
	buf_clear(&b);
	arena_free(a);
}

#define PARTY(element, inner) "<cac:" element "><cac:Party>" inner "</cac:Party></cac:" element ">"
#define EP(id)	  "<cbc:EndpointID schemeID='0088'>" id "</cbc:EndpointID>"
#define PID(id)	  "<cac:PartyIdentification><cbc:ID schemeID='0060'>" id "</cbc:ID></cac:PartyIdentification>"
#define TAXID(id) "<cac:PartyTaxScheme><cbc:CompanyID>" id "</cbc:CompanyID></cac:PartyTaxScheme>"
#define LEGAL(id) "<cac:PartyLegalEntity><cbc:CompanyID schemeID='0204'>" id "</cbc:CompanyID></cac:PartyLegalEntity>"

static void
parties_are_found_by_what_there_is(void **state)
{
	(void)state;
	static const struct {
		const char *root;
		struct str body, from, to;
	} cases[] = {
		{ "Invoice", S_INIT(PARTY("AccountingSupplierParty",
		    EP("S")) PARTY("AccountingCustomerParty", EP("B"))), S_INIT("0088:S"),
		    S_INIT("0088:B") },
		{ "CreditNote", S_INIT(PARTY("AccountingCustomerParty",
		    EP("B")) PARTY("AccountingSupplierParty", EP("S"))), S_INIT("0088:S"),
		    S_INIT("0088:B") },
		{ "Order", S_INIT(PARTY("BuyerCustomerParty", EP("B")) PARTY("SellerSupplierParty",
		    EP("S"))), S_INIT("0088:B"), S_INIT("0088:S") },
		{ "OrderResponse", S_INIT(PARTY("SellerSupplierParty",
		    EP("S")) PARTY("BuyerCustomerParty", EP("B"))), S_INIT("0088:S"),
		    S_INIT("0088:B") },
		{ "DespatchAdvice", S_INIT(PARTY("DespatchSupplierParty",
		    EP("S")) PARTY("DeliveryCustomerParty", EP("B"))), S_INIT("0088:S"),
		    S_INIT("0088:B") },
		{ "Invoice", S_INIT(PARTY("AccountingSupplierParty",
		    TAXID("T") PID("P")) PARTY("AccountingCustomerParty", LEGAL("L") TAXID("T"))),
		    S_INIT("0060:P"), S_INIT(":T") },
		{ "Invoice", S_INIT(PARTY("AccountingSupplierParty",
		    LEGAL("L")) PARTY("AccountingCustomerParty", PID("P") EP("B"))), S_INIT("0204:L"),
		    S_INIT("0088:B") },
		{ "Invoice", S_INIT(PARTY("PayeeParty", EP("X"))), S_INIT(":"), S_INIT(":") },
		{ "ApplicationResponse", S_INIT("<cac:SenderParty>" EP("S")
		    "</cac:SenderParty><cac:ReceiverParty>" EP("R") "</cac:ReceiverParty>"),
		    S_INIT("0088:S"), S_INIT("0088:R") },
	};
	struct arena *a = arena_new(EDI_ARENA_MAX);

	for (size_t i = 0; i < N(cases); i++) {
		struct edi_facts f = read_facts(a, str_fmt(a, "<%s xmlns='" XSD "%s-2' " PREFIX ">"
		    ID STR_FMT "</%s>",
		    cases[i].root, cases[i].root, STR_ARG(cases[i].body), cases[i].root));

		print_message("%zu %s\n", i, cases[i].root);
		assert_valid(&f, "ubl");
		assert_str_eq(f.type, str_of(cases[i].root));
		assert_str_eq(str_fmt(a, STR_FMT ":" STR_FMT, STR_ARG(f.sender.qual),
		    STR_ARG(f.sender.id)), cases[i].from);
		assert_str_eq(str_fmt(a, STR_FMT ":" STR_FMT, STR_ARG(f.receiver.qual),
		    STR_ARG(f.receiver.id)), cases[i].to);
	}
	arena_free(a);
}

#define CII_NS	  "urn:un:unece:uncefact:data:standard:"
#define CII_ROOT  "rsm:CrossIndustryInvoice"
#define CII_OPEN  "<" CII_ROOT " xmlns:rsm='" CII_NS "CrossIndustryInvoice:100' xmlns:ram='" CII_NS \
	"ReusableAggregateBusinessInformationEntity:100' xmlns:udt='" CII_NS "UnqualifiedDataType:100'>"
#define CII_ID	  "<rsm:ExchangedDocument><ram:ID>RE-2</ram:ID></rsm:ExchangedDocument>"
#define CII_TRADE "<rsm:SupplyChainTradeTransaction><ram:ApplicableHeaderTradeAgreement>" \
	"<ram:SellerTradeParty><ram:ID>7</ram:ID><ram:GlobalID schemeID='0088'>4012345000009</ram:GlobalID>" \
	"<ram:Name>Nordwind GmbH</ram:Name></ram:SellerTradeParty>" \
	"<ram:BuyerTradeParty><ram:SpecifiedTaxRegistration><ram:ID schemeID='VA'>DE1</ram:ID>" \
	"</ram:SpecifiedTaxRegistration><ram:ID>9</ram:ID></ram:BuyerTradeParty>" \
	"</ram:ApplicableHeaderTradeAgreement></rsm:SupplyChainTradeTransaction>"

static void
a_cross_industry_invoice_gives_its_facts(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f = read_facts(a, S(CII_OPEN
	    "<rsm:ExchangedDocumentContext><ram:TestIndicator><udt:Indicator>true</udt:Indicator></ram:TestIndicator>"
	    "<ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:cen.eu:en16931:2017</ram:ID>"
	    "</ram:GuidelineSpecifiedDocumentContextParameter>"
	    "</rsm:ExchangedDocumentContext>" CII_ID CII_TRADE "</" CII_ROOT ">"));

	(void)state;
	assert_valid(&f, "cii");
	assert_str_eq(f.type, S("CrossIndustryInvoice"));
	assert_str_eq(f.number, S("RE-2"));
	assert_str_eq(f.version, S("urn:cen.eu:en16931:2017"));
	assert_str_eq(f.sender.id, S("4012345000009"));
	assert_str_eq(f.sender.qual, S("0088"));
	assert_str_eq(f.sender.name, S("Nordwind GmbH"));
	assert_str_eq(f.receiver.id, S("9"));
	assert_true(f.test);
	arena_free(a);
}

static void
what_is_no_good_xml_is_refused(void **state)
{
	(void)state;
	static const struct broken cases[] = {
		{ "cut in text", S_INIT(OPEN ID "<cbc:Note>abc"), "xml-cut", NULL, 0,
		    "2 elements deep, before </Invoice>" },
		{ "cut in a tag", S_INIT(OPEN ID "<cbc:No"), "xml-cut", NULL, 0, "before </Invoice>" },
		{ "cut in the root's end", S_INIT(OPEN ID "</Invo"), "xml-cut", NULL, 0, "1 elements deep" },
		{ "content behind", S_INIT(ALL "<x/>"), "xml-malformed", "<x/>", 0, "Extra content" },
		{ "prefix not declared", S_INIT(OPEN ID "<x:y/>" CLOSE), "xml-malformed", "/>" CLOSE, 0,
		    "Namespace prefix x" },
		{ "entity not defined", S_INIT(OPEN "<cbc:ID>&e;</cbc:ID>" CLOSE), "xml-malformed",
		    "</cbc:ID>", 0, "'e' not defined" },
		{ "attribute twice", S_INIT(OPEN ID "<cbc:Note a='1' a='2'/>" CLOSE), "xml-malformed",
		    "/>" CLOSE, 0, "redefined" },
		{ "control character", S_INIT(OPEN ID "<cbc:Note>\x01</cbc:Note>" CLOSE),
		    "xml-malformed", "\x01", 0, "line 1" },
		{ "DOCTYPE", S_INIT("<!DOCTYPE Invoice>" ALL), "xml-doctype", ">" ALL, 0, "DOCTYPE" },
		{ "external subset", S_INIT("<!DOCTYPE Invoice SYSTEM 'http://nordwind.example/i.dtd'>"
		    ALL), "xml-doctype", ">" ALL, 0, "DOCTYPE" },
		{ "entity", S_INIT("<!DOCTYPE Invoice [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>" OPEN
		    "<cbc:ID>&e;</cbc:ID>" CLOSE), "xml-doctype", "[", 0, "refused" },
		{ "parameter entity",
		    S_INIT("<!DOCTYPE Invoice [<!ENTITY % e SYSTEM 'file:///etc/passwd'>%e;]>" ALL),
		    "xml-doctype", "[", 0, "refused" },
		{ "another namespace", S_INIT("<Invoice xmlns='urn:x' " PREFIX ">" ID CLOSE),
		    "xml-namespace", "<Invoice", 0, "in 'urn:x', want" },
		{ "no number", S_INIT(OPEN "<cac:X><cbc:ID>1</cbc:ID></cac:X>" CLOSE), "number-missing",
		    "<Invoice", 0, "no cbc:ID" },
	};

	for (size_t i = 0; i < N(cases); i++)
		assert_broken(&cases[i], "ubl");
}

/* Before and behind a run of one piece. */
static struct str
repeat(struct buf *b, struct str before, const char *piece, size_t n, struct str behind)
{
	buf_cut(b, 0);
	buf_put(b, before, NULL);
	while (n-- > 0)
		buf_put(b, str_of(piece), NULL);
	buf_put(b, behind, NULL);
	return buf_str(b);
}

static void
depth_and_attributes_have_limits(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct buf b = BUF_CAP(1 << 20), attributes = BUF_CAP(1 << 16);
	struct edi_facts f;

	(void)state;
	f = read_facts(a, repeat(&b, S(OPEN ID), "<a>", XML_DEPTH_MAX + 10, S("")));
	assert_non_null(problem_of(&f, "xml-limit"));
	for (int i = 0; i < XML_ATTRIBUTES_MAX + 1; i++)
		buf_printf(&attributes, NULL, " a%d=''", i);
	f = read_facts(a, repeat(&b, str_cat(a, S(OPEN ID "<a"), buf_str(&attributes)), "", 0, S("/>" CLOSE)));
	assert_non_null(problem_of(&f, "xml-limit"));
	f = read_facts(a, repeat(&b, S(OPEN ID "<a"), " x=''", 100000, S("/>" CLOSE)));	/* refused before it is read */
	assert_non_null(problem_of(&f, "xml-limit"));
	f = read_facts(a, repeat(&b, S(OPEN ID "<![CDATA["), "ten bytes ", 50000, S("]]>" CLOSE)));
	assert_valid(&f, "ubl");
	f = read_facts(a, repeat(&b, S(OPEN ID), "<a></a>", 20000, S(CLOSE)));
	assert_valid(&f, "ubl");
	buf_clear(&attributes);
	buf_clear(&b);
	arena_free(a);
}

/* An attachment of many chunks: only what is asked for takes memory. */
static void
large_documents_take_little_memory(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct buf b = BUF_CAP(64 << 20);
	struct edi_facts f;

	(void)state;
	f = read_facts(a, repeat(&b, S(OPEN "<cac:A><cbc:Object>"),
	    "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJz\n", 400000,
	    S("</cbc:Object></cac:A>" ID CLOSE)));
	assert_valid(&f, "ubl");
	assert_str_eq(f.number, S("RE-1"));
	assert_true(arena_used(a) < 100000);
	buf_clear(&b);
	arena_free(a);
}

static void
memory_is_bounded_by_no_value(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct buf b = BUF_CAP(64 << 20);
	struct edi_facts f;

	(void)state;
	f = read_facts(a, repeat(&b, S(OPEN ID),
	    "<cbc:ID schemeID='one that is quite long, so that many of them would take room'>N</cbc:ID>", 200000,
	    S(CLOSE)));
	assert_valid(&f, "ubl");
	assert_str_eq(f.number, S("RE-1"));
	assert_true(arena_used(a) < 100000);
	buf_clear(&b);
	arena_free(a);
}

static void
encodings_are_understood(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct str ascii = S("<?xml version='1.0' encoding='UTF-16'?>" ALL);
	struct buf b = BUF_CAP(1 << 16);
	struct edi_facts f;

	(void)state;
	buf_put(&b, S("\xff\xfe"), NULL);
	for (size_t i = 0; i < ascii.n; i++) {
		buf_putc(&b, ascii.p[i], NULL);
		buf_putc(&b, '\0', NULL);
	}
	f = read_facts(a, buf_str(&b));
	assert_valid(&f, "ubl");
	assert_str_eq(f.number, S("RE-1"));
	f = read_facts(a, S("<?xml version='1.0' encoding='ISO-8859-1'?>" OPEN "<cbc:ID>R\xc4</cbc:ID>" CLOSE));
	assert_valid(&f, "ubl");
	assert_str_eq(f.number, S("R\xc3\x84"));
	f = read_facts(a, S(OPEN "<cbc:ID>R\xc4</cbc:ID>" CLOSE));
	assert_non_null(problem_of(&f, "xml-malformed"));
	f = read_facts(a, S("\xef\xbb\xbf" ALL));
	assert_valid(&f, "ubl");
	buf_clear(&b);
	arena_free(a);
}

static void
the_root_is_found_without_a_parser(void **state)
{
	(void)state;
	static const struct {
		struct str in;
		bool there;
		struct str tag, local, ns;
		bool empty;
	} cases[] = {
		{ S_INIT("<a>"), true, S_INIT("a"), S_INIT("a"), S_INIT(""), false },
		{ S_INIT("\xef\xbb\xbf \n<?xml version='1.0'?><!-- <b> --><a xmlns='urn:1'>"), true,
		    S_INIT("a"), S_INIT("a"), S_INIT("urn:1"), false },
		{ S_INIT("<p:a xmlns='urn:1' xmlns:q='urn:2' xmlns:p = \"urn:3\" x='>'/>"), true,
		    S_INIT("p:a"), S_INIT("a"), S_INIT("urn:3"), true },
		{ S_INIT("<!DOCTYPE a [<!ENTITY b '<c>'>]><a>"), true, S_INIT("a"), S_INIT("a"),
		    S_INIT(""), false },
		{ S_INIT("<?pi <b> ?><a\n>"), true, S_INIT("a"), S_INIT("a"), S_INIT(""), false },
		{ S_INIT("<a xmlns='urn:cut"), true, S_INIT("a"), S_INIT("a"), S_INIT(""), false },
		{ S_INIT("<!-- no end <a>"), false, S_INIT(""), S_INIT(""), S_INIT(""), false },
		{ S_INIT("<?xml"), false, S_INIT(""), S_INIT(""), S_INIT(""), false },
		{ S_INIT("<!DOCTYPE a ["), false, S_INIT(""), S_INIT(""), S_INIT(""), false },
		{ S_INIT("<name-cut"), false, S_INIT(""), S_INIT(""), S_INIT(""), false },
		{ S_INIT("text <a>"), false, S_INIT(""), S_INIT(""), S_INIT(""), false },
		{ S_INIT("<"), false, S_INIT(""), S_INIT(""), S_INIT(""), false },
		{ S_INIT(""), false, S_INIT(""), S_INIT(""), S_INIT(""), false },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct xml_root root;

		print_message(STR_FMT "\n", STR_ARG(cases[i].in));
		assert_int_equal(xml_root_find(cases[i].in, &root), cases[i].there);
		if (!cases[i].there)
			continue;
		assert_str_eq(root.tag, cases[i].tag);
		assert_str_eq(root.local, cases[i].local);
		assert_str_eq(root.ns, cases[i].ns);
		assert_int_equal(root.empty, cases[i].empty);
	}
}

static void
no_beginning_is_valid(void **state)
{
	struct str in = S(ALL);

	(void)state;
	for (size_t n = 0; n < in.n; n++) {
		struct arena *a = arena_new(EDI_ARENA_MAX);
		char *exact = malloc(n + 1);
		struct edi_facts f;

		memcpy(exact, in.p, n);
		f = read_facts(a, str_make(exact, n));
		assert_int_not_equal(f.verdict, EDI_VALID);
		free(exact);
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_invoice_gives_its_facts),
		cmocka_unit_test(values_are_texts_of_the_right_element),
		cmocka_unit_test(a_long_value_is_cut),
		cmocka_unit_test(parties_are_found_by_what_there_is),
		cmocka_unit_test(a_cross_industry_invoice_gives_its_facts),
		cmocka_unit_test(what_is_no_good_xml_is_refused),
		cmocka_unit_test(depth_and_attributes_have_limits),
		cmocka_unit_test(large_documents_take_little_memory),
		cmocka_unit_test(memory_is_bounded_by_no_value),
		cmocka_unit_test(encodings_are_understood),
		cmocka_unit_test(the_root_is_found_without_a_parser),
		cmocka_unit_test(no_beginning_is_valid),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
