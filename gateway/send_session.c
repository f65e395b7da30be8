/* SPDX-License-Identifier: ISC */
#include "gateway/send.h"

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/nonce.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_MS	 30000
#define IDLE_MS		 10000	/* a session without a mail stays this long for the next one */
#define MAILS_A_SESSION	 500
#define MAIL_MAX	 ((size_t)16 << 30)
#define PASSWORD_MAX	 4096	/* an OAuth token is long */

/* Lent until the session goes on. */
static struct send_facts
facts_of(const struct send_session *s)
{
	return (struct send_facts){
		.peer = s->peer, .tls = s->tls, .transcript = transcript_str(&s->transcript)
	};
}

/* ---- the end ---- */

static void
session_free(struct send_session *s)
{
	struct send_dest *d = s->dest;

	if (!s->ready)
		d->connecting--;
	d->n--;
	d->send->sessions--;
	loop_timer_drop(d->send->role.loop, s->timer);
	send_secret_drop(s->secret);
	smtp_client_clear(&s->smtp);
	buf_wipe(&s->password);
	buf_clear(&s->nonce);
	transcript_clear(&s->transcript);
	*s->link = s->next;
	if (s->next != NULL)
		s->next->link = s->link;
	free(s);
	if (!d->send->draining)
		send_dest_pump(d);
	send_check_drained(d->send);
}

/* The session never became ready at this address. */
static void
failed_here(struct send_session *s, const struct err *e)
{
	struct send_facts f = facts_of(s);
	struct err why = *e;

	s->closing = true;	/* so that it does not count as one that still works */
	if (!s->dest->send->draining)
		send_dest_failed(s->dest, &why, &f);
	session_free(s);
}

/* ---- mails ---- */

static void
tell_verdict(struct send_session *s)
{
	struct send_job *j = s->job;
	const struct smtp_verdict *v = &j->rcpt.verdict;
	struct send_facts f = facts_of(s);

	s->job = NULL;
	send_dest_moved(s->dest);
	if (v->outcome == SMTP_DEFERRED && smtp_client_went_stale(&s->smtp) && !j->again &&
	    !s->dest->send->role.stopping) {
		j->again = true;
		send_dest_back(s->dest, j);
		return;
	}
	send_answer(s->dest->send, j, v, &f);
}

/* Hand the machine a mail that waits. One that cannot be sent at all is answered, and the next one taken. */
static void
next_mail(struct send_session *s)
{
	struct send *g = s->dest->send;
	struct send_facts f;
	struct send_job *j;
	struct err e;

	s->idle_since = clock_mono_ms();
	if (s->smtp.mails > 0 && s->dest->waiting > 0) {
		transcript_begin(&s->transcript);
		transcript_putf(&s->transcript, TRANSCRIPT_NOTE, "%s, mail %u of a session",
		    s->peer, s->smtp.mails + 1);
	}
	f = facts_of(s);
	while (s->smtp.state == CL_IDLE && s->dest->waiting > 0 && send_rate_may(s->dest)) {
		j = send_dest_take(s->dest);
		if (j->probe) {
			send_answer(g, j,
			    &(struct smtp_verdict){
			        .outcome = SMTP_ACCEPTED, .text = "ready for mail" },
			    &f);
			continue;
		}
		if (j->mail.bytes.p == NULL &&
		    spool_map(g->spool, SPOOL_OUT, j->ulid, MAIL_MAX, &j->mail.bytes, &e) == -1) {
			send_answer_err(g, j, &e, &f);
			continue;
		}
		j->session = s;
		s->job = j;
		if (smtp_client_mail(&s->smtp, &j->mail, clock_mono_ms(), &e) == -1) {
			s->job = NULL;
			send_answer_err(g, j, &e, &f);
			continue;
		}
		send_rate_took(s->dest);
	}
}

/* ---- the machine ---- */

static void
on_session_ready(struct send_session *s)
{
	if (!s->ready) {
		s->ready = true;
		s->dest->connecting--;
		s->dest->good_hop = (s->first_hop + s->tried) % s->dest->hops.n;
		send_dest_moved(s->dest);
		s->opts.password = S("");
		buf_wipe(&s->password);
	}
	if (s->smtp.mails >= MAILS_A_SESSION)
		smtp_client_quit(&s->smtp, clock_mono_ms());
	else
		next_mail(s);
}

/* Before the final dot: the session is cut, nothing was handed over. */
static void
give_up_mail(struct send_session *s, const char *why)
{
	struct err e;

	(void)err_set(&e, ERR_RETRY, "stopped before the final dot: %s", why);
	smtp_client_lost(&s->smtp, &e);
}

static void
ask_ledger(struct send_session *s)
{
	struct send_facts f = facts_of(s);

	if (s->dest->send->role.ledger != NULL)
		send_committing(s->dest->send, s->job, &f);
	else
		give_up_mail(s, "the ledger is gone");
}

