/* SPDX-License-Identifier: ISC */
/* Policy by itself: in which order layers may come, which rule wins, what is hidden; and each rule by a mail that breaks it. */
#include "tests/unit/mime_world.h"

#include "gateway/base/io.h"
#include "mime/cms.h"
#include "mime/part.h"

#include <fcntl.h>

#define assert_rule(v, want)                                                                             \
	do {                                                                                             \
		if (strcmp(verdict_info((v).rule)->code, verdict_info(want)->code) != 0)                 \
			fail_msg("is '%s', want '%s'", verdict_info((v).rule)->code, verdict_info(want)->code); \
	} while (0)

static void
layers_come_in_one_order(void **state)
{
	struct world *w = *state;
	static const struct { const char *order; enum verdict_rule want; } cases[] = {
		{ "", RULE_NONE },
		{ "S", RULE_NONE },
		{ "E", RULE_NONE },
		{ "C", RULE_NONE },
		{ "ES", RULE_NONE },
		{ "EC", RULE_NONE },
		{ "ESC", RULE_NONE },
		{ "ECS", RULE_NONE },
		{ "SC", RULE_NONE },
		{ "CS", RULE_NONE },
		{ "SS", RULE_SIGNED_TWICE },
		{ "ESCS", RULE_SIGNED_TWICE },
		{ "CC", RULE_COMPRESSED_TWICE },
		{ "CSC", RULE_COMPRESSED_TWICE },
		{ "SE", RULE_ENVELOPE_INSIDE },
		{ "CE", RULE_ENVELOPE_INSIDE },
		{ "EE", RULE_ENVELOPE_INSIDE },
		{ "ESE", RULE_ENVELOPE_INSIDE },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct verdict v = { .a = w->a };
		size_t n = strlen(cases[i].order);
		print_message("%s\n", cases[i].order);
		for (size_t k = 0; k < n; k++) {
			bool ok = verdict_layer(&v, cases[i].order[k] == 'S' ? LAYER_SIGNED :
			    cases[i].order[k] == 'E' ? LAYER_ENVELOPED : LAYER_COMPRESSED);
			assert_int_equal(ok, k + 1 < n || cases[i].want == RULE_NONE);
		}
		assert_rule(v, cases[i].want);
	}
	struct verdict many = { .a = w->a, .layers = 5 };
	assert_false(verdict_layer(&many, LAYER_COMPRESSED));
	assert_rule(many, RULE_LAYERS);
}

static void
the_sender_is_one_address_of_the_partner(void **state)
{
	struct world *w = *state;
	static const struct str may[] = { S_INIT("edi@nordwind.example"), S_INIT("old@nordwind.example") };
	static const struct { size_t fields; struct str address; size_t n; enum verdict_rule want; } cases[] = {
		{ 1, S_INIT("edi@nordwind.example"), 2, RULE_NONE },
		{ 1, S_INIT("Old@NORDWIND.example"), 2, RULE_NONE },
		{ 1, S_INIT("old@nordwind.example"), 1, RULE_FROM_STRANGER },
		{ 1, S_INIT("edi@nordwind.example"), 0, RULE_FROM_STRANGER },
		{ 1, S_INIT(""), 2, RULE_FROM_NOT_ONE },
		{ 0, S_INIT(""), 2, RULE_FROM_MISSING },
		{ 2, S_INIT(""), 2, RULE_FROM_TWICE },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct verdict v = { .a = w->a };
		verdict_refuse(&v, i % 2 == 0 ? RULE_NONE : RULE_SIGNER_STRANGER, S(""));
		verdict_from(&v, cases[i].fields, cases[i].address, may, cases[i].n);
		verdict_close(&v, true);
		assert_rule(v, cases[i].want != RULE_NONE ? cases[i].want : i % 2 == 0 ? RULE_NONE : RULE_SIGNER_STRANGER);
		/* A report comes from whoever it comes from. */
		v = (struct verdict){ .a = w->a };
		verdict_from(&v, cases[i].fields, cases[i].address, may, cases[i].n);
		verdict_close(&v, false);
		assert_rule(v, RULE_NONE);
	}
}

