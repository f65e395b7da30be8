/* SPDX-License-Identifier: ISC */
/* Signatures and envelopes, and the look at BER before them. What other software makes of ours is tested in tests/sys. */
#include "tests/unit/cms_keys.h"
#include "tests/unit/stream_pieces.h"

#include "mime/cms.h"
#include "mime/der.h"

static void
ber_is_checked(void **state)
{
	struct world *w = *state;
	static const struct { struct str in; bool good; } cases[] = {
		{ S_INIT("\x05\x00"), true },				/* NULL */
		{ S_INIT("\x30\x03\x02\x01\x05"), true },		/* SEQUENCE { INTEGER 5 } */
		{ S_INIT("\x30\x80\x02\x01\x05\x00\x00"), true },	/* the same without a length */
		{ S_INIT("\x30\x80\x30\x80\x00\x00\x00\x00"), true },
		{ S_INIT("\x04\x81\x80"), false },			/* length past the end */
		{ S_INIT("\x30\x84\xff\xff\xff\xff"), false },
		{ S_INIT("\x30\x88\xff\xff\xff\xff\xff\xff\xff\xff"), false },
		{ S_INIT("\x30\x03\x02\x02\x05"), false },		/* inner longer than outer */
		{ S_INIT("\x04\x80\x00\x00"), false },			/* no length, but primitive */
		{ S_INIT("\x30\x80\x02\x01\x05"), false },		/* never ends */
		{ S_INIT("\x05\x00\x00"), false },			/* more behind it */
		{ S_INIT("\x1f\x81\x01\x00"), false },			/* tag of many octets */
		{ S_INIT("\x30"), false },
		{ S_INIT(""), false },
	};
	char deep[2000];

	for (size_t i = 0; i < N(cases); i++)
		assert_int_equal(ber_check(cases[i].in, &w->e), cases[i].good ? 0 : -1);
	for (size_t i = 0; i < sizeof(deep); i += 2)
		memcpy(deep + i, "\x30\x80", 2);
	assert_int_equal(ber_check(str_make(deep, sizeof(deep)), &w->e), -1);
	memset(deep + 2 * BER_DEPTH_MAX, 0, 2 * BER_DEPTH_MAX);
	assert_int_equal(ber_check(str_make(deep, 4 * BER_DEPTH_MAX), &w->e), 0);
}

static void
elements_are_cut_off(void **state)
{
	(void)state;
	struct str s = S("\x30\x80\x02\x01\x05\x00\x00\x04\x02hi\x05");
	struct ber el;

	assert_true(ber_next(&s, &el));
	assert_int_equal(el.tag, BER_SEQUENCE);
	assert_str(el.value, S("\x02\x01\x05"));
	assert_true(ber_next(&s, &el));
	assert_str(el.value, S("hi"));
	assert_false(ber_next(&s, &el));
}

static void
small_integers_only(void **state)
{
	(void)state;
	static const struct { struct str in; bool good; unsigned int is; } cases[] = {
		{ S_INIT("\x02\x01\x00"), true, 0 }, { S_INIT("\x02\x01\x7f"), true, 127 },
		{ S_INIT("\x02\x02\x00\x80"), true, 128 }, { S_INIT("\x02\x03\x00\xff\xff"), true, 65535 },
		{ S_INIT("\x02\x03\x00\x00\x05"), true, 5 },
		{ S_INIT("\x02\x01\x80"), false, 0 }, { S_INIT("\x02\x00"), false, 0 }, { S_INIT("\x04\x01\x00"), false, 0 },
		{ S_INIT("\x02\x03\x01\x00\x00"), false, 0 }, { S_INIT("\x02\x02\x00"), false, 0 }, { S_INIT(""), false, 0 },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct str s = cases[i].in;
		unsigned int n = 0;
		assert_int_equal(ber_take_uint(&s, &n), cases[i].good);
		assert_int_equal(n, cases[i].is);
		assert_int_equal(s.n, cases[i].good ? 0 : cases[i].in.n);
	}
}

