/* SPDX-License-Identifier: ISC */
#include "edi/x12.h"

#include "gateway/base/buf.h"
#include "tests/unit/edi_unit.h"

#include <stdlib.h>

#define ISA_OF(control, e, rep, version, comp, term)                                                       \
	"ISA" e "00" e "          " e "00" e "          " e "14" e "4012345000009  " e "14" e "5098765000007  " e \
	"261120" e "1045" e rep e version e control e "0" e "P" e comp term
#define ISA ISA_OF("000000007", "*", "U", "00401", ">", "~")
#define GS  "GS*PO*4012345000009*5098765000007*20261120*1045*7*X*004010~"
#define ST  "ST*850*0001~"
#define BEG "BEG*00*NE*PO-1**20261120~"
#define SE  "SE*3*0001~"
#define GE  "GE*1*7~"
#define IEA "IEA*1*000000007~"
#define SET ST BEG SE
#define ALL ISA GS SET GE IEA

static void
an_interchange_gives_its_facts(void **state)
{
	struct str in = S(ALL);
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f = read_facts(a, in);

	(void)state;
	assert_valid(&f, "x12");
	assert_str_eq(f.sender.qual, S("14"));
	assert_str_eq(f.sender.id, S("4012345000009"));
	assert_str_eq(f.receiver.qual, S("14"));
	assert_str_eq(f.receiver.id, S("5098765000007"));
	assert_str_eq(f.control, S("000000007"));
	assert_str_eq(f.version, S("00401"));
	assert_str_eq(f.type, S("850"));
	assert_str_eq(f.number, S("PO-1"));
	assert_false(f.test || f.ack_requested || f.mixed);
	assert_int_equal(f.quirks, 0);
	assert_int_equal(f.interchanges, 1);
	assert_int_equal(f.n_messages, 1);
	assert_str_eq(f.messages[0].version, S("004010"));
	assert_str_eq(f.messages[0].control, S("0001"));
	assert_str_eq(f.messages[0].group, S("7"));
	assert_int_equal(f.messages[0].offset, sizeof(ISA GS) - 1);
	assert_int_equal(f.messages[0].segments, 3);
	assert_true(f.number.p > in.p && f.number.p < in.p + in.n);	/* a slice of the input */
	arena_free(a);
}

static void
the_isa_says_test_and_acknowledgement(void **state)
{
	char text[] = ALL;
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f;

	(void)state;
	text[100] = '1';	/* ISA14 */
	text[102] = 'T';	/* ISA15 */
	f = read_facts(a, str_of(text));
	assert_valid(&f, "x12");
	assert_true(f.test && f.ack_requested);
	arena_free(a);
}

/* The same interchange in the signs of others. */
static void
signs_come_from_the_isa(void **state)
{
	(void)state;
	static const struct {
		char elem, comp;
		const char *term;
	} cases[] = {
		{ '*', '>', "~" }, { '*', ':', "~" }, { '|', '>', "\n" }, { '*', '>', "\r" }, { '\x1d',
		    '\x1f', "\x1c" },
		{ '+', '@', "\x15" }, { '*', '\\', "'" }, { '^', '>', "}" }, { '*', '>', "\xe2\x80\xa6"
		    }, { '*', '>', "~\r\n" },
		{ '*', '>', "~ \n" }, { '~', '|', "\"" }, { '*', '>', "\xc2\xa6" },
	};
	struct arena *a = arena_new(EDI_ARENA_MAX);

	for (size_t i = 0; i < N(cases); i++) {
		struct buf b = BUF_CAP(4096);
		struct edi_facts f;

		for (const char *p = ALL; *p != '\0'; p++) {
			if (*p == '~')
				buf_put(&b, str_of(cases[i].term), NULL);
			else
				buf_putc(&b, *p == '*' ? cases[i].elem : *p == '>' ? cases[i].comp : *p, NULL);
		}
		print_message("%zu\n", i);
		f = read_facts(a, buf_str(&b));
		assert_valid(&f, "x12");
		assert_str_eq(f.number, S("PO-1"));
		assert_str_eq(f.receiver.id, S("5098765000007"));
		buf_clear(&b);
	}
	arena_free(a);
}

