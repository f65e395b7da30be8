/* SPDX-License-Identifier: ISC */
/* test_cert_chain.c - certificates by an authority, by another, out of their dates, and revoked. */
#include "mime/cert_chain.h"

#include "tests/keys/keys.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW	KEYS_NOW_MS
#define DAY_MS	86400000LL
#define PEM_MAX (1u << 16)

struct authority {
	EVP_PKEY *key;
	X509 *cert;
	char pem[PEM_MAX];
};

static struct world {
	struct authority ours, other;
	struct cert_set *good, *by_other;
	char revoked[PEM_MAX], none_revoked[PEM_MAX];
} world;

static struct str
text_of(BIO *b, char *out)
{
	char *p;
	long n = BIO_get_mem_data(b, &p);

	assert_true(n > 0 && n < (long)PEM_MAX);
	memcpy(out, p, (size_t)n);
	out[n] = '\0';
	BIO_free(b);
	return str_of(out);
}

/* A certificate from yesterday for a month; by NULL: its own authority. */
static X509 *
certify(EVP_PKEY *key, const char *name, long serial, const struct authority *by)
{
	X509 *x = X509_new();
	X509_EXTENSION *ca = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, by == NULL ? "critical,CA:TRUE" : "critical,CA:FALSE");

	assert_true(X509_set_version(x, X509_VERSION_3) == 1 && ASN1_INTEGER_set(X509_get_serialNumber(x), serial) == 1);
	assert_int_equal(X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0), 1);
	assert_int_equal(X509_set_issuer_name(x, by == NULL ? X509_get_subject_name(x) : X509_get_subject_name(by->cert)), 1);
	assert_non_null(ASN1_TIME_set(X509_getm_notBefore(x), (time_t)((NOW - DAY_MS) / 1000)));
	assert_non_null(ASN1_TIME_set(X509_getm_notAfter(x), (time_t)((NOW + 30 * DAY_MS) / 1000)));
	assert_true(X509_set_pubkey(x, key) == 1 && X509_add_ext(x, ca, -1) == 1);
	X509_EXTENSION_free(ca);
	assert_true(X509_sign(x, by == NULL ? key : by->key, EVP_sha256()) > 0);
	return x;
}

static void
found(struct authority *a, const char *name)
{
	BIO *b = BIO_new(BIO_s_mem());

	a->key = EVP_EC_gen("P-256");
	a->cert = certify(a->key, name, 1, NULL);
	assert_int_equal(PEM_write_bio_X509(b, a->cert), 1);
	(void)text_of(b, a->pem);
}

static struct cert_set *
issue(const struct authority *by)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = certify(key, "ACME Ltd", 17, by);
	BIO *b = BIO_new(BIO_s_mem());
	struct cert_set *set = NULL;
	char pem[PEM_MAX];
	struct err e;

	assert_int_equal(PEM_write_bio_X509(b, x), 1);
	assert_int_equal(cert_set_read(text_of(b, pem), &set, &e), 0);
	X509_free(x);
	EVP_PKEY_free(key);
	return set;
}

static void
list(const struct authority *by, long serial, char *out)
{
	ASN1_TIME *from = ASN1_TIME_set(NULL, (time_t)((NOW - DAY_MS) / 1000)), *to = ASN1_TIME_set(NULL, (time_t)((NOW + 7 * DAY_MS) / 1000));
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	X509_REVOKED *r = X509_REVOKED_new();
	X509_CRL *crl = X509_CRL_new();
	BIO *b = BIO_new(BIO_s_mem());

	assert_true(ASN1_INTEGER_set(number, serial) == 1 && X509_REVOKED_set_serialNumber(r, number) == 1 &&
	    X509_REVOKED_set_revocationDate(r, from) == 1);
	assert_true(X509_CRL_set_version(crl, 1) == 1 && X509_CRL_set_issuer_name(crl, X509_get_subject_name(by->cert)) == 1 &&
	    X509_CRL_set1_lastUpdate(crl, from) == 1 && X509_CRL_set1_nextUpdate(crl, to) == 1 && X509_CRL_add0_revoked(crl, r) == 1);
	assert_true(X509_CRL_sign(crl, by->key, EVP_sha256()) > 0 && PEM_write_bio_X509_CRL(b, crl) == 1);
	(void)text_of(b, out);
	X509_CRL_free(crl);
	ASN1_INTEGER_free(number);
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
}

static int
setup(void **state)
{
	struct world *w = &world;

	found(&w->ours, "The authority");
	found(&w->other, "The authority");	/* of the same name */
	w->good = issue(&w->ours);
	w->by_other = issue(&w->other);
	list(&w->ours, 17, w->revoked);
	list(&w->ours, 18, w->none_revoked);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	EVP_PKEY_free(w->ours.key);
	EVP_PKEY_free(w->other.key);
	X509_free(w->ours.cert);
	X509_free(w->other.cert);
	cert_set_free(w->good);
	cert_set_free(w->by_other);
	return 0;
}

static void
who_is_believed(void **state)
{
	struct world *w = *state;
	const struct { const char *why; const char *crl; const struct cert_set *set; int64_t at_ms; const char *says; } cases[] = {
		{ "issued, no lists", "", w->good, NOW, NULL },
		{ "issued, not revoked", w->none_revoked, w->good, NOW, NULL },
		{ "revoked", w->revoked, w->good, NOW, "revoked" },
		{ "by another of that name", "", w->by_other, NOW, "" },
		{ "too early", "", w->good, NOW - 2 * DAY_MS, "not yet valid" },
		{ "too late", "", w->good, NOW + 31 * DAY_MS, "expired" },
		{ "the list has had its time", w->none_revoked, w->good, NOW + 8 * DAY_MS, "CRL has expired" },
	};
	struct cert_chain *chain;
	struct err e;

	for (size_t i = 0; i < N(cases); i++) {
		print_message("%s\n", cases[i].why);
		assert_int_equal(cert_chain_read(str_of(w->ours.pem), str_of(cases[i].crl), &chain, &e), 0);
		assert_int_equal(cert_chain_check(chain, cases[i].set, 0, cases[i].at_ms, &e), cases[i].says == NULL ? 0 : -1);
		if (cases[i].says != NULL) {
			assert_int_equal(e.kind, ERR_INPUT);
			assert_non_null(strstr(e.text, cases[i].says));
		}
		cert_chain_free(chain);
	}
}

static void
files_that_are_none(void **state)
{
	struct world *w = *state;
	struct cert_chain *chain = NULL;
	struct err e;

	assert_int_equal(cert_chain_read(S(""), S(""), &chain, &e), -1);
	assert_int_equal(cert_chain_read(S("no certificate"), S(""), &chain, &e), -1);
	assert_int_equal(cert_chain_read(str_of(w->ours.pem), S("no list"), &chain, &e), -1);
	assert_int_equal(cert_chain_read(str_of(w->ours.pem), str_of(w->ours.pem), &chain, &e), -1);
	assert_int_equal(e.kind, ERR_CONFIG);
	assert_null(chain);
	cert_chain_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_believed),
		cmocka_unit_test(files_that_are_none),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
