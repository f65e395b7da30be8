/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/client_int.h"

#include <assert.h>

/*
 * Over what can ever wait to be sent: 100 pipelined RCPT lines with their DSN parameters, or two portions of a body.
 * What comes in is read at once, so that only one unfinished line stays.
 */
#define OUT_MAX (4 * SMTP_OUTPUT_HIGH)
#define IN_MAX	(2 * SMTP_REPLY_LINE_MAX)

static void
on_reply(struct smtp_client *c, int64_t now)
{
	switch (c->state) {
	case CL_GREETING:
	case CL_EHLO:
	case CL_HELO:
	case CL_STARTTLS:
	case CL_AUTH:
		client_on_start(c, now);
		break;
	case CL_ENVELOPE:
	case CL_BODY:
	case CL_CHUNK:
	case CL_ASKING:
	case CL_DOT:
	case CL_EMPTY_DOT:
	case CL_RSET:
		client_on_mail(c, now);
		break;
	case CL_IDLE:		/* mostly 421: tired of waiting for us. Or an answer more than was asked for. */
		client_fail_reply(c, ERR_RETRY, "E-SMTP-CLOSING", "server speaks unasked");
		break;
	case CL_QUIT:
		client_enter(c, CL_CLOSED, INT64_MAX);
		break;
	case CL_HANDSHAKE:
	case CL_CLOSED:
		break;
	}
}

/* Bytes of a reply are here, whole or not, to which no question belongs yet. */
static bool
has_heard_more(const struct smtp_client *c)
{
	return c->in.n > 0 || c->behind > 0 || c->reply.lines > 0;
}

/*
 * An answer that is here before its question was sent answers something else. Taken for the answer it would move every
 * later one to the wrong command: a recipient would get another's verdict.
 */
static void
fail_unasked(struct smtp_client *c)
{
	client_fail_text(c, ERR_RETRY, "E-SMTP-PROTOCOL",
	    "server speaks unasked: it answers before the question");
}

/* What came, for the transcript. What a server asks in AUTH could serve to guess at the password offline. */
static void
put_heard(struct smtp_client *c, struct str lines)
{
	if (c->state == CL_AUTH && str_starts(lines, S("334")))
		lines = S("334 ***");
	transcript_put(c->opts->transcript, TRANSCRIPT_SERVER, lines);
}

static void
read_replies(struct smtp_client *c, int64_t now)
{
	struct err e;

	while (c->state != CL_CLOSED && c->in.n > 0) {
		struct str in = buf_str(&c->in);
		enum step step = reply_feed(&c->reply, &in, &e);
		size_t said = c->out.n;

		put_heard(c, str_sub(buf_str(&c->in), 0, c->in.n - in.n));
		buf_drop(&c->in, c->in.n - in.n);
		if (step == STEP_BAD) {
			e.code = "E-SMTP-PROTOCOL";
			client_fail(c, &e);
		}
		if (step != STEP_DONE)
			break;
		on_reply(c, now);
		reply_reset(&c->reply);
		if (c->out.n > said && has_heard_more(c))
			fail_unasked(c);
	}
	if (c->state == CL_IDLE && has_heard_more(c))
		fail_unasked(c);
}

static const char *
late_text(enum client_state s)
{
	switch (s) {
	case CL_GREETING:
		return "no greeting in time";
	case CL_HANDSHAKE:
		return "TLS handshake not done in time";
	case CL_BODY:
	case CL_CHUNK:
		return "server stopped taking the mail";
	case CL_DOT:
		return "no answer to the final dot in time";
	default:
		return "no answer in time";
	}
}

void
smtp_client_init(struct smtp_client *c, const struct smtp_client_opts *o, int64_t now)
{
	*c = (struct smtp_client){
		.opts = o,
		.in = BUF_CAP(IN_MAX),
		.out = BUF_CAP(OUT_MAX),
		.reply = REPLY_INIT,
		.secured = o->tls == CLIENT_TLS_IMPLICIT,
	};
	if (o->user.n > 0)	/* at once: growing leaves copies of a password */
		(void)buf_room(&c->out, 2 * SASL_RESPONSE_MAX, NULL);
	client_enter(c, CL_GREETING, now + WAIT_GREETING);
	if (!smtp_is_greeting(o->helo))
		client_fail_text(c, ERR_CONFIG, "E-SMTP-EHLO", "our own name for EHLO is no host name");
}

