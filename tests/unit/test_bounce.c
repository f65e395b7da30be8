/* SPDX-License-Identifier: ISC */
/* Bounces in words alone: by the shapes that mail servers share, and what must not be taken for one. */
#include "mime/bounce.h"
#include "mime/dsn_status.h"
#include "tests/unit/mime_world.h"

#define RETURNED "\r\nReceived: from here\r\nMessage-ID: <01J@nordwind.example>\r\nTo: edi@acme.example\r\n\r\nbody\r\n"

static const struct {
	const char *like;
	struct str subject, failed, text;
	enum dsn_action action;
	struct str recipient, status;
} cases[] = {
	{ "qmail", S_INIT("failure notice"), S_INIT(""),
	    S_INIT("Hi. This is the mail program at mx.example.\r\nI was not able to deliver your message to:\r\n\r\n"
		   "<edi@acme.example>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n\r\n"
		   "--- Below this line is a copy of the message.\r\n" RETURNED),
	    DSN_FAILED, S_INIT("edi@acme.example"), S_INIT("5.1.1") },
	{ "qmail's form, with no word of its own", S_INIT("x"), S_INIT(""),
	    S_INIT("Hi. This is the relay at mx.example.\r\n<edi@acme.example>:\r\n550 no\r\n\r\n"
		   "--- Below this line is a copy of the message.\r\n" RETURNED),
	    DSN_FAILED, S_INIT("edi@acme.example"), S_INIT("5.0.0") },
	{ "Exim", S_INIT("Mail delivery failed: returning message to sender"), S_INIT("edi@acme.example"),
	    S_INIT("A message that you sent could not be delivered to one or more of its\r\nrecipients:\r\n\r\n"
		   "  edi@acme.example\r\n    host mx.acme.example [192.0.2.1]: 552 Mailbox is full\r\n\r\n"
		   "------ This is a copy of the message, including all the headers. ------\r\n" RETURNED),
	    DSN_FAILED, S_INIT("edi@acme.example"), S_INIT("5.2.2") },
	{ "Postfix before it wrote fields", S_INIT("Undelivered Mail Returned to Sender"), S_INIT(""),
	    S_INIT("I'm sorry, your message could not be delivered.\n\n<edi@acme.example>: connect to mx.acme.example[192.0.2.1]:\n"
		   "    Connection timed out\n\n"),
	    DSN_FAILED, S_INIT("edi@acme.example"), S_INIT("5.4.1") },
	{ "old sendmail", S_INIT("Returned mail: User unknown"), S_INIT(""),
	    S_INIT("   ----- Transcript of session follows -----\n>>> RCPT To:<edi@acme.example>\n"
		   "<<< 550 5.7.1 <edi@acme.example>... Relaying denied\n550 <edi@acme.example>... User unknown\n\n"
		   "   ----- Unsent message follows -----\n" RETURNED),
	    DSN_FAILED, S_INIT("edi@acme.example"), S_INIT("5.7.1") },
	{ "Exchange", S_INIT("Undeliverable: order"), S_INIT(""),
	    S_INIT("Your message\n\n  To:      edi@acme.example\n  Subject: order\n\ndid not reach the following recipient(s):\n\n"
		   "edi@acme.example on Mon, 23 Nov 2026 10:00:00 +0000\n    The recipient name is not recognized\n"),
	    DSN_FAILED, S_INIT("edi@acme.example"), S_INIT("5.1.1") },
	{ "a big mailbox provider", S_INIT("Delivery Status Notification (Failure)"), S_INIT("edi@acme.example"),
	    S_INIT("Delivery to the following recipient failed permanently:\n\n     edi@acme.example\n\n"
		   "The error that the other server returned was: 554 554 5.7.0 Header error (state 18).\n\n"
		   "----- Original message -----\n" RETURNED),
	    DSN_FAILED, S_INIT("edi@acme.example"), S_INIT("5.7.0") },
	{ "and its delays", S_INIT("Delivery Status Notification (Delay)"), S_INIT(""),
	    S_INIT("THIS IS A WARNING MESSAGE ONLY.\n\nDelivery to the following recipient has been delayed:\n\n"
		   "     edi@acme.example\n\nMessage will be retried for 2 more day(s)\n"),
	    DSN_DELAYED, S_INIT("edi@acme.example"), S_INIT("4.4.7") },
	{ "OpenSMTPD", S_INIT("Delivery status notification: error"), S_INIT(""),
	    S_INIT("    Hi!\n\n    An error has occurred while attempting to deliver a message for\n    the following:\n\n"
		   "edi@acme.example: Envelope expired\n\n    Below is a copy of the original message:\n" RETURNED),
	    DSN_FAILED, S_INIT("edi@acme.example"), S_INIT("5.4.7") },
	{ "nobody named but in what came back", S_INIT("Returned mail: Cannot send message for 4 days"), S_INIT(""),
	    S_INIT("   ----- Transcript of session follows -----\n421 acme.example (smtp)... Deferred: Connection timed out\n\n"
		   "   ----- Unsent message follows -----\n" RETURNED),
	    DSN_FAILED, S_INIT("edi@acme.example"), S_INIT("4.4.1") },
	{ "fields that lost their part", S_INIT("Delayed Mail"), S_INIT(""),
	    S_INIT("Your message could not be delivered for 2 hours.\n\nReporting-MTA: dns; mx.example\n\n"
		   "Final-Recipient: rfc822; edi@acme.example\nAction: delayed\nStatus: 4.4.1\n\n" RETURNED),
	    DSN_DELAYED, S_INIT("edi@acme.example"), S_INIT("4.4.1") },
	{ "words that say nothing", S_INIT("failure notice"), S_INIT(""), S_INIT("<edi@acme.example>:\nSorry.\n"), DSN_FAILED,
	    S_INIT("edi@acme.example"), S_INIT("5.0.0") },
};

