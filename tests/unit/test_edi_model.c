/* SPDX-License-Identifier: ISC */
/* What is read of documents: the same content out of every format, and what its sums are held against. */
#include "edi/model.h"

#include "tests/unit/edi_unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define ARENA_MAX (64u << 20)

#define ISA "ISA*00*          *00*          *ZZ*NORDWIND       *ZZ*ACME           *261120*1045*U*00401*000000001*0*P*>~" \
	"GS*IN*N*A*20261120*1045*1*X*004010~"
#define IEA "GE*1*1~IEA*1*000000001~"
#define UNB "UNB+UNOC:3+4012345000009:14+5098765000007:14+261120:1115+1'"
#define UNZ "UNZ+1+1'"

static struct model_file
read_model(struct arena *a, struct str in)
{
	struct model_file f;
	struct err e = { 0 };

	if (model_read(a, in, &f, &e) == -1)
		fail_msg("%s", e.text);
	return f;
}

static struct model_file
read_document(struct arena *a, const char *name)
{
	char path[256];
	char *bytes = arena_get(a, 1 << 16);
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "tests/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	n = read(fd, bytes, 1 << 16);
	close(fd);
	assert_true(n > 0);
	return read_model(a, str_make(bytes, (size_t)n));
}

/* The same trade, four times written. */
static void
invoices_say_the_same(void **state)
{
	(void)state;
	static const struct { const char *file, *number, *sum_lines, *amount, *gtin, *price; } cases[] = {
		{ "documents/invoic.edi", "RE-2026-4711", "1491.00", "1380.00", "4012345200013", "690.00" },
		{ "documents/inv810.x12", "RE-2026-4712", "", "", "401234520001", "690" },
		{ "documents/invoice.xml", "RE-2026-4713", "1491.00", "1380.00", "", "690.00" },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct arena *a = arena_new(ARENA_MAX);
		struct model_file f = read_document(a, cases[i].file);
		const struct model *m = &f.documents[0];
		print_message("%s\n", cases[i].file);
		assert_int_equal(f.n_documents, 1);
		assert_int_equal(m->kind, MODEL_INVOICE);
		assert_str_eq(m->number, str_of(cases[i].number));
		assert_str_eq(m->issued, S("2026-11-20"));
		assert_str_eq(m->currency, S("EUR"));
		assert_str_eq(m->totals.payable, S("1491.00"));
		assert_str_eq(m->totals.lines, str_of(cases[i].sum_lines));
		assert_str_eq(model_party(m, MODEL_SELLER)->name, S("Nordwind GmbH"));
		assert_str_eq(model_party(m, MODEL_SELLER)->ids[0].scheme, S("gln"));
		assert_str_eq(model_party(m, MODEL_SELLER)->ids[0].value, S("4012345000009"));
		assert_int_equal(m->refs[m->n_refs > 1 && m->refs[0].kind == MODEL_REF_BUYER].kind, MODEL_REF_ORDER);
		assert_int_equal(m->n_lines, 2);
		assert_str_eq(m->lines[0].qty, S("2"));
		assert_str_eq(m->lines[0].amount, str_of(cases[i].amount));
		assert_str_eq(m->lines[0].gtin, str_of(cases[i].gtin));
		assert_str_eq(m->lines[0].price, str_of(cases[i].price));
		assert_int_equal(m->n_findings, 0);
		arena_free(a);
	}
}

static void
orders_say_what_is_wanted(void **state)
{
	(void)state;
	struct arena *a = arena_new(ARENA_MAX);
	struct model_file f = read_document(a, "documents/orders.edi");
	const struct model *m = &f.documents[0];

	assert_int_equal(m->kind, MODEL_ORDER);
	assert_int_equal(m->n_lines, 3);
	assert_str_eq(m->lines[2].description, S("Grease cartridge 400 g"));
	assert_str_eq(m->lines[2].buyer_id, S("NW-2040"));
	assert_str_eq(m->totals.payable, S("296.20"));
	assert_str_eq(m->notes[0], S("Please deliver to gate 4, it's open from 7:00 to 16:00"));
	assert_str_eq(m->dates[0].kind, S("delivery"));
	assert_str_eq(m->dates[0].value, S("2026-12-04"));
	assert_str_eq(model_party(m, MODEL_BUYER)->mail, S("orders@nordwind.example"));
	assert_str_eq(model_party(m, MODEL_SHIP_TO)->city, S("Hamburg"));
	assert_int_equal(m->n_findings, 0);

	f = read_document(a, "documents/po850.x12");
	m = &f.documents[0];
	assert_int_equal(m->kind, MODEL_ORDER);
	assert_int_equal(m->n_lines, 2);
	assert_str_eq(m->discounts[0].percent, S("2"));
	assert_str_eq(m->discounts[0].days, S("10"));
	assert_str_eq(m->net_days, S("30"));
	assert_str_eq(m->totals.payable, S("223"));
	assert_int_equal(m->n_findings, 0);
	arena_free(a);
}

