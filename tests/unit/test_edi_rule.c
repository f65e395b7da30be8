/* SPDX-License-Identifier: ISC */
#include "edi/rule.h"

#include "edi/jwrite.h"
#include "edi/model_write.h"
#include "edi/rule_codes.h"
#include "edi/rule_eval.h"
#include "edi/rule_number.h"
#include "tests/unit/edi_unit.h"

#define XSD   "urn:oasis:names:specification:ubl:schema:xsd:"
#define OPEN  "<Invoice xmlns='" XSD "Invoice-2' xmlns:cac='" XSD "CommonAggregateComponents-2' xmlns:cbc='" XSD \
	"CommonBasicComponents-2'>"
#define CLOSE "</Invoice>"
#define LINE(id, amount, rate)                                                                                    \
	"<cac:InvoiceLine><cbc:ID>" id "</cbc:ID><cbc:LineExtensionAmount currencyID='EUR'>" amount               \
	"</cbc:LineExtensionAmount><cac:Item><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>" rate     \
	"</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory></cac:Item>" \
	"</cac:InvoiceLine>"
#define CII_STD "urn:un:unece:uncefact:data:standard:"

static const struct xml_ns namespaces[] = {
	{ "cac", XSD "CommonAggregateComponents-2" }, { "cbc", XSD "CommonBasicComponents-2" }, { NULL, NULL },
};

static struct rule_tree
tree_of(struct arena *a, struct str in)
{
	struct rule_tree t;
	struct err e;

	assert_int_equal(rule_tree_read(a, in, namespaces, &t, &e), 0);
	return t;
}

/* What text comes to at the root of the document. */
static struct rule_value
value_of(struct arena *a, const struct rule_tree *t, const char *text)
{
	struct rule_run r = { .a = a, .tree = t };
	struct err e = { 0 };
	struct rule_expr *x = rule_compile(a, t, RULE_UBL, "", str_of(text), NULL, &e);

	if (x == NULL)
		fail_msg("%s: %s", text, e.text);
	r.here = r.subject = t->nodes[0].first;
	return rule_eval(&r, x);
}

static void
expressions_come_to_values(void **state)
{
	static const struct { const char *text; bool truth; } cases[] = {
		{ "1 + 2 * 3 = 7", true }, { "(1 + 2) * 3 = 9", true }, { "0.1 + 0.2 = 0.3", true }, { "5 - 2 - 1 = 2", true },
		{ "1 = 1 and 2 = 3 or 4 = 4", true }, { "1 = 2 or 2 = 2 and 3 = 4", false }, { "'a' = 'a'", true },
		{ "'a' < 'b'", true }, { "'08' = 8", true }, { "not('')", true }, { "'x' = 1", false }, { "'x' != 1", false },
		{ "BT-1 = 'R-1'", true }, { "exists(BT-131)", true }, { "count(BG-25) = 2", true },
		{ "sum(BT-131) = 30.30", true }, { "BG-25/BT-131 > 20", true }, { "BG-25[BT-126 = '2']/BT-131 = 20.20", true },
		{ "BG-25[2]/BT-126 = 2", true }, { "BG-25[3]", false }, { "every(BG-25, BT-131 > 10)", true },
		{ "every(BG-25, BT-131 > 11)", false }, { "//cbc:ID = '2'", true }, { "/BT-1 = 'R-1'", true },
		{ "count(//cac:Item|cac:TaxScheme) = 4", true }, { "BT-131/@currencyID = 'EUR'", true },
		{ "BG-25[1]/cac:Item/../cbc:ID = '1'", true }, { "count(*) = 3", true }, { "round(2.345) = 2.35", true },
		{ "round(-2.345) = -2.34", true }, { "round(2.5, 0) = 3", true }, { "div(1, 3) < 0.34", true },
		{ "div(1, 0) = 0", false }, { "near(1.00, 1.02, 0.02)", true }, { "near(1.00, 1.03, 0.02)", false },
		{ "part('a|b|c', 2, '|') = 'b'", true }, { "part('a', 2, '|') = ''", true }, { "parts('a|b', '|') = 2", true },
		{ "among('b', 'a b')", true }, { "among('', 'a b')", false }, { "sub('abcd', 2, 2) = 'bc'", true },
		{ "if(1 = 1, 'y', 'n') = 'y'", true }, { "root() = 'Invoice'", true }, { "decimals('1.230') = 3", true },
		{ "BT-6 = BT-5", false }, { "not(BT-6)", true }, { "or-else(BT-113, 0) = 0", true },
	};
	struct arena *a = arena_new(1 << 24);
	struct rule_tree t = tree_of(a, S(OPEN "<cbc:ID> R-1 </cbc:ID>" LINE("1", "10.10", "19") LINE("2", "20.20", "19") CLOSE));

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct rule_value v = value_of(a, &t, cases[i].text);
		print_message("%s\n", cases[i].text);
		assert_int_equal(rule_truth(&v), cases[i].truth);
	}
	arena_free(a);
}

