/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/client_int.h"

#include <assert.h>

#define CHUNK_BYTES    ((size_t)4 << 20)
#define LINE_MAX_BYTES 4096	/* a command line that we build: two addresses, one of them as xtext */

/* ---- the envelope: MAIL, RCPT for each recipient, DATA; in one go where the server can take it ---- */

static void
say_mail(struct smtp_client *c)
{
	const struct smtp_mail *m = c->mail;
	struct buf line = BUF_CAP(LINE_MAX_BYTES);
	int rc;

	rc = buf_printf(&line, NULL, "MAIL FROM:<" STR_FMT ">", STR_ARG(m->sender));
	if (c->has_size)
		rc |= buf_printf(&line, NULL, " SIZE=%zu", m->bytes.n);
	if (c->binary)
		rc |= buf_put(&line, S(" BODY=BINARYMIME"), NULL);
	else if (c->facts.has_8bit)
		rc |= buf_put(&line, S(" BODY=8BITMIME"), NULL);
	if (c->has_dsn && m->dsn) {
		rc |= buf_put(&line, S(" RET=HDRS"), NULL);
		if (m->envid.n > 0)
			rc |= buf_put(&line, S(" ENVID="), NULL) | smtp_xtext_put(&line, m->envid, NULL);
	}
	assert(rc == 0);
	client_say(c, buf_str(&line));
	buf_clear(&line);
}

static void
say_rcpt(struct smtp_client *c, struct str address)
{
	struct buf line = BUF_CAP(LINE_MAX_BYTES);
	int rc;

	rc = buf_printf(&line, NULL, "RCPT TO:<" STR_FMT ">", STR_ARG(address));
	if (c->has_dsn && c->mail->dsn) {
		rc |= buf_put(&line, c->mail->dsn_of_trouble ? S(" NOTIFY=FAILURE,DELAY") : S(" NOTIFY=SUCCESS,FAILURE,DELAY"), NULL);
		rc |= buf_put(&line, S(" ORCPT=rfc822;"), NULL);
		rc |= smtp_xtext_put(&line, address, NULL);
	}
	assert(rc == 0);
	client_say(c, buf_str(&line));
	buf_clear(&line);
}

/* MAIL, RCPT ..., DATA; a mail that goes in chunks has no DATA. */
static size_t
commands_of(const struct smtp_client *c)
{
	return c->mail->n_rcpts + (c->binary ? 1 : 2);
}

/* Say what comes next of MAIL (0), RCPT (1 ..), DATA. */
static void
say_envelope(struct smtp_client *c)
{
	size_t n = c->mail->n_rcpts;

	do {
		if (c->sent == 0)
			say_mail(c);
		else if (c->sent <= n)
			say_rcpt(c, c->mail->rcpts[c->sent - 1].address);
		else
			client_say(c, S("DATA"));
		c->sent++;
	} while (c->has_pipelining && c->sent < commands_of(c));
}

/* One at a time, so that a no comes before the next 4 MB. */
static void
next_chunk(struct smtp_client *c, int64_t now)
{
	c->chunk_left = c->rest.n < CHUNK_BYTES ? c->rest.n : CHUNK_BYTES;
	client_sayf(c, "BDAT %zu", c->chunk_left);
	client_enter(c, CL_CHUNK, now + WAIT_BLOCK);
}

/* The transaction ended without a mail: clear the table for the next one. */
static void
reset(struct smtp_client *c, int64_t now)
{
	client_mail_over(c);
	client_say(c, S("RSET"));
	client_enter(c, CL_RSET, now + WAIT_COMMAND);
}

static void
fail_dialogue(struct smtp_client *c)
{
	client_fail_reply(c, ERR_RETRY, "E-SMTP-PROTOCOL", "server answers out of turn");
}

/* 421: not only this command, all of the session is over. A definite answer, so never uncertain. */
static void
fail_closing(struct smtp_client *c)
{
	if (c->mail != NULL)
		client_judge_rest(c, SMTP_DEFERRED, &c->reply);
	client_fail_reply(c, ERR_RETRY, "E-SMTP-CLOSING", "server closes");
}