static void
pieces_make_one_string(void **state)
{
	struct world *w = *state;
	static const struct { unsigned char tag; struct str in; bool good; struct str is; } cases[] = {
		{ 0x04, S_INIT("\x04\x02hi"), true, S_INIT("hi") },
		{ 0x04, S_INIT("\x04\x00"), true, S_INIT("") },
		{ 0x04, S_INIT("\x24\x08\x04\x01h\x04\x00\x04\x01i"), true, S_INIT("hi") },
		{ 0x04, S_INIT("\x24\x80\x04\x01h\x24\x80\x04\x01i\x00\x00\x24\x03\x04\x01!\x00\x00"), true, S_INIT("hi!") },
		{ 0x80, S_INIT("\xa0\x06\x04\x01h\x04\x01i"), true, S_INIT("hi") },
		{ 0x04, S_INIT("\x24\x80\x00\x00"), true, S_INIT("") },
		{ 0x04, S_INIT("\x24\x03\x02\x01\x05"), false, S_INIT("") },
		{ 0x04, S_INIT("\x24\x03\x04\x05h"), false, S_INIT("") },
		{ 0x04, S_INIT("\x24\x80\x04\x01h"), false, S_INIT("h") },
		{ 0x04, S_INIT("\x24\x80\x24\x02\x00\x00\x00\x00"), false, S_INIT("") },
		{ 0x04, S_INIT("\x04\x84\xff\xff\xff\xffx"), false, S_INIT("x") },
		{ 0x80, S_INIT("\x04\x01h"), false, S_INIT("") },
	};

	for (size_t i = 0; i < N(cases); i++) {
		for (size_t cut = 0; cut < 3; cut++) {
			struct cut_store in = cut_store(cases[i].in, cut);
			struct span_source from = span_source(span_store(&in.store));
			struct buf out = BUF_CAP(100);
			struct buf_sink to = buf_sink(&out);
			struct pull p;
			uint64_t n;
			pull_init(&p, w->a, &from.source);
			bool good = pull_octets(&p, cases[i].tag, &to.sink, &n, &w->e) && pull_end(&p);
			assert_int_equal(good, cases[i].good);
			assert_str(buf_str(&out), cases[i].is);
			buf_clear(&out);
		}
	}
}

static void
what_is_written_is_read(void **state)
{
	(void)state;
	static const size_t sizes[] = { 0, 1, 127, 128, 255, 256, 65535, 65536, 200000 };
	static const unsigned int numbers[] = { 0, 1, 127, 128, 255, 256, 65535 };
	static char bytes[200000];

	for (size_t i = 0; i < N(sizes); i++) {
		struct der d = { 0 };
		struct str s, value, inner;
		unsigned int n;
		der_element(&d, BER_OCTETS, str_make(bytes, sizes[i]));
		der_uint(&d, numbers[i % N(numbers)]);
		der_wrap(&d, BER_SEQUENCE, 0);
		s = der_str(&d);
		assert_int_equal(s.n, d.n);
		assert_int_equal(ber_check(s, NULL), 0);
		assert_true(ber_take(&s, BER_SEQUENCE, &inner) && s.n == 0);
		assert_true(ber_take_uint(&inner, &n) && n == numbers[i % N(numbers)]);
		assert_true(ber_take(&inner, BER_OCTETS, &value) && inner.n == 0);
		assert_int_equal(value.n, sizes[i]);
		der_clear(&d);
		/* What is only counted has its length written all the same. */
		der_count(&d, sizes[i]);
		der_wrap(&d, BER_OCTETS, 0);
		assert_int_equal(d.n - der_str(&d).n, sizes[i]);
		der_clear(&d);
	}
}

static struct str
sign(struct world *w, const struct side *by, struct str content)
{
	struct buf b = BUF_CAP(1u << 20);
	struct str der;

	const struct cms_signing how = { .own = by->certs, .key = by->key, .now_ms = KEYS_NOW_MS };

	assert_ok(w, cms_sign(&how, content, &b, &w->e));
	der = str_dup(w->a, buf_str(&b));
	buf_clear(&b);
	return der;
}

