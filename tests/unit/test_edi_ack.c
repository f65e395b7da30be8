/* SPDX-License-Identifier: ISC */
/* test_edi_ack.c - acknowledgements made of what edi_read() found, and read as partners write them. */
#include "tests/unit/edi_unit.h"

#include "edi/ack.h"
#include "edi/edifact.h"
#include "edi/seg_write.h"
#include "edi/walk.h"
#include "edi/x12.h"

#include <inttypes.h>
#include <stdio.h>

#define NOW	S("20261123160300")
#define ISA(control, ack) "ISA*00*          *00*          *ZZ*ACME           *ZZ*NORDWIND       *261120*0915*U*00401*" \
	control "*" ack "*P*:~"
#define GS(type, control) "GS*" type "*ACMEPO*NORDPO*20261120*0915*" control "*X*004010~"
#define SET(control)	"ST*850*" control "~BEG*00*SA*PO4711~SE*3*" control "~"
#define SET_BAD(control) "ST*850*" control "~BEG*00*SA*PO4711~SE*4*" control "~"
#define UNB		"UNB+UNOC:3+5098765000007:14+4012345000009:14+261120:0915+A77'"
#define MESSAGE(control) "UNH+" control "+ORDERS:D:96A:UN'BGM+220+PO4711'UNT+3+" control "'"
#define MESSAGE_BAD(control) "UNH+" control "+ORDERS:D:96A:UN'BGM+220+PO4711'UNT+4+" control "'"
#define UNZ(n)		"UNZ+" n "+A77'"

/* One acknowledgement made, with what came of it. */
struct made {
	struct arena *a;
	struct ack_order order;
	struct buf out;
	struct err e;
	int rc;
};

static struct made
make_as(struct str in, struct ack_order order)
{
	struct made m = { .a = arena_new(2 * (size_t)ACK_ARENA_MAX),
		.order = order,
		.out = BUF_CAP(ACK_SIZE_MAX) };
	struct edi_facts f = read_facts(m.a, in);

	m.order.now = NOW;
	m.rc = ack_write(m.a, in, &f, &m.order, &m.out, &m.e);
	return m;
}

/* CONTRL too, whether it was asked for or not. */
static struct made
make(struct str in, struct ack_order order)
{
	order.contrl = ACK_ALWAYS;
	return make_as(in, order);
}

static struct made
make_first(struct str in)
{
	return make(in, (struct ack_order){ .interchange = 1, .group = 1 });
}

static void
end(struct made *m)
{
	buf_clear(&m->out);
	arena_free(m->a);
}

static struct ack_said
read_said(struct arena *a, struct str in)
{
	struct edi_facts f = read_facts(a, in);
	struct ack_said said;

	ack_read(a, in, &f, &said);
	return said;
}

/* ---- the table ---- */

#define FOUND "segment-unknown", "segment-place", "segment-missing", "segment-often", "group-often", "element-missing", \
	"element-extra", "element-short", "element-long", "element-type", "element-code", "element-often", \
	"component-missing", "component-extra"

static void
every_problem_has_its_codes(void **state)
{
	static const char *const x12[] = { "se-count", "ge-count", "iea-count", "se-control",
		"ge-control", "iea-control", "st-missing", "se-missing", "gs-missing", "ge-missing",
		"iea-missing", "isa-short", "isa-width", "isa-signs", "isa-duplicate",
		"st-duplicate", "bin-length", "segment-tag", "segment-empty", "segment-misplaced",
		"segment-cut", "segment-long", "control-char", "charset", "value-long", "junk-before",
		"junk-after", "encoding", "isa-tag", "quirk-refused", FOUND, "element-condition",
		"element-exclusion", "element-date", "element-time" };
	static const char *const edifact[] = { "unt-count", "une-count", "unz-count", "unt-control",
		"une-control", "unz-control", "unb-missing", "unh-missing", "unt-missing",
		"ung-missing", "une-missing", "unz-missing", "una-bad", "unb-short", "unh-short",
		"unb-syntax", "unb-duplicate", "unh-duplicate", "uno-length", "segment-tag",
		"segment-empty", "segment-misplaced", "segment-cut", "segment-long", "control-char", "charset",
		"value-long", "encoding", "quirk-refused", FOUND };
	const struct ack_code *c;

	(void)state;
	for (size_t i = 0; i < N(x12); i++) {
		c = ack_code_of(x12[i]);
		assert_string_equal(c->problem, x12[i]);
		assert_true(c->ta1 != NULL || c->level == ACK_GROUP || c->level == ACK_MESSAGE);
		assert_true(c->group != NULL || c->level != ACK_GROUP);
		assert_true(c->set != NULL || c->level != ACK_MESSAGE);
	}
	for (size_t i = 0; i < N(edifact); i++) {
		c = ack_code_of(edifact[i]);
		assert_string_equal(c->problem, edifact[i]);
		assert_non_null(c->contrl);
	}
	c = ack_code_of("something-new");
	assert_true(c->level == ACK_INTERCHANGE && !c->note && c->ta1 != NULL && c->contrl != NULL);
}

static void
verdicts_join(void **state)
{
	static const struct { enum ack_verdict a, b, want; } cases[] = {
		{ ACK_NONE, ACK_NONE, ACK_NONE },
		{ ACK_NONE, ACK_RECEIVED, ACK_RECEIVED },
		{ ACK_RECEIVED, ACK_ACCEPTED, ACK_ACCEPTED },
		{ ACK_RECEIVED, ACK_REJECTED, ACK_REJECTED },
		{ ACK_ACCEPTED, ACK_ACCEPTED_ERRORS, ACK_ACCEPTED_ERRORS },
		{ ACK_ACCEPTED, ACK_REJECTED, ACK_PARTIAL },
		{ ACK_PARTIAL, ACK_REJECTED, ACK_PARTIAL },
		{ ACK_REJECTED, ACK_REJECTED, ACK_REJECTED },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		assert_int_equal(ack_join(cases[i].a, cases[i].b), cases[i].want);
		assert_int_equal(ack_join(cases[i].b, cases[i].a), cases[i].want);
	}
	assert_string_equal(ack_verdict_name(ACK_ACCEPTED_ERRORS), "accepted-errors");
}