static void
on_rcpt(struct smtp_client *c, struct smtp_rcpt *rcpt)
{
	const struct reply *r = &c->reply;

	if (rcpt->verdict.outcome != SMTP_PENDING)
		return;		/* MAIL was refused: this is only its echo */
	if (client_is_yes(r))
		c->accepted++;
	else if (r->code == 552)	/* RFC 5321, 4.5.3.1.10: "too many recipients" was once said this way */
		client_judge(&rcpt->verdict, SMTP_DEFERRED, r);
	else
		client_judge(&rcpt->verdict, client_outcome_of(r), r);
}

static void
on_data(struct smtp_client *c, int64_t now)
{
	const struct reply *r = &c->reply;

	if (r->code == 354 && c->accepted > 0) {
		client_enter(c, CL_BODY, now + WAIT_BLOCK);
	} else if (r->code == 354) {
		/* RFC 2920, 3.1: nobody is left to get it, but it waits for a mail. */
		client_mail_over(c);
		client_say(c, S("."));
		client_enter(c, CL_EMPTY_DOT, now + WAIT_DOT);
	} else if (client_is_no(r)) {
		client_judge_rest(c, client_outcome_of(r), r);
		reset(c, now);
	} else {
		fail_dialogue(c);
	}
}

static void
on_envelope(struct smtp_client *c, int64_t now)
{
	const struct reply *r = &c->reply;
	size_t n = c->mail->n_rcpts, i = c->answered++;

	if (c->answered > c->sent) {
		fail_dialogue(c);	/* an answer to what was not said yet */
	} else if (r->code == 421) {
		fail_closing(c);
	} else if (i == n + 1) {
		on_data(c, now);
	} else if (!client_is_yes(r) && !client_is_no(r)) {
		fail_dialogue(c);
	} else {
		if (i > 0)
			on_rcpt(c, &c->mail->rcpts[i - 1]);
		else if (!client_is_yes(r))
			client_judge_rest(c, client_outcome_of(r), r);
		c->deadline = now + (i == n ? WAIT_DATA : WAIT_COMMAND);
		if (c->sent > c->answered)
			return;
		/* One at a time: do not go on with a mail that nobody will get. */
		if ((i == 0 && !client_is_yes(r)) || (i == n && c->accepted == 0))
			reset(c, now);
		else if (c->sent < commands_of(c))
			say_envelope(c);
		else
			next_chunk(c, now);
	}
}

/* ---- the body, the dot, and after ---- */

/* A reply in the middle of the body. Nothing was handed over; what it says may still be an answer. */
static void
on_early_reply(struct smtp_client *c)
{
	if (client_is_no(&c->reply))
		client_judge_rest(c, client_outcome_of(&c->reply), &c->reply);
	client_fail_reply(c, ERR_RETRY, "E-SMTP-PROTOCOL", "server answers before the mail is whole");
}

/* The next word is our own ledger's. */
static void
ask_for_the_dot(struct smtp_client *c)
{
	client_enter(c, CL_ASKING, INT64_MAX);
	c->asked = true;
	transcript_putf(c->opts->transcript, TRANSCRIPT_CLIENT, "(%zu bytes of mail)", c->mail->bytes.n);
}

static void
on_chunk(struct smtp_client *c, int64_t now)
{
	const struct reply *r = &c->reply;

	if (c->chunk_left > 0 || c->out.n > 0) {
		on_early_reply(c);	/* RFC 3030, 2: it must read the chunk first */
	} else if (r->code == 421) {
		fail_closing(c);
	} else if (client_is_no(r)) {
		client_judge_rest(c, client_outcome_of(r), r);
		reset(c, now);
	} else if (!client_is_yes(r)) {
		fail_dialogue(c);
	} else if (c->rest.n > 0) {
		next_chunk(c, now);
	} else {
		ask_for_the_dot(c);
	}
}

static void
on_dot(struct smtp_client *c)
{
	const struct reply *r = &c->reply;

	if (!c->dot_left) {
		on_early_reply(c);	/* the dot still lies here: this answers something else */
	} else if (r->code == 421) {
		fail_closing(c);
	} else if (client_is_yes(r) || client_is_no(r)) {
		client_judge_rest(c, client_outcome_of(r), r);
		client_mail_over(c);
		client_become_idle(c);
	} else {
		fail_dialogue(c);
	}
}

