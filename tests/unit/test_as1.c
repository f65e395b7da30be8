/* SPDX-License-Identifier: ISC */
/* AS1 from end to end in memory: what one side packs the other opens, and nothing else gets through. */
#include "tests/unit/mime_world.h"

#include "gateway/base/base64.h"

#include "mime/encode.h"
#include "mime/word.h"

static struct as1_envelope
envelope(struct str from, struct str to)
{
	return (struct as1_envelope){ .from_name = S("Nordwind GmbH"), .from = from, .to = to,
		.message_id = S("01JDABCDEF@nordwind.example"), .date_ms = KEYS_NOW_MS, .boundary_seed = S("01JDABCDEF") };
}

/* Nordwind's order to ACME, signed, with a signed receipt asked for. */
static struct as1_document
order(struct world *w)
{
	return (struct as1_document){ .env = envelope(S("edi@nordwind.example"), S("edi@acme.example")),
		.subject = S("ORDERS 4711"),
		    .content = span_str(S("UNA:+.? '\r\nUNB+UNOC:3+4012345000009:14+5098765000007:14+261123:1000+1'")),
		.media_type = S("application/EDIFACT"), .file_name = S("orders-4711.edi"), .how.sign = true,
		.receipt = AS1_RECEIPT_SIGNED, .own = w->nordwind.certs, .key = w->nordwind.key, .partner = w->acme.certs };
}

static struct str
content_of(const struct as1_document *d)
{
	return str_make(d->content.p, (size_t)d->content.n);
}

static struct as1_policy
acme_policy(struct world *w)
{
	return (struct as1_policy){ .own = w->acme.certs,
		.key = w->acme.key,
		.partner = w->nordwind.certs,
		.must_sign = true,
		.now_ms = KEYS_NOW_MS };
}

static struct str
pack(struct world *w, const struct as1_document *d, struct mic *mic)
{
	struct buf b = BUF_CAP(8u << 20);
	struct mic_set mics;
	struct str mail;

	assert_ok(w, world_pack(w, d, &b, &mics));
	*mic = mics.list[0];
	mail = str_dup(w->a, buf_str(&b));
	buf_clear(&b);
	return mail;
}

static struct as1_opened
open_with(struct world *w, struct str mail, const struct as1_policy *pol)
{
	struct as1_opened o;

	assert_ok(w, as1_open(w->a, mail, pol, &o, &w->e));
	assert_true(is_utf8(o.tree) && is_utf8(o.reason) && is_utf8(o.layers));
	assert_true(o.verdict == AS1_OK || (o.n == 0 && o.reason.n > 0));
	return o;
}

static struct as1_opened
open_at_acme(struct world *w, struct str mail)
{
	struct as1_policy pol = acme_policy(w);

	return open_with(w, mail, &pol);
}

#define assert_verdict(o, want)                                                                     \
	do {                                                                                        \
		if ((o).verdict != (want))                                                          \
			fail_msg("is %s (" STR_FMT "), want %s", as1_verdict_name((o).verdict),      \
			    STR_ARG((o).reason), as1_verdict_name(want));                           \
	} while (0)

/* The mail with the first what in it made into something of the same or other length. */
static struct str
change(struct world *w, struct str mail, struct str what, struct str into)
{
	size_t at;

	assert_true(str_find(mail, what, &at));
	return str_cat(w->a, str_cat(w->a, str_sub(mail, 0, at), into), str_from(mail, at + what.n));
}

static void
assert_canonical(struct str mail)
{
	struct str line;

	while (mail.n > 0) {
		struct str before = mail;
		assert_true(str_next_line(&mail, &line));
		assert_int_equal(before.n - mail.n, line.n + 2);
		if (line.n > ENCODE_LINE_MAX + 1 || !is_plain_text(line) || str_starts(line, S("From ")))
			fail_msg("line '" STR_FMT "'", STR_ARG(line));
	}
}

static void
every_form_arrives_identical(void **state)
{
	struct world *w = *state;
	struct as1_document d = order(w);
	char *big = arena_get(w->a, 300000);
	struct str contents[] = { content_of(&d), S(""), S("\n"), S("From me\r\n.\r\n"),
		all_bytes(), str_make(big, 300000) };

	for (size_t i = 0; i < 300000; i++)
		big[i] = (char)(i * 2654435761u >> 11);
	for (unsigned int form = 0; form < 4; form++) {
		d.how.sign = (form & 1) != 0;
		d.how.encrypt = (form & 2) != 0;
		for (size_t i = 0; i < N(contents); i++) {
			struct as1_policy pol = acme_policy(w);
			struct as1_opened o;
			struct mic mic;
			struct str mail;
			d.content = span_str(contents[i]);
			pol.must_sign = d.how.sign;
			pol.must_encrypt = d.how.encrypt;
			mail = pack(w, &d, &mic);
			assert_canonical(mail);
			o = open_with(w, mail, &pol);
			assert_verdict(o, AS1_OK);
			assert_int_equal(o.kind, AS1_IS_DOCUMENT);
			assert_int_equal(o.n, 1);
			assert_str(span_mem(o.payloads[0].content), content_of(&d));
			assert_str(o.payloads[0].media_type, S("application/edifact"));
			assert_str(o.payloads[0].file_name, d.file_name);
			assert_int_equal(o.is_signed, d.how.sign);
			assert_int_equal(o.encrypted, d.how.encrypt);
			assert_true(mic_eq(&o.mic, &mic));
			assert_str(o.layers, form == 0 ? S("") : form == 1 ? S("signed(rsa, sha-256)") :
			    form == 2 ? S("enveloped(aes-256-cbc)") : S("enveloped(aes-256-cbc) signed(rsa, sha-256)"));
			assert_true(!d.how.sign || str_starts(o.signer, S("CN=Nordwind GmbH (")));
		}
	}
}

