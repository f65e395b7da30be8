/* SPDX-License-Identifier: ISC */
#include "edi/edifact.h"

#include "gateway/base/buf.h"
#include "tests/unit/edi_unit.h"

#include <stdlib.h>

#define UNA  "UNA:+.? '"
#define UNB  "UNB+UNOC:3+4012345000009:14+5098765000007:14+261120:1030+REF7'"
#define UNH  "UNH+1+ORDERS:D:96A:UN:EAN008'"
#define BGM  "BGM+220+PO-1+9'"
#define UNT  "UNT+3+1'"
#define UNZ  "UNZ+1+REF7'"
#define MSG  UNH BGM UNT
#define ALL  UNB MSG UNZ
#define UNG  "UNG+ORDERS+4012345000009:14+5098765000007:14+261120:1030+71+UN+D:96A'"
#define UNE  "UNE+1+71'"

static void
an_interchange_gives_its_facts(void **state)
{
	struct str in = S(UNA ALL);
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f = read_facts(a, in);

	(void)state;
	assert_valid(&f, "edifact");
	assert_str_eq(f.sender.qual, S("14"));
	assert_str_eq(f.sender.id, S("4012345000009"));
	assert_str_eq(f.receiver.qual, S("14"));
	assert_str_eq(f.receiver.id, S("5098765000007"));
	assert_str_eq(f.control, S("REF7"));
	assert_str_eq(f.version, S("UNOC:3"));
	assert_str_eq(f.type, S("ORDERS"));
	assert_str_eq(f.number, S("PO-1"));
	assert_false(f.test || f.ack_requested || f.mixed);
	assert_int_equal(f.quirks, 0);
	assert_int_equal(f.interchanges, 1);
	assert_int_equal(f.n_messages, 1);
	assert_str_eq(f.messages[0].version, S("D:96A:UN"));
	assert_str_eq(f.messages[0].control, S("1"));
	assert_str_eq(f.messages[0].group, S(""));
	assert_int_equal(f.messages[0].offset, sizeof(UNA UNB) - 1);
	assert_int_equal(f.messages[0].segments, 3);
	assert_true(f.messages[0].version.p > in.p && f.messages[0].version.p < in.p + in.n);
	arena_free(a);
}

static void
unb_says_test_and_acknowledgement(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f = read_facts(a, S("UNB+UNOC:3+A+B+261120:1030+REF7++ORDERS++1++1'" MSG UNZ));

	(void)state;
	assert_valid(&f, "edifact");
	assert_true(f.test && f.ack_requested);
	assert_str_eq(f.sender.qual, S(""));
	arena_free(a);
}

