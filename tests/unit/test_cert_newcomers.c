/* SPDX-License-Identifier: ISC */
/* test_cert_newcomers.c - signatures by certificates that nobody has seen before: which authority's word is good enough. */
#include "mime/cms.h"

#include "mime/cert_local.h"
#include "tests/unit/cert_made.h"

#define THEIRS "email:edi@acme.example"

enum issuer { ROOT, SUB, LIMITED_SUB, FALSE_SUB, OTHER, ITSELF };

static struct world {
	struct authority root, sub, limited, false_sub, other;
	char by_root_only[PEM_MAX], none_revoked[3 * PEM_MAX], leaf_revoked[3 * PEM_MAX], sub_revoked[3 * PEM_MAX];
} world;

/* A list of the root and one of the authority below it. */
static void
make_lists(const struct world *w, long by_root, long by_sub, char *out)
{
	made_list(&w->root, by_root, out);
	made_list(&w->sub, by_sub, out + strlen(out));
}

static int
setup(void **state)
{
	struct world *w = &world;

	made_authority(&w->root, &(struct saying){ .name = "Root", .serial = 1, .ca = true }, NULL);
	made_authority(&w->other, &(struct saying){ .name = "Root", .serial = 1, .ca = true }, NULL);
	made_authority(&w->sub, &(struct saying){ .name = "Sub", .serial = 2, .ca = true }, &w->root);
	made_authority(&w->limited,
	    &(struct saying){ .name = "Servers", .serial = 3, .ca = true, .eku = "serverAuth" },
	    &w->root);
	made_authority(&w->false_sub, &(struct saying){ .name = "No authority", .serial = 4 }, &w->root);
	made_list(&w->root, 99, w->by_root_only);
	make_lists(w, 99, 99, w->none_revoked);
	make_lists(w, 99, 17, w->leaf_revoked);
	make_lists(w, 2, 99, w->sub_revoked);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	made_authority_free(&w->root);
	made_authority_free(&w->sub);
	made_authority_free(&w->limited);
	made_authority_free(&w->false_sub);
	made_authority_free(&w->other);
	return 0;
}

static const struct authority *
authority(const struct world *w, enum issuer by)
{
	const struct authority *of[] = { [ROOT] = &w->root, [SUB] = &w->sub, [LIMITED_SUB] = &w->limited, [FALSE_SUB] = &w->false_sub,
		[OTHER] = &w->other, [ITSELF] = NULL };

	return of[by];
}

/* A signature over "order" by a new key with such a certificate; the chain goes along. */
static struct str
signed_by(struct arena *a, const struct world *w, const struct saying *says, enum issuer by,
    bool short_key, enum cms_include include)
{
	EVP_PKEY *key = short_key ? EVP_RSA_gen(1024) : EVP_EC_gen("P-256");
	X509 *x = made_cert(key, says, authority(w, by));
	struct cert_key *local = cert_key_local(key);
	struct cert_set *own = cert_set_new();
	const struct cms_signing how = {
		.own = own, .key = local, .digest = MIC_SHA256, .include = include, .now_ms = NOW
	};
	struct buf der = BUF_CAP(PEM_MAX);
	struct str out;
	struct err e;

	assert_int_equal(cert_set_push(own, x, &e), 0);
	if (by != ROOT && by != OTHER && by != ITSELF)
		assert_int_equal(cert_set_push(own, authority(w, by)->cert, &e), 0);
	assert_int_equal(cms_sign(&how, S("order"), &der, &e), 0);
	out = str_dup(a, buf_str(&der));
	buf_clear(&der);
	cert_set_free(own);
	X509_free(x);
	cert_key_free(local);
	return out;
}

static struct cms_verified
verify(struct arena *a, const struct world *w, struct str der, const char *crl, int64_t at_ms,
    size_t *believed)
{
	static const struct str addresses[] = { S_INIT("orders@acme.example"), S_INIT("edi@acme.example") };
	struct cert_newcomers newcomers = { .addresses = addresses, .n = N(addresses), .into = cert_set_new() };
	struct cms_trust trust = { .certs = newcomers.into, .now_ms = at_ms, .newcomers = &newcomers };
	struct cert_chain *chain;
	struct cms_verified out;
	struct err e;

	assert_int_equal(cert_chain_read(str_of(w->root.pem), str_of(crl), &chain, &e), 0);
	newcomers.chain = chain;
	cms_verify(a, der, S("order"), &trust, &out);
	*believed = cert_set_count(newcomers.into);
	cert_set_free(newcomers.into);
	cert_chain_free(chain);
	return out;
}

