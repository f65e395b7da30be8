/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Feed bytes in portions of n, as a connection would: what is not taken is fed again with what follows. */
static enum step
feed(struct reply *r, struct str bytes, size_t n, struct err *e)
{
	static char room[1 << 20];
	size_t have = 0;
	enum step step = STEP_MORE;

	while (step == STEP_MORE && bytes.n > 0) {
		struct str part = str_sub(bytes, 0, n), in;

		memcpy(room + have, part.p, part.n);
		have += part.n;
		bytes = str_from(bytes, part.n);
		in = str_make(room, have);
		step = reply_feed(r, &in, e);
		memmove(room, in.p, in.n);
		have = in.n;
	}
	return step;
}

static void
reads_replies(void **state)
{
	static const struct {
		struct str in;
		enum step step;
		unsigned int code, lines;
		const char *enhanced, *line;
	} cases[] = {
		{ S_INIT("250 ok\r\n"), STEP_DONE, 250, 1, "", "ok" },
		{ S_INIT("250\r\n"), STEP_DONE, 250, 1, "", "" },
		{ S_INIT("250 \r\n"), STEP_DONE, 250, 1, "", "" },
		{ S_INIT("250 ok\n"), STEP_DONE, 250, 1, "", "ok" },
		{ S_INIT("250 2.0.0 queued as 4711\r\n"), STEP_DONE, 250, 1, "2.0.0", "queued as 4711" },
		{ S_INIT("250 2.0.0\r\n"), STEP_DONE, 250, 1, "2.0.0", "" },
		{ S_INIT("550 5.999.999 no\r\n"), STEP_DONE, 550, 1, "5.999.999", "no" },
		/* Not the class of the code, digits too many, no end: text like any other. */
		{ S_INIT("550 2.0.0 no\r\n"), STEP_DONE, 550, 1, "", "2.0.0 no" },
		{ S_INIT("550 5.1000.0 no\r\n"), STEP_DONE, 550, 1, "", "5.1000.0 no" },
		{ S_INIT("550 5.1.1x no\r\n"), STEP_DONE, 550, 1, "", "5.1.1x no" },
		{ S_INIT("550 5.1. no\r\n"), STEP_DONE, 550, 1, "", "5.1. no" },
		{ S_INIT("550 5..1 no\r\n"), STEP_DONE, 550, 1, "", "5..1 no" },
		{ S_INIT("550 5.1\r\n"), STEP_DONE, 550, 1, "", "5.1" },
		{ S_INIT("571 not like that\r\n"), STEP_DONE, 571, 1, "", "not like that" },
		{ S_INIT("250-a\r\n250-b\r\n250 c\r\n"), STEP_DONE, 250, 3, "", "a b c" },
		{ S_INIT("550-5.7.1 go\r\n550 5.7.1 away\r\n"), STEP_DONE, 550, 2, "5.7.1", "go away" },
		{ S_INIT("250-\r\n250-\r\n250 x\r\n"), STEP_DONE, 250, 3, "", "x" },
		{ S_INIT("250 \033[2Jred\a\0\200\r\n"), STEP_DONE, 250, 1, "", "?[2Jred???" },
		{ S_INIT("250 a\rb\r\n"), STEP_DONE, 250, 1, "", "a?b" },
		{ S_INIT("250-a\r\n"), STEP_MORE, 250, 1, "", "a" },
		{ S_INIT("250 ok"), STEP_MORE, 0, 0, "", "" },
		{ S_INIT("250 ok\r"), STEP_MORE, 0, 0, "", "" },
		{ S_INIT(""), STEP_MORE, 0, 0, "", "" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		for (size_t n = 1; n <= cases[i].in.n + 1; n++) {
			struct reply r = REPLY_INIT;
			struct err e;
			char line[200];

			assert_int_equal(feed(&r, cases[i].in, n, &e), cases[i].step);
			assert_int_equal(r.code, cases[i].code);
			assert_int_equal(r.lines, cases[i].lines);
			assert_string_equal(r.enhanced, cases[i].enhanced);
			reply_line(&r, line, sizeof(line));
			assert_string_equal(line, cases[i].line);
			reply_clear(&r);
		}
	}
}

static void
refuses_what_is_no_reply(void **state)
{
	static const struct { struct str in; const char *says; } cases[] = {
		{ S_INIT("\r\n"), "has no code" },
		{ S_INIT("hello\r\n"), "has no code" },
		{ S_INIT("2x0 hm\r\n"), "has no code" },
		{ S_INIT("25\r\n"), "has no code" },
		{ S_INIT("150 early\r\n"), "has no code" },
		{ S_INIT("600 late\r\n"), "has no code" },
		{ S_INIT("+50 sign\r\n"), "has no code" },
		{ S_INIT(" 250 ok\r\n"), "has no code" },
		{ S_INIT("25\0 ok\r\n"), "has no code" },
		{ S_INIT("2500 ok\r\n"), "after its code" },
		{ S_INIT("250:ok\r\n"), "after its code" },
		{ S_INIT("250\0ok\r\n"), "after its code" },
		{ S_INIT("250-first\r\n550 last\r\n"), "turns from 250 to 550" },
		{ S_INIT("250-first\r\nlast\r\n"), "has no code" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		for (size_t n = 1; n <= cases[i].in.n; n++) {
			struct reply r = REPLY_INIT;
			struct err e;

			assert_int_equal(feed(&r, cases[i].in, n, &e), STEP_BAD);
			assert_int_equal(e.kind, ERR_RETRY);
			assert_non_null(strstr(e.text, cases[i].says));
			reply_clear(&r);
		}
	}
}

/* Two replies in one read: the second is not touched. */
static void
takes_one_reply(void **state)
{
	struct str in = S("250-a\r\n250 b\r\n354 go\r\n22");
	struct reply r = REPLY_INIT;
	struct err e;

	(void)state;
	assert_int_equal(reply_feed(&r, &in, &e), STEP_DONE);
	assert_int_equal(r.code, 250);
	reply_reset(&r);
	assert_int_equal(reply_feed(&r, &in, &e), STEP_DONE);
	assert_int_equal(r.code, 354);
	assert_int_equal(r.lines, 1);
	reply_reset(&r);
	assert_int_equal(reply_feed(&r, &in, &e), STEP_MORE);
	assert_true(str_eq(in, S("22")));
	reply_clear(&r);
}

static void
has_limits(void **state)
{
	static char big[4 * SMTP_REPLY_LINE_MAX];
	struct reply r = REPLY_INIT;
	struct str in;
	struct err e;
	enum step step;
	unsigned int lines = 0;

	(void)state;
	/* A line without an end. */
	memset(big, 'A', sizeof(big));
	memcpy(big, "250 ", 4);
	in = str_make(big, SMTP_REPLY_LINE_MAX);
	assert_int_equal(reply_feed(&r, &in, &e), STEP_MORE);
	in = str_make(big, SMTP_REPLY_LINE_MAX + 1);
	assert_int_equal(reply_feed(&r, &in, &e), STEP_BAD);
	/* The longest line, and one byte more. */
	memcpy(big + SMTP_REPLY_LINE_MAX - 2, "\r\n", 2);
	in = str_make(big, SMTP_REPLY_LINE_MAX);
	assert_int_equal(reply_feed(&r, &in, &e), STEP_DONE);
	reply_reset(&r);
	memcpy(big + SMTP_REPLY_LINE_MAX - 2, "A\r\n", 3);
	in = str_make(big, SMTP_REPLY_LINE_MAX + 1);
	assert_int_equal(reply_feed(&r, &in, &e), STEP_BAD);
	/* Lines without end. */
	reply_reset(&r);
	do {
		in = S("250-x\r\n");
		step = reply_feed(&r, &in, &e);
		lines++;
	} while (step == STEP_MORE);
	assert_int_equal(step, STEP_BAD);
	assert_int_equal(lines, SMTP_REPLY_LINES_MAX + 1);
	/* Long lines, many. */
	reply_reset(&r);
	memcpy(big, "250-", 4);
	memcpy(big + SMTP_REPLY_LINE_MAX - 2, "\r\n", 2);
	lines = 0;
	do {
		in = str_make(big, SMTP_REPLY_LINE_MAX);
		step = reply_feed(&r, &in, &e);
		lines++;
	} while (step == STEP_MORE);
	assert_int_equal(step, STEP_BAD);
	assert_true(lines <= SMTP_REPLY_TEXT_MAX / (SMTP_REPLY_LINE_MAX - 6) + 1);
	assert_true(r.text.n <= SMTP_REPLY_TEXT_MAX);
	reply_clear(&r);
}

static void
shortens_a_line_to_its_room(void **state)
{
	struct str in = S("550-5.1.1 one two\r\n550 5.1.1 three\r\n");
	struct reply r = REPLY_INIT;
	struct err e;
	char room[12];

	(void)state;
	assert_int_equal(reply_feed(&r, &in, &e), STEP_DONE);
	reply_line(&r, room, sizeof(room));
	assert_string_equal(room, "one two thr");
	reply_line(&r, room, 1);
	assert_string_equal(room, "");
	reply_clear(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_replies),
		cmocka_unit_test(refuses_what_is_no_reply),
		cmocka_unit_test(takes_one_reply),
		cmocka_unit_test(has_limits),
		cmocka_unit_test(shortens_a_line_to_its_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
