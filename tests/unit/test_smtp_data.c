/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Read a mail that comes in the portions [0, cut) and [cut, n), or byte by byte (cut 0). */
static enum data_step
take(struct data_in *d, struct str bytes, size_t cut, struct buf *mail, struct str *left)
{
	enum data_step step = DATA_MORE;
	struct str piece;

	while (step != DATA_END && bytes.n > 0) {
		struct str in = str_sub(bytes, 0, cut == 0 ? 1 : cut);
		size_t n = in.n;

		while ((step = data_next(d, &in, &piece)) == DATA_PIECE)
			assert_int_equal(buf_put(mail, piece, NULL), 0);
		bytes = str_from(bytes, n - in.n);
		if (cut != 0)
			cut = SIZE_MAX;
	}
	*left = bytes;
	return step;
}

static void
check_take(struct str in, enum data_step step, struct str mail, struct str left, unsigned int bad)
{
	for (size_t cut = 0; cut <= in.n; cut++) {
		struct data_in d = { 0 };
		struct buf got = BUF_CAP(1 << 16);
		struct str rest;

		assert_int_equal(take(&d, in, cut, &got, &rest), step);
		assert_int_equal(d.bad, bad);
		assert_true(str_eq(rest, left));
		if (bad == 0) {
			assert_true(str_eq(buf_str(&got), mail));
			assert_int_equal(d.size, mail.n);
		}
		buf_clear(&got);
	}
}

