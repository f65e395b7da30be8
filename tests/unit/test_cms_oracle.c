/* SPDX-License-Identifier: ISC */
/*
 * Our CMS beside libcrypto's: it reads what we write, by every algorithm that it knows; and over messages with one
 * byte changed we never take what it refuses.
 */
#include "tests/unit/cms_keys.h"
#include "tests/unit/others.h"

#include <openssl/cms.h>
#include <openssl/err.h>

#define CONTENT "Content-Type: application/EDIFACT\r\n\r\nUNA:+.? '\r\n"

static struct str
sign(struct world *w, const struct side *s, enum alg_scheme scheme, enum mic_alg digest,
    bool opaque)
{
	const struct cms_signing how = { .own = s->certs, .key = s->key, .scheme = scheme, .digest = digest, .opaque = opaque,
		.now_ms = KEYS_NOW_MS };
	struct buf b = BUF_CAP(1u << 20);
	struct str der;

	assert_ok(w, cms_sign(&how, S(CONTENT), &b, &w->e));
	der = str_dup(w->a, buf_str(&b));
	buf_clear(&b);
	return der;
}

/* What libcrypto says with the same trust: the certificate of s, whatever its dates. */
static bool
oracle_verifies(struct str der, const struct side *s, struct str detached)
{
	const unsigned char *p = (const unsigned char *)der.p;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)der.n);
	BIO *in = detached.p == NULL ? NULL : BIO_new_mem_buf(detached.p, (int)detached.n),
	    *out = BIO_new(BIO_s_mem());
	STACK_OF(X509) *certs = sk_X509_new_null();
	bool ok = false;

	sk_X509_push(certs, cert_set_get(s->certs, 0));
	OTHERS_BEGIN();
	if (cms != NULL)
		ok = CMS_verify(cms, certs, NULL, in, out, CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY) == 1;
	OTHERS_END();
	sk_X509_free(certs);
	BIO_free(in);
	BIO_free(out);
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return ok;
}

static bool
verifies(struct world *w, struct str der, const struct side *s, struct str detached)
{
	struct cms_verified v;

	cms_verify(w->a, der, detached, &(struct cms_trust){ s->certs, KEYS_NOW_MS, 0, 0, NULL }, &v);
	if (v.verdict != CMS_GOOD)
		return false;
	assert_str(span_mem(v.content), S(CONTENT));
	return true;
}

static void
every_signature_is_read_by_both(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *kind, *group;
		enum alg_scheme scheme;
		enum mic_alg digest;
		const char *name;
		bool known;		/* to libcrypto */
	} cases[] = {
		{ "RSA", NULL, ALG_NONE, MIC_NONE, "rsa, sha-256", true },
		{ "RSA", NULL, ALG_NONE, MIC_SHA384, "rsa, sha-384", true },
		{ "RSA", NULL, ALG_NONE, MIC_SHA512, "rsa, sha-512", true },
		{ "RSA", NULL, ALG_RSA_PSS, MIC_SHA256, "rsa-pss, sha-256", true },
		{ "RSA", NULL, ALG_RSA_PSS, MIC_SHA384, "rsa-pss, sha-384", true },
		{ "RSA", NULL, ALG_RSA_PSS, MIC_SHA512, "rsa-pss, sha-512", true },
		{ "RSA-PSS", NULL, ALG_NONE, MIC_NONE, "rsa-pss, sha-256", true },
		{ "EC", "P-256", ALG_NONE, MIC_NONE, "ecdsa, sha-256", true },
		{ "EC", "P-384", ALG_NONE, MIC_SHA384, "ecdsa, sha-384", true },
		{ "EC", "P-521", ALG_NONE, MIC_SHA512, "ecdsa, sha-512", true },
		{ "ED25519", NULL, ALG_NONE, MIC_NONE, "ed25519, sha-512", false },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct side s = cms_side(w, cases[i].kind, cases[i].group, 1u << 0);
		struct str detached = sign(w, &s, cases[i].scheme, cases[i].digest, false);
		struct str opaque = sign(w, &s, cases[i].scheme, cases[i].digest, true);
		struct cms_verified v;

		print_message("    %s %s: %s\n", cases[i].kind,
		    cases[i].group != NULL ? cases[i].group : "", cases[i].name);
		cms_verify(w->a, detached, S(CONTENT),
		    &(struct cms_trust){ s.certs, KEYS_NOW_MS, 0, 0, NULL }, &v);
		assert_int_equal(v.verdict, CMS_GOOD);
		assert_str(v.algorithms, str_of(cases[i].name));
		assert_true(verifies(w, opaque, &s, (struct str){ 0 }));
		if (cases[i].known) {
			assert_true(oracle_verifies(detached, &s, S(CONTENT)));
			assert_true(oracle_verifies(opaque, &s, (struct str){ 0 }));
		}
		assert_false(verifies(w, detached, &s, S(CONTENT "x")));
		cms_side_free(&s);
	}
}

