/* SPDX-License-Identifier: ISC */
/* test_edi_ack_found.c - what a dictionary finds, in acknowledgements: 997 (AK3, AK4) and CONTRL (UCS, UCD). */
#include "tests/unit/dict_made.h"

#include "edi/ack.h"
#include "edi/edifact.h"
#include "edi/x12.h"

#define TEST_ARENA (64u << 20)

#define ISA "ISA*00*          *00*          *ZZ*ACME           *ZZ*NORDWIND       *261120*0915*U*00401*000000017*0*P*:~"
#define GS  "GS*PO*ACMEPO*NORDPO*20261120*0915*7*X*004010~"

#define X12_DICTIONARY \
	"dictionary X12 *\nelement 143 ID 3\nelement 329 AN 4 9\nelement 353 ID 2 2 00 01\nelement 324 AN 1 5\n" \
	"element 373 DT 8\nelement 337 TM 4 8\nelement 380 R 1 4\nsegment ST 143! 329!\n" \
	"segment BEG 353! 324! 373 337 : E0304\nsegment PO1 380 380 : P0102\nset 850 BEG! REF*2 (N1 N2)*2 (PO1! PID)!*9\n"

static const struct {
	struct str set;		/* between ST and SE */
	const char *has;	/* in the acknowledgement; NULL: it is accepted without a word */
} dictionary_cases[] = {
	{ S_INIT("BEG*00*A~PO1~"), NULL },
	{ S_INIT("PO1~"), "AK3*BEG*1**3~AK5*R*5~" },
	{ S_INIT("BEG*00*A~"), "AK3*PO1*2**3~AK5*R*5~" },
	{ S_INIT("BEG*00*A~ZZZ~PO1~"), "AK3*ZZZ*3**1~" },
	{ S_INIT("BEG*00*A~PO1~REF~"), "AK3*REF*4**2~" },
	{ S_INIT("BEG*00*A~REF~REF~REF~PO1~"), "AK3*REF*5**5~" },
	{ S_INIT("BEG*00*A~N1~N1~N1~PO1~"), "AK3*N1*5**4~" },
	{ S_INIT("BEG*00~PO1~"), "AK3*BEG*2**8~AK4*2*324*1~" },
	{ S_INIT("BEG*00*A~PO1*1~"), "AK3*PO1*3**8~AK4*2**2~" },
	{ S_INIT("BEG*00*A~PO1*1*2*3~"), "AK3*PO1*3**8~AK4*3**3~" },
	{ S_INIT("BEG*0*A~PO1~"), "AK3*BEG*2**8~AK4*1*353*4*0~" },
	{ S_INIT("BEG*00*ABCDEF~PO1~"), "AK3*BEG*2**8~AK4*2*324*5*ABCDEF~" },
	{ S_INIT("BEG*00*A~PO1*x*1~"), "AK3*PO1*3**8~AK4*1*380*6*x~" },
	{ S_INIT("BEG*99*A~PO1~"), "AK3*BEG*2**8~AK4*1*353*7*99~" },
	{ S_INIT("BEG*00*A*20260230~PO1~"), "AK3*BEG*2**8~AK4*3*373*8*20260230~" },
	{ S_INIT("BEG*00*A**2561~PO1~"), "AK3*BEG*2**8~AK4*4*337*9*2561~" },
	{ S_INIT("BEG*00*A*20260228*1200~PO1~"), "AK3*BEG*2**8~AK4*4**10~" },
	{ S_INIT("BEG*99*ABCDEF~PO1~"), "AK3*BEG*2**8~AK4*1*353*7*99~AK4*2*324*5*ABCDEF~AK5*R*5~" },
	{ S_INIT("BEG*00*ABCD:EF~PO1~"), "AK3*BEG*2**8~AK4*2*324*5~" },
};

