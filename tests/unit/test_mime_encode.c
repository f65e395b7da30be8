/* SPDX-License-Identifier: ISC */
/* Transfer encodings and encoded words. */
#include "tests/unit/mime_world.h"

#include "gateway/base/base64.h"
#include "mime/encode.h"
#include "mime/word.h"

static void
names_of_encodings(void **state)
{
	(void)state;
	assert_int_equal(cte_of(S("Base64")), CTE_BASE64);
	assert_int_equal(cte_of(S("QUOTED-printable")), CTE_QP);
	assert_int_equal(cte_of(S("8bit")), CTE_8BIT);
	assert_int_equal(cte_of(S("x-uuencode")), CTE_UNKNOWN);
	assert_int_equal(cte_of(S("unknown")), CTE_UNKNOWN);
	assert_int_equal(cte_of(S("")), CTE_UNKNOWN);
}

static void
bodies_are_decoded(void **state)
{
	struct world *w = *state;
	static const struct { enum cte cte; struct str in, want; unsigned int flags; } cases[] = {
		{ CTE_7BIT, S_INIT("a=20b"), S_INIT("a=20b"), 0 },
		{ CTE_BINARY, S_INIT("\0\n\xff"), S_INIT("\0\n\xff"), 0 },
		{ CTE_UNKNOWN, S_INIT("abc"), S_INIT("abc"), DECODE_UNKNOWN },
		{ CTE_BASE64, S_INIT("QUJD\r\nREU=\r\n"), S_INIT("ABCDE"), 0 },
		{ CTE_BASE64, S_INIT(""), S_INIT(""), 0 },
		{ CTE_BASE64, S_INIT("QUI=REU="), S_INIT("AB"), DECODE_PAD_INSIDE },
		{ CTE_BASE64, S_INIT("QU!JD"), S_INIT("ABC"), DECODE_JUNK },
		{ CTE_BASE64, S_INIT("QUJDR"), S_INIT("ABC"), DECODE_CUT },
		{ CTE_QP, S_INIT("a=3Db=3d\r\nc"), S_INIT("a=b=\r\nc"), 0 },
		{ CTE_QP, S_INIT("soft=\r\n break= \t\r\nhere=\nand"), S_INIT("soft breakhereand"), 0 },
		{ CTE_QP, S_INIT("trailing  \t\r\nblanks go"), S_INIT("trailing\r\nblanks go"), 0 },
		{ CTE_QP, S_INIT("kept=20\r\n"), S_INIT("kept \r\n"), 0 },
		{ CTE_QP, S_INIT("bad=ZZ"), S_INIT("bad=ZZ"), DECODE_ESCAPE },
		{ CTE_QP, S_INIT("bad=4"), S_INIT("bad=4"), DECODE_ESCAPE },
		{ CTE_QP, S_INIT("end="), S_INIT("end"), 0 },
		{ CTE_QP, S_INIT("raw \xe4 and \0 stay"), S_INIT("raw \xe4 and \0 stay"), 0 },
		{ CTE_QP, S_INIT(""), S_INIT(""), 0 },
	};

	for (size_t i = 0; i < N(cases); i++) {
		unsigned int flags = 0;
		struct str out = cte_decode(w->a, cases[i].cte, cases[i].in, &flags);
		if (cases[i].cte != CTE_BASE64 || cases[i].flags == 0)	/* what is left of broken base64 is nobody's business */
			assert_str(out, cases[i].want);
		if ((flags & cases[i].flags) != cases[i].flags || (cases[i].flags == 0 && flags != 0))
			fail_msg("'" STR_FMT "': flags %u, want %u", STR_ARG(cases[i].in), flags,
			    cases[i].flags);
	}
}

/* What leaves as quoted-printable must be safe on every relay, and the same when it is read again. */
static void
check_qp(struct world *w, struct str text, struct str want)
{
	struct buf b = BUF_CAP(1u << 20);
	struct str rest, line;
	unsigned int flags = 0;

	assert_ok(w, qp_put(&b, text, &w->e));
	for (rest = buf_str(&b); str_next_line(&rest, &line);) {
		assert_true(line.n <= ENCODE_LINE_MAX);
		assert_true(is_plain_text(line));
		assert_false(line.n > 0 && is_blank(line.p[line.n - 1]));
		assert_false(str_starts(line, S("From ")) || str_eq(line, S(".")));
	}
	assert_int_equal(rest.n, 0);
	assert_str(cte_decode(w->a, CTE_QP, buf_str(&b), &flags), want);
	assert_int_equal(flags, 0);
	buf_clear(&b);
}

static void
quoted_printable_round_trips(void **state)
{
	struct world *w = *state;
	struct str bytes = all_bytes();

	check_qp(w, S("plain\r\n"), S("plain\r\n"));
	check_qp(w, S("From here\n.\n..\n. \nFrom  there"), S("From here\r\n.\r\n..\r\n. \r\nFrom  there\r\n"));
	check_qp(w, S("blank at the end \r\ntab\t\r\n \r\n"), S("blank at the end \r\ntab\t\r\n \r\n"));
	check_qp(w, S(""), S(""));
	check_qp(w, S("equals = and bare \r too\r\n"), S("equals = and bare \r too\r\n"));
	for (size_t n = 60; n < 90; n++) {
		struct str line = str_cat(w->a, str_sub(bytes, 0x20, n), S("\r\n"));
		check_qp(w, line, line);
	}
	for (size_t c = 0; c < 256; c++) {
		char three[5] = { 'a', (char)c, 'b', '\r', '\n' };
		if (c != '\n')
			check_qp(w, str_make(three, 5), str_make(three, 5));
	}
}

