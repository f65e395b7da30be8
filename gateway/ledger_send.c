/* SPDX-License-Identifier: ISC */
/* The way out from pack on: sent, put off, refused, handed over; the deadline of its receipt. */
#include "gateway/ledger.h"

#include "gateway/base/log.h"

#define DEADLINES_A_LOOK 100	/* resends are spread over some seconds */
#define OVERDUE_PACE	 8	/* part of a receipt's time that lies at least between two looks */

/* Not held, given up or cancelled, and nothing says that the partner has it or will not have it. */
static bool
wants_sending(const struct db_doc *d)
{
	return d->stage == ST_PACKED && d->t != T_REFUSED && d->t != T_BOUNCED && d->r != R_OK &&
	    d->r != R_WARNING && d->r != R_NEGATIVE;
}

/* Handed over once: what goes out now are the same bytes again, asked for by a deadline or a person. */
static bool
is_resend(const struct db_tx *t)
{
	return t->kind == TX_DOCUMENT && t->accepted_ms > 0;
}

/* What happens to a delivery report of ours is for the timeline only. */
static enum ex_event
of_answer(const struct db_tx *t, enum ex_event receipt)
{
	return t->kind == TX_RECEIPT ? receipt : EV_NOTE;
}

static const char *
answer_name(const struct db_tx *t)
{
	return t->kind == TX_RECEIPT ? "receipt" : "delivery report";
}

/* ---- jobs handed out ---- */

bool
ledger_job_send(struct ledger *l, struct db_job *j, struct msg *m, int64_t *attempt)
{
	struct db_tx *t = ledger_tx(l, j->tx);
	struct db_doc *d = ledger_doc(l, j->doc);
	struct db_attempt a = { .tx = t->id, .phase = PHASE_STARTED, .started_ms = l->now };
	bool by_person = str_eq(j->detail, S("asked")) && t->first_try_ms == 0;	/* and not yet tried since */
	struct err e;

	if (t->kind == TX_DOCUMENT && !wants_sending(d)) {
		ledger_must(l, db_job_done(l->db, j->id, &e), &e, "job");
		return false;
	}
	if (!ledger_may_send(l, d, j, t))
		return false;
	t->tries++;
	t->t = T_IN_FLIGHT;
	if (t->first_try_ms == 0)
		t->first_try_ms = l->now;
	ledger_must(l, db_tx_put(l->db, t, &e), &e, "send");
	ledger_must(l, db_attempt_add(l->db, &a, attempt, &e), &e, "send");
	if (t->kind == TX_DOCUMENT)
		ledger_story(l, d, EV_SENDING, 0, "ledger", t->id, S(""), "attempt %u", t->tries);
	else
		ledger_put_doc(l, d);
	*m = (struct msg){ .type = MSG_JOB_SEND, .job = j->id, .ulid = t->ulid, .partner = d->partner, .sender = t->sender,
		.recipient = t->recipient, .envid = t->envid, .size = t->size, .flag = t->kind == TX_DOCUMENT,
		.flag2 = by_person, .id = d->id, .word = t->wants_receipt ? S("receipt") : S("") };
	return true;
}

void
ledger_send_again(struct ledger *l, struct db_tx *t, bool by_person)
{
	struct err e;

	t->t = T_QUEUED;
	t->first_try_ms = 0;	/* the time to give up counts from here */
	ledger_must(l, db_tx_put(l->db, t, &e), &e, "send again");
	ledger_add_job(l, &(struct db_job){ .kind = JOB_SEND, .doc = t->doc, .tx = t->id, .due_ms = l->now,
	    .detail = by_person ? S("asked") : S("") });
}

/* ---- what send says ---- */

void
ledger_committing(struct ledger *l, struct inflight *f, const struct msg *m)
{
	struct db_doc *d = ledger_doc(l, f->job.doc);
	bool go = f->job.kind == JOB_SEND && (d->dir == EX_IN || wants_sending(d));
	struct db_attempt *a;
	struct err e;

	ledger_begin(l);
	ledger_must(l, db_attempt_get(l->db, l->turn, f->attempt, &a, &e), &e, "committing");
	if (a != NULL && go) {
		a->phase = PHASE_COMMITTED;
		a->committed_ms = l->now;
		a->peer = m->peer;
		a->tls = m->tls;
		a->transcript = m->transcript;
		ledger_must(l, db_attempt_put(l->db, a, &e), &e, "committing");
	}
	ledger_answer(l, f->peer, &(struct msg){ .type = MSG_GO, .job = f->job.id, .flag = a != NULL && go });
}