static void
the_outer_header(void **state)
{
	struct world *w = *state;
	struct as1_document d = order(w);
	struct as1_glance g;
	struct mic mic;

	d.subject = S("Bestellung \xc3\xbc" "ber 12 St\xc3\xbc" "ck");
	assert_ok(w,
	    as1_peek(w->a,
	        str_cat(w->a, S("Return-Path: <edi@nordwind.example>\r\n"), pack(w, &d, &mic)), &g,
	        &w->e));
	assert_str(g.message_id, S("<01JDABCDEF@nordwind.example>"));
	assert_str(g.from, S("edi@nordwind.example"));
	assert_str(g.subject, d.subject);
	assert_str(g.date, S("Wed, 18 Nov 2026 11:06:40 +0000"));
	assert_str(g.return_path, S("edi@nordwind.example"));
	assert_false(g.auto_submitted || g.report);
}

static void
peeking_at_strange_mails(void **state)
{
	struct world *w = *state;
	static const struct { struct str in, from, id, path; bool robot, report; } cases[] = {
		{ S_INIT("From: a@b.example\r\n"), S_INIT("a@b.example"), S_INIT(""), S_INIT(""), false, false },
		{ S_INIT("From: a@b.example, c@d.example\r\n"), S_INIT(""), S_INIT(""), S_INIT(""), false, false },
		{ S_INIT("From: a@b.example\r\nFrom: a@b.example\r\n"), S_INIT(""), S_INIT(""), S_INIT(""), false, false },
		{ S_INIT("Sender: a@b.example\r\n"), S_INIT(""), S_INIT(""), S_INIT(""), false, false },
		{ S_INIT("Return-Path: <>\r\nFrom: x@y.example\r\nMessage-ID:\r\n <a@b>\r\n"),
		    S_INIT("x@y.example"), S_INIT("<a@b>"), S_INIT("<>"), false, false },
		{ S_INIT("Message-ID: <a@b>\r\nMessage-ID: <c@d>\r\n"), S_INIT(""), S_INIT(""), S_INIT(""), false, false },
		{ S_INIT("Message-ID: <a\xff@b>\r\n"), S_INIT(""), S_INIT(""), S_INIT(""), false, false },
		{ S_INIT("Auto-Submitted: auto-replied (vacation)\r\n"), S_INIT(""), S_INIT(""), S_INIT(""), true, false },
		{ S_INIT("Auto-Submitted: no\r\n"), S_INIT(""), S_INIT(""), S_INIT(""), false, false },
		{ S_INIT("Content-Type: multipart/report; boundary=b\r\n\r\n--b--\r\n"), S_INIT(""), S_INIT(""),
		    S_INIT(""), false, true },
		{ S_INIT("Content-Type: multipart/signed; boundary=b\r\n\r\npreamble\r\n--b\r\nContent-Type: multipart/report; boundary=c\r\n\r\n"),
		    S_INIT(""), S_INIT(""), S_INIT(""), false, true },
		{ S_INIT("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/report; boundary=c\r\n\r\n"),
		    S_INIT(""), S_INIT(""), S_INIT(""), false, false },
	};
	struct as1_glance g;

	for (size_t i = 0; i < N(cases); i++) {
		assert_ok(w, as1_peek(w->a, cases[i].in, &g, &w->e));
		assert_str(g.from, cases[i].from);
		assert_str(g.message_id, cases[i].id);
		assert_str(g.return_path, cases[i].path);
		assert_int_equal(g.auto_submitted, cases[i].robot);
		assert_int_equal(g.report, cases[i].report);
	}
	assert_int_equal(as1_peek(w->a, S(""), &g, &w->e), -1);
	assert_int_equal(as1_peek(w->a, S("hello\r\n"), &g, &w->e), -1);
	assert_int_equal(as1_peek(w->a, S("\r\nFrom: a@b.example\r\n"), &g, &w->e), -1);
	char *huge = arena_get(w->a, 70000);
	memset(huge, 'x', 70000);
	memcpy(huge, "A: ", 3);
	assert_int_equal(as1_peek(w->a, str_make(huge, 70000), &g, &w->e), -1);
}

