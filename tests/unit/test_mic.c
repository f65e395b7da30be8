/* SPDX-License-Identifier: ISC */
/* Message integrity checks: digests, names, and their text as everybody writes it. */
#include "tests/unit/mime_world.h"

#include "mime/alg.h"

static void
names_in_every_spelling(void **state)
{
	(void)state;
	static const struct { struct str name; enum mic_alg alg; } cases[] = {
		{ S_INIT("sha-256"), MIC_SHA256 }, { S_INIT("SHA256"), MIC_SHA256 }, { S_INIT("sha1"), MIC_SHA1 },
		{ S_INIT("SHA-1"), MIC_SHA1 }, { S_INIT("sha-384"), MIC_SHA384 }, { S_INIT("Sha512"), MIC_SHA512 },
		{ S_INIT("SHA"), MIC_SHA1 },
		{ S_INIT("rsa-SHA1"), MIC_SHA1 }, { S_INIT("RSA-sha256"), MIC_SHA256 }, { S_INIT("rsa-md5"), MIC_NONE },
		{ S_INIT("md5"), MIC_NONE }, { S_INIT(""), MIC_NONE }, { S_INIT("sha-2560"), MIC_NONE },
	};

	for (size_t i = 0; i < N(cases); i++)
		assert_int_equal(mic_alg_of(cases[i].name), cases[i].alg);
	assert_string_equal(mic_alg_name(MIC_SHA256), "sha-256");
	assert_string_equal(mic_alg_name(MIC_NONE), "none");
	assert_string_equal(alg_micalg(MIC_SHA384, false), "sha-384");
	assert_string_equal(alg_micalg(MIC_SHA384, true), "sha384");
	assert_string_equal(alg_micalg(MIC_NONE, true), "none");
}

static void
digests_are_those_of_the_standard(void **state)
{
	struct world *w = *state;
	/* FIPS 180-4: "abc" */
	static const struct { enum mic_alg alg; struct str text; } cases[] = {
		{ MIC_SHA1, S_INIT("qZk+NkcGgWq6PiVxeFDCbJzQ2J0=, sha1") },
		{ MIC_SHA256, S_INIT("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=, sha-256") },
		{ MIC_SHA384, S_INIT("ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP/W+2AhgcroefMI1i67KE0yCWn, sha-384") },
		{ MIC_SHA512,
		    S_INIT("3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==, sha-512") },
	};
	struct mic m, again;

	for (size_t i = 0; i < N(cases); i++) {
		assert_ok(w, mic_make(cases[i].alg, S("abc"), &m, &w->e));
		assert_str(mic_text(w->a, &m), cases[i].text);
		assert_int_equal(mic_read(cases[i].text, &again), 0);
		assert_true(mic_eq(&m, &again));
	}
	assert_int_equal(mic_make(MIC_NONE, S("abc"), &m, &w->e), -1);
	assert_ok(w, mic_make(MIC_SHA256, S(""), &m, &w->e));
	assert_ok(w, mic_make(MIC_SHA256, (struct str){ 0 }, &again, &w->e));
	assert_true(mic_eq(&m, &again));
}

static void
text_is_read_tolerantly(void **state)
{
	struct world *w = *state;
	static const struct str good[] = {
		S_INIT("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=,sha256"),
		S_INIT(" ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0= , SHA-256 "),
		S_INIT("ungWv48Bz+pBQUDe\r\n Xa4iI7ADYaOWF3qctBD/YfIAFa0=,\r\n\tsha-256 (a comment)"),
		S_INIT("(base64) ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=, sha-256, more"),
	};
	static const struct str bad[] = {
		S_INIT(""), S_INIT(","), S_INIT("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
		S_INIT("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=, md5"),
		    S_INIT("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=, sha1"),
		S_INIT("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIA, sha-256"), S_INIT("!!!, sha-256"), S_INIT("AAAA, sha-256"),
		S_INIT("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		       "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA, sha-512"),
	};
	struct mic want, m;

	assert_ok(w, mic_make(MIC_SHA256, S("abc"), &want, &w->e));
	for (size_t i = 0; i < N(good); i++) {
		assert_int_equal(mic_read(good[i], &m), 0);
		assert_true(mic_eq(&m, &want));
	}
	for (size_t i = 0; i < N(bad); i++) {
		assert_int_equal(mic_read(bad[i], &m), -1);
		assert_int_equal(m.alg, MIC_NONE);
	}
}

static void
none_equals_nothing(void **state)
{
	struct world *w = *state;
	struct mic none = { .alg = MIC_NONE }, a, b;

	assert_false(mic_eq(&none, &none));
	assert_str(mic_text(w->a, &none), S(""));
	assert_ok(w, mic_make(MIC_SHA256, S("a"), &a, &w->e));
	assert_ok(w, mic_make(MIC_SHA512, S("a"), &b, &w->e));
	assert_false(mic_eq(&a, &b));
	assert_ok(w, mic_make(MIC_SHA256, S("b"), &b, &w->e));
	assert_false(mic_eq(&a, &b));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_in_every_spelling),
		cmocka_unit_test(digests_are_those_of_the_standard),
		cmocka_unit_test(text_is_read_tolerantly),
		cmocka_unit_test(none_equals_nothing),
	};

	return cmocka_run_group_tests(tests, world_new, world_free);
}