static void
the_first_rule_stands(void **state)
{
	struct world *w = *state;
	struct verdict v = { .a = w->a };

	assert_true(verdict_is_good(&v));
	assert_str(verdict_text(&v), S(""));
	verdict_refuse(&v, RULE_SIGNED_PARTS, S("3"));
	verdict_refuse(&v, RULE_NOT_CLOSED, S(""));
	verdict_floor(&v, true, true);
	assert_false(verdict_is_good(&v));
	assert_int_equal(verdict_word(&v), AS1_MALFORMED);
	assert_str(verdict_text(&v), S("multipart/signed has not exactly two parts: 3 [V-SIGNED-PARTS]"));
}

static void
the_floor_counts_what_was_there(void **state)
{
	struct world *w = *state;

	for (unsigned int i = 0; i < 16; i++) {
		bool must_sign = (i & 1) != 0, must_encrypt = (i & 2) != 0, is_signed = (i & 4) != 0, encrypted = (i & 8) != 0;
		struct verdict v = { .a = w->a };
		if (encrypted)
			assert_true(verdict_layer(&v, LAYER_ENVELOPED));
		if (is_signed)
			assert_true(verdict_layer(&v, LAYER_SIGNED));
		verdict_floor(&v, must_sign, must_encrypt);
		assert_rule(v, must_sign && !is_signed ? RULE_FLOOR_SIGN : must_encrypt && !encrypted ? RULE_FLOOR_ENCRYPT : RULE_NONE);
	}
}

/* A malleable envelope: every rule that depends on the plaintext reads the same, unless a good signature vouches for it. */
static void
nothing_is_told_of_plaintext(void **state)
{
	struct world *w = *state;

	for (enum verdict_rule r = RULE_NONE + 1; r < VERDICT_RULES; r++) {
		enum as1_verdict word = verdict_info(r)->verdict;
		struct verdict v = { .a = w->a, .enveloped = true, .malleable = true };
		verdict_refuse(&v, r, S("secret"));
		verdict_close(&v, true);
		if (word == AS1_MALFORMED || word == AS1_INTEGRITY_FAILED ||
		    word == AS1_NO_PAYLOAD || word == AS1_DECOMPRESSION_FAILED)
			assert_str(verdict_text(&v), S("cannot be decrypted with our key, or was changed on the way [V-DECRYPTION]"));
		else
			assert_rule(v, r);
		/* A signature inside that fits nothing: the content may have been changed, whatever else is wrong. */
		v = (struct verdict){ .a = w->a, .enveloped = true, .malleable = true, .signature = true };
		verdict_refuse(&v, r, S("secret"));
		verdict_close(&v, true);
		assert_rule(v, RULE_DECRYPTION);
		/* Authenticated, or signed by the partner: the truth. */
		v = (struct verdict){ .a = w->a, .enveloped = true };
		verdict_refuse(&v, r, S(""));
		verdict_close(&v, true);
		assert_rule(v, r);
		v = (struct verdict){ .a = w->a, .enveloped = true, .malleable = true, .signature = true, .fits = true, .is_signed = true };
		verdict_refuse(&v, r, S(""));
		verdict_close(&v, true);
		assert_rule(v, r);
	}
	/* The MIME around the signature is not covered by it. */
	struct verdict v = { .a = w->a, .enveloped = true, .malleable = true, .signature = true, .fits = true, .is_signed = true,
		.outer_defects = PART_NOT_CLOSED };
	verdict_defects(&v, v.outer_defects);
	verdict_close(&v, true);
	assert_rule(v, RULE_DECRYPTION);
}

