/* SPDX-License-Identifier: ISC */
/*
 * test_smtp_smuggling - every text of up to eight of the characters that endings are made of. So all
 * that was ever published as an end of mail that one server took and another did not is among them,
 * and all that was not. What comes in ends at CR LF . CR LF and nowhere else; what goes out holds
 * nothing that any server could take for an end.
 */
#include "gateway/smtp/data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define LENGTH 8
static const char alphabet[] = { '\r', '\n', '.', '\0', 'x' };

/* The number's digits as text. False: there is no such number of that length. */
static bool
nth_text(size_t number, size_t n, char *text)
{
	for (size_t i = 0; i < n; i++) {
		text[i] = alphabet[number % N(alphabet)];
		number /= N(alphabet);
	}
	return number == 0;
}

struct expected {
	size_t n, left;		/* length of mail, and where what comes behind it begins */
	char mail[LENGTH];
	bool ends, bad;
};

static bool
at(struct str s, size_t i, struct str what)
{
	return i + what.n <= s.n && memcmp(s.p + i, what.p, what.n) == 0;
}

/* RFC 5321, 4.5.2, read as simply as it can be: the whole text is at hand. */
static void
expect(struct str in, struct expected *x)
{
	bool line_start = true;
	size_t i = 0;

	memset(x, 0, sizeof(*x));
	while (i < in.n) {
		if (line_start && at(in, i, S(".\r\n"))) {
			x->ends = true;
			x->left = i + 3;
			return;
		}
		if (line_start && in.p[i] == '.' && ++i == in.n)
			return;		/* whatever comes next decides about this dot */
		line_start = at(in, i, S("\r\n"));
		if (line_start)
			x->mail[x->n++] = in.p[i++];
		else if (in.p[i] == '\r' || in.p[i] == '\n' || in.p[i] == '\0')
			x->bad = true;
		x->mail[x->n++] = in.p[i++];
	}
}

/* Fed whole, or byte by byte. */
static void
take(struct str in, size_t portion, struct expected *x)
{
	struct data_in d = { 0 };
	struct str piece;

	memset(x, 0, sizeof(*x));
	for (size_t i = 0; i < in.n && !x->ends; ) {
		struct str part = str_sub(in, i, portion);
		size_t n = part.n;
		enum data_step step;

		while ((step = data_next(&d, &part, &piece)) == DATA_PIECE) {
			memcpy(x->mail + x->n, piece.p, piece.n);
			x->n += piece.n;
		}
		i += n - part.n;
		x->ends = step == DATA_END;
		x->left = i;
	}
	x->bad = d.bad != 0;
}

static void
show(const char *why, struct str text)
{
	print_message("%s: ", why);
	for (size_t i = 0; i < text.n; i++)
		print_message("%02x ", (unsigned char)text.p[i]);
	print_message("\n");
}

static bool
is_as_expected(struct str in, size_t portion)
{
	struct expected want, got;

	expect(in, &want);
	take(in, portion, &got);
	if (want.ends != got.ends)
		return false;
	/* Without an end the last bytes may still wait for what comes next. */
	if (!want.ends)
		return true;
	if (want.left != got.left || want.bad != got.bad)
		return false;
	/* What is bad is refused as a whole. */
	return want.bad || (want.n == got.n && memcmp(want.mail, got.mail, want.n) == 0);
}

static void
only_one_thing_ends_a_mail(void **state)
{
	char text[LENGTH];
	size_t ended = 0;

	(void)state;
	for (size_t n = 1; n <= LENGTH; n++)
		for (size_t number = 0; nth_text(number, n, text); number++) {
			struct str in = { text, n };
			struct expected x;

			if (!is_as_expected(in, n) || !is_as_expected(in, 1)) {
				show("read otherwise", in);
				fail();
			}
			expect(in, &x);
			ended += x.ends;
		}
	print_message("%zu texts have an end of mail\n", ended);
	assert_true(ended > 1000);
}

/* Some server has taken each of these for the end of a line, or of a mail. */
static bool
is_line_end(char c)
{
	return c == '\r' || c == '\n' || c == '\0';
}

static bool
has_an_end_in_it(struct str wire)
{
	for (size_t i = 0; i + 1 < wire.n; i++)
		if (wire.p[i] == '.' && (i == 0 || is_line_end(wire.p[i - 1])) && is_line_end(wire.p[i + 1]))
			return true;
	return false;
}

static void
nothing_that_goes_out_can_end_it(void **state)
{
	struct buf wire = BUF_CAP(64);
	char text[LENGTH];
	size_t sent = 0;

	(void)state;
	for (size_t n = 1; n <= LENGTH; n++)
		for (size_t number = 0; nth_text(number, n, text); number++) {
			struct str mail = { text, n }, rest = mail;
			struct data_facts facts = { 0 };
			struct data_out out = { 0 };
			struct expected x;
			struct err e;

			if (data_check(mail, &facts, &e) == -1)
				continue;
			sent++;
			wire.n = 0;
			assert_int_equal(data_stuff(&out, &rest, &wire, 64, &e), 0);
			assert_int_equal(rest.n, 0);
			expect(mail, &x);
			if (has_an_end_in_it(buf_str(&wire)) || (x.bad && !x.ends)) {
				show("goes out", mail);
				fail();
			}
		}
	print_message("%zu texts may go out\n", sent);
	assert_true(sent > 1000);
	buf_clear(&wire);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_one_thing_ends_a_mail),
		cmocka_unit_test(nothing_that_goes_out_can_end_it),
	};

	return cmocka_run_group_tests_name("smtp_smuggling", tests, NULL, NULL);
}
