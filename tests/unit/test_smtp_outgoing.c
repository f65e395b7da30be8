/* SPDX-License-Identifier: ISC */
/*
 * What leaves: whatever stands in an address, an envelope id, our own name, a user or a password, the server hears commands
 * of the grammar alone, and in them exactly what was meant. Read back by the parser of our own listener, which is strict.
 */
#include "gateway/base/base64.h"
#include "gateway/smtp/client.h"
#include "gateway/smtp/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define WORD_MAX 600

/* What a mail and its session are made of, one of them hostile. */
enum slot { SENDER, RCPT, ENVID, HELO, USER, PASSWORD, SLOTS };

static const struct str usual[SLOTS] = { S_INIT("edi@nordwind.example"), S_INIT("orders@acme.example"), S_INIT("01M84FFT"),
	S_INIT("nordwind.example"), S_INIT("edi"), S_INIT("secret") };

/* Ends of lines and of paths, in every way that a parser may be lax about them. */
static const struct str injected[] = {
	S_INIT("\r\nRCPT TO:<x@evil.example>"), S_INIT("\nRCPT TO:<x@evil.example>"), S_INIT("\rDATA"),
	S_INIT("\r\n.\r\n"), S_INIT("\n.\n"), S_INIT("\r.\r"), S_INIT(">"), S_INIT("<"), S_INIT("> NOTIFY=NEVER"), S_INIT("> SIZE=1"),
	S_INIT(" SIZE=1"), S_INIT("><x@evil.example>"), S_INIT("@evil.example"), S_INIT("@[192.0.2.1]"), S_INIT(",@evil.example:"),
	S_INIT("\"\r\n\""), S_INIT("\"a b\""), S_INIT("\\"), S_INIT("\\\r\n"), S_INIT("\0"), S_INIT("\0\r\nQUIT"), S_INIT("%0d%0aQUIT"),
	S_INIT("+0D+0A"), S_INIT("=0D=0A"), S_INIT("\342\200\250"), S_INIT("\302\205QUIT"), S_INIT("\xff\xf4"), S_INIT("\033[2J"),
	S_INIT("\xc0\x8a"), S_INIT("\xe5\x98\x8d\xe5\x98\x8a"), S_INIT("\t"), S_INIT("\x7f"), S_INIT(".."), S_INIT("(comment)"),
};

struct talk {
	struct smtp_client c;
	struct smtp_client_opts opts;
	struct smtp_mail mail;
	struct smtp_rcpt rcpt;
	struct buf said;
	bool refused;			/* the mail was, before a byte of it was sent */
};

static void
drive(struct talk *t)
{
	enum smtp_client_act act;
	struct str out;
	struct err e;

	do {
		while ((act = smtp_client_next(&t->c, 1)) != CLIENT_WAIT)
			if (act == CLIENT_READY && smtp_client_mail(&t->c, &t->mail, 1, &e) == -1) {
				assert_int_equal(e.kind, ERR_INPUT);
				t->refused = true;
			}
		out = smtp_client_output(&t->c);
		assert_int_equal(buf_put(&t->said, out, NULL), 0);
		smtp_client_wrote(&t->c, out.n, 1);
	} while (out.n > 0);
}

/* Greeting, EHLO, AUTH when there is a user, and the envelope of one mail. */
static void
talk(struct talk *t, const struct str slots[SLOTS], bool login, const char *mech)
{
	static const struct str answers[] = { S_INIT("250 ok\r\n"), S_INIT("250 ok\r\n"), S_INIT("354 go\r\n") };
	char offer[200];

	*t = (struct talk){ .opts = { .helo = slots[HELO], .auth = S("auto"), .nonce = S("rOprNGfwEbeRWgbNEkqO"), .host = S("mx"), .port = 25 },
		.rcpt = { .address = slots[RCPT] }, .said = BUF_CAP(1 << 16),
		.mail = { .sender = slots[SENDER], .envid = slots[ENVID], .dsn = true, .n_rcpts = 1, .bytes = S("Subject: x\r\n\r\n") } };
	t->mail.rcpts = &t->rcpt;
	if (login) {
		t->opts.tls = CLIENT_TLS_IMPLICIT;
		t->opts.auth = str_of(mech);
		t->opts.user = slots[USER];
		t->opts.password = slots[PASSWORD];
	}
	smtp_client_init(&t->c, &t->opts, 1);
	(void)snprintf(offer, sizeof(offer), "250-mx\r\n250-DSN\r\n250-SIZE\r\n250 AUTH %s\r\n", mech);
	smtp_client_input(&t->c, S("220 mx\r\n"), 1);
	drive(t);
	smtp_client_input(&t->c, str_of(offer), 1);
	drive(t);
	for (size_t i = 0; i < N(answers) && !login && !t->refused; i++) {
		smtp_client_input(&t->c, answers[i], 1);
		drive(t);
	}
}

