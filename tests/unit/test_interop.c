/* SPDX-License-Identifier: ISC */
/*
 * What systems of this kind stumbled over with each other, one test for each: read as others write it, written as all of
 * them read it.
 */
#include "tests/unit/cms_keys.h"

#include "edi/edifact.h"
#include "edi/x12.h"
#include "mime/cms.h"
#include "mime/part.h"

#include <openssl/cms.h>

#define FROM "From: edi@nordwind.example\r\n"
#define ID   "<01JDABCDEF@nordwind.example>"
#define MIC  "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="

static struct mdn
read_fields(struct world *w, const char *fields)
{
	struct mdn m;

	assert_ok(w, mdn_read(w->a, str_of(fields), &m, &w->e));
	return m;
}

static struct as1_opened
open_from_nordwind(struct world *w, struct str mail, bool must_sign)
{
	static const struct str may = S_INIT("edi@nordwind.example");
	const struct as1_policy pol = { .own = w->acme.certs, .key = w->acme.key, .partner = w->nordwind.certs, .from = &may,
		.n_from = 1, .must_sign = must_sign, .now_ms = KEYS_NOW_MS };
	struct as1_opened o;

	assert_ok(w, as1_open(w->a, mail, &pol, &o, &w->e));
	if (o.verdict != AS1_OK)
		fail_msg("is %s: " STR_FMT, as1_verdict_name(o.verdict), STR_ARG(o.reason));
	return o;
}

/* multipart/signed around an entity, with the signature part as given: its header, then the signature's bytes. */
static struct str
signed_by_nordwind(struct world *w, struct str entity, const char *signature_header)
{
	const struct cms_signing how = {
		.own = w->nordwind.certs, .key = w->nordwind.key, .now_ms = KEYS_NOW_MS
	};
	struct buf der = BUF_CAP(64u << 10);
	struct str mail;

	assert_ok(w, cms_sign(&how, entity, &der, &w->e));
	mail = str_cat(w->a, S(FROM "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=sha1; boundary=b\r\n"
	    "\r\n--b\r\n"), entity);
	mail = str_fmt(w->a, STR_FMT "\r\n--b\r\n%s\r\n", STR_ARG(mail), signature_header);
	mail = str_cat(w->a, str_cat(w->a, mail, buf_str(&der)), S("\r\n--b--\r\n"));
	buf_clear(&der);
	return mail;
}

/* ---- receipts as they come */

static void
names_of_fields_and_digests_in_any_case(void **state)
{
	struct world *w = *state;
	struct mdn m = read_fields(w,
	    "ORIGINAL-MESSAGE-ID: " ID
	    "\r\ndisposition: AUTOMATIC-ACTION/mdn-sent-automatically; PROCESSED\r\n"
	    "RECEIVED-CONTENT-MIC: " MIC ", SHA256\r\n");

	assert_str(m.original_message_id, S(ID));
	assert_int_equal(m.disposition, MDN_PROCESSED);
	assert_int_equal(m.mic.alg, MIC_SHA256);
}

static void
one_digest_under_many_names(void **state)
{
	struct world *w = *state;
	static const char *const sha1[] = { "sha1", "sha-1", "SHA1", "SHA-1", "sha", "SHA",
		"rsa-sha1", "RSA-SHA1" };

	for (size_t i = 0; i < N(sha1); i++) {
		struct mdn m = read_fields(w, str_fmt(w->a, "Disposition: a/b; processed\r\n"
		    "Received-content-MIC: qZk+NkcGgWq6PiVxeFDCbJzQ2J0=, %s\r\n", sha1[i]).p);
		assert_int_equal(m.mic.alg, MIC_SHA1);
	}
}

