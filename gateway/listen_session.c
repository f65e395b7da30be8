/* SPDX-License-Identifier: ISC */
#include "gateway/listen.h"

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/smtp/proxy.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REST_MAX (256u << 10)	/* what can come before a pause holds: one read of the socket, twice */
#define CLOSE_MS 10000		/* for the peer to take our last words */
#define PROXY_MS 3000		/* for the header of a load balancer */

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
	if (!s->proxied)
		log_end(s);
	listen_file_drop(s);
	loop_timer_drop(l->loop, s->timer);
	smtp_server_clear(&s->smtp);
	buf_clear(&s->rest);
	*s->link = s->next;
	if (s->next != NULL)
		s->next->link = s->link;
	listen_door_leave(s);
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
		case SERVER_MAIL:
			smtp_server_mail(&s->smtp, listen_policy_sender(s, s->smtp.asked));
			break;
		case SERVER_RCPT:
			smtp_server_rcpt(&s->smtp, conf_is_own_address(s->l->conf, s->smtp.asked));
			break;
		case SERVER_SCRAM:
			listen_auth_verifier(s);
			break;
		case SERVER_AUTH:
			smtp_server_auth(&s->smtp, listen_auth_check(s));
			break;
		case SERVER_BEGIN:
			smtp_server_begun(&s->smtp, listen_file_open(s), now);
			break;
		case SERVER_PIECE:
			listen_file_write(s);
			break;
		case SERVER_END:
			s->committing = true;
			s->next_whole = s->l->whole;
			s->l->whole = s;
			break;
		case SERVER_DROP:
			listen_file_drop(s);
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
	if (smtp_server_output(&s->smtp).n > 0) {
		if (!s->closing || net_takes(s->net))
			return true;
		listen_session_end(s);	/* our last words are for nobody */
		return false;
	}
	if (s->closing) {
		net_close(s->net);
		s->net = NULL;
		session_free(s);
		return false;
	}
	if (s->tls_due) {
		s->tls_due = false;
		listen_door_handshake(s);
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
	net_pause(s->net, s->rest.n > 0 || s->committing || s->closing || s->waits);
	set_timer(s, clock_mono_ms());
}

static void
on_time(void *arg)
{
	struct listen_session *s = arg;

	s->timer = NULL;
	if (s->closing || s->proxied)
		listen_session_end(s);		/* does not even take our last words; or says nothing itself */
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
		if (!s->proxied)
			drive(s, bytes);
		else if (!listen_door_proxy(s, bytes))
			listen_session_end(s);
		break;
	case NET_ROOM:
		drive(s, S(""));
		break;
	case NET_SECURED:
		listen_door_shaken(s);
		listen_auth_secured(s);
		smtp_server_secured(&s->smtp, binds, net_bindings(s->net, binds), clock_mono_ms());
		drive(s, S(""));
		break;
	case NET_FAILED:
	case NET_ENDED:
		if (ev == NET_FAILED)
			log_ev(LOG_DEBUG, 0, "connection", KC("peer", s->peer),
			    KC("why", net_error(s->net)->text));
		s->lost = true;
		if (!s->proxied)
			smtp_server_lost(&s->smtp);
		if (!s->committing)
			listen_session_end(s);
		break;
	case NET_UP:
		break;
	}
}

/* ---- what listen.c calls ---- */

void
listen_session_begin(struct listen_session *s)
{
	int64_t now = clock_mono_ms();
	const char *no;

	if (s->local)
		(void)snprintf(s->peer, sizeof(s->peer), "local");
	else
		address_text(&s->address, s->peer, sizeof(s->peer));
	smtp_server_init(&s->smtp, s->opts, now);
	no = listen_door_enter(s);
	if (no != NULL) {
		s->smtp.ended = "full";
		if (!s->opts->tls_first)
			(void)net_write(s->net, str_of(no));
		net_close(s->net);
		session_free(s);
		return;
	}
	if (!s->opts->tls_first && net_readable(s->net))
		smtp_server_early(&s->smtp);
	drive(s, S(""));
}

/* The balancer's own health checks, and whatever else does not speak: nothing waits for them for long. */
static void
await_proxy(struct listen_session *s)
{
	s->proxied = true;
	net_ration(s->net, PROXY_FIXED);
	s->timer = loop_timer(s->l->loop, PROXY_MS, s->on_time, s);
}

bool
listen_session_accept(struct listen *l, int listener, const struct smtp_server_opts *o)
{
	struct listen_session *s = calloc(1, sizeof(*s));
	struct sockaddr_storage peer;

	if (s == NULL)
		abort();
	s->net = net_accept(l->loop, listener, &peer, on_net, s);
	if (s->net == NULL) {
		free(s);
		return false;
	}
	s->l = l;
	s->opts = o;
	s->on_time = on_time;
	s->rest = BUF_CAP(REST_MAX);
	s->local = !address_of(&peer, &s->address);
	s->next = l->sessions;
	s->link = &l->sessions;
	if (s->next != NULL)
		s->next->link = &s->next;
	l->sessions = s;
	l->n++;
	if (listen_door_is_balancer(s))
		await_proxy(s);
	else
		listen_session_begin(s);
	return true;
}

void
listen_session_kept(struct listen_session *s, enum smtp_kept k)
{
	s->committing = false;
	if (k != KEPT)
		listen_file_drop(s);
	s->writing = false;
	if (k == KEPT)
		log_ev(LOG_INFO, 0, s->lost ? "taken-unheard" : "taken", KC("ulid", s->ulid),
		    KC("peer", s->peer), KS("from", buf_str(&s->smtp.sender)),
		    KI("size", s->smtp.data.size), KC("with", smtp_server_protocol(&s->smtp)));
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
	if (s->proxied) {
		listen_session_end(s);
		return;
	}
	smtp_server_stop(&s->smtp);
	if (!s->committing && !s->closing)
		drive(s, S(""));
}