/* ---- made ---- */

/* What an acknowledgement of in must hold; NULL has none of it. */
static const struct {
	const char *why;
	struct str in;
	enum ack_verdict verdict;
	const char *has, *has_not;
} made_cases[] = {
	{ "all is well", S_INIT(ISA("000000017", "0") GS("PO", "7") SET("0001") "GE*1*7~IEA*1*000000017~"), ACK_ACCEPTED,
	    "~ST*997*0001~AK1*PO*7~AK2*850*0001~AK5*A~AK9*A*1*1*1~SE*6*0001~GE*1*1~IEA*1*000000001~", "TA1" },
	{ "ids are turned round", S_INIT(ISA("000000017", "0") GS("PO", "7") SET("0001") "GE*1*7~IEA*1*000000017~"),
	    ACK_ACCEPTED, "*ZZ*NORDWIND       *ZZ*ACME           *261123*1603*U*00401*000000001*0*P*:~"
	    "GS*FA*NORDPO*ACMEPO*20261123*1603*1*X*004010~", NULL },
	{ "TA1 asked for", S_INIT(ISA("000000017", "1") GS("PO", "7") SET("0001") "GE*1*7~IEA*1*000000017~"), ACK_ACCEPTED,
	    "TA1*000000017*261120*0915*A*000~GS*FA", NULL },
	{ "one set of two", S_INIT(ISA("000000017", "0") GS("PO", "7") SET("0001") SET_BAD("0002") "GE*2*7~"
	    "IEA*1*000000017~"), ACK_PARTIAL, "AK2*850*0001~AK5*A~AK2*850*0002~AK5*R*4~AK9*P*2*2*1~", "TA1" },
	{ "SE is missing", S_INIT(ISA("000000017", "0") GS("PO", "7") "ST*850*0001~BEG*00~" SET("0002") "GE*2*7~"
	    "IEA*1*000000017~"), ACK_PARTIAL, "AK2*850*0001~AK5*R*2~AK2*850*0002~AK5*A~AK9*P*2*2*1~", NULL },
	{ "SE02 and SE01", S_INIT(ISA("000000017", "0") GS("PO", "7") "ST*850*0001~SE*9*0002~GE*1*7~IEA*1*000000017~"),
	    ACK_REJECTED, "AK5*R*4*3~AK9*R*1*1*0~", "TA1" },
	{ "ST02 used twice", S_INIT(ISA("000000017", "0") GS("PO", "7") SET("0001") "ST*850*0001~BEG*01~SE*3*0001~GE*2*7~"
	    "IEA*1*000000017~"), ACK_PARTIAL, "AK5*A~AK2*850*0001~AK5*R*23~", NULL },
	{ "a control character", S_INIT(ISA("000000017", "0") GS("PO", "7") "ST*850*0001~BEG*00*SA*A\001B~SE*3*0001~GE*1*7~"
	    "IEA*1*000000017~"), ACK_REJECTED, "AK3*BEG*2**8~AK4*3**6~AK5*R*5~", NULL },
	{ "no tag at all", S_INIT(ISA("000000017", "0") GS("PO", "7") "ST*850*0001~*00~SE*3*0001~GE*1*7~IEA*1*000000017~"),
	    ACK_REJECTED, "AK2*850*0001~AK5*R*5~", "AK3" },
	{ "a TA1 in a set", S_INIT(ISA("000000017", "0") GS("PO", "7") "ST*850*0001~TA1*1~SE*3*0001~GE*1*7~"
	    "IEA*1*000000017~"), ACK_REJECTED, "AK3*TA1*2**2~AK5*R*5~", NULL },
	{ "GE02, GE01", S_INIT(ISA("000000017", "0") GS("PO", "7") SET("0001") "GE*2*8~IEA*1*000000017~"), ACK_REJECTED,
	    "AK1*PO*7~AK9*R*2*1*0*5*4~", "AK2" },
	{ "GE is missing, the next group is fine", S_INIT(ISA("000000017", "0") GS("PO", "7") SET("0001") GS("PO", "8")
	    SET("0001") "GE*1*8~IEA*2*000000017~"), ACK_PARTIAL, "AK1*PO*7~AK9*R*1*1*0*3~", "TA1" },
	{ "IEA02: what is in it is not accepted", S_INIT(ISA("000000017", "0") GS("PO", "7") SET("0001") "GE*1*7~"
	    "IEA*1*000000018~"), ACK_REJECTED, "TA1*000000017*261120*0915*R*001~IEA*0*000000001~", "AK" },
	{ "IEA01 comes first", S_INIT(ISA("000000017", "0") GS("PO", "7") SET("0001") "GE*1*7~IEA*3*000000018~"), ACK_REJECTED,
	    "*R*021~", NULL },
	{ "IEA is missing, a set is wrong, too", S_INIT(ISA("000000017", "0") GS("PO", "7") SET("0001") SET_BAD("0002")
	    "GE*2*7~"), ACK_REJECTED, "*R*023~GS*FA*NORDPO*ACMEPO*20261123*1603*1*X*004010~ST*997*0001~AK1*PO*7~AK2*850*0002~"
	    "AK5*R*4~AK9*R*2*2*0~", "850*0001" },
	{ "ST without GS", S_INIT(ISA("000000017", "0") SET("0001") "IEA*0*000000017~"), ACK_REJECTED, "*R*024~", "AK" },
	{ "ISA13 again", S_INIT(ISA("000000017", "0") GS("PO", "7") SET("0001") "GE*1*7~IEA*1*000000017~" ISA("000000017", "0")
	    GS("PO", "7") SET("0001") "GE*1*7~IEA*1*000000017~"), ACK_PARTIAL, "*R*025~", NULL },
	{ "a short ISA09", S_INIT("ISA*00*          *00*          *ZZ*ACME           *ZZ*NORDWIND       *2611*0915*U*00401*"
	    "000000017*0*P*:~" GS("PO", "7") SET("0001") "GE*1*7~IEA*1*000000017~"), ACK_REJECTED, "*2611*0915*R*014~", NULL },
	{ "text around", S_INIT("Hello\n" ISA("000000017", "0") GS("PO", "7") SET("0001") "GE*1*7~IEA*1*000000017~\nBye"),
	    ACK_ACCEPTED, "*E*022~GS", NULL },
	{ "signs that coincide", S_INIT("ISA*00*          *00*          *ZZ*ACME           *ZZ*NORDWIND       *261120*0915*U*"
	    "00401*000000017*0*P**~" GS("PO", "7")), ACK_REJECTED, "TA1*000000017*261120*0915*R*027~IEA*0*000000001~", NULL },
	{ "a letter for a terminator", S_INIT("ISA*00*          *00*          *ZZ*ACME           *ZZ*NORDWIND       *261120*"
	    "0915*U*00401*000000017*0*P*:XGS*PO*AX"), ACK_REJECTED, "*R*004~IEA*0*000000001~", NULL },

	{ "EDIFACT, all is well", S_INIT(UNB MESSAGE("1") UNZ("1")), ACK_ACCEPTED,
	    "UNB+UNOC:3+4012345000009:14+5098765000007:14+261123:1603+1'UNH+1+CONTRL:D:3:UN'"
	    "UCI+A77+5098765000007:14+4012345000009:14+7'UNT+3+1'UNZ+1+1'", "UCM" },
	{ "one message of two", S_INIT(UNB MESSAGE("1") MESSAGE_BAD("2") UNZ("2")), ACK_PARTIAL,
	    "+7'UCM+2+ORDERS:D:96A:UN+4+29+UNT+2'UNT+4+1'", "UCM+1" },
	{ "UNT is missing", S_INIT(UNB "UNH+1+ORDERS:D:96A:UN'BGM+220'" MESSAGE("2") UNZ("2")), ACK_PARTIAL,
	    "UCM+1+ORDERS:D:96A:UN+4+13+UNT'UNT+4", "UCM+2" },
	{ "UNT 0062", S_INIT(UNB "UNH+1+ORDERS:D:96A:UN'UNT+2+3'" UNZ("1")), ACK_REJECTED, "+4+28+UNT+3'", NULL },
	{ "a control character in a component", S_INIT(UNB "UNH+1+ORDERS:D:96A:UN'FTX+AAI+++a:b\001'UNT+3+1'" UNZ("1")),
	    ACK_REJECTED, "UCM+1+ORDERS:D:96A:UN+4'UCS+2'UCD+21+5'", NULL },
	{ "UNZ 0036", S_INIT(UNB MESSAGE("1") UNZ("2")), ACK_REJECTED, "+4+29+UNZ+2'UNT+3+1'", NULL },
	{ "UNZ is missing", S_INIT(UNB MESSAGE("1")), ACK_REJECTED, "+4+13+UNZ'", NULL },
	{ "no date", S_INIT("UNB+UNOC:3+A+B++A77'" MESSAGE("1") UNZ("1")), ACK_REJECTED, "UCI+A77+A+B+4+13+UNB+5:1'", NULL },
	{ "an unknown level", S_INIT("UNB+UNOQ:3+A+B+261120:0915+A77'" MESSAGE("1") UNZ("1")), ACK_REJECTED,
	    "UNB+UNOA:3+B+A+261123:1603+1'UNH+1+CONTRL:D:3:UN'UCI+A77+A+B+4+2+UNB+2:1'", NULL },
	{ "a stray segment", S_INIT(UNB MESSAGE("1") "FTX+1'" UNZ("1")), ACK_REJECTED, "+4+33'UNT", NULL },
	{ "a group", S_INIT(UNB "UNG+ORDERS+A+B:C+261120:0915+71+UN+D:96A'" MESSAGE("1") "UNE+2+71'" UNZ("1")), ACK_REJECTED,
	    "+7'UCF+71+A+B:C+4+29+UNE+2'UNT", "UCM" },
	{ "a message in a group", S_INIT(UNB "UNG+ORDERS+A+B+261120:0915+71+UN+D:96A'" MESSAGE_BAD("1") "UNE+1+71'" UNZ("1")),
	    ACK_REJECTED, "+7'UCF+71+A+B+7'UCM+1+ORDERS:D:96A:UN+4+29+UNT+2'UNT", NULL },
	{ "signs in ids", S_INIT("UNB+UNOC:3+A?+B+C??+261120:0915+A?'77'" MESSAGE("1") "UNZ+1+A?'77'"), ACK_ACCEPTED,
	    "UNB+UNOC:3+C??+A?+B+261123:1603+1'UNH+1+CONTRL:D:3:UN'UCI+A?'77+A?+B+C??+7'", NULL },
	{ "syntax 4, a test", S_INIT("UNA:+.?*'UNB+UNOW:4+A+B+20261120:0915+A77++++++1'" MESSAGE("1") UNZ("1")), ACK_ACCEPTED,
	    "UNA:+.?*'UNB+UNOW:4+B+A+20261123:1603+1++++++1'UNH+1+CONTRL:4:1:UN'", NULL },
};

