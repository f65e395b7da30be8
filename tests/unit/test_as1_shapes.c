/* SPDX-License-Identifier: ISC */
/*
 * Every way in which a partner may want a mail: each is opened by us, and its signature is read by libcrypto's CMS too. And
 * what partners make of its bytes, rightly and wrongly, stands among the MICs that are kept with it.
 */
#include "tests/unit/cms_keys.h"
#include "tests/unit/others.h"

#include "gateway/base/base64.h"
#include "mime/part.h"

#include <openssl/cms.h>
#include <openssl/err.h>

#define ORDER "UNA:+.? '\r\nUNB+UNOC:3+4012345000009:14+5098765000007:14+261123:1000+1'\r\nUNH+1+ORDERS:D:96A:UN'\r\n"

struct sides {
	struct side us, them;
};

static struct as1_document
order(const struct sides *s)
{
	return (struct as1_document){ .env = { .from = S("edi@nordwind.example"), .to = S("edi@acme.example"),
	    .message_id = S("01JDABCDEF@nordwind.example"), .date_ms = KEYS_NOW_MS, .boundary_seed = S("01JDABCDEF") },
		.subject = S("ORDERS 4711"), .content = span_str(S(ORDER)), .media_type = S("application/EDIFACT"),
		.file_name = S("orders 4711.edi"), .receipt = AS1_RECEIPT_SIGNED, .own = s->us.certs, .key = s->us.key,
		.partner = s->them.certs };
}

static struct str
pack(struct world *w, const struct as1_document *d, struct mic_set *mics)
{
	struct buf b = BUF_CAP(8u << 20);
	struct str mail;

	assert_ok(w, world_pack(w, d, &b, mics));
	mail = str_dup(w->a, buf_str(&b));
	buf_clear(&b);
	return mail;
}

static struct as1_opened
open_mail(struct world *w, const struct sides *s, const struct as1_document *d, struct str mail)
{
	static const struct str from = S_INIT("edi@nordwind.example");
	const struct as1_policy pol = { .own = s->them.certs, .key = s->them.key, .partner = s->us.certs, .from = &from, .n_from = 1,
		.must_sign = d->how.sign, .must_encrypt = d->how.encrypt, .now_ms = KEYS_NOW_MS };
	struct as1_opened o;

	assert_ok(w, as1_open(w->a, mail, &pol, &o, &w->e));
	if (o.verdict != AS1_OK)
		fail_msg("is %s: " STR_FMT, as1_verdict_name(o.verdict), STR_ARG(o.reason));
	assert_int_equal(o.n, 1);
	assert_str(span_mem(o.payloads[0].content), S(ORDER));
	assert_str(o.payloads[0].file_name, d->file_name);
	return o;
}

static struct sides
sides_new(struct world *w, const char *kind, const char *group)
{
	return (struct sides){ cms_side(w, kind, group, 1u << 0),
		cms_side(w, kind, group, str_eq(str_of(kind), S("EC")) ? 1u << 4 : 1u << 2) };
}

static void
sides_free(struct sides *s)
{
	cms_side_free(&s->us);
	cms_side_free(&s->them);
}

/* Signed, compressed, encrypted or none of it, in every order and form: what the other side gets is what was sent. */
static void
every_combination_arrives(void **state)
{
	struct world *w = *state;
	struct sides s = sides_new(w, "RSA", NULL);
	unsigned int n = 0;

	for (unsigned int i = 0; i < 64; i++) {
		struct as1_document d = order(&s);
		struct mic_set mics;
		struct as1_opened o;
		struct str mail;

		d.how.sign = (i & 1) != 0;
		d.how.encrypt = (i & 2) != 0;
		d.how.compress = (i & 4) != 0;
		d.how.compress_last = (i & 8) != 0;
		d.how.opaque = (i & 16) != 0;
		d.how.protection = d.how.by_key_id = (i & 32) != 0;
		mail = pack(w, &d, &mics);
		o = open_mail(w, &s, &d, mail);
		assert_int_equal(o.is_signed, d.how.sign);
		assert_int_equal(o.encrypted, d.how.encrypt);
		/* The receipt that we would write is the one that we would wait for. */
		assert_true(mic_eq(&o.mic, &mics.list[0]));
		assert_null(mics.how[0]);
		n++;
	}
	assert_int_equal(n, 64);
	sides_free(&s);
}