static void
signs_come_from_the_una(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		struct str in;
		struct seg_signs signs;
		size_t size;
		bool fault;
	} cases[] = {
		{ "none", S_INIT(UNB), { '+', ':', '*', '?', "'", 1 }, 0, false },
		{ "usual", S_INIT(UNA UNB), { '+', ':', -1, '?', "'", 1 }, 9, false },
		{ "syntax 4", S_INIT("UNA:+.?*'" UNB), { '+', ':', '*', '?', "'", 1 }, 9, false },
		{ "others", S_INIT("UNA|*,!~^UNB*"), { '*', '|', '~', '!', "^", 1 }, 9, false },
		{ "no release", S_INIT("UNA:+.  'UNB+"), { '+', ':', -1, -1, "'", 1 }, 9, false },
		{ "terminator is a line end", S_INIT("UNA:+.? \nUNB+"), { '+', ':', -1, '?', "\n", 1 },
		    9, false },
		{ "level B", S_INIT("UNB\x1dUNOB"), { '\x1d', '\x1f', -1, -1, "\x1c", 1 }, 0, false },
		{ "level B with a UNA", S_INIT("UNA\x1f\x1d.\0 \x1cUNB\x1d"), { '\x1d', '\x1f', -1, 0,
		    "\x1c", 1 }, 9, false },
		{ "release twice", S_INIT("UNA:+.?\?'UNB+"), { '+', ':', -1, '?', "'", 1 }, 9, false },
		{ "cut", S_INIT("UNA:+."), { '+', ':', '*', '?', "'", 1 }, 6, true },
		{ "equal signs", S_INIT("UNA++.? 'UNB+"), { '+', ':', '*', '?', "'", 1 }, 9, true },
		{ "letters", S_INIT("UNAx+.? 'UNB+"), { '+', ':', '*', '?', "'", 1 }, 9, true },
		{ "not used", S_INIT("UNA;#.? |UNB+UNOC"), { '+', ':', '*', '?', "'", 1 }, 9, true },
		{ "not used, on the next line", S_INIT("UNA;#.? |\r\nUNB+UNOC"), { '+', ':', '*', '?',
		    "'", 1 }, 9, true },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct edifact_una una;

		print_message("%s\n", cases[i].why);
		edifact_una_read(cases[i].in, &una);
		assert_int_equal(una.size, cases[i].size);
		assert_int_equal(una.fault != NULL, cases[i].fault);
		assert_int_equal(una.signs.elem, cases[i].signs.elem);
		assert_int_equal(una.signs.comp, cases[i].signs.comp);
		assert_int_equal(una.signs.rep, cases[i].signs.rep);
		assert_int_equal(una.signs.release, cases[i].signs.release);
		assert_int_equal(una.signs.term[0], cases[i].signs.term[0]);
	}
}

static void
interchanges_begin_with_una_or_unb(void **state)
{
	(void)state;
	static const struct {
		struct str in;
		bool begins;
	} cases[] = {
		{ S_INIT(UNA), true }, { S_INIT("UNB+"), true }, { S_INIT("UNB\x1d"), true },
		    { S_INIT("UNB|X"), true }, { S_INIT("UNB? no"), false }, { S_INIT("UNB+UNOA:1"),
		    true },
		{ S_INIT("UNA FATTURA 1"), false }, { S_INIT("UNB est"), false }, { S_INIT("UNBEKANNT"),
		    false },
		{ S_INIT("UNABLE: to"), false }, { S_INIT("UNA:+.? "), false }, { S_INIT("UNH+1"),
		    false }, { S_INIT("UNB"), false },
		{ S_INIT(""), false },
	};

	for (size_t i = 0; i < N(cases); i++) {
		print_message(STR_FMT "\n", STR_ARG(cases[i].in));
		assert_int_equal(edifact_starts(cases[i].in), cases[i].begins);
	}
	assert_int_equal(edifact_find(S("UNB? UNB+ no\nUNB est\nUNB+1"), 0), 21);
	assert_int_equal(edifact_find(S("UNB est"), 0), 7);
}

/* An interchange of one message of one segment. */
#define ONE(syntax, reference, type, segment) \
	S_INIT("UNB+" syntax "+A+B+261120:1030+" reference "'UNH+1+" type "'" segment "'UNT+3+1'UNZ+1+" reference "'")
#define ORDER(syntax, number) ONE(syntax, "7", "ORDERS:D:96A:UN", "BGM+220+" number)