static void
makes_acknowledgements(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(made_cases); i++) {
		struct made m = make_first(made_cases[i].in);
		struct edi_facts f;
		struct ack_said said;

		print_message("%s: " STR_FMT "\n", made_cases[i].why, STR_ARG(buf_str(&m.out)));
		assert_int_equal(m.rc, 0);
		assert_int_equal(m.order.verdict, made_cases[i].verdict);
		assert_true(str_find(buf_str(&m.out), str_of(made_cases[i].has), NULL));
		if (made_cases[i].has_not != NULL)
			assert_false(str_find(buf_str(&m.out), str_of(made_cases[i].has_not), NULL));
		f = read_facts(m.a, buf_str(&m.out));
		assert_valid(&f, f.format->name);
		assert_int_equal(f.interchanges, m.order.made);
		said = read_said(m.a, buf_str(&m.out));
		/* That all messages are refused one by one is known only to who has sent them. */
		if (said.verdict != ACK_PARTIAL || made_cases[i].verdict != ACK_REJECTED)
			assert_int_equal(said.verdict, made_cases[i].verdict);
		end(&m);
	}
}

static void
acknowledgements_and_others_get_none(void **state)
{
	static const struct { const char *why; struct str in; } cases[] = {
		{ "997", S_INIT(ISA("000000017", "0") GS("FA", "7") "ST*997*0001~AK1*PO*7~AK9*A*1*1*1~SE*4*0001~GE*1*7~"
		    "IEA*1*000000017~") },
		{ "997 with a fault, TA1 asked for", S_INIT(ISA("000000017", "1") GS("FA", "7") "ST*997*0001~SE*9*0001~GE*1*7~"
		    "IEA*3*000000017~") },
		{ "TA1", S_INIT(ISA("000000017", "1") "TA1*000000001*261120*0915*A*000~IEA*0*000000017~") },
		{ "CONTRL", S_INIT(UNB "UNH+1+CONTRL:D:3:UN'UCI+1+A+B+7'UNT+3+1'" UNZ("1")) },
		{ "CONTRL with a fault", S_INIT(UNB "UNH+1+CONTRL:D:3:UN'UCI+1+A+B+7'UNT+4+1'" UNZ("2")) },
		{ "nobody to send it to", S_INIT("UNB+UNOC:3++B+261120:0915+A77'" MESSAGE("1") UNZ("1")) },
		{ "nothing to speak of", S_INIT("UNB+UNOC:3+A+B+261120:0915+'" MESSAGE("1") "UNZ+1+'") },
		{ "no UNB", S_INIT(MESSAGE("1")) },
		{ "nothing", S_INIT("") },
		{ "XML", S_INIT("<Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\"/>") },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct made m = make(cases[i].in,
		    (struct ack_order){ .interchange = 5, .group = 6, .ta1 = ACK_ALWAYS });

		print_message("%s\n", cases[i].why);
		assert_int_equal(m.rc, 0);
		assert_true(m.out.n == 0 && m.order.made == 0 && m.order.verdict == ACK_NONE);
		assert_true(m.order.interchange == 5 && m.order.group == 6);
		end(&m);
	}
}