static void
on_reset(struct smtp_client *c)
{
	if (client_is_yes(&c->reply) || c->state == CL_EMPTY_DOT)
		client_become_idle(c);
	else
		client_fail_reply(c, ERR_RETRY, "E-SMTP-PROTOCOL", "server answers RSET with");
}

void
client_on_mail(struct smtp_client *c, int64_t now)
{
	switch (c->state) {
	case CL_ENVELOPE:
		on_envelope(c, now);
		break;
	case CL_BODY:
	case CL_ASKING:
		on_early_reply(c);
		break;
	case CL_CHUNK:
		on_chunk(c, now);
		break;
	case CL_DOT:
		on_dot(c);
		break;
	default:
		on_reset(c);
		break;
	}
}

static void
move_chunk(struct smtp_client *c)
{
	size_t room = SMTP_OUTPUT_HIGH > c->out.n ? SMTP_OUTPUT_HIGH - c->out.n : 0;
	struct str part = str_sub(c->rest, 0, c->chunk_left < room ? c->chunk_left : room);
	int rc = buf_put(&c->out, part, NULL);

	assert(rc == 0);
	c->rest = str_from(c->rest, part.n);
	c->chunk_left -= part.n;
}

void
client_mail_move(struct smtp_client *c)
{
	int rc;

	if (c->state == CL_CHUNK)
		move_chunk(c);
	if (c->state != CL_BODY)
		return;
	rc = data_stuff(&c->stuff, &c->rest, &c->out, SMTP_OUTPUT_HIGH, NULL);
	if (c->rest.n == 0 && !c->facts.ends_in_crlf) {
		rc |= buf_put(&c->out, S("\r\n"), NULL);
		c->facts.ends_in_crlf = true;
	}
	assert(rc == 0);
	if (c->rest.n == 0 && c->out.n == 0)
		ask_for_the_dot(c);
}

int
client_mail_check(const struct smtp_client *c, const struct smtp_mail *m, struct data_facts *facts,
    struct err *e)
{
	if (m->sender.n > 0 && !smtp_is_plain_mailbox(m->sender))
		return err_set(e, ERR_INPUT, "sender '" STR_FMT "' is no plain address", STR_ARG(m->sender));
	if (m->n_rcpts == 0 || m->n_rcpts > SMTP_RCPTS_MAX)
		return err_set(e, ERR_INPUT, "%zu recipients, want 1 to %d", m->n_rcpts, SMTP_RCPTS_MAX);
	for (size_t i = 0; i < m->n_rcpts; i++)
		if (!smtp_is_plain_mailbox(m->rcpts[i].address))
			return err_set(e, ERR_INPUT, "recipient '" STR_FMT "' is no plain address",
			    STR_ARG(m->rcpts[i].address));
	if (!smtp_is_envid(m->envid))
		return err_set(e, ERR_INPUT, "envelope id is over %d characters or no printable ASCII",
		    SMTP_ENVID_MAX);
	facts->is_binary = data_check(m->bytes, facts, e) == -1;
	if (facts->is_binary && !(c->has_chunking && c->has_binarymime))
		return err_add(e, "the server takes no binary mail");
	if (c->size_limit > 0 && m->bytes.n > c->size_limit)
		return err_set(e, ERR_INPUT, "mail has %zu bytes, the server takes %llu", m->bytes.n,
		    (unsigned long long)c->size_limit);
	if (!facts->is_binary && facts->has_8bit && !c->has_8bitmime)
		return err_set(e, ERR_INPUT, "mail has 8-bit bytes, the server does not take them");
	return 0;
}

void
client_mail_begin(struct smtp_client *c, struct smtp_mail *m, int64_t now)
{
	for (size_t i = 0; i < m->n_rcpts; i++)
		m->rcpts[i].verdict = (struct smtp_verdict){ .outcome = SMTP_PENDING };
	c->mail = m;
	c->mails++;
	c->sent = c->answered = c->accepted = 0;
	c->stuff = (struct data_out){ 0 };
	c->binary = c->facts.is_binary;
	c->rest = m->bytes;
	c->chunk_left = 0;
	c->ready = c->asked = c->dot_left = false;
	client_enter(c, CL_ENVELOPE, now + WAIT_COMMAND);
	say_envelope(c);
}
