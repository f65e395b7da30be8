/* SPDX-License-Identifier: ISC */
/* What a sender asked to be told (RFC 3461): kept on top of the mail, read again; and who may have it. */
#include "gateway/conf_load.h"
#include "gateway/reports.h"
#include "gateway/smtp/asked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TOP "Return-Path: <edi@acme.example>\r\n"
#define TO "Delivered-To: edi@nordwind.example\r\n"
#define REST "Received: from mx\r\n\tby us;\r\nSubject: x\r\n\r\nbody\r\n"
#define SAYS(s, lit) assert_true(str_eq((s), S(lit)))

static int
set_up(void **state)
{
	*state = arena_new(1 << 20);
	return 0;
}

static int
tear_down(void **state)
{
	arena_free(*state);
	return 0;
}

static void
all_of_it(void **state)
{
	struct asked q;

	asked_read(*state, S(TOP "Edigate-Asked: RET=HDRS ENVID=QQ+2B31\r\nEdigate-Session: acme login\r\n" TO
	    "Edigate-Asked: NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;old+2Bone@nordwind.example\r\n"
	    "Delivered-To: orders@nordwind.example\r\n" REST), &q);
	assert_true(q.has_sender && q.ret_hdrs && !q.ret_full);
	SAYS(q.sender, "edi@acme.example");
	SAYS(q.envid, "QQ+31");
	SAYS(q.session, "acme");
	SAYS(q.by, "login");
	assert_int_equal(q.n, 2);
	SAYS(q.rcpts[0].address, "edi@nordwind.example");
	SAYS(q.rcpts[0].type, "rfc822");
	SAYS(q.rcpts[0].original, "old+one@nordwind.example");
	assert_int_equal(q.rcpts[0].notify, NOTIFY_SUCCESS | NOTIFY_FAILURE);
	SAYS(q.rcpts[1].address, "orders@nordwind.example");
	assert_int_equal(q.rcpts[1].notify, 0);
	SAYS(q.mail, REST);
}

static void
utf8(void **state)
{
	struct asked q;

	asked_read(*state, S("Return-Path: <k\xc3\xa4ufer@acme.example>\r\nEdigate-Asked: ENVID=1\r\n" TO
	    "Edigate-Asked: NOTIFY=NEVER ORCPT=utf-8;gr\xc3\xbcn@nordwind.example\r\n" REST), &q);
	SAYS(q.sender, "k\xc3\xa4ufer@acme.example");
	SAYS(q.envid, "1");
	SAYS(q.rcpts[0].type, "utf-8");
	SAYS(q.rcpts[0].original, "gr\xc3\xbcn@nordwind.example");
	assert_int_equal(q.rcpts[0].notify, NOTIFY_NEVER);
}

/* What stands below our Received field, or instead of it, is the sender's own. */
static void
no_words_of_others(void **state)
{
	struct asked q;

	asked_read(*state, S(TOP TO "Received: from mx\r\n\tby us;\r\nEdigate-Session: acme login\r\n" TOP
	    "Edigate-Asked: NOTIFY=SUCCESS\r\n\r\n"), &q);
	assert_int_equal(q.session.n, 0);
	assert_int_equal(q.n, 1);
	assert_int_equal(q.rcpts[0].notify, 0);
	asked_read(*state, S("Received: by us\r\n" TOP "Edigate-Session: acme login\r\n\r\n"), &q);
	assert_true(!q.has_sender && q.session.n == 0 && q.n == 0);
	asked_read(*state, S("\r\n" TOP), &q);
	assert_false(q.has_sender);
	asked_read(*state, S(""), &q);
	assert_true(!q.has_sender && q.mail.n == 0);
}

static void
what_is_no_parameter(void **state)
{
	static const struct str lines[] = { S_INIT("NOTIFY=ALWAYS"), S_INIT("NOTIFY=SUCCESS NOTIFY=NEVER"),
		S_INIT("NOTIFY=NEVER,SUCCESS"), S_INIT("ORCPT=rfc822;a+0A"), S_INIT("x> NOTIFY=SUCCESS"), S_INIT("RET=FULL") };
	struct asked q;

	for (size_t i = 0; i < N(lines); i++) {
		asked_read(*state, str_fmt(*state, TOP TO "Edigate-Asked: " STR_FMT "\r\n" REST, STR_ARG(lines[i])), &q);
		assert_int_equal(q.n, 1);
		assert_int_equal(q.rcpts[0].notify, 0);
		assert_int_equal(q.rcpts[0].original.n, 0);
	}
}

static void
as_many_as_the_listener_takes(void **state)
{
	struct str all = S(TOP);
	struct asked q;

	for (int i = 0; i < ASKED_RCPTS_MAX + 5; i++) {
		char *p = arena_get(*state, all.n + sizeof(TO));
		memcpy(p, all.p, all.n);
		memcpy(p + all.n, TO, sizeof(TO) - 1);
		all = str_make(p, all.n + sizeof(TO) - 1);
	}
	asked_read(*state, all, &q);
	assert_int_equal(q.n, ASKED_RCPTS_MAX);
}