static struct dict
x12_dictionary(struct arena *a)
{
	struct dict_build *b = dict_build_new(a);
	struct buf out = BUF_CAP(DICT_SIZE_MAX);
	struct dict dict = { .n_directories = 0 };
	struct err e;

	if (dict_build_text(b, S(X12_DICTIONARY), &e) == -1 || dict_build_write(b, &out, &e) == -1 ||
	    dict_open(&dict, str_dup(a, buf_str(&out)), &e) == -1)
		fail_msg("%s", e.text);
	buf_clear(&out);
	return dict;
}

static struct dict
edifact_dictionary(struct arena *a)
{
	struct dict dict;
	struct err e;

	assert_int_equal(dict_open(&dict, dict_made(a, NULL), &e), 0);
	return dict;
}

/* What is said of in, which edi_read() calls valid. */
static struct str
answer(struct arena *a, struct str in, const struct dict *dict, bool refuse,
    enum ack_verdict *verdict)
{
	struct edi_facts f = read_facts(a, in);
	struct dict_findings d;
	struct ack_order o = { .now = S("20261123160300"), .interchange = 1, .group = 1, .contrl = ACK_ALWAYS, .findings = &d,
		.refuse = refuse };
	struct buf out = BUF_CAP(ACK_SIZE_MAX);
	struct str said;
	struct err e;

	if (f.verdict != EDI_VALID)
		fail_msg(STR_FMT, STR_ARG(f.problems[0].text));
	dict_check(a, in, &f, dict, true, &d);
	if (ack_write(a, in, &f, &o, &out, &e) == -1)
		fail_msg("%s", e.text);
	said = str_dup(a, buf_str(&out));
	buf_clear(&out);
	*verdict = o.verdict;
	return said;
}

static void
wants(struct str in, struct str said, const char *has)
{
	if (!str_find(said, str_of(has), NULL))
		fail_msg("'" STR_FMT "': found '" STR_FMT "', want '%s' in it", STR_ARG(in),
		    STR_ARG(said), has);
}

/* Two sets; the second has nothing wrong. */
static struct str
two_sets(struct arena *a, struct str set)
{
	size_t segments = 2;

	for (size_t i = 0; i < set.n; i++)
		segments += set.p[i] == '~';
	return str_cat(a, str_cat(a, S(ISA GS "ST*850*0001~"), set),
	    str_fmt(a, "SE*%zu*0001~ST*850*0002~BEG*00*B~PO1~SE*4*0002~GE*2*7~IEA*1*000000017~", segments));
}

static void
sets_are_refused_for_what_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(dictionary_cases); i++) {
		struct arena *a = arena_new(TEST_ARENA);
		struct dict dict = x12_dictionary(a);
		const char *has = dictionary_cases[i].has;
		enum ack_verdict verdict;
		struct str set = dictionary_cases[i].set, said = answer(a, two_sets(a, set), &dict, true, &verdict);

		assert_int_equal(verdict, has != NULL ? ACK_PARTIAL : ACK_ACCEPTED);
		wants(set, said, has != NULL ? has : "AK2*850*0001~AK5*A~");
		wants(set, said, has != NULL ? "AK2*850*0002~AK5*A~AK9*P*2*2*1~" : "AK2*850*0002~AK5*A~AK9*A*2*2*2~");
		arena_free(a);
	}
}

static void
what_does_not_refuse_is_noted(void **state)
{
	struct arena *a = arena_new(TEST_ARENA);
	struct dict dict = x12_dictionary(a);
	enum ack_verdict verdict;
	struct str set = S("BEG*99*A~PO1~"), said = answer(a, two_sets(a, set), &dict, false, &verdict);

	(void)state;
	assert_int_equal(verdict, ACK_ACCEPTED_ERRORS);
	wants(set, said, "AK2*850*0001~AK3*BEG*2**8~AK4*1*353*7*99~AK5*E*5~AK2*850*0002~AK5*A~AK9*E*2*2*2~");
	arena_free(a);
}

