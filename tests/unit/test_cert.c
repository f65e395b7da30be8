/* SPDX-License-Identifier: ISC */
/* Certificates and keys: read, judged, made. */
#include "tests/unit/mime_world.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define DAY_MS INT64_C(86400000)

static void
facts_of_a_certificate(void **state)
{
	struct world *w = *state;
	struct cert_facts f;

	assert_ok(w, cert_facts(w->a, w->nordwind.certs, 0, &f, &w->e));
	assert_str(f.subject, S("CN=Nordwind GmbH"));
	assert_str(f.issuer, S("CN=Nordwind GmbH"));
	assert_str(f.mail, S("edi@nordwind.example"));
	assert_str(f.key, S("RSA 3072"));
	assert_true(f.self_signed);
	assert_int_equal(f.not_before_ms, INT64_C(1767225600000));	/* 2026-01-01 */
	assert_int_equal(f.not_after_ms, INT64_C(2713910400000));	/* 2056-01-01 */
	assert_int_equal(f.fingerprint.n, 95);
	assert_int_equal(f.fingerprint.p[2], ':');
	assert_true(f.serial.n > 0);
}

static void
sets_are_read_and_written(void **state)
{
	struct world *w = *state;
	struct cert_set *set = NULL;
	struct buf pem = BUF_CAP(1u << 16);

	assert_ok(w,
	    cert_set_read(S("noise before\n" KEYS_NORDWIND_CERT "noise between\n" KEYS_ACME_CERT),
	        &set, &w->e));
	assert_int_equal(cert_set_count(set), 2);
	assert_ok(w, cert_set_add(set, S(KEYS_STRANGER_CERT), &w->e));
	assert_int_equal(cert_set_count(set), 3);
	assert_ok(w, cert_pem(set, 1, &pem, &w->e));
	assert_str(buf_str(&pem), S(KEYS_ACME_CERT));
	for (int i = 3; i < CERT_SET_MAX; i++)
		assert_ok(w, cert_set_add(set, S(KEYS_ACME_CERT), &w->e));
	assert_int_equal(cert_set_add(set, S(KEYS_ACME_CERT), &w->e), -1);
	cert_set_free(set);
	cert_set_free(NULL);
	buf_clear(&pem);
}

