/* SPDX-License-Identifier: ISC */
/*
 * send - the role that hands mails to the next hop.
 *
 * The ledger gives jobs, no more at once than we said we can take. Before the final dot of a mail goes out the ledger
 * is told, and its word is waited for: it has then on disk that this mail may have been handed over. Whatever happens
 * afterwards, it knows from which mails an answer is missing: those are uncertain, all others were simply not sent.
 */
#include "gateway/send.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "gateway/base/log.h"
#include "gateway/hostname.h"

#include <sysexits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JOBS_MAX	60	/* that the ledger may give us at once */
#define CROWD_MS	5000	/* with every place taken, who makes no step for so long makes room */
#define JOB_ARENA_MAX	(64u << 10)
#define DRAIN_MS	20000	/* for mails in hand when we are told to stop */

static struct send sending;

/* ---- telling the ledger ---- */

static const char *const words[] = {
	[SMTP_PENDING] = "deferred",
	[SMTP_ACCEPTED] = "accepted",
	[SMTP_DEFERRED] = "deferred",
	[SMTP_REFUSED] = "refused",
	[SMTP_UNCERTAIN] = "uncertain",
};

static void
job_free(struct send_job *j)
{
	*j->link = j->next_job;
	if (j->next_job != NULL)
		j->next_job->link = j->link;
	sending.n_jobs--;
	io_unmap(j->mail.bytes);
	arena_free(j->arena);
}

void
send_answer(struct send *s, struct send_job *j, const struct smtp_verdict *v,
    const struct send_facts *f)
{
	log_ev(v->outcome == SMTP_ACCEPTED ? LOG_INFO : LOG_WARN, j->doc, words[v->outcome],
	    KC("ulid", j->ulid), KS("to", j->rcpt.address), KC("peer", f->peer), KC("tls", f->tls),
	    KI("code", v->code), KC("text", v->text));
	role_tell(&s->role, &(struct msg){
		.type = MSG_SENT, .job = j->id, .word = str_of(words[v->outcome]), .code = v->code,
		.enhanced = str_of(v->enhanced), .text = str_of(v->text), .peer = str_of(f->peer), .tls = str_of(f->tls),
		.transcript = f->transcript,
	});
	job_free(j);
	if (!s->role.stopping)
		role_tell(&s->role, &(struct msg){ .type = MSG_READY, .count = 1 });
}

/* Nothing was handed over. ERR_INPUT: and it never will be. */
void
send_answer_err(struct send *s, struct send_job *j, const struct err *e, const struct send_facts *f)
{
	struct smtp_verdict v = { .outcome = e->kind == ERR_INPUT ? SMTP_REFUSED : SMTP_DEFERRED };

	(void)snprintf(v.text, sizeof(v.text), "%.*s", SMTP_TEXT_MAX - 1, e->text);
	send_answer(s, j, &v, f);
}

void
send_put_off(struct send *s, struct send_job *j, unsigned int seconds)
{
	role_tell(&s->role,
	    &(struct msg){ .type = MSG_SENT, .job = j->id, .word = S("later"), .count = seconds });
	job_free(j);
	if (!s->role.stopping)
		role_tell(&s->role, &(struct msg){ .type = MSG_READY, .count = 1 });
}

void
send_committing(struct send *s, const struct send_job *j, const struct send_facts *f)
{
	role_tell(&s->role, &(struct msg){
		.type = MSG_COMMITTING, .job = j->id, .peer = str_of(f->peer), .tls = str_of(f->tls),
		.transcript = f->transcript,
	});
}

/* ---- jobs ---- */

/* One partner that cannot be reached must not hold the places of all others. */
static void
look_at_crowd(void *arg)
{
	struct send *s = arg;

	s->crowd = NULL;
	if (s->n_jobs < JOBS_MAX)
		return;
	send_dest_shed(s, clock_mono_ms() - CROWD_MS);
	if (s->n_jobs >= JOBS_MAX)
		s->crowd = loop_timer(s->role.loop, CROWD_MS, look_at_crowd, s);
}

static const struct conf_smtp *
route_of(const struct send *s, const struct partner *pt)
{
	return pt != NULL && pt->route != NULL ? pt->route : &s->role.conf.smtp;
}

