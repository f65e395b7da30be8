/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/server_int.h"

#include "gateway/smtp/asked.h"

#include <assert.h>
#include <stdio.h>

#define OUT_MAX (2 * SMTP_SERVER_OUTPUT_HIGH)

int64_t
server_patience(const struct smtp_server *s)
{
	return s->opts->wait_ms > 0 ? s->opts->wait_ms : WAIT_COMMAND;
}

void
server_wait_command(struct smtp_server *s, int64_t now)
{
	s->phase = SV_COMMAND;
	s->deadline = now + server_patience(s);
}

/* In the middle of a handshake there is no language to say anything in. */
static void
end_silently(struct smtp_server *s, const char *why)
{
	s->phase = SV_CLOSED;
	s->ended = why;
}

/* ---- command lines ---- */

/* A line is over its limit: answer once, then swallow the rest of it. */
static void
begin_discard(struct smtp_server *s)
{
	buf_clear(&s->line);
	s->discarded = 0;
	s->phase = SV_DISCARD;
	server_refuse(s, "500 5.5.2 line too long");
}

static void
discard(struct smtp_server *s, struct str *in, int64_t now)
{
	size_t at;
	bool ends = str_chr(*in, '\n', &at);
	size_t n = ends ? at + 1 : in->n;

	*in = str_from(*in, n);
	s->discarded += n;
	if (s->discarded > SMTP_SERVER_DISCARD_MAX)
		server_close(s, "421 4.7.0 that line has no end", "flood");
	else if (ends)
		server_wait_command(s, now);
}

/* A whole line, its LF included. */
static void
on_line(struct smtp_server *s, struct str line, bool behind, int64_t now)
{
	bool is_auth = s->phase == SV_AUTH;

	server_wait_command(s, now);
	if (line.n < 2 || line.p[line.n - 2] != '\r') {
		/* Who ends lines so may also mean something else by the end of a mail. */
		server_close(s, "500 5.5.2 a line must end in CR LF", "bare LF");
		return;
	}
	line.n -= 2;
	if (is_auth && behind)
		server_close(s, "554 5.5.0 you must wait for the answer here", "pipelining");
	else if (is_auth)
		server_auth_response(s, line);
	else
		server_command(s, line, behind, now);
}

/* Take one line off *in, or as much of one as there is. */
static void
read_line(struct smtp_server *s, struct str *in, int64_t now)
{
	size_t at;
	bool ends = str_chr(*in, '\n', &at);
	struct str part = ends ? str_sub(*in, 0, at + 1) : *in;

	if (s->line.n + part.n > SMTP_COMMAND_MAX) {
		begin_discard(s);
		return;
	}
	if (ends && s->line.n == 0) {
		*in = str_from(*in, part.n);
		on_line(s, part, in->n > 0, now);
		return;
	}
	*in = str_from(*in, part.n);
	int rc = buf_put(&s->line, part, NULL);
	assert(rc == 0);
	if (ends) {
		on_line(s, buf_str(&s->line), in->n > 0, now);
		buf_cut(&s->line, 0);	/* its bytes stay until the next line: s->asked may be a slice of it */
	}
}

/* ---- the mail ---- */

const char *
server_data_refusal(const struct smtp_server *s)
{
	if (s->data.bad != 0)
		return "550 5.6.0 a lone CR or LF, or a NUL, in the mail";
	if (s->data.size > s->opts->size_max)
		return "552 5.3.4 that was more than we take";
	if (s->data.hops > SMTP_SERVER_HOPS_MAX)
		return "554 5.4.6 this mail goes round in circles";
	return s->spoilt == KEPT ? NULL : server_not_kept(s->spoilt);
}

const char *
server_not_kept(enum smtp_kept k)
{
	return k == KEPT_NO_SPACE ? "452 4.3.1 no room to keep it" : "451 4.3.0 could not keep it; try again later";
}

const char *
server_no_file(enum smtp_kept k)
{
	return k == KEPT_NO_SPACE ? "452 4.3.1 no room for a mail; try again later"
				  : "451 4.3.0 cannot take a mail now; try again later";
}

void
server_count_from(struct smtp_server *s, int64_t now)
{
	s->started = now;
	s->came = 0;
	s->deadline = now + server_patience(s);
}

/* The end mark has come. */
static enum smtp_server_act
end_of_data(struct smtp_server *s, int64_t now)
{
	const char *no = server_data_refusal(s);
	bool kept = s->kept;

	if (no == NULL) {
		s->phase = SV_ANSWER;
		s->asking = SERVER_END;
		s->deadline = INT64_MAX;	/* the disk is ours to wait for */
		return SERVER_END;
	}
	s->kept = false;
	server_say_for_others(s, no);
	server_reset(s);
	server_wait_command(s, now);
	if (s->data.bad != 0)
		server_close(s, no, "bare CR or LF");	/* nothing that follows such a mail is believed */
	else
		server_refuse(s, no);
	return kept ? SERVER_DROP : SERVER_WAIT;
}

/* A mail or a chunk of one. */
static bool
is_coming(const struct smtp_server *s)
{
	return s->phase == SV_DATA || s->phase == SV_CHUNK;
}

static bool
too_slow(const struct smtp_server *s, int64_t now)
{
	int64_t ms = now - s->started;

	return ms > RATE_GRACE && (int64_t)s->came < ms / 1000 * s->opts->rate_min;
}

static enum smtp_server_act
read_data(struct smtp_server *s, struct str *in, int64_t now)
{
	for (;;) {
		switch (data_next(&s->data, in, &s->piece)) {
		case DATA_MORE:
			return SERVER_WAIT;
		case DATA_END:
			return end_of_data(s, now);
		case DATA_PIECE:
			s->deadline = now + server_patience(s);
			s->came += s->piece.n;
			if (server_data_refusal(s) == NULL)
				return SERVER_PIECE;
			if (s->kept) {		/* not wanted any more: only read on to its end */
				s->kept = false;
				return SERVER_DROP;
			}
			break;
		}
	}
}