static void
blanks_in_a_disposition(void **state)
{
	struct world *w = *state;
	static const char *const forms[] = {
		"automatic-action/MDN-sent-automatically; processed/error: decryption-failed",
		"automatic-action/MDN-sent-automatically;processed/error:decryption-failed",
		"automatic-action/MDN-sent-automatically;\tprocessed/error:\tdecryption-failed",
		"Automatic-action/mdn-sent-automatically ; processed / error : decryption-failed",
		"automatic-action/MDN-sent-automatically;\r\n processed/Error: decryption-failed",
	};

	for (size_t i = 0; i < N(forms); i++) {
		struct mdn m = read_fields(w, str_fmt(w->a, "Disposition: %s\r\n", forms[i]).p);
		assert_true(m.automatic);
		assert_int_equal(m.disposition, MDN_PROCESSED);
		assert_str(m.modifier, S("error"));
		assert_str(m.modifier_text, S("decryption-failed"));
	}
}

static void
no_blank_before_the_digest(void **state)
{
	struct world *w = *state;

	assert_int_equal(read_fields(w, "Disposition: a/b; processed\r\nReceived-content-MIC: " MIC ",sha-256\r\n").mic.alg, MIC_SHA256);
}

static void
the_original_id_with_and_without_brackets(void **state)
{
	struct world *w = *state;

	assert_str(read_fields(w, "Disposition: a/b; processed\r\nOriginal-Message-ID: 01JDABCDEF@nordwind.example\r\n").original_message_id,
	    S("01JDABCDEF@nordwind.example"));
	assert_str(read_fields(w, "Disposition: a/b; processed\r\nOriginal-Message-ID:\r\n\t" ID " (yours)\r\n").original_message_id, S(ID));
}

#define REPORT(head, text, fields) FROM head "Content-Type: multipart/report; boundary=r\r\n\r\n" \
	"--r\r\n" text "\r\n--r\r\nContent-Type: message/disposition-notification\r\n\r\n" fields "--r--\r\n"

/* No Message-ID of its own; no report-type; no Original-Message-ID, but the header's thread; another Final-Recipient. */
static void
receipts_that_lack_something(void **state)
{
	struct world *w = *state;
	struct as1_opened o = open_from_nordwind(w, S(REPORT("In-Reply-To: " ID "\r\n", "Content-Type: text/plain\r\n\r\nread",
	    "Final-Recipient: rfc822; somebody@else.example\r\nDisposition: a/b; processed\r\n")), false);

	assert_int_equal(o.kind, AS1_IS_RECEIPT);
	assert_str(o.mdn.original_message_id, S(""));
	assert_str(o.in_reply_to, S(ID));
	o = open_from_nordwind(w, S(REPORT("References: <first@x> <second@x>\r\n " ID "\r\n", "Content-Type: text/plain\r\n\r\nread",
	    "Disposition: a/b; processed\r\n")), false);
	assert_str(o.in_reply_to, S(ID));
	o = open_from_nordwind(w, S(REPORT("", "Content-Type: text/plain\r\n\r\nread", "Disposition: a/b; processed\r\n")), false);
	assert_str(o.in_reply_to, S(""));
}

/* A gateway that writes no header on its text, no blanks, no Reporting-UA, and its signature as raw bytes. */
static void
a_terse_gateway(void **state)
{
	struct world *w = *state;
	struct str report = S("Content-Type: multipart/report; report-type=disposition-notification; boundary=\"r\"\r\n\r\n"
	    "--r\r\n\r\nThe message was received.\r\n--r\r\nContent-Type: message/disposition-notification\r\n\r\n"
	    "Original-Recipient:rfc822;ACME\r\nFinal-Recipient:rfc822;ACME\r\nOriginal-Message-ID:" ID "\r\n"
	    "Received-content-MIC:" MIC ",sha256\r\nDisposition:Automatic-action/mdn-sent-automatically;processed\r\n\r\n--r--\r\n");
	struct as1_opened o = open_from_nordwind(w,
	    signed_by_nordwind(w, report, "Content-Type: application/pkcs7-signature\r\n"), true);

	assert_int_equal(o.kind, AS1_IS_RECEIPT);
	assert_true(o.is_signed && o.mdn.automatic);
	assert_int_equal(o.mdn.disposition, MDN_PROCESSED);
	assert_str(o.mdn.original_message_id, S(ID));
	assert_int_equal(o.mdn.mic.alg, MIC_SHA256);
}