static void
values_are_shown_without_release_signs(void **state)
{
	(void)state;
	static const struct {
		struct str in, control, number;
	} cases[] = {
		{ ONE("UNOC:3", "R?+7", "ORDERS:D:96A:UN", "BGM+220+P?'O?:1"), S_INIT("R+7"), S_INIT("P'O:1") },
		{ ORDER("UNOC:3", "A?" "?"), S_INIT("7"), S_INIT("A?") },
		{ ORDER("UNOC:3", "A*B"), S_INIT("7"), S_INIT("A*B") },
		{ ORDER("UNOW:4", "A*B"), S_INIT("7"), S_INIT("A") },
		{ ORDER("UNOW:4", "A?*B"), S_INIT("7"), S_INIT("A*B") },
		{ ORDER("UNOC:3", "\xdc" "BER"), S_INIT("7"), S_INIT("\xdc" "BER") },
		{ ORDER("UNOC:3", "PO-\r\n1"), S_INIT("7"), S_INIT("PO-1") },
		{ ORDER("UNOC:3", "PO-1:2:3"), S_INIT("7"), S_INIT("PO-1") },
		{ ONE("UNOC:3", "7", "CONTRL:D:3:UN", "UCI+99+A+B+8"), S_INIT("7"), S_INIT("99") },
		{ ONE("UNOC:3", "7", "PAORES:93:1:IA", "MSG+1"), S_INIT("7"), S_INIT("") },
	};
	struct arena *a = arena_new(EDI_ARENA_MAX);

	for (size_t i = 0; i < N(cases); i++) {
		struct edi_facts f = read_facts(a, cases[i].in);

		print_message("%zu\n", i);
		assert_valid(&f, "edifact");
		assert_str_eq(f.control, cases[i].control);
		assert_str_eq(f.number, cases[i].number);
	}
	arena_free(a);
}

static void
versions_are_joined_with_colons(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f = read_facts(a,
	    S("UNA|+.? 'UNB+UNOC|3+A+B+261120|1030+7'UNH+1+ORDERS|D|96A|UN'UNT+2+1'UNZ+1+7'"));

	(void)state;
	assert_valid(&f, "edifact");
	assert_str_eq(f.version, S("UNOC:3"));
	assert_str_eq(f.messages[0].version, S("D:96A:UN"));
	f = read_facts(a, S("UNB+UNOA:1+A+B+890101:1030+7'UNH+1+ORDERS:1:88'UNT+2+1'UNZ+1+7'"));
	assert_str_eq(f.messages[0].version, S("1:88"));
	arena_free(a);
}

static void
groups_are_read(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f = read_facts(a, S(UNB UNG MSG UNE "UNG+INVOIC+A+B+261120:1030+72+UN+D:96A'"
	    "UNH+1+INVOIC:D:96A:UN'BGM+380+RE-1'UNT+3+1'UNH+2+INVOIC:D:96A:UN'BGM+380+RE-2'UNT+3+2'UNE+2+72'UNZ+2+REF7'"));

	(void)state;
	assert_valid(&f, "edifact");
	assert_int_equal(f.n_messages, 3);
	assert_str_eq(f.messages[0].group, S("71"));
	assert_str_eq(f.messages[2].group, S("72"));
	assert_str_eq(f.messages[2].number, S("RE-2"));
	arena_free(a);
}