static struct cms_verified
verify(struct world *w, struct str der, struct str content, const struct cert_set *trusted)
{
	struct cms_verified v;

	cms_verify(w->a, der, content, &(struct cms_trust){ trusted, KEYS_NOW_MS, 0, 0, NULL }, &v);
	return v;
}

static void
signatures_verify(void **state)
{
	struct world *w = *state;
	struct str contents[] = { S("Content-Type: x/y\r\n\r\nhello\r\n"), all_bytes(), S("\n\n\r\r\n") };

	for (size_t i = 0; i < N(contents); i++) {
		struct cms_verified v = verify(w, sign(w, &w->acme, contents[i]), contents[i], w->acme.certs);
		assert_int_equal(v.verdict, CMS_GOOD);
		assert_true(str_starts(v.signer, S("CN=ACME Ltd (")));
		assert_str(v.algorithms, S("rsa, sha-256"));
		assert_int_equal(v.over.alg, MIC_SHA256);
		assert_str(span_mem(v.content), contents[i]);
		assert_true(v.fits);
	}
}

static void
only_the_pinned_certificate_counts(void **state)
{
	struct world *w = *state;
	struct str content = S("x"), der = sign(w, &w->stranger, content);
	struct cert_set *two = NULL;
	struct cms_verified v = verify(w, der, content, w->acme.certs);

	assert_int_equal(v.verdict, CMS_STRANGER);
	assert_true(v.fits);
	assert_str(v.signer, S(""));
	v = verify(w, der, content, NULL);
	assert_int_equal(v.verdict, CMS_STRANGER);
	/* Two certificates while one takes over from the other. */
	assert_ok(w, cert_set_read(S(KEYS_ACME_CERT KEYS_STRANGER_CERT), &two, &w->e));
	v = verify(w, der, content, two);
	assert_int_equal(v.verdict, CMS_GOOD);
	cert_set_free(two);
}

static void
expired_signers_are_strangers(void **state)
{
	struct world *w = *state;
	struct str der = sign(w, &w->acme, S("x"));
	struct cms_verified v;

	cms_verify(w->a, der, S("x"),
	    &(struct cms_trust){ w->acme.certs, INT64_C(2713910400000) + 1, 0, 0, NULL }, &v);
	assert_int_equal(v.verdict, CMS_STRANGER);
	assert_true(v.fits);
	cms_verify(w->a, der, S("x"), &(struct cms_trust){ w->acme.certs, 0, 0, 0, NULL }, &v);
	assert_int_equal(v.verdict, CMS_STRANGER);
}

/* A partner who changes late: so many days after its end the certificate still counts, before its begin never. */
static void
grace_ends_too(void **state)
{
	struct world *w = *state;
	struct side s = cms_side(w, "EC", "P-256", 1);
	struct str der = sign(w, &s, S("x"));
	const int64_t begin = KEYS_NOW_MS - 100000 * 1000, end = KEYS_NOW_MS + 100000 * 1000, day = INT64_C(86400000);
	const struct { int64_t now_ms, grace_ms; enum cms_verdict want; } cases[] = {
		{ end - 1000, 0, CMS_GOOD },	      { end + 1000, 0, CMS_STRANGER },	       { end + 1000, day, CMS_GOOD },
		{ end + day - 1000, day, CMS_GOOD },  { end + day + 1000, day, CMS_STRANGER }, { begin - 1000, day, CMS_STRANGER },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct cms_verified v;
		cms_verify(w->a, der, S("x"),
		    &(struct cms_trust){ s.certs, cases[i].now_ms, 0, cases[i].grace_ms, NULL },
		    &v);
		assert_int_equal(v.verdict, cases[i].want);
		assert_int_equal(v.rule, cases[i].want == CMS_GOOD ? RULE_NONE : RULE_SIGNER_UNFIT);
	}
	cms_side_free(&s);
}