/* ---- time ---- */

static void
check_time(struct smtp_server *s, int64_t now)
{
	if (s->phase == SV_CLOSED || s->phase == SV_ANSWER)
		return;
	if (s->phase == SV_HANDSHAKE && now >= s->deadline) {
		end_silently(s, "handshake timeout");
	} else if (now >= s->deadline) {
		server_close(s, "421 4.4.2 nothing heard for too long", "timeout");
	} else if (now >= s->transaction_deadline || (is_coming(s) && too_slow(s, now))) {
		server_close(s, "421 4.4.2 this takes too long", "too slow");
	}
}

/* ---- what the caller calls ---- */

void
smtp_server_init(struct smtp_server *s, const struct smtp_server_opts *o, int64_t now)
{
	*s = (struct smtp_server){
		.opts = o,
		.line = BUF_CAP(SMTP_COMMAND_MAX),
		.out = BUF_CAP(OUT_MAX),
		.helo = BUF_CAP(HELO_MAX),
		.sender = BUF_CAP(SMTP_PATH_MAX),
		.rcpts = BUF_CAP(SMTP_SERVER_RCPTS_MAX * (SMTP_PATH_MAX + 1)),
		.asked_mail = BUF_CAP(ASKED_MAIL_MAX),
		.asked_rcpts = BUF_CAP(SMTP_SERVER_RCPTS_MAX * (ASKED_RCPT_MAX + 1)),
		.secret = BUF_CAP(SMTP_COMMAND_MAX),
		.claimed = BUF_CAP(SMTP_COMMAND_MAX),
		.proof = BUF_CAP(SCRAM_MESSAGE_MAX),
		.transaction_deadline = INT64_MAX,
	};
	scram_init(&s->scram);
	if (o->tls_first) {
		s->phase = SV_HANDSHAKE;
		s->deadline = now + WAIT_HANDSHAKE;
	} else {
		server_wait_command(s, now);
		server_greet(s);
	}
}

void
smtp_server_clear(struct smtp_server *s)
{
	buf_wipe(&s->line);
	buf_clear(&s->out);
	buf_clear(&s->helo);
	buf_wipe(&s->secret);
	buf_wipe(&s->claimed);
	buf_wipe(&s->proof);
	scram_clear(&s->scram);
	server_reset(s);
}

enum smtp_server_act
smtp_server_next(struct smtp_server *s, struct str *in, int64_t now)
{
	enum smtp_server_act act = SERVER_WAIT;

	check_time(s, now);
	while (act == SERVER_WAIT && s->phase != SV_CLOSED && s->phase != SV_ANSWER) {
		if (s->phase == SV_DATA) {
			act = read_data(s, in, now);
			if (s->phase == SV_DATA)
				break;
			continue;
		}
		if (s->phase == SV_CHUNK) {
			act = server_read_chunk(s, in, now);
			if (s->phase == SV_CHUNK && in->n == 0 && s->chunk_left > 0)
				break;
			continue;
		}
		if (s->kept && s->stage != STAGE_CHUNK) {	/* RSET, or a chunk that was refused */
			s->kept = false;
			return SERVER_DROP;
		}
		if (s->phase == SV_HANDSHAKE) {
			/* RFC 3207, 4.2: what came in the clear must not count as said under TLS. */
			if (in->n > 0)
				server_close(s, "554 5.5.0 nothing may follow STARTTLS", "STARTTLS injection");
			else if (s->stopping)
				end_silently(s, "stopping");
			break;
		}
		if (s->stopping) {
			server_close(s, "421 4.3.2 going down; try again later", "stopping");
			break;
		}
		if (in->n == 0 || s->out.n > SMTP_SERVER_OUTPUT_HIGH)
			break;
		if (s->phase == SV_DISCARD)
			discard(s, in, now);
		else
			read_line(s, in, now);
		if (s->asking != SERVER_WAIT && s->phase != SV_CLOSED) {
			s->phase = SV_ANSWER;
			act = s->asking;
		}
	}
	if (act != SERVER_WAIT)
		return act;
	if (s->phase == SV_CLOSED)
		*in = S("");
	if (s->phase == SV_CLOSED && s->kept) {
		s->kept = false;
		return SERVER_DROP;
	}
	if (s->phase == SV_CLOSED && !s->close_told) {
		s->close_told = true;
		return SERVER_CLOSE;
	}
	if (s->phase == SV_HANDSHAKE && !s->tls_told) {
		s->tls_told = true;
		return SERVER_START_TLS;
	}
	return SERVER_WAIT;
}

struct str
smtp_server_output(const struct smtp_server *s)
{
	return buf_str(&s->out);
}

void
smtp_server_wrote(struct smtp_server *s, size_t n)
{
	buf_drop(&s->out, n);
	if (s->out.n == 0)
		buf_clear(&s->out);	/* thousands of sessions that say nothing should hold nothing */
}

int64_t
smtp_server_deadline(const struct smtp_server *s)
{
	int64_t at = s->deadline < s->transaction_deadline ? s->deadline : s->transaction_deadline;
	int64_t slow;

	if (s->phase == SV_CLOSED || s->phase == SV_ANSWER)
		return INT64_MAX;
	if (!is_coming(s) || s->opts->rate_min == 0)
		return at;
	slow = SECONDS(s->came / s->opts->rate_min + 1);	/* when this many bytes will have been too few */
	slow = s->started + (slow > RATE_GRACE ? slow : RATE_GRACE) + 1;
	return at < slow ? at : slow;
}
