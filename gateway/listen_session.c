/* SPDX-License-Identifier: ISC */
#include "gateway/listen.h"

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/nonce.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#define REST_MAX       (256u << 10)	/* what can come before a pause holds: one read of the socket, twice */
#define CLOSE_MS       10000		/* for the peer to take our last words */
#define REFUSED_LOG_MS 10000
#define TRACE_MAX      (64u << 10)
#define ROOM_RESERVE   (16u << 20)	/* bytes that stay free on the disk, for the database */

/* ---- the file ---- */

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

static void
drop_file(struct listen_session *s)
{
	if (s->writing)
		spool_put_drop(s->l->spool, &s->put);
	s->writing = false;
}

/* RFC 5321, 4.4: what final delivery writes on top. Every word of it has passed the strict grammar of command.c. */
static void
put_trace(const struct listen_session *s, struct arena *a, struct buf *out, struct err *e)
{
	const struct smtp_server *m = &s->smtp;
	struct str rest = buf_str(&m->rcpts), rcpt;
	bool is_v6 = str_chr(str_of(s->peer), ':', NULL);

	(void)buf_printf(out, e, "Return-Path: <" STR_FMT ">\r\n", STR_ARG(buf_str(&m->sender)));
	while (str_next_line(&rest, &rcpt))
		(void)buf_printf(out, e, "Delivered-To: " STR_FMT "\r\n", STR_ARG(rcpt));
	(void)buf_printf(out, e, "Received: from " STR_FMT, STR_ARG(buf_str(&m->helo)));
	if (!s->local)
		(void)buf_printf(out, e, " ([%s%s])", is_v6 ? "IPv6:" : "", s->peer);
	(void)buf_put(out, S("\r\n"), e);
	(void)buf_printf(out, e, "\tby " STR_FMT " (edigate) with %s id %s;\r\n", STR_ARG(s->l->opts.name),
	    smtp_server_protocol(m), s->ulid);
	(void)buf_printf(out, e, "\t" STR_FMT "\r\n", STR_ARG(clock_rfc5322(a, clock_wall_ms())));
}

static enum smtp_kept
open_file(struct listen_session *s)
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
			drop_file(s);
		}
	}
	buf_clear(&trace);
	arena_free(a);
	return k;
}

static void
write_piece(struct listen_session *s)
{
	struct err e;

	if (spool_put_write(&s->put, s->smtp.piece, &e) == 0)
		return;
	log_trouble(s, &e);
	smtp_server_spoil(&s->smtp, why_not_kept(s->l));
}

/* ---- AUTH ---- */

static bool
check_user(const struct listen_session *s)
{
	bool known = s->smtp.by_proof ? s->smtp.proven
				      : listen_users_know(&s->l->users, s->smtp.user, s->smtp.password);

	log_ev(known ? LOG_INFO : LOG_WARN, 0, known ? "auth" : "auth-failed", KC("peer", s->peer),
	    KS("user", s->smtp.user));
	return known;
}

static void
give_verifier(struct listen_session *s)
{
	struct buf nonce = BUF_CAP(NONCE_MAX);
	struct scram_verifier v;

	nonce_make(&nonce);
	listen_users_verifier(&s->l->users, s->smtp.user, &v);
	smtp_server_scram(&s->smtp, &v, buf_str(&nonce));
	explicit_bzero(&v, sizeof(v));
	buf_clear(&nonce);
}

/* ---- the session ---- */

static void
log_end(const struct listen_session *s)
{
	const char *why = s->smtp.ended == NULL ? "lost" : s->smtp.ended;
	static const char *const common[] = { "quit", "lost", "stopping", "full" };
	bool usual = false;

	for (size_t i = 0; i < N(common); i++)
		usual |= strcmp(why, common[i]) == 0;
	log_ev(usual ? LOG_DEBUG : LOG_INFO, 0, "session-ended", KC("peer", s->peer), KC("why", why),
	    KI("mails", s->smtp.mails), KI("errors", s->smtp.errors));
}

static void
session_free(struct listen_session *s)
{
	struct listen *l = s->l;

	assert(!s->committing);
	log_end(s);
	drop_file(s);
	loop_timer_drop(l->loop, s->timer);
	smtp_server_clear(&s->smtp);
	buf_clear(&s->rest);
	*s->link = s->next;
	if (s->next != NULL)
		s->next->link = s->link;
	free(s);
	l->n--;
	if ((l->stopping || l->retired) && l->n == 0)
		l->empty(l->arg);
}