void
ledger_failed(struct ledger *l, struct db_doc *d, struct str why)
{
	struct err e;

	d->reason = why;
	d->deadline_ms = 0;
	ledger_put_doc(l, d);
	ledger_must(l, db_job_drop_doc(l->db, d->id, &e), &e, "failed");
	effect_error_file(l, d);
}

/* A document that nobody will send any more: why, and its original goes to failed/. */
static void
fail(struct ledger *l, struct db_doc *d, enum ex_event ev, const char *role, int64_t tx,
    struct str why)
{
	struct exchange x;

	ledger_story(l, d, ev, 0, role, tx, S(""), STR_FMT, STR_ARG(why));
	x = ledger_exchange(d);
	if (!exchange_is_final(&x) || str_eq(d->shown, S("complete")))
		return;		/* a stronger proof says otherwise */
	effect_settle(l, d, "failed");
	ledger_failed(l, d, why);
}

static void
send_later(struct ledger *l, const struct db_job *job, struct db_doc *d, struct db_tx *t,
    int64_t delay, enum ex_event ev, struct str why)
{
	bool document = t->kind == TX_DOCUMENT;
	struct err e;

	if (document && !wants_sending(d)) {
		ledger_must(l, db_job_done(l->db, job->id, &e), &e, "sent");
		return;
	}
	if (l->now - t->first_try_ms + delay > l->role.conf.retry_give_up_ms) {
		struct str text = str_fmt(l->turn, "gave up after %u attempts: " STR_FMT, t->tries, STR_ARG(why));
		ledger_must(l, db_job_done(l->db, job->id, &e), &e, "sent");
		if (is_resend(t))	/* the deadline of its receipt decides */
			ledger_story(l, d, EV_NOTE, 0, "ledger", t->id, S(""),
			    "sending it again " STR_FMT, STR_ARG(text));
		else if (document)
			fail(l, d, EV_GAVE_UP, "ledger", t->id, text);
		else
			ledger_story(l, d, of_answer(t, EV_RECEIPT_FAILED), 0, "ledger", t->id, S(""), STR_FMT,
			    STR_ARG(text));
		return;
	}
	ledger_job_again(l, job, l->now + delay);
	ledger_story(l, d, document ? ev : EV_NOTE, 0, "send", t->id, S(""), "%s%s" STR_FMT "; again in %lld s",
	    document ? "" : answer_name(t), document ? "" : " not yet sent: ", STR_ARG(why), (long long)(delay + 999) / 1000);
	if (document && !is_resend(t))
		ledger_tell_delay(l, d, t);
}

/* The next hop has it: the partner's time to answer runs, from the first time on. */
static void
handed_over(struct ledger *l, struct db_doc *d, struct db_tx *t)
{
	const struct partner *pt = ledger_partner(l, d);
	struct err e;

	t->t = T_ACCEPTED;
	if (t->accepted_ms == 0)
		t->accepted_ms = l->now;
	ledger_must(l, db_tx_put(l->db, t, &e), &e, "sent");
	if (t->kind != TX_DOCUMENT)
		return;
	d->reason = S("");
	if (t->wants_receipt && (d->r == R_AWAITED || d->r == R_OVERDUE || d->r == R_WEAK) &&
	    d->deadline_ms == 0)
		d->deadline_ms = l->now + (pt != NULL ? pt->receipt_wait_ms : l->role.conf.receipt_wait_ms);
	ledger_ack_deadline(l, d, t);
	effect_settle(l, d, "sent");
}

static void
accepted(struct ledger *l, struct db_doc *d, struct db_tx *t, struct str why, struct str proof)
{
	handed_over(l, d, t);
	ledger_story(l, d, t->kind == TX_DOCUMENT ? EV_ACCEPTED : of_answer(t, EV_RECEIPT_SENT), 0, "send", t->id, proof,
	    "%s" STR_FMT, t->kind == TX_REPORT ? "delivery report sent: " : "", STR_ARG(why));
}