/* What a command said is what is read again, whatever it said. */
static void
there_and_back(void **state)
{
	static const struct str says[] = { S_INIT("RCPT TO:<a@b.example>"), S_INIT("RCPT TO:<a@b.example> notify=never"),
		S_INIT("RCPT TO:<a@b.example> NOTIFY=DELAY,SUCCESS,FAILURE orcpt=RFC822;x+3Dy@b.example"),
		S_INIT("RCPT TO:<a@b.example> ORCPT=utf-8;gr\\x{FC}n@b.example") };

	for (size_t i = 0; i < N(says); i++) {
		struct buf line = BUF_CAP(ASKED_RCPT_MAX);
		struct refusal why;
		struct command c;
		struct asked q;
		struct err e;

		assert_int_equal(command_parse(says[i], false, &c, &why), 0);
		assert_int_equal(asked_put_rcpt(&c, &line, &e), 0);
		assert_int_equal(line.n > 0, c.notify != 0 || c.orcpt.n > 0);
		asked_read(*state, str_fmt(*state, TOP "Delivered-To: a@b.example\r\nEdigate-Asked: " STR_FMT "\r\n" REST,
		    STR_ARG(buf_str(&line))), &q);
		assert_int_equal(q.rcpts[0].notify, c.notify);
		assert_int_equal(q.rcpts[0].original.n > 0, c.orcpt.n > 0);
		buf_clear(&line);
	}
}

/* ---- who may have a report ---- */

static const struct policy_row {
	const char *what, *sender, *session;
	bool is_signed;
	unsigned int notify;
	const char *words, *says;	/* what goes out; a piece of the line for people */
} policy[] = {
	{ "signed, asked for both", "edi@acme.example", "", true, NOTIFY_SUCCESS | NOTIFY_FAILURE, "delivered failed ", "NOTIFY=SUCCESS,FAILURE" },
	{ "by session", "edi@acme.example", "acme", false, NOTIFY_FAILURE, "failed ", "NOTIFY=FAILURE" },
	{ "by another's session", "edi@acme.example", "beta", false, NOTIFY_FAILURE, "", "neither its signature" },
	{ "nothing shows who", "edi@acme.example", "", false, NOTIFY_SUCCESS, "", "neither its signature" },
	{ "signed, to a stranger", "eve@elsewhere.example", "", true, NOTIFY_SUCCESS, "", "no address of the partner" },
	{ "signed, to another partner", "edi@beta.example", "acme", true, NOTIFY_SUCCESS, "", "no address of the partner" },
	{ "null sender", "", "acme", true, NOTIFY_SUCCESS, "", "null sender" },
	{ "never", "edi@acme.example", "acme", true, NOTIFY_NEVER, "", "NOTIFY=NEVER" },
	{ "delay alone", "edi@acme.example", "acme", true, NOTIFY_DELAY, "", "NOTIFY=DELAY" },
	{ "nothing said", "edi@acme.example", "acme", false, 0, "failed-unless-receipt ", "" },
	{ "nothing said, nothing known", "edi@acme.example", "", false, 0, "", "" },
};

static void
who_may_have_it(void **state)
{
	struct str acme = S("edi@acme.example"), beta = S("edi@beta.example");
	struct partner partners[] = { { .key = S("acme"), .addresses = { &acme, 1 } }, { .key = S("beta"), .addresses = { &beta, 1 } } };
	struct conf c = { .partners = partners, .n_partners = N(partners) };
	struct conf_load load = { .a = *state, .tmp = *state, .conf = &c };

	conf_index_partners(&load);

	for (size_t i = 0; i < N(policy); i++) {
		const struct policy_row *p = &policy[i];
		struct asked_rcpt rcpt = { .address = S("edi@nordwind.example"), .notify = p->notify };
		struct asked q = { .has_sender = true, .sender = str_of(p->sender), .session = str_of(p->session), .rcpts = &rcpt, .n = 1 };
		struct reports r;
		size_t at;

		reports_of(*state, &c, &partners[0], &q, p->is_signed, &r);
		if (!str_eq(r.words, str_of(p->words)) || (p->says[0] == '\0' ? r.text.n > 0 : !str_find(r.text, str_of(p->says), &at)))
			fail_msg("%s: '" STR_FMT "', '" STR_FMT "'", p->what, STR_ARG(r.words), STR_ARG(r.text));
		reports_of(*state, &c, NULL, &q, p->is_signed, &r);
		assert_int_equal(r.words.n, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_of_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(utf8, set_up, tear_down),
		cmocka_unit_test_setup_teardown(no_words_of_others, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_no_parameter, set_up, tear_down),
		cmocka_unit_test_setup_teardown(as_many_as_the_listener_takes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(there_and_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_may_have_it, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