void
listen_session_end(struct listen_session *s)
{
	net_drop(s->net);
	session_free(s);
}

/* Do what the machine says. in: bytes that came, cut as they are taken. */
static void
run_machine(struct listen_session *s, struct str *in)
{
	enum smtp_server_act act;
	int64_t now = clock_mono_ms();

	while ((act = smtp_server_next(&s->smtp, in, now)) != SERVER_WAIT) {
		switch (act) {
		case SERVER_RCPT:
			smtp_server_rcpt(&s->smtp, conf_is_own_address(s->l->conf, s->smtp.asked));
			break;
		case SERVER_SCRAM:
			give_verifier(s);
			break;
		case SERVER_AUTH:
			smtp_server_auth(&s->smtp, check_user(s));
			break;
		case SERVER_BEGIN:
			smtp_server_begun(&s->smtp, open_file(s), now);
			break;
		case SERVER_PIECE:
			write_piece(s);
			break;
		case SERVER_END:
			s->committing = true;
			s->next_whole = s->l->whole;
			s->l->whole = s;
			break;
		case SERVER_DROP:
			drop_file(s);
			break;
		case SERVER_START_TLS:
			s->tls_due = true;
			break;
		case SERVER_CLOSE:
			s->closing = true;
			break;
		case SERVER_WAIT:
			break;
		}
	}
}

/* Send what waits. Returns false when that ended the session, which is gone then. */
static bool
send_output(struct listen_session *s)
{
	struct str out = smtp_server_output(&s->smtp);

	if (out.n > 0)
		smtp_server_wrote(&s->smtp, net_write(s->net, out));
	if (smtp_server_output(&s->smtp).n > 0)
		return true;
	if (s->closing) {
		net_close(s->net);
		s->net = NULL;
		session_free(s);
		return false;
	}
	if (s->tls_due) {
		s->tls_due = false;
		net_start_tls(s->net, s->l->tls, NULL);
	}
	return true;
}

/* What the machine did not take waits in rest, and with it the peer. */
static void
keep_rest(struct listen_session *s, struct str in)
{
	if (s->rest.n > 0)
		buf_drop(&s->rest, s->rest.n - in.n);		/* in is what is left of it */
	else if (in.n > 0 && buf_put(&s->rest, in, NULL) == -1)
		abort();	/* no more than one read of the socket comes before a pause */
	if (s->rest.n == 0)
		buf_clear(&s->rest);
}

/* The timer is only moved when it would come too late; one that comes early finds nothing to do and is set again. */
static void
set_timer(struct listen_session *s, int64_t now)
{
	int64_t at = s->closing ? now + CLOSE_MS : smtp_server_deadline(&s->smtp);

	if (at == INT64_MAX || (s->timer != NULL && s->timer_at <= at))
		return;
	loop_timer_drop(s->l->loop, s->timer);
	s->timer_at = at;
	s->timer = loop_timer(s->l->loop, at > now ? at - now : 0, s->on_time, s);
}

static void
drive(struct listen_session *s, struct str in)
{
	if (s->rest.n > 0) {
		if (in.n > 0 && buf_put(&s->rest, in, NULL) == -1)
			abort();
		in = buf_str(&s->rest);
	}
	for (;;) {
		run_machine(s, &in);
		keep_rest(s, in);
		if (!send_output(s))
			return;
		in = buf_str(&s->rest);
		if (in.n == 0 || s->committing || s->closing || smtp_server_output(&s->smtp).n > 0)
			break;
	}
	net_pause(s->net, s->rest.n > 0 || s->committing || s->closing);
	set_timer(s, clock_mono_ms());
}

static void
on_time(void *arg)
{
	struct listen_session *s = arg;

	s->timer = NULL;
	if (s->closing)
		listen_session_end(s);		/* does not even take our last words */
	else
		drive(s, S(""));
}

static void
on_net(void *arg, enum net_event ev, struct str bytes)
{
	struct scram_binding binds[NET_BINDS_MAX];
	struct listen_session *s = arg;

	switch (ev) {
	case NET_BYTES:
		drive(s, bytes);
		break;
	case NET_ROOM:
		drive(s, S(""));
		break;
	case NET_SECURED:
		smtp_server_secured(&s->smtp, binds, net_bindings(s->net, binds), clock_mono_ms());
		drive(s, S(""));
		break;
	case NET_FAILED:
	case NET_ENDED:
		if (ev == NET_FAILED)
			log_ev(LOG_DEBUG, 0, "connection", KC("peer", s->peer), KC("why", net_error(s->net)->text));
		s->lost = true;
		smtp_server_lost(&s->smtp);
		if (!s->committing)
			listen_session_end(s);
		break;
	case NET_UP:
		break;
	}
}

