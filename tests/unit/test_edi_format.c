/* SPDX-License-Identifier: ISC */
#include "edi/facts.h"
#include "gateway/conf.h"
#include "tests/unit/edi_unit.h"

#include <stdio.h>
#include <stdlib.h>

#define ISA "ISA*00*          *00*          *14*4012345000009  *14*5098765000007  *261120*1045*U*00401*000000007*0*P*>~"
#define XSD "urn:oasis:names:specification:ubl:schema:xsd:"
#define CII "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"

static void
content_decides(void **state)
{
	(void)state;
	static const struct {
		const char *format;	/* NULL: nobody's */
		struct str head;
		const char *guess;
	} cases[] = {
		{ "x12", S_INIT(ISA "GS*PO"), "" },
		{ "x12", S_INIT("\xef\xbb\xbf\n" ISA), "" },
		{ "x12", S_INIT("Please find the order below.\n" ISA), "" },
		{ "x12", S_INIT("ISA*00*          *00*"), "" },
		{ "edifact", S_INIT("UNA:+.? 'UNB+UNOC:3"), "" },
		{ "edifact", S_INIT("UNB+UNOC:3+A+B"), "" },
		{ "edifact", S_INIT("UNB\x1dUNOB\x1f" "1"), "" },
		{ "edifact", S_INIT("UNH+1+ORDERS:D:96A:UN'"), "" },
		{ "edifact", S_INIT("Order:\nUNB+UNOC:3+A+B'UNH+1"), "" },
		{ "ubl", S_INIT("<Invoice xmlns='" XSD "Invoice-2'>"), "" },
		{ "ubl", S_INIT("<?xml version='1.0'?><u:CreditNote xmlns:u='" XSD "CreditNote-2'>"), "" },
		{ "ubl", S_INIT("<Order xmlns='" XSD "Order-2'>"), "" },
		{ "ubl", S_INIT("<TenderReceipt xmlns='" XSD "TenderReceipt-2'>"), "" },
		{ "cii", S_INIT("<rsm:CrossIndustryInvoice xmlns:rsm='" CII "'>"), "" },
		{ NULL, S_INIT(""), "empty" },
		{ NULL, S_INIT(" \r\n"), "blank" },
		{ NULL, S_INIT("{\"a\":1}"), "JSON" },
		{ NULL, S_INIT(" [1]"), "JSON" },
		{ NULL, S_INIT("PK\x03\x04..."), "ZIP archive" },
		{ NULL, S_INIT("\x1f\x8b\x08"), "gzip" },
		{ NULL, S_INIT("a;b;c\n1;2;3\n"), "text" },
		{ NULL, S_INIT("UNA FATTURA"), "text" },
		{ NULL, S_INIT("UNBEKANNT"), "text" },
		{ NULL, S_INIT("ISA and BELLA"), "text" },
		{ NULL, S_INIT("ISA*"), "text" },
		{ NULL, S_INIT("\x01\x02\x03"), "binary" },
		{ NULL, S_INIT("\xff\xfeH\0i\0"), "UTF-16 text" },
		{ NULL, S_INIT("ST*850*0001~"), "X12 without its ISA" },
		{ "tradacoms", S_INIT("STX=ANA:1+"), "" },
		{ NULL, S_INIT("EDI_DC40  "), "SAP IDoc" },
		{ NULL, S_INIT("<Invoice/>"), "XML <Invoice>" },
		{ NULL, S_INIT("<Other xmlns='" XSD "Invoice-2'/>"), "XML <Other>" },
		{ NULL, S_INIT("<CrossIndustryInvoice/>"), "XML <CrossIndustryInvoice>" },
		{ NULL, S_INIT("<\x1b[2Jroot/>"), "XML <\\x1b[2Jroot>" },
		{ NULL, S_INIT("<!-- only a comment"), "XML or HTML" },
	};
	struct arena *a = arena_new(EDI_ARENA_MAX);

	for (size_t i = 0; i < N(cases); i++) {
		const struct edi_format *format = edi_detect(cases[i].head);
		struct edi_facts f = read_facts(a, cases[i].head);

		print_message("%zu %s\n", i, cases[i].format == NULL ? cases[i].guess : cases[i].format);
		assert_ptr_equal(f.format, format);
		if (cases[i].format == NULL) {
			assert_null(format);
			assert_int_equal(f.verdict, EDI_UNKNOWN);
			assert_str_eq(f.guess, str_of(cases[i].guess));
		} else {
			assert_non_null(format);
			assert_string_equal(format->name, cases[i].format);
		}
	}
	arena_free(a);
}

static void
formats_are_complete(void **state)
{
	(void)state;
	for (size_t i = 0; edi_formats[i] != NULL; i++) {
		const struct edi_format *f = edi_formats[i];

		assert_true(f->name != NULL && f->label != NULL && f->extension != NULL);
		assert_non_null(strchr(f->media_type, '/'));
		assert_true(f->detect != NULL && f->read != NULL);
	}
}

static void
quirks_have_names(void **state)
{
	struct arena *a = arena_new(1 << 16);

	(void)state;
	assert_str_eq(edi_quirks_text(a, 0), S(""));
	assert_str_eq(edi_quirks_text(a, EDI_QUIRK_WRAPPED), S("wrapped"));
	assert_str_eq(edi_quirks_text(a, EDI_QUIRK_WRAPPED | EDI_QUIRK_BOM), S("bom, wrapped"));
	for (unsigned int bit = 1; bit <= EDI_QUIRK_FUNCTION; bit <<= 1)
		assert_true(edi_quirks_text(a, bit).n > 0);
	arena_free(a);
}

