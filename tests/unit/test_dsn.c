/* SPDX-License-Identifier: ISC */
/* Delivery status notifications: what a mail server says became of our mail, and to whom it applies. */
#include "tests/unit/mime_world.h"

static void
a_whole_report(void **state)
{
	struct world *w = *state;
	struct dsn d;

	assert_ok(w, dsn_read(w->a, S("Reporting-MTA: dns; mx.acme.example\r\n"
				       "Original-Envelope-Id: 01J-4711\r\n"
				       "Arrival-Date: Mon, 23 Nov 2026 10:00:00 +0000\r\n"
				       "\r\n"
				       "Original-Recipient: rfc822;edi@acme.example\r\n"
				       "Final-Recipient: rfc822; <edi@inner.acme.example>\r\n"
				       "Action: failed (mailbox gone)\r\n"
				       "Status: 5.1.1 (unknown user)\r\n"
				       "Remote-MTA: dns; inner.acme.example\r\n"
				       "Diagnostic-Code: smtp; 550 5.1.1 User\r\n  unknown\r\n"
				       "\r\n"
				       "Final-Recipient: rfc822; second@acme.example\r\n"
				       "Action: delayed\r\n"
				       "Status: 4.4.1\r\n"
				       "Will-Retry-Until: Fri, 27 Nov 2026 10:00:00 +0000\r\n"), &d, &w->e));
	assert_str(d.reporting_mta, S("mx.acme.example"));
	assert_str(d.envelope_id, S("01J-4711"));
	assert_str(d.arrival_date, S("Mon, 23 Nov 2026 10:00:00 +0000"));
	assert_int_equal(d.n, 2);
	assert_str(d.recipients[0].original, S("edi@acme.example"));
	assert_str(d.recipients[0].final, S("edi@inner.acme.example"));
	assert_int_equal(d.recipients[0].action, DSN_FAILED);
	assert_str(d.recipients[0].status, S("5.1.1"));
	assert_str(d.recipients[0].remote_mta, S("inner.acme.example"));
	assert_str(d.recipients[0].diagnostic, S("550 5.1.1 User  unknown"));
	assert_int_equal(d.recipients[1].action, DSN_DELAYED);
	assert_str(d.recipients[1].will_retry_until, S("Fri, 27 Nov 2026 10:00:00 +0000"));
}

static void
actions_and_statuses(void **state)
{
	struct world *w = *state;
	static const struct { struct str in; enum dsn_action action; struct str status; } cases[] = {
		{ S_INIT("Action: failed\r\nStatus: 5.1.1\r\n"), DSN_FAILED, S_INIT("5.1.1") },
		{ S_INIT("Action: FAILED\r\nStatus: 4.4.7\r\n"), DSN_FAILED, S_INIT("4.4.7") },
		{ S_INIT("Action: delayed\r\nStatus: 4.0.0\r\n"), DSN_DELAYED, S_INIT("4.0.0") },
		{ S_INIT("Action: delivered\r\nStatus: 2.0.0\r\n"), DSN_DELIVERED, S_INIT("2.0.0") },
		{ S_INIT("Action: relayed\r\nStatus: 2.1.9\r\n"), DSN_RELAYED, S_INIT("2.1.9") },
		{ S_INIT("Action: expanded\r\nStatus: 2.0.0\r\n"), DSN_EXPANDED, S_INIT("2.0.0") },
		{ S_INIT("Action: what\r\nStatus: 5.0.0\r\n"), DSN_UNKNOWN, S_INIT("5.0.0") },
		{ S_INIT("Action: failed\r\n"), DSN_FAILED, S_INIT("5.0.0") },
		{ S_INIT("Action: delayed\r\n"), DSN_DELAYED, S_INIT("4.0.0") },
		{ S_INIT("Action: failed\r\nDiagnostic-Code: smtp; 552 (5.2.2) full, see 10.5.2.2\r\n"),
		    DSN_FAILED, S_INIT("5.2.2") },
		{ S_INIT("Action: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; 550-5.7.1 no\r\n"),
		    DSN_FAILED, S_INIT("5.7.1") },
		{ S_INIT("Action: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; 450 4.7.1 no\r\n"),
		    DSN_FAILED, S_INIT("5.0.0") },
		{ S_INIT("Action: failed\r\nStatus: 5.2.1\r\nDiagnostic-Code: smtp; 550 5.7.1 no\r\n"),
		    DSN_FAILED, S_INIT("5.2.1") },
		{ S_INIT("Action: failed\r\nStatus: 511\r\n"), DSN_FAILED, S_INIT("5.0.0") },
		{ S_INIT("Action: failed\r\nStatus: 5.1234.1\r\n"), DSN_FAILED, S_INIT("5.0.0") },
		{ S_INIT("Action: delivered\r\nStatus: 5.1.1\r\n"), DSN_UNKNOWN, S_INIT("5.1.1") },
		{ S_INIT("Action: failed\r\nStatus: 2.0.0\r\n"), DSN_UNKNOWN, S_INIT("2.0.0") },
		{ S_INIT("Final-Recipient: a@b.example\r\n"), DSN_UNKNOWN, S_INIT("") },
	};
	struct dsn d;

	for (size_t i = 0; i < N(cases); i++) {
		print_message(STR_FMT "\n", STR_ARG(cases[i].in));
		assert_ok(w, dsn_read(w->a, cases[i].in, &d, &w->e));
		assert_int_equal(d.n, 1);
		assert_int_equal(d.recipients[0].action, cases[i].action);
		assert_str(d.recipients[0].status, cases[i].status);
	}
}