/* Signed by weak digests: never by default, by name of the exception. */
static void
exceptions_are_named(void **state)
{
	struct world *w = *state;
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, CMS_DETACHED | CMS_PARTIAL | CMS_BINARY);
	BIO *in = BIO_new_mem_buf(CONTENT, -1);
	unsigned char *p = NULL;
	struct cms_verified v;
	struct str der;

	assert_non_null(CMS_add1_signer(cms, cert_set_get(w->acme.certs, 0),
	    cert_key_get(w->acme.key), EVP_sha1(), CMS_BINARY));
	assert_int_equal(CMS_final(cms, in, NULL, CMS_DETACHED | CMS_BINARY), 1);
	int n = i2d_CMS_ContentInfo(cms, &p);
	der = str_dup(w->a, str_make((const char *)p, (size_t)n));
	cms_verify(w->a, der, S(CONTENT), &(struct cms_trust){ w->acme.certs, KEYS_NOW_MS, 0, 0, NULL }, &v);
	assert_int_equal(v.verdict, CMS_WEAK);
	cms_verify(w->a, der, S(CONTENT),
	    &(struct cms_trust){ w->acme.certs, KEYS_NOW_MS, ALG_ALLOW_3DES, 0, NULL }, &v);
	assert_int_equal(v.verdict, CMS_WEAK);
	cms_verify(w->a, der, S(CONTENT),
	    &(struct cms_trust){ w->acme.certs, KEYS_NOW_MS, ALG_ALLOW_SHA1, 0, NULL }, &v);
	assert_int_equal(v.verdict, CMS_GOOD);
	assert_int_equal(v.over.alg, MIC_SHA1);
	OPENSSL_free(p);
	BIO_free(in);
	CMS_ContentInfo_free(cms);
}

/* The content is another mail's signed attributes, and the attributes are gone: libcrypto says good. */
static void
attributes_are_no_content(void **state)
{
	struct world *w = *state;
	struct str der = sign(w, &w->acme, ALG_NONE, MIC_NONE, false), s, attributes, forged;
	struct der d = { 0 }, set = { 0 };
	struct cms_signed cms;
	struct cms_verified v;
	size_t mark;

	cms_read_signed(w, der, &cms);
	attributes = cms.signers[0].attributes;
	der_element(&set, BER_SET, attributes);
	/* The same signer without them. */
	der_element(&d, BER_OCTETS, cms.signers[0].signature);
	der_algorithm(&d, cms.signers[0].signature_alg.oid, true);
	der_algorithm(&d, cms.signers[0].digest.oid, false);
	cms_name_put(&d, cert_set_get(w->acme.certs, 0));
	der_uint(&d, 1);
	der_wrap(&d, BER_SEQUENCE, 0);
	der_wrap(&d, BER_SET, 0);
	mark = d.n;
	der_element(&d, BER_OID, cms_oid_data);
	der_wrap(&d, BER_SEQUENCE, mark);
	der_element(&d, BER_SET, cms.digests);
	der_uint(&d, 1);
	der_wrap(&d, BER_SEQUENCE, 0);
	cms_info_wrap(&d, CMS_IS_SIGNED);
	forged = str_dup(w->a, der_str(&d));
	s = str_dup(w->a, der_str(&set));
	assert_true(oracle_verifies(forged, &w->acme, s));
	cms_verify(w->a, forged, s, &(struct cms_trust){ w->acme.certs, KEYS_NOW_MS, 0, 0, NULL }, &v);
	assert_int_equal(v.verdict, CMS_MALFORMED);
	der_clear(&d);
	der_clear(&set);
}