static void
who_is_believed(void **state)
{
	struct world *w = *state;
	const char *none = w->none_revoked;
	const struct {
		const char *why;
		struct saying says;
		enum issuer by;
		const char *crl, *reason;
		int64_t at_ms;
		bool short_key;
		enum cms_include include;
	} cases[] = {
		{ "by the root", { .mail = THEIRS }, ROOT, "", NULL, NOW, false, CMS_CHAIN },
		{ "by one below it", { .mail = THEIRS }, SUB, "", NULL, NOW, false, CMS_CHAIN },
		{ "not revoked", { .mail = THEIRS }, SUB, none, NULL, NOW, false, CMS_CHAIN },
		{ "for mail", { .mail = THEIRS, .eku = "emailProtection", .ku = "digitalSignature" }, SUB, none, NULL, NOW, false, CMS_CHAIN },
		{ "revoked", { .mail = THEIRS }, SUB, w->leaf_revoked, "revoked", NOW, false, CMS_CHAIN },
		{ "its authority revoked", { .mail = THEIRS }, SUB, w->sub_revoked, "revoked", NOW, false, CMS_CHAIN },
		{ "no list of its authority", { .mail = THEIRS }, SUB, w->by_root_only, "CRL", NOW, false, CMS_CHAIN },
		{ "the lists have had their time", { .mail = THEIRS }, SUB, none, "CRL has expired", NOW + 8 * DAY_MS, false, CMS_CHAIN },
		{ "the chain is missing", { .mail = THEIRS }, SUB, "", "issuer", NOW, false, CMS_LEAF },
		{ "its certificate is missing", { .mail = THEIRS }, ROOT, "", "not in the message", NOW, false, CMS_NO_CERTS },
		{ "another address", { .mail = "email:edi@acme.example.org" }, ROOT, "", "none of the addresses", NOW, false, CMS_CHAIN },
		{ "no address", { .mail = NULL }, ROOT, "", "none of the addresses", NOW, false, CMS_CHAIN },
		{ "for web servers", { .mail = THEIRS, .eku = "serverAuth" }, ROOT, "", "extended key usage", NOW, false, CMS_CHAIN },
		{ "only to encrypt", { .mail = THEIRS, .ku = "keyEncipherment" }, ROOT, "", "key usage", NOW, false, CMS_CHAIN },
		{ "ended", { .mail = THEIRS, .to_ms = NOW - 1000 }, ROOT, "", "expired", NOW, false, CMS_CHAIN },
		{ "too early", { .mail = THEIRS, .from_ms = NOW + DAY_MS }, ROOT, "", "not valid yet", NOW, false, CMS_CHAIN },
		{ "valid when it came", { .mail = THEIRS, .to_ms = NOW + 1000 }, ROOT, "", NULL, NOW, false, CMS_CHAIN },
		{ "self-signed", { .mail = THEIRS }, ITSELF, "", "self-signed", NOW, false, CMS_CHAIN },
		{ "its own authority", { .mail = THEIRS, .ca = true }, ITSELF, "", "self-signed", NOW, false, CMS_CHAIN },
		{ "by another root of that name", { .mail = THEIRS }, OTHER, "", "", NOW, false, CMS_CHAIN },
		{ "by an authority for servers", { .mail = THEIRS }, LIMITED_SUB, "", "purpose", NOW, false, CMS_CHAIN },
		{ "by one that is none", { .mail = THEIRS }, FALSE_SUB, "", "invalid CA", NOW, false, CMS_CHAIN },
		{ "a short key", { .mail = THEIRS }, ROOT, "", "1024 bits", NOW, true, CMS_CHAIN },
		{ "issued by SHA-1", { .mail = THEIRS, .sha1 = true }, ROOT, "", "too weak", NOW, false, CMS_CHAIN },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct arena *a = arena_new((size_t)16 << 20);
		struct saying says = cases[i].says;
		struct cms_verified v;
		size_t believed;

		print_message("%s\n", cases[i].why);
		says.name = "ACME Ltd";
		says.serial = 17;
		v = verify(a, w,
		    signed_by(a, w, &says, cases[i].by, cases[i].short_key, cases[i].include),
		    cases[i].crl, cases[i].at_ms, &believed);
		assert_int_equal(v.verdict, cases[i].reason == NULL ? CMS_GOOD : CMS_STRANGER);
		assert_int_equal(believed, cases[i].reason == NULL ? 1 : 0);
		if (cases[i].reason != NULL) {
			assert_int_equal(v.rule, RULE_SIGNER_STRANGER);
			assert_int_equal(v.signer.n, 0);
			if (!str_find(v.reason, str_of(cases[i].reason), NULL))
				fail_msg("says '" STR_FMT "', want '%s'", STR_ARG(v.reason), cases[i].reason);
		}
		arena_free(a);
	}
}

/* Whom an authority stands for must also have signed it. */
static void
the_signature_still_counts(void **state)
{
	static const struct saying says = { .name = "ACME Ltd", .mail = THEIRS, .serial = 17 };
	struct world *w = *state;
	struct arena *a = arena_new((size_t)16 << 20);
	struct str der = signed_by(a, w, &says, ROOT, false, CMS_CHAIN), bent = str_dup(a, der);
	struct cms_verified v;
	size_t believed;

	((char *)(uintptr_t)bent.p)[bent.n - 1] ^= 1;
	v = verify(a, w, bent, "", NOW, &believed);
	assert_int_equal(v.verdict, CMS_CHANGED);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_believed),
		cmocka_unit_test(the_signature_still_counts),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
