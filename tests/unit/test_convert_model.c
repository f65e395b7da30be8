/* SPDX-License-Identifier: ISC */
/*
 * Documents out of the model: what was read of one that we wrote is what it was written from;
 * what has no place is told.
 */
#include "gateway/convert_model.h"

#include "edi/edifact.h"
#include "edi/model_write.h"
#include "edi/x12.h"
#include "edi/xml.h"

#include "tests/unit/edi_unit.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ARENA_MAX (256u << 20)
#define OUT_MAX   (16u << 20)
#define NOW       S("20261123160300")

#define ISA                                                                                        \
	"ISA*00*          *00*          *ZZ*NORDWIND       *ZZ*ACME           "                    \
	"*261120*1045*U*00401*000000007*0*T*>~"
#define GS(fn) "GS*" fn "*N*A*20261120*1045*1*X*004010~"
#define IEA    "GE*1*1~IEA*1*000000007~"
#define UNB    "UNB+UNOC:3+4012345000009:14+5098765000007:14+261120:1115+INV7++++1++1'"
#define UNZ    "UNZ+1+INV7'"
#define HEAD(format)                                                                               \
	"{\"schema\":\"edigate/document/1\",\"source\":{\"format\":\"" format                      \
	"\",\"sender\":{\"id\":\"NORDWIND\"},"                                                     \
	"\"receiver\":{\"id\":\"ACME\"}},\"documents\":[{"
#define ORDER_OF(unit) \
	"\"kind\":\"order\",\"id\":\"1\",\"issued\":\"2026-11-20\",\"currency\":\"EUR\"," \
	"\"seller\":{\"name\":\"N\",\"address\":{\"country\":\"DE\"}},\"buyer\":{\"name\":\"A\",\"address\":{\"country\":\"DE\"}}," \
	"\"lines\":[{\"no\":\"1\",\"description\":\"x\",\"qty\":\"2\",\"unit\":\"" unit "\"}]" TAIL
#define TAIL    "}]}"
#define PARTIES "\"seller\":{\"name\":\"N\"},\"buyer\":{\"name\":\"A\"}"

/* ---- there and back ---- */

static struct str
json_of(struct arena *a, struct str in)
{
	struct buf out = BUF_CAP(OUT_MAX);
	struct model_file f;
	struct err e = { 0 };
	struct str json;

	if (model_read(a, in, &f, &e) == -1 || model_write_json(&out, a, &f, S("name"), &e) == -1)
		fail_msg("%s", e.text);
	assert_int_equal(f.facts.verdict, EDI_VALID);
	assert_int_equal(f.facts.quirks, 0);
	json = str_dup(a, buf_str(&out));
	buf_clear(&out);
	return json;
}

static struct str
made_of(struct arena *a, struct str json, const struct edi_format *to)
{
	const struct convert_how how = { .to = to, .now = NOW };
	const struct edi_format *made = NULL;
	struct buf out = BUF_CAP(OUT_MAX);
	struct err e = { 0 };
	struct str bytes;

	if (convert_model(a, json, &how, &out, &made, &e) == -1)
		fail_msg("%s", e.text);
	bytes = str_dup(a, buf_str(&out));
	buf_clear(&out);
	return bytes;
}

/* Of "documents" without what depends on the bytes, and of "source" who sends what to whom. */
static json_t *
content_of(struct str json)
{
	static const char *const of_source[] = { "format",  "version", "profile",
		                                 "process", "sender",  "receiver",
		                                 "control", "test",    "ack_requested" };
	json_t *root = json_loadb(json.p, json.n, 0, NULL), *one, *content = json_object();
	size_t i;

	assert_non_null(root);
	json_array_foreach(json_object_get(root, "documents"), i, one)(void)
	    json_object_del(one, "message");
	(void)json_object_set(content, "documents", json_object_get(root, "documents"));
	for (i = 0; i < N(of_source); i++)
		(void)json_object_set(
		    content, of_source[i],
		    json_object_get(json_object_get(root, "source"), of_source[i]));
	json_decref(root);
	return content;
}

static void
assert_same_content(struct str before, struct str after)
{
	json_t *a = content_of(before), *b = content_of(after);

	if (!json_equal(a, b))
		fail_msg("before: %s\nafter: %s", json_dumps(a, JSON_INDENT(1)),
		         json_dumps(b, JSON_INDENT(1)));
	json_decref(a);
	json_decref(b);
}

/* A document, its JSON, a document of that, and the JSON of this. */
static void
assert_comes_back(struct arena *a, struct str in)
{
	struct str json = json_of(a, in), made = made_of(a, json, NULL);

	assert_same_content(json, json_of(a, made));
	assert_str_eq(made_of(a, json_of(a, made), NULL), made);
}