/* Where libcrypto says good and we do not: docs/MAIL.md has the table. */
static void
where_we_are_stricter(void **state)
{
	struct world *w = *state;
	struct str der = sign(w, &w->acme, ALG_NONE, MIC_NONE, false), changed;
	struct cms_signed cms;
	struct cms_verified v;
	char *p;

	changed = str_cat(w->a, der, S("behind"));
	assert_true(oracle_verifies(changed, &w->acme, S(CONTENT)));
	cms_verify(w->a, changed, S(CONTENT),
	    &(struct cms_trust){ w->acme.certs, KEYS_NOW_MS, 0, 0, NULL }, &v);
	assert_int_equal(v.verdict, CMS_MALFORMED);
	/* rsaEncryption becomes sha384WithRSAEncryption, beside a digest by SHA-256. */
	p = str_cstr(w->a, der);
	cms_read_signed(w, der, &cms);
	size_t at;
	assert_true(str_find(str_from(der, der.n - 400), cms.signers[0].signature_alg.oid, &at));
	p[der.n - 400 + at + cms.signers[0].signature_alg.oid.n - 1] = 0x0c;
	assert_true(oracle_verifies(str_make(p, der.n), &w->acme, S(CONTENT)));
	cms_verify(w->a, str_make(p, der.n), S(CONTENT),
	    &(struct cms_trust){ w->acme.certs, KEYS_NOW_MS, 0, 0, NULL }, &v);
	assert_int_equal(v.verdict, CMS_MALFORMED);
	/* Detached, and with another content inside. */
	changed = sign(w, &w->acme, ALG_NONE, MIC_NONE, true);
	assert_true(oracle_verifies(changed, &w->acme, S(CONTENT)));
	cms_verify(w->a, changed, S(CONTENT),
	    &(struct cms_trust){ w->acme.certs, KEYS_NOW_MS, 0, 0, NULL }, &v);
	assert_int_equal(v.verdict, CMS_MALFORMED);
}

static void
never_more_lenient(void **state)
{
	struct world *w = *state;
	const struct side sides[] = { w->acme, cms_side(w, "EC", "P-256", 1u << 0) };
	unsigned int stricter = 0, both = 0;

	for (size_t k = 0; k < N(sides); k++) {
		for (int opaque = 0; opaque < 2; opaque++) {
			struct str der = sign(w, &sides[k], ALG_NONE, MIC_NONE, opaque), detached = opaque ? (struct str){ 0 } : S(CONTENT);
			struct cms_signed cms;
			cms_read_signed(w, der, &cms);
			size_t certs;
			assert_true(str_find(der, cms.certs, &certs));
			for (size_t i = 0; i < der.n; i++) {
				/* Certificates in the message prove nothing: we do not decode them, libcrypto does. */
				if (i >= certs && i < certs + cms.certs.n)
					continue;
				char *p = str_cstr(w->a, der);
				p[i] = (char)(p[i] ^ (1 << (i % 8)));
				bool oracle = oracle_verifies(str_make(p, der.n), &sides[k], detached);
				struct cms_verified v;
				cms_verify(w->a, str_make(p, der.n), detached,
				    &(struct cms_trust){ sides[k].certs, KEYS_NOW_MS, 0, 0, NULL },
				    &v);
				assert_true(v.verdict != CMS_GOOD || oracle);
				both += v.verdict == CMS_GOOD;
				stricter += oracle && v.verdict != CMS_GOOD;
			}
		}
	}
	print_message("    good for both %u, for libcrypto alone %u\n", both, stricter);
	struct side ec = sides[1];
	cms_side_free(&ec);
}

/* ---- envelopes */

static struct str
seal(struct world *w, const struct side *to, const char *cipher, bool oaep)
{
	const struct cms_sealing how = {
		.to = to->certs, .cipher = str_of(cipher), .oaep = oaep, .now_ms = KEYS_NOW_MS
	};
	struct buf b = BUF_CAP(1u << 20);
	struct str der;

	assert_ok(w, cms_encrypt(&how, S(CONTENT), &b, &w->e));
	der = str_dup(w->a, buf_str(&b));
	buf_clear(&b);
	return der;
}