static void
every_fault_of_an_envelope_is_named(void **state)
{
	(void)state;
	static const struct broken cases[] = {
		{ "UNT 0074", S_INIT(UNB UNH BGM "UNT+4+1'" UNZ), "unt-count", "4+1'", 1,
		    "UNT 0074 is '4', want 3" },
		{ "UNT 0074 a word", S_INIT(UNB UNH BGM "UNT+x+1'" UNZ), "unt-count", "x+1'", 1,
		    "is 'x', want 3" },
		{ "UNT 0062", S_INIT(UNB UNH BGM "UNT+3+2'" UNZ), "unt-control", "2'UNZ", 2,
		    "UNT 0062 is '2', want '1'" },
		{ "UNT without anything", S_INIT(UNB UNH BGM "UNT'" UNZ), "unt-count", "UNT'", 1,
		    "is '', want 3" },
		{ "UNZ 0036", S_INIT(UNB MSG "UNZ+2+REF7'"), "unz-count", "2+REF7", 1,
		    "UNZ 0036 is '2', want 1 (messages" },
		{ "UNZ 0036 of groups", S_INIT(UNB UNG MSG UNE "UNZ+3+REF7'"), "unz-count", "3+REF7", 1,
		    "want 1 (groups" },
		{ "UNZ 0020", S_INIT(UNB MSG "UNZ+1+REF8'"), "unz-control", "REF8", 2,
		    "UNZ 0020 is 'REF8', want 'REF7'" },
		{ "UNE 0060", S_INIT(UNB UNG MSG "UNE+9+71'" UNZ), "une-count", "9+71", 1,
		    "UNE 0060 is '9', want 1" },
		{ "UNE 0048", S_INIT(UNB UNG MSG "UNE+1+72'" UNZ), "une-control", "72'", 2,
		    "UNE 0048 is '72', want '71'" },
		{ "no UNT before UNH", S_INIT(UNB UNH BGM "UNH+2+ORDERS:D:96A:UN'" BGM
		    "UNT+3+2'UNZ+2+REF7'"), "unt-missing", "UNH+2", 0,
		    "no UNT for the UNH '1' at offset" },
		{ "no UNT before UNZ", S_INIT(UNB UNH BGM UNZ), "unt-missing", "UNZ", 0, "no UNT" },
		{ "no UNH", S_INIT(UNB BGM UNT UNZ), "unh-missing", "UNT", 0, "UNT without a UNH" },
		{ "no UNE before UNG", S_INIT(UNB UNG MSG
		    "UNG+ORDERS+A+B+261120:1+72'UNE+0+72'UNZ+2+REF7'"), "une-missing", "UNG+ORDERS+A",
		    0, "no UNE for the UNG '71'" },
		{ "no UNE before UNZ", S_INIT(UNB UNG MSG UNZ), "une-missing", "UNZ", 0, "no UNE" },
		{ "no UNG", S_INIT(UNB MSG UNE UNZ), "ung-missing", "UNE", 0, "UNE without a UNG" },
		{ "message behind groups", S_INIT(UNB UNG MSG UNE MSG UNZ), "ung-missing", "UNH", 0,
		    "UNH outside" },
		{ "group behind messages", S_INIT(UNB MSG UNG MSG UNE UNZ), "segment-misplaced", "UNG",
		    0, "all or none" },
		{ "no UNZ", S_INIT(UNB MSG), "unz-missing", NULL, 0, "no UNZ for the UNB 'REF7'" },
		{ "no UNZ before UNB", S_INIT(UNB MSG "UNB+UNOC:3+A+B+261120:1+8'UNZ+0+8'"),
		    "unz-missing", "UNB+UNOC:3+A", 0, "no UNZ" },
		{ "no UNZ before other signs", S_INIT(UNB MSG
		    "UNA;#.? |UNB#UNOC;3#A#B#261120;1#8|UNZ#0#8|"), "unz-missing", "UNA", 0, "no UNZ" },
		{ "no UNB", S_INIT(MSG UNZ), "unb-missing", "UNH", 0, "begins with 'UNH', want UNB" },
		{ "no UNB behind UNA", S_INIT(UNA MSG UNZ), "unb-missing", "UNA", 0, "want UNB" },
		{ "UNA alone", S_INIT(UNA), "unb-missing", "UNA", 0, "want UNB" },
		{ "UNA cut", S_INIT("UNA:+."), "una-bad", "UNA", 0, "cut short" },
		{ "UNA not used", S_INIT("UNA;#.? |" ALL), "una-bad", "UNA", 0, "another element separator" },
		{ "UNB of unknown signs", S_INIT("UNB|UNOC;3|A|B|261120;1|8'"), "unb-missing", "UNB|",
		    0, "want UNB" },
		{ "no reference", S_INIT("UNB+UNOC:3+A+B+261120:1'" MSG "UNZ+1+'"), "unb-short", "UNB",
		    5, "UNB has no 0020" },
		{ "no sender", S_INIT("UNB+UNOC:3++B+261120:1+REF7'" MSG UNZ), "unb-short", "UNB", 2,
		    "UNB has no 0004" },
		{ "unknown level", S_INIT("UNB+UNOZ:3+A+B+261120:1+REF7'" MSG UNZ), "unb-syntax",
		    "UNOZ", 1, "'UNOZ'" },
		{ "no type", S_INIT(UNB "UNH+1'" BGM UNT UNZ), "unh-short", "UNH", 2, "names no message type" },
		{ "0020 twice", S_INIT(ALL ALL), "unb-duplicate", "REF7'UNH", 5,
		    "UNB 0020 'REF7' is used twice, first at offset 0" },
		{ "0062 twice", S_INIT(UNB MSG UNH "BGM+220+PO-2+9'" UNT "UNZ+2+REF7'"),
		    "unh-duplicate", "1+ORDERS", 1, "UNH 0062 '1' is used twice, first at offset 62" },
		{ "outside", S_INIT(UNB MSG BGM UNZ), "segment-misplaced", "BGM", 0,
		    "'BGM' and what follows it stand outside of UNH" },
		{ "lower case", S_INIT(UNB UNH "bgm+1'" UNT UNZ), "segment-tag", "bgm", 0,
		    "'bgm' is no segment tag" },
		{ "two letters", S_INIT(UNB UNH "BG+1'" UNT UNZ), "segment-tag", "BG+", 0,
		    "'BG' is no segment tag" },
		{ "empty", S_INIT(UNB UNH "'" BGM UNT UNZ), "segment-empty", "'BGM", 0, "nothing between" },
		{ "bell", S_INIT(UNB UNH "BGM+\x07'" UNT UNZ), "control-char", "\x07", 0, "byte 0x07" },
		{ "cut", S_INIT(UNB UNH "BGM+22"), "segment-cut", "BGM+22", 0, "'BGM+22', has no terminator" },
		{ "cut in a trailer", S_INIT(UNB UNH BGM "UNT+3+1"), "segment-cut", "UNT", 0,
		    "'UNT+3+1', has no terminator" },
		{ "release hides a terminator", S_INIT(UNB UNH "DTM+137?'" BGM "UNT+4+1'" UNZ),
		    "unt-count", "4+1", 1, "is '4', want 3" },
		{ "release ends the file", S_INIT(UNB MSG "UNZ+1+REF7?'"), "unz-control", "REF7?", 2,
		    "UNZ 0020 is 'REF7'', want 'REF7'" },
		{ "package length", S_INIT(UNB "UNO+1+1+X+99'ab'UNP+99+1'" UNZ), "uno-length", "99'ab",
		    4, "no UNP behind the '99' bytes" },
		{ "text before", S_INIT("Hello,\n" ALL), "junk-before", "Hello", 0,
		    "text before the first UNA or UNB: 'Hello" },
		{ "text behind", S_INIT(ALL "Bye"), "junk-after", "Bye", 0, "text behind the UNZ: 'Bye'" },
		{ "UTF-16", S_INIT("\xff\xfeU\0N\0B\0"), "encoding", "\xff\xfe", 0, "UTF-16" },
		{ "EBCDIC", S_INIT("\xe4\xd5\xc2\x4e"), "encoding", "\xe4\xd5", 0, "EBCDIC" },
	};

	for (size_t i = 0; i < N(cases); i++)
		assert_broken(&cases[i], "edifact");
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
		{ "line ends", S_INIT(UNA "\r\n" UNB "\r\n" UNH "\n" BGM "\n\n" UNT UNZ "\r\n"), EDI_QUIRK_LINES | EDI_QUIRK_UNA_BREAK },
		{ "indented", S_INIT(UNB "  " UNH "\t" BGM UNT UNZ), EDI_QUIRK_BLANKS },
		{ "mark", S_INIT("\xef\xbb\xbf" ALL), EDI_QUIRK_BOM },
		{ "blank lines before", S_INIT("\n\n" ALL), EDI_QUIRK_LEADING },
		{ "fill behind", S_INIT(ALL "\x1a"), EDI_QUIRK_TRAILING },
		{ "no last terminator", S_INIT(UNB MSG "UNZ+1+REF7\r\n"), EDI_QUIRK_UNTERMINATED },
		{ "wrapped", S_INIT(UNB UNH "BGM+220+PO\r\n-1+9'" UNT UNZ), EDI_QUIRK_WRAPPED },
		{ "wrapped in an envelope",
		    S_INIT("UNB+UNOC:3+4012345000009:14+509\n8765000007:14+261120:1030+REF7'" MSG UNZ),
		    EDI_QUIRK_WRAPPED },
		{ "message copied", S_INIT(UNB MSG MSG "UNZ+2+REF7'"), EDI_QUIRK_REPEATED },
		{ "group number again", S_INIT(UNB UNG MSG UNE UNG MSG UNE "UNZ+2+REF7'"), EDI_QUIRK_REPEATED },
		{ "security segments", S_INIT(UNB "USH+1'USA+1'UST+1'" MSG UNZ), 0 },
	};
	struct arena *a = arena_new(EDI_ARENA_MAX);

	for (size_t i = 0; i < N(cases); i++) {
		struct edi_facts f = read_facts(a, cases[i].in);

		print_message("%s\n", cases[i].why);
		assert_valid(&f, "edifact");
		assert_int_equal(f.quirks, cases[i].quirks);
		assert_str_eq(f.number, S("PO-1"));
		assert_str_eq(f.receiver.id, S("5098765000007"));
	}
	arena_free(a);
}