/* Keys under 2048 bits: by exception, and by that one alone. */
static void
short_keys_need_their_exception(void **state)
{
	struct world *w = *state;
	static const struct { const char *bits; unsigned int allow; bool good; } cases[] = {
		{ "1024", 0, false }, { "1024", ALG_ALLOW_RSA1024, true }, { "1024", ALG_ALLOW_SHA1 | ALG_ALLOW_3DES, false },
		{ "1016", ALG_ALLOW_RSA1024, false }, { "2040", 0, false }, { "2048", 0, true },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct side s = cms_side(w, "RSA", cases[i].bits, 1);
		struct cms_verified v;
		cms_verify(w->a, sign(w, &s, S("x")), S("x"),
		    &(struct cms_trust){ s.certs, KEYS_NOW_MS, cases[i].allow, 0, NULL }, &v);
		print_message("%s: " STR_FMT "\n", cases[i].bits, STR_ARG(v.reason));
		assert_int_equal(v.rule, cases[i].good ? RULE_NONE : RULE_SIGNER_UNFIT);
		cms_side_free(&s);
	}
}

static void
any_change_of_the_content_is_seen(void **state)
{
	struct world *w = *state;
	struct str content = S("Content-Type: x/y\r\n\r\nBGM+220+4711'\r\n"), der = sign(w, &w->acme, content);

	for (size_t i = 0; i < content.n; i++) {
		char *p = str_cstr(w->a, content);
		p[i] ^= 1;
		assert_int_equal(verify(w, der, str_make(p, content.n), w->acme.certs).verdict, CMS_CHANGED);
	}
	assert_int_equal(verify(w, der, str_sub(content, 0, content.n - 1), w->acme.certs).verdict, CMS_CHANGED);
	assert_int_equal(verify(w, der, str_cat(w->a, content, S("\n")), w->acme.certs).verdict, CMS_CHANGED);
	assert_int_equal(verify(w, der, S(""), w->acme.certs).verdict, CMS_CHANGED);
	/* A change by a stranger is a stranger's mail. */
	assert_int_equal(verify(w, der, S("other"), w->nordwind.certs).verdict, CMS_STRANGER);
	assert_false(verify(w, der, S("other"), w->nordwind.certs).fits);
}

static void
no_broken_signature_is_good(void **state)
{
	struct world *w = *state;
	struct str content = S("x"), der = sign(w, &w->acme, content);

	/* Cut anywhere; the certificate's bits mean nothing to us, so flips are tried in what is left behind it. */
	for (size_t n = 0; n < der.n; n += 13)
		assert_int_equal(verify(w, str_sub(der, 0, n), content, w->acme.certs).verdict, CMS_MALFORMED);
	assert_int_equal(verify(w, str_cat(w->a, der, S("x")), content, w->acme.certs).verdict, CMS_MALFORMED);
	for (size_t i = der.n - 384; i < der.n; i += 7) {
		char *p = str_cstr(w->a, der);
		p[i] ^= 4;
		assert_int_equal(verify(w, str_make(p, der.n), content, w->acme.certs).verdict, CMS_CHANGED);
	}
	for (size_t i = 0; i < der.n - 384; i++) {
		char *p = str_cstr(w->a, der);
		p[i] ^= 0x41;
		(void)verify(w, str_make(p, der.n), content, w->acme.certs);	/* no crash, whatever the verdict */
	}
}

static void
detached_and_opaque_are_not_mixed_up(void **state)
{
	struct world *w = *state;
	struct str der = sign(w, &w->acme, S("x"));

	assert_int_equal(verify(w, der, (struct str){ 0 }, w->acme.certs).verdict, CMS_MALFORMED);
}

static struct str
seal(struct world *w, const struct cert_set *to, struct str content)
{
	struct buf b = BUF_CAP(1u << 20);
	struct str der;

	assert_ok(w, cms_encrypt(&(struct cms_sealing){ .to = to, .now_ms = KEYS_NOW_MS }, content, &b, &w->e));
	der = str_dup(w->a, buf_str(&b));
	buf_clear(&b);
	return der;
}

