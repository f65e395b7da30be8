/* SPDX-License-Identifier: ISC */
/* CMS as other software may make it, by libcrypto itself: forms that we do not write, good ones and bad ones. */
#include "tests/unit/mime_world.h"

#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "gateway/base/base64.h"
#include "mime/cms.h"

#define CONTENT "Content-Type: application/EDIFACT\r\n\r\nUNA:+.? '\r\n"

static struct str
der_of(struct world *w, CMS_ContentInfo *cms)
{
	unsigned char *p = NULL;
	int n = i2d_CMS_ContentInfo(cms, &p);
	struct str der;

	assert_true(n > 0);
	der = str_dup(w->a, str_make((const char *)p, (size_t)n));
	OPENSSL_free(p);
	CMS_ContentInfo_free(cms);
	return der;
}

/* Signed by these sides, with libcrypto's flags and digest. */
static struct str
sign_as(struct world *w, const struct side *const *by, size_t n, const char *content,
    unsigned int flags, const EVP_MD *md)
{
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags | CMS_PARTIAL | CMS_BINARY);
	BIO *in = BIO_new_mem_buf(content, -1);

	for (size_t i = 0; i < n; i++)
		assert_non_null(CMS_add1_signer(cms, cert_set_get(by[i]->certs, 0), cert_key_get(by[i]->key),
		    md, flags | CMS_BINARY));
	assert_int_equal(CMS_final(cms, in, NULL, flags | CMS_BINARY), 1);
	BIO_free(in);
	return der_of(w, cms);
}

static enum cms_verdict
verdict(struct world *w, struct str der, struct str detached, const struct side *trusted)
{
	struct cms_verified v;

	cms_verify(w->a, der, detached, &(struct cms_trust){ trusted->certs, KEYS_NOW_MS, 0, 0, NULL }, &v);
	if (v.verdict != CMS_GOOD)
		print_message("    %s: " STR_FMT "\n", verdict_info(v.rule)->code, STR_ARG(v.reason));
	else
		assert_true(v.signer.n > 0 && str_eq(span_mem(v.content), S(CONTENT)));
	return v.verdict;
}

static void
forms_of_signatures(void **state)
{
	struct world *w = *state;
	const struct side *acme = &w->acme;
	struct str content = S(CONTENT), inside = { 0 };

	const struct { unsigned int flags; const EVP_MD *md; struct str detached; enum cms_verdict want; } cases[] = {
		{ CMS_DETACHED, NULL, content, CMS_GOOD },
		{ 0, NULL, inside, CMS_GOOD },
		{ CMS_DETACHED | CMS_NOCERTS, NULL, content, CMS_GOOD },
		{ CMS_DETACHED | CMS_USE_KEYID, NULL, content, CMS_GOOD },
		{ CMS_DETACHED | CMS_NOSMIMECAP, EVP_sha384(), content, CMS_GOOD },
		{ CMS_DETACHED, EVP_sha512(), content, CMS_GOOD },
		/* Opaque where detached was said, and the reverse: two readers would see two contents. */
		{ 0, NULL, content, CMS_MALFORMED },
		{ CMS_DETACHED, NULL, inside, CMS_MALFORMED },
		/* Weak, or open to the forgery of attributes. */
		{ CMS_DETACHED, EVP_sha1(), content, CMS_WEAK },
		{ CMS_DETACHED, EVP_md5(), content, CMS_WEAK },
		{ CMS_DETACHED, EVP_sha224(), content, CMS_WEAK },
		{ CMS_DETACHED | CMS_NOATTR, NULL, content, CMS_MALFORMED },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct str der = sign_as(w, &acme, 1, CONTENT, cases[i].flags, cases[i].md);
		assert_int_equal(verdict(w, der, cases[i].detached, acme), cases[i].want);
	}
}

static void
several_signers(void **state)
{
	struct world *w = *state;
	const struct side *two[] = { &w->acme, &w->stranger }, *other[] = { &w->stranger, &w->acme };
	const struct side *many[] = { &w->acme, &w->stranger, &w->nordwind, &w->acme, &w->stranger };
	struct str content = S(CONTENT), der;
	char *p;

	/* One that we trust is enough, in any place, while the other is not broken. */
	assert_int_equal(verdict(w, sign_as(w, two, 2, CONTENT, CMS_DETACHED, NULL), content, &w->acme), CMS_GOOD);
	assert_int_equal(verdict(w, sign_as(w, other, 2, CONTENT, CMS_DETACHED, NULL), content, &w->acme), CMS_GOOD);
	assert_int_equal(verdict(w, sign_as(w, two, 2, CONTENT, CMS_DETACHED | CMS_NOCERTS, NULL), content, &w->acme), CMS_GOOD);
	assert_int_equal(verdict(w, sign_as(w, two, 2, CONTENT, CMS_DETACHED, NULL), content, &w->nordwind), CMS_STRANGER);
	assert_int_equal(verdict(w, sign_as(w, many, N(many), CONTENT, CMS_DETACHED | CMS_NOCERTS, NULL),
	    content, &w->acme), CMS_MALFORMED);
	/* The last byte is one of the second signature's. */
	der = sign_as(w, two, 2, CONTENT, CMS_DETACHED, NULL);
	p = str_cstr(w->a, der);
	p[der.n - 1] ^= 1;
	assert_int_equal(verdict(w, str_make(p, der.n), content, &w->acme), CMS_CHANGED);
	assert_int_equal(verdict(w, str_make(p, der.n), content, &w->stranger), CMS_CHANGED);
}