static void
every_ambiguity_has_its_rule(void **state)
{
	struct world *w = *state;
	unsigned int seen = 0;

	for (unsigned int bit = 1; bit <= PART_EMPTY; bit <<= 1) {
		struct verdict v = { .a = w->a };
		verdict_defects(&v, bit);
		assert_int_not_equal(v.rule, RULE_NONE);
		assert_int_equal(verdict_word(&v), AS1_MALFORMED);
		seen++;
	}
	assert_int_equal(seen, 13);
	struct verdict v = { .a = w->a };
	verdict_defects(&v, PART_BODY_EOL | PART_LONG_LINE | PART_SYNTAX);
	assert_true(verdict_is_good(&v));
}

/* ---- each rule by a mail: the text of a mail alone, no keys */

#define FROM   "From: edi@nordwind.example\r\n"
#define MIXED  FROM "Content-Type: multipart/mixed; boundary=m\r\n\r\n"
#define EXCHANGE \
	FROM "Content-Type: multipart/related; type=\"application/ediint-cert-exchange+xml\"; boundary=m\r\n\r\n--m\r\n" \
	"Content-Type: application/ediint-cert-exchange+xml\r\n\r\n<a/>\r\n"
#define XML    "--m\r\nContent-Type: application/xml\r\n\r\n<a/>\r\n"
#define SIGNED FROM "Content-Type: multipart/signed; boundary=m\r\n\r\n"
#define ASKS   FROM "Content-Type: application/xml\r\nDisposition-Notification-To: edi@nordwind.example\r\n" \
	"Disposition-Notification-Options: "
#define P7M    FROM "Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n"
#define REPORT(type) FROM "Content-Type: multipart/report; boundary=m\r\n\r\n--m\r\nContent-Type: " type "\r\n\r\n"

