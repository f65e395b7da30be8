/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/server_int.h"

#include "gateway/smtp/asked.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

/* ---- saying ---- */

void
server_say(struct smtp_server *s, const char *reply)
{
	int rc = buf_put(&s->out, str_of(reply), NULL) | buf_put(&s->out, S("\r\n"), NULL);
	assert(rc == 0);	/* no command is read while OUTPUT_HIGH waits; the cap has room for one reply more */
}

void
server_sayf(struct smtp_server *s, const char *fmt, ...)
{
	char line[512];		/* RFC 5321, 4.5.3.1.5 */
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof(line) - 2, fmt, ap);
	va_end(ap);
	server_say(s, line);
}

void
server_close(struct smtp_server *s, const char *reply, const char *why)
{
	server_say(s, reply);
	s->phase = SV_CLOSED;
	s->ended = why;
}

void
server_refuse(struct smtp_server *s, const char *reply)
{
	if (++s->errors < SMTP_SERVER_ERRORS_MAX) {
		server_say(s, reply);
		return;
	}
	server_say(s, reply);
	server_close(s, "421 4.7.0 too many errors", "errors");
}

/* RFC 2033, 4.2: a client of LMTP counts replies, one for each recipient that was accepted, also when all are refused. */
void
server_say_for_others(struct smtp_server *s, const char *reply)
{
	for (size_t i = 1; s->opts->lmtp && i < s->n_rcpts; i++)
		server_say(s, reply);
}

void
server_greet(struct smtp_server *s)
{
	s->greeted = true;
	server_sayf(s, "220 " STR_FMT " %s edigate", STR_ARG(s->opts->name), s->opts->lmtp ? "LMTP" : "ESMTP");
}

void
server_reset(struct smtp_server *s)
{
	buf_clear(&s->sender);
	buf_clear(&s->rcpts);
	buf_clear(&s->asked_mail);
	buf_clear(&s->asked_rcpts);
	s->n_rcpts = 0;
	s->size_told = 0;
	s->is_binary = false;
	s->is_utf8 = false;
	s->transaction_deadline = INT64_MAX;
	if (s->stage > STAGE_READY)
		s->stage = STAGE_READY;
}

/* ---- the commands ---- */

static void
say_extensions(struct smtp_server *s)
{
	server_sayf(s, "250-" STR_FMT, STR_ARG(s->opts->name));
	server_say(s, "250-PIPELINING");
	server_sayf(s, "250-SIZE %llu", (unsigned long long)s->opts->size_max);
	if (s->opts->can_tls && !s->secured)
		server_say(s, "250-STARTTLS");
	if (s->opts->can_auth && s->secured)
		server_sayf(s, "250-AUTH %sSCRAM-SHA-256 PLAIN LOGIN%s",
		    s->n_binds > 0 ? "SCRAM-SHA-256-PLUS " : "", s->certified ? " EXTERNAL" : "");
	else if (s->certified)
		server_say(s, "250-AUTH EXTERNAL");
	server_say(s, "250-8BITMIME");
	server_say(s, "250-SMTPUTF8");
	server_say(s, "250-CHUNKING");
	server_say(s, "250-BINARYMIME");
	server_say(s, "250-DSN");
	server_sayf(s, "250-LIMITS RCPTMAX=%d", SMTP_SERVER_RCPTS_MAX);
	server_say(s, "250 ENHANCEDSTATUSCODES");
}

/* RFC 5321, 4.1.4: EHLO in the middle of a session also clears the transaction. */
static void
do_hello(struct smtp_server *s, const struct command *c, int64_t now)
{
	(void)now;
	server_reset(s);
	buf_clear(&s->helo);
	int rc = buf_put(&s->helo, c->arg, NULL);
	assert(rc == 0);
	s->stage = STAGE_READY;
	s->extended = c->verb != VERB_HELO;
	if (s->extended)
		say_extensions(s);
	else
		server_sayf(s, "250 " STR_FMT, STR_ARG(s->opts->name));
}

/* RFC 2033, 4.1: LHLO and nothing else begins a session of LMTP, and no other. */
static void
do_ehlo(struct smtp_server *s, const struct command *c, int64_t now)
{
	if (s->opts->lmtp)
		server_refuse(s, "500 5.5.1 this is LMTP: want LHLO");
	else
		do_hello(s, c, now);
}