static void
packages_hold_any_bytes(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f = read_facts(a, S(UNB MSG "UNO+9+1+X+12'''UNZ+9+9'\0\x01UNP+12+9'" "UNZ+2+REF7'"));

	(void)state;
	assert_valid(&f, "edifact");
	assert_int_equal(f.n_messages, 1);
	arena_free(a);
}

static void
interchanges_follow_each_other_with_signs_of_their_own(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f = read_facts(a, S(ALL
	    "\r\nUNA;#.! |UNB#UNOC;3#A#B#261120;1030#8|UNH#1#INVOIC;D;96A;UN|BGM#380#R!|9|UNT#3#1|UNZ#1#8|"
	    "UNB+UNOC:3+A+B+261120:1030+9'UNZ+0+9'"));
	struct edi_facts test = read_facts(a,
	    S("UNB+UNOC:3+A+B+261120:1030+8'UNZ+0+8'UNB+UNOC:3+A+B+261120:1030+9++++++1'UNZ+0+9'"));

	(void)state;
	assert_true(test.mixed_test && !test.mixed && !test.test);
	assert_valid(&f, "edifact");
	assert_int_equal(f.interchanges, 3);
	assert_int_equal(f.n_messages, 2);
	assert_str_eq(f.messages[1].number, S("R|9"));
	assert_true(f.mixed && !f.mixed_test);
	arena_free(a);
}