/* What only the partner can open is made again from the document alone, however it was wrapped; but not from another. */
static void
the_inside_of_an_envelope_comes_again(void **state)
{
	struct world *w = *state;
	struct sides s = sides_new(w, "RSA", NULL);

	for (unsigned int i = 0; i < 40; i++) {
		const struct as1_document bare = { .content = span_str(S(ORDER)), .media_type = S("application/EDIFACT"),
			.file_name = S("orders 4711.edi") };
		struct as1_document d = order(&s), other = bare;
		struct arena_room room = arena_room(w->a);
		struct mic_set mics;
		struct str inside;
		struct mic is;

		d.how.encrypt = true;
		d.how.sign = (i & 1) != 0;
		d.how.compress = (i & 2) != 0;
		d.how.compress_last = (i & 4) != 0;
		d.how.encoding = (enum as1_encoding)(i / 8);
		(void)pack(w, &d, &mics);
		assert_ok(w, as1_again(w->a, &bare, &mics.list[0], &room.room, &inside, &w->e));
		assert_true(inside.n > 0);
		assert_ok(w, mic_make(mics.list[0].alg, inside, &is, &w->e));
		assert_true(mic_eq(&is, &mics.list[0]));
		other.file_name = S("orders 4712.edi");
		assert_ok(w, as1_again(w->a, &other, &mics.list[0], &room.room, &inside, &w->e));
		assert_int_equal(inside.n, 0);
	}
	sides_free(&s);
}

/* The signature of a mail that is only signed, for libcrypto: what it is over, and its DER. */
static struct str
signature_of(struct world *w, struct str mail, struct str *content)
{
	struct part_tree tree;
	unsigned int flags = 0;
	bool opaque;

	assert_ok(w, part_tree_read(w->a, mail, &tree, &w->e));
	opaque = part_is(&tree.parts[0], S("application/pkcs7-mime"));
	*content = opaque ? (struct str){ 0 } : part_bytes(&tree, part_child(&tree, 0, 0));
	size_t at = opaque ? 0 : part_child(&tree, 0, 1);
	return cte_decode(w->a, CTE_BASE64, part_body(&tree, at), &flags);
}

struct seen {
	int certs;
	bool by_key_id, protection;
	int scheme;			/* NID of the signature's algorithm */
};

static bool
oracle_reads(struct str der, struct str detached, const struct side *us, struct seen *seen)
{
	const unsigned char *p = (const unsigned char *)der.p;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)der.n);
	BIO *in = detached.p == NULL ? NULL : BIO_new_mem_buf(detached.p, (int)detached.n),
	    *out = BIO_new(BIO_s_mem());
	STACK_OF(X509) *certs = sk_X509_new_null(), *inside = CMS_get1_certs(cms);
	ASN1_OCTET_STRING *key_id = NULL;
	CMS_SignerInfo *si = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
	X509_ALGOR *alg = NULL;
	bool ok;

	sk_X509_push(certs, cert_set_get(us->certs, 0));
	OTHERS_BEGIN();
	ok = CMS_verify(cms, certs, NULL, in, out, CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY) == 1;
	OTHERS_END();
	CMS_SignerInfo_get0_algs(si, NULL, NULL, NULL, &alg);
	(void)CMS_SignerInfo_get0_signer_id(si, &key_id, NULL, NULL);
	*seen = (struct seen){ .certs = inside == NULL ? 0 : sk_X509_num(inside), .by_key_id = key_id != NULL,
		.protection = CMS_signed_get_attr_by_NID(si, OBJ_txt2nid("1.2.840.113549.1.9.52"), -1) >= 0,
		.scheme = OBJ_obj2nid(alg->algorithm) };
	sk_X509_free(certs);
	sk_X509_pop_free(inside, X509_free);
	BIO_free(in);
	BIO_free(out);
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return ok;
}