static void
the_isa_is_read_by_its_separators(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		struct str in;
		bool there;
		unsigned int misfit;
		bool wrapped;
		int rep;
		size_t size;
	} cases[] = {
		{ "usual", S_INIT(ISA), true, 0, false, -1, 106 },
		{ "repetition", S_INIT(ISA_OF("000000007", "*", "^", "00501", ":", "~")), true, 0,
		    false, '^', 106 },
		{ "no repetition before 00402", S_INIT(ISA_OF("000000007", "*", "^", "00401", ":",
		    "~")), true, 0, false, -1, 106 },
		{ "repetition is the component sign", S_INIT(ISA_OF("000000007", "*", "^", "00501", "^",
		    "~")), true, 0, false, -1, 106 },
		{ "a letter is no sign", S_INIT(ISA_OF("000000007", "*", "U", "00501", "^", "~")), true,
		    0, false, -1, 106 },
		{ "control number short", S_INIT(ISA_OF("7", "*", "U", "00401", ">", "~")), true, 13,
		    false, -1, 98 },
		{ "version long", S_INIT(ISA_OF("000000007", "*", "U", "004010", ">", "~")), true, 12,
		    false, -1, 107 },
		{ "wrapped", S_INIT(ISA_OF("0000\r\n00007", "*", "U", "00401", ">", "~")), true, 0,
		    true, -1, 108 },
		{ "wide terminator", S_INIT(ISA_OF("000000007", "*", "U", "00401", ">",
		    "\xe2\x80\xa6")), true, 0, false, -1, 108 },
		{ "bad UTF-8 is one byte", S_INIT(ISA_OF("000000007", "*", "U", "00401", ">",
		    "\xe2\x80")), true, 0, false, -1, 106 },
		{ "no terminator", S_INIT(ISA_OF("000000007", "*", "U", "00401", ">", "")), false, 0,
		    false, 0, 0 },
		{ "cut", S_INIT("ISA*00*          *00*"), false, 0, false, 0, 0 },
		{ "word", S_INIT("ISABELLA"), false, 0, false, 0, 0 },
		{ "text", S_INIT("ISA is not what you think * * * * * * * * * * * * * * * * * * * *"),
		    false, 0, false, 0, 0 },
		{ "short", S_INIT("ISA"), false, 0, false, 0, 0 },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct x12_isa isa;

		print_message("%s\n", cases[i].why);
		assert_int_equal(x12_isa_read(cases[i].in, &isa), cases[i].there);
		if (!cases[i].there)
			continue;
		assert_int_equal(isa.misfit, cases[i].misfit);
		assert_int_equal(isa.wrapped, cases[i].wrapped);
		assert_int_equal(isa.signs.rep, cases[i].rep);
		assert_int_equal(isa.size, cases[i].size);
	}
}

/* Where each set keeps its number. */
static void
numbers_are_found(void **state)
{
	(void)state;
	static const struct {
		const char *type, *segment, *number;
	} cases[] = {
		{ "850", "BEG*00*NE*N1**20261120", "N1" },
		{ "810", "BIG*20261120*N2*20261119*PO", "N2" },
		{ "855", "BAK*00*AC*N3*20261120", "N3" },
		{ "856", "BSN*00*N4*20261120*1045", "N4" },
		{ "860", "BCH*04*NE*N5*1**20261120", "N5" },
		{ "865", "BCA*04*AC*N6", "N6" },
		{ "820", "BPR*I*1*C*ACH~TRN*1*N7", "N7" },
		{ "835", "BPR*I*1*C*ACH~TRN*1*N8~TRN*1*NO", "N8" },
		{ "824", "BGN*11*N9*20261120", "N9" },
		{ "846", "BIA*00*DD*N10*20261120", "N10" },
		{ "861", "BRA*N11*20261120*00*1", "N11" },
		{ "997", "AK1*PO*N12", "N12" },
		{ "940", "W05*N*N13", "N13" },
		{ "945", "W06*N*N14", "N14" },
		{ "204", "B2**SCAC**N15", "N15" },
		{ "990", "B1*SCAC*N16", "N16" },
		{ "850", "NTE**NO BEG", "" },
		{ "999", "BEG*00*NE*NOT IN A 999", "" },
		{ "ABC", "BEG*00*NE*NO SUCH SET", "" },
	};
	struct arena *a = arena_new(EDI_ARENA_MAX);

	for (size_t i = 0; i < N(cases); i++) {
		struct buf b = BUF_CAP(4096);
		struct edi_facts f;
		int segments = 3;

		for (const char *p = cases[i].segment; *p != '\0'; p++)
			segments += *p == '~';
		buf_printf(&b, NULL, ISA GS "ST*%s*0001~%s~SE*%d*0001~" GE IEA, cases[i].type,
		    cases[i].segment, segments);
		print_message("%s %s\n", cases[i].type, cases[i].segment);
		f = read_facts(a, buf_str(&b));
		assert_valid(&f, "x12");
		assert_str_eq(f.type, str_of(cases[i].type));
		assert_str_eq(f.number, str_of(cases[i].number));
		buf_clear(&b);
	}
	arena_free(a);
}