/* A partner's quirks_refused is a row of flags, in the order of the bits. */
static void
the_setting_has_their_names_in_order(void **state)
{
	struct str names = S(CONF_QUIRK_NAMES), name;
	unsigned int bit, n = 0;

	(void)state;
	for (; names.n > 0; n++) {
		(void)str_cut(&names, '|', &name);
		assert_true(edi_quirk_bit(name, &bit));
		assert_int_equal(bit, 1u << n);
	}
	assert_int_equal(n, CONF_QUIRKS);
	assert_int_equal(EDI_QUIRK_FUNCTION, 1u << (CONF_QUIRKS - 1));
}

static void
quirks_can_be_refused(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f = { .verdict = EDI_VALID,
		.quirks = EDI_QUIRK_WRAPPED | EDI_QUIRK_BOM | EDI_QUIRK_LINES };
	unsigned int bit, all;

	(void)state;
	assert_true(edi_quirk_bit(S("wrapped"), &bit));
	assert_int_equal(bit, EDI_QUIRK_WRAPPED);
	assert_true(edi_quirk_bit(S("all"), &all));
	assert_true((all & EDI_QUIRK_FUNCTION) != 0 && (all & EDI_QUIRK_BOM) != 0);
	assert_false(edi_quirk_bit(S("wrap"), &bit));
	edi_refuse_quirks(a, &f, EDI_QUIRK_TRAILING);
	assert_int_equal(f.verdict, EDI_VALID);
	edi_refuse_quirks(a, &f, EDI_QUIRK_TRAILING | EDI_QUIRK_WRAPPED | EDI_QUIRK_BOM);
	assert_int_equal(f.verdict, EDI_BROKEN);
	assert_int_equal(f.n_problems, 2);
	assert_string_equal(f.problems[0].code, "quirk-refused");
	assert_true(str_find(f.problems[0].text, S("'bom'"), NULL));
	arena_free(a);
}

static void
foreign_values_are_shown_printably(void **state)
{
	struct arena *a = arena_new(1 << 16);
	char longer[EDI_SHOWN_MAX + 20];

	(void)state;
	memset(longer, 'x', sizeof(longer));
	assert_string_equal(facts_show(a, S("PO-1")), "PO-1");
	assert_string_equal(facts_show(a, S("a\x1b[2J\n\xff")), "a\\x1b[2J\\x0a\\xff");
	assert_int_equal(strlen(facts_show(a, str_make(longer, sizeof(longer)))), EDI_SHOWN_MAX + 3);
	assert_string_equal(facts_show(a, S("")), "");
	arena_free(a);
}

/* The documents that the demonstration and other tests send. */
static void
our_own_documents_are_valid(void **state)
{
	(void)state;
	static const struct {
		const char *path, *format, *type, *number;
		struct str qual;		/* of GLNs */
	} cases[] = {
		{ "tests/documents/orders.edi", "edifact", "ORDERS", "PO-2026-0815", S_INIT("14") },
		{ "tests/documents/invoic.edi", "edifact", "INVOIC", "RE-2026-4711", S_INIT("14") },
		{ "tests/documents/po850.x12", "x12", "850", "PO-2026-0816", S_INIT("14") },
		{ "tests/documents/inv810.x12", "x12", "810", "RE-2026-4712", S_INIT("14") },
		{ "tests/documents/invoice.xml", "ubl", "Invoice", "RE-2026-4713", S_INIT("0088") },
	};
	struct arena *a = arena_new(EDI_ARENA_MAX);

	for (size_t i = 0; i < N(cases); i++) {
		FILE *file = fopen(cases[i].path, "rb");
		char bytes[16384];
		struct edi_facts f;
		const char *why;
		struct str in;

		print_message("%s\n", cases[i].path);
		assert_non_null(file);
		in = str_make(bytes, fread(bytes, 1, sizeof(bytes), file));
		fclose(file);
		f = read_facts(a, in);
		assert_valid(&f, cases[i].format);
		assert_str_eq(f.sender.qual, cases[i].qual);
		assert_str_eq(f.sender.id, S("4012345000009"));
		assert_str_eq(f.receiver.qual, cases[i].qual);
		assert_str_eq(f.receiver.id, S("5098765000007"));
		assert_str_eq(f.type, str_of(cases[i].type));
		assert_str_eq(f.number, str_of(cases[i].number));
		assert_int_equal(f.quirks & ~(unsigned int)(EDI_QUIRK_LINES | EDI_QUIRK_UNA_BREAK), 0);
		assert_true(edi_complete(in, in, &why));
		for (size_t n = 0; n < in.n - 10; n += 7)	/* half-written, it waits */
			assert_false(edi_complete(str_sub(in, 0, n), str_sub(in, 0, n), &why) && n > 40);
	}
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(content_decides),
		cmocka_unit_test(formats_are_complete),
		cmocka_unit_test(quirks_have_names),
		cmocka_unit_test(the_setting_has_their_names_in_order),
		cmocka_unit_test(quirks_can_be_refused),
		cmocka_unit_test(foreign_values_are_shown_printably),
		cmocka_unit_test(our_own_documents_are_valid),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
