/* SPDX-License-Identifier: ISC */
/* test_edi_bundle.c - envelopes written anew: many interchanges into one, one into many. */
#include "tests/unit/edi_unit.h"

#include "edi/bundle.h"
#include "edi/edifact.h"
#include "edi/x12.h"

#include <inttypes.h>
#include <stdio.h>

#define OUT_MAX 65536
#define ISA(n) "ISA*00*          *00*          *ZZ*ACME           *ZZ*NORDWIND       *261120*0915*U*00401*" n "*0*P*:~"
#define ISA_NEW "ISA*00*          *00*          *ZZ*ACME           *ZZ*NORDWIND       *261123*1603*U*00401*900000007*0*P*:~"
#define GS(type, n) "GS*" type "*A*B*20261120*0915*" n "*X*004010~"
#define SET(n, po) "ST*850*" n "~BEG*00*SA*" po "~SE*3*" n "~"
#define UNB(n) "UNB+UNOC:3+A+B+261120:0915+" n "++ORDERS'"
#define UNH(n, po) "UNH+" n "+ORDERS:D:96A:UN'BGM+220+" po "'UNT+3+" n "'"

struct bundled {
	struct buf out;
	struct bundle b;
	struct err e;
	int rc;
};

static struct bundled
bundle(const struct edi_format *format, const struct str *in, size_t n)
{
	struct bundled x = { .out = BUF_CAP(OUT_MAX) };

	x.b = (struct bundle){
		.format = format, .now = S("20261123160300"), .interchange = 900000007, .group = 71
	};
	for (size_t i = 0; i < n && x.rc == 0; i++) {
		x.b.out = &x.out;
		x.rc = bundle_put(&x.b, in[i], &x.e);
	}
	if (x.rc == 0)
		x.rc = bundle_end(&x.b, &x.e);
	bundle_clear(&x.b);
	return x;
}

static void
assert_is_valid(struct str in, size_t messages)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f = read_facts(a, in);

	assert_int_equal(f.verdict, EDI_VALID);
	assert_int_equal(f.n_messages, messages);
	assert_int_equal(f.interchanges, 1);
	arena_free(a);
}