/* More errors than are described: what lies past them is not called right. */
static void
past_what_is_described_nothing_is_right(void **state)
{
	struct arena *a = arena_new(TEST_ARENA);
	struct dict dict = x12_dictionary(a);
	enum ack_verdict verdict;
	struct str set = S("BEG*00*A~PO1~");

	(void)state;
	for (int i = 0; i < EDI_PROBLEMS_KEPT + 10; i++)
		set = str_cat(a, set, S("PO1*1~"));
	wants(S("refused"), answer(a, two_sets(a, set), &dict, true, &verdict),
	    "AK2*850*0002~AK5*R*5~AK9*R*2*2*0~");
	assert_int_equal(verdict, ACK_REJECTED);
	wants(S("noted"), answer(a, two_sets(a, set), &dict, false, &verdict),
	    "AK2*850*0002~AK5*E*5~AK9*E*2*2*2~");
	assert_int_equal(verdict, ACK_ACCEPTED_ERRORS);
	arena_free(a);
}

/* Between UNH and UNT of TESTAA; positions of elements count the tag. */
static const struct {
	struct str message;
	const char *has;
} edifact_cases[] = {
	{ S_INIT("AAA+1'GGG+7'"), "5098765000007:14+7'UNT" },
	{ S_INIT("GGG+7'"), "UCM+1+TESTAA:D:24Z:UN+4'UCS+1+13'UNT" },
	{ S_INIT("AAA+1'"), "UCS+2+13'UNT" },
	{ S_INIT("AAA+1'XYZ+1'GGG+7'"), "UCS+3+15'UNT" },
	{ S_INIT("AAA+1'GGG+7'CCC+ab'"), "UCS+4+15'UNT" },
	{ S_INIT("AAA+1'AAA+1'GGG+7'"), "UCS+3+35'UNT" },
	{ S_INIT("AAA+1'CCC+ab'CCC+ab'CCC+ab'GGG+7'"), "UCS+5+36'UNT" },
	{ S_INIT("AAA'GGG+7'"), "UCS+2'UCD+13+2'UNT" },
	{ S_INIT("AAA+1:::nine char'GGG+7'"), "UCS+2'UCD+39+2:4'UNT" },
	{ S_INIT("AAA+1::::x'GGG+7'"), "UCS+2'UCD+16+2:5'UNT" },
	{ S_INIT("AAA+1'CCC+a'GGG+7'"), "UCS+3'UCD+40+2'UNT" },
	{ S_INIT("AAA+1'GGG+x'"), "UCS+3'UCD+37+2'UNT" },
	{ S_INIT("AAA+2'GGG+7'"), "UCS+2'UCD+12+2:1'UNT" },
	{ S_INIT("AAA+2+wide'GGG+x'"), "UCS+2'UCD+12+2:1'UCD+39+3'UCS+3'UCD+37+2'UNT" },
};

static struct str
one_message(struct arena *a, struct str message)
{
	size_t segments = 2;

	for (size_t i = 0; i < message.n; i++)
		segments += message.p[i] == '\'';
	return str_fmt(a, "UNB+UNOC:3+4012345000009:14+5098765000007:14+261123:1200+A1'UNH+1+TESTAA:D:24Z:UN'" STR_FMT
	    "UNT+%zu+1'UNZ+1+A1'", STR_ARG(message), segments);
}

static void
messages_are_refused_for_what_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(edifact_cases); i++) {
		struct arena *a = arena_new(TEST_ARENA);
		struct dict dict = edifact_dictionary(a);
		enum ack_verdict verdict;
		struct str in = one_message(a, edifact_cases[i].message);

		wants(in, answer(a, in, &dict, true, &verdict), edifact_cases[i].has);
		assert_int_equal(verdict, i == 0 ? ACK_ACCEPTED : ACK_REJECTED);
		wants(in, answer(a, in, &dict, false, &verdict), "5098765000007:14+7'UNT");	/* CONTRL has no word for notes */
		assert_int_equal(verdict, ACK_ACCEPTED);
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_are_refused_for_what_is_found),
		cmocka_unit_test(what_does_not_refuse_is_noted),
		cmocka_unit_test(past_what_is_described_nothing_is_right),
		cmocka_unit_test(messages_are_refused_for_what_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