static void
an_encrypted_receipt(void **state)
{
	struct world *w = *state;
	const struct cms_sealing how = { .to = w->acme.certs, .now_ms = KEYS_NOW_MS };
	struct str inner = S("Content-Type: multipart/report; boundary=r\r\n\r\n--r\r\nContent-Type: message/disposition-notification\r\n\r\n"
	    "Disposition: a/b; processed\r\nOriginal-Message-ID: " ID "\r\n--r--\r\n");
	struct buf der = BUF_CAP(64u << 10);
	struct as1_opened o;

	assert_ok(w, cms_encrypt(&how, inner, &der, &w->e));
	o = open_from_nordwind(w, str_cat(w->a, S(FROM "Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: binary\r\n\r\n"),
	    buf_str(&der)), false);
	assert_int_equal(o.kind, AS1_IS_RECEIPT);
	assert_str(o.mdn.original_message_id, S(ID));
	buf_clear(&der);
}

/* ---- requests for receipts */

static void
requests_in_every_spacing(void **state)
{
	struct world *w = *state;
	static const char *const forms[] = {
		"signed-receipt-protocol=optional, pkcs7-signature; signed-receipt-micalg=optional, sha-512, sha1",
		"signed-receipt-protocol=optional,pkcs7-signature;signed-receipt-micalg=optional,sha512,sha1",
		"Signed-Receipt-Protocol = Optional , PKCS7-Signature ;\tSigned-Receipt-Micalg = Optional , SHA512 , SHA1",
		"signed-receipt-protocol=required, pkcs7-signature;\r\n signed-receipt-micalg=required, md5, sha-512",
		"signed-receipt-micalg=optional, SHA-512; signed-receipt-protocol=optional, x-pkcs7-signature",
	};

	/* Of a mail that is not signed the first digest that we know counts; the receipt is signed all the same. */
	for (size_t i = 0; i < N(forms); i++) {
		struct str mail = str_fmt(w->a, FROM "Disposition-Notification-To: edi@nordwind.example\r\n"
		    "Disposition-Notification-Options: %s\r\nContent-Type: application/EDI-X12\r\n\r\nISA", forms[i]);
		struct as1_opened o = open_from_nordwind(w, mail, false);
		assert_int_equal(o.wants, AS1_RECEIPT_SIGNED);
		assert_int_equal(o.mic.alg, MIC_SHA512);
	}
}

/* ---- ids of all kinds are echoed as they are */

static void
odd_ids_are_echoed(void **state)
{
	struct world *w = *state;
	char *wide = arena_get(w->a, 971);
	memset(wide, 'x', 970);
	wide[0] = '<';
	wide[969] = '>';
	const struct str ids[] = { S(ID), S("<no-at-sign>"), S("<a/b\\c:d*e?f|g>"), S("<a b@c>"),
		S("no-brackets@x"), S("<\"quoted\"@x>"), S("<AS2-20261123T100000-1@[10.0.0.1]>"),
		str_make(wide, 970) };

	for (size_t i = 0; i < N(ids); i++) {
		struct as1_receipt_mail r = { .env = { .from = S("edi@acme.example"), .to = S("edi@nordwind.example"),
		    .message_id = S("01R@acme.example"), .date_ms = KEYS_NOW_MS, .boundary_seed = S("01R") },
			.mdn = { .original_message_id = ids[i], .final_recipient = S("edi@acme.example"), .automatic = true,
			    .disposition = MDN_PROCESSED }, .human = S("received") };
		struct as1_policy pol = { .now_ms = KEYS_NOW_MS };
		struct buf b = BUF_CAP(64u << 10);
		struct as1_glance g;
		struct as1_opened o;
		size_t at;

		/* It is what stands in the mail ... */
		assert_ok(w,
		    as1_peek(w->a,
		        str_fmt(w->a, FROM "Message-ID: " STR_FMT "\r\n\r\nx", STR_ARG(ids[i])), &g,
		        &w->e));
		assert_str(g.message_id, ids[i]);
		/* ... and in its receipt, on one line. */
		assert_ok(w, as1_pack_receipt(w->a, &r, &b, &w->e));
		assert_true(str_find(buf_str(&b),
		    str_fmt(w->a, "\r\nOriginal-Message-ID: " STR_FMT "\r\n", STR_ARG(ids[i])),
		    &at));
		assert_ok(w, as1_open(w->a, buf_str(&b), &pol, &o, &w->e));
		assert_str(o.mdn.original_message_id, ids[i]);
		buf_clear(&b);
	}
}