static void
do_lhlo(struct smtp_server *s, const struct command *c, int64_t now)
{
	if (s->opts->lmtp)
		do_hello(s, c, now);
	else
		server_refuse(s, "500 5.5.1 this is SMTP: want EHLO");
}

static void
do_mail(struct smtp_server *s, const struct command *c, int64_t now)
{
	if (c->has_size && c->size > s->opts->size_max) {
		server_refuse(s, "552 5.3.4 that is more than we take");
		return;
	}
	int rc = buf_put(&s->sender, c->path, NULL) | asked_put_mail(c, &s->asked_mail, NULL);
	assert(rc == 0);
	s->stage = STAGE_MAIL;
	s->size_told = c->size;
	s->is_binary = c->is_binary;
	s->is_utf8 = c->is_utf8;
	s->transaction_deadline = now + WAIT_TRANSACTION;
	s->asked = buf_str(&s->sender);
	s->asking = SERVER_MAIL;
}

static void
do_rcpt(struct smtp_server *s, const struct command *c, int64_t now)
{
	(void)now;
	if (s->n_rcpts == SMTP_SERVER_RCPTS_MAX) {
		server_refuse(s, "452 4.5.3 too many recipients");
		return;
	}
	s->asked_before = s->asked_rcpts.n;
	int rc = asked_put_rcpt(c, &s->asked_rcpts, NULL) | buf_putc(&s->asked_rcpts, '\n', NULL);
	assert(rc == 0);
	s->asked = c->path;
	s->asking = SERVER_RCPT;
}

static void
do_data(struct smtp_server *s, const struct command *c, int64_t now)
{
	(void)c;
	(void)now;
	if (s->is_binary)
		server_refuse(s, "503 5.5.1 a binary mail comes by BDAT");
	else
		s->asking = SERVER_BEGIN;
}

static void
do_reset(struct smtp_server *s, const struct command *c, int64_t now)
{
	(void)c;
	(void)now;
	server_reset(s);
	server_say(s, "250 2.0.0 forgotten");
}

static void
do_noop(struct smtp_server *s, const struct command *c, int64_t now)
{
	(void)c;
	(void)now;
	server_say(s, "250 2.0.0 still here");
}

static void
do_vrfy(struct smtp_server *s, const struct command *c, int64_t now)
{
	(void)c;
	(void)now;
	server_say(s, "252 2.1.5 not verified; send, and see");
}

static void
do_help(struct smtp_server *s, const struct command *c, int64_t now)
{
	(void)c;
	(void)now;
	server_say(s, s->opts->lmtp ? "214 2.0.0 LHLO MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT; see RFC 2033" :
	    "214 2.0.0 EHLO MAIL RCPT DATA BDAT RSET NOOP VRFY HELP STARTTLS AUTH QUIT; see RFC 5321");
}

static void
do_quit(struct smtp_server *s, const struct command *c, int64_t now)
{
	(void)c;
	(void)now;
	server_close(s, "221 2.0.0 goodbye", "quit");
}

static void
do_starttls(struct smtp_server *s, const struct command *c, int64_t now)
{
	(void)c;
	if (s->secured) {
		server_refuse(s, "503 5.5.1 TLS is on already");
	} else if (!s->opts->can_tls) {
		server_refuse(s, "502 5.5.1 STARTTLS is not offered here");
	} else {
		server_say(s, "220 2.0.0 go ahead");
		s->phase = SV_HANDSHAKE;
		s->deadline = now + WAIT_HANDSHAKE;
	}
}

static void
do_auth(struct smtp_server *s, const struct command *c, int64_t now)
{
	(void)now;
	if (!s->opts->can_auth && !s->certified) {
		server_refuse(s, "502 5.5.1 AUTH is not offered here");
	} else if (!s->secured) {
		server_refuse(s, "538 5.7.11 AUTH only under TLS");
	} else if (s->authed) {
		server_refuse(s, "503 5.5.1 you are known already");
	} else {
		server_auth_begin(s, c);
	}
}

/* ---- which command may come when (RFC 5321, 4.1.4): a column for each stage of a session ---- */

enum may { DO, NO_EHLO, NO_MAIL, NO_RCPT, NESTED, NOT_NOW };

