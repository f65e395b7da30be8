/* SPDX-License-Identifier: ISC */
#include "gateway/base/base64.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

static void
base64_knows_the_vectors(void **state)	/* RFC 4648, 10 */
{
	(void)state;
	static const struct {
		struct str plain, coded;
	} cases[] = {
		{ S_INIT(""), S_INIT("") },
		{ S_INIT("f"), S_INIT("Zg==") },
		{ S_INIT("fo"), S_INIT("Zm8=") },
		{ S_INIT("foo"), S_INIT("Zm9v") },
		{ S_INIT("foob"), S_INIT("Zm9vYg==") },
		{ S_INIT("fooba"), S_INIT("Zm9vYmE=") },
		{ S_INIT("foobar"), S_INIT("Zm9vYmFy") },
		{ S_INIT("\0\xff\xfe\xfb\xef\xbe"), S_INIT("AP/+++++") },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct buf b = BUF_CAP(100), back = BUF_CAP(100);
		struct err e;
		assert_int_equal(base64_put(&b, cases[i].plain, &e), 0);
		assert_true(str_eq(buf_str(&b), cases[i].coded));
		assert_int_equal(base64_get(&back, cases[i].coded, NULL, &e), 0);
		assert_true(str_eq(buf_str(&back), cases[i].plain));
		buf_clear(&b);
		buf_clear(&back);
	}
}

static void
base64_decodes_what_it_encodes(void **state)
{
	(void)state;
	unsigned char bytes[1000];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * i >> 3);
	for (size_t n = 0; n <= sizeof(bytes); n += n < 130 ? 1 : 29) {
		struct str in = { (const char *)bytes, n };
		size_t chars = (n + 2) / 3 * 4;
		/* Caps that fit exactly: nothing may ask for more room than it fills. */
		struct buf lines = BUF_CAP(chars + 2 * ((n + 56) / 57)), back = BUF_CAP(n);
		struct err e;
		struct str rest, line;

		assert_int_equal(base64_put_lines(&lines, in, &e), 0);
		assert_int_equal(lines.n, lines.cap);
		for (rest = buf_str(&lines); str_next_line(&rest, &line);)
			assert_true(line.n == 76 || rest.n == 0);
		assert_int_equal(rest.n, 0);
		assert_int_equal(base64_get(&back, buf_str(&lines), NULL, &e), 0);
		assert_true(str_eq(buf_str(&back), in));
		buf_clear(&lines);
		buf_clear(&back);
	}
}

static void
base64_flags_what_is_not_strict(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		struct str in, want;
		unsigned int flags;
	} cases[] = {
		{ "line ends and blanks", S_INIT("Zm\r\n9v\n \tYg ==\r\n"), S_INIT("foob"), 0 },
		{ "only line ends", S_INIT("\r\n\r\n"), S_INIT(""), 0 },
		{ "other characters", S_INIT("Zm9v!Y-g=="), S_INIT("foob"), BASE64_JUNK },
		{ "NUL and high bytes", S_INIT("\0Zm\xff""9v"), S_INIT("foo"), BASE64_JUNK },
		{ "padding too much", S_INIT("Zg===") , S_INIT("f"), BASE64_JUNK },
		{ "padding alone", S_INIT("===="), S_INIT(""), BASE64_JUNK },
		{ "data behind padding", S_INIT("Zg==Zg=="), S_INIT("ff"), BASE64_PAD_INSIDE },
		{ "data between padding", S_INIT("Zg=Zm9v"), S_INIT("ffoo"), BASE64_PAD_INSIDE | BASE64_CUT },
		{ "padding missing", S_INIT("Zg"), S_INIT("f"), BASE64_CUT },
		{ "half of the padding", S_INIT("Zg="), S_INIT("f"), BASE64_CUT },
		{ "one of three", S_INIT("Zm8"), S_INIT("fo"), BASE64_CUT },
		{ "one character left", S_INIT("Zm9vY"), S_INIT("foo"), BASE64_CUT },
		{ "one character and padding", S_INIT("Zm9vY==="), S_INIT("foo"), BASE64_CUT | BASE64_JUNK },
		{ "unused bits set", S_INIT("Zh=="), S_INIT("f"), BASE64_CUT },
		{ "unused bits set in two", S_INIT("Zm9="), S_INIT("fo"), BASE64_CUT },
		{ "url alphabet", S_INIT("-_-_"), S_INIT(""), BASE64_JUNK },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct buf b = BUF_CAP(100);
		unsigned int flags = 99;
		struct err e;

		print_message("%s\n", cases[i].why);
		assert_int_equal(base64_get(&b, cases[i].in, &flags, &e), 0);
		assert_true(str_eq(buf_str(&b), cases[i].want));
		assert_int_equal(flags, cases[i].flags);
		buf_cut(&b, 0);
		assert_int_equal(base64_get(&b, cases[i].in, NULL, &e), flags == 0 ? 0 : -1);
		if (flags != 0) {
			assert_int_equal(e.kind, ERR_INPUT);
			assert_int_equal(b.n, 0);
		}
		buf_clear(&b);
	}
}

static void
base64_keeps_to_the_cap(void **state)
{
	(void)state;
	struct buf b = BUF_CAP(4);
	struct err e;

	assert_int_equal(base64_put(&b, S("abcd"), &e), -1);
	assert_int_equal(base64_put(&b, S("abc"), &e), 0);
	buf_cut(&b, 0);
	assert_int_equal(base64_get(&b, S("Zm9v\r\nYmE="), NULL, &e), -1);
	assert_int_equal(base64_get(&b, S("Zm9v\r\n\r\n\r\n\r\nYg=="), NULL, &e), 0);
	assert_true(str_eq(buf_str(&b), S("foob")));
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_knows_the_vectors),
		cmocka_unit_test(base64_decodes_what_it_encodes),
		cmocka_unit_test(base64_flags_what_is_not_strict),
		cmocka_unit_test(base64_keeps_to_the_cap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