static struct str
read_file(struct arena *a, const char *name)
{
	char *bytes = arena_get(a, 1 << 16), path[256];
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "tests/documents/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	n = read(fd, bytes, 1 << 16);
	close(fd);
	assert_true(n > 0);
	return str_make(bytes, (size_t)n);
}

static void
our_documents_come_back(void **state)
{
	(void)state;
	static const char *const names[] = { "po850.x12", "inv810.x12", "orders.edi", "invoic.edi",
		                             "invoice.xml" };

	for (size_t i = 0; i < N(names); i++) {
		struct arena *a = arena_new(ARENA_MAX);
		struct str in = read_file(a, names[i]), made;
		struct str json;
		struct model_file f;
		struct buf out = BUF_CAP(OUT_MAX);
		struct err e = { 0 };
		print_message("%s\n", names[i]);
		assert_int_equal(model_read(a, in, &f, &e), 0);
		assert_int_equal(model_write_json(&out, a, &f, S("name"), &e), 0);
		json = buf_str(&out);
		made = made_of(a, json, NULL);
		assert_same_content(json, json_of(a, made));
		buf_clear(&out);
		arena_free(a);
	}
}

static void
every_kind_comes_back(void **state)
{
	(void)state;
	static const struct str cases[] = {
		S_INIT(ISA GS("PR") "ST*855*0001~BAK*00*AC*PO1*20261120~REF*CT*C1~N1*SE*ACME~PO1*1*"
		                    "2*EA*5**UP*401234520001~ACK*IA*2*EA~CTT*1~SE*8*0001~" IEA),
		S_INIT(ISA GS("SH") "ST*856*0001~BSN*00*LS7*20261120*1045~DTM*011*20261119~HL*1**S~"
		                    "REF*BM*B1~N1*ST*ACME*92*0007~"
		                    "HL*2*1*O~PRF*PO1~HL*3*2*I~LIN*1*UP*401234520001~SN1**5*EA~SE*"
		                    "12*0001~" IEA),
		S_INIT(ISA GS("PC") "ST*860*0001~BCH*04*NE*PO1***20261120~POC*1*QI*7**EA*3.2**BP*"
		                    "NW-1~CTT*1~SE*5*0001~" IEA),
		S_INIT(
		    ISA GS("IN") "ST*810*0001~BIG*20261120*GS-1**PO1***CR~NTE**Returned~CUR*SE*EUR~"
		                 "N1*SE*ACME*1*123456789~N3*Mill Lane 3*Back~N3*Yard~"
		                 "N4*Leeds**LS1 "
		                 "4AP*GB~REF*VX*GB1~PER*IC*Ann*TE*1*EM*a@b~ITD*08*3*2**10*20261220*"
		                 "30~ITD*01*3*****30~IT1*1*1*EA*5**UP*401234520001~TXI*VA**20~"
		                 "PAM****1*5~PID*F****Pump~SAC*A*D240***100**3*2*******Freight~TDS*"
		                 "500~TXI*VA*1*20*****5~SAC*C*D240***200~CTT*1~SE*22*0001~" IEA),
		S_INIT(UNB "UNH+1+ORDRSP:D:96A:UN'BGM+231+1+9'DTM+137:20261120:102'LIN+1+5+"
		           "4012345200013:EN'QTY+21:7:PCE'UNS+S'CNT+2:1'UNT+8+1'" UNZ),
		S_INIT(UNB "UNH+1+ORDCHG:D:01B:UN'BGM+230+1+9'DTM+137:20261120:102'LIN+1+3'QTY+21:"
		           "7'UNS+S'CNT+2:1'UNT+8+1'" UNZ),
		S_INIT(UNB "UNH+1+DESADV:D:96A:UN'BGM+351+1+9'DTM+137:20261120:102'RFF+ON:1'NAD+BY+"
		           "1::92'CPS+1'LIN+1'QTY+12:7'CNT+2:1'UNT+10+1'" UNZ),
		S_INIT(UNB "UNH+1+INVOIC:D:96A:UN'BGM+381+1+9'DTM+137:20261120:102'FTX+AAI+++It?'s "
		           "?+ ?? ?:'NAD+SU+1::9++Ann'RFF+VA:DE1'CTA+IC+:Bea'"
		           "COM+1:TE'CUX+2:EUR:4'PAT+1++5:3:D:30'DTM+13:20261220:102'PAT+22++5:3:D:"
		           "10'PCD+12:2'ALC+A+:95+++:::Less'PCD+1:10'MOA+204:1'MOA+25:10'"
		           "TAX+7+VAT+++:::19+S'LIN+1'QTY+47:1:PCE'MOA+203:10'PRI+AAA:1000:::100:"
		           "PCE'TAX+7+VAT+++:::19+S'ALC+C++++FC'MOA+23:2'UNS+S'CNT+2:1'"
		           "MOA+79:12'MOA+260:1'MOA+125:11'MOA+176:2.09'MOA+77:13.09'MOA+9:13.09'"
		           "TAX+7+VAT+++:::19+S'MOA+125:11'MOA+124:2.09'UNT+37+1'" UNZ),
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct arena *a = arena_new(ARENA_MAX);
		print_message(STR_FMT "\n", STR_ARG(cases[i]));
		assert_comes_back(a, cases[i]);
		arena_free(a);
	}
}