static void
shapes(void **state)
{
	struct world *w = *state;
	struct dsn d;
	size_t at;

	for (size_t i = 0; i < N(cases); i++) {
		print_message("%s\n", cases[i].like);
		struct bounce_mail m = { .text = cases[i].text,
			.subject = cases[i].subject,
			.failed = cases[i].failed,
			.to = S("edi@nordwind.example") };
		assert_true(bounce_read(w->a, &m, &d));
		assert_int_equal(d.n, 1);
		assert_str(d.recipients[0].final, cases[i].recipient);
		assert_int_equal(d.recipients[0].action, cases[i].action);
		assert_str(d.recipients[0].status, cases[i].status);
		assert_str(d.original_message_id,
		    str_find(cases[i].text, S("<01J@"), &at) ? S("<01J@nordwind.example>") : S(""));
	}
}

static void
several_recipients(void **state)
{
	struct world *w = *state;
	struct bounce_mail m = { .subject = S("failure notice"), .to = S("edi@nordwind.example"),
		.text = S("Unable to deliver to: ask postmaster@mx.example.\n\n<a@acme.example>:\nRemote host said: 550 5.1.1 unknown\n\n"
			  "<b@acme.example>:\nRemote host said: 552 5.2.2 full\n\n<A@acme.example>:\nagain\n") };
	struct dsn d;

	assert_true(bounce_read(w->a, &m, &d));
	assert_int_equal(d.n, 2);
	assert_str(d.recipients[0].final, S("a@acme.example"));
	assert_str(d.recipients[0].status, S("5.1.1"));
	assert_str(d.recipients[1].final, S("b@acme.example"));
	assert_str(d.recipients[1].status, S("5.2.2"));
	assert_str(d.recipients[1].diagnostic,
	    S("<b@acme.example>: Remote host said: 552 5.2.2 full <A@acme.example>: again"));
}

static void
no_bounces(void **state)
{
	struct world *w = *state;
	static const struct bounce_mail mails[] = {
		{ .text = S_INIT(""), .subject = S_INIT("") },
		{ .text = S_INIT("I am away until May 5. Ask <colleague@acme.example>.\n"), .subject = S_INIT("Away") },
		{ .text = S_INIT("Your order 4711 was shipped to you.\n"), .subject = S_INIT("Shipped") },
		{ .text = S_INIT("It could not be delivered.\n"), .subject = S_INIT("failure notice") },
		{ .text = S_INIT("It could not be delivered. Mail edi@nordwind.example\n"), .subject = S_INIT("x"),
		    .to = S_INIT("edi@nordwind.example") },
	};
	struct dsn d;

	for (size_t i = 0; i < N(mails); i++) {
		print_message("%zu\n", i);
		assert_false(bounce_read(w->a, &mails[i], &d));
	}
}

