/* SPDX-License-Identifier: ISC */
/* server_answer.c - what the caller tells the machine: its answers to what it was asked, and what happened to the connection. */
#include "gateway/smtp/server_int.h"

#include <assert.h>
#include <stdio.h>

/* The answer to an act was given: commands are read again. */
void
server_answered(struct smtp_server *s, enum smtp_server_act act)
{
	assert(s->phase == SV_ANSWER && s->asking == act);
	s->asking = SERVER_WAIT;
	s->phase = SV_COMMAND;
}

void
smtp_server_mail(struct smtp_server *s, const char *no)
{
	server_answered(s, SERVER_MAIL);
	if (no == NULL) {
		server_say(s, "250 2.1.0 sender ok");
		return;
	}
	server_reset(s);
	server_refuse(s, no);
}

void
smtp_server_rcpt(struct smtp_server *s, bool known)
{
	server_answered(s, SERVER_RCPT);
	if (!known) {
		buf_cut(&s->asked_rcpts, s->asked_before);
		server_refuse(s, "550 5.1.1 no such mailbox here; this gateway takes mail for its own address only");
		return;
	}
	int rc = buf_put(&s->rcpts, s->asked, NULL) | buf_putc(&s->rcpts, '\n', NULL);
	assert(rc == 0);
	s->n_rcpts++;
	s->stage = STAGE_RCPT;
	server_say(s, "250 2.1.5 recipient ok");
}

void
smtp_server_begun(struct smtp_server *s, enum smtp_kept k, int64_t now)
{
	server_answered(s, SERVER_BEGIN);
	if (s->stage == STAGE_CHUNK) {
		server_chunk_begun(s, k);
		return;
	}
	if (k != KEPT) {
		server_reset(s);
		server_say(s, server_no_file(k));
		return;
	}
	server_say(s, "354 end with CR LF . CR LF");
	s->data = (struct data_in){ 0 };
	s->spoilt = KEPT;
	s->kept = true;
	server_count_from(s, now);
	s->phase = SV_DATA;
}

void
smtp_server_spoil(struct smtp_server *s, enum smtp_kept k)
{
	s->spoilt = k;
}

void
smtp_server_ended(struct smtp_server *s, enum smtp_kept k, struct str id, int64_t now)
{
	char reply[SMTP_SERVER_ID_MAX + 32];

	server_answered(s, SERVER_END);
	s->kept = false;
	(void)snprintf(reply, sizeof(reply), "%s", server_not_kept(k));
	if (k == KEPT)
		(void)snprintf(reply, sizeof(reply), "250 2.0.0 " STR_FMT " taken", STR_ARG(id));
	server_say_for_others(s, reply);
	server_say(s, reply);
	server_reset(s);
	server_wait_command(s, now);
	s->mails += k == KEPT;
	s->idle_commands = k == KEPT ? 0 : s->idle_commands;
}

void
smtp_server_certified(struct smtp_server *s)
{
	assert(s->phase == SV_HANDSHAKE);
	s->certified = true;
}

/* RFC 3207, 4.2: all that was learnt in the clear is forgotten. */
void
smtp_server_secured(struct smtp_server *s, const struct scram_binding *binds, size_t n, int64_t now)
{
	assert(s->phase == SV_HANDSHAKE && n <= SMTP_SERVER_BINDS_MAX);
	for (s->n_binds = 0; s->n_binds < n; s->n_binds++)
		s->binds[s->n_binds] = binds[s->n_binds];
	server_reset(s);
	buf_clear(&s->helo);
	s->stage = STAGE_NEW;
	s->secured = true;
	s->extended = s->authed = false;
	server_wait_command(s, now);
	if (!s->greeted)
		server_greet(s);
}

void
smtp_server_early(struct smtp_server *s)
{
	if (s->phase == SV_CLOSED)
		return;
	s->out.n = 0;
	server_close(s, "554 5.5.0 you must wait for the greeting", "early talker");
}

void
smtp_server_stop(struct smtp_server *s)
{
	s->stopping = true;
}

void
smtp_server_lost(struct smtp_server *s)
{
	if (s->phase == SV_CLOSED)
		return;
	if (s->asking == SERVER_END)
		s->kept = false;	/* it is being made to last: nobody will hear so, but it stays */
	s->asking = SERVER_WAIT;
	s->phase = SV_CLOSED;
	s->ended = s->stage > STAGE_READY ? "lost in a mail" : "lost";
}

const char *
smtp_server_protocol(const struct smtp_server *s)
{
	static const char *const names[2][4] = {
		{ "ESMTP", "ESMTPA", "ESMTPS", "ESMTPSA" },
		{ "UTF8SMTP", "UTF8SMTPA", "UTF8SMTPS", "UTF8SMTPSA" },
	};

	if (s->opts->lmtp)
		return s->is_utf8 ? "UTF8LMTP" : "LMTP";
	if (!s->extended && !s->is_utf8)
		return s->secured ? "SMTPS" : "SMTP";
	return names[s->is_utf8][(s->secured ? 2 : 0) + (s->authed ? 1 : 0)];
}