static void
what_is_not_right_is_refused(void **state)
{
	struct world *w = *state;
	struct as1_document d = order(w), other = order(w);
	struct mic mic;
	struct str mail = pack(w, &d, &mic), bare, sealed, foreign;

	/* Changed on the way; changed with care for the signature's own lines; signed by another company. */
	assert_verdict(open_at_acme(w, change(w, mail, S("VU5BOi"), S("VU5BOj"))), AS1_INTEGRITY_FAILED);
	assert_verdict(open_at_acme(w, change(w, mail, S("orders-4711.edi"), S("orders-4712.edi"))), AS1_INTEGRITY_FAILED);
	other.own = w->stranger.certs;
	other.key = w->stranger.key;
	foreign = pack(w, &other, &mic);
	assert_verdict(open_at_acme(w, foreign), AS1_AUTHENTICATION_FAILED);
	assert_verdict(open_at_acme(w, change(w, foreign, S("VU5BOi"), S("VU5BOj"))), AS1_AUTHENTICATION_FAILED);
	/* The outer header is not signed: changing it changes nothing of the content. */
	assert_verdict(open_at_acme(w, change(w, mail, S("Subject: ORDERS"), S("Subject: INVOIC"))), AS1_OK);
	/* Not signed, not encrypted, for somebody else. */
	d.how.sign = false;
	bare = pack(w, &d, &mic);
	assert_verdict(open_at_acme(w, bare), AS1_INSUFFICIENT_SECURITY);
	d.how.encrypt = true;
	sealed = pack(w, &d, &mic);
	assert_verdict(open_at_acme(w, sealed), AS1_INSUFFICIENT_SECURITY);
	d.partner = w->stranger.certs;
	assert_verdict(open_at_acme(w, pack(w, &d, &mic)), AS1_DECRYPTION_FAILED);
	struct as1_policy strict = acme_policy(w);
	strict.must_encrypt = true;
	assert_verdict(open_with(w, mail, &strict), AS1_INSUFFICIENT_SECURITY);
	/* Dates are judged when it comes in. */
	strict = acme_policy(w);
	strict.now_ms = INT64_C(2713910400000) + 1;
	assert_verdict(open_with(w, mail, &strict), AS1_AUTHENTICATION_FAILED);
	/* Nobody is trusted: that is what inspect asks. */
	strict = (struct as1_policy){ .now_ms = KEYS_NOW_MS };
	struct as1_opened o = open_with(w, mail, &strict);
	assert_verdict(o, AS1_AUTHENTICATION_FAILED);
	assert_str(o.layers, S("signed(rsa, sha-256)"));
	assert_true(o.tree.n > 0);
}

static void
garbled_envelopes_are_all_alike(void **state)
{
	struct world *w = *state;
	struct as1_document d = order(w);
	struct mic mic;
	struct str mail, reason = S("");
	size_t body, refused = 0;

	d.how.encrypt = true;
	mail = pack(w, &d, &mic);
	assert_true(str_find(mail, S("\r\n\r\n"), &body));
	for (size_t at = body + 1300; at < mail.n - 200; at += 61) {
		char *p = str_cstr(w->a, mail);
		if (!is_alpha(p[at]))
			continue;
		p[at] = p[at] == 'q' ? 'r' : 'q';
		struct as1_opened o = open_at_acme(w, str_make(p, mail.n));
		if (o.verdict == AS1_OK)
			continue;	/* a bit of the preamble */
		assert_verdict(o, AS1_DECRYPTION_FAILED);
		if (refused++ == 0)
			reason = o.reason;
		assert_str(o.reason, reason);
	}
	assert_true(refused > 20);
}

/* The signed entity and its signature, taken from a good mail, to be put into bad ones. */
static struct str
signed_parts(struct str mail)
{
	size_t from, to;

	assert_true(str_find(mail, S("--=_signed_01JDABCDEF\r\n"), &from));
	assert_true(str_find(mail, S("--=_signed_01JDABCDEF--"), &to));
	return str_sub(mail, from, to - from);
}

#define HEAD	"From: edi@nordwind.example\r\nMIME-Version: 1.0\r\n"
#define SIGNED	"Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; boundary=\"=_signed_01JDABCDEF\"\r\n\r\n"
#define CLOSE	"--=_signed_01JDABCDEF--\r\n"
#define EVIL	"--=_signed_01JDABCDEF\r\nContent-Type: application/EDIFACT\r\n\r\nevil\r\n"