static void
control_numbers_are_counted_up(void **state)
{
	static const struct str two = S_INIT(ISA("000000017", "0") GS("PO", "7") SET("0001") "GE*1*7~" GS("IN", "8") SET("0001")
	    "GE*1*8~IEA*2*000000017~" ISA("000000018", "0") GS("PO", "9") SET("0001") "GE*1*9~IEA*1*000000018~");
	struct made m = make(two, (struct ack_order){ .interchange = 999999998, .group = 41 });

	(void)state;
	assert_int_equal(m.rc, 0);
	assert_int_equal(m.order.made, 2);
	assert_int_equal(m.order.interchange, 1000000000);
	assert_int_equal(m.order.group, 44);
	assert_true(str_find(buf_str(&m.out), S("IEA*1*999999999~"), NULL));
	end(&m);
	m = make(two, (struct ack_order){ .interchange = 999999999, .group = 41 });
	assert_int_equal(m.rc, -1);
	assert_non_null(strstr(m.e.text, "used up"));
	end(&m);
}

static void
it_is_made_where_it_is_wanted(void **state)
{
#define X12_ONE(asks, count) ISA("000000017", asks) GS("PO", "7") "ST*850*0001~SE*" count "*0001~GE*1*7~IEA*1*000000017~"
#define UNB_ASKS "UNB+UNOC:3+5098765000007:14+4012345000009:14+261120:0915+A77++++1'"
	enum { A = ACK_AUTO, Y = ACK_ALWAYS, E = ACK_ON_ERROR, N_ = ACK_NEVER };
	static const struct {
		const char *why;
		struct str in;
		int ta1, set, contrl;
		const char *has, *has_not;	/* has NULL: nothing is made */
	} cases[] = {
		{ "auto", S_INIT(X12_ONE("0", "2")), A, A, A, "ST*997", "TA1*" },
		{ "ISA14 asks", S_INIT(X12_ONE("1", "2")), A, A, A, "TA1*000000017*", NULL },
		{ "it asks, but never", S_INIT(X12_ONE("1", "2")), N_, A, A, "ST*997", "TA1*" },
		{ "it asks, only on error", S_INIT(X12_ONE("1", "2")), E, A, A, "ST*997", "TA1*" },
		{ "only a TA1", S_INIT(X12_ONE("0", "2")), Y, N_, A, "TA1*000000017*", "ST*997" },
		{ "nothing wrong", S_INIT(X12_ONE("0", "2")), E, E, E, NULL, NULL },
		{ "something wrong", S_INIT(X12_ONE("0", "3")), E, E, E, "AK5*R*4", "TA1*" },
		{ "never", S_INIT(X12_ONE("1", "3")), N_, N_, Y, NULL, NULL },
		{ "UNB does not ask", S_INIT(UNB MESSAGE("1") UNZ("1")), Y, Y, A, NULL, NULL },
		{ "UNB asks", S_INIT(UNB_ASKS MESSAGE("1") UNZ("1")), N_, N_, A, "+7'", NULL },
		{ "UNB asks, but never", S_INIT(UNB_ASKS MESSAGE("1") UNZ("1")), Y, Y, N_, NULL, NULL },
		{ "UNB does not ask, wrong", S_INIT(UNB MESSAGE_BAD("1") UNZ("1")), A, A, A, "UCM+1", NULL },
		{ "CONTRL on error", S_INIT(UNB_ASKS MESSAGE("1") UNZ("1")), A, A, E, NULL, NULL },
		{ "CONTRL on error, wrong", S_INIT(UNB MESSAGE_BAD("1") UNZ("1")), A, A, E, "UCM+1", NULL },
		{ "CONTRL always", S_INIT(UNB MESSAGE("1") UNZ("1")), A, A, Y, "+7'", NULL },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct made m = make_as(cases[i].in, (struct ack_order){ .interchange = 1, .group = 1,
		    .ta1 = (enum ack_when)cases[i].ta1, .set = (enum ack_when)cases[i].set,
		    .contrl = (enum ack_when)cases[i].contrl });

		print_message("%s: " STR_FMT "\n", cases[i].why, STR_ARG(buf_str(&m.out)));
		assert_int_equal(m.rc, 0);
		assert_int_equal(m.order.made, cases[i].has != NULL);
		if (cases[i].has != NULL)
			assert_true(str_find(buf_str(&m.out), str_of(cases[i].has), NULL));
		if (cases[i].has_not != NULL)
			assert_false(str_find(buf_str(&m.out), str_of(cases[i].has_not), NULL));
		end(&m);
	}
}

