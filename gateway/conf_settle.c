/* SPDX-License-Identifier: ISC */
/* conf_settle.c - what follows from other settings, and what does not go together. */
#include "gateway/conf_load.h"

#include "gateway/profile.h"

#include <unistd.h>

#define WORKERS_MAX 64

/* One list of all sockets: the supervisor binds them, the listener knows by their place what is spoken there. */
static void
settle_listen(struct conf_load *l)
{
	struct conf_list *all = &l->conf->listen_addresses, *tls = &l->conf->listen_tls_addresses;
	const struct str lmtp = l->conf->lmtp;
	struct str *v = arena_get_array(l->a, all->n + tls->n + 2, sizeof(*v));

	for (size_t i = 0; i < all->n; i++)
		v[i] = all->v[i];
	for (size_t i = 0; i < tls->n; i++)
		v[all->n + i] = tls->v[i];
	all->v = v;
	all->n += tls->n;
	if (lmtp.n > 0)
		v[all->n++] = lmtp;
}

static void
settle_route(struct conf_smtp *r)
{
	bool mx = str_eq(r->host, S("mx"));

	if ((unsigned int)r->tls > CONF_TLS_NONE)	/* auto */
		r->tls = mx || (r->port != 0 && r->port != 465) ? CONF_TLS_STARTTLS : CONF_TLS_IMPLICIT;
	if ((unsigned int)r->verify > CONF_VERIFY_NONE)	/* auto */
		r->verify = r->tls == CONF_TLS_MAY ? CONF_VERIFY_NONE : CONF_VERIFY_CA;
	if (r->port == 0)
		r->port = mx || r->tls == CONF_TLS_NONE ? 25 : r->tls == CONF_TLS_IMPLICIT ? 465 : 587;
}

/* What a profile says of keys that are not set. */
static void
set_profile(struct conf_load *l, struct conf_entry *e)
{
	for (size_t i = 0; i < conf_n_settings; i++) {
		const struct setting *s = &conf_settings[i];
		const char *value = s->in != IN_PARTNER || e->given[i].at.line > 0 ? NULL :
		    profile_value(e->partner.profile, str_of(s->key));
		struct err err;
		if (value != NULL && conf_value_set(l->a, l->conf, s, str_of(value), &e->partner, &err) == -1)
			conf_error(l, e->at, "profile " STR_FMT ": %s: %s",
			    STR_ARG(e->partner.profile), s->key, err.text);
	}
}

static void
settle_partner(struct conf_load *l, struct conf_entry *e)
{
	struct partner *p = &e->partner;
	bool route = e->route.host.n > 0;

	set_profile(l, e);
	if (p->name.n == 0)
		p->name = p->key;
	if (p->receipt_wait_ms == 0)
		p->receipt_wait_ms = l->conf->receipt_wait_ms;
	if (p->receipt_give_up_ms == 0)
		p->receipt_give_up_ms = l->conf->receipt_give_up_ms;
	if (p->ack_wait_ms == 0)
		p->ack_wait_ms = l->conf->ack_wait_ms;
	if (p->addresses.n == 0)
		conf_error(l, e->at, "partner \"" STR_FMT "\" has no address: where do we send?",
		    STR_ARG(p->key));
	if (p->certs.n == 0 &&
	    (p->encrypt ||
	        (!p->trust_chain && (p->must_sign || p->receipt == CONF_RECEIPT_SIGNED))))
		conf_error(l, e->at, "partner \"" STR_FMT "\" has no cert: needed for %s (or set it to none)", STR_ARG(p->key),
		    p->encrypt ? "send = encrypt" : p->must_sign ? "accept = sign" : "receipt = signed");
	if (p->trust_chain && p->ca.n == 0)
		conf_error(l, conf_where(l, e, "partner", "trust"),
		    "trust = chain without ca: whose certificates do we believe?");
	for (size_t i = 0; i < conf_n_settings && !route; i++)
		if (conf_settings[i].in == IN_ROUTE && e->given[i].at.line > 0 && e->given[i].value.n > 0) {
			conf_error(l, e->given[i].at, "%s without smtp_host: a route of their own needs a host",
			    conf_settings[i].key);
			break;
		}
	if (!route)
		return;
	settle_route(&e->route);
	p->route = arena_new_of(l->a, struct conf_smtp);
	*p->route = e->route;
}

void
conf_settle(struct conf_load *l)
{
	struct conf *c = l->conf;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	if (c->workers == 0)
		c->workers = cpus < 1 ? 1 : cpus > WORKERS_MAX ? WORKERS_MAX : (unsigned int)cpus;
	if (c->name.n == 0)
		c->name = c->address;
	if (c->smtp.host.n == 0)
		c->smtp.host = S("mx");
	settle_route(&c->smtp);
	if (c->address.n == 0)
		conf_error(l, conf_where(l, NULL, "gateway", "address"),
		    "[gateway] address is missing: our own mailbox");
	if (c->certs.n == 0 || c->keys.n == 0)
		conf_error(l, conf_where(l, NULL, "gateway", c->certs.n == 0 ? "cert" : "key"),
		    "[gateway] %s is empty: we can neither sign nor decrypt", c->certs.n == 0 ? "cert" : "key");
	if ((c->tls_cert.n > 0) != (c->tls_key.n > 0))
		conf_error(l, conf_where(l, NULL, "listen", c->tls_cert.n > 0 ? "tls_cert" : "tls_key"),
		    "tls_cert and tls_key belong together: one of them is missing");
	if (c->listen_tls_addresses.n > 0 && c->tls_cert.n == 0)
		conf_error(l, conf_where(l, NULL, "listen", "tls_address"),
		    "tls_address needs tls_cert and tls_key");
	if (c->sessions_per_address == 0)
		c->sessions_per_address = (c->sessions_max + 1) / 2;
	if (c->sessions_reserved > c->sessions_max / 2)
		c->sessions_reserved = c->sessions_max / 2;
	settle_listen(l);
	if (c->retry_first_ms > c->retry_max_ms)
		conf_error(l, conf_where(l, NULL, "retry", "first"), "first is longer than max");
	if (c->receipt_wait_ms > c->receipt_give_up_ms)
		conf_error(l, conf_where(l, NULL, "receipt", "wait"), "wait is longer than give_up");
	for (size_t i = 0; i < l->n_entries; i++)
		settle_partner(l, &l->entries[i]);
}