static void
mails_break_them(void **state)
{
	struct world *w = *state;
	static const struct { enum verdict_rule want; bool must_sign, must_encrypt; struct str mail; } cases[] = {
		{ RULE_NONE, false, false, S_INIT(MIXED XML "--m--\r\n") },
		{ RULE_FROM_MISSING, false, false, S_INIT("Sender: edi@nordwind.example\r\n\r\nUNA") },
		{ RULE_FROM_TWICE, false, false, S_INIT(FROM FROM "\r\nUNA") },
		{ RULE_FROM_NOT_ONE, false, false, S_INIT("From: edi@nordwind.example, x@y.example\r\n\r\nUNA") },
		{ RULE_FROM_NOT_ONE, false, false, S_INIT("From: us: edi@nordwind.example;\r\n\r\nUNA") },
		{ RULE_FROM_NOT_ONE, false, false, S_INIT("From: edi@n\xc3\xb6rdwind.example\r\n\r\nUNA") },
		{ RULE_FROM_STRANGER, false, false, S_INIT("From: \"edi@nordwind.example\" <x@y.example>\r\n\r\nUNA") },
		{ RULE_TWO_TYPES, false, false, S_INIT(FROM "Content-Type: text/plain\r\nContent-Type: application/xml\r\n\r\n<a/>") },
		{ RULE_TWO_ENCODINGS, false, false,
		    S_INIT(FROM "Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n\r\nUNA") },
		{ RULE_ENCODING_UNKNOWN, false, false, S_INIT(FROM "Content-Transfer-Encoding: rot13\r\n\r\nUNA") },
		{ RULE_ENCODING_MULTIPART, false, false,
		    S_INIT(FROM "Content-Transfer-Encoding: base64\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n" XML "--m--\r\n") },
		{ RULE_BOUNDARY_MISSING, false, false, S_INIT(FROM "Content-Type: multipart/mixed\r\n\r\n" XML "--m--\r\n") },
		{ RULE_BOUNDARY_TWICE, false, false,
		    S_INIT(FROM "Content-Type: multipart/mixed; boundary=m; boundary=n\r\n\r\n" XML "--m--\r\n") },
		{ RULE_BOUNDARY_REUSED, false, false,
		    S_INIT(MIXED "--m\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n" XML "--m--\r\n") },
		{ RULE_NOT_CLOSED, false, false, S_INIT(MIXED XML) },
		{ RULE_HEADER_JUNK, false, false, S_INIT(FROM "no field at all\r\n\r\nUNA") },
		{ RULE_HEADER_BLANK, false, false, S_INIT(FROM " \r\nX: y\r\n\r\nUNA") },
		{ RULE_HEADER_EOL, false, false, S_INIT(FROM "X: y\rz\r\n\r\nUNA") },
		{ RULE_NO_PARTS, false, false, S_INIT(MIXED "--m--\r\n") },
		{ RULE_TRANSFER, false, false,
		    S_INIT(FROM "Content-Type: application/xml\r\nContent-Transfer-Encoding: base64\r\n\r\nVU5B=VU5B\r\n") },
		{ RULE_INNER_SECURITY, false, false, S_INIT(MIXED XML "--m\r\nContent-Type: application/pkcs7-mime\r\n\r\nx\r\n--m--\r\n") },
		{ RULE_EXCHANGE_UNSIGNED, false, false, S_INIT(EXCHANGE "--m\r\nContent-Type: application/pkcs7-mime\r\n\r\nx\r\n--m--\r\n") },
		{ RULE_EXCHANGE_UNSIGNED, false, false, S_INIT(FROM "Content-Type: application/ediint-cert-exchange+xml\r\n\r\n<a/>") },
		{ RULE_EXCHANGE_PARTS, false, false, S_INIT(EXCHANGE XML "--m--\r\n") },
		{ RULE_EXCHANGE_PARTS, false, false, S_INIT(EXCHANGE "--m\r\nContent-Type: multipart/mixed; boundary=n\r\n\r\n--n\r\n"
		    "Content-Type: application/pkcs7-mime\r\n\r\nx\r\n--n--\r\n--m--\r\n") },
		{ RULE_PARTIAL, false, false, S_INIT(FROM "Content-Type: message/partial; id=x; number=1\r\n\r\nUNA") },
		{ RULE_EXTERNAL, false, false, S_INIT(FROM "Content-Type: message/external-body; access-type=URL\r\n\r\nUNA") },
		{ RULE_CMS_BROKEN, false, false, S_INIT(P7M "VU5B\r\n") },
		{ RULE_CMS_KIND, false, false, S_INIT(P7M "MA0GCSqGSIb3DQEHBqAA\r\n") },
		{ RULE_SIGNED_PROTOCOL, false, false,
		    S_INIT(FROM "Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=m\r\n\r\n" XML XML "--m--\r\n") },
		{ RULE_SIGNED_PARTS, false, false, S_INIT(SIGNED XML "--m--\r\n") },
		{ RULE_SIGNED_PARTS, false, false, S_INIT(SIGNED XML XML XML "--m--\r\n") },
		{ RULE_SIGNATURE_PART, false, false, S_INIT(SIGNED XML XML "--m--\r\n") },
		{ RULE_SIGNATURE_BROKEN, false, false,
		    S_INIT(SIGNED XML "--m\r\nContent-Type: application/pkcs7-signature\r\n\r\nx\r\n--m--\r\n") },
		{ RULE_FLOOR_SIGN, true, true, S_INIT(MIXED XML "--m--\r\n") },
		{ RULE_FLOOR_ENCRYPT, false, true, S_INIT(MIXED XML "--m--\r\n") },
		{ RULE_NO_DOCUMENT, false, false, S_INIT(FROM "Content-Type: text/html\r\n\r\n<b>") },
		{ RULE_UUENCODED, false, false, S_INIT(FROM "\r\nThe order:\r\n\r\nbegin 644 order.edi\r\n#0V%T\r\n`\r\nend\r\n") },
		{ RULE_NONE, false, false, S_INIT(FROM "\r\nbegin with 644 pieces\r\nbegin 64 x\r\n") },
		{ RULE_TNEF, false, false, S_INIT(FROM "Content-Type: application/ms-tnef\r\n\r\nx") },
		{ RULE_RECEIPT_FORMAT, false, false, S_INIT(ASKS "signed-receipt-protocol=required, pgp-signature\r\n\r\n<a/>") },
		{ RULE_RECEIPT_MICALG, false, false, S_INIT(ASKS "signed-receipt-protocol=required, pkcs7-signature;\r\n"
		    " signed-receipt-micalg=required, md5, tiger\r\n\r\n<a/>") },
		{ RULE_NONE, false, false, S_INIT(ASKS "signed-receipt-protocol=required, pkcs7-signature;\r\n"
		    " signed-receipt-micalg=required, md5, SHA256\r\n\r\n<a/>") },
		{ RULE_NONE, false, false, S_INIT(ASKS "signed-receipt-protocol=optional, pgp-signature\r\n\r\n<a/>") },
		{ RULE_RECEIPT_TWICE, false, false,
		    S_INIT(REPORT("message/disposition-notification") "Disposition: a/b; processed\r\n--m\r\n"
		           "Content-Type: message/disposition-notification\r\n\r\nDisposition: a/b; failed\r\n--m--\r\n") },
		{ RULE_RECEIPT_BROKEN, false, false, S_INIT(REPORT("message/disposition-notification") "nothing\r\n--m--\r\n") },
		{ RULE_REPORT_BROKEN, false, false, S_INIT(REPORT("message/delivery-status") "nothing\r\n--m--\r\n") },
	};
	static const struct str may = S_INIT("edi@nordwind.example");
	struct as1_policy pol = { .from = &may, .n_from = 1, .now_ms = KEYS_NOW_MS };

	for (size_t i = 0; i < N(cases); i++) {
		struct as1_opened o;
		struct str want = str_fmt(w->a, "[%s]", verdict_info(cases[i].want)->code);
		pol.must_sign = cases[i].must_sign;
		pol.must_encrypt = cases[i].must_encrypt;
		assert_ok(w, as1_open(w->a, cases[i].mail, &pol, &o, &w->e));
		print_message("%s: " STR_FMT "\n", verdict_info(cases[i].want)->code, STR_ARG(o.reason));
		assert_int_equal(o.verdict, verdict_info(cases[i].want)->verdict);
		if (cases[i].want == RULE_NONE)
			assert_int_equal(o.n, 1);
		else
			assert_true(str_ends(o.reason, want) && o.n == 0);
	}
}

