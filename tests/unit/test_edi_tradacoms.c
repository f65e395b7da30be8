/* SPDX-License-Identifier: ISC */
#include "edi/tradacoms.h"

#include "tests/unit/edi_unit.h"

#define STX    "STX=ANA:1+5012345000004:NORDWIND+5098765000007:ACME+261123:120000+REF7'"
#define ORDHDR "MHD=1+ORDHDR:9'TYP=0430+NEW-ORDERS'FIL=12+1+261123'MTR=4'"
#define ORDERS "MHD=2+ORDERS:9'CLO=5098765000014'ORD=PO-1::261123'OLD=1+5012345000011++:A1+1+20++++BEARING?'S'MTR=5'"
#define ORDTLR "MHD=3+ORDTLR:9'OFT=1'MTR=3'"
#define ALL    STX ORDHDR ORDERS ORDTLR "END=3'"

static void
a_transmission_is_read(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f = read_facts(a, S(ALL));

	(void)state;
	assert_valid(&f, "tradacoms");
	assert_str_eq(f.sender.id, S("5012345000004"));
	assert_str_eq(f.sender.name, S("NORDWIND"));
	assert_str_eq(f.receiver.id, S("5098765000007"));
	assert_str_eq(f.control, S("REF7"));
	assert_str_eq(f.version, S("ANA:1"));
	assert_str_eq(f.type, S("ORDHDR"));
	assert_str_eq(f.number, S("12"));
	assert_int_equal(f.n_messages, 3);
	assert_str_eq(f.messages[1].type, S("ORDERS"));
	assert_str_eq(f.messages[1].version, S("9"));
	assert_str_eq(f.messages[1].control, S("2"));
	assert_str_eq(f.messages[1].number, S("PO-1"));
	assert_int_equal(f.messages[1].segments, 5);
	assert_int_equal(f.quirks, 0);
	arena_free(a);
}

static void
faults_have_their_place(void **state)
{
	(void)state;
	static const struct { struct str in; const char *code; struct str at; unsigned int element; } cases[] = {
		{ S_INIT(STX ORDHDR "END=2'"), "end-count", S_INIT("2'"), 1 },
		{ S_INIT(STX "MHD=1+ORDHDR:9'FIL=1'MTR=7'END=1'"), "mtr-count", S_INIT("7'END"), 1 },
		{ S_INIT(STX "MHD=1+ORDHDR:9'FIL=1'END=1'"), "mtr-missing", S_INIT("END"), 0 },
		{ S_INIT(STX "MTR=1'END=0'"), "mhd-missing", S_INIT("MTR"), 0 },
		{ S_INIT(STX "FIL=1'END=0'"), "segment-misplaced", S_INIT("FIL"), 0 },
		{ S_INIT(STX ORDHDR), "end-missing", S_INIT(""), 0 },
		{ S_INIT(STX "MHD=1'MTR=2'END=1'"), "mhd-short", S_INIT("MHD"), 2 },
		{ S_INIT("STX=ANA:1+A++261123+R'" ORDHDR "END=1'"), "stx-short", S_INIT("STX"), 3 },
		{ S_INIT(STX "BAT=1'" ORDHDR "EOB=2'END=1'"), "eob-count", S_INIT("2'END"), 1 },
		{ S_INIT(STX "BAT=1'" ORDHDR "END=1'"), "eob-missing", S_INIT("END"), 0 },
		{ S_INIT(STX ORDHDR "EOB=1'END=1'"), "bat-missing", S_INIT("EOB"), 0 },
		{ S_INIT(ALL ALL), "stx-duplicate", S_INIT(""), 5 },
		{ S_INIT("STX+ANA:1+A+B+261123+R'"), "stx-signs", S_INIT("+ANA"), 0 },
		{ S_INIT("Subject: orders\n\n" ALL), "junk-before", S_INIT("Subject"), 0 },
	};
	struct arena *a = arena_new(EDI_ARENA_MAX);

	for (size_t i = 0; i < N(cases); i++) {
		struct edi_facts f = read_facts(a, cases[i].in);
		const struct edi_problem *p = problem_of(&f, cases[i].code);
		size_t at;

		print_message("%s\n", cases[i].code);
		assert_int_equal(f.verdict, EDI_BROKEN);
		assert_string_equal(f.format->name, "tradacoms");
		assert_non_null(p);
		assert_int_equal(f.n_problems, 1);
		assert_int_equal(p->element, cases[i].element);
		if (cases[i].at.n > 0 && str_find(cases[i].in, cases[i].at, &at))
			assert_int_equal(p->offset, at);
	}
	arena_free(a);
}

static void
what_is_tolerated_is_named(void **state)
{
	(void)state;
	static const struct { struct str in; unsigned int quirks; } cases[] = {
		{ S_INIT("\xef\xbb\xbf" ALL), EDI_QUIRK_BOM },
		{ S_INIT(STX "\r\n" ORDHDR "END=1'\r\n"), EDI_QUIRK_LINES },
		{ S_INIT("STX=ANA:1+5012345000004:NORD\nWIND+5098765000007+261123+REF7'" ORDHDR "END=1'"), EDI_QUIRK_WRAPPED },
		{ S_INIT(STX ORDHDR "END=1"), EDI_QUIRK_UNTERMINATED },
		{ S_INIT(STX "BAT=1'" ORDHDR "EOB=1'END=1'"), 0 },
	};
	struct arena *a = arena_new(EDI_ARENA_MAX);

	for (size_t i = 0; i < N(cases); i++) {
		struct edi_facts f = read_facts(a, cases[i].in);
		assert_valid(&f, "tradacoms");
		assert_int_equal(f.quirks, cases[i].quirks);
	}
	arena_free(a);
}

static void
half_of_one_waits(void **state)
{
	struct str in = S(ALL "\r\n");
	const char *why;

	(void)state;
	for (size_t n = 5; n < in.n - 3; n++)
		assert_false(edi_complete(str_sub(in, 0, n), str_sub(in, 0, n), &why));
	assert_true(edi_complete(in, in, &why));
	assert_true(edi_complete(S(ALL), S(ALL), &why));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_transmission_is_read),
		cmocka_unit_test(faults_have_their_place),
		cmocka_unit_test(what_is_tolerated_is_named),
		cmocka_unit_test(half_of_one_waits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