static void
each_switch_of_a_signature_is_seen_by_others(void **state)
{
	struct world *w = *state;
	struct sides s = sides_new(w, "RSA", NULL);
	static const struct { const char *what; struct as1_shape how; struct seen want; struct str micalg; } cases[] = {
		{ "as it is", { .sign = true }, { 2, false, false, NID_rsaEncryption }, S_INIT("micalg=sha-256") },
		{ "pss", { .sign = true, .pss = true }, { 2, false, false, NID_rsassaPss }, S_INIT("micalg=sha-256") },
		{ "sha-512", { .sign = true, .digest = MIC_SHA512 }, { 2, false, false, NID_rsaEncryption }, S_INIT("micalg=sha-512") },
		{ "old micalg", { .sign = true, .bare_micalg = true }, { 2, false, false, NID_rsaEncryption }, S_INIT("micalg=sha256") },
		{ "leaf", { .sign = true, .include = CMS_LEAF }, { 1, false, false, NID_rsaEncryption }, S_INIT("micalg=sha-256") },
		{ "no certificates", { .sign = true, .include = CMS_NO_CERTS }, { 0, false, false, NID_rsaEncryption }, S_INIT("micalg=") },
		{ "key id", { .sign = true, .by_key_id = true }, { 2, true, false, NID_rsaEncryption }, S_INIT("micalg=sha-256") },
		{ "protection", { .sign = true, .protection = true }, { 2, false, true, NID_rsaEncryption }, S_INIT("micalg=sha-256") },
		{ "protection of pss", { .sign = true, .protection = true, .pss = true }, { 2, false, true, NID_rsassaPss }, S_INIT("micalg=") },
		{ "opaque", { .sign = true, .opaque = true }, { 2, false, false, NID_rsaEncryption }, S_INIT("smime-type=signed-data") },
	};

	(void)OBJ_create("1.2.840.113549.1.9.52", "cmsAlgorithmProtection", "CMS algorithm protection");
	assert_ok(w, cert_set_add(s.us.certs, S(KEYS_ACME_CERT), &w->e));	/* in place of a chain */
	for (size_t i = 0; i < N(cases); i++) {
		struct as1_document d = order(&s);
		struct mic_set mics;
		struct seen seen;
		struct str mail, content, der;
		size_t at;

		print_message("%s\n", cases[i].what);
		d.how = cases[i].how;
		mail = pack(w, &d, &mics);
		(void)open_mail(w, &s, &d, mail);
		assert_true(str_find(mail, cases[i].micalg, &at));
		der = signature_of(w, mail, &content);
		assert_true(oracle_reads(der, content, &s.us, &seen));
		assert_int_equal(seen.certs, cases[i].want.certs);
		assert_int_equal(seen.by_key_id, cases[i].want.by_key_id);
		assert_int_equal(seen.protection, cases[i].want.protection);
		assert_int_equal(seen.scheme, cases[i].want.scheme);
	}
	sides_free(&s);
}

/* What libcrypto opens an envelope to; NULL p: it cannot. */
static struct str
oracle_opens(struct world *w, struct str der, const struct side *them)
{
	const unsigned char *p = (const unsigned char *)der.p;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)der.n);
	BIO *out = BIO_new(BIO_s_mem());
	struct str content = { 0 };
	char *bytes = NULL;
	bool ok;

	OTHERS_BEGIN();
	ok = CMS_decrypt(cms, cert_key_get(them->key), cert_set_get(them->certs, 0), NULL, out, CMS_BINARY) == 1;
	OTHERS_END();
	if (ok) {
		long n = BIO_get_mem_data(out, &bytes);
		content = str_dup(w->a, str_make(bytes, (size_t)n));
	}
	BIO_free(out);
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return content;
}