static void
every_fault_of_an_envelope_is_named(void **state)
{
	(void)state;
	static const struct broken cases[] = {
		{ "SE01", S_INIT(ISA GS ST BEG "SE*4*0001~" GE IEA), "se-count", "4*0001", 1,
		    "SE01 is '4', want 3" },
		{ "SE01 a word", S_INIT(ISA GS ST BEG "SE*x*0001~" GE IEA), "se-count", "x*0001", 1,
		    "SE01 is 'x', want 3" },
		{ "SE01 empty", S_INIT(ISA GS ST BEG "SE**0001~" GE IEA), "se-count", "SE**", 1,
		    "SE01 is '', want 3" },
		{ "SE01 enormous", S_INIT(ISA GS ST BEG "SE*99999999999999999999999*0001~" GE IEA),
		    "se-count", "99999999999999999999999*", 1, "want 3" },
		{ "SE02", S_INIT(ISA GS ST BEG "SE*3*0002~" GE IEA), "se-control", "0002~", 2,
		    "SE02 is '0002', want '0001'" },
		{ "SE02 without zeros", S_INIT(ISA GS ST BEG "SE*3*1~" GE IEA), "se-control", "1~GE", 2,
		    "SE02 is '1', want '0001'" },
		{ "GE01", S_INIT(ISA GS SET "GE*2*7~" IEA), "ge-count", "2*7~", 1, "GE01 is '2', want 1" },
		{ "GE02", S_INIT(ISA GS SET "GE*1*8~" IEA), "ge-control", "8~IEA", 2, "GE02 is '8', want '7'" },
		{ "IEA01", S_INIT(ISA GS SET GE "IEA*0*000000007~"), "iea-count", "0*000000007~", 1,
		    "IEA01 is '0', want 1" },
		{ "IEA02", S_INIT(ISA GS SET GE "IEA*1*000000008~"), "iea-control", "000000008", 2,
		    "IEA02 is '000000008', want '000000007'" },
		{ "no SE before GE", S_INIT(ISA GS ST BEG GE IEA), "se-missing", "GE*", 0,
		    "no SE for the ST '0001'" },
		{ "no SE before ST", S_INIT(ISA GS ST BEG "ST*850*0002~" BEG "SE*3*0002~" GE IEA),
		    "se-missing", "ST*850*0002", 0, "no SE for the ST '0001'" },
		{ "no SE before IEA", S_INIT(ISA GS ST BEG IEA), "se-missing", "IEA", 0, "no SE" },
		{ "no SE at all", S_INIT(ISA GS ST BEG), "se-missing", NULL, 0, "no SE" },
		{ "no GE before IEA", S_INIT(ISA GS SET IEA), "ge-missing", "IEA", 0, "no GE for the GS '7'" },
		{ "no GE before GS", S_INIT(ISA GS SET "GS*IN*A*B*20261120*1045*8*X*004010~" "GE*0*8~"
		    "IEA*2*000000007~"), "ge-missing", "GS*IN", 0, "no GE" },
		{ "no IEA", S_INIT(ISA GS SET GE), "iea-missing", NULL, 0, "no IEA for the ISA '000000007'" },
		{ "no IEA before the next ISA", S_INIT(ISA GS SET GE ISA_OF("000000009", "|", "U",
		    "00401", ">", "~") "IEA|0|000000009~"), "iea-missing", "ISA|", 0, "no IEA" },
		{ "only an ISA", S_INIT(ISA), "iea-missing", NULL, 0, "no IEA" },
		{ "no ST", S_INIT(ISA GS BEG SE GE IEA), "st-missing", "SE*3", 0, "SE without an ST" },
		{ "no GS", S_INIT(ISA SET GE IEA), "gs-missing", "ST*850", 0, "ST without a GS" },
		{ "no set at all", S_INIT(ISA "REF*1~" IEA), "segment-misplaced", "REF", 0,
		    "'REF' and what follows" },
		{ "behind the SE", S_INIT(ISA GS SET BEG GE IEA), "segment-misplaced", "BEG", 0, "'BEG'" },
		{ "TA1 in a group", S_INIT(ISA GS "TA1*1~" SET GE IEA), "segment-misplaced", "TA1", 0,
		    "TA1 inside a group" },
		{ "lower case", S_INIT(ISA GS ST "beg*00~" BEG SE GE IEA), "segment-tag", "beg", 0,
		    "'beg' is no segment tag" },
		{ "empty", S_INIT(ISA GS ST "~" BEG SE GE IEA), "segment-empty", "~BEG", 0, "nothing between" },
		{ "bell", S_INIT(ISA GS ST "BEG*00*NE*P\x07~" SE GE IEA), "control-char", "\x07", 0,
		    "byte 0x07" },
		{ "cut", S_INIT(ISA GS ST "BEG*00*N"), "segment-cut", "BEG*00*N", 0,
		    "'BEG*00*N', has no terminator" },
		{ "ISA too short", S_INIT(ISA_OF("7", "*", "U", "00401", ">", "~") GS SET GE
		    "IEA*1*7~"), "isa-width", "7*0*P", 13,
		    "ISA13 is 1 bytes, so that the ISA is 98, want 106" },
		{ "ISA cut", S_INIT("ISA*00*          *00*     "), "isa-short", "ISA*00", 0, "ends early" },
		{ "terminator a letter", S_INIT(ISA_OF("000000007", "*", "U", "00401", ">", "A") "GS*"),
		    "isa-signs", "AGS", 0, "terminator 'A'" },
		{ "signs equal", S_INIT(ISA_OF("000000007", "*", "U", "00401", "~", "~") GS),
		    "isa-signs", "~GS", 0, "component '~', terminator '~'" },
		{ "text before", S_INIT("Hello,\n\n" ALL), "junk-before", "Hello", 0,
		    "text before the first ISA" },
		{ "text behind", S_INIT(ALL "\nBye\n"), "junk-after", "Bye", 0, "text behind the IEA" },
		{ "text between", S_INIT(ALL "\nand\n" ISA_OF("000000008", "*", "U", "00401", ">", "~")
		    "IEA*0*000000008~"), "junk-after", "and", 0, "text behind the IEA: 'and" },
		{ "ISA13 twice", S_INIT(ALL ALL), "isa-duplicate", "000000007*0*P", 13,
		    "ISA13 '000000007' is used twice, first at offset 0" },
		{ "ST02 twice", S_INIT(ISA GS SET ST "BEG*00*NE*PO-2**20261120~" SE "GE*2*7~" IEA),
		    "st-duplicate", "0001~BEG*00*NE*PO-2", 2,
		    "ST02 '0001' is used twice, first at offset 165" },
		{ "BIN too long", S_INIT(ISA GS ST "BIN*5*ab~" SE GE IEA), "bin-length", "5*ab", 1,
		    "no terminator behind the 5 bytes" },
		{ "BIN beyond the end", S_INIT(ISA GS ST "BIN*99999999*ab~" SE GE IEA), "bin-length",
		    "99999999", 1, "no terminator behind the 99999999 bytes" },
		{ "BDS not a number", S_INIT(ISA GS ST "BDS*ASC*x*ab~" SE GE IEA), "bin-length", "x*ab",
		    2, "'x', want a number" },
		{ "UTF-16", S_INIT("\xff\xfeI\0S\0A\0*\0"), "encoding", "\xff\xfe", 0, "UTF-16" },
		{ "EBCDIC", S_INIT("\xc9\xe2\xc1\x5c\xf0\xf0"), "encoding", "\xc9\xe2", 0, "EBCDIC" },
	};

	for (size_t i = 0; i < N(cases); i++)
		assert_broken(&cases[i], "x12");
}

