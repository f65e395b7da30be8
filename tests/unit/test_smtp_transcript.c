/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/transcript.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
assert_text(const struct transcript *t, const char *want)
{
	struct str text = transcript_str(t);

	assert_int_equal(text.n, strlen(want));
	assert_memory_equal(text.p, want, text.n);
}

static void
lines_have_their_speaker(void **state)
{
	(void)state;
	struct transcript t = TRANSCRIPT_INIT;

	transcript_put(&t, TRANSCRIPT_NOTE, S("mx.acme.example[192.0.2.1]:25"));
	transcript_put(&t, TRANSCRIPT_SERVER, S("250-mx\r\n250 SIZE\r\n"));
	transcript_put(&t, TRANSCRIPT_CLIENT, S("NOOP"));
	transcript_putf(&t, TRANSCRIPT_CLIENT, "(%d bytes of mail)", 7);
	transcript_put(&t, TRANSCRIPT_SERVER, S(""));
	assert_text(&t, "-- mx.acme.example[192.0.2.1]:25\nS: 250-mx\nS: 250 SIZE\nC: NOOP\nC: (7 bytes of mail)\n");
	transcript_begin(&t);
	assert_text(&t, "");
	transcript_clear(&t);
	transcript_put(NULL, TRANSCRIPT_NOTE, S("nobody listens"));
}

static void
nothing_said_can_forge_a_line(void **state)
{
	(void)state;
	struct transcript t = TRANSCRIPT_INIT;

	transcript_put(&t, TRANSCRIPT_SERVER, S("250 a\rC: \0\x1b[2J\x7f\xc3\xa4\r\n"));
	assert_text(&t, "S: 250 a?C: ??[2J???\n");
	transcript_clear(&t);
}

static void
long_lines_are_cut(void **state)
{
	(void)state;
	struct transcript t = TRANSCRIPT_INIT;
	char line[TRANSCRIPT_LINE_MAX + 1];

	memset(line, 'x', sizeof(line));
	transcript_put(&t, TRANSCRIPT_SERVER, str_make(line, TRANSCRIPT_LINE_MAX));
	assert_int_equal(transcript_str(&t).n, 3 + TRANSCRIPT_LINE_MAX + 1);
	transcript_put(&t, TRANSCRIPT_SERVER, str_make(line, TRANSCRIPT_LINE_MAX + 1));
	assert_true(str_ends(transcript_str(&t), S("xx...\n")));
	transcript_clear(&t);
}

static void
a_flood_leaves_the_end(void **state)
{
	(void)state;

	for (size_t width = 1; width <= TRANSCRIPT_LINE_MAX + 1; width += 17) {
		struct transcript t = TRANSCRIPT_INIT;
		char line[TRANSCRIPT_LINE_MAX + 1];

		memset(line, 'x', sizeof(line));
		transcript_put(&t, TRANSCRIPT_SERVER, S("220 first"));
		for (size_t i = 0; i < 20000; i += width)
			transcript_put(&t, TRANSCRIPT_SERVER, str_make(line, width));
		transcript_put(&t, TRANSCRIPT_SERVER, S("250 last"));
		assert_true(transcript_str(&t).n <= TRANSCRIPT_MAX);
		assert_true(transcript_str(&t).n > TRANSCRIPT_MAX / 2);
		assert_true(str_starts(transcript_str(&t), S("-- (what was said before is left out)\nS: x")));
		assert_true(str_ends(transcript_str(&t), S("x\nS: 250 last\n")) || width > TRANSCRIPT_LINE_MAX);
		assert_false(str_find(transcript_str(&t), S("first"), NULL));
		transcript_clear(&t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_have_their_speaker),
		cmocka_unit_test(nothing_said_can_forge_a_line),
		cmocka_unit_test(long_lines_are_cut),
		cmocka_unit_test(a_flood_leaves_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