static const char *const may_not[] = {
	[NO_EHLO] = "503 5.5.1 EHLO (LMTP: LHLO) comes first",
	[NO_MAIL] = "503 5.5.1 MAIL comes first",
	[NO_RCPT] = "554 5.5.1 no valid recipients",
	[NESTED] = "503 5.5.1 there is a sender already",
	[NOT_NOW] = "503 5.5.1 not in the middle of a mail",
};

static const struct rule {
	enum may may[STAGE_COUNT];
	void (*run)(struct smtp_server *s, const struct command *c, int64_t now);
	bool alone;	/* the client must wait for the answer (RFC 2920, 3.1): nothing may stand behind it */
	bool idle;	/* brings no mail nearer */
} rules[VERB_COUNT] = {
	/*		     STAGE_NEW STAGE_READY STAGE_MAIL STAGE_RCPT STAGE_CHUNK */
	[VERB_EHLO]	= { { DO,      DO,	  DO,	     DO,	DO },      do_ehlo, true, true },
	[VERB_HELO]	= { { DO,      DO,	  DO,	     DO,	DO },      do_ehlo, true, true },
	[VERB_LHLO]	= { { DO,      DO,	  DO,	     DO,	DO },      do_lhlo, true, true },
	[VERB_MAIL]	= { { NO_EHLO, DO,	  NESTED,    NESTED,	NESTED },  do_mail, false, false },
	[VERB_RCPT]	= { { NO_EHLO, NO_MAIL,	  DO,	     DO,	NOT_NOW }, do_rcpt, false, false },
	[VERB_DATA]	= { { NO_EHLO, NO_MAIL,	  NO_RCPT,   DO,	NOT_NOW }, do_data, true, false },
	[VERB_BDAT]	= { { NO_EHLO, NO_MAIL,	  NO_RCPT,   DO,	DO },      server_bdat, false, false },
	[VERB_RSET]	= { { DO,      DO,	  DO,	     DO,	DO },      do_reset, false, true },
	[VERB_NOOP]	= { { DO,      DO,	  DO,	     DO,	DO },      do_noop, false, true },
	[VERB_VRFY]	= { { DO,      DO,	  DO,	     DO,	DO },      do_vrfy, false, true },
	[VERB_HELP]	= { { DO,      DO,	  DO,	     DO,	DO },      do_help, false, true },
	[VERB_QUIT]	= { { DO,      DO,	  DO,	     DO,	DO },      do_quit, false, false },
	[VERB_STARTTLS] = { { NO_EHLO, DO,	  NOT_NOW,   NOT_NOW,	NOT_NOW }, do_starttls, true, true },
	[VERB_AUTH]	= { { NO_EHLO, DO,	  NOT_NOW,   NOT_NOW,	NOT_NOW }, do_auth, true, true },
};

/* RFC 2033, 4.2 wants 503 where SMTP has 554. */
static const char *
no_because(const struct smtp_server *s, enum may m)
{
	return m == NO_RCPT && s->opts->lmtp ? "503 5.5.1 no valid recipients" : may_not[m];
}

void
server_command(struct smtp_server *s, struct str line, bool behind, int64_t now)
{
	struct command c;
	struct refusal why;

	if (command_parse(line, s->is_utf8, &c, &why) == -1) {
		if (why.close)
			server_close(s, why.reply, "protocol");
		else
			server_refuse(s, why.reply);
		return;
	}
	const struct rule *r = &rules[c.verb];
	if (c.verb == VERB_BDAT && r->may[s->stage] != DO) {
		server_bdat_refuse(s, &c, no_because(s, r->may[s->stage]), now);	/* its octets follow all the same */
		return;
	}
	if (r->run == NULL) {
		server_refuse(s, "502 5.5.1 not offered here");
	} else if (r->alone && behind) {
		server_close(s, "554 5.5.0 you must wait for the answer here", "pipelining");
	} else if (r->may[s->stage] != DO) {
		server_refuse(s, no_because(s, r->may[s->stage]));
	} else if (r->idle && ++s->idle_commands > SMTP_SERVER_IDLE_MAX) {
		server_refuse(s, "450 4.7.0 enough of that");
	} else {
		r->run(s, &c, now);
	}
}