void
smtp_client_clear(struct smtp_client *c)
{
	buf_clear(&c->in);
	buf_wipe(&c->out);
	reply_clear(&c->reply);
	sasl_clear(&c->sasl);
}

void
smtp_client_input(struct smtp_client *c, struct str bytes, int64_t now)
{
	struct err e;

	while (bytes.n > 0 && c->state != CL_CLOSED) {
		struct str part = str_sub(bytes, 0, SMTP_REPLY_LINE_MAX);

		if (c->state == CL_HANDSHAKE) {
			/* Still clear text, though we said STARTTLS: the tail of an injected answer. */
			client_fail_text(c, ERR_CONFIG, "E-SMTP-TLS",
			    "server sent more behind its answer to STARTTLS");
			return;
		}
		if (buf_put(&c->in, part, &e) == -1) {
			client_fail(c, &e);
			return;
		}
		bytes = str_from(bytes, part.n);
		c->behind = bytes.n;
		read_replies(c, now);
	}
	c->behind = 0;
}

void
smtp_client_lost(struct smtp_client *c, const struct err *why)
{
	client_fail(c, why);
}

enum smtp_client_act
smtp_client_next(struct smtp_client *c, int64_t now)
{
	if (c->state != CL_CLOSED && now >= c->deadline)
		client_fail_text(c, ERR_RETRY, "E-SMTP-TIMEOUT", late_text(c->state));
	client_mail_move(c);
	if (c->done) {
		c->done = false;
		return CLIENT_DONE;
	}
	if (c->asked && c->state == CL_ASKING) {
		c->asked = false;
		return CLIENT_ASK;
	}
	if (c->state == CL_HANDSHAKE && c->out.n == 0 && !c->tls_told) {
		c->tls_told = true;
		return CLIENT_START_TLS;
	}
	if (c->state == CL_IDLE && c->last)
		smtp_client_quit(c, now);
	if (c->state == CL_IDLE && c->ready) {
		c->ready = false;
		return CLIENT_READY;
	}
	if (c->state == CL_CLOSED && !c->close_told) {
		c->close_told = true;
		return CLIENT_CLOSE;
	}
	return CLIENT_WAIT;
}

struct str
smtp_client_output(struct smtp_client *c)
{
	client_mail_move(c);
	return buf_str(&c->out);
}

void
smtp_client_wrote(struct smtp_client *c, size_t n, int64_t now)
{
	buf_drop(&c->out, n);
	if (n > 0 && (c->state == CL_BODY || c->state == CL_CHUNK))
		c->deadline = now + WAIT_BLOCK;
	if (n > 0 && c->state == CL_DOT)
		c->dot_left = true;
	client_mail_move(c);
}

int64_t
smtp_client_deadline(const struct smtp_client *c)
{
	return c->deadline;
}

void
smtp_client_secured(struct smtp_client *c, const struct scram_binding *bind, int64_t now)
{
	if (bind != NULL)
		c->bind = *bind;
	if (c->state != CL_HANDSHAKE)
		return;
	c->secured = true;
	client_say_ehlo(c, now);
}

int
smtp_client_mail(struct smtp_client *c, struct smtp_mail *m, int64_t now, struct err *e)
{
	assert(c->state == CL_IDLE);
	if (client_mail_check(c, m, &c->facts, e) == -1)
		return -1;
	client_mail_begin(c, m, now);
	return 0;
}

void
smtp_client_go(struct smtp_client *c, int64_t now)
{
	if (c->state != CL_ASKING)
		return;
	if (has_heard_more(c)) {
		fail_unasked(c);	/* the beginning of an answer, but the dot is still here */
		return;
	}
	client_say(c, c->binary ? S("BDAT 0 LAST") : S("."));
	client_enter(c, CL_DOT, now + WAIT_DOT);
}

void
smtp_client_quit(struct smtp_client *c, int64_t now)
{
	c->last = true;
	if (c->state != CL_IDLE)
		return;
	c->ready = false;
	client_say(c, S("QUIT"));
	client_enter(c, CL_QUIT, now + WAIT_QUIT);
}

bool
smtp_client_went_stale(const struct smtp_client *c)
{
	return c->state == CL_CLOSED && c->mails > 1 && c->answered <= 1;
}