static void
run_machine(struct send_session *s)
{
	enum smtp_client_act act;

	while ((act = smtp_client_next(&s->smtp, clock_mono_ms())) != CLIENT_WAIT) {
		switch (act) {
		case CLIENT_START_TLS:
			s->tls_due = true;
			break;
		case CLIENT_READY:
			on_session_ready(s);
			break;
		case CLIENT_ASK:
			ask_ledger(s);
			break;
		case CLIENT_DONE:
			tell_verdict(s);
			break;
		case CLIENT_CLOSE:
			s->closing = true;
			break;
		case CLIENT_WAIT:
			break;
		}
	}
}

static void
set_timer(struct send_session *s)
{
	int64_t now = clock_mono_ms(), at = smtp_client_deadline(&s->smtp);

	if (!s->connected)
		at = s->idle_since + CONNECT_MS;
	else if (s->smtp.state == CL_IDLE)
		at = s->idle_since + IDLE_MS;
	if (at == INT64_MAX || (s->timer != NULL && s->timer_at <= at))
		return;
	loop_timer_drop(s->dest->send->role.loop, s->timer);
	s->timer_at = at;
	s->timer = loop_timer(s->dest->send->role.loop, at > now ? at - now : 0, s->on_time, s);
}

static bool
connect_here(struct send_session *s, struct err *e)
{
	char address[INET6_ADDRSTRLEN];

	net_address(&s->hop.to, address, sizeof(address));
	(void)snprintf(s->peer, sizeof(s->peer), "%s[%s]:%u", s->hop.host, address, s->hop.port);
	transcript_put(&s->transcript, TRANSCRIPT_NOTE, str_of(s->peer));
	if (send_tls_policy(s, e) == -1) {
		transcript_put(&s->transcript, TRANSCRIPT_NOTE, str_of(e->text));
		return false;
	}
	s->opts.host = str_of(s->hop.host);
	s->opts.port = s->hop.port;
	smtp_client_clear(&s->smtp);
	nonce_make(&s->nonce);
	s->opts.nonce = buf_str(&s->nonce);
	smtp_client_init(&s->smtp, &s->opts, clock_mono_ms());
	s->closing = s->tls_due = s->connected = false;
	s->tls[0] = '\0';
	s->idle_since = clock_mono_ms();
	s->net = net_connect(s->dest->send->role.loop, (const struct sockaddr *)&s->hop.to,
	    s->hop.len, s->on_net, s, e);
	if (s->net != NULL)
		set_timer(s);
	return s->net != NULL;
}

/* Begin with the first address that works as far as we know, or the first behind it to which a connect can begin. */
static bool
connect_hop(struct send_session *s, struct err *e)
{
	const struct route_hops *hops = &s->dest->hops;

	for (; s->tried < hops->n; s->tried++) {
		s->hop = hops->v[(s->first_hop + s->tried) % hops->n];
		if (connect_here(s, e))
			return true;
	}
	return false;
}

/* The session is over; it was the machine's wish, or the connection broke and the machine has been told. */
static void
end_session(struct send_session *s)
{
	struct err why = s->smtp.err;

	net_close(s->net);
	s->net = NULL;
	if (!s->ready && why.kind == ERR_RETRY && s->tried + 1 < s->dest->hops.n) {
		log_ev(LOG_WARN, 0, "next-address", KC("peer", s->peer), KC("why", why.text));
		s->tried++;
		if (connect_hop(s, &why))
			return;
	}
	if (!s->ready) {
		failed_here(s, &why);
		return;
	}
	if (s->smtp.failed)
		log_ev(LOG_DEBUG, 0, "session-ended", KC("peer", s->peer), KC("why", why.text));
	session_free(s);
}

static void
drive(struct send_session *s)
{
	struct str out;

	/* Writing makes room for more of a body, or lets the machine ask about the dot: until nothing moves. */
	for (;;) {
		run_machine(s);
		out = smtp_client_output(&s->smtp);
		size_t n = s->connected && out.n > 0 ? net_write(s->net, out) : 0;
		if (n == 0)
			break;
		smtp_client_wrote(&s->smtp, n, clock_mono_ms());
	}
	if (s->closing) {
		end_session(s);
		return;
	}
	if (s->tls_due) {
		s->tls_due = false;
		send_tls_start(s);
	}
	set_timer(s);
}

static void
lose(struct send_session *s, const struct err *e)
{
	smtp_client_lost(&s->smtp, e);
	drive(s);
}