static void
wrapped_signatures_prove_nothing(void **state)
{
	struct world *w = *state;
	struct as1_document d = order(w);
	struct mic mic;
	struct str good = signed_parts(pack(w, &d, &mic));
	const struct { const char *why; struct str before, after; enum as1_verdict want; } cases[] = {
		{ "as it was", S(HEAD SIGNED), S(CLOSE), AS1_OK },
		{ "text in front and behind", S(HEAD SIGNED "UNA evil\r\n"),
		    S(CLOSE "UNA evil\r\n"), AS1_OK },
		{ "a third part", S(HEAD SIGNED), S(EVIL CLOSE), AS1_MALFORMED },
		{ "another first part", S(HEAD SIGNED EVIL), S(CLOSE), AS1_MALFORMED },
		{ "not closed", S(HEAD SIGNED), S(""), AS1_MALFORMED },
		{ "inside multipart/mixed", S(HEAD "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n" SIGNED),
		    S(CLOSE "--m--\r\n"), AS1_MALFORMED },
		{ "beside an unsigned document",
		    S(HEAD "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n"
		            "Content-Type: application/EDIFACT\r\n\r\nevil\r\n--m\r\n" SIGNED),
		    S(CLOSE "--m--\r\n"), AS1_MALFORMED },
		{ "in a forwarded mail", S(HEAD "Content-Type: message/rfc822\r\n\r\n" SIGNED),
		    S(CLOSE), AS1_INSUFFICIENT_SECURITY },
		{ "other protocol",
		    S(HEAD "Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=\"=_signed_01JDABCDEF\"\r\n\r\n"),
		    S(CLOSE), AS1_MALFORMED },
		{ "two types", S(HEAD "Content-Type: text/plain\r\n" SIGNED), S(CLOSE), AS1_MALFORMED },
		{ "two types, the other first",
		    S(HEAD "X: y\r\nContent-Type: multipart/signed; boundary=\"=_signed_01JDABCDEF\"\r\n" SIGNED),
		    S(CLOSE), AS1_MALFORMED },
		{ "no MIME-Version", S("From: edi@nordwind.example\r\n" SIGNED), S(CLOSE), AS1_OK },
		{ "blank-only header line", S(HEAD " \r\n" SIGNED), S(CLOSE), AS1_MALFORMED },
	};

	for (size_t i = 0; i < N(cases); i++) {
		print_message("%s\n", cases[i].why);
		struct as1_opened o = open_at_acme(w, str_cat(w->a, str_cat(w->a, cases[i].before, good), cases[i].after));
		assert_verdict(o, cases[i].want);
		assert_true(o.n == 0 || str_eq(span_mem(o.payloads[0].content), content_of(&d)));
	}
}

#define PART(type, more, body) "--m\r\nContent-Type: " type "\r\n" more "\r\n" body "\r\n"
#define MIXED		       HEAD "Content-Type: multipart/mixed; boundary=m\r\n\r\n"