static void
each_envelope_is_opened_by_others(void **state)
{
	struct world *w = *state;
	static const struct { const char *kind, *group, *cipher; bool oaep; struct str layers; } cases[] = {
		{ "RSA", NULL, "aes-256-cbc", false, S_INIT("enveloped(aes-256-cbc)") },
		{ "RSA", NULL, "aes-128-cbc", true, S_INIT("enveloped(aes-128-cbc)") },
		{ "RSA", NULL, "aes-256-gcm", true, S_INIT("enveloped(aes-256-gcm)") },
		{ "RSA", NULL, "aes-128-gcm", false, S_INIT("enveloped(aes-128-gcm)") },
		{ "EC", "P-256", "aes-256-cbc", false, S_INIT("enveloped(aes-256-cbc)") },
		{ "EC", "P-256", "aes-256-gcm", false, S_INIT("enveloped(aes-256-gcm)") },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct sides s = sides_new(w, cases[i].kind, cases[i].group);
		struct as1_document d = order(&s);
		struct mic_set mics;
		struct str mail, content, inner;
		unsigned int flags = 0;
		struct part_tree tree;
		struct as1_opened o;

		print_message("%s %s %s\n", cases[i].kind, cases[i].cipher, cases[i].oaep ? "oaep" : "");
		d.how = (struct as1_shape){
			.encrypt = true, .oaep = cases[i].oaep, .cipher = str_of(cases[i].cipher)
		};
		mail = pack(w, &d, &mics);
		o = open_mail(w, &s, &d, mail);
		assert_str(o.layers, cases[i].layers);
		content = signature_of(w, mail, &inner);
		inner = oracle_opens(w, content, &s.them);
		assert_ok(w, part_tree_read(w->a, inner, &tree, &w->e));
		assert_str(cte_decode(w->a, tree.parts[0].cte, part_body(&tree, 0), &flags), S(ORDER));
		sides_free(&s);
	}
}

/* ---- transfer encodings */

static void
encodings_carry_what_they_can(void **state)
{
	struct world *w = *state;
	struct sides s = sides_new(w, "EC", "P-256");
	char *wide = arena_get(w->a, 1002);
	memset(wide, 'x', 1000);
	memcpy(wide + 1000, "\r\n", 2);
	struct { const char *what; struct str content; enum cte bit7, bit8, quoted; } contents[] = {
		{ "lines", S(ORDER), CTE_7BIT, CTE_8BIT, CTE_QP },
		{ "no end", S("UNA\r\nUNB"), CTE_7BIT, CTE_8BIT, CTE_BASE64 },
		{ "nothing", S(""), CTE_7BIT, CTE_8BIT, CTE_QP },
		{ "Latin-1", S("NAD+BY+M\xfcller'\r\n"), CTE_BASE64, CTE_8BIT, CTE_QP },
		{ "LF", S("UNA\nUNB\n"), CTE_BASE64, CTE_BASE64, CTE_BASE64 },
		{ "CR", S("UNA\rUNB\r"), CTE_BASE64, CTE_BASE64, CTE_BASE64 },
		{ "CR CR LF", S("UNA\r\r\n"), CTE_BASE64, CTE_BASE64, CTE_BASE64 },
		{ "CR at the end", S("UNA\r"), CTE_BASE64, CTE_BASE64, CTE_BASE64 },
		{ "NUL", S("UNA\0\r\n"), CTE_BASE64, CTE_BASE64, CTE_BASE64 },
		{ "a line for mbox", S("UNA\r\nFrom us\r\n"), CTE_BASE64, CTE_8BIT, CTE_QP },
		{ "blanks at the end", S("UNA \r\n"), CTE_BASE64, CTE_8BIT, CTE_QP },
		{ "a dot", S(".\r\n..\r\n"), CTE_7BIT, CTE_8BIT, CTE_QP },
		{ "a wide line", str_make(wide, 1002), CTE_BASE64, CTE_BASE64, CTE_QP },
		{ "all bytes", all_bytes(), CTE_BASE64, CTE_BASE64, CTE_BASE64 },
	};

	for (size_t i = 0; i < N(contents) * 10; i++) {
		enum as1_encoding e = (enum as1_encoding)(i / 2 % 5);
		bool wrapped = i % 2 == 1;
		const struct as1_policy pol = { .own = s.them.certs,
			.key = s.them.key,
			.partner = s.us.certs,
			.now_ms = KEYS_NOW_MS };
		struct as1_document d = order(&s);
		struct as1_opened o;
		struct mic_set mics;
		struct str want, mail;
		size_t at;

		enum cte cte = e == AS1_QUOTED ? contents[i / 10].quoted : e == AS1_7BIT ? contents[i / 10].bit7 :
		    e == AS1_8BIT && wrapped ? contents[i / 10].bit8 : e == AS1_BINARY && wrapped ? CTE_BINARY : CTE_BASE64;
		print_message("%s: %s\n", contents[i / 10].what, cte_name(cte));
		d.content = span_str(contents[i / 10].content);
		d.how = (struct as1_shape){ .sign = true, .opaque = wrapped, .encoding = e };
		mail = pack(w, &d, &mics);
		assert_ok(w, as1_open(w->a, mail, &pol, &o, &w->e));
		assert_int_equal(o.verdict, AS1_OK);
		assert_str(span_mem(o.payloads[0].content), contents[i / 10].content);
		want = str_fmt(w->a, " %s,", cte_name(cte));
		assert_true(str_find(o.tree, want, &at));
	}
	sides_free(&s);
}