/* Made with the numbers from 1 and numbered anew it is what it is when made with the others. */
static void
other_numbers_change_nothing_else(void **state)
{
	static const struct str cases[] = {
		S_INIT(ISA("000000017", "1") GS("PO", "7") SET("0001") "GE*1*7~" GS("IN", "8") SET("0001")
		    "GE*1*8~IEA*2*000000017~" ISA("000000018", "0") GS("PO", "9") SET("0001") "GE*1*9~IEA*1*000000018~"),
		S_INIT(UNB MESSAGE("1") UNZ("1") UNB MESSAGE_BAD("1") UNZ("1")),
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct made first = make_first(cases[i]);
		struct made other = make(cases[i], (struct ack_order){ .interchange = 90000001, .group = 777 });
		const struct edi_format *format = i == 0 ? &edi_x12 : &edi_edifact;
		struct buf out = BUF_CAP(ACK_SIZE_MAX);

		assert_int_equal(first.order.made, 2);
		assert_int_equal(ack_renumber(buf_str(&first.out), format, 90000001, 777, &out, &first.e), 0);
		assert_true(str_eq(buf_str(&out), buf_str(&other.out)));
		buf_clear(&out);
		assert_int_equal(ack_renumber(buf_str(&first.out), format, 999999999, 1, &out, &first.e), -1);
		buf_clear(&out);
		end(&first);
		end(&other);
	}
}

static void
a_receipt_says_no_more(void **state)
{
	struct ack_order order = { .interchange = 1, .receipt = true };
	struct made m = make(S(UNB MESSAGE("1") UNZ("1")), order);

	(void)state;
	assert_true(str_find(buf_str(&m.out), S("+8'UNT+3+1'"), NULL));
	assert_int_equal(m.order.verdict, ACK_RECEIVED);
	end(&m);
	m = make(S(UNB MESSAGE_BAD("1") UNZ("1")), order);
	assert_true(str_find(buf_str(&m.out), S("+7'UCM+1+ORDERS:D:96A:UN+4"), NULL));
	end(&m);
}