/* ---- what listen.c calls ---- */

/* Peers are counted by IPv4 address or by IPv6 network (/64): a host has a whole one of those to itself. */
static void
set_origin(struct listen_session *s, const struct sockaddr_storage *peer)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)peer;
	const struct sockaddr_in *in4 = (const struct sockaddr_in *)peer;

	s->local = peer->ss_family == AF_UNIX;
	if (s->local)
		(void)snprintf(s->peer, sizeof(s->peer), "local");
	else
		net_address(peer, s->peer, sizeof(s->peer));
	if (peer->ss_family == AF_INET)
		memcpy(s->origin, &in4->sin_addr, 4);
	else if (peer->ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
		memcpy(s->origin, &in6->sin6_addr.s6_addr[12], 4);
	else if (peer->ss_family == AF_INET6)
		memcpy(s->origin, &in6->sin6_addr, 8);
}

/* In a flood one line for all, or the log fills the disk. */
static void
log_refused(struct listen *l, const struct listen_session *s, int64_t now)
{
	l->refused++;
	if (l->refused_until > now)
		return;
	log_ev(LOG_WARN, 0, "sessions-full", KC("peer", s->peer), KI("sessions", l->n - 1), KI("refused", l->refused));
	l->refused_until = now + REFUSED_LOG_MS;
	l->refused = 0;
}

/* NULL: welcome. Half of all sessions is the most for one origin, so that a single one cannot shut out the others. */
static const char *
too_many(const struct listen *l, const struct listen_session *s)
{
	unsigned int same = 0;

	if (l->n > l->conf->sessions_max)
		return "421 4.7.0 too many sessions; try again later\r\n";
	for (const struct listen_session *o = l->sessions; o != NULL && !s->local; o = o->next)
		same += memcmp(o->origin, s->origin, sizeof(s->origin)) == 0;
	if (same > (l->conf->sessions_max + 1) / 2)
		return "421 4.7.0 too many sessions from your address; try again later\r\n";
	return NULL;
}

bool
listen_session_accept(struct listen *l, int listener, const struct smtp_server_opts *o)
{
	struct listen_session *s = calloc(1, sizeof(*s));
	struct sockaddr_storage peer;
	const char *no;

	if (s == NULL)
		abort();
	s->net = net_accept(l->loop, listener, &peer, on_net, s);
	if (s->net == NULL) {
		free(s);
		return false;
	}
	s->l = l;
	s->on_time = on_time;
	s->rest = BUF_CAP(REST_MAX);
	set_origin(s, &peer);
	smtp_server_init(&s->smtp, o, clock_mono_ms());
	s->next = l->sessions;
	s->link = &l->sessions;
	if (s->next != NULL)
		s->next->link = &s->next;
	l->sessions = s;
	l->n++;
	no = too_many(l, s);
	if (no != NULL) {
		log_refused(l, s, clock_mono_ms());
		s->smtp.ended = "full";
		if (!o->tls_first)
			(void)net_write(s->net, str_of(no));
		net_close(s->net);
		session_free(s);
		return true;
	}
	if (!o->tls_first && net_readable(s->net))
		smtp_server_early(&s->smtp);
	drive(s, S(""));
	return true;
}

void
listen_session_kept(struct listen_session *s, enum smtp_kept k)
{
	s->committing = false;
	if (k != KEPT)
		drop_file(s);
	s->writing = false;
	if (k == KEPT)
		log_ev(LOG_INFO, 0, s->lost ? "taken-unheard" : "taken", KC("ulid", s->ulid), KC("peer", s->peer),
		    KS("from", buf_str(&s->smtp.sender)), KI("size", s->smtp.data.size),
		    KC("with", smtp_server_protocol(&s->smtp)));
	if (s->lost) {
		listen_session_end(s);
		return;
	}
	smtp_server_ended(&s->smtp, k, str_of(s->ulid), clock_mono_ms());
	drive(s, S(""));
}

void
listen_session_stop(struct listen_session *s)
{
	smtp_server_stop(&s->smtp);
	if (!s->committing && !s->closing)
		drive(s, S(""));
}
