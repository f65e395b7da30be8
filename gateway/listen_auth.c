/* SPDX-License-Identifier: ISC */
/* listen_auth.c - who logs in: by a password of [listen] users, or by a certificate that a partner's tls_cert names. */
#include "gateway/listen.h"

#include "gateway/base/log.h"
#include "gateway/nonce.h"

#include <string.h>

/* A file that cannot be read keeps one partner from logging in, not the others from sending. */
static void
take_certificates(struct listen *l, const struct partner *pt, struct arena *a)
{
	struct err e;

	for (size_t i = 0; i < pt->tls_certs.n; i++) {
		struct listen_certificate *c = &l->certificates[l->n_certificates];
		if (net_fingerprint_file(str_cstr(a, pt->tls_certs.v[i]), &c->print, &e) == -1) {
			log_ev(LOG_ERROR, 0, "tls-cert", KS("partner", pt->key), KC("why", e.text));
			continue;
		}
		c->of = pt;
		l->n_certificates++;
	}
}

int
listen_auth_prepare(struct listen *l, struct arena *a, struct net_tls *tls, struct err *e)
{
	const struct conf *c = l->conf;
	size_t n = 0;

	if (c->listen_users.n > 0 && listen_users_read(&l->users, a, str_cstr(a, c->listen_users), e) == -1)
		return err_add(e, "[listen] users");
	for (size_t i = 0; i < c->n_partners; i++)
		n += c->partners[i].tls_certs.n;
	if (n == 0 || tls == NULL)
		return 0;
	l->certificates = arena_get_array(a, n, sizeof(*l->certificates));
	for (size_t i = 0; i < c->n_partners; i++)
		take_certificates(l, &c->partners[i], a);
	net_tls_ask(tls);
	return 0;
}

void
listen_auth_secured(struct listen_session *s)
{
	struct net_fingerprint print;
	bool in_time;

	if (s->l->n_certificates == 0 || !net_peer_fingerprint(s->net, &print, &in_time))
		return;
	for (size_t i = 0; i < s->l->n_certificates; i++) {
		const struct listen_certificate *c = &s->l->certificates[i];
		if (memcmp(c->print.b, print.b, sizeof(print.b)) != 0)
			continue;
		if (!in_time) {
			log_ev(LOG_WARN, 0, "auth-failed", KC("peer", s->peer), KS("partner", c->of->key),
			    KC("why", "their certificate is not in its time"));
			return;
		}
		s->certified = c->of;
		smtp_server_certified(&s->smtp);
		return;
	}
}

bool
listen_auth_check(struct listen_session *s)
{
	const struct smtp_server *m = &s->smtp;
	struct str user = m->by_certificate && m->user.n == 0 ? s->certified->key : m->user;
	bool known = m->by_certificate ? str_eq(user, s->certified->key)
				       : m->by_proof ? m->proven : listen_users_know(&s->l->users, m->user, m->password);

	log_ev(known ? LOG_INFO : LOG_WARN, 0, known ? "auth" : "auth-failed", KC("peer", s->peer),
	    KS("user", user), KC("by", m->by_certificate ? "certificate" : "password"));
	if (known)
		s->login = partner_by_key(s->l->conf, user);
	return known;
}

void
listen_auth_verifier(struct listen_session *s)
{
	struct buf nonce = BUF_CAP(NONCE_MAX);
	struct scram_verifier v;

	nonce_make(&nonce);
	listen_users_verifier(&s->l->users, s->smtp.user, &v);
	smtp_server_scram(&s->smtp, &v, buf_str(&nonce));
	explicit_bzero(&v, sizeof(v));
	buf_clear(&nonce);
}