static void
interchanges_become_one(void **state)
{
	static const struct {
		const char *why;
		const struct edi_format *format;
		struct str in[3];
		size_t n, messages;
		const char *want;
	} cases[] = {
		{ "X12, three groups", &edi_x12, {
		    S_INIT(ISA("000000001") GS("PO", "1") SET("0001", "P1") SET("0002", "P2") "GE*2*1~IEA*1*000000001~"),
		    S_INIT(ISA("000000002") GS("PO", "1") SET("0001", "P3") "GE*1*1~" GS("IN", "2") SET("0001", "P4")
			"GE*1*2~IEA*2*000000002~") }, 2, 4,
		    ISA_NEW GS("PO", "71") SET("0001", "P1") SET("0002", "P2") "GE*2*71~" GS("PO", "72") SET("0001", "P3") "GE*1*72~"
		    GS("IN", "73") SET("0001", "P4") "GE*1*73~IEA*3*900000007~" },
		{ "X12, counts that are wrong are put right", &edi_x12, {
		    S_INIT(ISA("000000001") GS("PO", "1") "ST*850*0001~BEG*00*SA*P1~SE*9*0007~GE*5*8~IEA*4*000000009~") }, 1, 1,
		    ISA_NEW GS("PO", "71") SET("0001", "P1") "GE*1*71~IEA*1*900000007~" },
		{ "EDIFACT", &edi_edifact, {
		    S_INIT(UNB("1") UNH("1", "P1") UNH("2", "P2") "UNZ+2+1'"), S_INIT(UNB("2") UNH("1", "P3") "UNZ+1+2'") }, 2, 3,
		    "UNB+UNOC:3+A+B+261123:1603+900000007++ORDERS'" UNH("1", "P1") UNH("2", "P2") UNH("3", "P3") "UNZ+3+900000007'" },
		{ "EDIFACT, other signs and line ends", &edi_edifact, {
		    S_INIT("UNA|^,! ~\nUNB^UNOC|3^A^B^261120|0915^X!^1~\nUNH^M1^ORDERS|D~\nFTX^!~^!!~\nUNT^7^M2~\nUNZ^9^Y~\n") }, 1, 1,
		    "UNA|^,! ~\nUNB^UNOC|3^A^B^261123|1603^900000007~\nUNH^1^ORDERS|D~\nFTX^!~^!!~\nUNT^3^1~\nUNZ^1^900000007~\n" },
		{ "EDIFACT, syntax 4", &edi_edifact, { S_INIT("UNB+UNOW:4+A+B+20261120:0915+1'" UNH("1", "P1") "UNZ+1+1'") }, 1, 1,
		    "UNB+UNOW:4+A+B+20261123:1603+900000007'" UNH("1", "P1") "UNZ+1+900000007'" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct bundled x = bundle(cases[i].format, cases[i].in, cases[i].n);

		print_message("%s: " STR_FMT " %s\n", cases[i].why, STR_ARG(buf_str(&x.out)),
		    x.rc == 0 ? "" : x.e.text);
		assert_int_equal(x.rc, 0);
		assert_true(str_eq(buf_str(&x.out), str_of(cases[i].want)));
		assert_int_equal(x.b.messages, cases[i].messages);
		assert_is_valid(buf_str(&x.out), cases[i].messages);
		buf_clear(&x.out);
	}
}

static void
what_does_not_go_together_is_refused(void **state)
{
	static const struct {
		const char *why;
		const struct edi_format *format;
		struct str in[2];
		size_t n;
		const char *says;
	} cases[] = {
		{ "nothing", &edi_x12, { S_INIT("") }, 1, "no interchange" },
		{ "two in one", &edi_x12, { S_INIT(ISA("000000001") "IEA*0*000000001~" ISA("000000002") "IEA*0*000000002~") }, 1, "more than one" },
		{ "other signs", &edi_edifact, { S_INIT(UNB("1") UNH("1", "P") "UNZ+1+1'"),
		    S_INIT("UNA|^,! ~UNB^UNOC|3^A^B^261120|0915^1~UNH^1^ORDERS|D~UNT^2^1~UNZ^1^1~") }, 2, "other signs" },
		{ "groups of EDIFACT", &edi_edifact, { S_INIT(UNB("1") "UNG+ORDERS+A+B+261120:0915+7+UN+D:96A'" UNH("1", "P") "UNE+1+7'UNZ+1+1'") },
		    1, "a group" },
		{ "a group without a number", &edi_x12, { S_INIT(ISA("000000001") "GS*PO*A*B*20261120*0915**X*004010~" SET("0001", "P")
		    "GE*1*~IEA*1*000000001~") }, 1, "element 6 is empty" },
		{ "a message without a number", &edi_edifact, { S_INIT(UNB("1") "UNH++ORDERS:D'UNT+2+'UNZ+1+1'") }, 1, "element 1 is empty" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct bundled x = bundle(cases[i].format, cases[i].in, cases[i].n);

		print_message("%s: %s\n", cases[i].why, x.rc == 0 ? "" : x.e.text);
		assert_int_equal(x.rc, -1);
		assert_int_equal(x.e.kind, ERR_INPUT);
		assert_non_null(strstr(x.e.text, cases[i].says));
		buf_clear(&x.out);
	}
}

static bool
same_key(struct str a, struct str b, const struct edi_format *format)
{
	struct buf x = BUF_CAP(OUT_MAX), y = BUF_CAP(OUT_MAX);
	struct err e;
	bool same;

	assert_int_equal(bundle_key(a, format, &x, &e), 0);
	assert_int_equal(bundle_key(b, format, &y, &e), 0);
	same = str_eq(buf_str(&x), buf_str(&y));
	buf_clear(&x);
	buf_clear(&y);
	return same;
}

static void
a_key_is_all_but_number_and_date(void **state)
{
	(void)state;
	assert_true(same_key(S(UNB("1")), S("UNB+UNOC:3+A+B+261121:0000+77++ORDERS'"), &edi_edifact));
	assert_false(same_key(S(UNB("1")), S("UNB+UNOC:3+A+C+261120:0915+1++ORDERS'"), &edi_edifact));
	assert_false(same_key(S(UNB("1")), S("UNB+UNOC:3+A+B+261120:0915+1++ORDERS++++1'"), &edi_edifact));
	assert_false(same_key(S(UNB("1")), S("UNA|^,! ~UNB^UNOC|3^A^B^261120|0915^1^^ORDERS~"), &edi_edifact));
	assert_true(same_key(S(ISA("000000001")), S(ISA("000000002")), &edi_x12));
	assert_false(same_key(S(ISA("000000001")), S("ISA*00*          *00*          *ZZ*ACME           *ZZ*NORDWIND       *261120*0915*U*"
	    "00401*000000001*0*T*:~"), &edi_x12));
}

static void
one_becomes_as_many_as_it_has_messages(void **state)
{
	static const struct {
		const char *why;
		const struct edi_format *format;
		struct str in;
		const char *want[4];
	} cases[] = {
		{ "X12", &edi_x12, S_INIT(ISA("000000001") GS("PO", "4") SET("0001", "P1") SET("0002", "P2") "GE*2*4~" GS("IN", "5")
		    SET("0001", "P3") "GE*1*5~IEA*2*000000001~"), {
			ISA("000000001") GS("PO", "4") SET("0001", "P1") "GE*1*4~IEA*1*000000001~",
			ISA("000000001") GS("PO", "4") SET("0002", "P2") "GE*1*4~IEA*1*000000001~",
			ISA("000000001") GS("IN", "5") SET("0001", "P3") "GE*1*5~IEA*1*000000001~" } },
		{ "EDIFACT with UNA and lines", &edi_edifact, S_INIT("UNA:+.? '\nUNB+UNOC:3+A+B+261120:0915+R?+1'\nUNH+1+ORDERS:D'\nUNT+2+1'\n"
		    "UNH+2+ORDERS:D'\nUNT+2+2'\nUNZ+2+R?+1'\n"), {
			"UNA:+.? '\nUNB+UNOC:3+A+B+261120:0915+R?+1'\nUNH+1+ORDERS:D'\nUNT+2+1'\nUNZ+1+R?+1'\n",
			"UNA:+.? '\nUNB+UNOC:3+A+B+261120:0915+R?+1'\nUNH+2+ORDERS:D'\nUNT+2+2'\nUNZ+1+R?+1'\n" } },
		{ "EDIFACT with groups", &edi_edifact, S_INIT(UNB("1") "UNG+ORDERS+A+B+261120:0915+7+UN+D:96A'" UNH("1", "P") UNH("2", "Q")
		    "UNE+2+7'UNZ+1+1'"), {
			UNB("1") "UNG+ORDERS+A+B+261120:0915+7+UN+D:96A'" UNH("1", "P") "UNE+1+7'UNZ+1+1'",
			UNB("1") "UNG+ORDERS+A+B+261120:0915+7+UN+D:96A'" UNH("2", "Q") "UNE+1+7'UNZ+1+1'" } },
		{ "nothing", &edi_edifact, S_INIT(UNB("1") "UNZ+0+1'"), { NULL } },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct buf out = BUF_CAP(OUT_MAX);
		struct split s;
		struct err e;

		print_message("%s\n", cases[i].why);
		split_start(&s, cases[i].in, cases[i].format);
		for (size_t k = 0; cases[i].want[k] != NULL; k++) {
			assert_int_equal(split_next(&s, &out, &e), 1);
			assert_true(str_eq(buf_str(&out), str_of(cases[i].want[k])));
			assert_is_valid(buf_str(&out), 1);
			buf_clear(&out);
		}
		assert_int_equal(split_next(&s, &out, &e), 0);
		buf_clear(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interchanges_become_one),
		cmocka_unit_test(what_does_not_go_together_is_refused),
		cmocka_unit_test(a_key_is_all_but_number_and_date),
		cmocka_unit_test(one_becomes_as_many_as_it_has_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
