/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/client_int.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
client_enter(struct smtp_client *c, enum client_state state, int64_t deadline)
{
	c->state = state;
	c->deadline = deadline;
}

/* A command line. Everything in it has been checked before; this is the last gate, and CRLF passes here only. */
void
client_say_secret(struct smtp_client *c, struct str line, struct str shown)
{
	assert(!str_has_ctl(line));
	transcript_put(c->opts->transcript, TRANSCRIPT_CLIENT, shown);
	int rc = buf_put(&c->out, line, NULL) | buf_put(&c->out, S("\r\n"), NULL);
	assert(rc == 0);
}

void
client_say(struct smtp_client *c, struct str line)
{
	client_say_secret(c, line, line);
}

void
client_sayf(struct smtp_client *c, const char *fmt, ...)
{
	char line[SMTP_REPLY_LINE_MAX];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	assert(n > 0 && (size_t)n < sizeof(line));
	client_say(c, str_make(line, (size_t)n));
}

/* ---- verdicts ---- */

bool
client_is_yes(const struct reply *r)
{
	return r->code / 100 == 2;
}

bool
client_is_no(const struct reply *r)
{
	return r->code / 100 >= 4;
}

/* A no to MAIL, DATA or the dot. A 530 and its kin mean our set-up, not this mail: the operator can mend it. */
enum smtp_outcome
client_outcome_of(const struct reply *r)
{
	if (client_is_yes(r))
		return SMTP_ACCEPTED;
	if (r->code / 100 == 4 || r->code == 530 || r->code == 534 || r->code == 535 || r->code == 538)
		return SMTP_DEFERRED;
	return SMTP_REFUSED;
}

void
client_judge(struct smtp_verdict *v, enum smtp_outcome o, const struct reply *r)
{
	*v = (struct smtp_verdict){ .outcome = o, .code = r->code };
	memcpy(v->enhanced, r->enhanced, sizeof(v->enhanced));
	reply_line(r, v->text, sizeof(v->text));
}

void
client_judge_rest(struct smtp_client *c, enum smtp_outcome o, const struct reply *r)
{
	for (size_t i = 0; i < c->mail->n_rcpts; i++)
		if (c->mail->rcpts[i].verdict.outcome == SMTP_PENDING)
			client_judge(&c->mail->rcpts[i].verdict, o, r);
}

void
client_mail_over(struct smtp_client *c)
{
	c->mail = NULL;
	c->rest = S("");
	c->done = true;
}

/* ---- the end of a session ---- */

static void
judge_broken(struct smtp_client *c, const char *why)
{
	bool past_dot = c->state == CL_DOT && c->dot_left;

	for (size_t i = 0; i < c->mail->n_rcpts; i++) {
		struct smtp_verdict *v = &c->mail->rcpts[i].verdict;

		if (v->outcome != SMTP_PENDING)
			continue;
		*v = (struct smtp_verdict){ .outcome = past_dot ? SMTP_UNCERTAIN : SMTP_DEFERRED };
		(void)snprintf(v->text, sizeof(v->text), "%.*s", SMTP_TEXT_MAX - 1, why);
	}
	client_mail_over(c);
}

void
client_fail(struct smtp_client *c, const struct err *why)
{
	if (c->state == CL_CLOSED)
		return;
	c->err = *why;
	c->failed = c->state != CL_QUIT;
	if (c->state == CL_BODY || c->state == CL_CHUNK)
		transcript_putf(c->opts->transcript, TRANSCRIPT_CLIENT, "(%zu of %zu bytes of the mail)",
		    c->mail->bytes.n - c->rest.n, c->mail->bytes.n);
	transcript_put(c->opts->transcript, TRANSCRIPT_NOTE, str_of(why->text));
	if (c->mail != NULL)
		judge_broken(c, why->text);
	buf_wipe(&c->out);
	buf_cut(&c->in, 0);
	client_enter(c, CL_CLOSED, INT64_MAX);
}

void
client_fail_text(struct smtp_client *c, enum err_kind kind, const char *code, const char *text)
{
	struct err e;

	(void)err_code(err_set(&e, kind, "%s", text), &e, code);
	client_fail(c, &e);
}

/* What the server said ends the session; for a mail in hand it is no verdict, only the reason. */
void
client_fail_reply(struct smtp_client *c, enum err_kind kind, const char *code, const char *what)
{
	char text[SMTP_TEXT_MAX];
	struct err e;

	reply_line(&c->reply, text, sizeof(text));
	(void)err_set(&e, kind, "%s: %u%s%s %s", what, c->reply.code, c->reply.enhanced[0] != '\0' ? " " : "",
	    c->reply.enhanced, text);
	e.code = code;
	client_fail(c, &e);
}