static void
x12_sets_have_their_kinds(void **state)
{
	(void)state;
	static const struct { struct str set; enum model_kind kind; const char *number; size_t lines; } cases[] = {
		{ S_INIT("ST*855*1~BAK*00*AC*PO1*20261120~PO1*1*2*EA*5~ACK*IA*2*EA~SE*5*1~"), MODEL_ORDER_RESPONSE, "PO1", 1 },
		{ S_INIT("ST*856*1~BSN*00*LS7*20261120*1045~HL*1**S~HL*2*1*O~PRF*PO1~HL*3*2*I~LIN**UP*401234520001~SN1**5*EA~SE*9*1~"),
			MODEL_DESPATCH_ADVICE, "LS7", 1 },
		{ S_INIT("ST*860*1~BCH*04*NE*PO1***20261120~POC*1*QI*7*5*EA*3.20**BP*NW-1~SE*4*1~"), MODEL_ORDER_CHANGE, "PO1", 1 },
		{ S_INIT("ST*820*1~BPR*C*99.50*C*ACH***********4711*20261120~TRN*1*PAY5~RMR*IV*RE-1**99.50~SE*5*1~"), MODEL_REMITTANCE, "PAY5", 1 },
		{ S_INIT("ST*997*1~AK1*PO*1~AK9*A*1*1*1~SE*4*1~"), MODEL_ACK, "1", 0 },
		{ S_INIT("ST*810*1~BIG*20261120*GS-1*****CR~IT1*1*1*EA*5~TDS*500~SE*5*1~"), MODEL_CREDIT_NOTE, "GS-1", 1 },
		{ S_INIT("ST*214*1~B10*1*2~SE*3*1~"), MODEL_OTHER, "", 0 },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct arena *a = arena_new(ARENA_MAX);
		struct model_file f = read_model(a, str_cat(a, str_cat(a, S(ISA), cases[i].set), S(IEA)));
		print_message(STR_FMT "\n", STR_ARG(cases[i].set));
		assert_int_equal(f.facts.verdict, EDI_VALID);
		assert_int_equal(f.documents[0].kind, cases[i].kind);
		assert_str_eq(f.documents[0].number, str_of(cases[i].number));
		assert_int_equal(f.documents[0].n_lines, cases[i].lines);
		arena_free(a);
	}
}

static void
edifact_messages_have_their_kinds(void **state)
{
	(void)state;
	static const struct { struct str message; enum model_kind kind; const char *qty; } cases[] = {
		{ S_INIT("UNH+1+ORDRSP:D:96A:UN'BGM+231+1'LIN+1+5+4012345200013:EN'QTY+113:9'QTY+21:7'UNT+6+1'"), MODEL_ORDER_RESPONSE, "7" },
		{ S_INIT("UNH+1+ORDCHG:D:96A:UN'BGM+230+1'LIN+1+3'QTY+21:7'UNT+5+1'"), MODEL_ORDER_CHANGE, "7" },
		{ S_INIT("UNH+1+DESADV:D:96A:UN'BGM+351+1'LIN+1'QTY+21:9'QTY+12:7'UNT+6+1'"), MODEL_DESPATCH_ADVICE, "7" },
		{ S_INIT("UNH+1+INVOIC:D:96A:UN'BGM+381+1'LIN+1'QTY+12:9'QTY+47:7'UNT+6+1'"), MODEL_CREDIT_NOTE, "7" },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct arena *a = arena_new(ARENA_MAX);
		struct model_file f = read_model(a, str_cat(a, str_cat(a, S(UNB), cases[i].message), S(UNZ)));
		print_message(STR_FMT "\n", STR_ARG(cases[i].message));
		assert_int_equal(f.facts.verdict, EDI_VALID);
		assert_int_equal(f.documents[0].kind, cases[i].kind);
		assert_str_eq(f.documents[0].lines[0].qty, str_of(cases[i].qty));
		arena_free(a);
	}
}