/* A mail of the partner that somebody else forwards under a From of his own, as header protection would read it. */
static void
the_signed_part_names_the_same_sender(void **state)
{
	struct world *w = *state;
	static const struct { struct str inner; enum verdict_rule want; } cases[] = {
		{ S_INIT(""), RULE_NONE },
		{ S_INIT("From: Nordwind <EDI@nordwind.example>\r\n"), RULE_NONE },
		{ S_INIT("From: x@y.example\r\n"), RULE_FROM_INSIDE },
		{ S_INIT("From: edi@nordwind.example, x@y.example\r\n"), RULE_FROM_INSIDE },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct buf der = BUF_CAP(64u << 10);
		struct str entity = str_cat(w->a, cases[i].inner, S("Content-Type: application/xml\r\n\r\n<a/>"));
		struct cms_signing how = { .own = w->nordwind.certs,
			.key = w->nordwind.key,
			.opaque = true,
			.now_ms = KEYS_NOW_MS };
		struct as1_policy pol = { .partner = w->nordwind.certs, .now_ms = KEYS_NOW_MS };
		struct as1_opened o;
		assert_ok(w, cms_sign(&how, entity, &der, &w->e));
		assert_ok(w, as1_open(w->a,
		    str_cat(w->a, S(FROM "Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: binary\r\n\r\n"), buf_str(&der)),
		    &pol, &o, &w->e));
		assert_int_equal(o.verdict, verdict_info(cases[i].want)->verdict);
		buf_clear(&der);
	}
}

