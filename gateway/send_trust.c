/* SPDX-License-Identifier: ISC */
#include "gateway/send.h"

#include "gateway/base/log.h"

const struct send_trust *
send_trust_of(const struct send *s, const struct conf_smtp *route)
{
	for (size_t i = 0; i < s->n_trusts; i++) {
		const struct send_trust *t = &s->trusts[i];

		if (str_eq(t->ca, route->ca) && str_eq(t->cert, route->tls_cert) &&
		    str_eq(t->key, route->tls_key))
			return t;
	}
	return NULL;
}

static void
add_trust(struct send *s, const struct conf_smtp *route)
{
	struct send_trust *t = &s->trusts[s->n_trusts];
	struct arena *a = s->role.arena;

	if (route->tls == CONF_TLS_NONE || send_trust_of(s, route) != NULL)
		return;
	*t = (struct send_trust){ .ca = route->ca, .cert = route->tls_cert, .key = route->tls_key };
	t->tls = net_tls_client(str_cstr(a, t->ca), str_cstr(a, t->cert), str_cstr(a, t->key), &t->err);
	if (t->tls == NULL) {
		(void)err_add(&t->err, "[smtp] ca, tls_cert, tls_key");
		log_ev(LOG_ERROR, 0, "config", KC("why", t->err.text));
	}
	s->n_trusts++;
}

void
send_read_trusts(struct send *s)
{
	const struct conf *c = &s->role.conf;

	s->trusts = arena_get_array(s->role.arena, c->n_partners + 1, sizeof(*s->trusts));
	add_trust(s, &c->smtp);
	for (size_t i = 0; i < c->n_partners; i++)
		if (c->partners[i].route != NULL)
			add_trust(s, c->partners[i].route);
}
