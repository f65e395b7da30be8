/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/command.h"
#include "gateway/smtp/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define A64  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A63  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A100 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void
reads_commands(void **state)
{
	static const struct { struct str line; enum verb verb; const char *arg; } cases[] = {
		{ S_INIT("EHLO mx.acme.example"), VERB_EHLO, "mx.acme.example" },
		{ S_INIT("ehlo LOCALHOST"), VERB_EHLO, "LOCALHOST" },
		{ S_INIT("EHLO my_pc.lan"), VERB_EHLO, "my_pc.lan" },
		{ S_INIT("HELO [192.0.2.1]"), VERB_HELO, "[192.0.2.1]" },
		{ S_INIT("EHLO [IPv6:2001:db8::1]"), VERB_EHLO, "[IPv6:2001:db8::1]" },
		{ S_INIT("EHLO host  "), VERB_EHLO, "host" },
		{ S_INIT("DATA"), VERB_DATA, "" },
		{ S_INIT("dAtA "), VERB_DATA, "" },
		{ S_INIT("RSET"), VERB_RSET, "" },
		{ S_INIT("NOOP"), VERB_NOOP, "" },
		{ S_INIT("NOOP what ever"), VERB_NOOP, "what ever" },
		{ S_INIT("VRFY edi"), VERB_VRFY, "edi" },
		{ S_INIT("EXPN list"), VERB_EXPN, "list" },
		{ S_INIT("HELP"), VERB_HELP, "" },
		{ S_INIT("HELP MAIL"), VERB_HELP, "MAIL" },
		{ S_INIT("QUIT"), VERB_QUIT, "" },
		{ S_INIT("STARTTLS"), VERB_STARTTLS, "" },
		{ S_INIT("AUTH PLAIN"), VERB_AUTH, "PLAIN" },
		{ S_INIT("AUTH plain AGEAYg=="), VERB_AUTH, "plain" },
		{ S_INIT("BDAT 5"), VERB_BDAT, "" },
		{ S_INIT("bdat 0 last"), VERB_BDAT, "" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct refusal why;
		struct command c;

		print_message("%.*s\n", (int)cases[i].line.n, cases[i].line.p);
		assert_int_equal(command_parse(cases[i].line, false, &c, &why), 0);
		assert_int_equal(c.verb, cases[i].verb);
		assert_true(str_eq(c.arg, str_of(cases[i].arg)));
	}
}

static void
refuses_commands(void **state)
{
	static const struct { struct str line; const char *code; bool close; } cases[] = {
		{ S_INIT(""), "500", false },
		{ S_INIT(" "), "500", false },
		{ S_INIT(" EHLO x"), "500", false },
		{ S_INIT("XFOO"), "500", false },
		{ S_INIT("EHLO\tx"), "501", false },
		{ S_INIT("XCLIENT NAME=x ADDR=y"), "500", false },
		{ S_INIT("XFORWARD NAME=x"), "500", false },
		{ S_INIT("ETRN x"), "500", false },
		{ S_INIT("TURN"), "500", false },
		{ S_INIT("PROXY TCP4 192.0.2.1 192.0.2.2 1 2"), "500", false },
		{ S_INIT("GET / HTTP/1.1"), "500", true },
		{ S_INIT("post /x HTTP/1.0"), "500", true },
		{ S_INIT("CONNECT mx:25 HTTP/1.0"), "500", true },
		{ S_INIT("PRI * HTTP/2.0"), "500", true },
		{ S_INIT("EHLO"), "501", false },
		{ S_INIT("HELO "), "501", false },
		{ S_INIT("EHLO a b"), "501", false },
		{ S_INIT("EHLO a\0b"), "501", false },
		{ S_INIT("EHLO a\rb"), "501", false },
		{ S_INIT("EHLO -a"), "501", false },
		{ S_INIT("EHLO a..b"), "501", false },
		{ S_INIT("EHLO <script>"), "501", false },
		{ S_INIT("EHLO h\303\274"), "501", false },
		{ S_INIT("EHLO [1.2.3]"), "501", false },
		{ S_INIT("EHLO [1.2.3.256]"), "501", false },
		{ S_INIT("EHLO " A64 ".example"), "501", false },
		{ S_INIT("DATA now"), "501", false },
		{ S_INIT("RSET all"), "501", false },
		{ S_INIT("QUIT now"), "501", false },
		{ S_INIT("STARTTLS now"), "501", false },
		{ S_INIT("AUTH"), "501", false },
		/* Their bytes follow unasked, and nobody knows how many. */
		{ S_INIT("BDAT"), "501", true },
		{ S_INIT("BDAT -1"), "501", true },
		{ S_INIT("BDAT +5"), "501", true },
		{ S_INIT("BDAT 0x5"), "501", true },
		{ S_INIT("BDAT 5 6"), "501", true },
		{ S_INIT("BDAT 5 LAST LAST"), "501", true },
		{ S_INIT("BDAT LAST"), "501", true },
		{ S_INIT("BDAT 1234567890123456789"), "501", true },
		{ S_INIT("MAIL"), "501", false },
		{ S_INIT("MAIL <a@b.example>"), "501", false },
		{ S_INIT("MAIL FROM:a@b.example"), "501", false },
		{ S_INIT("MAIL FROM: <a@b.example>"), "501", false },
		{ S_INIT("MAIL FROM :<a@b.example>"), "501", false },
		{ S_INIT("MAIL TO:<a@b.example>"), "501", false },
		{ S_INIT("MAIL FROM:<a@b.example"), "501", false },
		{ S_INIT("MAIL FROM:<a@b.example>SIZE=1"), "501", false },
		{ S_INIT("MAIL FROM:<<a@b.example>>"), "501", false },
		{ S_INIT("MAIL FROM:<a>"), "501", false },
		{ S_INIT("MAIL FROM:<@b.example>"), "553", false },
		{ S_INIT("MAIL FROM:<@relay.example:a@b.example>"), "553", false },
		{ S_INIT("MAIL FROM:<a@>"), "501", false },
		{ S_INIT("MAIL FROM:<a b@c.example>"), "501", false },
		{ S_INIT("MAIL FROM:<.a@c.example>"), "501", false },
		{ S_INIT("MAIL FROM:<a..b@c.example>"), "501", false },
		{ S_INIT("MAIL FROM:<a@c_d.example>"), "501", false },
		{ S_INIT("MAIL FROM:<a@c.example.>"), "501", false },
		{ S_INIT("MAIL FROM:<\"a\"b@c.example>"), "501", false },
		{ S_INIT("MAIL FROM:<\"a@c.example>"), "501", true },
		{ S_INIT("RCPT TO:<\"a"), "501", true },
		{ S_INIT("MAIL FROM:<\377\376@c.example>"), "553", false },
		{ S_INIT("RCPT TO:<gr\303\274n@c.example>"), "553", false },
		{ S_INIT("MAIL FROM:<a\rb@c.example>"), "501", false },
		{ S_INIT("MAIL FROM:<" A64 "a@c.example>"), "501", false },
		{ S_INIT("RCPT TO:<>"), "501", false },
		{ S_INIT("RCPT FROM:<a@b.example>"), "501", false },
		/* parameters */
		{ S_INIT("MAIL FROM:<> FOO"), "555", false },
		{ S_INIT("MAIL FROM:<> SMTPUTF8=yes"), "501", false },
		{ S_INIT("MAIL FROM:<> SMTPUTF8 SMTPUTF8"), "501", false },
		{ S_INIT("RCPT TO:<a@b.example> SMTPUTF8"), "555", false },
		{ S_INIT("MAIL FROM:<\377@b.example> SMTPUTF8"), "501", false },
		{ S_INIT("MAIL FROM:<\303@b.example> SMTPUTF8"), "501", false },
		{ S_INIT("MAIL FROM:<\302\205@b.example> SMTPUTF8"), "501", false },
		{ S_INIT("MAIL FROM:<\355\240\200@b.example> SMTPUTF8"), "501", false },
		{ S_INIT("MAIL FROM:<\303\274@.example> SMTPUTF8"), "501", false },
		{ S_INIT("MAIL FROM:<\303\274> SMTPUTF8"), "501", false },
		{ S_INIT("RCPT TO:<a@b.example> ORCPT=utf-8;gr\303\274n@b.example"), "501", false },
		{ S_INIT("RCPT TO:<a@b.example> ORCPT=utf-8;gr\\x{fc}n@b.example"), "501", false },
		{ S_INIT("RCPT TO:<a@b.example> ORCPT=utf-8;gr\\x{FC"), "501", false },
		{ S_INIT("RCPT TO:<a@b.example> ORCPT=utf-8;gr\\n@b.example"), "501", false },
		{ S_INIT("MAIL FROM:<> NOTIFY=NEVER"), "555", false },
		{ S_INIT("RCPT TO:<a@b.example> SIZE=1"), "555", false },
		{ S_INIT("RCPT TO:<a@b.example> FOO=bar"), "555", false },
		{ S_INIT("MAIL FROM:<> =1"), "555", false },
		{ S_INIT("MAIL FROM:<> SIZE"), "501", false },
		{ S_INIT("MAIL FROM:<> SIZE="), "501", false },
		{ S_INIT("MAIL FROM:<> SIZE=-1"), "501", false },
		{ S_INIT("MAIL FROM:<> SIZE=0x10"), "501", false },
		{ S_INIT("MAIL FROM:<> SIZE=+5"), "501", false },
		{ S_INIT("MAIL FROM:<> SIZE=123456789012345678901"), "501", false },
		{ S_INIT("MAIL FROM:<> SIZE=1 SIZE=1"), "501", false },
		{ S_INIT("MAIL FROM:<> BODY=BINARY"), "501", false },
		{ S_INIT("MAIL FROM:<> BODY"), "501", false },
		{ S_INIT("MAIL FROM:<> RET=SOME"), "501", false },
		{ S_INIT("MAIL FROM:<> ENVID="), "501", false },
		{ S_INIT("MAIL FROM:<> ENVID=a=b"), "501", false },
		{ S_INIT("MAIL FROM:<> ENVID=a+0"), "501", false },
		{ S_INIT("MAIL FROM:<> ENVID=a+0a"), "501", false },
		{ S_INIT("MAIL FROM:<> ENVID=a+0D+0A"), "501", false },
		{ S_INIT("MAIL FROM:<> ENVID=a+00"), "501", false },
		{ S_INIT("MAIL FROM:<> ENVID=a+7F"), "501", false },
		{ S_INIT("MAIL FROM:<> ENVID=" A100 "a"), "501", false },
		{ S_INIT("MAIL FROM:<> AUTH=a+0A"), "501", false },
		{ S_INIT("MAIL FROM:<> AUTH="), "501", false },
		{ S_INIT("RCPT TO:<a@b.example> NOTIFY="), "501", false },
		{ S_INIT("RCPT TO:<a@b.example> NOTIFY=NEVER,SUCCESS"), "501", false },
		{ S_INIT("RCPT TO:<a@b.example> NOTIFY=SUCCESS,NEVER"), "501", false },
		{ S_INIT("RCPT TO:<a@b.example> NOTIFY=SUCCESS,SUCCESS"), "501", false },
		{ S_INIT("RCPT TO:<a@b.example> NOTIFY=SUCCESS,"), "501", false },
		{ S_INIT("RCPT TO:<a@b.example> ORCPT=a@b.example"), "501", false },
		{ S_INIT("RCPT TO:<a@b.example> ORCPT=rfc822;"), "501", false },
		{ S_INIT("RCPT TO:<a@b.example> ORCPT=x400;a"), "501", false },
		{ S_INIT("RCPT TO:<a@b.example> ORCPT=rfc822;a+0D"), "501", false },
	};
	char longest[SMTP_COMMAND_MAX];
	struct refusal why;
	struct command c;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		print_message("%.*s\n", (int)cases[i].line.n, cases[i].line.p);
		assert_int_equal(command_parse(cases[i].line, false, &c, &why), -1);
		assert_memory_equal(why.reply, cases[i].code, 3);
		assert_int_equal(why.close, cases[i].close);
		assert_false(str_has_ctl(str_of(why.reply)));
	}
	memset(longest, 'A', sizeof(longest));
	assert_int_equal(command_parse(str_make(longest, sizeof(longest)), false, &c, &why), -1);
	assert_string_equal(why.reply, "500 5.5.2 line too long");
}