/* ---- what we write, word by word */

static void
receipts_as_everybody_reads_them(void **state)
{
	struct world *w = *state;
	static const char *const errors[] = { "authentication-failed", "decryption-failed",
		"decompression-failed", "integrity-check-failed", "insufficient-message-security",
		"unexpected-processing-error" };
	size_t found = 0, at;

	for (enum as1_verdict v = AS1_OK; v <= AS1_DECOMPRESSION_FAILED; v++)
		for (size_t i = 0; i < N(errors); i++)
			found += str_eq(str_of(as1_verdict_modifier(v)), str_fmt(w->a, "error: %s", errors[i]));
	assert_true(found >= N(errors));
	struct as1_receipt_mail r = { .env = { .from = S("edi@acme.example"), .to = S("edi@nordwind.example"),
	    .message_id = S("01R@acme.example"), .date_ms = KEYS_NOW_MS, .boundary_seed = S("01R") },
		.mdn = { .original_message_id = S(ID), .final_recipient = S("edi@acme.example"), .automatic = true,
		    .disposition = MDN_FAILED, .modifier = S("Failure"), .modifier_text = S("unsupported format") }, .human = S("no") };
	struct buf b = BUF_CAP(64u << 10);
	assert_ok(w, as1_pack_receipt(w->a, &r, &b, &w->e));
	assert_true(str_find(buf_str(&b),
	    S("Content-Type: multipart/report; report-type=disposition-notification"), &at));
	assert_true(str_find(buf_str(&b), S("\r\nDisposition: automatic-action/MDN-sent-automatically; failed/Failure: unsupported format\r\n"), &at));
	assert_true(str_find(buf_str(&b), S("\r\nAuto-Submitted: auto-replied\r\n"), &at));
	buf_clear(&b);
	/* An old partner's spelling of the digest. */
	r.how.bare_micalg = true;
	r.mdn = (struct mdn){ .automatic = true, .disposition = MDN_PROCESSED };
	assert_ok(w, mic_make(MIC_SHA256, S("abc"), &r.mdn.mic, &w->e));
	assert_ok(w, as1_pack_receipt(w->a, &r, &b, &w->e));
	assert_true(str_find(buf_str(&b), S("\r\nReceived-content-MIC: " MIC ", sha256\r\n"), &at));
	buf_clear(&b);
}

/* ---- documents as they come */

static void
line_ends_where_they_should_not_matter(void **state)
{
	struct world *w = *state;
	static const struct str mails[] = {
		/* base64 in lines of LF, in a mail of CRLF; without its last line end; with one too many; in one line */
		S_INIT(FROM "Content-Type: application/EDIFACT\r\nContent-Transfer-Encoding: base64\r\n\r\nVU5B\nOisu\nPyAn\n"),
		S_INIT(FROM "Content-Type: application/EDIFACT\r\nContent-Transfer-Encoding: base64\r\n\r\nVU5BOisuPyAn"),
		S_INIT(FROM "Content-Type: application/EDIFACT\r\nContent-Transfer-Encoding: base64\r\n\r\nVU5BOisuPyAn\r\n\r\n\r\n"),
		S_INIT(FROM "Content-Type: multipart/mixed; boundary=b\r\n\r\n\r\n--b\r\nContent-Type: application/EDIFACT\r\n\r\n"
		            "UNA:+.? '\r\n--b--\r\nan epilogue\r\n"),
		S_INIT(FROM "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/EDIFACT\r\n\r\nUNA:+.? '\r\n--b--"),
		S_INIT(FROM "Content-Type: multipart/mixed; boundary=b\r\n\r\na preamble\r\n--b  \r\nContent-Type: application/EDIFACT\r\n\r\n"
		            "UNA:+.? '\r\n--b--\t\r\n"),
	};

	for (size_t i = 0; i < N(mails); i++) {
		struct as1_opened o = open_from_nordwind(w, mails[i], false);
		assert_int_equal(o.n, 1);
		assert_str(span_mem(o.payloads[0].content), S("UNA:+.? '"));
	}
}