#define INVOICE_810(lines, total) \
	S_INIT(ISA "ST*810*1~BIG*20261120*R1~" lines "TDS*" total "~SE*9*1~" IEA)
#define INVOIC(body) S_INIT(UNB "UNH+1+INVOIC:D:96A:UN'BGM+380+R1'" body "UNT+9+1'" UNZ)

static void
sums_are_held_against_their_parts(void **state)
{
	(void)state;
	static const struct { const char *why; struct str in; const char *code, *computed; } cases[] = {
		{ "right", INVOICE_810("IT1*1*3*EA*0.1~", "30"), NULL, NULL },
		{ "a cent of rounding", INVOICE_810("IT1*1*3*EA*0.333~", "100"), NULL, NULL },
		{ "total wrong", INVOICE_810("IT1*1*3*EA*10~", "2900"), "sum-payable", "30.00" },
		{ "with a charge and tax", INVOICE_810("IT1*1*3*EA*10~TXI*VA*5.70*19~SAC*C*D240***500~", "4070"), NULL, NULL },
		{ "with an allowance of the line", INVOICE_810("IT1*1*3*EA*10~SAC*A*C310***500~", "2500"), NULL, NULL },
		{ "count", INVOICE_810("IT1*1*3*EA*10~", "3000~CTT*2"), "count-lines", "1" },
		{ "no number", INVOICE_810("IT1*1*3x*EA*10~", "2900"), "number-bad", "" },
		{ "line wrong", INVOIC("LIN+1'QTY+47:2'MOA+203:20.50'PRI+AAA:10'UNS+S'"), "line-amount", "20.00" },
		{ "price per hundred", INVOIC("LIN+1'QTY+47:50'MOA+203:5'PRI+AAA:10:::100'UNS+S'"), NULL, NULL },
		{ "price per hundred, wrong", INVOIC("LIN+1'QTY+47:50'MOA+203:6'PRI+AAA:10:::100'UNS+S'"), "line-amount", "500.00 / 100" },
		{ "sum of lines", INVOIC("LIN+1'MOA+203:20'LIN+2'MOA+203:22.5'UNS+S'MOA+79:42'"), "sum-lines", "42.50" },
		{ "net", INVOIC("ALC+A'MOA+8:2'LIN+1'MOA+203:20'UNS+S'MOA+79:20'MOA+125:20'"), "sum-net", "18.00" },
		{ "tax", INVOIC("LIN+1'MOA+203:20'UNS+S'MOA+124:4'TAX+7+VAT+++:::19+S'MOA+124:3.8'"), "sum-tax", "3.80" },
		{ "gross", INVOIC("LIN+1'MOA+203:20'UNS+S'MOA+125:20'MOA+124:3.8'MOA+77:23.9'"), "sum-gross", "23.80" },
		{ "payable", INVOIC("LIN+1'MOA+203:20'UNS+S'MOA+77:20'MOA+113:5'MOA+9:20'"), "sum-payable", "15.00" },
		{ "decimal comma", INVOIC("LIN+1'QTY+47:1,5'MOA+203:15'PRI+AAA:10,00'UNS+S'"), NULL, NULL },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct arena *a = arena_new(ARENA_MAX);
		struct model_file f = read_model(a, cases[i].in);
		const struct model *m = &f.documents[0];
		print_message("%s\n", cases[i].why);
		if (cases[i].code == NULL && m->n_findings > 0)
			fail_msg("%s: " STR_FMT, m->findings[0].code,
			    STR_ARG(model_finding_text(a, &m->findings[0])));
		if (cases[i].code != NULL) {
			assert_int_equal(m->n_findings, 1);
			assert_string_equal(m->findings[0].code, cases[i].code);
			assert_str_eq(m->findings[0].computed, str_of(cases[i].computed));
			assert_true(model_finding_text(a, &m->findings[0]).n > 10);
		}
		arena_free(a);
	}
}