static void
takes_dots_out(void **state)
{
	static const struct { struct str in, mail, left; } cases[] = {
		{ S_INIT(".\r\n"), S_INIT(""), S_INIT("") },
		{ S_INIT("\r\n.\r\n"), S_INIT("\r\n"), S_INIT("") },
		{ S_INIT("a\r\n.\r\n"), S_INIT("a\r\n"), S_INIT("") },
		{ S_INIT("a\r\n..\r\n.\r\n"), S_INIT("a\r\n.\r\n"), S_INIT("") },
		{ S_INIT("..a\r\n..b\r\n.\r\n"), S_INIT(".a\r\n.b\r\n"), S_INIT("") },
		{ S_INIT(".a\r\n.\r\n"), S_INIT("a\r\n"), S_INIT("") },
		{ S_INIT("......\r\n.\r\n"), S_INIT(".....\r\n"), S_INIT("") },
		{ S_INIT("a.b.\r\n.\r\n"), S_INIT("a.b.\r\n"), S_INIT("") },
		{ S_INIT("\t \001\177\200\377\r\n.\r\n"), S_INIT("\t \001\177\200\377\r\n"), S_INIT("") },
		{ S_INIT("a\r\n.\r\nMAIL FROM:<>\r\n"), S_INIT("a\r\n"), S_INIT("MAIL FROM:<>\r\n") },
		{ S_INIT("a\r\n.\r\n.\r\n"), S_INIT("a\r\n"), S_INIT(".\r\n") },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		check_take(cases[i].in, DATA_END, cases[i].mail, cases[i].left, 0);
}

static void
waits_for_the_end_mark(void **state)
{
	static const struct { struct str in, mail; } cases[] = {
		{ S_INIT(""), S_INIT("") },
		{ S_INIT("a"), S_INIT("a") },
		{ S_INIT("a\r\n"), S_INIT("a\r\n") },
		{ S_INIT("a\r\n."), S_INIT("a\r\n") },
		{ S_INIT("a\r\n.\r"), S_INIT("a\r\n") },
		{ S_INIT("a\r\n..\r\n"), S_INIT("a\r\n.\r\n") },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		check_take(cases[i].in, DATA_MORE, cases[i].mail, S(""), 0);
}

/* What some servers take for the end of a mail and others not: smuggling lives from the difference. */
static void
nothing_else_ends_a_mail(void **state)
{
	static const struct { struct str mark; unsigned int bad; } marks[] = {
		{ S_INIT("\n.\n"), DATA_BARE_LF },
		{ S_INIT("\n.\r\n"), DATA_BARE_LF },
		{ S_INIT("\r\n.\n"), DATA_BARE_LF },
		{ S_INIT("\r.\r"), DATA_BARE_CR },
		{ S_INIT("\r.\r\n"), DATA_BARE_CR },
		{ S_INIT("\r\n.\r"), DATA_BARE_CR },
		{ S_INIT("\r\n.\r\r\n"), DATA_BARE_CR },
		{ S_INIT("\n.\r"), DATA_BARE_LF | DATA_BARE_CR },
		{ S_INIT("\r\n.\0\r\n"), DATA_NUL },
		{ S_INIT("\r\n\0.\r\n"), DATA_NUL },
		{ S_INIT("\r\n.\0"), DATA_NUL },
		{ S_INIT("\r\0\n.\r\n"), DATA_BARE_CR | DATA_NUL | DATA_BARE_LF },
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < N(marks); i++) {
		size_t n = 0;

		text[n++] = 'a';
		memcpy(text + n, marks[i].mark.p, marks[i].mark.n);
		n += marks[i].mark.n;
		memcpy(text + n, "MAIL FROM:<x>\r\n.\r\nQUIT\r\n", 24);
		/* Read on to the true end, and not a byte further. */
		check_take(str_make(text, n + 24), DATA_END, S(""), S("QUIT\r\n"), marks[i].bad);
	}
	/* Two CRs: the end mark behind them is a true one, the mail is bad all the same. */
	check_take(S("a\r\r\n.\r\n"), DATA_END, S(""), S(""), DATA_BARE_CR);
}

static void
counts_hops(void **state)
{
	static const struct { struct str in; unsigned int hops; } cases[] = {
		{ S_INIT("Received: a\r\nReceived: b\r\n\r\nReceived: c\r\n.\r\n"), 2 },
		{ S_INIT("RECEIVED: a\r\nrEcEiVeD: b\r\n.\r\n"), 2 },
		{ S_INIT("Receive: a\r\n Received: b\r\nXReceived: c\r\nReceived : d\r\nReceived-SPF: e\r\n.\r\n"), 0 },
		{ S_INIT("Subject: x\r\n\r\nReceived: a\r\n.\r\n"), 0 },
		{ S_INIT("\r\nReceived: a\r\n.\r\n"), 0 },
		{ S_INIT("..\r\nReceived: a\r\n.\r\n"), 1 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		for (size_t cut = 0; cut < cases[i].in.n; cut++) {
			struct data_in d = { 0 };
			struct buf mail = BUF_CAP(1 << 16);
			struct str left;

			assert_int_equal(take(&d, cases[i].in, cut, &mail, &left), DATA_END);
			assert_int_equal(d.hops, cases[i].hops);
			buf_clear(&mail);
		}
	}
}

static void
checks_what_goes_out(void **state)
{
	static const struct { struct str mail; const char *says; bool has_8bit, ends; } cases[] = {
		{ S_INIT(""), NULL, false, true },
		{ S_INIT("a\r\n"), NULL, false, true },
		{ S_INIT("a"), NULL, false, false },
		{ S_INIT("\r\n\r\n"), NULL, false, true },
		{ S_INIT("gr\303\274n\r\n"), NULL, true, true },
		{ S_INIT("a\nb\r\n"), "lone LF at byte 1", false, false },
		{ S_INIT("\na\r\n"), "lone LF at byte 0", false, false },
		{ S_INIT("a\rb\r\n"), "lone CR at byte 1", false, false },
		{ S_INIT("a\r\r\n"), "lone CR at byte 1", false, false },
		{ S_INIT("a\r\n\r"), "lone CR at byte 3", false, false },
		{ S_INIT("\r"), "lone CR at byte 0", false, false },
		{ S_INIT("a\0\r\n"), "NUL at byte 1", false, false },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct data_facts f = { 0 };
		struct err e;
		int rc = data_check(cases[i].mail, &f, &e);

		if (cases[i].says != NULL) {
			assert_int_equal(rc, -1);
			assert_int_equal(e.kind, ERR_INPUT);
			assert_non_null(strstr(e.text, cases[i].says));
			continue;
		}
		assert_int_equal(rc, 0);
		assert_int_equal(f.has_8bit, cases[i].has_8bit);
		assert_int_equal(f.ends_in_crlf, cases[i].ends);
	}
}

/* Stuffed in portions of any size and read again, a mail is the same. */
static void
stuffs_and_unstuffs(void **state)
{
	static const struct str mails[] = {
		S_INIT(".\r\n..\r\n...\r\na.b\r\n.x\r\n\r\n.\r\n"),
		S_INIT("no dots\r\nat all\r\n"),
		S_INIT("\r\n"),
		S_INIT("a very long line without an end in sight, longer than the room there is for it\r\n.\r\n"),
	};

	(void)state;
	for (size_t i = 0; i < N(mails); i++) {
		for (size_t high = 1; high < mails[i].n + 2; high++) {
			struct buf wire = BUF_CAP(1 << 16), portion = BUF_CAP(2 * high + 2), back = BUF_CAP(1 << 16);
			struct data_out out = { 0 };
			struct data_in in = { 0 };
			struct str rest = mails[i], left;

			while (rest.n > 0) {
				assert_int_equal(data_stuff(&out, &rest, &portion, high, NULL), 0);
				assert_int_equal(buf_put(&wire, buf_str(&portion), NULL), 0);
				buf_cut(&portion, 0);
			}
			assert_int_equal(buf_put(&wire, S(".\r\n"), NULL), 0);
			assert_int_equal(take(&in, buf_str(&wire), high, &back, &left), DATA_END);
			assert_true(str_eq(buf_str(&back), mails[i]));
			assert_int_equal(left.n, 0);
			assert_int_equal(in.bad, 0);
			buf_clear(&wire);
			buf_clear(&portion);
			buf_clear(&back);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_dots_out),
		cmocka_unit_test(waits_for_the_end_mark),
		cmocka_unit_test(nothing_else_ends_a_mail),
		cmocka_unit_test(counts_hops),
		cmocka_unit_test(checks_what_goes_out),
		cmocka_unit_test(stuffs_and_unstuffs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
