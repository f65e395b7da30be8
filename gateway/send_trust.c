/* SPDX-License-Identifier: ISC */
#include "gateway/send.h"

#include "gateway/base/log.h"

const struct send_trust *
send_trust_of(const struct send *s, struct str ca)
{
	for (size_t i = 0; i < s->n_trusts; i++)
		if (str_eq(s->trusts[i].ca, ca))
			return &s->trusts[i];
	return NULL;
}

static void
add_trust(struct send *s, const struct conf_smtp *route)
{
	struct send_trust *t = &s->trusts[s->n_trusts];

	if (route->tls == CONF_TLS_NONE || send_trust_of(s, route->ca) != NULL)
		return;
	t->ca = route->ca;
	t->tls = net_tls_client(str_cstr(s->role.arena, route->ca), &t->err);
	if (t->tls == NULL) {
		(void)err_add(&t->err, "[smtp] ca");
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