void
ledger_proven(struct ledger *l, struct db_doc *d, struct db_tx *t)
{
	struct err e;

	if (d->stage == ST_HELD)
		ledger_story(l, d, EV_RELEASED, 0, "ledger", t->id, S(""), "no longer held: it has arrived");
	if (!is_resend(t))
		handed_over(l, d, t);
	ledger_put_doc(l, d);
	ledger_must(l, db_job_drop_doc(l->db, d->id, &e), &e, "proof");
}

static void
uncertain(struct ledger *l, const struct db_job *job, struct db_doc *d, struct db_tx *t,
    struct str why)
{
	const struct partner *pt = ledger_partner(l, d);
	struct err e;

	if (t->kind != TX_DOCUMENT || (pt != NULL && pt->dedup)) {
		/* The same bytes again: who has them already recognises the Message-ID. */
		send_later(l, job, d, t, l->role.conf.uncertain_grace_ms, EV_UNCERTAIN, why);
		return;
	}
	ledger_must(l, db_job_done(l->db, job->id, &e), &e, "sent");
	ledger_story(l, d, EV_UNCERTAIN, 0, "send", t->id, S(""), STR_FMT, STR_ARG(why));
	d->reason = str_fmt(l->turn,
	    "it may have arrived, and the partner does not recognise duplicates: " STR_FMT,
	    STR_ARG(why));
	ledger_story(l, d, EV_HELD, 0, "ledger", t->id, S(""), STR_FMT, STR_ARG(d->reason));
}

static struct str
reply_text(struct ledger *l, const struct msg *m)
{
	struct str peer = m->peer.n > 0 ? str_fmt(l->turn, " (" STR_FMT "%s" STR_FMT ")", STR_ARG(m->peer), m->tls.n > 0 ? ", " : "",
	    STR_ARG(m->tls)) : S("");

	if (m->code == 0)
		return str_fmt(l->turn, STR_FMT STR_FMT, STR_ARG(m->text), STR_ARG(peer));
	return str_fmt(l->turn, "%u%s" STR_FMT " " STR_FMT STR_FMT, m->code,
	    m->enhanced.n > 0 ? " " : "", STR_ARG(m->enhanced), STR_ARG(m->text), STR_ARG(peer));
}

static void
end_attempt(struct ledger *l, int64_t id, const struct msg *m)
{
	struct db_attempt *a;
	struct err e;

	ledger_must(l, db_attempt_get(l->db, l->turn, id, &a, &e), &e, "sent");
	if (a == NULL)
		return;
	a->phase = PHASE_ENDED;
	a->ended_ms = l->now;
	a->result = m->word;
	a->code = m->code;
	a->enhanced = m->enhanced;
	a->reply = m->text;
	if (m->peer.n > 0)
		a->peer = m->peer;
	if (m->tls.n > 0)
		a->tls = m->tls;
	if (m->transcript.n > 0)
		a->transcript = m->transcript;
	ledger_must(l, db_attempt_put(l->db, a, &e), &e, "sent");
}

/* The end of an attempt, however it came to be known: the sender lives to tell, or has died. */
static void
attempt_ended(struct ledger *l, const struct db_job *job, int64_t attempt, const struct msg *m,
    bool told)
{
	struct db_doc *d = ledger_doc(l, job->doc);
	struct db_tx *t = ledger_tx(l, job->tx);
	struct str why = reply_text(l, m);
	struct err e;

	ledger_begin(l);
	end_attempt(l, attempt, m);
	if (told)
		ledger_cleared(l, d);
	if (str_eq(m->word, S("later"))) {
		ledger_put_off(l, job, d, t, m->count);
		return;
	}
	if (str_eq(m->word, S("accepted"))) {
		ledger_must(l, db_job_done(l->db, job->id, &e), &e, "sent");
		accepted(l, d, t, why, m->proof);
		return;
	}
	t->t = str_eq(m->word, S("refused")) ? T_REFUSED : str_eq(m->word, S("uncertain")) ? T_UNCERTAIN : T_DEFERRED;
	ledger_must(l, db_tx_put(l->db, t, &e), &e, "sent");
	if (t->t == T_UNCERTAIN) {
		uncertain(l, job, d, t, why);
	} else if (t->t == T_DEFERRED) {
		send_later(l, job, d, t, ledger_retry_delay(l, t->tries), EV_DEFERRED, why);
	} else {
		ledger_must(l, db_job_done(l->db, job->id, &e), &e, "sent");
		if (t->kind == TX_DOCUMENT)
			fail(l, d, EV_REFUSED, "send", t->id, why);
		else
			ledger_story(l, d, of_answer(t, EV_RECEIPT_FAILED), 0, "send", t->id, S(""), "%s" STR_FMT,
			    t->kind == TX_REPORT ? "delivery report refused: " : "", STR_ARG(why));
	}
}

