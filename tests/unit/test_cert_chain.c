/* SPDX-License-Identifier: ISC */
/* test_cert_chain.c - certificates by an authority, by another, out of their dates, and revoked. */
#include "mime/cert_chain.h"

#include "tests/unit/cert_made.h"

static struct world {
	struct authority ours, other;
	struct cert_set *good, *by_other;
	char revoked[PEM_MAX], none_revoked[PEM_MAX];
} world;

static struct cert_set *
issue(const struct authority *by)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = made_cert(key, &(struct saying){ .name = "ACME Ltd", .serial = 17 }, by);
	struct cert_set *set = cert_set_new();
	struct err e;

	assert_int_equal(cert_set_push(set, x, &e), 0);
	X509_free(x);
	EVP_PKEY_free(key);
	return set;
}

static int
setup(void **state)
{
	const struct saying name = { .name = "The authority", .serial = 1, .ca = true };
	struct world *w = &world;

	made_authority(&w->ours, &name, NULL);
	made_authority(&w->other, &name, NULL);	/* of the same name */
	w->good = issue(&w->ours);
	w->by_other = issue(&w->other);
	made_list(&w->ours, 17, w->revoked);
	made_list(&w->ours, 18, w->none_revoked);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	made_authority_free(&w->ours);
	made_authority_free(&w->other);
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
		assert_int_equal(cert_chain_check(chain, cases[i].set, 0, CERT_SIGNS, cases[i].at_ms, &e), cases[i].says == NULL ? 0 : -1);
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