static void
many_messages_are_counted_and_some_kept(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct buf b = BUF_CAP(8 << 20);
	struct edi_facts f;
	const int messages = 30000;

	(void)state;
	buf_put(&b, S(UNB), NULL);
	for (int i = 0; i < messages; i++)
		buf_printf(&b, NULL, "UNH+%d+ORDERS:D:96A:UN'BGM+220+PO?+%d'UNT+3+%d'", i, i, i);
	buf_printf(&b, NULL, "UNZ+%d+REF7'", messages);
	f = read_facts(a, buf_str(&b));
	assert_valid(&f, "edifact");
	assert_int_equal(f.n_messages, messages);
	assert_int_equal(f.n_kept, EDI_MESSAGES_KEPT);
	assert_str_eq(f.messages[4000].number, S("PO+4000"));
	assert_true(arena_used(a) < EDI_ARENA_MAX / 2);
	buf_clear(&b);
	arena_free(a);
}

/* However long the values are and however often they need a copy, the arena stays within its promise. */
static void
memory_is_bounded_by_no_value(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct buf b = BUF_CAP(64 << 20);
	struct edi_facts f;

	(void)state;
	buf_put(&b, S("UNA|+.?*'UNB+UNOC|4+A+B+20261120|1030+REF7'"), NULL);
	for (int i = 0; i < 40000; i++)
		buf_printf(&b, NULL, "UNH+R?+%d+ORDERS|D|96A|UN'BGM+220+%0300d?+'UNT+3+R?+%d'", i, i, i);
	buf_put(&b, S("UNH+1+ORDERS|D|96A|UN'BGM+220+"), NULL);
	for (int i = 0; i < 1000000; i++)
		buf_put(&b, S("0123456?+9"), NULL);
	buf_put(&b, S("'UNT+3+1'UNZ+40001+REF7'"), NULL);
	f = read_facts(a, buf_str(&b));
	assert_int_equal(f.n_problems, 2);
	assert_non_null(problem_of(&f, "value-long"));
	assert_non_null(problem_of(&f, "segment-long"));
	assert_int_equal(f.n_messages, 40001);
	assert_true(arena_used(a) < EDI_ARENA_MAX);
	buf_clear(&b);
	arena_free(a);
}