static bool
oracle_opens(struct str der, const struct side *s)
{
	const unsigned char *p = (const unsigned char *)der.p;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)der.n);
	BIO *out = BIO_new(BIO_s_mem());
	bool ok = false;
	char *text = NULL;

	if (cms != NULL && p == (const unsigned char *)der.p + der.n)
		ok = CMS_decrypt(cms, cert_key_get(s->key), cert_set_get(s->certs, 0), NULL, out, CMS_BINARY) == 1;
	if (ok) {
		long n = BIO_get_mem_data(out, &text);
		ok = str_eq(str_make(text, (size_t)n), S(CONTENT));
	}
	BIO_free(out);
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return ok;
}

static bool
opens(struct world *w, struct str der, const struct side *s)
{
	struct cms_opened out;

	return cms_decrypt(w->a, s->certs, s->key, 0, der, &out, &w->e) == 0 &&
	    str_eq(span_mem(out.content), S(CONTENT));
}

static const struct {
	const char *kind, *group;
	uint32_t usage;
	bool oaep, known;
} recipients[] = {
	{ "RSA", NULL, 1u << 2, false, true },
	{ "RSA", NULL, 1u << 2, true, true },
	{ "EC", "P-256", 1u << 4, false, true },
	{ "EC", "P-384", 1u << 4, false, true },
	{ "EC", "P-521", 1u << 4, false, true },
	{ "X25519", NULL, 1u << 4, false, false },
};

static void
every_envelope_is_opened_by_both(void **state)
{
	struct world *w = *state;
	static const char *const ciphers[] = { "aes-128-cbc", "aes-192-cbc", "aes-256-cbc",
		"aes-128-gcm", "aes-256-gcm" };

	for (size_t i = 0; i < N(recipients); i++) {
		struct side s = cms_side(w, recipients[i].kind, recipients[i].group, recipients[i].usage);
		for (size_t k = 0; k < N(ciphers); k++) {
			struct str der = seal(w, &s, ciphers[k], recipients[i].oaep);
			print_message("    %s %s%s %s\n", recipients[i].kind,
			    recipients[i].group != NULL ? recipients[i].group : "",
			    recipients[i].oaep ? " OAEP" : "", ciphers[k]);
			assert_true(opens(w, der, &s));
			assert_false(opens(w, der, &w->acme));
			if (recipients[i].known)
				assert_true(oracle_opens(der, &s));
		}
		cms_side_free(&s);
	}
}

/* Envelopes by libcrypto: key derivations, digests of OAEP, ways to name the recipient, lengths left open. */
static void
every_envelope_of_others_is_opened(void **state)
{
	struct world *w = *state;
	static const char *const kdfs[] = { NULL, "SHA1", "SHA256", "SHA384", "SHA512" };

	for (size_t i = 0; i < N(recipients); i++) {
		if (!recipients[i].known)
			continue;
		struct side s = cms_side(w, recipients[i].kind, recipients[i].group, recipients[i].usage);
		for (size_t k = 0; k < N(kdfs); k++) {
			CMS_ContentInfo *cms = CMS_encrypt(NULL, NULL, k % 2 ? EVP_aes_256_cbc() : EVP_aes_128_gcm(), CMS_PARTIAL | CMS_BINARY);
			CMS_RecipientInfo *ri = CMS_add1_recipient_cert(cms, cert_set_get(s.certs, 0), CMS_KEY_PARAM);
			EVP_PKEY_CTX *c = CMS_RecipientInfo_get0_pkey_ctx(ri);
			const EVP_MD *md = kdfs[k] == NULL ? NULL : EVP_get_digestbyname(kdfs[k]);
			BIO *in = BIO_new_mem_buf(CONTENT, -1), *out = BIO_new(BIO_s_mem());
			char *text = NULL;
			if (recipients[i].oaep) {
				assert_true(EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_OAEP_PADDING) > 0);
				if (md != NULL)
					assert_true(EVP_PKEY_CTX_set_rsa_oaep_md(c, md) > 0);
			} else if (md != NULL && str_eq(str_of(recipients[i].kind), S("EC"))) {
				assert_true(EVP_PKEY_CTX_set_ecdh_kdf_md(c, md) > 0);
			}
			assert_int_equal(CMS_final(cms, in, NULL, CMS_BINARY), 1);
			assert_true(i2d_CMS_bio(out, cms) == 1);
			long n = BIO_get_mem_data(out, &text);
			assert_true(opens(w, str_make(text, (size_t)n), &s));
			CMS_ContentInfo_free(cms);
			BIO_free(in);
			BIO_free(out);
		}
		cms_side_free(&s);
	}
}