static void
what_counts_as_a_document(void **state)
{
	struct world *w = *state;
	static const struct { const char *why; struct str in, want; enum as1_verdict verdict; enum as1_kind kind; } cases[] = {
		{ "a lone text", S_INIT(HEAD "\r\nUNA"), S_INIT("UNA|"), AS1_OK, AS1_IS_DOCUMENT },
		{ "a lone EDI part", S_INIT(HEAD "Content-Type: application/EDI-X12\r\n\r\nISA"),
		    S_INIT("ISA|"), AS1_OK, AS1_IS_DOCUMENT },
		{ "note and document",
		    S_INIT(MIXED PART("text/plain", "", "hello") PART("application/xml", "", "<a/>") "--m--\r\n"),
		    S_INIT("<a/>|"), AS1_OK, AS1_IS_DOCUMENT },
		{ "two documents",
		    S_INIT(MIXED PART("application/pdf", "", "%PDF") PART("text/xml", "", "<a/>") "--m--\r\n"),
		    S_INIT("%PDF|<a/>|"), AS1_OK, AS1_IS_DOCUMENT },
		{ "text attached",
		    S_INIT(MIXED PART("text/plain", "", "hello")
		            PART("text/plain", "Content-Disposition: attachment\r\n", "UNA") "--m--\r\n"),
		    S_INIT("UNA|"), AS1_OK, AS1_IS_DOCUMENT },
		{ "text with a name",
		    S_INIT(MIXED PART("text/plain", "", "hello") PART("text/plain; name=a.edi", "", "UNA") "--m--\r\n"),
		    S_INIT("UNA|"), AS1_OK, AS1_IS_DOCUMENT },
		{ "text and its HTML",
		    S_INIT(MIXED PART("text/plain", "", "UNA") PART("text/html", "", "<b>UNA") "--m--\r\n"),
		    S_INIT("UNA|"), AS1_OK, AS1_IS_DOCUMENT },
		{ "two notes", S_INIT(MIXED PART("text/plain", "", "one") PART("text/plain", "", "two") "--m--\r\n"),
		    S_INIT(""), AS1_NO_PAYLOAD, AS1_IS_DOCUMENT },
		{ "only HTML", S_INIT(HEAD "Content-Type: text/html\r\n\r\n<b>"),
		    S_INIT(""), AS1_NO_PAYLOAD, AS1_IS_DOCUMENT },
		{ "winmail.dat", S_INIT(HEAD "Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\nx"),
		    S_INIT(""), AS1_NO_PAYLOAD, AS1_IS_DOCUMENT },
		{ "a logo and a document",
		    S_INIT(MIXED PART("image/png", "", "PNG") PART("application/edifact", "", "UNA") "--m--\r\n"),
		    S_INIT("UNA|"), AS1_OK, AS1_IS_DOCUMENT },
		{ "forwarded mail", S_INIT(MIXED PART("message/rfc822", "", "A: b\r\n\r\nUNA") "--m--\r\n"),
		    S_INIT(""), AS1_NO_PAYLOAD, AS1_IS_DOCUMENT },
		{ "message/partial", S_INIT(HEAD "Content-Type: message/partial; id=x; number=1\r\n\r\nUNA"),
		    S_INIT(""), AS1_MALFORMED, AS1_IS_DOCUMENT },
		{ "external body", S_INIT(MIXED PART("message/external-body; access-type=URL", "", "") "--m--\r\n"),
		    S_INIT(""), AS1_MALFORMED, AS1_IS_DOCUMENT },
		{ "bad base64",
		    S_INIT(HEAD "Content-Type: application/xml\r\nContent-Transfer-Encoding: base64\r\n\r\nQUI=QUI="),
		    S_INIT(""), AS1_MALFORMED, AS1_IS_DOCUMENT },
		{ "unknown encoding", S_INIT(HEAD "Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin"),
		    S_INIT(""), AS1_MALFORMED, AS1_IS_DOCUMENT },
		{ "vacation answer", S_INIT(HEAD "Auto-Submitted: auto-replied\r\n\r\nI am away"),
		    S_INIT(""), AS1_OK, AS1_IS_OTHER },
		{ "bounce in words",
		    S_INIT("Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\n\r\nHi. This is the program"),
		    S_INIT(""), AS1_OK, AS1_IS_OTHER },
		{ "sent by a program",
		    S_INIT("Auto-Submitted: auto-generated\r\n" HEAD "Content-Type: application/edifact\r\n\r\nUNA"),
		    S_INIT("UNA|"), AS1_OK, AS1_IS_DOCUMENT },
		{ "abuse report",
		    S_INIT(HEAD "Content-Type: multipart/report; report-type=feedback-report; boundary=m\r\n\r\n"
		            PART("message/feedback-report", "", "x") "--m--\r\n"),
		    S_INIT(""), AS1_OK, AS1_IS_OTHER },
	};
	struct as1_policy pol = acme_policy(w);

	pol.must_sign = false;
	for (size_t i = 0; i < N(cases); i++) {
		print_message("%s\n", cases[i].why);
		struct as1_opened o = open_with(w, cases[i].in, &pol);
		struct str all = S("");
		assert_verdict(o, cases[i].verdict);
		assert_int_equal(o.kind, cases[i].kind);
		for (size_t k = 0; k < o.n; k++)
			all = str_cat(w->a, str_cat(w->a, all, span_mem(o.payloads[k].content)), S("|"));
		assert_str(all, cases[i].want);
	}
}

static void
too_many_documents(void **state)
{
	struct world *w = *state;
	struct buf b = BUF_CAP(1u << 20);
	struct as1_policy pol = acme_policy(w);

	pol.must_sign = false;
	(void)buf_put(&b, S(MIXED), NULL);
	for (int i = 0; i < AS1_PAYLOADS_MAX + 1; i++)
		(void)buf_put(&b, S(PART("application/xml", "", "<a/>")), NULL);
	(void)buf_put(&b, S("--m--\r\n"), NULL);
	assert_verdict(open_with(w, buf_str(&b), &pol), AS1_MALFORMED);
	buf_clear(&b);
}

static struct as1_receipt_mail
receipt(struct world *w, const struct mic *mic)
{
	return (struct as1_receipt_mail){ .env = envelope(S("edi@acme.example"), S("edi@nordwind.example")),
		.mdn = { .reporting_ua = S("edigate"), .final_recipient = S("edi@acme.example"), .automatic = true,
		    .original_message_id = S("<01JDABCDEF@nordwind.example>"), .disposition = MDN_PROCESSED, .mic = *mic },
		.human = S("Your order was received.\n\nIt was checked against your certificate, found unchanged, and filed for processing."),
		.original_headers = S("Subject: ORDERS 4711\r\nX-Odd: \xe4\r\n"), .sign = true,
		    .own = w->acme.certs, .key = w->acme.key };
}

static struct str
pack_receipt(struct world *w, const struct as1_receipt_mail *r)
{
	struct buf b = BUF_CAP(1u << 20);
	struct str mail;

	assert_ok(w, as1_pack_receipt(w->a, r, &b, &w->e));
	mail = str_dup(w->a, buf_str(&b));
	buf_clear(&b);
	assert_canonical(mail);
	return mail;
}