static void
cii_is_read(void **state)
{
	(void)state;
#define RAM "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
#define RSM "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
#define UDT "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
	static const struct str in = S_INIT("<r:CrossIndustryInvoice xmlns:r='" RSM "' xmlns:a='" RAM "' xmlns:u='" UDT "'>"
	    "<r:ExchangedDocument><a:ID>R5</a:ID><a:TypeCode>381</a:TypeCode><a:IssueDateTime><u:DateTimeString format='102'>"
	    "20261120</u:DateTimeString></a:IssueDateTime></r:ExchangedDocument><r:SupplyChainTradeTransaction>"
	    "<a:IncludedSupplyChainTradeLineItem><a:SpecifiedTradeProduct><a:Name>Pump</a:Name></a:SpecifiedTradeProduct>"
	    "<a:SpecifiedLineTradeAgreement><a:NetPriceProductTradePrice><a:ChargeAmount>5.00</a:ChargeAmount>"
	    "</a:NetPriceProductTradePrice></a:SpecifiedLineTradeAgreement><a:SpecifiedLineTradeDelivery>"
	    "<a:BilledQuantity unitCode='H87'>2</a:BilledQuantity></a:SpecifiedLineTradeDelivery><a:SpecifiedLineTradeSettlement>"
	    "<a:SpecifiedTradeAllowanceCharge><a:ChargeIndicator><u:Indicator>false</u:Indicator></a:ChargeIndicator>"
	    "<a:ActualAmount>1.00</a:ActualAmount></a:SpecifiedTradeAllowanceCharge>"
	    "<a:SpecifiedTradeSettlementLineMonetarySummation><a:LineTotalAmount>9.00</a:LineTotalAmount>"
	    "</a:SpecifiedTradeSettlementLineMonetarySummation></a:SpecifiedLineTradeSettlement></a:IncludedSupplyChainTradeLineItem>"
	    "<a:ApplicableHeaderTradeAgreement><a:SellerTradeParty><a:GlobalID schemeID='0088'>4012345000009</a:GlobalID>"
	    "<a:Name>Nordwind GmbH</a:Name><a:PostalTradeAddress><a:CityName>Hamburg</a:CityName></a:PostalTradeAddress>"
	    "<a:SpecifiedTaxRegistration><a:ID schemeID='VA'>DE123456789</a:ID></a:SpecifiedTaxRegistration></a:SellerTradeParty>"
	    "</a:ApplicableHeaderTradeAgreement><a:ApplicableHeaderTradeSettlement><a:InvoiceCurrencyCode>EUR</a:InvoiceCurrencyCode>"
	    "<a:SpecifiedTradeAllowanceCharge><a:ChargeIndicator><u:Indicator>true</u:Indicator></a:ChargeIndicator>"
	    "<a:ActualAmount>3</a:ActualAmount></a:SpecifiedTradeAllowanceCharge>"
	    "<a:SpecifiedTradeSettlementHeaderMonetarySummation><a:LineTotalAmount>9.00</a:LineTotalAmount>"
	    "<a:TaxBasisTotalAmount>12.00</a:TaxBasisTotalAmount><a:GrandTotalAmount>12.00</a:GrandTotalAmount>"
	    "<a:DuePayableAmount>12.00</a:DuePayableAmount></a:SpecifiedTradeSettlementHeaderMonetarySummation>"
	    "</a:ApplicableHeaderTradeSettlement></r:SupplyChainTradeTransaction></r:CrossIndustryInvoice>");
	struct arena *a = arena_new(ARENA_MAX);
	struct model_file f = read_model(a, in);
	const struct model *m = &f.documents[0];

	assert_valid(&f.facts, "cii");
	assert_int_equal(m->kind, MODEL_CREDIT_NOTE);
	assert_str_eq(m->issued, S("2026-11-20"));
	assert_str_eq(m->lines[0].description, S("Pump"));
	assert_str_eq(m->lines[0].unit, S("H87"));
	assert_int_equal(m->n_allowances, 2);
	assert_int_equal(m->allowances[0].line, 0);
	assert_int_equal(m->allowances[1].line, MODEL_NO_LINE);
	assert_true(m->allowances[1].charge);
	assert_str_eq(model_party(m, MODEL_SELLER)->city, S("Hamburg"));
	assert_str_eq(model_party(m, MODEL_SELLER)->ids[1].scheme, S("vat"));
	assert_int_equal(m->n_findings, 0);
	arena_free(a);
}