/* An order is the same order as X12, as EDIFACT and as UBL. */
static void
another_format_says_the_same(void **state)
{
	(void)state;
	static const struct edi_format *const formats[] = { &edi_x12, &edi_edifact, &edi_ubl };
	struct arena *a = arena_new(ARENA_MAX);
	struct str json =
	    S("{\"source\":{\"format\":\"x12\",\"sender\":{\"qual\":\"14\",\"id\":"
	      "\"5098765000007\"},\"receiver\":{\"qual\":\"14\","
	      "\"id\":\"4012345000009\"}},\"documents\":[{\"kind\":\"order\",\"id\":\"PO-1\","
	      "\"issued\":\"2026-11-20\",\"currency\":\"EUR\","
	      "\"parties\":[{\"role\":\"buyer\",\"name\":\"A\",\"ids\":[{\"scheme\":\"gln\","
	      "\"value\":\"5098765000007\"}]},"
	      "{\"role\":\"seller\",\"name\":\"N\",\"ids\":[{\"scheme\":\"gln\",\"value\":"
	      "\"4012345000009\"}]}],"
	      "\"refs\":{\"contract\":[\"C-1\"]},\"lines\":[{\"no\":\"1\",\"description\":\"Pump\","
	      "\"qty\":\"2\",\"unit\":\"EA\",\"price\":\"5.50\","
	      "\"ids\":{\"gtin\":\"4012345200013\",\"buyer\":\"B1\",\"seller\":\"S1\"}}]" TAIL);

	for (size_t i = 0; i < N(formats); i++) {
		struct str first = made_of(a, json, formats[i]);
		for (size_t j = 0; j < N(formats); j++)
			assert_str_eq(made_of(a,
			                      json_of(a, made_of(a, json_of(a, first), formats[j])),
			                      formats[i]),
			              first);
	}
	arena_free(a);
}

/* ---- envelopes ---- */

static void
documents_are_grouped(void **state)
{
	(void)state;
	struct arena *a = arena_new(ARENA_MAX);
	struct str made =
	    made_of(a,
	            S(HEAD("x12") "\"kind\":\"order\",\"id\":\"1\",\"issued\":\"2026-11-20\","
	                          "\"lines\":[{\"no\":\"1\"}]},"
	                          "{\"kind\":\"order\",\"id\":\"2\",\"issued\":\"2026-11-20\","
	                          "\"lines\":[{\"no\":\"1\"}]},{\"kind\":\"invoice\",\"id\":\"3\","
	                          "\"issued\":\"2026-11-20\","
	                          "\"totals\":{\"payable\":\"1\"}" TAIL),
	            NULL);

	assert_str_eq(made, S("ISA*00*          *00*          *ZZ*NORDWIND       *ZZ*ACME          "
	                      " *261123*1603*U*00401*000000001*0*P*>~"
	                      "GS*PO*NORDWIND*ACME*20261123*1603*1*X*004010~ST*850*0001~BEG*00*NE*"
	                      "1**20261120~PO1*1~CTT*1~SE*5*0001~"
	                      "ST*850*0002~BEG*00*NE*2**20261120~PO1*1~CTT*1~SE*5*0002~GE*2*1~"
	                      "GS*IN*NORDWIND*ACME*20261123*1603*2*X*004010~ST*810*0001~BIG*"
	                      "20261120*3~TDS*100~CTT*0~SE*5*0001~GE*1*2~IEA*2*000000001~"));
	arena_free(a);
}

/*
 * Where a value has one of the usual signs, others stand in for them; EDIFACT has a release
 * sign.
 */