static void
statuses_in_words(void **state)
{
	struct world *w = *state;
	static const struct { struct str words, status; unsigned int reply; } rows[] = {
		{ S_INIT("550 5.1.1 no"), S_INIT("5.1.1"), 550 },
		{ S_INIT("5.1.0 - Unknown address error 550-'5.2.2 <a@b.example>... full'"), S_INIT("5.2.2"), 550 },
		{ S_INIT("sorry (#5.5.0)"), S_INIT("5.5.0"), 0 },
		{ S_INIT("host 5.9.10.11 said no"), S_INIT(""), 0 },
		{ S_INIT("by mx (Exim 4.94.2), 450"), S_INIT(""), 450 },
		{ S_INIT("id 554-22, ABC550, 550@x"), S_INIT(""), 0 },
		{ S_INIT("250 2.0.0 taken"), S_INIT(""), 0 },
		{ S_INIT("it ends with 5.1.2."), S_INIT("5.1.2"), 0 },
	};

	for (size_t i = 0; i < N(rows); i++) {
		print_message(STR_FMT "\n", STR_ARG(rows[i].words));
		assert_str(status_in(rows[i].words), rows[i].status);
		assert_int_equal(status_reply_in(rows[i].words), rows[i].reply);
	}
	assert_str(status_of_words(w->a, S("No  Such\r\n USER"), '5'), S("5.1.1"));
	assert_str(status_of_words(w->a, S("good morning"), '5'), S(""));
}

static void
which_to_believe(void **state)
{
	(void)state;
	static const struct { struct str written, told; enum dsn_action action; struct str want; } rows[] = {
		{ S_INIT("5.0.0"), S_INIT("5.7.1"), DSN_FAILED, S_INIT("5.7.1") },
		{ S_INIT("5.0.0"), S_INIT("4.7.1"), DSN_FAILED, S_INIT("5.0.0") },
		{ S_INIT("5.2.1"), S_INIT("5.7.1"), DSN_FAILED, S_INIT("5.2.1") },
		{ S_INIT("5.1.1"), S_INIT("5.2.2"), DSN_FAILED, S_INIT("5.2.2") },
		{ S_INIT("5.1.1"), S_INIT("5.1.2"), DSN_FAILED, S_INIT("5.1.1") },
		{ S_INIT("4.4.7"), S_INIT("4.7.1"), DSN_FAILED, S_INIT("4.7.1") },
		{ S_INIT("4.5.0"), S_INIT("5.5.0"), DSN_FAILED, S_INIT("5.5.0") },
		{ S_INIT("4.5.0"), S_INIT("5.5.0"), DSN_DELAYED, S_INIT("4.5.0") },
		{ S_INIT(""), S_INIT("5.5.0"), DSN_FAILED, S_INIT("5.5.0") },
		{ S_INIT("4.2.2"), S_INIT(""), DSN_FAILED, S_INIT("4.2.2") },
	};

	for (size_t i = 0; i < N(rows); i++) {
		print_message("%zu\n", i);
		assert_str(status_prefer(rows[i].written, rows[i].told, rows[i].action), rows[i].want);
	}
}

static void
words_fill_in_fields(void **state)
{
	struct world *w = *state;
	struct dsn d;

	assert_ok(w, dsn_read(w->a, S("Final-Recipient: rfc822; edi@acme.example\nAction: failed\nStatus: 5.0.0\n\n"
				       "Final-Recipient: rfc822; b@acme.example\nAction: failed\nStatus: 5.0.0\n"
				       "Diagnostic-Code: smtp; 550 no\n\n"
				       "Final-Recipient: rfc822; c@acme.example\nAction: delivered\nStatus: 2.0.0\n"), &d, &w->e));
	bounce_refine(w->a, S("edi@acme.example: Domain does not exist\nb@acme.example: no such user\nc@acme.example: 5.1.1\n"), &d);
	assert_str(d.recipients[0].status, S("5.1.2"));
	assert_str(d.recipients[1].status, S("5.0.0"));	/* its server's words were told, and hold no code */
	assert_str(d.recipients[2].status, S("2.0.0"));
}

static void
html_as_text(void **state)
{
	struct world *w = *state;

	assert_str(bounce_plain(w->a, S("<p>Not delivered:<br>&lt;edi&#64;acme.example&gt; <b>a&nbsp;b</b> &unknown; 1 < 2")),
	    S("\nNot delivered:\n<edi@acme.example> a b &unknown; 1 < 2"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes),
		cmocka_unit_test(several_recipients),
		cmocka_unit_test(no_bounces),
		cmocka_unit_test(statuses_in_words),
		cmocka_unit_test(which_to_believe),
		cmocka_unit_test(words_fill_in_fields),
		cmocka_unit_test(html_as_text),
	};

	return cmocka_run_group_tests(tests, world_new, world_free);
}