static void
reads_paths(void **state)
{
	static const struct { struct str line; const char *path; } cases[] = {
		{ S_INIT("MAIL FROM:<>"), "" },
		{ S_INIT("mail from:<a@b.example>"), "a@b.example" },
		{ S_INIT("MAIL FROM:<a.b+c@d-e.example> "), "a.b+c@d-e.example" },
		{ S_INIT("MAIL FROM:<a@[192.0.2.1]>"), "a@[192.0.2.1]" },
		{ S_INIT("MAIL FROM:<a@[IPv6:::1]>"), "a@[IPv6:::1]" },
		{ S_INIT("MAIL FROM:<\"a b\"@c.example>"), "\"a b\"@c.example" },
		{ S_INIT("MAIL FROM:<\"a>b\"@c.example>"), "\"a>b\"@c.example" },
		{ S_INIT("MAIL FROM:<\"a@b\"@c.example>"), "\"a@b\"@c.example" },
		{ S_INIT("MAIL FROM:<\"a\\\"b\\\\\"@c.example>"), "\"a\\\"b\\\\\"@c.example" },
		{ S_INIT("RCPT TO:<c%evil@sink.example>"), "c%evil@sink.example" },
		{ S_INIT("RCPT TO:<!#$%&'*+-/=?^_`{|}~@b.example>"), "!#$%&'*+-/=?^_`{|}~@b.example" },
		{ S_INIT("RCPT TO:<" A64 "@" A63 "." A63 "." A63 ".>"), NULL },
		{ S_INIT("RCPT TO:<" A64 "@" A63 "." A63 ".example>"), A64 "@" A63 "." A63 ".example" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct refusal why;
		struct command c;
		int rc = command_parse(cases[i].line, false, &c, &why);

		print_message("%.*s\n", (int)cases[i].line.n, cases[i].line.p);
		assert_int_equal(rc, cases[i].path == NULL ? -1 : 0);
		if (rc == 0)
			assert_true(str_eq(c.path, str_of(cases[i].path)));
	}
}

static void
reads_parameters(void **state)
{
	struct refusal why;
	struct command c;

	(void)state;
	assert_int_equal(command_parse(S("MAIL FROM:<a@b.example> SIZE=12345 BODY=8BITMIME RET=HDRS ENVID=tx+2B42 AUTH=<>"), false, &c, &why), 0);
	assert_true(c.has_size && c.is_8bit && c.ret_hdrs && !c.ret_full);
	assert_int_equal(c.size, 12345);
	assert_true(str_eq(c.envid, S("tx+2B42")));
	assert_int_equal(command_parse(S("MAIL FROM:<> size=0 body=7bit ret=full"), false, &c, &why), 0);
	assert_true(c.has_size && !c.is_8bit && c.ret_full);
	assert_int_equal(c.size, 0);
	/* Twenty digits are well-formed; what does not fit is merely too large. */
	assert_int_equal(command_parse(S("MAIL FROM:<> SIZE=99999999999999999999"), false, &c, &why), 0);
	assert_true(c.size == UINT64_MAX);
	assert_int_equal(command_parse(S("RCPT TO:<a@b.example> NOTIFY=success,Failure,DELAY ORCPT=rfc822;a+40b.example"), false, &c, &why), 0);
	assert_int_equal(c.notify, NOTIFY_SUCCESS | NOTIFY_FAILURE | NOTIFY_DELAY);
	assert_true(str_eq(c.orcpt, S("rfc822;a+40b.example")));
	assert_int_equal(command_parse(S("RCPT TO:<a@b.example>  NOTIFY=NEVER"), false, &c, &why), 0);
	assert_int_equal(c.notify, NOTIFY_NEVER);
	assert_int_equal(command_parse(S("AUTH PLAIN ="), false, &c, &why), 0);
	assert_true(c.has_initial && str_eq(c.initial, S("=")));
	assert_int_equal(command_parse(S("AUTH PLAIN"), false, &c, &why), 0);
	assert_false(c.has_initial);
}

static void
writes_xtext(void **state)
{
	struct buf b = BUF_CAP(100);

	(void)state;
	assert_int_equal(smtp_xtext_put(&b, S("a+b=c d@e"), NULL), 0);
	assert_true(str_eq(buf_str(&b), S("a+2Bb+3Dc+20d@e")));
	assert_true(smtp_is_xtext(buf_str(&b)));
	buf_clear(&b);
}

static void
knows_plain_mailboxes(void **state)
{
	static const struct { struct str s; bool plain; } cases[] = {
		{ S_INIT("edi@acme.example"), true },
		{ S_INIT("a@[192.0.2.1]"), true },
		{ S_INIT("\"a\"@acme.example"), false },
		{ S_INIT("edi"), false },
		{ S_INIT(""), false },
		{ S_INIT("@acme.example"), false },
		{ S_INIT("a@b@c.example"), false },
		{ S_INIT("a>@c.example"), false },
		{ S_INIT("a@c.example>"), false },
		{ S_INIT("a@c.example\r\nRCPT TO:<b@c.example"), false },
		{ S_INIT("a\0@c.example"), false },
		{ S_INIT("a@c.example "), false },
		{ S_INIT("\303\244@c.example"), false },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		assert_int_equal(smtp_is_plain_mailbox(cases[i].s), cases[i].plain);
}

/* RFC 6531: with SMTPUTF8 addresses may have UTF-8 on either side of the @, and keep every byte. */
static void
reads_utf8(void **state)
{
	static const struct { struct str line; bool utf8; const char *path; } good[] = {
		{ S_INIT("MAIL FROM:<gr\303\274n@c.example> SMTPUTF8"), false, "gr\303\274n@c.example" },
		{ S_INIT("MAIL FROM:<a@n\303\266rd.example> SIZE=10 SMTPUTF8 BODY=8BITMIME"), false, "a@n\303\266rd.example" },
		{ S_INIT("MAIL FROM:<\"\346\235\216 a\"@c.example> smtputf8"), false, "\"\346\235\216 a\"@c.example" },
		{ S_INIT("MAIL FROM:<a@c.example> SMTPUTF8"), false, "a@c.example" },
		{ S_INIT("MAIL FROM:<> SMTPUTF8"), false, "" },
		{ S_INIT("RCPT TO:<gr\303\274n@c.example>"), true, "gr\303\274n@c.example" },
		{ S_INIT("RCPT TO:<a@c.example> ORCPT=utf-8;gr\303\274n@b.example"), true, "a@c.example" },
		{ S_INIT("RCPT TO:<a@c.example> ORCPT=utf-8;gr\\x{FC}n@b.example"), false, "a@c.example" },
		{ S_INIT("RCPT TO:<a@c.example> ORCPT=rfc822;b+2Bc@b.example"), true, "a@c.example" },
	};
	struct refusal why;
	struct command c;

	(void)state;
	for (size_t i = 0; i < N(good); i++) {
		print_message("%.*s\n", (int)good[i].line.n, good[i].line.p);
		assert_int_equal(command_parse(good[i].line, good[i].utf8, &c, &why), 0);
		assert_true(str_eq(c.path, str_of(good[i].path)));
	}
	assert_int_equal(command_parse(S("RCPT TO:<gr\303\274n@c.example>"), false, &c, &why), -1);
	assert_non_null(strstr(why.reply, "553 5.6.7"));
	assert_int_equal(command_parse(S("EHLO n\303\266rd.example"), true, &c, &why), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_commands),
		cmocka_unit_test(refuses_commands),
		cmocka_unit_test(reads_paths),
		cmocka_unit_test(reads_parameters),
		cmocka_unit_test(writes_xtext),
		cmocka_unit_test(reads_utf8),
		cmocka_unit_test(knows_plain_mailboxes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