static void
signs_in_values_are_data(void **state)
{
	(void)state;
	static const char *const formats[] = { "x12", "edifact" };
	struct arena *a = arena_new(ARENA_MAX);

	for (size_t i = 0; i < N(formats); i++) {
		struct str made = made_of(
		    a,
		    S(HEAD("x12") "\"kind\":\"order\",\"id\":\"1\",\"issued\":\"2026-11-20\","
		                  "\"lines\":[{\"no\":\"1\"}],\"notes\":[\"5*3 > 10~ + it's 4:1 "
		                  "?\"]" TAIL),
		    convert_format(str_of(formats[i])));
		json_t *o = content_of(json_of(a, made));
		assert_string_equal(
		    json_string_value(json_array_get(
		        json_object_get(json_array_get(json_object_get(o, "documents"), 0),
		                        "notes"),
		        0)),
		    "5*3 > 10~ + it's 4:1 ?");
		json_decref(o);
	}
	arena_free(a);
}

/* The smallest character set that has it all. */
static void
sets_are_chosen(void **state)
{
	(void)state;
	static const struct {
		const char *note, *unb;
	} cases[] = {
		{ "plain", "UNOC:3" },
		{ "M\u00fcller", "UNOC:3" },
		{ "\u0141\u00f3d\u017a", "UNOW:4" },
	};
	struct arena *a = arena_new(ARENA_MAX);

	for (size_t i = 0; i < N(cases); i++) {
		struct str json =
		    str_fmt(a,
		            HEAD("edifact") "\"kind\":\"order\",\"id\":\"1\",\"issued\":\"2026-11-"
		                            "20\",\"notes\":[\"%s\"]" TAIL,
		            cases[i].note);
		struct str made = made_of(a, json, NULL);
		assert_true(str_find(made, str_fmt(a, "UNB+%s+", cases[i].unb), NULL));
		(void)json_of(a, made);
	}
	arena_free(a);
}

/* What things are counted in is said in the words of the standard that is written; an unknown one stays. */
static void
units_are_translated(void **state)
{
	(void)state;
	static const struct {
		const char *json, *to, *says;
	} cases[] = {
		{ HEAD("x12") ORDER_OF("PC"), "edifact", "QTY+21:2:PCE'" },
		{ HEAD("x12") ORDER_OF("QQ"), "edifact", "QTY+21:2:QQ'" },
		{ HEAD("edifact") ORDER_OF("KGM"), "x12", "*2*KG~" },
		{ HEAD("edifact") ORDER_OF("CA"), "x12", "*2*CN~" },
		{ HEAD("edifact") ORDER_OF("PCE"), "ubl", "unitCode=\"H87\"" },
		{ HEAD("ubl") ORDER_OF("XCS"), "x12", "*2*CA~" },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct arena *a = arena_new(ARENA_MAX);
		struct str made = made_of(a, str_of(cases[i].json), convert_format(str_of(cases[i].to)));
		print_message(STR_FMT "\n", STR_ARG(made));
		assert_true(str_find(made, str_of(cases[i].says), NULL));
		arena_free(a);
	}
}

/* ---- what cannot be ---- */

