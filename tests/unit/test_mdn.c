/* SPDX-License-Identifier: ISC */
/* Disposition notifications: written strictly, read as the world writes them. */
#include "tests/unit/mime_world.h"

static struct mdn
good(struct world *w)
{
	struct mdn m = { .reporting_ua = S("edigate.acme.example; edigate"),
		.original_recipient = S("edi@acme.example"),
		.final_recipient = S("edi@acme.example"),
		.original_message_id = S("<01J@nordwind.example>"),
		.automatic = true,
		.disposition = MDN_PROCESSED };

	assert_ok(w, mic_make(MIC_SHA256, S("abc"), &m.mic, &w->e));
	return m;
}

static void
the_written_form(void **state)
{
	struct world *w = *state;
	struct buf b = BUF_CAP(4096);
	struct mdn m = good(w);

	assert_ok(w, mdn_write(&m, &b, &w->e));
	assert_str(buf_str(&b), S("Reporting-UA: edigate.acme.example; edigate\r\n"
				  "Original-Recipient: rfc822; edi@acme.example\r\n"
				  "Final-Recipient: rfc822; edi@acme.example\r\n"
				  "Original-Message-ID: <01J@nordwind.example>\r\n"
				  "Disposition: automatic-action/MDN-sent-automatically; processed\r\n"
				  "Received-content-MIC: ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=, sha-256\r\n"));
	buf_clear(&b);
	m = (struct mdn){ .automatic = true, .modifier = S("error"), .modifier_text = S("decryption-failed"),
		.final_recipient = S("a@b"), .error = S("no key fits") };
	assert_ok(w, mdn_write(&m, &b, &w->e));
	assert_str(buf_str(&b), S("Final-Recipient: rfc822; a@b\r\n"
				  "Disposition: automatic-action/MDN-sent-automatically; processed/error: decryption-failed\r\n"
				  "Error: no key fits\r\n"));
	buf_clear(&b);
	/* Words that belong to no modifier would be read as a part of the type. */
	m = (struct mdn){ .automatic = true, .modifier_text = S("decryption-failed") };
	assert_int_equal(mdn_write(&m, &b, &w->e), -1);
	assert_int_equal(w->e.kind, ERR_CONFIG);
	buf_clear(&b);
}

static void
what_is_written_is_read(void **state)
{
	struct world *w = *state;
	static const struct str modifiers[] = { S_INIT(""), S_INIT("error"), S_INIT("warning"),
		S_INIT("failure") };

	for (enum mdn_disposition d = MDN_PROCESSED; d < MDN_UNKNOWN; d++) {
		for (size_t i = 0; i < N(modifiers); i++) {
			struct buf b = BUF_CAP(4096);
			struct mdn m = good(w), r;
			m.disposition = d;
			m.modifier = modifiers[i];
			m.modifier_text = i == 0 ? S("") : S("integrity-check-failed");
			assert_ok(w, mdn_write(&m, &b, &w->e));
			assert_ok(w, mdn_read(w->a, buf_str(&b), &r, &w->e));
			assert_int_equal(r.disposition, d);
			assert_true(r.automatic);
			assert_str(r.modifier, m.modifier);
			assert_str(r.modifier_text, m.modifier_text);
			assert_str(r.original_message_id, m.original_message_id);
			assert_str(r.final_recipient, m.final_recipient);
			assert_str(r.reporting_ua, m.reporting_ua);
			assert_true(mic_eq(&r.mic, &m.mic));
			buf_clear(&b);
		}
	}
}

static void
nothing_can_be_injected(void **state)
{
	struct world *w = *state;
	struct mdn m = good(w);
	struct str *fields[] = { &m.reporting_ua, &m.original_recipient, &m.final_recipient,
		&m.original_message_id, &m.modifier, &m.modifier_text, &m.failure, &m.error,
		&m.warning };

	for (size_t i = 0; i < N(fields); i++) {
		struct buf b = BUF_CAP(4096);
		struct str was = *fields[i];
		*fields[i] = S("x\r\nDisposition: automatic-action/MDN-sent-automatically; processed");
		assert_int_equal(mdn_write(&m, &b, &w->e), -1);
		*fields[i] = was;
		buf_clear(&b);
	}
}

