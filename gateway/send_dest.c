/* SPDX-License-Identifier: ISC */
#include "gateway/send.h"

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/smarthost.h"

#include <stdlib.h>
#include <string.h>

#define HOPS_KEPT_MS 300000	/* a looked-up address is used again */
#define DOWN_MS	     2000	/* after a failure: what waits is deferred at once, not tried one by one */
#define CROWDED_MS   10000	/* no session beside those that work, after one was not to be had */
#define SESSIONS_DEFAULT 5

static struct str
domain_of(struct str address)
{
	for (size_t i = address.n; i > 0; i--)
		if (address.p[i - 1] == '@')
			return str_from(address, i);
	return S("");
}

static void
read_backups(struct send_dest *d)
{
	const struct conf_list *list = &d->route->backups;
	struct err e;

	d->backups = arena_get_array(d->send->role.arena, list->n + 1, sizeof(*d->backups));
	for (size_t i = 0; i < list->n; i++) {
		struct route_server *b = &d->backups[d->n_backups];

		if (smarthost_server(list->v[i], d->mx ? 25 : d->route->port, &b->host, &b->port, &e) == 0)
			d->n_backups++;
	}
}

static void
read_pins(struct send_dest *d)
{
	const struct conf_pins *pins = &d->route->pins;

	d->pins = arena_get_array(d->send->role.arena, pins->n + 1, sizeof(*d->pins));
	for (size_t i = 0; i < pins->n; i++) {
		d->pins[i].key = pins->v[i].key;
		memcpy(d->pins[i].digest, pins->v[i].digest, sizeof(d->pins[i].digest));
	}
}

static struct send_dest *
dest_new(struct send *s, const struct conf_smtp *route, struct str host, bool mx)
{
	struct send_dest *d = arena_new_of(s->role.arena, struct send_dest);

	*d = (struct send_dest){
		.next = s->dests, .send = s, .route = route, .mx = mx, .last = &d->first,
		.host = str_lower(s->role.arena, host),
		.opts = { .helo = route->helo.n > 0 ? route->helo : s->own_name, .user = route->user, .auth = route->auth },
	};
	d->hops.v = arena_get_array(s->role.arena, ROUTE_HOPS_MAX, sizeof(*d->hops.v));
	read_backups(d);
	read_pins(d);
	s->dests = d;
	return d;
}

/* Destinations stay for the life of the role: there is one for each partner at most. */
static struct send_dest *
dest_of(struct send *s, const struct conf_smtp *route, struct str recipient)
{
	bool mx = str_eq_nocase(route->host, S("mx"));
	struct str host = mx ? domain_of(recipient) : route->host;

	for (struct send_dest *d = s->dests; d != NULL; d = d->next)
		if (d->route == route && str_eq_nocase(d->host, host))
			return d;
	return dest_new(s, route, host, mx);
}

static void
queue(struct send_dest *d, struct send_job *j)
{
	*d->last = j;
	d->last = &j->next;
	d->waiting++;
}

/* Nothing that waits can go: say so for each. */
static void
answer_all(struct send_dest *d, const struct err *e, const struct send_facts *f)
{
	struct send_job *j;

	while ((j = send_dest_take(d)) != NULL)
		send_answer_err(d->send, j, e, f);
}

static void
give_up(struct send_dest *d, const struct err *e, const struct send_facts *f)
{
	d->down = *e;
	d->down_until = clock_mono_ms() + DOWN_MS;
	d->suspect = true;
	log_ev(e->kind == ERR_CONFIG ? LOG_ERROR : LOG_WARN, 0, "destination-down",
	    KS("host", d->host), KC("peer", f->peer), KC("code", e->code != NULL ? e->code : ""),
	    KC("why", e->text), KI("waiting", d->waiting));
	answer_all(d, e, f);
}

static void
on_lookup(void *arg, const struct route_hops *hops, const struct err *e)
{
	struct send_dest *d = arg;
	struct err why;

	d->lookup = NULL;
	if (e != NULL) {
		why = *e;
		(void)err_add(&why, STR_FMT, STR_ARG(d->host));
		why.code = e->code;
		give_up(d, &why, SEND_NO_FACTS);
		send_check_drained(d->send);
		return;
	}
	memcpy(d->hops.v, hops->v, hops->n * sizeof(*hops->v));
	d->hops.n = hops->n;
	d->good_hop = 0;
	d->hops_until = clock_mono_ms() + HOPS_KEPT_MS;
	send_dest_pump(d);
}

static void
look_up(struct send_dest *d)
{
	const struct route_ask ask = {
		.host = d->host, .port = d->mx ? 25 : d->route->port, .mx = d->mx,
		.dane = d->route->verify == CONF_VERIFY_DANE || d->route->verify == CONF_VERIFY_DANE_ONLY,
		.backups = d->backups, .n_backups = d->n_backups,
	};

	d->lookup = route_lookup(d->send->role.loop, &ask, on_lookup, d);
}