/* A certificate and key on a curve, which we read and verify but do not make. Good until so many seconds from now. */
static void
make_ec(struct side *s, uint32_t key_usage, int bits_nid, long until_s)
{
	EVP_PKEY *key = EVP_EC_gen(OBJ_nid2sn(bits_nid));
	X509 *x = X509_new();
	BIO *b = BIO_new(BIO_s_mem());
	ASN1_BIT_STRING *ku = ASN1_BIT_STRING_new();
	char *p = NULL;
	struct err e;

	assert_true(key != NULL && X509_set_version(x, X509_VERSION_3) == 1 && X509_set_pubkey(x, key) == 1);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 77);
	ASN1_TIME_set(X509_getm_notBefore(x), KEYS_NOW_MS / 1000 - 100000);
	ASN1_TIME_set(X509_getm_notAfter(x), KEYS_NOW_MS / 1000 + until_s);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
	    (const unsigned char *)"Curve", -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(x));
	for (int i = 0; i < 9; i++)
		ASN1_BIT_STRING_set_bit(ku, i, (key_usage >> i & 1) != 0);
	assert_int_equal(X509_add1_ext_i2d(x, NID_key_usage, ku, 1, X509V3_ADD_DEFAULT), 1);
	assert_true(X509_sign(x, key, EVP_sha256()) > 0 && PEM_write_bio_X509(b, x) == 1);
	long n = BIO_get_mem_data(b, &p);
	assert_int_equal(cert_set_read(str_make(p, (size_t)n), &s->certs, &e), 0);
	(void)BIO_reset(b);
	assert_int_equal(PEM_write_bio_PrivateKey(b, key, NULL, NULL, 0, NULL, NULL), 1);
	n = BIO_get_mem_data(b, &p);
	assert_int_equal(cert_key_read(str_make(p, (size_t)n), &s->key, &e), 0);
	ASN1_BIT_STRING_free(ku);
	BIO_free(b);
	X509_free(x);
	EVP_PKEY_free(key);
}

static void
side_free(struct side *s)
{
	cert_set_free(s->certs);
	cert_key_free(s->key);
}

static void
curves(void **state)
{
	struct world *w = *state;
	struct side signer, wrong_usage, weak;
	const struct side *by;
	struct cms_verified v;
	struct buf b = BUF_CAP(1u << 20);
	struct cms_opened out;

	make_ec(&signer, 1u << 0, NID_X9_62_prime256v1, 1000);
	make_ec(&wrong_usage, 1u << 4, NID_X9_62_prime256v1, 1000);
	make_ec(&weak, 1u << 0, NID_X9_62_prime192v1, 1000);
	by = &signer;
	assert_int_equal(verdict(w, sign_as(w, &by, 1, CONTENT, CMS_DETACHED, NULL), S(CONTENT), by), CMS_GOOD);
	/* Our own signing does it too. */
	assert_ok(w, cms_sign(&(struct cms_signing){ .own = signer.certs, .key = signer.key, .now_ms = KEYS_NOW_MS },
	    S(CONTENT), &b, &w->e));
	cms_verify(w->a, buf_str(&b), S(CONTENT),
	    &(struct cms_trust){ signer.certs, KEYS_NOW_MS, 0, 0, NULL }, &v);
	assert_int_equal(v.verdict, CMS_GOOD);
	assert_str(v.algorithms, S("ecdsa, sha-256"));
	buf_clear(&b);
	by = &wrong_usage;	/* its key may agree on keys, not sign */
	assert_int_equal(verdict(w, sign_as(w, &by, 1, CONTENT, CMS_DETACHED, NULL), S(CONTENT), by), CMS_STRANGER);
	assert_ok(w,
	    cms_encrypt(&(struct cms_sealing){ .to = wrong_usage.certs, .now_ms = KEYS_NOW_MS },
	        S(CONTENT), &b, &w->e));
	assert_ok(w, cms_decrypt(w->a, wrong_usage.certs, wrong_usage.key, 0, buf_str(&b), &out, &w->e));
	assert_str(span_mem(out.content), S(CONTENT));
	buf_clear(&b);
	by = &weak;
	assert_int_equal(verdict(w, sign_as(w, &by, 1, CONTENT, CMS_DETACHED, NULL), S(CONTENT), by), CMS_STRANGER);
	side_free(&signer);
	side_free(&wrong_usage);
	side_free(&weak);
}