static void
job_new(struct send *s, const struct msg *m)
{
	struct arena *a = arena_new(JOB_ARENA_MAX);
	struct send_job *j = arena_new_of(a, struct send_job);
	const struct partner *pt = partner_by_key(&s->role.conf, m->partner);
	struct err e;

	*j = (struct send_job){
		.arena = a, .id = m->job, .doc = m->id, .ulid = str_cstr(a, m->ulid),
		.rcpt = { .address = str_dup(a, m->recipient) },
		.mail = { .sender = str_dup(a, m->sender), .envid = str_dup(a, m->envid), .dsn = m->flag, .n_rcpts = 1 },
		.urgent = m->flag2,
		.next_job = s->jobs, .link = &s->jobs,
	};
	j->mail.dsn_of_trouble = str_eq(m->word, S("receipt")) && route_of(s, pt)->reports == CONF_REPORTS_AUTO;
	j->mail.rcpts = &j->rcpt;
	if (s->jobs != NULL)
		s->jobs->link = &j->next_job;
	s->jobs = j;
	if (++s->n_jobs >= JOBS_MAX && s->crowd == NULL)
		s->crowd = loop_timer(s->role.loop, CROWD_MS, look_at_crowd, s);
	if (s->role.stopping) {
		(void)err_set(&e, ERR_RETRY, "the gateway is stopping");
		send_answer_err(s, j, &e, SEND_NO_FACTS);
	} else if (!smtp_is_plain_mailbox(j->rcpt.address) ||
	    (j->mail.sender.n > 0 && !smtp_is_plain_mailbox(j->mail.sender))) {
		(void)err_set(&e, ERR_INPUT, "'" STR_FMT "' or '" STR_FMT "' is no plain mail address",
		    STR_ARG(j->mail.sender), STR_ARG(j->rcpt.address));
		send_answer_err(s, j, &e, SEND_NO_FACTS);
	} else {
		send_dest_add(s, j, route_of(s, pt));
	}
}

static void
job_go(struct send *s, const struct msg *m)
{
	for (struct send_job *j = s->jobs; j != NULL; j = j->next_job) {
		if (j->id == m->job && j->session != NULL) {
			send_session_go(j->session, m->flag);
			return;
		}
	}
	/* The connection broke while we asked: the ledger has heard of that by now. */
}

static void
on_message(struct role *r, const struct msg *m, int fd)
{
	(void)r;
	io_close(&fd);
	if (m->type == MSG_JOB_SEND)
		job_new(&sending, m);
	else if (m->type == MSG_GO)
		job_go(&sending, m);
}

/* ---- the end ---- */

static void
stop_now(void *arg)
{
	struct send *s = arg;

	s->stopped = true;
	log_ev(s->jobs == NULL ? LOG_INFO : LOG_WARN, 0, "stopped", KI("sessions", s->sessions));
	if (s->role.ledger != NULL)
		(void)ipc_flush(s->role.ledger, NULL);
	loop_stop(s->role.loop, 0);
}

void
send_check_drained(struct send *s)
{
	if (s->draining && !s->stopped && s->sessions == 0)
		stop_now(s);
}

static void
on_stop(struct role *r)
{
	struct send *s = &sending;

	s->draining = true;
	(void)loop_timer(r->loop, DRAIN_MS, stop_now, s);
	send_dest_stop(s);
	/* Without the ledger nobody lets a final dot go; those that went out have their answer in the log only. */
	for (struct send_job *j = s->jobs, *next; j != NULL && r->ledger == NULL; j = next) {
		next = j->next_job;
		if (j->session != NULL)
			send_session_go(j->session, false);
	}
	send_check_drained(s);
}

int
main(int argc, char **argv)
{
	struct send *s = &sending;
	struct err e;

	role_start(&s->role, "send", argc, argv);
	s->own_name = hostname_own(s->role.arena, s->role.conf.smtp.helo);
	send_read_trusts(s);
	role_enter(&s->role, on_message, on_stop);
	if (spool_open(str_cstr(s->role.arena, s->role.conf.home), false, &s->spool, &e) == -1) {
		log_ev(LOG_ERROR, 0, "spool", KC("why", e.text));
		return EX_IOERR;
	}
	log_ev(LOG_INFO, 0, "started", KS("name", s->own_name));
	role_tell(&s->role, &(struct msg){ .type = MSG_READY, .count = JOBS_MAX });
	return loop_run(s->role.loop);
}