static void
what_is_no_expression_is_told(void **state)
{
	static const char *const bad[] = { "", "1 +", "(1", "'a", "nothing(1)", "count()", "BT-1[",
		"BT-1 BT-2", "//", "count(1, 2)", "a|b|c|d|e|f|g|h", "1 = ", "BG-25[BT-1" };
	struct arena *a = arena_new(1 << 24);
	struct rule_tree t = tree_of(a, S(OPEN CLOSE));
	struct err e;

	(void)state;
	for (size_t i = 0; i < N(bad); i++) {
		print_message("%s\n", bad[i]);
		assert_null(rule_compile(a, &t, RULE_UBL, "", str_of(bad[i]), NULL, &e));
	}
	arena_free(a);
}

static bool
has(const struct rule_findings *f, const char *id)
{
	for (size_t i = 0; i < f->n_kept; i++)
		if (strcmp(f->kept[i].id, id) == 0)
			return true;
	return false;
}

/* Every rule compiles and can be asked of a document that has nothing. */
static void
every_rule_can_be_asked(void **state)
{
	struct arena *a = arena_new(1 << 28);
	struct rule_findings f;
	struct err e = { 0 };

	(void)state;
	if (rule_check(a, S(OPEN CLOSE), RULE_UBL, RULE_EN16931 | RULE_PEPPOL, NULL, &f, &e) == -1)
		fail_msg("%s", e.text);
	assert_true(has(&f, "BR-02"));
	assert_true(has(&f, "PEPPOL-EN16931-R001"));
	assert_false(has(&f, "BR-21"));
	if (rule_check(a,
	        S("<rsm:CrossIndustryInvoice xmlns:rsm='" CII_STD "CrossIndustryInvoice:100'/>"),
	        RULE_CII, RULE_EN16931 | RULE_PEPPOL, NULL, &f, &e) == -1)
		fail_msg("%s", e.text);
	assert_true(has(&f, "BR-16"));
	arena_free(a);
}

#define TOTALS(lines, net) "<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID='EUR'>" lines \
	"</cbc:LineExtensionAmount><cbc:TaxExclusiveAmount currencyID='EUR'>" net "</cbc:TaxExclusiveAmount></cac:LegalMonetaryTotal>"

static void
sums_are_exact_and_placed(void **state)
{
	struct arena *a = arena_new(1 << 28);
	struct rule_findings f;
	struct err e;

	(void)state;
	assert_int_equal(rule_check(a, S(OPEN TOTALS("0.30", "0.30") LINE("1", "0.10", "19") LINE("2", "0.20", "19") CLOSE),
	    RULE_UBL, RULE_EN16931, NULL, &f, &e), 0);
	assert_false(has(&f, "BR-CO-10"));
	assert_false(has(&f, "BR-CO-13"));
	assert_int_equal(rule_check(a, S(OPEN TOTALS("0.31", "0.30") LINE("1", "0.10", "19") LINE("2", "0.20", "19") CLOSE),
	    RULE_UBL, RULE_EN16931, "BR-CO-10", &f, &e), 0);
	assert_int_equal(f.n_fatal, 1);
	assert_str_eq(f.kept[0].place, S("/Invoice/cac:LegalMonetaryTotal"));
	assert_int_equal(rule_check(a, S(OPEN "<cac:InvoiceLine/><cac:InvoiceLine/>" CLOSE), RULE_UBL, RULE_EN16931, "BR-21",
	    &f, &e), 0);
	assert_int_equal(f.n_fatal, 2);
	assert_str_eq(f.kept[1].place, S("/Invoice/cac:InvoiceLine[2]"));
	arena_free(a);
}