static void
no_beginning_is_valid(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct str in = S(UNA UNB UNG MSG UNE UNZ);

	(void)state;
	for (size_t n = 0; n < in.n - 1; n++) {	/* without its last terminator it is tolerated */
		char *exact = malloc(n + 1);
		struct edi_facts f;

		memcpy(exact, in.p, n);
		f = read_facts(a, str_make(exact, n));
		assert_int_not_equal(f.verdict, EDI_VALID);
		free(exact);
	}
	arena_free(a);
}

/* Some communities have it as the subject of a mail. */
static void
the_unb_as_it_is_written(void **state)
{
	static const struct { struct str in, want; } cases[] = {
		{ S_INIT(ALL), S_INIT(UNB) },
		{ S_INIT(UNA ALL), S_INIT(UNB) },
		{ S_INIT(UNA "\r\n" ALL), S_INIT(UNB) },
		{ S_INIT("UNB+UNOC:3+O?'NEIL:14+B:14+261120:1030+REF7'" MSG UNZ), S_INIT("UNB+UNOC:3+O?'NEIL:14+B:14+261120:1030+REF7'") },
		{ S_INIT("UNA:+.?*~UNB+UNOC:3+IT'S:14+B:14+261120:1030+REF7~UNH"), S_INIT("UNB+UNOC:3+IT'S:14+B:14+261120:1030+REF7~") },
		{ S_INIT("UNB+UNOC:3+A+B+261120:1030+RE"), S_INIT("") },
		{ S_INIT("UNB+UNOC:3+A+B+261120:1030+REF7?'"), S_INIT("") },
		{ S_INIT("UNB+?"), S_INIT("") },
		{ S_INIT(UNA MSG), S_INIT("") },
		{ S_INIT("UNA"), S_INIT("") },
		{ S_INIT("ISA*00*"), S_INIT("") },
		{ S_INIT(""), S_INIT("") },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		assert_str_eq(edifact_unb(cases[i].in), cases[i].want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_interchange_gives_its_facts),
		cmocka_unit_test(unb_says_test_and_acknowledgement),
		cmocka_unit_test(signs_come_from_the_una),
		cmocka_unit_test(interchanges_begin_with_una_or_unb),
		cmocka_unit_test(values_are_shown_without_release_signs),
		cmocka_unit_test(versions_are_joined_with_colons),
		cmocka_unit_test(groups_are_read),
		cmocka_unit_test(every_fault_of_an_envelope_is_named),
		cmocka_unit_test(what_is_tolerated_is_named),
		cmocka_unit_test(packages_hold_any_bytes),
		cmocka_unit_test(interchanges_follow_each_other_with_signs_of_their_own),
		cmocka_unit_test(the_unb_as_it_is_written),
		cmocka_unit_test(many_messages_are_counted_and_some_kept),
		cmocka_unit_test(memory_is_bounded_by_no_value),
		cmocka_unit_test(no_beginning_is_valid),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