static void
receipts_come_back(void **state)
{
	struct world *w = *state;
	struct as1_policy pol = { .own = w->nordwind.certs, .key = w->nordwind.key, .partner = w->acme.certs, .must_sign = true,
		.must_encrypt = true, .now_ms = KEYS_NOW_MS };
	struct as1_document d = order(w);
	struct as1_receipt_mail r;
	struct as1_opened o;
	struct as1_glance g;
	struct mic mic;
	struct str mail;

	(void)pack(w, &d, &mic);
	r = receipt(w, &mic);
	mail = pack_receipt(w, &r);
	o = open_with(w, mail, &pol);
	assert_verdict(o, AS1_OK);
	assert_int_equal(o.kind, AS1_IS_RECEIPT);
	assert_true(o.is_signed);
	assert_true(mic_eq(&o.mdn.mic, &mic));
	assert_str(o.mdn.original_message_id, S("<01JDABCDEF@nordwind.example>"));
	assert_int_equal(o.mdn.disposition, MDN_PROCESSED);
	assert_true(str_starts(o.mdn.human, S("Your order was received.\r\n\r\nIt was")));
	size_t at;
	assert_true(str_find(mail, S("\r\nIn-Reply-To: <01JDABCDEF@nordwind.example>\r\n"), &at));
	assert_int_equal(o.wants, AS1_RECEIPT_NONE);
	assert_ok(w, as1_peek(w->a, mail, &g, &w->e));
	assert_true(g.report && g.auto_submitted);
	/* Forged: unsigned is told as unsigned, a stranger's is refused, a changed one too; each still says what it is about. */
	r.sign = false;
	o = open_with(w, pack_receipt(w, &r), &pol);
	assert_verdict(o, AS1_OK);
	assert_false(o.is_signed);
	r.sign = true;
	r.own = w->stranger.certs;
	r.key = w->stranger.key;
	o = open_with(w, pack_receipt(w, &r), &pol);
	assert_verdict(o, AS1_AUTHENTICATION_FAILED);
	assert_int_equal(o.kind, AS1_IS_RECEIPT);
	assert_false(o.is_signed);
	assert_str(o.mdn.original_message_id, S("<01JDABCDEF@nordwind.example>"));
	o = open_with(w, change(w, mail, S("; processed"), S("; failed   ")), &pol);
	assert_verdict(o, AS1_INTEGRITY_FAILED);
	assert_int_equal(o.kind, AS1_IS_RECEIPT);
	assert_false(o.is_signed);
}

#define REPORT(kind)                                                                               \
	"From: MAILER-DAEMON@mx.acme.example\r\nReturn-Path: <>\r\nContent-Type: "                 \
	"multipart/report; report-type=" kind "; boundary=m\r\n\r\n"
#define NOTIFIED(disp) PART("message/disposition-notification", "", "Disposition: a/b; " disp "\r\n")

static void
reports_are_recognised(void **state)
{
	struct world *w = *state;
	static const struct str returned[] = {
		S_INIT(PART("message/rfc822", "", "Received: x\r\nMessage-ID: <01J@nordwind.example>\r\n\r\nbody")),
		S_INIT(PART("text/rfc822-headers", "", "Message-ID: <01J@nordwind.example>\r\n")),
		S_INIT(PART("text/rfc822-headers", "", "\r\nMessage-ID:\r\n <01J@nordwind.example>")),
		S_INIT(PART("text/rfc822-headers", "Content-Transfer-Encoding: base64\r\n",
		    "TWVzc2FnZS1JRDogPDAxSkBub3Jkd2luZC5leGFtcGxlPg0K")),
	};
	struct as1_policy pol = acme_policy(w);
	struct as1_opened o;

	for (size_t i = 0; i < N(returned); i++) {
		struct str in = S(REPORT("delivery-status") PART("text/plain", "", "Sorry") PART("message/delivery-status", "",
		    "Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; edi@acme.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"));
		in = str_cat(w->a, in, returned[i]);	/* and cut short, as returned mails are */
		o = open_with(w, in, &pol);
		assert_verdict(o, AS1_OK);
		assert_int_equal(o.kind, AS1_IS_REPORT);
		assert_int_equal(o.dsn.n, 1);
		assert_int_equal(o.dsn.recipients[0].action, DSN_FAILED);
		assert_str(o.dsn.original_message_id, S("<01J@nordwind.example>"));
		assert_str(o.dsn.human, S("Sorry"));
	}
	o = open_with(w, S(REPORT("delivery-status") PART("message/delivery-status", "", "nothing")), &pol);
	assert_verdict(o, AS1_MALFORMED);
	assert_int_equal(o.kind, AS1_IS_REPORT);
	o = open_with(w, S(REPORT("disposition-notification") NOTIFIED("processed") NOTIFIED("failed") "--m--\r\n"), &pol);
	assert_verdict(o, AS1_MALFORMED);
	assert_int_equal(o.kind, AS1_IS_RECEIPT);
	assert_int_equal(o.mdn.disposition, MDN_UNKNOWN);
}