void
ledger_sent(struct ledger *l, struct inflight *f, const struct msg *m)
{
	attempt_ended(l, &f->job, f->attempt, m, true);
}

void
ledger_attempt_lost(struct ledger *l, const struct db_job *job, int64_t attempt)
{
	struct db_attempt *a;
	struct err e;

	ledger_begin(l);
	ledger_must(l, db_attempt_get(l->db, l->turn, attempt, &a, &e), &e, "attempt");
	if (a != NULL && a->phase != PHASE_ENDED)
		attempt_ended(l, job, attempt, a->phase == PHASE_COMMITTED ?
		    &(struct msg){ .word = S("uncertain"), .text = S("the sender ended after the message and before the reply") } :
		    &(struct msg){ .word = S("deferred"), .text = S("the sender ended before the message was complete") }, false);
}

/* ---- deadlines of receipts ---- */

static bool
is_queued(struct ledger *l, int64_t doc)
{
	struct db_job *jobs;
	struct err e;
	size_t n;

	ledger_must(l, db_job_list(l->db, l->turn, doc, &jobs, &n, &e), &e, "deadline");
	for (size_t i = 0; i < n; i++)
		if (jobs[i].kind == JOB_SEND)
			return true;
	return false;
}

/*
 * One step at a time: a receipt that is overdue is first said to be, and the bytes go out again; given up is later, at
 * another look. So nothing is given up in the moment when a machine comes back after a week, or its clock is put right.
 */
static void
receipt_overdue(struct ledger *l, struct db_doc *d, struct db_tx *t)
{
	const struct partner *pt = ledger_partner(l, d);
	int64_t wait = pt != NULL ? pt->receipt_wait_ms : l->role.conf.receipt_wait_ms;
	int64_t give_up = pt != NULL ? pt->receipt_give_up_ms : l->role.conf.receipt_give_up_ms;
	int64_t waited = l->now - t->accepted_ms;
	bool again = pt != NULL && pt->dedup && !is_queued(l, d->id);

	if (waited >= give_up && d->r == R_OVERDUE) {
		d->deadline_ms = 0;
		fail(l, d, EV_GAVE_UP, "ledger", t->id,
		    str_fmt(l->turn, "no receipt within %lld h", (long long)give_up / 3600000));
		return;
	}
	d->deadline_ms = l->now + (waited > wait ? waited : wait);	/* doubles each time */
	if (d->deadline_ms > t->accepted_ms + give_up)
		d->deadline_ms = t->accepted_ms + give_up;
	if (d->deadline_ms < l->now + wait / OVERDUE_PACE)
		d->deadline_ms = l->now + wait / OVERDUE_PACE;
	ledger_story(l, d, EV_RECEIPT_OVERDUE, 0, "ledger", t->id, S(""),
	    "no receipt after %lld s%s", (long long)waited / 1000,
	    again ? "; the same bytes go out again" : "");
	if (again)
		ledger_send_again(l, t, false);
}

void
ledger_deadlines(struct ledger *l)
{
	struct db_doc *docs;
	struct db_tx *t;
	struct err e;
	size_t n;

	ledger_must(l, db_doc_due(l->db, l->turn, l->now, DEADLINES_A_LOOK, &docs, &n, &e), &e, "deadlines");
	for (size_t i = 0; i < n; i++) {
		struct db_doc *d = &docs[i];

		ledger_must(l, db_tx_latest(l->db, l->turn, d->id, TX_DOCUMENT, &t, &e), &e, "deadline");
		if (t != NULL && (d->r == R_AWAITED || d->r == R_OVERDUE || d->r == R_WEAK)) {
			receipt_overdue(l, d, t);
			continue;
		}
		if (d->a == A_AWAITED || d->a == A_RECEIVED) {
			ledger_ack_overdue(l, d);
			continue;
		}
		d->deadline_ms = 0;
		ledger_put_doc(l, d);
	}
}