/* A partner who changes his key, or his digest, signs with both for a while. */
static void
old_and_new_signatures(void **state)
{
	struct world *w = *state;
	struct str content = S(CONTENT);
	struct side old, both = { 0 };
	const struct side *signers[] = { &old, &w->acme };
	struct buf pem = BUF_CAP(1u << 16);
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, CMS_DETACHED | CMS_PARTIAL | CMS_BINARY);
	BIO *in = BIO_new_mem_buf(CONTENT, -1);

	make_ec(&old, 1u << 0, NID_X9_62_prime256v1, -1000);
	assert_ok(w, cert_set_read(S(KEYS_ACME_CERT), &both.certs, &w->e));
	assert_ok(w, cert_pem(old.certs, 0, &pem, &w->e));
	assert_ok(w, cert_set_add(both.certs, buf_str(&pem), &w->e));
	assert_int_equal(verdict(w, sign_as(w, signers, 2, CONTENT, CMS_DETACHED, NULL), content, &both), CMS_GOOD);
	assert_int_equal(verdict(w, sign_as(w, signers, 1, CONTENT, CMS_DETACHED, NULL), content, &both), CMS_STRANGER);
	/* SHA-256 for us, SHA-1 for a partner of theirs who still needs it. */
	CMS_add1_signer(cms, cert_set_get(w->acme.certs, 0), cert_key_get(w->acme.key),
	    EVP_sha256(), CMS_BINARY);
	CMS_add1_signer(cms, cert_set_get(w->acme.certs, 0), cert_key_get(w->acme.key), EVP_sha1(),
	    CMS_BINARY | CMS_NOCERTS);
	assert_int_equal(CMS_final(cms, in, NULL, CMS_DETACHED | CMS_BINARY), 1);
	assert_int_equal(verdict(w, der_of(w, cms), content, &w->acme), CMS_GOOD);
	BIO_free(in);
	buf_clear(&pem);
	side_free(&old);
	side_free(&both);
}

static struct str
seal_as(struct world *w, const EVP_CIPHER *cipher, size_t copies, bool with_password)
{
	CMS_ContentInfo *cms = CMS_encrypt(NULL, NULL, cipher, CMS_PARTIAL | CMS_BINARY);
	BIO *in = BIO_new_mem_buf(CONTENT, -1);

	assert_non_null(cms);
	for (size_t i = 0; i < copies; i++)
		assert_non_null(CMS_add1_recipient_cert(cms, cert_set_get(w->acme.certs, 0), 0));
	if (with_password)
		assert_non_null(CMS_add0_recipient_password(cms, -1, -1, -1, (unsigned char *)OPENSSL_strdup("pass"), 4, NULL));
	assert_int_equal(CMS_final(cms, in, NULL, CMS_BINARY), 1);
	BIO_free(in);
	return der_of(w, cms);
}

static bool
decrypts(struct world *w, struct str der)
{
	struct cms_opened out;

	return cms_decrypt(w->a, w->acme.certs, w->acme.key, 0, der, &out, &w->e) == 0 &&
	    str_eq(span_mem(out.content), S(CONTENT));
}

static void
forms_of_envelopes(void **state)
{
	struct world *w = *state;
	const struct { const EVP_CIPHER *cipher; const char *name; } ciphers[] = {
		{ EVP_aes_128_cbc(), "aes-128-cbc" }, { EVP_aes_192_cbc(), "aes-192-cbc" }, { EVP_aes_256_cbc(), "aes-256-cbc" },
		{ EVP_aes_128_gcm(), "aes-128-gcm" }, { EVP_aes_256_gcm(), "aes-256-gcm" }, { EVP_des_ede3_cbc(), "3des-cbc" },
	};
	struct cms_opened out;
	struct str der;

	for (size_t i = 0; i < N(ciphers); i++) {
		der = seal_as(w, ciphers[i].cipher, 1, false);
		assert_ok(w, cms_decrypt(w->a, w->acme.certs, w->acme.key, ALG_ALLOW_3DES, der, &out, &w->e));
		assert_str(span_mem(out.content), S(CONTENT));
		assert_str(out.algorithm, str_of(ciphers[i].name));
	}
	assert_int_equal(cms_decrypt(w->a, w->acme.certs, w->acme.key, ALG_ALLOW_SHA1, der, &out, &w->e), -1);
	assert_true(out.weak && out.content.n == 0);
	/* GCM sees any change, and gives nothing away. */
	der = seal_as(w, EVP_aes_256_gcm(), 1, false);
	for (size_t i = der.n - 40; i < der.n; i++) {
		char *p = str_cstr(w->a, der);
		p[i] ^= 1;
		assert_false(decrypts(w, str_make(p, der.n)));
	}
	/* More recipients than anybody has, and ways in that nobody agreed on. */
	assert_true(decrypts(w, seal_as(w, EVP_aes_256_cbc(), CMS_RECIPIENTS_MAX, false)));
	assert_false(decrypts(w, seal_as(w, EVP_aes_256_cbc(), CMS_RECIPIENTS_MAX + 1, false)));
	assert_false(decrypts(w, seal_as(w, EVP_aes_256_cbc(), 1, true)));
}