/* PKCS #1 v1.5 without its padding gives a key all the same, always the same one for the same bytes. */
static void
no_wrapped_key_is_refused(void **state)
{
	struct world *w = *state;
	unsigned char key[CERT_SECRET_MAX], again[CERT_SECRET_MAX], other[CERT_SECRET_MAX];
	char wrapped[CERT_WRAPPED_MAX + 1];
	struct cert_to_unwrap what = { .scheme = ALG_RSA, .n = 16 };

	memset(wrapped, 7, sizeof(wrapped));
	for (size_t n = 0; n <= sizeof(wrapped); n += n < 383 ? 383 : 1) {
		what.wrapped = str_make(wrapped, n);
		cert_key_unwrap(w->acme.key, &what, key);
		cert_key_unwrap(w->acme.key, &what, again);
		assert_memory_equal(key, again, what.n);
		cert_key_unwrap(w->nordwind.key, &what, other);
		assert_memory_not_equal(key, other, what.n);
	}
}

/* ---- a private key in another process is a pair of functions */

struct elsewhere {
	const struct cert_key *key;
	unsigned int signatures, secrets;
};

static int
ask_to_sign(void *arg, const struct cert_to_sign *what, unsigned char *out, size_t *n,
    struct err *e)
{
	struct elsewhere *k = arg;

	k->signatures++;
	return cert_key_sign(k->key, what, out, n, e);
}

static void
ask_to_unwrap(void *arg, const struct cert_to_unwrap *what, unsigned char *out)
{
	struct elsewhere *k = arg;

	k->secrets++;
	cert_key_unwrap(k->key, what, out);
}

static int
refuse_to_sign(void *arg, const struct cert_to_sign *what, unsigned char *out, size_t *n,
    struct err *e)
{
	(void)arg, (void)what, (void)out, (void)n;
	return err_set(e, ERR_RETRY, "the keys are busy");
}

static void
keys_may_be_elsewhere(void **state)
{
	struct world *w = *state;
	static const struct cert_key_ops ask = { .sign = ask_to_sign, .unwrap = ask_to_unwrap },
	    busy = { .sign = refuse_to_sign, .unwrap = ask_to_unwrap };
	struct elsewhere there = { w->acme.key, 0, 0 };
	struct side acme = { w->acme.certs, cert_key_of(&ask, &there, "RSA") };
	const struct cms_signing how = {
		.own = acme.certs, .key = cert_key_of(&busy, &there, "RSA"), .now_ms = KEYS_NOW_MS
	};
	struct buf b = BUF_CAP(1u << 20);

	assert_true(oracle_verifies(sign(w, &acme, ALG_NONE, MIC_NONE, false), &w->acme, S(CONTENT)));
	assert_true(opens(w, seal(w, &acme, "aes-256-gcm", false), &acme));
	assert_int_equal(there.signatures, 1);
	assert_int_equal(there.secrets, 1);
	/* However often we are named: one operation. And one when we are not, so that both take their time alike. */
	assert_false(opens(w, seal(w, &w->nordwind, "aes-256-cbc", false), &acme));
	assert_false(opens(w, seal(w, &w->nordwind, "aes-256-gcm", false), &acme));
	assert_int_equal(there.secrets, 3);
	assert_int_equal(cms_sign(&how, S(CONTENT), &b, &w->e), -1);
	assert_int_equal(w->e.kind, ERR_RETRY);
	assert_int_equal(b.n, 0);
	cert_key_free((struct cert_key *)(uintptr_t)how.key);
	cert_key_free(acme.key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_signature_is_read_by_both),
		cmocka_unit_test(exceptions_are_named),
		cmocka_unit_test(attributes_are_no_content),
		cmocka_unit_test(where_we_are_stricter),
		cmocka_unit_test(never_more_lenient),
		cmocka_unit_test(every_envelope_is_opened_by_both),
		cmocka_unit_test(every_envelope_of_others_is_opened),
		cmocka_unit_test(no_wrapped_key_is_refused),
		cmocka_unit_test(keys_may_be_elsewhere),
	};

	return cmocka_run_group_tests(tests, world_new, world_free);
}