/*
 * While one mail tries whether a server is back, those behind it need not wait for its timeout; but for those that a
 * person wants tried.
 */
static void
spare_the_rest(struct send_dest *d)
{
	size_t n = d->waiting;

	if (!d->suspect)
		return;
	for (size_t i = 0; i < n; i++) {
		struct send_job *j = send_dest_take(d);

		if (i == 0 || j->urgent)
			queue(d, j);
		else
			send_answer_err(d->send, j, &d->down, SEND_NO_FACTS);
	}
}

void
send_dest_pump(struct send_dest *d)
{
	unsigned int max = d->route->sessions > 0 ? d->route->sessions : SESSIONS_DEFAULT;
	int64_t now = clock_mono_ms();

	spare_the_rest(d);
	if (d->waiting > 0 && d->n == 0 && now < d->down_until) {
		answer_all(d, &d->down, SEND_NO_FACTS);
		return;
	}
	if (d->waiting == 0 || !send_rate_may(d))
		return;
	/* Waking takes a mail off the queue and may end the session: begin anew each time. */
	for (struct send_session *s = d->sessions; s != NULL && d->waiting > 0;) {
		if (s->job != NULL || s->closing || s->smtp.state != CL_IDLE) {
			s = s->next;
			continue;
		}
		send_session_wake(s);
		s = d->sessions;
	}
	if (d->waiting <= d->connecting || d->n >= max || (d->n > 0 && now < d->crowded_until))
		return;
	if (d->hops.n == 0 || now >= d->hops_until) {
		if (d->lookup == NULL)
			look_up(d);
		return;
	}
	/* One that fails at once may have answered all that waits, or called us: look again each time. */
	while (d->waiting > d->connecting && d->n < max && (d->n == 0 || now >= d->crowded_until))
		send_session_new(d);
}

void
send_dest_add(struct send *s, struct send_job *j, const struct conf_smtp *route)
{
	struct send_dest *d = dest_of(s, route, j->rcpt.address);

	unsigned int seconds = j->probe ? 0 : send_rate_put_off(d);

	if (seconds > 0) {
		send_put_off(s, j, seconds);
		return;
	}
	if (d->waiting == 0 && d->n == 0)
		d->moved = clock_mono_ms();
	if (j->urgent)
		d->down_until = 0;
	queue(d, j);
	send_dest_pump(d);
}

struct send_job *
send_dest_take(struct send_dest *d)
{
	struct send_job *j = d->first;

	if (j == NULL)
		return NULL;
	d->first = j->next;
	if (d->first == NULL)
		d->last = &d->first;
	j->next = NULL;
	d->waiting--;
	return j;
}

void
send_dest_back(struct send_dest *d, struct send_job *j)
{
	j->session = NULL;
	j->next = d->first;
	d->first = j;
	if (j->next == NULL)
		d->last = &j->next;
	d->waiting++;
}

void
send_dest_failed(struct send_dest *d, const struct err *e, const struct send_facts *f)
{
	bool others = false;

	/*
	 * A server that wants no more sessions still takes what waits through those it has, or is about to have:
	 * only the last one to fail speaks for all.
	 */
	for (const struct send_session *s = d->sessions; s != NULL; s = s->next)
		others |= !s->closing;
	if (others) {
		d->crowded_until = clock_mono_ms() + CROWDED_MS;
		log_ev(LOG_WARN, 0, "session-failed", KC("peer", f->peer), KC("why", e->text));
		return;
	}
	d->hops_until = 0;	/* look again next time: it may have moved */
	give_up(d, e, f);
}

void
send_dest_moved(struct send_dest *d)
{
	d->suspect = false;
	d->moved = clock_mono_ms();
}

void
send_dest_shed(struct send *s, int64_t since)
{
	struct err e;

	for (struct send_dest *d = s->dests; d != NULL; d = d->next) {
		if (d->waiting == 0 || d->moved > since)
			continue;
		(void)err_set(&e, ERR_RETRY, STR_FMT " makes no step, and others wait", STR_ARG(d->host));
		log_ev(LOG_WARN, 0, "destination-slow", KS("host", d->host),
		    KI("waiting", d->waiting), KI("sessions", d->n));
		answer_all(d, &e, SEND_NO_FACTS);
	}
}

void
send_dest_stop(struct send *s)
{
	struct err e;

	(void)err_set(&e, ERR_RETRY, "the gateway is stopping");
	for (struct send_dest *d = s->dests; d != NULL; d = d->next) {
		loop_timer_drop(s->role.loop, d->turn);
		d->turn = NULL;
		route_lookup_drop(d->lookup);
		d->lookup = NULL;
		answer_all(d, &e, SEND_NO_FACTS);
		for (struct send_session *i = d->sessions, *next; i != NULL; i = next) {
			next = i->next;
			send_session_stop(i);
		}
	}
}
