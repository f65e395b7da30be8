/* SPDX-License-Identifier: ISC */
/* test_keyreq.c - the frames between workers and the keys role: what is written is read, and nothing else. */
#include "gateway/keyreq.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define DIGEST "0123456789abcdef0123456789abcdef"

static struct keyreq
sign_of(enum alg_scheme scheme, enum mic_alg digest, struct str bytes)
{
	return (struct keyreq){ .op = KEYREQ_SIGN,
		.number = 0x1122334455667788,
		.key = "which",
		.sign = { scheme, digest, bytes } };
}

static struct keyreq
unwrap_of(enum alg_scheme scheme, size_t n)
{
	return (struct keyreq){ .op = KEYREQ_UNWRAP,
		.number = 1,
		.unwrap = { .scheme = scheme, .n = n, .wrapped = S("wrapped") } };
}

static void
what_is_asked_arrives(void **state)
{
	struct keyreq q = sign_of(ALG_RSA_PSS, MIC_SHA256, S(DIGEST)), u = unwrap_of(ALG_X963_KDF, 32), got;
	unsigned char frame[KEYREQ_BYTES];
	struct err e;

	(void)state;
	assert_int_equal(keyreq_write(&q, frame, &e), 0);
	assert_int_equal(keyreq_read(str_make((char *)frame, sizeof(frame)), &got, &e), 0);
	assert_int_equal(got.op, KEYREQ_SIGN);
	assert_true(got.number == q.number && memcmp(got.key, q.key, sizeof(q.key)) == 0);
	assert_true(got.sign.scheme == ALG_RSA_PSS && got.sign.digest == MIC_SHA256 &&
	    str_eq(got.sign.bytes, S(DIGEST)));

	u.unwrap.digest = MIC_SHA384;
	u.unwrap.peer = S("their key");
	u.unwrap.info = S("info");
	u.unwrap.wrap = alg_wrap(24);
	assert_int_equal(keyreq_write(&u, frame, &e), 0);
	assert_int_equal(keyreq_read(str_make((char *)frame, sizeof(frame)), &got, &e), 0);
	assert_true(got.unwrap.scheme == ALG_X963_KDF && got.unwrap.digest == MIC_SHA384 &&
	    got.unwrap.mask == MIC_NONE);
	assert_true(got.unwrap.wrap == alg_wrap(24) && got.unwrap.n == 32 &&
	    str_eq(got.unwrap.wrapped, S("wrapped")));
	assert_true(str_eq(got.unwrap.peer, S("their key")) && str_eq(got.unwrap.info, S("info")));
}

static void
only_what_makes_sense_is_asked(void **state)
{
	static const char many[CERT_TO_SIGN_MAX + 1];
	struct keyreq cases[] = {
		{ .op = (enum keyreq_op)0 }, { .op = (enum keyreq_op)4 },
		sign_of(ALG_RSA, MIC_SHA256, S("short")), sign_of(ALG_RSA, MIC_SHA1, S("0123456789abcdef0123")),
		sign_of(ALG_RSA, MIC_NONE, S(DIGEST)), sign_of(ALG_CBC, MIC_SHA256, S(DIGEST)),
		sign_of(ALG_ED25519, MIC_SHA512, S("")), sign_of(ALG_ED25519, MIC_SHA512, str_make(many, sizeof(many))),
		unwrap_of(ALG_ECDSA, 32), unwrap_of(ALG_RSA, 31), unwrap_of(ALG_RSA, 0), unwrap_of(ALG_RSA_OAEP, 32),
		unwrap_of(ALG_HKDF, 32), unwrap_of(ALG_RSA, 32), unwrap_of(ALG_RSA, 32), unwrap_of(ALG_RSA, 32),
	};
	unsigned char frame[KEYREQ_BYTES];
	struct err e;

	(void)state;
	cases[13].unwrap.peer = S("for an agreement only");
	cases[14].unwrap.digest = MIC_SHA256;
	cases[15].unwrap.wrapped = str_make(many, CERT_WRAPPED_MAX + 1);
	for (size_t i = 0; i < N(cases); i++) {
		print_message("case %zu\n", i);
		assert_int_equal(keyreq_write(&cases[i], frame, &e), -1);
		assert_int_equal(e.kind, ERR_INPUT);
	}
}

/* Every byte of a frame has a meaning: another value there is another request, or none. */
static void
no_byte_is_ignored(void **state)
{
	struct keyreq q = sign_of(ALG_RSA, MIC_SHA256, S(DIGEST)), u = unwrap_of(ALG_RSA, 32), got;
	unsigned char frame[KEYREQ_BYTES], again[KEYREQ_BYTES];
	struct err e;

	(void)state;
	for (size_t i = 0; i < KEYREQ_BYTES; i++)
		for (unsigned int bit = 1; bit < 256; bit *= 2)
			for (size_t k = 0; k < 2; k++) {
				assert_int_equal(keyreq_write(k == 0 ? &q : &u, frame, &e), 0);
				frame[i] ^= (unsigned char)bit;
				if (keyreq_read(str_make((char *)frame, sizeof(frame)), &got, &e) == -1)
					continue;
				assert_int_equal(keyreq_write(&got, again, &e), 0);
				assert_memory_equal(frame, again, sizeof(frame));
			}
	assert_int_equal(keyreq_read(str_make((char *)frame, sizeof(frame) - 1), &got, &e), -1);
}

static void
answers(void **state)
{
	static const char long_text[CERT_SIGNATURE_MAX + 100] = "x";
	struct keyans ans = { KEYANS_REFUSED, 7, S("because") }, got;
	unsigned char frame[KEYANS_BYTES] = { 0 };
	struct str whole = str_make((char *)frame, sizeof(frame));
	struct err e;

	(void)state;
	keyans_write(&ans, frame);
	assert_int_equal(keyans_read(whole, &got, &e), 0);
	assert_true(got.status == KEYANS_REFUSED && got.number == 7 && str_eq(got.bytes, S("because")));
	frame[KEYANS_BYTES - 1] = 1;
	assert_int_equal(keyans_read(whole, &got, &e), -1);
	ans.bytes = str_make(long_text, sizeof(long_text));
	keyans_write(&ans, frame);
	assert_int_equal(keyans_read(whole, &got, &e), 0);
	assert_int_equal(got.bytes.n, CERT_SIGNATURE_MAX);
	frame[4] = KEYANS_READY + 1;
	assert_int_equal(keyans_read(whole, &got, &e), -1);
	assert_int_equal(keyans_read(S("EKA1"), &got, &e), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_asked_arrives),
		cmocka_unit_test(only_what_makes_sense_is_asked),
		cmocka_unit_test(no_byte_is_ignored),
		cmocka_unit_test(answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