static void
what_is_tolerated_is_named(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		struct str in;
		unsigned int quirks;
	} cases[] = {
		{ "nothing", S_INIT(ALL), 0 },
		{ "line ends", S_INIT(ISA "\r\n" GS "\n" SET "\n\n" GE IEA "\r\n\r\n"), EDI_QUIRK_LINES },
		{ "indented", S_INIT(ISA "  " GS "\t" SET GE IEA), EDI_QUIRK_BLANKS },
		{ "mark", S_INIT("\xef\xbb\xbf" ALL), EDI_QUIRK_BOM },
		{ "blank lines before", S_INIT("\r\n\n" ALL), EDI_QUIRK_LEADING },
		{ "fill behind", S_INIT(ALL "\n\0\0\x1a"), EDI_QUIRK_TRAILING },
		{ "no last terminator", S_INIT(ISA GS SET GE "IEA*1*000000007"), EDI_QUIRK_UNTERMINATED },
		{ "no last terminator but a line end", S_INIT(ISA GS SET GE "IEA*1*000000007\r\n"),
		    EDI_QUIRK_UNTERMINATED },
		{ "wrapped", S_INIT(ISA GS ST "BEG*00*N\r\nE*PO-1**2026\n1120~" SE GE IEA), EDI_QUIRK_WRAPPED },
		{ "wrapped in a tag", S_INIT(ISA GS ST "B\nEG*00*NE*PO-1**20261120~" SE GE IEA),
		    EDI_QUIRK_WRAPPED },
		{ "set copied", S_INIT(ISA GS SET SET "GE*2*7~" IEA), EDI_QUIRK_REPEATED },
		{ "group copied", S_INIT(ISA GS SET GE GS SET GE "IEA*2*000000007~"), EDI_QUIRK_REPEATED },
	};
	struct arena *a = arena_new(EDI_ARENA_MAX);

	for (size_t i = 0; i < N(cases); i++) {
		struct edi_facts f = read_facts(a, cases[i].in);

		print_message("%s\n", cases[i].why);
		assert_valid(&f, "x12");
		assert_int_equal(f.quirks, cases[i].quirks);
		assert_str_eq(f.number, S("PO-1"));
	}
	arena_free(a);
}