static void
dispositions_of_the_world(void **state)
{
	struct world *w = *state;
	static const struct { struct str in; bool automatic; enum mdn_disposition d; struct str modifier, text; } cases[] = {
		{ S_INIT("automatic-action/MDN-sent-automatically; processed"), true, MDN_PROCESSED, S_INIT(""), S_INIT("") },
		{ S_INIT("Automatic-action/mdn-sent-automatically;processed"), true, MDN_PROCESSED, S_INIT(""), S_INIT("") },
		{ S_INIT("automatic-action / MDN-sent-automatically ;\r\n processed / Error : decryption-failed"), true, MDN_PROCESSED,
		    S_INIT("error"), S_INIT("decryption-failed") },
		{ S_INIT("automatic-action/MDN-sent-automatically; processed/Warning:duplicate-document"), true, MDN_PROCESSED,
		    S_INIT("warning"), S_INIT("duplicate-document") },
		{ S_INIT("automatic-action/MDN-sent-automatically; failed/Failure: unsupported format"), true, MDN_FAILED,
		    S_INIT("failure"), S_INIT("unsupported format") },
		{ S_INIT("automatic-action/MDN-sent-automatically; processed/error"), true, MDN_PROCESSED,
		    S_INIT("error"), S_INIT("") },
		{ S_INIT("manual-action/MDN-sent-manually; displayed"), false, MDN_DISPLAYED, S_INIT(""), S_INIT("") },
		{ S_INIT("manual-action/MDN-sent-manually; deleted"), false, MDN_DELETED, S_INIT(""), S_INIT("") },
		{ S_INIT("(a comment) automatic-action/MDN-sent-automatically (b); (c) processed (d)"), true,
		    MDN_PROCESSED, S_INIT(""), S_INIT("") },
		{ S_INIT("processed"), false, MDN_UNKNOWN, S_INIT(""), S_INIT("") },
		{ S_INIT("automatic-action/MDN-sent-automatically; processed-not"), true, MDN_UNKNOWN, S_INIT(""), S_INIT("") },
		{ S_INIT(""), false, MDN_UNKNOWN, S_INIT(""), S_INIT("") },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct mdn m;
		struct str in = str_fmt(w->a, "Disposition: " STR_FMT "\r\n", STR_ARG(cases[i].in));
		assert_ok(w, mdn_read(w->a, in, &m, &w->e));
		assert_int_equal(m.automatic, cases[i].automatic);
		assert_int_equal(m.disposition, cases[i].d);
		assert_str(m.modifier, cases[i].modifier);
		assert_str(m.modifier_text, cases[i].text);
	}
}

static void
tolerant_reading(void **state)
{
	struct world *w = *state;
	struct mdn m;

	/* Blank lines first, LF alone, no Reporting-UA, no brackets, a folded MIC, fields in any order and case. */
	assert_ok(w, mdn_read(w->a, S("\r\n\nreceived-CONTENT-mic: ungWv48Bz+pBQUDe\n Xa4iI7ADYaOWF3qctBD/YfIAFa0=,sha256\n"
				       "DISPOSITION: Automatic-action/mdn-sent-automatically;processed\n"
				       "Original-Message-ID: 01J@nordwind.example (no brackets)\n"
				       "Final-Recipient:rfc822;<edi@acme.example>\nX-Other: y"), &m, &w->e));
	assert_str(m.original_message_id, S("01J@nordwind.example"));
	assert_str(m.final_recipient, S("<edi@acme.example>"));
	assert_int_equal(m.mic.alg, MIC_SHA256);
	assert_str(m.reporting_ua, S(""));
	/* A MIC that cannot be read is none. */
	assert_ok(w,
	    mdn_read(w->a,
	        S("Disposition: a/b; processed\r\nReceived-content-MIC: what, sha-256\r\n"), &m,
	        &w->e));
	assert_int_equal(m.mic.alg, MIC_NONE);
}

static void
contradictions_are_refused(void **state)
{
	struct world *w = *state;
	static const struct { struct str in; const char *says; } cases[] = {
		{ S_INIT(""), "no Disposition" },
		{ S_INIT("Final-Recipient: rfc822; a@b\r\n"), "no Disposition" },
		{ S_INIT("Disposition: a; processed\r\nDisposition: a; failed\r\n"), "two Disposition" },
		{ S_INIT("Disposition: a; processed\r\nOriginal-Message-ID: <a@b>\r\nOriginal-message-id: <c@d>\r\n"), "two Original" },
		{ S_INIT("Disposition: a; processed\r\nReceived-content-MIC: a\r\nReceived-content-MIC: b\r\n"), "two Received" },
	};
	struct mdn m;

	for (size_t i = 0; i < N(cases); i++) {
		assert_int_equal(mdn_read(w->a, cases[i].in, &m, &w->e), -1);
		assert_int_equal(w->e.kind, ERR_INPUT);
		assert_non_null(strstr(w->e.text, cases[i].says));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_written_form),
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(nothing_can_be_injected),
		cmocka_unit_test(dispositions_of_the_world),
		cmocka_unit_test(tolerant_reading),
		cmocka_unit_test(contradictions_are_refused),
	};

	return cmocka_run_group_tests(tests, world_new, world_free);
}