static void
many_blanks_take_no_time(void **state)
{
	struct world *w = *state;
	char *p = arena_get(w->a, 2u << 20);
	struct buf b = BUF_CAP(8u << 20);

	memset(p, ' ', 2u << 20);
	assert_ok(w, qp_put(&b, str_make(p, 2u << 20), &w->e));
	buf_clear(&b);
}

static void
encoded_words_are_read(void **state)
{
	struct world *w = *state;
	static const struct { struct str in, want; } cases[] = {
		{ S_INIT("plain text"), S_INIT("plain text") },
		{ S_INIT("=?utf-8?Q?=C3=A4_b?="), S_INIT("\xc3\xa4 b") },
		{ S_INIT("=?UTF-8?b?w6Q=?="), S_INIT("\xc3\xa4") },
		{ S_INIT("=?iso-8859-1?Q?=E4?= x"), S_INIT("\xc3\xa4 x") },
		{ S_INIT("=?iso-8859-1*de?Q?=E4?="), S_INIT("\xc3\xa4") },
		{ S_INIT("=?utf-8?Q?a?= =?utf-8?Q?b?="), S_INIT("ab") },
		{ S_INIT("=?utf-8?Q?a?=\r\n =?utf-8?Q?b?="), S_INIT("ab") },
		{ S_INIT("=?utf-8?Q?a?= x =?utf-8?Q?b?="), S_INIT("a x b") },
		{ S_INIT("folded\r\n line"), S_INIT("folded line") },
		{ S_INIT("=?utf-8?X?a?="), S_INIT("=?utf-8?X?a?=") },
		{ S_INIT("=?utf-8?Q?a b?="), S_INIT("=?utf-8?Q?a b?=") },
		{ S_INIT("=?utf-8?Q?never closed"), S_INIT("=?utf-8?Q?never closed") },
		{ S_INIT("=?koi8-r?Q?=C1?="), S_INIT("\xc1") },
		{ S_INIT("=?=?=?"), S_INIT("=?=?=?") },
		{ S_INIT("="), S_INIT("=") },
		{ S_INIT(""), S_INIT("") },
	};

	for (size_t i = 0; i < N(cases); i++)
		assert_str(word_decode(w->a, cases[i].in), cases[i].want);
}

static void
openings_without_end_take_no_time(void **state)
{
	struct world *w = *state;
	char *p = arena_get(w->a, 7u << 16);

	for (size_t i = 0; i < 7u << 16; i += 7)
		memcpy(p + i, "=?a?q?x", 7);
	assert_str(word_decode(w->a, str_make(p, 7u << 16)), str_make(p, 7u << 16));
}

static void
encoded_words_round_trip(void **state)
{
	struct world *w = *state;
	static const struct str texts[] = {
		S_INIT("Bestellung f\xc3\xbcr ACME"), S_INIT("?=_ =?x"), S_INIT("\xf0\x9f\x93\xa6 Lieferung  mit  zwei  Blanks"),
		S_INIT("\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
		       "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"),
	};

	for (size_t i = 0; i < N(texts); i++) {
		struct buf b = BUF_CAP(4096);
		struct str rest, line;
		size_t col = 9;
		assert_ok(w, word_put(&b, texts[i], &col, &w->e));
		assert_str(word_decode(w->a, buf_str(&b)), texts[i]);
		for (rest = buf_str(&b); str_next_line(&rest, &line);)
			assert_true(line.n <= ENCODE_LINE_MAX);
		assert_true(rest.n <= ENCODE_LINE_MAX && col <= ENCODE_LINE_MAX);
		buf_clear(&b);
	}
}

static void
utf8_is_checked(void **state)
{
	struct world *w = *state;
	static const struct str good[] = { S_INIT(""), S_INIT("a\0b"), S_INIT("\xc2\x80"),
	    S_INIT("\xed\x9f\xbf"), S_INIT("\xf4\x8f\xbf\xbf") };
	static const struct str bad[] = { S_INIT("\x80"), S_INIT("\xc0\xaf"), S_INIT("\xc1\xbf"),
	    S_INIT("\xe0\x80\xaf"), S_INIT("\xed\xa0\x80"),
		S_INIT("\xf0\x80\x80\xaf"), S_INIT("\xf4\x90\x80\x80"), S_INIT("\xf8\x88\x80\x80\x80"),
		    S_INIT("\xc3"), S_INIT("\xe2\x82"), S_INIT("\xc3(") };

	for (size_t i = 0; i < N(good); i++)
		assert_true(is_utf8(good[i]));
	for (size_t i = 0; i < N(bad); i++) {
		assert_false(is_utf8(bad[i]));
		assert_true(is_utf8(utf8_clean(w->a, bad[i])));
	}
	assert_str(utf8_clean(w->a, S("auftr\xe4ge")), S("auftr\xc3\xa4ge"));
	assert_true(is_utf8(utf8_clean(w->a, all_bytes())));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_encodings),
		cmocka_unit_test(bodies_are_decoded),
		cmocka_unit_test(quoted_printable_round_trips),
		cmocka_unit_test(many_blanks_take_no_time),
		cmocka_unit_test(encoded_words_are_read),
		cmocka_unit_test(openings_without_end_take_no_time),
		cmocka_unit_test(encoded_words_round_trip),
		cmocka_unit_test(utf8_is_checked),
	};

	return cmocka_run_group_tests(tests, world_new, world_free);
}