static void
counts_may_have_leading_zeros(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f = read_facts(a, S(ISA GS ST BEG "SE*000003*0001~" "GE*01*7~"
	    "IEA*00001*000000007~"));

	(void)state;
	assert_valid(&f, "x12");
	arena_free(a);
}

static void
interchanges_follow_each_other_with_signs_of_their_own(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f = read_facts(a, S(ALL "\n" ISA_OF("000000008", "|", "^", "00501", ":", "'")
	    "GS|IN|A|B|20261120|1|1|X|005010'"
	    "ST|810|0001'BIG|20261120|RE-9'SE|3|0001'GE|1|1'IEA|1|000000008'"));

	(void)state;
	assert_valid(&f, "x12");
	assert_int_equal(f.interchanges, 2);
	assert_int_equal(f.n_messages, 2);
	assert_str_eq(f.messages[1].number, S("RE-9"));
	assert_str_eq(f.messages[1].version, S("005010"));
	assert_str_eq(f.control, S("000000007"));
	assert_false(f.mixed);
	arena_free(a);
}

static void
a_test_behind_production_is_noticed(void **state)
{
	char text[] = ALL ALL;
	size_t second = sizeof(ALL) - 1;
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f;

	(void)state;
	memcpy(text + second + 90, "000000099", 9);	/* ISA13, and IEA02 */
	memcpy(strstr(text + second, "IEA*1*") + 6, "000000099", 9);
	f = read_facts(a, str_of(text));
	assert_valid(&f, "x12");
	assert_false(f.mixed || f.mixed_test || f.test);
	text[second + 102] = 'T';	/* ISA15 */
	f = read_facts(a, str_of(text));
	assert_valid(&f, "x12");
	assert_true(f.mixed_test && !f.mixed && !f.test);
	arena_free(a);
}

static void
other_parties_later_are_noticed(void **state)
{
	char text[] = ALL ALL;
	size_t second = sizeof(ALL) - 1;
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f;

	(void)state;
	text[second + 60] = '9';	/* within ISA08 */
	f = read_facts(a, str_of(text));
	assert_valid(&f, "x12");	/* and the number of another pair is no repetition */
	assert_true(f.mixed && !f.mixed_test);
	assert_str_eq(f.receiver.id, S("5098765000007"));
	arena_free(a);
}