/* ---- the MICs */

static const char *
way_by(struct world *w, struct str mail, enum mic_alg alg, struct str over)
{
	struct arena_room room = arena_room(w->a);
	const char *way = NULL;
	struct mic mic;

	assert_ok(w, mic_make(alg, over, &mic, &w->e));
	assert_ok(w, as1_mic_way(w->a, span_str(mail), &mic, &room.room, &way, &w->e));
	return way;
}

static struct str
by_lf(struct world *w, struct str text)
{
	struct str lf = S(""), line;

	while (str_next_line(&text, &line))
		lf = str_cat(w->a, str_cat(w->a, lf, line), S("\n"));
	return lf;
}

/* What other programs do wrong with a mail of ours, done here with its bytes. */
static void
check_ways(struct world *w, struct str mail, struct str part, size_t body, enum mic_alg alg)
{
	assert_string_equal(way_by(w, mail, alg, part), "right");
	assert_string_equal(way_by(w, mail, alg, str_from(part, body)), "wrong: body");
	assert_string_equal(way_by(w, mail, alg, S(ORDER)), "wrong: document");
	assert_string_equal(way_by(w, mail, alg, by_lf(w, part)), "wrong: lf");
	assert_string_equal(way_by(w, mail, alg, str_cat(w->a, part, S("\r\n"))), "wrong: eol");
	assert_string_equal(way_by(w, mail, alg, str_sub(part, 0, part.n - 2)), "wrong: cut");
	assert_string_equal(way_by(w, mail, alg, mail), "unknown");
}