/* A certificate of the partner for another address: as it is pinned, or refused, as the partner's settings have it. */
static void
the_certificate_names_the_sender(void **state)
{
	struct world *w = *state;
	static const struct { struct str from; bool by_address; enum verdict_rule want; } cases[] = {
		{ S_INIT("edi@nordwind.example"), true, RULE_NONE },
		{ S_INIT("edi@NORDWIND.example"), true, RULE_NONE },
		{ S_INIT("orders@nordwind.example"), false, RULE_NONE },
		{ S_INIT("orders@nordwind.example"), true, RULE_SIGNER_ADDRESS },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct buf der = BUF_CAP(64u << 10);
		struct cms_signing how = { .own = w->nordwind.certs,
			.key = w->nordwind.key,
			.opaque = true,
			.now_ms = KEYS_NOW_MS };
		struct as1_policy pol = { .partner = w->nordwind.certs, .from = &cases[i].from, .n_from = 1,
			.by_address = cases[i].by_address, .must_sign = true, .now_ms = KEYS_NOW_MS };
		struct str head = str_fmt(w->a, "From: " STR_FMT "\r\nContent-Type: application/pkcs7-mime\r\n"
		    "Content-Transfer-Encoding: binary\r\n\r\n", STR_ARG(cases[i].from));
		struct as1_opened o;
		assert_ok(w, cms_sign(&how, S("Content-Type: application/xml\r\n\r\n<a/>"), &der, &w->e));
		assert_ok(w, as1_open(w->a, str_cat(w->a, head, buf_str(&der)), &pol, &o, &w->e));
		assert_int_equal(o.verdict, verdict_info(cases[i].want)->verdict);
		assert_int_equal(o.is_signed, cases[i].want == RULE_NONE);
		buf_clear(&der);
	}
}

static void
codes_are_in_the_manual(void **state)
{
	struct world *w = *state;
	struct str text;
	size_t at;

	assert_ok(w, io_read_file(w->a, AT_FDCWD, "docs/MAIL.md", 1 << 20, &text, &w->e));
	for (enum verdict_rule r = RULE_NONE + 1; r < VERDICT_RULES; r++) {
		const struct verdict_info *v = verdict_info(r);
		struct str row = str_fmt(w->a, "| `%s` | `%s` |", v->code, as1_verdict_name(v->verdict));
		if (!str_find(text, row, &at))
			fail_msg("docs/MAIL.md has no row " STR_FMT " %s |", STR_ARG(row), v->what);
	}
}

static void
words_of_receipts(void **state)
{
	(void)state;
	assert_string_equal(as1_verdict_name(AS1_INTEGRITY_FAILED), "integrity-failed");
	assert_string_equal(as1_verdict_modifier(AS1_INTEGRITY_FAILED), "error: integrity-check-failed");
	assert_string_equal(as1_verdict_modifier(AS1_INSUFFICIENT_SECURITY),
	    "error: insufficient-message-security");
	assert_string_equal(as1_verdict_modifier(AS1_NO_PARTNER), "");
	for (enum as1_verdict v = AS1_MALFORMED; v <= AS1_MICALG_UNSUPPORTED; v++)
		assert_string_not_equal(as1_verdict_modifier(v), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layers_come_in_one_order),
		cmocka_unit_test(the_sender_is_one_address_of_the_partner),
		cmocka_unit_test(the_first_rule_stands),
		cmocka_unit_test(the_floor_counts_what_was_there),
		cmocka_unit_test(nothing_is_told_of_plaintext),
		cmocka_unit_test(every_ambiguity_has_its_rule),
		cmocka_unit_test(mails_break_them),
		cmocka_unit_test(the_signed_part_names_the_same_sender),
		cmocka_unit_test(the_certificate_names_the_sender),
		cmocka_unit_test(codes_are_in_the_manual),
		cmocka_unit_test(words_of_receipts),
	};

	return cmocka_run_group_tests(tests, world_new, world_free);
}