static void
odd_forms(void **state)
{
	struct world *w = *state;
	struct dsn d;

	/* Everything in one group, blank lines of blanks, LF alone, no type before the address. */
	assert_ok(w, dsn_read(w->a,
	    S("\n \t\nReporting-MTA: mx.acme.example\nFinal-Recipient: edi@acme.example\nAction: failed\n \n\n"), &d, &w->e));
	assert_int_equal(d.n, 1);
	assert_str(d.recipients[0].final, S("edi@acme.example"));
	assert_str(d.reporting_mta, S("mx.acme.example"));
}

static void
limits_and_nonsense(void **state)
{
	struct world *w = *state;
	struct buf b = BUF_CAP(1u << 20);
	struct dsn d;

	assert_int_equal(dsn_read(w->a, S(""), &d, &w->e), -1);
	assert_int_equal(dsn_read(w->a, S("Reporting-MTA: dns; x\r\n\r\n"), &d, &w->e), -1);
	assert_int_equal(dsn_read(w->a, S("\0\0\0\n\xff\xff\n"), &d, &w->e), -1);
	for (int i = 0; i < DSN_RECIPIENTS_MAX; i++)
		(void)buf_put(&b, S("Action: failed\r\n\r\n"), NULL);
	assert_ok(w, dsn_read(w->a, buf_str(&b), &d, &w->e));
	assert_int_equal(d.n, DSN_RECIPIENTS_MAX);
	(void)buf_put(&b, S("Action: failed\r\n\r\n"), NULL);
	assert_int_equal(dsn_read(w->a, buf_str(&b), &d, &w->e), -1);
	assert_int_equal(w->e.kind, ERR_INPUT);
	buf_cut(&b, 0);
	for (int i = 0; i < 100000; i++)
		(void)buf_put(&b, S("A: b\n\n"), NULL);
	assert_int_equal(dsn_read(w->a, buf_str(&b), &d, &w->e), -1);
	assert_non_null(strstr(w->e.text, "groups"));
	buf_clear(&b);
}

/* What we write is what we read. */
static void
written_and_read(void **state)
{
	static struct dsn_recipient rcpts[] = {
		{ .original = S_INIT("old+one@acme.example"), .final = S_INIT("edi@acme.example"), .action = DSN_DELIVERED, .status = S_INIT("2.0.0") },
		{ .final = S_INIT("b@acme.example"), .action = DSN_FAILED, .status = S_INIT("5.6.0"),
		    .diagnostic = S_INIT("signature-invalid: not by a certificate of the partner, and so long that it has to be folded") },
		{ .original = S_INIT("gr\xc3\xbcn@\xe2\x82\xac.example"), .is_utf8 = true, .final = S_INIT("c@acme.example"), .action = DSN_DELAYED,
		    .status = S_INIT("4.0.0") },
	};
	const struct dsn d = { .envelope_id = S("QQ+31 x"), .reporting_mta = S("mx.acme.example"),
		.arrival_date = S("Mon, 23 Nov 2026 10:00:00 +0000"), .recipients = rcpts, .n = N(rcpts) };
	struct buf out = BUF_CAP(65536);
	struct world *w = *state;
	struct dsn back;

	assert_ok(w, dsn_write(w->a, &d, &out, &w->e));
	assert_ok(w, dsn_read(w->a, buf_str(&out), &back, &w->e));
	assert_str(back.envelope_id, d.envelope_id);
	assert_str(back.reporting_mta, d.reporting_mta);
	assert_str(back.arrival_date, d.arrival_date);
	assert_int_equal(back.n, N(rcpts));
	for (size_t i = 0; i < N(rcpts); i++) {
		assert_int_equal(back.recipients[i].action, rcpts[i].action);
		assert_str(back.recipients[i].final, rcpts[i].final);
		assert_str(back.recipients[i].status, rcpts[i].status);
		assert_str(back.recipients[i].diagnostic, rcpts[i].diagnostic);
	}
	assert_str(back.recipients[0].original, rcpts[0].original);
	assert_str(back.recipients[2].original, S("gr\\x{FC}n@\\x{20AC}.example"));
	rcpts[1].action = DSN_UNKNOWN;
	assert_int_equal(dsn_write(w->a, &d, &out, &w->e), -1);
	rcpts[1].action = DSN_FAILED;
	buf_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_report),
		cmocka_unit_test(written_and_read),
		cmocka_unit_test(actions_and_statuses),
		cmocka_unit_test(odd_forms),
		cmocka_unit_test(limits_and_nonsense),
	};

	return cmocka_run_group_tests(tests, world_new, world_free);
}