static void
names_in_every_quoting(void **state)
{
	struct world *w = *state;
	static const struct { const char *form; struct str want; } cases[] = {
		{ "filename=\"order 4711.edi\"", S_INIT("order 4711.edi") },
		{ "filename=order_4711.edi", S_INIT("order_4711.edi") },
		{ "filename=\"order \\\"4711\\\".edi\"", S_INIT("order \"4711\".edi") },
		{ "filename*=UTF-8''order%204711.edi", S_INIT("order 4711.edi") },
		{ "FileName = \"order 4711.edi\"", S_INIT("order 4711.edi") },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct str mail = str_fmt(w->a, FROM "Content-Type: application/EDIFACT\r\nContent-Disposition: attachment; %s\r\n\r\nUNA",
		    cases[i].form);
		assert_str(open_from_nordwind(w, mail, false).payloads[0].file_name, cases[i].want);
	}
	/* Quotes within quotes: whatever name comes out, the document arrives. */
	assert_int_equal(open_from_nordwind(w, S(FROM "Content-Type: application/EDIFACT\r\n"
	    "Content-Disposition: attachment; filename=\"\"order.edi\"\"\r\n\r\nUNA"), false).n, 1);
}

/* The types that RFC 1767 gives, its catch-all, and what others make of them. */
static void
every_label_of_a_document(void **state)
{
	struct world *w = *state;
	static const char *const types[] = { "application/EDI-X12", "application/EDIFACT",
		"application/edi-consent", "application/XML", "text/xml",
		"application/octet-stream", "application/pdf" };

	for (size_t i = 0; i < N(types); i++)
		assert_int_equal(open_from_nordwind(w, str_fmt(w->a, FROM "Content-Type: %s\r\n\r\nUNA", types[i]), false).n, 1);
}

/* A signature part typed and encoded in any way; micalg that says something else than the signature (it proves nothing). */
static void
signature_parts_in_every_form(void **state)
{
	struct world *w = *state;
	static const char *const headers[] = {
		"Content-Type: application/pkcs7-signature\r\nContent-Transfer-Encoding: binary\r\n",
		"Content-Type: application/x-pkcs7-signature; name=smime.p7s\r\n",
		"Content-Type: application/octet-stream; name=smime.p7s\r\nContent-Transfer-Encoding: 8bit\r\n",
	};

	for (size_t i = 0; i < N(headers); i++) {
		struct as1_opened o = open_from_nordwind(w,
		    signed_by_nordwind(w, S("Content-Type: application/EDIFACT\r\n\r\nUNA"), headers[i]), true);
		assert_true(o.is_signed);
		assert_int_equal(o.mic.alg, MIC_SHA256);	/* the signature's own, not micalg's */
	}
}

/* Ends-of-contents and line ends once too often behind a signature are nobody's; anything else there is refused. */
static void
what_stands_behind_a_signature(void **state)
{
	struct world *w = *state;
	static const struct str entity = S_INIT("Content-Type: application/EDIFACT\r\n\r\nUNA");
	static const char zeros[PULL_FILLER_MAX + 1];
	const struct { struct str behind; enum cms_verdict want; } cases[] = {
		{ S(""), CMS_GOOD }, { S("\0\0"), CMS_GOOD }, { S("\r\n"), CMS_GOOD }, { S("\n\0\n"), CMS_GOOD },
		{ str_make(zeros, PULL_FILLER_MAX), CMS_GOOD }, { str_make(zeros, PULL_FILLER_MAX + 1), CMS_MALFORMED },
		{ S("x"), CMS_MALFORMED }, { S("\r\nx"), CMS_MALFORMED }, { S("\x30\0"), CMS_MALFORMED },
	};
	const struct cms_signing how = {
		.own = w->nordwind.certs, .key = w->nordwind.key, .now_ms = KEYS_NOW_MS
	};
	const struct cms_trust trust = { .certs = w->nordwind.certs, .now_ms = KEYS_NOW_MS };
	struct buf der = BUF_CAP(64u << 10);
	struct cms_verified v;

	assert_ok(w, cms_sign(&how, entity, &der, &w->e));
	for (size_t i = 0; i < N(cases); i++) {
		cms_verify(w->a, str_cat(w->a, buf_str(&der), cases[i].behind), entity, &trust, &v);
		assert_int_equal(v.verdict, cases[i].want);
	}
	buf_clear(&der);
}

