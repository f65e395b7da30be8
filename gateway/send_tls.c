/* SPDX-License-Identifier: ISC */
/* send_tls.c - the TLS of one session: what its route and its server's records ask for, and what came of it. */
#include "gateway/send.h"

#include "gateway/base/clock.h"

#include <stdio.h>
#include <string.h>

#define RESUME_MS 3600000

static enum net_trust
trust_of(const struct conf_smtp *route, const struct route_hop *hop)
{
	switch (route->verify) {
	case CONF_VERIFY_PIN:
		return NET_TRUST_PIN;
	case CONF_VERIFY_NONE:
		return NET_TRUST_ANY;
	case CONF_VERIFY_DANE:
	case CONF_VERIFY_DANE_ONLY:
		if (hop->n_tlsa > 0)
			return NET_TRUST_DANE;
		return route->tls == CONF_TLS_MAY ? NET_TRUST_ANY : NET_TRUST_CA;
	case CONF_VERIFY_CA:
		break;
	}
	return NET_TRUST_CA;
}

/* With TLSA records, usable ones or not, TLS is a must (RFC 7672, 2.2), and dane-only goes nowhere without those it can use. */
int
send_tls_policy(struct send_session *s, struct err *e)
{
	const struct conf_smtp *route = s->dest->route;
	static const enum smtp_client_tls how[] = {
		[CONF_TLS_IMPLICIT] = CLIENT_TLS_IMPLICIT, [CONF_TLS_STARTTLS] = CLIENT_TLS_STARTTLS,
		[CONF_TLS_MAY] = CLIENT_TLS_MAY, [CONF_TLS_NONE] = CLIENT_TLS_NONE,
	};

	s->opts.tls = how[route->tls];
	if (route->tls == CONF_TLS_MAY && s->hop.tls_due)
		s->opts.tls = CLIENT_TLS_STARTTLS;
	if (route->verify == CONF_VERIFY_DANE_ONLY && s->hop.n_tlsa == 0)
		return err_code(err_set(e, ERR_RETRY, "%s has no validated TLSA records", s->hop.host), e, "E-SMTP-DANE");
	return 0;
}

/* A TLS session is only taken up again with who it was with, and not when it is old: certificates are looked at then. */
static struct net_resume *
resume_of(struct send_session *s)
{
	struct send_dest *d = s->dest;
	int64_t now = clock_mono_ms();

	if (now >= d->resume_until || strcmp(d->resume_peer, s->peer) != 0) {
		net_resume_clear(&d->resume);
		(void)snprintf(d->resume_peer, sizeof(d->resume_peer), "%s", s->peer);
		d->resume_until = now + RESUME_MS;
	}
	return &d->resume;
}

void
send_tls_start(struct send_session *s)
{
	const struct send_dest *d = s->dest;
	const struct conf_smtp *route = d->route;
	char name[ROUTE_HOST_MAX], domain[ROUTE_HOST_MAX];
	struct net_rules rules = {
		.name = route->verify_name.n > 0 ? name : s->hop.host, .also = d->mx ? domain : NULL,
		.trust = trust_of(route, &s->hop), .pins = d->pins, .n_pins = route->pins.n,
		.tlsa = s->hop.tlsa, .n_tlsa = s->hop.n_tlsa, .resume = resume_of(s),
	};

	(void)snprintf(name, sizeof(name), STR_FMT, STR_ARG(route->verify_name));
	(void)snprintf(domain, sizeof(domain), STR_FMT, STR_ARG(d->host));
	net_start_tls(s->net, send_trust_of(d->send, route)->tls, &rules);
}

void
send_tls_facts(struct send_session *s)
{
	static const char *const how[] = {
		[NET_TRUST_CA] = "certificate verified", [NET_TRUST_PIN] = "certificate pinned",
		[NET_TRUST_DANE] = "certificate verified by DANE", [NET_TRUST_ANY] = "certificate not looked at",
	};
	char facts[SEND_TLS_MAX - 32];
	struct str t = net_tls_facts(s->net, facts, sizeof(facts));

	if (t.n == 0)
		return;
	(void)snprintf(s->tls, sizeof(s->tls), "%s, %s", facts, how[trust_of(s->dest->route, &s->hop)]);
	transcript_put(&s->transcript, TRANSCRIPT_NOTE, str_of(s->tls));
}