static void
on_net(void *arg, enum net_event ev, struct str bytes)
{
	struct scram_binding binds[NET_BINDS_MAX];
	struct send_session *s = arg;
	struct err e;

	switch (ev) {
	case NET_UP:
		s->connected = s->opts.tls != CLIENT_TLS_IMPLICIT;
		if (!s->connected)
			send_tls_start(s);
		else
			drive(s);
		break;
	case NET_SECURED:
		s->connected = true;
		send_tls_facts(s);
		smtp_client_secured(&s->smtp, net_bindings(s->net, binds) > 0 ? binds : NULL, clock_mono_ms());
		drive(s);
		break;
	case NET_BYTES:
		smtp_client_input(&s->smtp, bytes, clock_mono_ms());
		drive(s);
		break;
	case NET_ROOM:
		drive(s);
		break;
	case NET_ENDED:
		(void)err_code(err_set(&e, ERR_RETRY, "the server closed the connection"), &e, "E-SMTP-LOST");
		lose(s, &e);
		break;
	case NET_FAILED:
		e = *net_error(s->net);
		lose(s, &e);
		break;
	}
}

static void
on_time(void *arg)
{
	struct send_session *s = arg;
	int64_t waited = clock_mono_ms() - s->idle_since;
	struct err e;

	s->timer = NULL;
	if (!s->connected && waited >= CONNECT_MS) {
		(void)err_set(&e, ERR_RETRY, "connect: no %s in time", s->smtp.secured ? "TLS" : "answer");
		e.code = "E-SMTP-CONNECT";
		lose(s, &e);
		return;
	}
	if (s->smtp.state == CL_IDLE && waited >= IDLE_MS)
		smtp_client_quit(&s->smtp, clock_mono_ms());
	drive(s);
}

/* ---- what the others call ---- */

static void
on_secret(void *arg, struct str password, const struct err *e)
{
	struct send_session *s = arg;
	struct err why;
	int rc;

	if (e != NULL) {
		why = *e;
		rc = err_code(-1, &why, "E-SMTP-AUTH");
	} else {
		rc = buf_put(&s->password, password, &why);
	}
	send_secret_drop(s->secret);
	s->secret = NULL;
	s->opts.password = buf_str(&s->password);
	if (rc == -1 || !connect_hop(s, &why))
		failed_here(s, &why);
}

static int
read_password(struct send_session *s, struct err *e)
{
	const struct send_dest *d = s->dest;
	const struct send_trust *t = send_trust_of(d->send, d->route);

	if (d->route->tls != CONF_TLS_NONE && (t == NULL || t->tls == NULL)) {
		*e = t != NULL ? t->err : (struct err){ .kind = ERR_CONFIG, .text = "no ca" };
		return -1;
	}
	if (d->route->password.n == 0)
		return 0;		/* no login, or one by certificate */
	if (send_secret_is_slow(d->route->password)) {
		s->secret = send_secret_start(d->send->role.loop, &d->send->role.conf, d->route->password, on_secret, s, e);
		return s->secret == NULL ? -1 : 0;
	}
	if (conf_secret(&d->send->role.conf, d->route->password, &s->password, e) == -1)
		return err_code(-1, e, "E-SMTP-AUTH");
	s->opts.password = buf_str(&s->password);
	return 0;
}

void
send_session_new(struct send_dest *d)
{
	struct send_session *s = calloc(1, sizeof(*s));
	struct err e;

	if (s == NULL)
		abort();
	*s = (struct send_session){
		.next = d->sessions, .link = &d->sessions, .dest = d, .opts = d->opts, .first_hop = d->good_hop,
		.password = BUF_CAP(PASSWORD_MAX), .nonce = BUF_CAP(NONCE_MAX), .on_net = on_net, .on_time = on_time, .transcript = TRANSCRIPT_INIT,
	};
	s->opts.transcript = &s->transcript;
	if (s->next != NULL)
		s->next->link = &s->next;
	d->sessions = s;
	d->n++;
	d->connecting++;
	d->send->sessions++;
	if (read_password(s, &e) == -1 || (s->secret == NULL && !connect_hop(s, &e)))
		failed_here(s, &e);
}

void
send_session_wake(struct send_session *s)
{
	next_mail(s);
	drive(s);
}

void
send_session_go(struct send_session *s, bool go)
{
	if (s->smtp.state != CL_ASKING)
		return;
	if (go)
		smtp_client_go(&s->smtp, clock_mono_ms());
	else
		give_up_mail(s, "no longer wanted");
	drive(s);
}

void
send_session_stop(struct send_session *s)
{
	struct err e;

	if (s->secret != NULL) {
		(void)err_set(&e, ERR_RETRY, "the gateway is stopping");
		failed_here(s, &e);
		return;
	}
	smtp_client_quit(&s->smtp, clock_mono_ms());
	if (!s->ready) {
		(void)err_set(&e, ERR_CONFIG, "the gateway is stopping");
		smtp_client_lost(&s->smtp, &e);
	}
	drive(s);
}