static void
talk_end(struct talk *t)
{
	smtp_client_clear(&t->c);
	buf_clear(&t->said);
}

/* The next line, without CR LF, which stand nowhere else; printable ASCII, and no longer than a server need take. */
static bool
next_line(struct str *said, struct str *line)
{
	if (!str_cut(said, '\n', line))
		return false;
	assert_true(line->n > 0 && line->n < SMTP_COMMAND_MAX && line->p[line->n - 1] == '\r');
	line->n--;
	for (size_t i = 0; i < line->n; i++)
		assert_true(line->p[i] >= ' ' && line->p[i] <= '~');
	return true;
}

static void
assert_command(struct str *said, enum verb verb, struct command *c)
{
	struct refusal why = { 0 };
	struct str line;

	assert_true(next_line(said, &line));
	if (command_parse(line, false, c, &why) == -1)
		fail_msg("'" STR_FMT "': %s", STR_ARG(line), why.reply);
	assert_int_equal(c->verb, verb);
}

static void
assert_is_xtext_of(struct str xtext, struct str plain)
{
	struct buf b = BUF_CAP(WORD_MAX);

	assert_int_equal(smtp_xtext_get(&b, xtext, NULL), 0);
	assert_true(str_eq(buf_str(&b), plain));
	buf_clear(&b);
}

/* True: the mail went as it was meant. False: not a byte of it went. */
static bool
goes_as_meant(const struct str slots[SLOTS])
{
	struct command c = { 0 };
	struct str said;
	struct talk t;
	bool went;

	talk(&t, slots, false, "PLAIN");
	said = buf_str(&t.said);
	went = !t.refused && !t.c.failed;
	if (said.n > 0) {
		assert_command(&said, VERB_EHLO, &c);
		assert_true(str_eq(c.arg, slots[HELO]));
	}
	if (went) {
		assert_command(&said, VERB_MAIL, &c);
		assert_true(str_eq(c.path, slots[SENDER]));
		assert_is_xtext_of(c.envid, slots[ENVID]);
		assert_command(&said, VERB_RCPT, &c);
		assert_true(str_eq(c.path, slots[RCPT]));
		assert_true(str_starts(c.orcpt, S("rfc822;")));
		assert_is_xtext_of(str_from(c.orcpt, 7), slots[RCPT]);
		assert_command(&said, VERB_DATA, &c);
	}
	assert_true(!went || str_eq(said, S("Subject: x\r\n\r\n")));
	assert_true(went || said.n == 0);
	talk_end(&t);
	return went;
}

/* One slot holds s, all others what they usually do. */
static bool
slot_goes(enum slot at, struct str s)
{
	struct str slots[SLOTS];

	memcpy(slots, usual, sizeof(slots));
	slots[at] = s;
	return goes_as_meant(slots);
}

/* s with what put in before its at-th byte. */
static struct str
with(char room[WORD_MAX], struct str s, size_t at, struct str what)
{
	memcpy(room, s.p, at);
	memcpy(room + at, what.p, what.n);
	memcpy(room + at + what.n, s.p + at, s.n - at);
	return str_make(room, s.n + what.n);
}

static void
every_byte_anywhere(void **state)
{
	/* How many of the 256 there are that may stand first, behind the first character, last. */
	static const size_t may[][3] = {
		[SENDER] = { 81, 82, 62 }, [RCPT] = { 81, 82, 62 }, [ENVID] = { 95, 95, 95 }, [HELO] = { 63, 65, 63 },
	};
	char room[WORD_MAX];

	(void)state;
	for (enum slot s = SENDER; s <= HELO; s++) {
		const size_t places[] = { 0, 1, usual[s].n };

		for (size_t i = 0; i < N(places); i++) {
			size_t went = 0;

			for (int b = 0; b < 256; b++)
				went += slot_goes(s, with(room, usual[s], places[i], str_make((char[]){ (char)b }, 1)));
			if (went != may[s][i])
				fail_msg("slot %d, place %zu: %zu bytes, want %zu", (int)s, i, went, may[s][i]);
		}
	}
}