/* Preamble, epilogue, and line ends more than there should be, around what is signed: none of it is looked at, or written. */
static void
what_stands_around_a_signed_part(void **state)
{
	struct world *w = *state;
	struct str entity = S("Content-Type: application/EDIFACT\r\n\r\nUNA\r\n"), mail, before, behind;
	struct as1_opened o;
	size_t at;

	mail = signed_by_nordwind(w, entity,
	    "Content-Type: application/pkcs7-signature\r\nContent-Transfer-Encoding: binary\r\n");
	assert_true(str_find(mail, S("\r\n\r\n--b\r\n"), &at));
	before = str_sub(mail, 0, at);
	behind = str_from(mail, at + 4);
	mail = str_cat(w->a, before, S("\r\n\r\nTo read this your program must know MIME.\r\n\r\n"));
	mail = str_cat(w->a, str_cat(w->a, mail, behind), S("\r\n-- \r\nscanned\r\n"));
	o = open_from_nordwind(w, mail, true);
	assert_true(o.is_signed);
	assert_str(span_mem(o.payloads[0].content), S("UNA\r\n"));
}

/* As a program streams it that does not know the length beforehand (X.690, 8.1.3.6): every level ends with two NULs. */
static struct str
streamed(struct world *w, CMS_ContentInfo *cms, struct str content, int flags)
{
	BIO *in = BIO_new_mem_buf(content.p, (int)content.n), *out = BIO_new(BIO_s_mem());
	struct str der;
	char *p = NULL;
	long n;

	assert_non_null(cms);
	assert_int_equal(i2d_CMS_bio_stream(out, cms, in, flags), 1);
	n = BIO_get_mem_data(out, &p);
	der = str_dup(w->a, str_make(p, (size_t)n));
	assert_memory_equal(der.p, "\x30\x80", 2);
	assert_true(str_ends(der, S("\0\0\0\0\0\0")));
	BIO_free(in);
	BIO_free(out);
	CMS_ContentInfo_free(cms);
	return der;
}

static void
indefinite_lengths(void **state)
{
	struct world *w = *state;
	const int flags = CMS_BINARY | CMS_STREAM;
	struct str content = S("Content-Type: application/EDIFACT\r\n\r\nUNA"), der;
	const struct cms_trust trust = { .certs = w->nordwind.certs, .now_ms = KEYS_NOW_MS };
	STACK_OF(X509) *to = sk_X509_new_null();
	struct cms_verified v;
	struct cms_opened o;

	der = streamed(w, CMS_sign(cert_set_get(w->nordwind.certs, 0), cert_key_get(w->nordwind.key), NULL, NULL, flags),
	    content, flags);
	cms_verify(w->a, der, (struct str){ 0 }, &trust, &v);
	assert_int_equal(v.verdict, CMS_GOOD);
	assert_str(span_mem(v.content), content);
	/* For two, the sender first. */
	assert_int_equal(sk_X509_push(to, cert_set_get(w->nordwind.certs, 0)), 1);
	assert_int_equal(sk_X509_push(to, cert_set_get(w->acme.certs, 0)), 2);
	der = streamed(w, CMS_encrypt(to, NULL, EVP_aes_256_cbc(), flags), content, flags);
	assert_ok(w, cms_decrypt(w->a, w->acme.certs, w->acme.key, 0, der, &o, &w->e));
	assert_str(span_mem(o.content), content);
	sk_X509_free(to);
}