static void
signs_and_line_ends_are_the_senders(void **state)
{
	static const struct { const char *why; struct str in; const char *has; } cases[] = {
		{ "LF ends segments", S_INIT("ISA|00|          |00|          |ZZ|ACME           |ZZ|NORDWIND       |261120|0915|^|"
		    "00602|000000017|0|P|>\nGS|PO|ACMEPO|NORDPO|20261120|0915|7|X|006020\nST|850|0001\nSE|2|0001\nGE|1|7\n"
		    "IEA|1|000000017\n"), "|^|00602|000000001|0|P|>\nGS|FA|" },
		{ "CRLF behind segments", S_INIT(ISA("000000017", "0") "\r\n" GS("PO", "7") "\r\n" SET("0001") "GE*1*7~"
		    "IEA*1*000000017~"), ":~\r\nGS*FA*" },
		{ "a wide terminator", S_INIT("ISA*00*          *00*          *ZZ*ACME           *ZZ*NORDWIND       *261120*0915*U*"
		    "00401*000000017*0*P*:\xe2\x80\xa6GS*PO*A*B*20261120*0915*7*X*004010\xe2\x80\xa6ST*850*0001\xe2\x80\xa6"
		    "SE*2*0001\xe2\x80\xa6GE*1*7\xe2\x80\xa6IEA*1*000000017\xe2\x80\xa6"), "*P*:\xe2\x80\xa6GS*FA*B*A*" },
		{ "an old version", S_INIT(ISA("000000017", "0") "GS*PO*A*B*961120*0915*7*X*003040~" SET("0001") "GE*1*7~"
		    "IEA*1*000000017~"), "GS*FA*B*A*261123*1603*1*X*003040~" },
		{ "a guide of 004010 has a 997", S_INIT(ISA("000000017", "0") "GS*HC*A*B*20261120*0915*7*X*004010X098A1~"
		    SET("0001") "GE*1*7~IEA*1*000000017~"), "*X*004010~ST*997*0001~AK1*HC*7~AK2*850*0001~" },
		{ "a guide of 005010 a 999", S_INIT(ISA("000000017", "0") "GS*HC*A*B*20261120*0915*7*X*005010X222A1~"
		    "ST*837*0001*005010X222A1~SE*2*0001~GE*1*7~IEA*1*000000017~"),
		    "*X*005010X231A1~ST*999*0001*005010X231A1~AK1*HC*7*005010X222A1~AK2*837*0001*005010X222A1~IK5*A~AK9*A*1*1*1~" },
		{ "UNA", S_INIT("UNA|^,! ~UNB^UNOC|3^A^B^261120|0915^A77~UNH^1^ORDERS|D|96A|UN~UNT^2^1~UNZ^1^A77~"),
		    "UNA|^,! ~UNB^UNOC|3^B^A^261123|1603^1~UNH^1^CONTRL|D|3|UN~UCI^A77^A^B^7~" },
		{ "level B", S_INIT("UNB\x1dUNOB\x1f" "1\x1d" "A\x1d" "B\x1d" "261120\x1f" "0915\x1d" "A77\x1cUNH\x1d" "1\x1dORDERS"
		    "\x1f" "D\x1cUNT\x1d" "2\x1d" "1\x1cUNZ\x1d" "1\x1d" "A77\x1c"), "UNB\x1dUNOB\x1f" "1\x1d" "B\x1d" "A\x1d" },
		{ "a UNA of no use", S_INIT("UNA:+.+ '" UNB MESSAGE("1") UNZ("1")), "+4+22+UNA'" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct made m = make_first(cases[i].in);

		print_message("%s: " STR_FMT "\n", cases[i].why, STR_ARG(buf_str(&m.out)));
		assert_int_equal(m.rc, 0);
		assert_true(str_find(buf_str(&m.out), str_of(cases[i].has), NULL));
		end(&m);
	}
}

/* n sets, numbered from 1; those from bad on until good have a wrong count. */
static void
put_sets(struct buf *b, unsigned int n, unsigned int bad, unsigned int good)
{
	struct err e;

	assert_int_equal(buf_put(b, S(ISA("000000017", "0") GS("PO", "7")), &e), 0);
	for (unsigned int i = 1; i <= n; i++)
		assert_int_equal(buf_printf(b, &e, "ST*850*%05u~SE*%d*%05u~", i, i >= bad && i < good ? 3 : 2, i), 0);
	assert_int_equal(buf_printf(b, &e, "GE*%u*7~IEA*1*000000017~", n), 0);
}

static void
what_was_not_described_is_not_accepted(void **state)
{
	struct buf in = BUF_CAP(1 << 20);
	struct made m;

	(void)state;
	put_sets(&in, 600, 100, 500);
	m = make_first(buf_str(&in));
	assert_int_equal(m.rc, 0);
	assert_int_equal(m.order.verdict, ACK_PARTIAL);
	assert_true(str_find(buf_str(&m.out), S("AK2*850*00099~AK5*A~AK2*850*00100~AK5*R*4~"), NULL));
	assert_true(str_find(buf_str(&m.out), S("AK2*850*00450~AK5*R*5~"), NULL));
	assert_true(str_find(buf_str(&m.out), S("AK2*850*00600~AK5*R*5~AK9*P*600*600*99~"), NULL));
	end(&m);
	buf_clear(&in);
}

static void
too_many_messages_are_refused(void **state)
{
	struct buf in = BUF_CAP(4 << 20);
	struct made m;

	(void)state;
	put_sets(&in, ACK_MESSAGES_MAX - 2, 1, 1);
	m = make_first(buf_str(&in));
	assert_int_equal(m.rc, 0);
	assert_int_equal(m.order.verdict, ACK_ACCEPTED);
	end(&m);
	buf_clear(&in);
	put_sets(&in, ACK_MESSAGES_MAX - 1, 1, 1);
	m = make_first(buf_str(&in));
	assert_int_equal(m.rc, -1);
	assert_int_equal(m.e.kind, ERR_INPUT);
	end(&m);
	buf_clear(&in);
}

/* ---- read ---- */

#define FA(sets) ISA("000000017", "0") GS("FA", "7") sets "GE*1*7~IEA*1*000000017~"
#define A997(body) FA("ST*997*0001~" body "SE*9*0001~")
#define CONTRL(body) UNB "UNH+1+CONTRL:D:3:UN'" body "UNT+9+1'" UNZ("1")

static const struct {
	const char *why;
	struct str in;
	enum ack_verdict verdict;
	size_t reports;
	const char *interchange, *group;	/* of the first report */
	enum ack_verdict first;			/* of its first message */
	const char *code;			/* of that one's first error, else of the report's; NULL: no error */
} said_cases[] = {
	{ "A", S_INIT(A997("AK1*PO*41~AK2*850*0001~AK5*A~AK9*A*1*1*1~")), ACK_ACCEPTED, 1, "", "41", ACK_ACCEPTED, NULL },
	{ "no AK2", S_INIT(A997("AK1*PO*41~AK9*A*1*1*1~")), ACK_ACCEPTED, 1, "", "41", ACK_NONE, NULL },
	{ "E", S_INIT(A997("AK1*PO*41~AK2*850*0001~AK3*PO1*3**8~AK5*E*5~AK9*E*1*1*1~")), ACK_ACCEPTED_ERRORS, 1, "", "41",
	    ACK_ACCEPTED_ERRORS, "8" },
	{ "P", S_INIT(A997("AK1*PO*41~AK2*850*0001~AK5*R*5~AK2*850*0002~AK5*A~AK9*P*2*2*1~")), ACK_PARTIAL, 1, "", "41",
	    ACK_REJECTED, "5" },
	{ "R", S_INIT(A997("AK1*PO*41~AK9*R*1*1*0*4~")), ACK_REJECTED, 1, "", "41", ACK_NONE, "4" },
	{ "X", S_INIT(A997("AK1*PO*41~AK9*X*1*1*0~")), ACK_REJECTED, 1, "", "41", ACK_NONE, NULL },
	{ "AK9 is missing", S_INIT(A997("AK1*PO*41~AK2*850*0001~AK5*R*5~")), ACK_REJECTED, 1, "", "41", ACK_REJECTED, "5" },
	{ "AK5 is missing", S_INIT(A997("AK1*PO*41~AK2*850*0001~AK9*A*1*1*1~")), ACK_ACCEPTED, 1, "", "41", ACK_NONE, NULL },
	{ "AK9 says A, AK5 says R", S_INIT(A997("AK1*PO*41~AK2*850*0001~AK5*R~AK9*A*1*1*1~")), ACK_PARTIAL, 1, "", "41",
	    ACK_REJECTED, NULL },
	{ "a word unheard of", S_INIT(A997("AK1*PO*41~AK9*Q*1*1*1~")), ACK_NONE, 1, "", "41", ACK_NONE, NULL },
	{ "nothing in it", S_INIT(A997("")), ACK_NONE, 0, NULL, NULL, ACK_NONE, NULL },
	{ "parts in disorder", S_INIT(A997("AK5*R~AK9*R~AK4*1**1~AK2*850*1~AK1*PO*41~AK9*A*1*1*1~AK5*R~")), ACK_ACCEPTED, 1, "",
	    "41", ACK_NONE, NULL },
	{ "two groups", S_INIT(FA("ST*997*0001~AK1*PO*41~AK9*A*1*1*1~SE*4*0001~ST*997*0002~AK1*IN*42~AK9*R*1*1*0~SE*4*0002~")),
	    ACK_PARTIAL, 2, "", "41", ACK_NONE, NULL },
	{ "999", S_INIT(FA("ST*999*0001*005010X231A1~AK1*HC*41*005010X222A1~AK2*837*0001~IK3*CLM*22**8~CTX*X~IK4*2*782*1~"
	    "IK5*R*5~AK9*R*1*1*0~SE*9*0001~")), ACK_REJECTED, 1, "", "41", ACK_REJECTED, "8" },
	{ "TA1 A", S_INIT(ISA("000000017", "0") "TA1*000000041*261119*1200*A*000~IEA*0*000000017~"), ACK_RECEIVED, 1,
	    "000000041", "", ACK_NONE, NULL },
	{ "TA1 E", S_INIT(ISA("000000017", "0") "TA1*000000041*261119*1200*E*022~IEA*0*000000017~"), ACK_RECEIVED, 1,
	    "000000041", "", ACK_NONE, "022" },
	{ "TA1 R", S_INIT(ISA("000000017", "0") "TA1*000000041*261119*1200*R*025~IEA*0*000000017~"), ACK_REJECTED, 1,
	    "000000041", "", ACK_NONE, "025" },
	{ "TA1 and 997", S_INIT(ISA("000000017", "0") "TA1*000000041*261119*1200*A*000~" GS("FA", "7") "ST*997*0001~AK1*PO*7~"
	    "AK9*A*1*1*1~SE*4*0001~GE*1*7~IEA*1*000000017~"), ACK_ACCEPTED, 2, "000000041", "", ACK_NONE, NULL },

	{ "UCI 7", S_INIT(CONTRL("UCI+41+A:14+B:14+7'")), ACK_ACCEPTED, 1, "41", "", ACK_NONE, NULL },
	{ "UCI 8", S_INIT(CONTRL("UCI+41+A:14+B:14+8'")), ACK_RECEIVED, 1, "41", "", ACK_NONE, NULL },
	{ "UCI 4", S_INIT(CONTRL("UCI+41+A:14+B:14+4+23+UNB+3:1'")), ACK_REJECTED, 1, "41", "", ACK_NONE, "23" },
	{ "UCM 4 in a 7", S_INIT(CONTRL("UCI+41+A+B+7'UCM+1+ORDERS:D:96A:UN+4+29+UNT+2'")), ACK_PARTIAL, 1, "41", "",
	    ACK_REJECTED, "29" },
	{ "UCM 7 and 4 in an 8", S_INIT(CONTRL("UCI+41+A+B+8'UCM+1+ORDERS+7'UCM+2+ORDERS+4'")), ACK_PARTIAL, 1, "41", "",
	    ACK_ACCEPTED, NULL },
	{ "UCF", S_INIT(CONTRL("UCI+41+A+B+7'UCF+71+A+B+4+28+UNE+3'")), ACK_PARTIAL, 2, "41", "", ACK_NONE, NULL },
	{ "no UCI", S_INIT(CONTRL("UCM+1+ORDERS+4'UCS+1'")), ACK_NONE, 0, NULL, NULL, ACK_NONE, NULL },
	{ "another message", S_INIT(UNB MESSAGE("1") UNZ("1")), ACK_NONE, 0, NULL, NULL, ACK_NONE, NULL },
	{ "XML", S_INIT("<Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\"/>"), ACK_NONE, 0, NULL, NULL,
	    ACK_NONE, NULL },
};

static void
reads_what_partners_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(said_cases); i++) {
		struct arena *a = arena_new(ACK_ARENA_MAX);
		struct ack_said said = read_said(a, said_cases[i].in);
		const struct ack_report *r = said.reports;
		const struct ack_error *error;

		print_message("%s\n", said_cases[i].why);
		assert_string_equal(ack_verdict_name(said.verdict), ack_verdict_name(said_cases[i].verdict));
		assert_int_equal(said.n_reports, said_cases[i].reports);
		assert_true((r == NULL) == (said_cases[i].reports == 0));
		if (r != NULL) {
			assert_str_eq(r->interchange, str_of(said_cases[i].interchange));
			assert_str_eq(r->group, str_of(said_cases[i].group));
			assert_int_equal(r->messages != NULL ? r->messages->verdict : ACK_NONE,
			    said_cases[i].first);
			error = r->messages != NULL ? r->messages->errors : r->errors;
			assert_true((error == NULL) == (said_cases[i].code == NULL));
			if (error != NULL)
				assert_str_eq(error->code, str_of(said_cases[i].code));
		}
		arena_free(a);
	}
}