static void
nothing_is_injected(void **state)
{
	char room[WORD_MAX];
	size_t refused = 0;

	(void)state;
	for (enum slot s = SENDER; s <= HELO; s++)
		for (size_t k = 0; k < N(injected); k++)
			for (size_t at = 0; at <= usual[s].n; at++)
				refused += !slot_goes(s, with(room, usual[s], at, injected[k]));
	assert_true(refused > 2000);
}

static void
lengths_are_kept(void **state)
{
	static const struct { enum slot slot; size_t local, labels; bool goes; } cases[] = {
		{ RCPT, 64, 1, true }, { RCPT, 65, 1, false }, { SENDER, 64, 2, true }, { SENDER, 65, 2, false },
		{ RCPT, 60, 3, true }, { RCPT, 61, 3, true }, { RCPT, 62, 3, true }, { RCPT, 63, 3, false }, { SENDER, 63, 3, false },
		{ RCPT, 64, 8, false }, { SENDER, 1, 8, false },
	};
	char room[WORD_MAX];

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		size_t n = cases[i].local;

		memset(room, 'x', sizeof(room));
		room[n++] = '@';
		for (size_t k = 0; k < cases[i].labels; k++, n += 64)
			room[n + 63] = '.';
		assert_int_equal(slot_goes(cases[i].slot, str_make(room, n - 1)), cases[i].goes);
	}
	memset(room, 'x', sizeof(room));
	assert_true(slot_goes(ENVID, str_make(room, SMTP_ENVID_MAX)));
	assert_false(slot_goes(ENVID, str_make(room, SMTP_ENVID_MAX + 1)));
	assert_false(slot_goes(HELO, str_make(room, 64)));
}

/* What a login says: nothing but base64, however odd the words in it. False: it was not begun. */
static bool
logs_in(struct str user, struct str password, const char *mech)
{
	struct str slots[SLOTS], said, line;
	struct command c = { 0 };
	struct talk t;
	bool went;

	memcpy(slots, usual, sizeof(slots));
	slots[USER] = user;
	slots[PASSWORD] = password;
	talk(&t, slots, true, mech);
	for (size_t i = 0; i < 2; i++) {
		smtp_client_input(&t.c, S("334 PDEyMzRAbXg+\r\n"), 1);
		drive(&t);
	}
	said = buf_str(&t.said);
	assert_command(&said, VERB_EHLO, &c);
	went = said.n > 0;
	if (went) {
		assert_command(&said, VERB_AUTH, &c);
		assert_true(str_eq_nocase(c.arg, str_of(mech)));
	}
	while (next_line(&said, &line)) {
		struct buf plain = BUF_CAP(WORD_MAX * 3);

		assert_int_equal(base64_get(&plain, line, NULL, NULL), 0);
		buf_clear(&plain);
	}
	assert_int_equal(said.n, 0);
	talk_end(&t);
	return went;
}

static void
logins_are_base64(void **state)
{
	static const char *const mechs[] = { "PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2", "OAUTHBEARER", "SCRAM-SHA-256" };
	char room[WORD_MAX];
	size_t went = 0;

	(void)state;
	for (size_t m = 0; m < N(mechs); m++) {
		for (size_t k = 0; k < N(injected); k++) {
			went += logs_in(with(room, usual[USER], 1, injected[k]), usual[PASSWORD], mechs[m]);
			went += logs_in(usual[USER], with(room, usual[PASSWORD], 1, injected[k]), mechs[m]);
		}
	}
	assert_true(went > 100);
	/* A NUL would end the user in it, and what is behind be taken for the password. */
	assert_false(logs_in(S("edi\0x"), S("secret"), "PLAIN"));
	assert_false(logs_in(S("edi"), S("sec\0ret"), "PLAIN"));
	assert_false(logs_in(S("edi\1auth=x"), S("secret"), "XOAUTH2"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_anywhere),
		cmocka_unit_test(nothing_is_injected),
		cmocka_unit_test(lengths_are_kept),
		cmocka_unit_test(logins_are_base64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