static void
values_are_utf8(void **state)
{
	(void)state;
	struct arena *a = arena_new(ARENA_MAX);
	struct model_file f = read_model(a,
	    S(UNB "UNH+1+ORDERS:D:96A:UN'BGM+220+1'NAD+BY+++M\xfcller ?+ S\xf6hne'UNT+4+1'" UNZ));

	assert_string_equal(f.charset, "ISO-8859-1");
	assert_int_equal(f.documents[0].n_parties, 1);
	assert_str_eq(f.documents[0].parties[0].name, S("M\xc3\xbcller + S\xc3\xb6hne"));
	f = read_model(a, S(UNB "UNH+1+ORDERS:D:96A:UN'BGM+220+1'NAD+BY++M\xfcller ?+ S\xf6hne'UNT+4+1'" UNZ));
	assert_str_eq(f.documents[0].parties[0].name, S("M\xc3\xbcller + S\xc3\xb6hne"));
	arena_free(a);
}

/* The same bytes are what UNB says they are; but who names Latin-1 and writes UTF-8 is understood. */
static void
levels_say_what_bytes_are(void **state)
{
	(void)state;
	static const struct {
		const char *level, *name, *shown, *charset;
	} cases[] = {
		{ "UNOC:3", "\xbe\xcb", "\xc2\xbe\xc3\x8b", "ISO-8859-1" },
		{ "UNOD:3", "\xbe\xcb", "\xc5\xbe\xc3\x8b", "ISO-8859-2" },
		{ "UNOE:3", "\xc2\xb0", "\xd0\xa2\xd0\x90", "ISO-8859-5" },	/* could be UTF-8, and is Cyrillic */
		{ "UNOF:3", "\xcb\xfc", "\xce\x9b\xcf\x8c", "ISO-8859-7" },
		{ "UNOC:3", "M\xc3\xbcller", "M\xc3\xbcller", "UTF-8" },
		{ "UNOY:4", "M\xc3\xbcller", "M\xc3\xbcller", "UTF-8" },
		{ "UNOB:1", "M\xfcller", "M\xc3\xbcller", "ISO-8859-1" },
	};
	for (size_t i = 0; i < N(cases); i++) {
		struct arena *a = arena_new(ARENA_MAX);
		struct model_file f = read_model(a,
		    str_fmt(a,
		        "UNB+%s+4012345000009:14+5098765000007:14+261120:1115+1'"
		        "UNH+1+ORDERS:D:96A:UN'BGM+220+1'NAD+BY+++%s'UNT+4+1'UNZ+1+1'",
		        cases[i].level, cases[i].name));
		print_message("%s %s\n", cases[i].level, cases[i].shown);
		assert_str_eq(f.documents[0].parties[0].name, str_of(cases[i].shown));
		assert_string_equal(f.charset, cases[i].charset);
		arena_free(a);
	}
}

static void
too_much_is_refused(void **state)
{
	(void)state;
	struct arena *a = arena_new(ARENA_MAX);
	struct model_file f;
	struct err e = { 0 };

	assert_int_equal(model_read(a, str_make("", MODEL_INPUT_MAX + 1u), &f, &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	f = read_model(a, S("what is this"));
	assert_null(f.facts.format);
	assert_int_equal(f.n_documents, 0);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(invoices_say_the_same),
		cmocka_unit_test(orders_say_what_is_wanted),
		cmocka_unit_test(x12_sets_have_their_kinds),
		cmocka_unit_test(edifact_messages_have_their_kinds),
		cmocka_unit_test(sums_are_held_against_their_parts),
		cmocka_unit_test(cii_is_read),
		cmocka_unit_test(values_are_utf8),
		cmocka_unit_test(levels_say_what_bytes_are),
		cmocka_unit_test(too_much_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