/* A mail around one CMS object. */
static struct str
smime(struct world *w, struct str der)
{
	struct buf b = BUF_CAP(1u << 20);
	struct str mail;

	assert_ok(w, buf_put(&b, S("From: edi@acme.example\r\nContent-Type: application/pkcs7-mime; name=smime.p7m\r\n"
				    "Content-Transfer-Encoding: base64\r\n\r\n"), &w->e));
	assert_ok(w, base64_put_lines(&b, der, &w->e));
	mail = str_dup(w->a, buf_str(&b));
	buf_clear(&b);
	return mail;
}

static enum as1_verdict
open_from(struct world *w, struct str mail, const struct side *partner)
{
	struct as1_policy pol = { .own = w->acme.certs,
		.key = w->acme.key,
		.partner = partner->certs,
		.must_sign = true,
		.now_ms = KEYS_NOW_MS };
	struct as1_opened o;

	assert_ok(w, as1_open(w->a, mail, &pol, &o, &w->e));
	if (o.verdict == AS1_OK)
		assert_true(o.n == 1 && str_eq(span_mem(o.payloads[0].content), S("UNA:+.? '\r\n")));
	print_message("    %s: " STR_FMT " [" STR_FMT "]\n", as1_verdict_name(o.verdict),
	    STR_ARG(o.reason), STR_ARG(o.layers));
	return o.verdict;
}

static void
layers_in_every_order(void **state)
{
	struct world *w = *state;
	const struct side *nordwind = &w->nordwind;
	const struct cms_sealing to = { .to = w->acme.certs, .now_ms = KEYS_NOW_MS };
	struct str opaque = sign_as(w, &nordwind, 1, CONTENT, 0, NULL);
	struct str sealed = seal_as(w, EVP_aes_256_gcm(), 1, false), under;
	static const struct str others[] = { S_INIT("hello"),
		S_INIT("\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"),		/* data */
		S_INIT("\x30\x0d\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x1f") };	/* some other */
	struct buf b = BUF_CAP(1u << 20);

	assert_int_equal(open_from(w, smime(w, opaque), nordwind), AS1_OK);
	assert_int_equal(open_from(w, smime(w, opaque), &w->stranger), AS1_AUTHENTICATION_FAILED);
	assert_int_equal(open_from(w, smime(w, sealed), nordwind), AS1_INSUFFICIENT_SECURITY);
	/* Opaque inside an envelope: good. An envelope under a signature, or twice the same: never. */
	assert_ok(w, cms_encrypt(&to, smime(w, opaque), &b, &w->e));
	assert_int_equal(open_from(w, smime(w, buf_str(&b)), nordwind), AS1_OK);
	under = sign_as(w, &nordwind, 1, str_cstr(w->a, smime(w, sealed)), 0, NULL);
	assert_int_equal(open_from(w, smime(w, under), nordwind), AS1_MALFORMED);
	under = sign_as(w, &nordwind, 1, str_cstr(w->a, smime(w, opaque)), 0, NULL);
	assert_int_equal(open_from(w, smime(w, under), nordwind), AS1_MALFORMED);
	buf_cut(&b, 0);
	assert_ok(w, cms_encrypt(&to, smime(w, sealed), &b, &w->e));
	assert_int_equal(open_from(w, smime(w, buf_str(&b)), nordwind), AS1_DECRYPTION_FAILED);
	buf_clear(&b);
	for (size_t i = 0; i < N(others); i++)
		assert_int_equal(open_from(w, smime(w, others[i]), nordwind), AS1_MALFORMED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_of_signatures),
		cmocka_unit_test(several_signers),
		cmocka_unit_test(curves),
		cmocka_unit_test(old_and_new_signatures),
		cmocka_unit_test(forms_of_envelopes),
		cmocka_unit_test(layers_in_every_order),
	};

	return cmocka_run_group_tests(tests, world_new, world_free);
}