/* Two letters of a country that are none, the number zero, texts in types that nobody uses any more. */
static void
odd_certificates_load(void **state)
{
	struct world *w = *state;
	static const struct { const char *what, *field, *value; int type; long serial; } cases[] = {
		{ "a country in full", "C", "Germany", V_ASN1_PRINTABLESTRING, 1 },
		{ "a country in one letter", "C", "D", V_ASN1_PRINTABLESTRING, 1 },
		{ "an empty country", "C", "", V_ASN1_PRINTABLESTRING, 1 },
		{ "the number zero", "O", "Nordwind", V_ASN1_UTF8STRING, 0 },
		{ "a number below zero", "O", "Nordwind", V_ASN1_UTF8STRING, -5 },
		{ "a unit as IA5String", "OU", "EDI", V_ASN1_IA5STRING, 1 },
		{ "a unit as T61String", "OU", "K\xe4ufer", V_ASN1_T61STRING, 1 },
	};
	const struct cms_trust *trust;

	for (size_t i = 0; i < N(cases); i++) {
		struct side s = cms_side_odd(w, cases[i].field, cases[i].type, cases[i].value, cases[i].serial);
		const struct cms_signing how = {
			.own = s.certs, .key = s.key, .now_ms = KEYS_NOW_MS, .opaque = true
		};
		const struct cms_sealing seal = { .to = s.certs, .now_ms = KEYS_NOW_MS };
		struct buf der = BUF_CAP(64u << 10), sealed = BUF_CAP(64u << 10);
		struct cms_verified v;
		struct cms_opened o;

		print_message("    %s\n", cases[i].what);
		trust = &(struct cms_trust){ .certs = s.certs, .now_ms = KEYS_NOW_MS };
		assert_ok(w, cms_sign(&how, S("UNA"), &der, &w->e));
		cms_verify(w->a, buf_str(&der), (struct str){ 0 }, trust, &v);
		assert_int_equal(v.verdict, CMS_GOOD);
		assert_ok(w, cms_encrypt(&seal, S("UNA"), &sealed, &w->e));
		assert_ok(w, cms_decrypt(w->a, s.certs, s.key, 0, buf_str(&sealed), &o, &w->e));
		assert_str(span_mem(o.content), S("UNA"));
		buf_clear(&der);
		buf_clear(&sealed);
		cms_side_free(&s);
	}
}

/* RFC 1767's own labels, never the catch-all EDI-consent. */
static void
documents_are_labelled_by_their_format(void **state)
{
	(void)state;
	assert_string_equal(edi_x12.media_type, "application/EDI-X12");
	assert_string_equal(edi_edifact.media_type, "application/EDIFACT");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_fields_and_digests_in_any_case),
		cmocka_unit_test(one_digest_under_many_names),
		cmocka_unit_test(blanks_in_a_disposition),
		cmocka_unit_test(no_blank_before_the_digest),
		cmocka_unit_test(the_original_id_with_and_without_brackets),
		cmocka_unit_test(receipts_that_lack_something),
		cmocka_unit_test(a_terse_gateway),
		cmocka_unit_test(an_encrypted_receipt),
		cmocka_unit_test(requests_in_every_spacing),
		cmocka_unit_test(odd_ids_are_echoed),
		cmocka_unit_test(receipts_as_everybody_reads_them),
		cmocka_unit_test(line_ends_where_they_should_not_matter),
		cmocka_unit_test(names_in_every_quoting),
		cmocka_unit_test(every_label_of_a_document),
		cmocka_unit_test(signature_parts_in_every_form),
		cmocka_unit_test(what_stands_behind_a_signature),
		cmocka_unit_test(what_stands_around_a_signed_part),
		cmocka_unit_test(indefinite_lengths),
		cmocka_unit_test(odd_certificates_load),
		cmocka_unit_test(documents_are_labelled_by_their_format),
	};

	return cmocka_run_group_tests(tests, world_new, world_free);
}