static void
wrong_ways_have_names(void **state)
{
	struct world *w = *state;
	struct sides s = sides_new(w, "EC", "P-256");
	struct as1_document d = order(&s);
	struct str mail, part;
	struct part_tree tree;
	struct mic_set mics;
	size_t child, body;

	d.how.sign = true;
	mail = pack(w, &d, &mics);
	assert_ok(w, part_tree_read(w->a, mail, &tree, &w->e));
	child = part_child(&tree, 0, 0);
	part = part_bytes(&tree, child);
	body = (size_t)(tree.parts[child].body - tree.parts[child].start);
	for (enum mic_alg alg = MIC_SHA1; alg <= MIC_SHA512; alg++)
		check_ways(w, mail, part, body, alg);
	d.how.opaque = true;
	check_ways(w, pack(w, &d, &mics), part, body, MIC_SHA256);
	/* Compressed before it was signed: the classic is to inflate first. */
	d.how.compress = true;
	assert_string_equal(way_by(w, pack(w, &d, &mics), MIC_SHA256, part), "wrong: inflated");
	d.how.opaque = false;
	assert_string_equal(way_by(w, pack(w, &d, &mics), MIC_SHA256, part), "wrong: inflated");
	/* And after: to take what is outermost. */
	d.how.compress_last = true;
	mail = pack(w, &d, &mics);
	check_ways(w, mail, part, body, MIC_SHA256);
	assert_true(str_find(mail, S("Content-Type: application/pkcs7-mime"), &child));
	assert_string_equal(way_by(w, mail, MIC_SHA256, str_from(mail, child)), "wrong: deflated");
	sides_free(&s);
}

/* Where nothing was signed several are right, by whatever digest. */
static void
unsigned_mails_have_several_right_ways(void **state)
{
	struct world *w = *state;
	struct sides s = sides_new(w, "EC", "P-256");
	struct as1_document d = order(&s);
	struct str mail, part;
	struct part_tree tree;
	struct mic_set mics;
	size_t body;

	mail = pack(w, &d, &mics);
	assert_int_equal(mics.n, 4);
	assert_ok(w, part_tree_read(w->a, mail, &tree, &w->e));
	part = part_bytes(&tree, part_child(&tree, 0, 1));
	body = (size_t)(tree.parts[2].body - tree.parts[2].start);
	assert_string_equal(way_by(w, mail, MIC_SHA512, S(ORDER)), "right");
	assert_string_equal(way_by(w, mail, MIC_SHA512, part), "right");
	assert_string_equal(way_by(w, mail, MIC_SHA512, str_from(part, body)), "right");
	assert_string_equal(way_by(w, mail, MIC_SHA512, by_lf(w, part)), "wrong: lf");
	d.how.compress = true;
	mail = pack(w, &d, &mics);
	assert_string_equal(way_by(w, mail, MIC_SHA1, part), "right");
	assert_string_equal(way_by(w, mail, MIC_SHA256, str_cat(w->a, part, S("\r\n"))), "wrong: eol");
	sides_free(&s);
}

/* One that only the partner can open tells nothing later: its wrong ways are kept with it, and told apart in text. */
static void
sealed_mails_keep_their_wrong_ways(void **state)
{
	struct world *w = *state;
	struct sides s = sides_new(w, "EC", "P-256");
	struct as1_document d = order(&s);
	struct mic_set mics;
	struct mic first;
	struct str text, mail;
	size_t at;

	d.how.sign = true;
	mail = pack(w, &d, &mics);
	assert_int_equal(mics.n, 1);
	d.how.encrypt = true;
	mail = pack(w, &d, &mics);
	assert_string_equal(way_by(w, mail, MIC_SHA256, S(ORDER)), "");
	text = mic_set_text(w->a, &mics);
	assert_int_equal(mic_read(text, &first), 0);
	assert_true(mic_eq(&first, &mics.list[0]) && mics.how[0] == NULL);
	assert_true(str_find(text, S(", sha-256 (wrong: lf); "), &at) &&
	    str_find(text, S(", sha1 (by SHA-1); "), &at));
	assert_true(str_find(text, S(", sha-256 (wrong: document); "), &at));
	sides_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_combination_arrives),
		cmocka_unit_test(the_inside_of_an_envelope_comes_again),
		cmocka_unit_test(each_switch_of_a_signature_is_seen_by_others),
		cmocka_unit_test(each_envelope_is_opened_by_others),
		cmocka_unit_test(encodings_carry_what_they_can),
		cmocka_unit_test(wrong_ways_have_names),
		cmocka_unit_test(unsigned_mails_have_several_right_ways),
		cmocka_unit_test(sealed_mails_keep_their_wrong_ways),
	};

	return cmocka_run_group_tests(tests, world_new, world_free);
}
