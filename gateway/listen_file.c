/* SPDX-License-Identifier: ISC */
/* listen_file.c - the mail on its way to the spool: what stands on top of it, and what to say when the disk does not take it. */
#include "gateway/listen.h"

#include "gateway/base/clock.h"
#include "gateway/base/log.h"

#include <stdio.h>
#include <sys/statvfs.h>

#define TRACE_MAX    (128u << 10)	/* a hundred recipients, each with an address that was theirs before */
#define ROOM_RESERVE (16u << 20)	/* bytes that stay free on the disk, for the database */

static bool
has_room(const struct listen *l, uint64_t bytes)
{
	struct statvfs fs;
	char path[4096];

	(void)snprintf(path, sizeof(path), STR_FMT "/spool", STR_ARG(l->conf->home));
	if (statvfs(path, &fs) == -1)
		return true;	/* the write will tell */
	return fs.f_bavail * fs.f_frsize >= bytes + ROOM_RESERVE && (fs.f_files == 0 || fs.f_favail > 16);
}

static enum smtp_kept
why_not_kept(const struct listen *l)
{
	return has_room(l, 0) ? KEPT_NOT : KEPT_NO_SPACE;
}

static void
log_trouble(const struct listen_session *s, const struct err *e)
{
	log_ev(LOG_ERROR, 0, "not-taken", KC("ulid", s->ulid), KC("peer", s->peer), KC("why", e->text));
}

void
listen_file_drop(struct listen_session *s)
{
	if (s->writing)
		spool_put_drop(s->l->spool, &s->put);
	s->writing = false;
}

static void
put_asked(struct str params, struct buf *out, struct err *e)
{
	if (params.n > 0)
		(void)buf_printf(out, e, "Edigate-Asked: " STR_FMT "\r\n", STR_ARG(params));
}

/* Who sent it to whom, and what is to be told of it: asked.h says how. */
static void
put_envelope(const struct listen_session *s, struct buf *out, struct err *e)
{
	struct str rest = buf_str(&s->smtp.rcpts), asked = buf_str(&s->smtp.asked_rcpts), rcpt, line;
	const struct partner *pt = s->login != NULL ? s->login : s->owner;

	(void)buf_printf(out, e, "Return-Path: <" STR_FMT ">\r\n", STR_ARG(buf_str(&s->smtp.sender)));
	put_asked(buf_str(&s->smtp.asked_mail), out, e);
	if (pt != NULL)
		(void)buf_printf(out, e, "Edigate-Session: " STR_FMT " %s\r\n", STR_ARG(pt->key),
		    s->login != NULL ? "login" : "network");
	while (str_next_line(&rest, &rcpt)) {
		(void)buf_printf(out, e, "Delivered-To: " STR_FMT "\r\n", STR_ARG(rcpt));
		if (str_next_line(&asked, &line))
			put_asked(line, out, e);
	}
}

/* RFC 5321, 4.4: what final delivery writes on top. Every word of it has passed the strict grammar of command.c. */
static void
put_trace(const struct listen_session *s, struct arena *a, struct buf *out, struct err *e)
{
	const struct smtp_server *m = &s->smtp;
	bool is_v6 = str_chr(str_of(s->peer), ':', NULL);

	put_envelope(s, out, e);
	(void)buf_printf(out, e, "Received: from " STR_FMT, STR_ARG(buf_str(&m->helo)));
	if (!s->local)
		(void)buf_printf(out, e, " ([%s%s])", is_v6 ? "IPv6:" : "", s->peer);
	(void)buf_put(out, S("\r\n"), e);
	(void)buf_printf(out, e, "\tby " STR_FMT " (edigate) with %s id %s;\r\n", STR_ARG(s->l->opts.name),
	    smtp_server_protocol(m), s->ulid);
	(void)buf_printf(out, e, "\t" STR_FMT "\r\n", STR_ARG(clock_rfc5322(a, clock_wall_ms())));
}

enum smtp_kept
listen_file_open(struct listen_session *s)
{
	struct arena *a = arena_new(TRACE_MAX);
	struct buf trace = BUF_CAP(TRACE_MAX);
	enum smtp_kept k = KEPT;
	struct err e;

	ulid_new(s->ulid);
	put_trace(s, a, &trace, &e);
	if (!has_room(s->l, s->smtp.size_told)) {
		k = KEPT_NO_SPACE;
		log_ev(LOG_ERROR, 0, "disk-full", KC("peer", s->peer));
	} else if (spool_put_open(s->l->spool, s->ulid, &s->put, &e) == -1) {
		k = why_not_kept(s->l);
		log_trouble(s, &e);
	} else {
		s->writing = true;
		if (spool_put_write(&s->put, buf_str(&trace), &e) == -1) {
			k = why_not_kept(s->l);
			log_trouble(s, &e);
			listen_file_drop(s);
		}
	}
	buf_clear(&trace);
	arena_free(a);
	return k;
}

void
listen_file_write(struct listen_session *s)
{
	struct err e;

	if (spool_put_write(&s->put, s->smtp.piece, &e) == 0)
		return;
	log_trouble(s, &e);
	smtp_server_spoil(&s->smtp, why_not_kept(s->l));
}