static void
what_receipt_is_wanted(void **state)
{
	struct world *w = *state;
#define TO "Disposition-Notification-To: Nordwind <edi@Nordwind.example>\r\n"
#define OPT "Disposition-Notification-Options: "
	static const struct { struct str in; enum as1_receipt wants; bool known; struct str to; enum mic_alg alg; } cases[] = {
		{ S_INIT(""), AS1_RECEIPT_NONE, true, S_INIT(""), MIC_SHA256 },
		{ S_INIT(TO), AS1_RECEIPT_UNSIGNED, true, S_INIT("edi@nordwind.example"), MIC_SHA256 },
		{ S_INIT(TO OPT "signed-receipt-protocol=optional, pkcs7-signature; signed-receipt-micalg=optional, sha1, sha-256\r\n"),
		    AS1_RECEIPT_SIGNED, true, S_INIT("edi@nordwind.example"), MIC_SHA1 },
		{ S_INIT(TO OPT "signed-receipt-protocol = required , pkcs7-signature;\r\n signed-receipt-micalg=required,md5,SHA512\r\n"),
		    AS1_RECEIPT_SIGNED, true, S_INIT("edi@nordwind.example"), MIC_SHA512 },
		{ S_INIT(TO OPT "signed-receipt-protocol=required,pgp-signature\r\n"), AS1_RECEIPT_UNSIGNED,
		    false, S_INIT("edi@nordwind.example"), MIC_SHA256 },
		{ S_INIT(TO OPT "signed-receipt-protocol=optional,pgp-signature\r\n"), AS1_RECEIPT_UNSIGNED,
		    true, S_INIT("edi@nordwind.example"), MIC_SHA256 },
		{ S_INIT(TO OPT "signed-receipt-protocol=optional,pkcs7-signature; signed-receipt-micalg=required,md5\r\n"),
		    AS1_RECEIPT_SIGNED, false, S_INIT("edi@nordwind.example"), MIC_SHA256 },
		{ S_INIT(OPT "signed-receipt-protocol=optional,pkcs7-signature\r\n"), AS1_RECEIPT_NONE, true,
		    S_INIT(""), MIC_SHA256 },
		{ S_INIT("Disposition-Notification-To: a@b.example, c@d.example\r\n"), AS1_RECEIPT_UNSIGNED,
		    true, S_INIT(""), MIC_SHA256 },
		{ S_INIT(TO OPT ";;=,;x\r\n"), AS1_RECEIPT_UNSIGNED, true, S_INIT("edi@nordwind.example"), MIC_SHA256 },
	};
	struct as1_policy pol = { .now_ms = KEYS_NOW_MS };

	for (size_t i = 0; i < N(cases); i++) {
		struct str in = str_cat(w->a, cases[i].in,
		    S("From: a@b.example\r\nContent-Type: application/xml\r\n\r\n<a/>"));
		struct as1_opened o = open_with(w, in, &pol);
		assert_int_equal(o.verdict == AS1_OK, cases[i].known);
		assert_int_equal(o.wants, cases[i].wants);
		assert_int_equal(o.wants_known, cases[i].known);
		assert_str(o.wants_to, cases[i].to);
		assert_int_equal(o.mic.alg, cases[i].known ? cases[i].alg : MIC_NONE);
	}
}

static void
mail_kept_with_unix_line_ends(void **state)
{
	struct world *w = *state;
	struct as1_document d = order(w);
	struct mic mic;
	struct str mail = pack(w, &d, &mic);
	char *p = arena_get(w->a, mail.n);
	size_t n = 0;

	for (size_t i = 0; i < mail.n; i++)
		if (mail.p[i] != '\r')
			p[n++] = mail.p[i];
	struct as1_opened o = open_at_acme(w, str_make(p, n));
	assert_verdict(o, AS1_OK);
	assert_str(span_mem(o.payloads[0].content), content_of(&d));
	/* One CRLF in it, and it is no such mail: then its bytes are what they are. */
	assert_verdict(open_at_acme(w, str_cat(w->a, S("X-One: CRLF\r\n"), str_make(p, n))), AS1_INTEGRITY_FAILED);
}

