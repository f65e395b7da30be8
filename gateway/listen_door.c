/* SPDX-License-Identifier: ISC */
/*
 * listen_door.c - who comes in. Strangers may not fill the house: slots are kept for partners' networks, one address has its
 * share of sessions, of handshakes and of each minute, and a load balancer says whom it brings.
 */
#include "gateway/listen.h"

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/nonce.h"
#include "gateway/smtp/proxy.h"

#include <string.h>

#define ORIGINS_MAX    65536
#define REFUSED_LOG_MS 10000
#define SHARE_OF_ONE   4	/* part of the handshakes that one address may have */

static uint64_t
seed(void)
{
	struct buf nonce = BUF_CAP(NONCE_MAX);
	uint64_t out = 0;

	nonce_make(&nonce);
	for (size_t i = 0; i < nonce.n; i++)
		out = out * 131 + (unsigned char)nonce.p[i];
	buf_clear(&nonce);
	return out;
}

void
listen_door_open(struct listen *l)
{
	l->origins = origins_new(ORIGINS_MAX, seed());
	l->greylist = greylist_new(seed());
	l->waiting_end = &l->waiting;
	for (size_t i = 0; i < l->conf->n_partners; i++)
		l->has_networks |= l->conf->partners[i].networks.n > 0;
}

/* ---- load balancers ---- */

static bool
is_in(const struct conf_networks *all, const struct address *a)
{
	for (size_t i = 0; i < all->n; i++)
		if (network_has(&all->v[i], a))
			return true;
	return false;
}

bool
listen_door_is_balancer(const struct listen_session *s)
{
	return !s->local && is_in(&s->l->conf->proxies, &s->address);
}

static void
take_source(struct listen_session *s, const struct proxy *p)
{
	static const struct address v4 = { { [10] = 0xff, [11] = 0xff } };

	if (p->local)
		return;
	s->address = v4;
	memcpy(p->is_v6 ? s->address.b : s->address.b + 12, p->source, p->is_v6 ? 16 : 4);
}

bool
listen_door_proxy(struct listen_session *s, struct str bytes)
{
	char balancer[INET6_ADDRSTRLEN];
	struct proxy p;
	struct err e;
	int rc;

	if (buf_put(&s->rest, bytes, &e) == -1 || (rc = proxy_read(buf_str(&s->rest), &p, &e)) == -1) {
		address_text(&s->address, balancer, sizeof(balancer));
		log_ev(LOG_WARN, 0, "proxy", KC("peer", balancer), KC("why", e.text));
		return false;
	}
	if (rc == 0) {
		net_ration(s->net, proxy_want(buf_str(&s->rest)) - s->rest.n);
		return true;
	}
	net_ration(s->net, 0);
	buf_clear(&s->rest);
	loop_timer_drop(s->l->loop, s->timer);
	s->timer = NULL;
	s->proxied = false;
	take_source(s, &p);
	listen_session_begin(s);	/* which may have ended it */
	return true;
}

/* ---- limits ---- */

static const struct partner *
owner_of(const struct conf *c, const struct address *a)
{
	for (size_t i = 0; i < c->n_partners; i++)
		if (is_in(&c->partners[i].networks, a))
			return &c->partners[i];
	return NULL;
}

/* In a flood one line for all, or the log fills the disk. */
static void
log_refused(struct listen *l, const struct listen_session *s, int64_t now)
{
	l->refused++;
	if (l->refused_until > now)
		return;
	log_ev(LOG_WARN, 0, "sessions-full", KC("peer", s->peer), KI("sessions", l->n - 1),
	    KI("refused", l->refused));
	l->refused_until = now + REFUSED_LOG_MS;
	l->refused = 0;
}

static const char *
too_many(const struct listen_session *s)
{
	const struct listen *l = s->l;
	const struct conf *c = l->conf;
	unsigned int reserved = l->has_networks ? c->sessions_reserved : 0;

	if (l->n > c->sessions_max || (s->stranger && l->n_strangers > c->sessions_max - reserved))
		return "421 4.7.0 too many sessions; try again later\r\n";
	if (s->origin != NULL && s->origin->sessions > c->sessions_per_address)
		return "421 4.7.0 too many sessions from your address; try again later\r\n";
	if (s->stranger && !origin_may_begin(s->origin, c->session_rate))
		return "421 4.7.0 too many sessions from your address in this minute; try again later\r\n";
	return NULL;
}

const char *
listen_door_enter(struct listen_session *s)
{
	struct listen *l = s->l;
	int64_t now = clock_mono_ms();
	const char *no;

	if (!s->local) {
		s->owner = owner_of(l->conf, &s->address);
		s->stranger = s->owner == NULL && !address_is_loopback(&s->address);
		s->origin = origins_enter(l->origins, &s->address, now);
	}
	l->n_strangers += s->stranger;
	no = too_many(s);
	if (no != NULL)
		log_refused(l, s, now);
	return no;
}

/* ---- handshakes ---- */

/* They cost more than all the rest of a session, and who is silent in one holds its place for half a minute. */
static bool
may_shake(const struct listen_session *s)
{
	const struct listen *l = s->l;

	return !s->stranger || (l->handshakes < l->conf->handshakes_max &&
	    s->origin->handshakes < l->conf->handshakes_max / SHARE_OF_ONE);
}

static void
shake(struct listen_session *s)
{
	s->shaking = s->stranger;
	if (s->shaking) {
		s->l->handshakes++;
		s->origin->handshakes++;
	}
	net_start_tls(s->net, s->l->tls, NULL);
}

static struct listen_session *
take_waiting(struct listen *l, struct listen_session **at)
{
	struct listen_session *s = *at;

	*at = s->next_waiting;
	if (s->next_waiting == NULL)
		l->waiting_end = at;
	s->next_waiting = NULL;
	s->waits = false;
	return s;
}

void
listen_door_handshake(struct listen_session *s)
{
	if (may_shake(s)) {
		shake(s);
		return;
	}
	s->waits = true;
	*s->l->waiting_end = s;
	s->l->waiting_end = &s->next_waiting;
}

/* A place is free: for the first who may have it. */
void
listen_door_shaken(struct listen_session *s)
{
	struct listen *l = s->l;
	struct listen_session **at = &l->waiting;

	if (!s->shaking)
		return;
	s->shaking = false;
	l->handshakes--;
	s->origin->handshakes--;
	while (*at != NULL && l->handshakes < l->conf->handshakes_max) {
		if (may_shake(*at))
			shake(take_waiting(l, at));
		else
			at = &(*at)->next_waiting;
	}
}

void
listen_door_leave(struct listen_session *s)
{
	struct listen *l = s->l;

	for (struct listen_session **at = &l->waiting; s->waits; at = &(*at)->next_waiting)
		if (*at == s)
			(void)take_waiting(l, at);
	listen_door_shaken(s);
	l->n_strangers -= s->stranger;
	if (s->origin != NULL)
		origin_leave(s->origin);
}