static void
what_is_no_certificate(void **state)
{
	struct world *w = *state;
	static const struct str bad[] = {
		S_INIT(""), S_INIT("hello"), S_INIT(KEYS_NORDWIND_KEY),
		    S_INIT("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
		S_INIT("-----BEGIN CERTIFICATE-----\n"),
		    S_INIT(KEYS_ACME_CERT "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
	};
	struct cert_set *set = NULL;
	struct cert_key *key = NULL;

	for (size_t i = 0; i < N(bad); i++) {
		assert_int_equal(cert_set_read(bad[i], &set, &w->e), -1);
		assert_int_equal(w->e.kind, ERR_CONFIG);
		assert_null(set);
	}
	assert_int_equal(cert_key_read(S(""), &key, &w->e), -1);
	assert_int_equal(cert_key_read(S(KEYS_ACME_CERT), &key, &w->e), -1);
	assert_int_equal(cert_key_read(S("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"), &key, &w->e), -1);
	assert_null(key);
	cert_key_free(NULL);
}

static void
keys_fit_their_certificates(void **state)
{
	struct world *w = *state;

	assert_true(cert_key_fits(w->nordwind.key, w->nordwind.certs));
	assert_false(cert_key_fits(w->nordwind.key, w->acme.certs));
}

static void
dates_are_judged_at_the_time_given(void **state)
{
	struct world *w = *state;
	const int64_t from = INT64_C(1767225600000), to = INT64_C(2713910400000);

	assert_ok(w, cert_usable(w->acme.certs, 0, CERT_SIGNS, from + 1000, &w->e));
	assert_ok(w, cert_usable(w->acme.certs, 0, CERT_DECRYPTS, to - 1000, &w->e));
	assert_int_equal(cert_usable(w->acme.certs, 0, CERT_SIGNS, from - 1000, &w->e), -1);
	assert_non_null(strstr(w->e.text, "not valid yet"));
	assert_int_equal(cert_usable(w->acme.certs, 0, CERT_SIGNS, to + 1000, &w->e), -1);
	assert_non_null(strstr(w->e.text, "expired"));
}

static void
certificates_are_made(void **state)
{
	struct world *w = *state;
	static const struct cert_new wants[] = {
		{ S_INIT("Nordwind GmbH"), S_INIT("edi@nordwind.example"), S_INIT(""), KEYS_NOW_MS - DAY_MS,
		    KEYS_NOW_MS + DAY_MS },
		{ S_INIT("B\xc3\xa4r, S\xc3\xb6hne + Co"), S_INIT(""), S_INIT("127.0.0.1"),
		    KEYS_NOW_MS - DAY_MS, KEYS_NOW_MS + DAY_MS },
	};

	for (size_t i = 0; i < N(wants); i++) {
		struct buf key_pem = BUF_CAP(1u << 16), cert = BUF_CAP(1u << 16);
		struct cert_set *set = NULL;
		struct cert_key *key = NULL;
		struct cert_facts f;
		assert_ok(w, cert_make(&wants[i], &key_pem, &cert, &w->e));
		assert_ok(w, cert_set_read(buf_str(&cert), &set, &w->e));
		assert_ok(w, cert_key_read(buf_str(&key_pem), &key, &w->e));
		assert_true(cert_key_fits(key, set));
		assert_ok(w, cert_facts(w->a, set, 0, &f, &w->e));
		assert_true(f.self_signed);
		assert_str(f.mail, wants[i].mail);
		assert_str(f.key, S("RSA 3072"));
		assert_int_equal(f.not_before_ms, wants[i].not_before_ms / 1000 * 1000);
		assert_int_equal(f.not_after_ms, wants[i].not_after_ms / 1000 * 1000);
		/* A certificate for a host may not sign mail. */
		assert_int_equal(cert_usable(set, 0, CERT_SIGNS, KEYS_NOW_MS, &w->e), i == 0 ? 0 : -1);
		cert_set_free(set);
		cert_key_free(key);
		buf_wipe(&key_pem);
		buf_clear(&cert);
	}
}

/* Signed by its own key, and asking for what we would certify: our address, mail, no authority. */
static void
requests_are_made(void **state)
{
	struct world *w = *state;
	const struct cert_new what = { S("Nordwind GmbH"), S("edi@nordwind.example"), S(""),
		KEYS_NOW_MS, KEYS_NOW_MS + DAY_MS };
	struct buf key_pem = BUF_CAP(1u << 16), pem = BUF_CAP(1u << 16);
	struct cert_key *key = NULL;
	X509_REQ *req;
	STACK_OF(X509_EXTENSION) *asked;
	BIO *b;

	assert_ok(w, cert_make_request(&what, &key_pem, &pem, &w->e));
	assert_ok(w, cert_key_read(buf_str(&key_pem), &key, &w->e));
	b = BIO_new_mem_buf(pem.p, (int)pem.n);
	req = PEM_read_bio_X509_REQ(b, NULL, NULL, NULL);
	assert_non_null(req);
	assert_int_equal(X509_REQ_verify(req, cert_key_get(key)), 1);
	asked = X509_REQ_get_extensions(req);
	assert_true(X509v3_get_ext_by_NID(asked, NID_subject_alt_name, -1) >= 0);
	assert_true(X509v3_get_ext_by_NID(asked, NID_ext_key_usage, -1) >= 0);
	sk_X509_EXTENSION_pop_free(asked, X509_EXTENSION_free);
	X509_REQ_free(req);
	BIO_free(b);
	cert_key_free(key);
	buf_wipe(&key_pem);
	buf_clear(&pem);
}

static void
nonsense_is_not_certified(void **state)
{
	struct world *w = *state;
	static const struct cert_new bad[] = {
		{ S_INIT(""), S_INIT("a@b.example"), S_INIT(""), 0, 1000 },
		{ S_INIT("a\nb"), S_INIT(""), S_INIT(""), 0, 1000 },
		{ S_INIT("a"), S_INIT("a@b,email:c@d"), S_INIT(""), 0, 1000 },
		{ S_INIT("a"), S_INIT(""), S_INIT("two words"), 0, 1000 },
		{ S_INIT("0123456789012345678901234567890123456789012345678901234567890123456789"), S_INIT(""),
		    S_INIT(""), 0, 1000 },
	};
	struct buf key = BUF_CAP(1u << 16), cert = BUF_CAP(1u << 16);

	for (size_t i = 0; i < N(bad); i++) {
		assert_int_equal(cert_make(&bad[i], &key, &cert, &w->e), -1);
		assert_int_equal(w->e.kind, ERR_CONFIG);
		assert_int_equal(key.n, 0);
	}
}

static void
a_certificate_travels_as_der(void **state)
{
	struct world *w = *state;
	struct buf der = BUF_CAP(1u << 16);
	struct cert_facts before, after;
	struct cert_set *set = NULL;
	struct str bytes;

	assert_ok(w, cert_der(w->acme.certs, 0, &der, &w->e));
	bytes = buf_str(&der);
	assert_ok(w, cert_set_read_der(bytes, &set, &w->e));
	assert_ok(w, cert_facts(w->a, w->acme.certs, 0, &before, &w->e));
	assert_ok(w, cert_facts(w->a, set, 0, &after, &w->e));
	assert_true(str_eq(before.fingerprint, after.fingerprint));
	cert_set_free(set);
	/* One, whole, with nothing behind it. */
	assert_int_equal(cert_set_read_der(str_sub(bytes, 0, bytes.n - 1), &set, &w->e), -1);
	assert_int_equal(cert_set_read_der(str_cat(w->a, bytes, S("x")), &set, &w->e), -1);
	assert_int_equal(cert_set_read_der(S(""), &set, &w->e), -1);
	assert_int_equal(cert_set_read_der(str_of(KEYS_ACME_CERT), &set, &w->e), -1);
	assert_int_equal(w->e.kind, ERR_INPUT);
	buf_clear(&der);
}

/* The words are what people compare: the same bits every time, and others for another certificate. */
static void
a_fingerprint_is_told_in_words(void **state)
{
	struct world *w = *state;
	struct cert_facts acme, nordwind;
	struct str rest, word;
	size_t n = 0;

	assert_ok(w, cert_facts(w->a, w->acme.certs, 0, &acme, &w->e));
	assert_ok(w, cert_facts(w->a, w->nordwind.certs, 0, &nordwind, &w->e));
	assert_false(str_eq(acme.words, nordwind.words));
	for (rest = acme.words; rest.n > 0; n++) {
		(void)str_cut(&rest, ' ', &word);
		assert_int_equal(word.n, 5);
	}
	assert_int_equal(n, 8);
	assert_true(str_eq(acme.words, S("koseg salog bemog midon digaw pebim liwol migot")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_certificate_travels_as_der),
		cmocka_unit_test(a_fingerprint_is_told_in_words),
		cmocka_unit_test(facts_of_a_certificate),
		cmocka_unit_test(sets_are_read_and_written),
		cmocka_unit_test(what_is_no_certificate),
		cmocka_unit_test(keys_fit_their_certificates),
		cmocka_unit_test(dates_are_judged_at_the_time_given),
		cmocka_unit_test(certificates_are_made),
		cmocka_unit_test(requests_are_made),
		cmocka_unit_test(nonsense_is_not_certified),
	};

	return cmocka_run_group_tests(tests, world_new, world_free);
}