static void
reads_places(void **state)
{
	struct arena *a = arena_new(ACK_ARENA_MAX);
	struct ack_said said = read_said(a, S(A997("AK1*PO*41~AK2*850*0001~AK3*PO1*12**8~AK4*3:2*355*7*XX~AK5*R*5*4~"
	    "AK9*R*1*1*0~")));
	const struct ack_report *r = said.reports;
	const struct ack_error *error = r->messages->errors;

	(void)state;
	assert_int_equal(r->kind, ACK_997);
	assert_str_eq(r->sender.id, S("NORDWIND"));	/* turned round: we sent what this speaks of */
	assert_str_eq(r->receiver.id, S("ACME"));
	assert_str_eq(r->group_type, S("PO"));
	assert_str_eq(r->messages->control, S("0001"));
	assert_str_eq(error->tag, S("PO1"));
	assert_true(error->segment == 12 && error->element == 0);
	error = error->next;
	assert_true(error->segment == 12 && error->element == 3 && error->component == 2);
	assert_str_eq(error->value, S("XX"));
	assert_str_eq(error->next->code, S("5"));
	assert_str_eq(error->next->next->code, S("4"));
	assert_null(error->next->next->next);

	said = read_said(a, S(CONTRL("UCI+41+A:14+B:15+7'UCM+1+ORDERS:D:96A:UN+4'UCS+3+15'UCD+12+3:2'")));
	r = said.reports;
	error = r->messages->errors;
	assert_int_equal(r->kind, ACK_CONTRL);
	assert_str_eq(r->sender.id, S("A"));
	assert_str_eq(r->receiver.qual, S("15"));
	assert_true(error->segment == 3 && error->element == 0);
	assert_true(error->next->segment == 3 && error->next->element == 2 && error->next->component == 2);
	arena_free(a);
}

