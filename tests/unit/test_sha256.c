/* SPDX-License-Identifier: ISC */
/* SHA-256 against the example values of FIPS 180-4, and against itself in every portioning. */
#include "gateway/base/sha256.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
known_answers(void **state)
{
	(void)state;
	static const struct { struct str in; const char *want; } cases[] = {
		{ S_INIT(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ S_INIT("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ S_INIT("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
		    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
		{ S_INIT("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrs"
			 "mnopqrstnopqrstu"), "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1" },
	};
	struct arena *a = arena_new(1 << 20);

	for (size_t i = 0; i < N(cases); i++)
		assert_int_equal(str_cmp(sha256_hex(a, cases[i].in), str_of(cases[i].want)), 0);
	arena_free(a);
}

static void
a_million_letters(void **state)
{
	(void)state;
	static const unsigned char want[SHA256_BYTES] = { 0xcd, 0xc7, 0x6e, 0x5c, 0x99, 0x14, 0xfb,
		0x92, 0x81, 0xa1, 0xc7, 0xe2, 0x84, 0xd7, 0x3e, 0x67, 0xf1, 0x80, 0x9a, 0x48, 0xa4,
		0x97, 0x20, 0x0e, 0x04, 0x6d, 0x39, 0xcc, 0xc7, 0x11, 0x2c, 0xd0 };
	unsigned char got[SHA256_BYTES];
	struct sha256 h;

	sha256_init(&h);
	for (int i = 0; i < 100000; i++)
		sha256_add(&h, S("aaaaaaaaaa"));
	sha256_end(&h, got);
	assert_memory_equal(got, want, sizeof(got));
}

/* Every length around the edges of a block, in one piece and cut at every place. */
static void
any_portions(void **state)
{
	(void)state;
	unsigned char whole[SHA256_BYTES], cut[SHA256_BYTES];
	char text[200];
	struct sha256 h;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 7);
	for (size_t n = 0; n <= sizeof(text); n++) {
		sha256_init(&h);
		sha256_add(&h, str_make(text, n));
		sha256_end(&h, whole);
		for (size_t at = 0; at <= n; at++) {
			sha256_init(&h);
			sha256_add(&h, str_make(text, at));
			sha256_add(&h, str_make(text + at, n - at));
			sha256_end(&h, cut);
			assert_memory_equal(cut, whole, sizeof(cut));
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(a_million_letters),
		cmocka_unit_test(any_portions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