static void
envelopes_open_for_every_recipient_only(void **state)
{
	struct world *w = *state;
	struct cert_set *two = NULL;
	struct str content = all_bytes(), der;
	struct cms_opened out;

	assert_ok(w, cert_set_read(S(KEYS_ACME_CERT KEYS_STRANGER_CERT), &two, &w->e));
	der = seal(w, two, content);
	assert_ok(w, cms_decrypt(w->a, w->acme.certs, w->acme.key, 0, der, &out, &w->e));
	assert_str(span_mem(out.content), content);
	assert_str(out.algorithm, S("aes-256-cbc"));
	assert_ok(w, cms_decrypt(w->a, w->stranger.certs, w->stranger.key, 0, der, &out, &w->e));
	assert_str(span_mem(out.content), content);
	assert_int_equal(cms_decrypt(w->a, w->nordwind.certs, w->nordwind.key, 0, der, &out, &w->e), -1);
	assert_int_equal(cms_decrypt(w->a, NULL, NULL, 0, der, &out, &w->e), -1);
	cert_set_free(two);
}

static void
failed_decryptions_all_read_the_same(void **state)
{
	struct world *w = *state;
	struct str der = seal(w, w->acme.certs, S("Content-Type: x/y\r\n\r\nhello\r\n"));
	struct cms_opened out;
	char first[ERR_TEXT_MAX] = "";

	for (size_t i = 0; i < der.n; i++) {
		char *p = str_cstr(w->a, der);
		p[i] ^= 0x20;
		if (cms_decrypt(w->a, w->acme.certs, w->acme.key, 0, str_make(p, der.n), &out, &w->e) == 0)
			continue;	/* CBC: garbage may come out well padded */
		if (first[0] == '\0')
			memcpy(first, w->e.text, sizeof(first));
		assert_string_equal(w->e.text, first);
	}
	assert_string_not_equal(first, "");
	for (size_t n = 0; n < der.n; n += 11) {
		assert_int_equal(cms_decrypt(w->a, w->acme.certs, w->acme.key, 0, str_sub(der, 0, n), &out, &w->e), -1);
		assert_string_equal(w->e.text, first);
	}
}

static void
nobody_to_encrypt_to(void **state)
{
	struct world *w = *state;
	struct buf b = BUF_CAP(1u << 20);

	struct cms_sealing how = { .to = w->acme.certs, .now_ms = INT64_C(2713910400000) + 1 };

	assert_int_equal(cms_encrypt(&how, S("x"), &b, &w->e), -1);
	assert_int_equal(w->e.kind, ERR_CONFIG);
	assert_non_null(strstr(w->e.text, "expired"));
	assert_int_equal(b.n, 0);
}

static void
kinds_are_told_by_what_is_inside(void **state)
{
	struct world *w = *state;
	enum cms_kind k;

	assert_ok(w, cms_kind_of(sign(w, &w->acme, S("x")), &k, &w->e));
	assert_int_equal(k, CMS_IS_SIGNED);
	assert_ok(w, cms_kind_of(seal(w, w->acme.certs, S("x")), &k, &w->e));
	assert_int_equal(k, CMS_IS_ENVELOPED);
	assert_ok(w, cms_kind_of(S("\x30\x05\x06\x03\x2a\x03\x04"), &k, &w->e));
	assert_int_equal(k, CMS_IS_OTHER);
	assert_int_equal(cms_kind_of(S("\x30\x03\x02\x01\x05"), &k, &w->e), -1);
	assert_int_equal(cms_kind_of(S("hello"), &k, &w->e), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ber_is_checked),
		cmocka_unit_test(elements_are_cut_off),
		cmocka_unit_test(small_integers_only),
		cmocka_unit_test(pieces_make_one_string),
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(signatures_verify),
		cmocka_unit_test(only_the_pinned_certificate_counts),
		cmocka_unit_test(expired_signers_are_strangers),
		cmocka_unit_test(grace_ends_too),
		cmocka_unit_test(short_keys_need_their_exception),
		cmocka_unit_test(any_change_of_the_content_is_seen),
		cmocka_unit_test(no_broken_signature_is_good),
		cmocka_unit_test(detached_and_opaque_are_not_mixed_up),
		cmocka_unit_test(envelopes_open_for_every_recipient_only),
		cmocka_unit_test(failed_decryptions_all_read_the_same),
		cmocka_unit_test(nobody_to_encrypt_to),
		cmocka_unit_test(kinds_are_told_by_what_is_inside),
	};

	return cmocka_run_group_tests(tests, world_new, world_free);
}