static void
what_has_no_place_is_told(void **state)
{
	(void)state;
	static const struct {
		const char *json, *says;
	} cases[] = {
		{ "[]", "$: want an object" },
		{ "{\"documents\":[]}", "$.source.format: want x12" },
		{ "{\"source\":{\"format\":\"x12\"},\"documents\":[{\"kind\":\"order\"}]}",
		  "$.source.sender.id: missing" },
		{ "{\"source\":{\"format\":\"x12\",\"sender\":{\"id\":\"A name of nineteen\"},\"receiver\":{\"id\":\"B\"}},\"documents\":[{"
		  "\"kind\":\"order\",\"id\":\"1\",\"issued\":\"2026-11-20\",\"lines\":[{\"no\":\"1\"}]}]}",
			"$.source.sender.id: 'A name of nineteen' would be read as 'A name of ninet' from X12" },
		{ HEAD("x12") "\"kind\":\"letter\"" TAIL, "$.documents[0].kind: want" },
		{ HEAD("x12") "\"kind\":\"catalogue\",\"id\":\"1\"" TAIL,
		  "$.documents[0].kind: 'catalogue' is not written as X12" },
		{ HEAD("edifact") "\"kind\":\"remittance\",\"id\":\"1\"" TAIL,
		  "$.documents[0].kind: 'remittance' is not written as EDIFACT" },
		{ HEAD("ubl") "\"kind\":\"despatch_advice\",\"id\":\"1\"" TAIL,
		  "$.documents[0].kind: 'despatch_advice' is not written as UBL" },
		{ HEAD("x12") "\"kind\":\"order\"" TAIL, "$.documents[0].id: missing" },
		{ HEAD("x12") "\"kind\":\"order\",\"id\":7" TAIL,
		  "$.documents[0].id: want a string" },
		{ HEAD("x12") "\"kind\":\"order\",\"id\":\"1\",\"lines\":[{},{\"qty\":\"two\"}"
		              "]" TAIL,
		  "$.documents[0].lines[1].qty: want a decimal" },
		{ HEAD("x12") "\"kind\":\"order\",\"id\":\"1\",\"lines\":{}" TAIL,
		  "$.documents[0].lines: want an array" },
		{ HEAD("x12") "\"kind\":\"order\",\"id\":\"1\",\"parties\":[{\"role\":\"friend\"}"
		              "]" TAIL,
		  "$.documents[0].parties[0].role: want seller" },
		{ HEAD("x12") "\"kind\":\"order\",\"id\":\"1\",\"issued\":\"2026-11-20\","
		              "\"colour\":\"red\"" TAIL,
		  "$.documents[0].colour: 'red' has no place in X12" },
		{ HEAD("x12") "\"kind\":\"order\",\"id\":\"1\",\"issued\":\"20 Nov\"" TAIL,
		  "$.documents[0].issued: '20 Nov'" },
		{ HEAD("x12") "\"kind\":\"order\",\"id\":\"1\",\"issued\":\"2026-11-20\",\"terms\":"
		              "{\"account\":\"DE1\"}" TAIL,
		  "$.documents[0].terms.account: 'DE1' has no place" },
		{ HEAD("x12") "\"kind\":\"invoice\",\"id\":\"1\",\"issued\":\"2026-11-20\","
		              "\"totals\":{\"payable\":\"1.005\"}" TAIL,
		  "$.documents[0].totals.payable: '1.005' would be read as '1.01' from X12" },
		{ HEAD("x12") "\"kind\":\"invoice\",\"id\":\"1\",\"issued\":\"2026-11-20\","
		              "\"totals\":{\"net\":\"9\",\"payable\":\"1\"}" TAIL,
		  "$.documents[0].totals.net: '9' has no place" },
		{ HEAD("edifact") "\"kind\":\"order\",\"id\":\"1\",\"issued\":\"2026-11-20\","
		                  "\"lines\":[{\"no\":\"1\",\"unit\":\"ABCD\",\"qty\":\"1\"}]" TAIL,
		  "$.documents[0].lines[0].unit: 'ABCD' would be read as 'ABC' from EDIFACT" },
		{ HEAD("edifact") "\"kind\":\"order\",\"id\":\"1\",\"issued\":\"2026-11-20\","
		                  "\"notes\":[\"a\\nb\"]" TAIL,
		  "$.documents[0].notes[0]: 'a" },
		{ HEAD("ubl") "\"kind\":\"invoice\",\"id\":\"1\",\"issued\":\"2026-11-20\"" TAIL,
		  "$.documents[0].currency: missing, UBL needs it" },
		{ HEAD("ubl") "\"kind\":\"invoice\",\"id\":\"1\",\"issued\":\"2026-11-20\","
		              "\"currency\":\"EUR\"," PARTIES TAIL,
		  "[BR-" },
		{ HEAD("ubl") "\"kind\":\"order\",\"id\":\"1\"},{\"kind\":\"order\"" TAIL,
		  "$.documents[1]: an UBL file has one" },
		{ HEAD("x12") "\"kind\":\"order\",\"id\":\"1\",\"issued\":\"2026-11-20\",\"lines\":"
		              "[{\"description\":\"x\",\"unit\":\"EA\"}]" TAIL,
		  "what it makes is not valid: segment" },
	};
	struct arena *a = arena_new(ARENA_MAX);

	for (size_t i = 0; i < N(cases); i++) {
		const struct convert_how how = { .now = NOW };
		const struct edi_format *made = NULL;
		struct buf out = BUF_CAP(OUT_MAX);
		struct err e = { 0 };
		print_message("%s\n", cases[i].json);
		assert_int_equal(convert_model(a, str_of(cases[i].json), &how, &out, &made, &e),
		                 -1);
		assert_int_equal(e.kind, ERR_INPUT);
		if (strstr(e.text, cases[i].says) == NULL)
			fail_msg("says: %s", e.text);
		assert_int_equal(out.n, 0);
		buf_clear(&out);
	}
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(our_documents_come_back),
		cmocka_unit_test(every_kind_comes_back),
		cmocka_unit_test(another_format_says_the_same),
		cmocka_unit_test(documents_are_grouped),
		cmocka_unit_test(signs_in_values_are_data),
		cmocka_unit_test(sets_are_chosen),
		cmocka_unit_test(units_are_translated),
		cmocka_unit_test(what_has_no_place_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
