/* SPDX-License-Identifier: ISC */
#include "edi/charset.h"

#include "tests/unit/edi_unit.h"

#define UNB(level, version) "UNB+" level ":" version "+4012345000009:14+5098765000007:14+261120:1030+REF7'"
#define UNH		     "UNH+1+ORDERS:D:96A:UN'"
#define REST		     "UNT+4+1'UNZ+1+REF7'"

static void
levels_decode_to_their_characters(void **state)
{
	(void)state;
	static const struct { struct str level, in, want; } cases[] = {
		{ S_INIT("UNOA"), S_INIT("ACME"), S_INIT("ACME") },
		{ S_INIT("UNOC"), S_INIT("B\xc4" "CKEREI"), S_INIT("B\xc3\x84" "CKEREI") },
		{ S_INIT("UNOD"), S_INIT("\xa3\xf3" "d\xbc"), S_INIT("\xc5\x81\xc3\xb3" "d\xc5\xba") },
		{ S_INIT("UNOE"), S_INIT("\xb7\xd0\xd2"), S_INIT("\xd0\x97\xd0\xb0\xd0\xb2") },
		{ S_INIT("UNOF"), S_INIT("\xc5\xeb"), S_INIT("\xce\x95\xce\xbb") },
		{ S_INIT("UNOG"), S_INIT("\xa1"), S_INIT("\xc4\xa6") },
		{ S_INIT("UNOH"), S_INIT("\xa9"), S_INIT("\xc5\xa0") },
		{ S_INIT("UNOI"), S_INIT("\xd4"), S_INIT("\xd8\xb4") },
		{ S_INIT("UNOJ"), S_INIT("\xe7"), S_INIT("\xd7\x97") },
		{ S_INIT("UNOK"), S_INIT("\xdd"), S_INIT("\xc4\xb0") },
		{ S_INIT("UNOL"), S_INIT("10 \xa4"), S_INIT("10 \xe2\x82\xac") },
		{ S_INIT("UNOY"), S_INIT("\xe4\xbc\x9a"), S_INIT("\xe4\xbc\x9a") },
		{ S_INIT("UNOC"), S_INIT("\xc3\x9c"), S_INIT("\xc3\x9c") },	/* 0x9c is none of Latin-1: UTF-8 is meant */
		{ S_INIT("UNOC"), S_INIT("\xc3\x84 \xff"), S_INIT("\xc3\x83\xef\xbf\xbd \xc3\xbf") },
		{ S_INIT("UNOA"), S_INIT("\xc4"), S_INIT("\xef\xbf\xbd") },
		{ S_INIT("UNOI"), S_INIT("\xa1"), S_INIT("\xef\xbf\xbd") },
	};
	struct arena *a = arena_new(1 << 16);

	for (size_t i = 0; i < N(cases); i++)
		assert_str_eq(edi_charset_utf8(a, edi_charset_of(cases[i].level), cases[i].in), cases[i].want);
	assert_null(edi_charset_of(S("UNOM")));
	assert_null(edi_charset_of(S("UNOC:3")));
	assert_null(edi_charset_of(S("IATA")));
	arena_free(a);
}

static void
what_a_level_does_not_have_is_found(void **state)
{
	(void)state;
	static const struct { const char *why; struct str in; const char *code; unsigned int quirks; struct str at; } cases[] = {
		{ "A, capitals", S_INIT(UNB("UNOA", "3") UNH "BGM+220+PO-1+9'FTX+AAI+++X'" REST), NULL, 0, S_INIT("") },
		{ "A, small letters in a text", S_INIT(UNB("UNOA", "3") UNH "BGM+220+PO-1+9'FTX+AAI+++x'" REST), NULL, EDI_QUIRK_BEYOND, S_INIT("") },
		{ "A, small letters in the number",
		    S_INIT(UNB("UNOA", "3") UNH "BGM+220+PO-a+9'FTX+AAI+++X'" REST), "charset", EDI_QUIRK_BEYOND, S_INIT("a+9") },
		{ "A, UTF-8", S_INIT(UNB("UNOA", "3") UNH "BGM+220+PO-1+9'FTX+AAI+++\xc3\x84'" REST), NULL, EDI_QUIRK_UTF8, S_INIT("") },
		{ "A, Latin-1", S_INIT(UNB("UNOA", "3") UNH "BGM+220+PO-1+9'FTX+AAI+++\xc4'" REST), "charset", 0, S_INIT("\xc4") },
		{ "B, at sign", S_INIT(UNB("UNOB", "3") UNH "BGM+220+PO-1+9'FTX+AAI+++a@b'" REST), NULL, EDI_QUIRK_BEYOND, S_INIT("") },
		{ "B, Latin-1", S_INIT(UNB("UNOB", "3") UNH "BGM+220+PO-1+9'FTX+AAI+++a\xe4'" REST), "charset", 0, S_INIT("\xe4") },
		{ "C, Latin-1", S_INIT(UNB("UNOC", "3") UNH "BGM+220+PO-1+9'FTX+AAI+++a@\xe4'" REST), NULL, 0, S_INIT("") },
		{ "C, a control of C1", S_INIT(UNB("UNOC", "3") UNH "BGM+220+PO-1+9'FTX+AAI+++a\x80'" REST), "charset", 0, S_INIT("\x80") },
		{ "G, a hole", S_INIT(UNB("UNOG", "3") UNH "BGM+220+PO-1+9'FTX+AAI+++a\xa5'" REST), "charset", 0, S_INIT("\xa5") },
		{ "Y, UTF-8", S_INIT(UNB("UNOY", "4") UNH "BGM+220+PO-1+9'FTX+AAI+++a\xc3\xa4'" REST), NULL, 0, S_INIT("") },
		{ "Y, Latin-1", S_INIT(UNB("UNOY", "4") UNH "BGM+220+PO-1+9'FTX+AAI+++a\xe4 b'" REST), "charset", 0, S_INIT("\xe4") },
		{ "Y, cut", S_INIT(UNB("UNOY", "4") UNH "BGM+220+PO-1+9'FTX+AAI+++\xc3\xa4\xc3'" REST), "charset", 0, S_INIT("\xc3'") },
		{ "X, escapes", S_INIT(UNB("UNOX", "4") UNH "BGM+220+PO-1+9'FTX+AAI+++\x1b$B3t\x1b(B'" REST), NULL, 0, S_INIT("") },
		{ "A, Latin-1 in the UNB", S_INIT("UNB+UNOA:3+\xc4+B+261120:1030+REF7'" UNH "BGM+220+PO-1+9'FTX+X'" REST), "charset", 0, S_INIT("\xc4+B") },
		{ "another agency's", S_INIT(UNB("IATA", "1") UNH "BGM+220+PO-1+9'FTX+AAI+++a\xe4'" REST), NULL, 0, S_INIT("") },
	};
	struct arena *a = arena_new(EDI_ARENA_MAX);

	for (size_t i = 0; i < N(cases); i++) {
		struct edi_facts f = read_facts(a, cases[i].in);
		const struct edi_problem *p = problem_of(&f, "charset");
		size_t at;

		print_message("%s\n", cases[i].why);
		assert_int_equal(f.quirks, cases[i].quirks);
		if (cases[i].code == NULL) {
			assert_valid(&f, "edifact");
			continue;
		}
		assert_int_equal(f.n_problems, 1);
		assert_non_null(p);
		assert_true(str_find(cases[i].in, cases[i].at, &at));
		assert_int_equal(p->offset, at);
	}
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_decode_to_their_characters),
		cmocka_unit_test(what_a_level_does_not_have_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