static void
an_interchange_may_hold_only_a_ta1(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f = read_facts(a, S(ISA "TA1*000000099*261120*1045*A*000~IEA*0*000000007~"));

	(void)state;
	assert_valid(&f, "x12");
	assert_str_eq(f.type, S("TA1"));
	assert_str_eq(f.number, S("000000099"));
	assert_int_equal(f.n_messages, 0);
	arena_free(a);
}

static void
binary_segments_hold_any_bytes(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f = read_facts(a, S(ISA GS
	    "ST*102*0001~BIN*9*~SE*1*\0~\r~BDS*ASC*3*~~~~SE*4*0001~" GE IEA));

	(void)state;
	assert_valid(&f, "x12");
	assert_int_equal(f.messages[0].segments, 4);
	arena_free(a);
}

static void
many_sets_and_faults_are_counted_and_some_kept(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct buf b = BUF_CAP(8 << 20);
	struct edi_facts f;
	const int sets = 3 * EDI_MESSAGES_KEPT;

	(void)state;
	buf_put(&b, S(ISA GS), NULL);
	for (int i = 0; i < sets; i++)
		buf_printf(&b, NULL, "ST*850*%06d~" BEG "SE*%d*%06d~", i, i % 2 == 0 ? 3 : 4, i);
	buf_printf(&b, NULL, "GE*%d*7~" IEA, sets);
	f = read_facts(a, buf_str(&b));
	assert_int_equal(f.n_messages, sets);
	assert_int_equal(f.n_kept, EDI_MESSAGES_KEPT);
	assert_int_equal(f.n_problems, sets / 2);
	assert_int_equal(f.n_problems_kept, EDI_PROBLEMS_KEPT);
	assert_str_eq(f.messages[EDI_MESSAGES_KEPT - 1].control, S("004095"));
	assert_true(arena_used(a) < EDI_ARENA_MAX / 2);
	buf_clear(&b);
	arena_free(a);
}

/* Headers that each name a terminator of their own, found nowhere else: no search for one goes to the end. */
static void
many_headers_are_read_in_time(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct buf b = BUF_CAP(32 << 20);
	struct edi_facts f;
	const unsigned int n = 100000;

	(void)state;
	for (unsigned int c = 0x10000; c < 0x10000 + n; c++) {
		char term[] = { (char)(0xf0 | c >> 18), (char)(0x80 | (c >> 12 & 63)),
			(char)(0x80 | (c >> 6 & 63)), (char)(0x80 | (c & 63)), '\0' };
		buf_printf(&b, NULL, ISA_OF("000000007", "*", "U", "00401", ">", "%s"), term);
	}
	f = read_facts(a, buf_str(&b));
	assert_int_equal(f.interchanges, n);
	assert_non_null(problem_of(&f, "iea-missing"));
	buf_clear(&b);
	arena_free(a);
}

/* Cut anywhere, an interchange is never taken for a whole one, and never read past its end. */
static void
no_beginning_is_valid(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct str in = S(ALL);

	(void)state;
	for (size_t n = 0; n < in.n - 1; n++) {	/* without its last terminator it is tolerated */
		char *exact = malloc(n + 1);
		struct edi_facts f;

		memcpy(exact, in.p, n);
		f = read_facts(a, str_make(exact, n));
		assert_int_not_equal(f.verdict, EDI_VALID);
		assert_true(n < 7 || f.verdict == EDI_BROKEN);
		free(exact);
	}
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_interchange_gives_its_facts),
		cmocka_unit_test(the_isa_says_test_and_acknowledgement),
		cmocka_unit_test(signs_come_from_the_isa),
		cmocka_unit_test(the_isa_is_read_by_its_separators),
		cmocka_unit_test(numbers_are_found),
		cmocka_unit_test(every_fault_of_an_envelope_is_named),
		cmocka_unit_test(what_is_tolerated_is_named),
		cmocka_unit_test(counts_may_have_leading_zeros),
		cmocka_unit_test(interchanges_follow_each_other_with_signs_of_their_own),
		cmocka_unit_test(a_test_behind_production_is_noticed),
		cmocka_unit_test(other_parties_later_are_noticed),
		cmocka_unit_test(an_interchange_may_hold_only_a_ta1),
		cmocka_unit_test(binary_segments_hold_any_bytes),
		cmocka_unit_test(many_sets_and_faults_are_counted_and_some_kept),
		cmocka_unit_test(many_headers_are_read_in_time),
		cmocka_unit_test(no_beginning_is_valid),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