static void
what_is_kept_is_bounded(void **state)
{
	struct arena *a = arena_new(ACK_ARENA_MAX);
	struct buf in = BUF_CAP(8 << 20);
	struct ack_said said;
	struct err e;

	(void)state;
	assert_int_equal(buf_put(&in, S(ISA("000000017", "0") GS("FA", "7") "ST*997*0001~AK1*PO*41~"), &e), 0);
	for (unsigned int i = 0; i < 2 * ACK_SAID_MAX; i++)
		assert_int_equal(buf_printf(&in, &e, "AK2*850*%06u~AK5*A~", i), 0);
	assert_int_equal(buf_put(&in, S("AK2*850*X~AK5*R~AK9*A*1*1*1~SE*4*0001~GE*1*7~IEA*1*000000017~"), &e), 0);
	said = read_said(a, buf_str(&in));
	assert_int_equal(said.n_kept, ACK_SAID_MAX);
	assert_int_equal(said.reports->n_messages, 2 * ACK_SAID_MAX + 1);
	assert_int_equal(said.verdict, ACK_PARTIAL);	/* though the one refused was not kept */
	buf_clear(&in);
	arena_free(a);
}

static void
knows_acknowledgements_by_their_facts(void **state)
{
	static const struct { struct str in; bool want; } cases[] = {
		{ S_INIT(A997("AK1*PO*41~AK9*A*1*1*1~")), true },
		{ S_INIT(ISA("000000017", "0") "TA1*000000041*261119*1200*A*000~IEA*0*000000017~"), true },
		{ S_INIT(CONTRL("UCI+41+A+B+7'")), true },
		{ S_INIT(UNB MESSAGE("1") UNZ("1")), false },
		{ S_INIT(ISA("000000017", "0") GS("PO", "7") SET("0001") "GE*1*7~IEA*1*000000017~"), false },
		{ S_INIT("997"), false },
	};
	struct arena *a = arena_new(EDI_ARENA_MAX);

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct edi_facts f = read_facts(a, cases[i].in);
		assert_int_equal(ack_is(&f), cases[i].want);
	}
	arena_free(a);
}

/* ---- what they stand on ---- */

static void
a_walk_meets_what_was_read(void **state)
{
	static const struct str cases[] = {
		S_INIT("\xef\xbb\xbf\n" ISA("000000017", "0") GS("PO", "7") SET("0001") "ST*841*0002~BIN*6*~ST*~~~SE*3*0002~"
		    "GE*2*7~IEA*1*000000017~\n\nwords\n" ISA("000000018", "0") GS("PO", "7") SET("0001") "GE*1*7~"),
		S_INIT("words\n" UNB MESSAGE("1") "UNO+1+++9'UNH+9+X:1UNP+9+1'" MESSAGE("2") "UNZ+3+A77'\nwords\nUNA:+.? '\n"
		    "UNB+UNOC:3+A+B+261120:0915+A78'" MESSAGE("1") UNB MESSAGE("3") UNZ("1") "\x1a"),
		S_INIT("UNH+1+ORDERS:D:96A:UN'UNT+2+1'UNH+2+ORDERS:D:96A:UN'UNT+2+2'\nUNH+3"),
	};
	struct arena *a = arena_new(EDI_ARENA_MAX);
	enum walk_step step;
	struct walk w;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct edi_facts f = read_facts(a, cases[i]);
		size_t messages = 0, headers = 0;

		walk_start(&w, f.format, cases[i]);
		while ((step = walk_next(&w)) != WALK_END) {
			headers += step == WALK_HEADER;
			if (step == WALK_SEGMENT &&
			    (w.seg.tag == SEG_TAG('S', 'T', ' ') ||
			        w.seg.tag == SEG_TAG('U', 'N', 'H')))
				assert_int_equal(w.seg.offset, f.messages[messages++].offset);
		}
		assert_int_equal(headers, f.interchanges);
		assert_int_equal(messages, f.n_kept);
	}
	arena_free(a);
}

static void
segments_are_written(void **state)
{
	struct buf out = BUF_CAP(64);
	struct err e;
	struct seg_writer w = { .out = &out, .signs = { '+', ':', '*', '?', "'", 1 }, .protects = true, .eol = S("\n"), .err = &e };

	(void)state;
	seg_write_tag(&w, "ABC");
	seg_write(&w, S(""));
	seg_write_more(&w, S("a+b"));
	seg_write(&w, S(" x\001y "));
	seg_write_n(&w, 7, 4);
	seg_write(&w, S(""));
	seg_write_more(&w, S(""));
	seg_write_end(&w);
	assert_str_eq(buf_str(&out), S("ABC+:a?+b+x y+0007'\n"));
	assert_int_equal(w.segments, 1);
	w.signs.release = -1;
	w.protects = false;
	seg_write_tag(&w, "D");
	seg_write(&w, S("a+b:c"));
	seg_write_fixed(&w, S("toolong"), 4);
	seg_write_fixed(&w, S(""), 2);
	seg_write_raw(&w, S(":"));
	seg_write_end(&w);
	assert_str_eq(str_from(buf_str(&out), 20), S("D+a b:c+tool+  +:'\n"));
	assert_int_equal(w.rc, 0);
	for (int i = 0; i < 40; i++)
		seg_write_end(&w);
	assert_int_equal(w.rc, -1);	/* full, and it stays so */
	assert_int_equal(e.kind, ERR_INPUT);
	buf_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_problem_has_its_codes),
		cmocka_unit_test(verdicts_join),
		cmocka_unit_test(makes_acknowledgements),
		cmocka_unit_test(acknowledgements_and_others_get_none),
		cmocka_unit_test(control_numbers_are_counted_up),
		cmocka_unit_test(it_is_made_where_it_is_wanted),
		cmocka_unit_test(other_numbers_change_nothing_else),
		cmocka_unit_test(a_receipt_says_no_more),
		cmocka_unit_test(signs_and_line_ends_are_the_senders),
		cmocka_unit_test(what_was_not_described_is_not_accepted),
		cmocka_unit_test(too_many_messages_are_refused),
		cmocka_unit_test(reads_what_partners_say),
		cmocka_unit_test(reads_places),
		cmocka_unit_test(what_is_kept_is_bounded),
		cmocka_unit_test(knows_acknowledgements_by_their_facts),
		cmocka_unit_test(a_walk_meets_what_was_read),
		cmocka_unit_test(segments_are_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