static void
numbers_prove_themselves(void **state)
{
	(void)state;
	assert_true(number_gln(S("4012345000009")));
	assert_false(number_gln(S("4012345000008")));
	assert_true(number_iban(S("DE89 3704 0044 0532 0130 00")));
	assert_false(number_iban(S("DE89370400440532013001")));
	assert_true(number_luhn(S("2021005489"), 10));
	assert_true(number_mod11(S("991825827")));
	assert_true(number_abn(S("51824753556")));
	assert_true(number_greek(S("061828591")));
	assert_false(number_greek(S("061828592")));
	assert_true(number_belgian(S("0202239951")));
	assert_true(number_date(S("2024-02-29")));
	assert_false(number_date(S("2023-02-29")));
	assert_false(number_date(S("2023-13-01")));
	assert_true(number_skonto(S("frei\n#SKONTO#TAGE=7#PROZENT=2.00#\n")));
	assert_false(number_skonto(S("#SKONTO#TAGE=7#PROZENT=2#\n")));
	assert_false(number_skonto(S("#SKONTO#TAGE=7#PROZENT=2.00#")));
	assert_true(rule_code_is(S("iso-4217"), S("EUR")));
	assert_false(rule_code_is(S("iso-4217"), S("EU")));
	assert_false(rule_code_is(S("iso-4217"), S("EUR USD")));
	assert_false(rule_code_is(S("nothing"), S("EUR")));
	assert_true(rule_code_is(S("rec20"), S("XZZ")));
}

static void
a_document_names_its_rules(void **state)
{
	(void)state;
	assert_int_equal(rule_sets_of(S("urn:cen.eu:en16931:2017")), RULE_EN16931);
	assert_int_equal(rule_sets_of(S("urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0")),
	    RULE_EN16931 | RULE_PEPPOL);
	assert_int_equal(rule_sets_of(S("urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended")), 0);
	assert_int_equal(rule_sets_of(S("urn:factur-x.eu:1p0:minimum")), 0);
	assert_non_null(rule_by_id(S("BR-IC-08")));
	assert_non_null(rule_by_id(S("BR-CO-10")));
	assert_null(rule_by_id(S("BR-IC-13")));
}

/* What `convert --to xml` writes is XML that says the same, whatever a value holds. */
static void
a_model_is_written_as_xml(void **state)
{
	static const struct str hostile = S_INIT("UNB+UNOC:3+4012345000009:14+5098765000007:14+261120:1115+1'"
	    "UNH+1+INVOIC:D:96A:UN'BGM+380+<a>&amp;\xe2\x80\xae]]>\x01+9'UNT+3+1'UNZ+1+1'");
	static const struct xml_ns form[] = { { "f", JW_XML_NS }, { NULL, NULL } };
	struct arena *a = arena_new(MODEL_ARENA_MAX);
	struct buf out = BUF_CAP(1 << 20);
	struct model_file m;
	struct rule_tree t;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(model_read(a, hostile, &m, &e), 0);
	assert_int_equal(model_write_xml(&out, a, &m, S("<name>"), &e), 0);
	if (rule_tree_read(a, buf_str(&out), form, &t, &e) == -1)
		fail_msg("%s", e.text);
	assert_str_eq(t.nodes[t.heads[rule_name(&t, S("f:schema"))]].text, S("edigate/document/1"));
	assert_str_eq(t.nodes[t.heads[rule_name(&t, S("f:kind"))]].text, S("invoice"));
	assert_true(str_starts(t.nodes[t.heads[rule_name(&t, S("f:id"))]].text, S("4012345000009")));
	assert_int_equal(rule_name(&t, S("f:a")), 0);
	buf_clear(&out);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expressions_come_to_values),
		cmocka_unit_test(what_is_no_expression_is_told),
		cmocka_unit_test(every_rule_can_be_asked),
		cmocka_unit_test(sums_are_exact_and_placed),
		cmocka_unit_test(numbers_prove_themselves),
		cmocka_unit_test(a_document_names_its_rules),
		cmocka_unit_test(a_model_is_written_as_xml),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