static void
nothing_can_be_injected(void **state)
{
	struct world *w = *state;
	struct as1_document d;
	struct buf b = BUF_CAP(1u << 20);
	struct mic_set mics;
	struct mic mic;
	struct str *fields[] = { &d.env.from_name, &d.env.from, &d.env.to, &d.env.message_id,
	    &d.env.boundary_seed, &d.media_type };
	static const struct str evil[] = { S_INIT("a@b.example\r\nBcc: c@d.example"),
	    S_INIT("a@b.example\nX: y"), S_INIT("a\0@b.example"), S_INIT("\x7f") };

	for (size_t i = 0; i < N(fields); i++) {
		for (size_t k = 0; k < N(evil); k++) {
			d = order(w);
			*fields[i] = evil[k];
			assert_int_equal(world_pack(w, &d, &b, &mics), -1);
			assert_int_equal(w->e.kind, ERR_CONFIG);
			assert_int_equal(b.n, 0);
		}
	}
	d = order(w);
	d.key = NULL;
	assert_int_equal(world_pack(w, &d, &b, &mics), -1);
	d = order(w);
	d.how.encrypt = true;
	d.partner = NULL;
	assert_int_equal(world_pack(w, &d, &b, &mics), -1);
	buf_clear(&b);
	/* Free text is data: it is encoded, never refused. */
	d = order(w);
	d.subject = S("x\r\nBcc: c@d.example");
	d.file_name = S("a\r\nBcc: c@d.example\r\n\r\n.edi");
	struct str mail = pack(w, &d, &mic);
	size_t at;
	assert_false(str_find(mail, S("\nBcc:"), &at));
	assert_str(open_at_acme(w, mail).payloads[0].file_name, d.file_name);
}

/* Without a signature partners disagree about what the MIC is over; with one there is nothing to disagree about. */
static void
receipts_may_carry_several_mics(void **state)
{
	struct world *w = *state;
	static const struct { bool sign, encrypt; size_t n; } cases[] = {	/* but for the first one by SHA-1 too */
		{ true, false, 1 }, { true, true, 2 }, { false, true, 4 }, { false, false, 4 },
	};
	struct as1_document d = order(w);
	struct mic_set set;
	struct mic mic, read;

	for (size_t i = 0; i < N(cases); i++) {
		d.how.sign = cases[i].sign;
		d.how.encrypt = cases[i].encrypt;
		struct buf mail = BUF_CAP(8u << 20);
		assert_ok(w, world_pack(w, &d, &mail, &set));
		mic = set.list[0];
		buf_clear(&mail);
		size_t right = 0;
		while (right < set.n &&
		    (set.how[right] == NULL || !str_starts(str_of(set.how[right]), S("wrong"))))
			right++;
		assert_int_equal(right, cases[i].n);
		assert_int_equal(mic_read(mic_set_text(w->a, &set), &read), 0);
		assert_true(mic_eq(&read, &mic));
	}
	/* The content, whatever is around it. */
	assert_ok(w, mic_make(MIC_SHA256, content_of(&d), &read, &w->e));
	assert_true(mic_eq(&set.list[0], &read));
	/* Encoded as it stands in the mail. */
	struct buf b = BUF_CAP(1u << 20);
	assert_ok(w, base64_put_lines(&b, content_of(&d), &w->e));
	assert_ok(w, mic_make(MIC_SHA256, buf_str(&b), &read, &w->e));
	assert_true(mic_eq(&set.list[2], &read));
	buf_clear(&b);
}

static void
limits_end_in_a_verdict(void **state)
{
	struct world *w = *state;
	struct buf b = BUF_CAP(8u << 20);

	for (int i = 0; i < 30; i++)
		(void)buf_printf(&b, NULL, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i);
	assert_verdict(open_at_acme(w, buf_str(&b)), AS1_MALFORMED);
	buf_cut(&b, 0);
	for (int i = 0; i < 600; i++)
		(void)buf_printf(&b, NULL, "X-%d: y\r\n", i);
	assert_verdict(open_at_acme(w, buf_str(&b)), AS1_MALFORMED);
	assert_verdict(open_at_acme(w, S("")), AS1_INSUFFICIENT_SECURITY);
	assert_verdict(open_at_acme(w, all_bytes()), AS1_MALFORMED);
	buf_clear(&b);
}

static void
verdicts_have_names(void **state)
{
	(void)state;
	assert_string_equal(as1_verdict_name(AS1_OK), "ok");
	assert_string_equal(as1_verdict_name(AS1_INTEGRITY_FAILED), "integrity-failed");
	assert_string_equal(as1_verdict_name(AS1_NO_PAYLOAD), "no-payload");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_arrives_identical),
		cmocka_unit_test(the_outer_header),
		cmocka_unit_test(peeking_at_strange_mails),
		cmocka_unit_test(what_is_not_right_is_refused),
		cmocka_unit_test(garbled_envelopes_are_all_alike),
		cmocka_unit_test(wrapped_signatures_prove_nothing),
		cmocka_unit_test(what_counts_as_a_document),
		cmocka_unit_test(too_many_documents),
		cmocka_unit_test(receipts_come_back),
		cmocka_unit_test(reports_are_recognised),
		cmocka_unit_test(what_receipt_is_wanted),
		cmocka_unit_test(mail_kept_with_unix_line_ends),
		cmocka_unit_test(nothing_can_be_injected),
		cmocka_unit_test(receipts_may_carry_several_mics),
		cmocka_unit_test(limits_end_in_a_verdict),
		cmocka_unit_test(verdicts_have_names),
	};

	return cmocka_run_group_tests(tests, world_new, world_free);
}
