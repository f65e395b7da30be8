/* SPDX-License-Identifier: ISC */
/*
 * cut_smtp.h - the server of cutout.c: SMTP as far as an honest sender goes, on a wire that may be cut anywhere; then it still
 * finds out what the sender had written.
 */
#ifndef EDIGATE_TESTS_FAKE_CUT_SMTP_H
#define EDIGATE_TESTS_FAKE_CUT_SMTP_H

#include "tests/fake/wire.h"

#include <stdio.h>

#define ID_MAX	 100
#define QUIET_MS 300	/* who comes without a mail so long may never have one */

struct server {			/* what it offers */
	bool pipelines, chunks, secures;
	SSL_CTX *ctx;
};

struct session {
	const struct server *offer;
	struct wire w;
	bool has_mail;			/* MAIL was said */
	bool in_body;
	bool written, answered;
	size_t heard_end;		/* bytes of the sender, at the end of the mail */
	size_t said_end;		/* of ours, then */
	char id[ID_MAX];
	bool id_next;
};

static bool
say(struct session *s, const char *text)
{
	return wire_say(&s->w, str_of(text));
}

/* It may stand in the line behind its name. */
static void
look_for_id(struct session *s, struct str line)
{
	bool here = str_starts_nocase(line, S("Message-ID:"));
	struct str before, id;

	if ((here || s->id_next) && s->id[0] == '\0' && str_cut(&line, '<', &before)) {
		(void)str_cut(&line, '>', &id);
		(void)snprintf(s->id, sizeof(s->id), STR_FMT, STR_ARG(id));
	}
	s->id_next = here;
}

/* The lines that are there of a mail; true at its end. Nothing is answered. */
static bool
read_body(struct session *s)
{
	struct str rest = buf_str(&s->w.text), line;

	while (s->in_body && str_next_line(&rest, &line)) {
		look_for_id(s, line);
		if (str_eq(line, S(".")))
			s->in_body = false;
	}
	s->written = !s->in_body;
	wire_took(&s->w, s->w.text.n - rest.n);
	return s->written;
}

static bool
hear_body(struct session *s)
{
	s->in_body = true;
	while (!read_body(s))
		if (!wire_hear(&s->w))
			return false;
	return true;
}

/* Of a chunk: nothing is known before all of it is there, and nothing has to be. */
static bool
hear_chunk(struct session *s, uint64_t n)
{
	struct str rest, line;

	while (s->w.text.n < n)
		if (!wire_hear(&s->w))
			return false;
	for (rest = str_sub(buf_str(&s->w.text), 0, n); str_next_line(&rest, &line);)
		look_for_id(s, line);
	wire_took(&s->w, n);
	return true;
}

static bool
answer_ehlo(struct session *s)
{
	return say(s, "250-mx.acme.example\r\n") && (!s->offer->pipelines || say(s, "250-PIPELINING\r\n")) &&
	    (!s->offer->chunks || (say(s, "250-CHUNKING\r\n") && say(s, "250-BINARYMIME\r\n"))) &&
	    (!s->offer->secures || s->w.ssl != NULL || say(s, "250-STARTTLS\r\n")) && say(s, "250 8BITMIME\r\n");
}

static bool
taken(struct session *s)
{
	s->heard_end = s->w.heard;
	s->said_end = s->w.said;
	s->answered = say(s, "250 2.0.0 taken\r\n");
	return s->answered;
}

static bool
chunk(struct session *s, struct str args)
{
	struct str size;
	uint64_t n;
	bool last = str_ends(args, S(" LAST"));

	(void)str_cut(&args, ' ', &size);
	if (str_u64(size, WIRE_TEXT_MAX, &n) == -1 || !hear_chunk(s, n))
		return false;
	s->written = last;
	return last ? taken(s) : say(s, "250 2.0.0 more\r\n");
}

/* One command. False: the session has come to its cut, or its end. */
static bool
obey(struct session *s, struct str line)
{
	bool ok;

	s->has_mail = str_starts_nocase(line, S("MAIL ")) || s->has_mail;
	if (str_starts_nocase(line, S("EHLO")))
		return answer_ehlo(s);
	if (str_starts_nocase(line, S("STARTTLS")))
		return say(s, "220 2.0.0 go\r\n") && wire_secure(&s->w, s->offer->ctx, true);
	if (str_starts_nocase(line, S("DATA"))) {
		ok = say(s, "354 go\r\n");
		s->in_body = true;
		return ok && hear_body(s) && taken(s);
	}
	if (str_starts_nocase(line, S("BDAT ")))
		return chunk(s, str_from(line, 5));
	if (str_starts_nocase(line, S("QUIT")))
		return say(s, "221 2.0.0 bye\r\n") && false;
	return say(s, "250 2.0.0 ok\r\n");
}

/* Up to the cut, the end, or the first mail's answer. */
static void
play(struct session *s)
{
	char text[2048];
	struct str line;
	size_t took;

	if (wire_is_cut(&s->w) || !say(s, "220 mx.acme.example ESMTP\r\n"))
		return;
	while (!s->answered && !wire_is_cut(&s->w)) {
		/* Who has no mail in hand may never have one. */
		s->w.patience_ms = s->has_mail ? WIRE_PATIENCE_MS : QUIET_MS;
		if (!wire_line(&s->w, &line, &took))
			return;
		s->w.patience_ms = WIRE_PATIENCE_MS;
		(void)snprintf(text, sizeof(text), STR_FMT, STR_ARG(line));
		wire_took(&s->w, took);
		if (!obey(s, str_of(text)))
			return;
	}
}

/* Commands that nobody answers. True: the last chunk was among them. */
static bool
read_commands(struct session *s)
{
	struct str rest = buf_str(&s->w.text), line;

	while (!s->written && str_next_line(&rest, &line))
		s->written = str_starts_nocase(line, S("BDAT 0 LAST"));
	wire_took(&s->w, s->w.text.n - rest.n);
	return s->written;
}

/* What the sender had written, and nobody let through; for_now: of that, what has come. */
static void
read_rest(struct session *s, bool for_now)
{
	s->w.said_max = s->w.heard_max = WIRE_ALL;
	s->w.patience_ms = for_now ? 0 : WIRE_PATIENCE_MS;
	if (s->w.ssl != NULL && SSL_is_init_finished(s->w.ssl))
		wire_decrypt(&s->w);
	while (!s->written && !(s->in_body ? read_body(s) : read_commands(s)))
		if (!wire_hear(&s->w))
			break;
}

#endif
