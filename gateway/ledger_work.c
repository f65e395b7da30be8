/* SPDX-License-Identifier: ISC */
/* ledger_work.c - which role gets which job, what it tells of it, and what becomes of a job whose worker died. */
#include "gateway/ledger.h"

#include "gateway/base/log.h"

#define INFLIGHT_ARENA_MAX ((size_t)64 << 20)
#define ASKED_MAX	   100		/* by one client in one turn: ours ask once and wait */
#define READY_MAX	   1000		/* jobs that a role may want */
#define HAND_OUT_AT_ONCE   4		/* jobs to one role before the next has its share */

/* ---- jobs in hand ---- */

static struct inflight *
inflight_find(struct ledger *l, const struct peer *p, int64_t job)
{
	for (struct inflight *f = l->inflight; f != NULL; f = f->next)
		if (f->job.id == job && f->peer == p)
			return f;
	return NULL;
}

bool
ledger_in_hand(const struct ledger *l, int64_t job)
{
	for (const struct inflight *f = l->inflight; f != NULL; f = f->next)
		if (f->job.id == job)
			return true;
	return false;
}

static void
inflight_drop(struct ledger *l, struct inflight *gone)
{
	for (struct inflight **at = &l->inflight; *at != NULL; at = &(*at)->next)
		if (*at == gone) {
			*at = gone->next;
			if (l->inflight_end == &gone->next)
				l->inflight_end = at;
			break;
		}
	arena_free(gone->arena);
}

static void
inflight_add(struct ledger *l, struct peer *p, const struct db_job *j, int64_t attempt)
{
	struct arena *a = arena_new(INFLIGHT_ARENA_MAX);
	struct inflight *f = arena_new_of(a, struct inflight);

	*f = (struct inflight){ .job = *j, .attempt = attempt, .peer = p, .arena = a };
	f->job.detail = str_dup(a, j->detail);
	f->job.owner = S("");
	f->told_end = &f->told;
	*l->inflight_end = f;
	l->inflight_end = &f->next;
}

/* False: more than any mail has in it. */
static bool
told_add(struct inflight *f, const struct msg *m)
{
	struct told *t;

	if (arena_used(f->arena) > INFLIGHT_ARENA_MAX - 4 * IPC_FRAME_MAX)
		return false;
	t = arena_new_of(f->arena, struct told);
	msg_dup(f->arena, m, &t->m);
	*f->told_end = t;
	f->told_end = &t->next;
	return true;
}

/*
 * The attempt of the job that p is at, or comes to next, is counted; those behind it only lie in its queue. So a
 * document that kills its worker is known by its count, also when all of us die with it, and the others keep theirs.
 */
static void
begin_work(struct ledger *l, const struct peer *p)
{
	struct inflight *f = l->inflight;
	struct db_doc *d;

	while (f != NULL && f->peer != p)
		f = f->next;
	if (f == NULL || f->begun || f->job.kind == JOB_SEND || f->job.kind == JOB_HOOK)
		return;
	f->begun = true;
	d = ledger_doc(l, f->job.doc);
	d->attempts++;
	ledger_put_doc(l, d);
}

static void
inflight_lost(struct ledger *l, struct inflight *f)
{
	log_ev(LOG_WARN, f->job.doc, "job-lost", KS("peer", f->peer->name), KI("job", f->job.id));
	if (f->job.kind == JOB_SEND)
		ledger_attempt_lost(l, &f->job, f->attempt);
	else
		ledger_job_again(l, &f->job, l->now);
}

void
ledger_work_lost(struct ledger *l, const struct peer *p)
{
	for (struct inflight *f = l->inflight, *next; f != NULL; f = next) {
		next = f->next;
		if (f->peer != p)
			continue;
		inflight_lost(l, f);
		inflight_drop(l, f);
	}
}

/* ---- handing out ---- */

static bool
prepare(struct ledger *l, struct db_job *j, struct msg *m, int64_t *attempt)
{
	switch (j->kind) {
	case JOB_PACK:
		return ledger_job_pack(l, j, m);
	case JOB_RECEIPT:
		return ledger_job_receipt(l, j, m);
	case JOB_REPORT:
		return ledger_job_report(l, j, m);
	case JOB_UNPACK:
		return ledger_job_unpack(l, j, m);
	case JOB_HOOK:
		return ledger_job_hook(l, j, m);
	case JOB_SEND:
		return ledger_job_send(l, j, m, attempt);
	default:
		return false;
	}
}

/* Returns how many jobs p got. */
static size_t
hand_out(struct ledger *l, struct peer *p, int kind)
{
	size_t max = p->ready < HAND_OUT_AT_ONCE ? (size_t)p->ready : HAND_OUT_AT_ONCE, n;
	struct db_job *jobs;
	struct err e;

	if (max == 0 || p->gone || !l->maybe_due[kind])
		return 0;
	ledger_begin(l);
	ledger_must(l,
	    db_job_take(l->db, l->turn, kind, l->now, l->now + LEDGER_LEASE_MS, p->name, max, &jobs,
	        &n, &e),
	    &e, "jobs");
	if (n < max)
		l->maybe_due[kind] = false;
	for (size_t i = 0; i < n; i++) {
		struct msg m = { 0 };
		int64_t attempt = 0;

		if (!prepare(l, &jobs[i], &m, &attempt))
			continue;
		inflight_add(l, p, &jobs[i], attempt);
		ledger_answer(l, p, &m);
		p->ready--;
	}
	begin_work(l, p);
	return n;
}

/* Some for each in turn, so that a few jobs keep all workers busy. Receipts first: somebody waits for them. */
void
ledger_hand_out(struct ledger *l)
{
	static const struct {
		enum msg_who who;
		int kind;
	} work[] = {
		{ WHO_PACK, JOB_RECEIPT }, { WHO_PACK, JOB_REPORT }, { WHO_PACK, JOB_PACK }, { WHO_UNPACK, JOB_UNPACK },
		{ WHO_SEND, JOB_SEND }, { WHO_HOOK, JOB_HOOK },
	};
	size_t n;

	for (size_t i = 0; i < N(work) && !l->stopping; i++) {
		do {
			n = 0;
			for (struct peer *p = l->peers; p != NULL; p = p->next)
				if (p->who == work[i].who)
					n += hand_out(l, p, work[i].kind);
		} while (n > 0);
	}
}

/* ---- messages of the roles ---- */

/* The same trouble again and again is one line of the story. */
static void
job_failed(struct ledger *l, struct inflight *f, const struct msg *m)
{
	struct db_doc *d = ledger_doc(l, f->job.doc);
	unsigned int doublings = f->job.tries < 6 ? f->job.tries : 6;
	struct str trouble = str_fmt(l->turn, "our own trouble: " STR_FMT, STR_ARG(m->text));

	bool answer = f->job.kind == JOB_RECEIPT || f->job.kind == JOB_REPORT;

	d->attempts = 0;	/* alive enough to complain: not deadly */
	if (answer || !str_eq(d->reason, trouble)) {
		if (!answer)
			d->reason = trouble;
		ledger_story(l, d, EV_NOTE, 0, f->job.kind == JOB_UNPACK ? "unpack" : "pack", 0,
		    S(""), STR_FMT "; tried again", STR_ARG(trouble));
	} else {
		ledger_put_doc(l, d);
	}
	ledger_job_again(l, &f->job, l->now + (1000 << doublings));
}

static void
close_job(struct ledger *l, struct inflight *f, const struct msg *m)
{
	const struct peer *p = f->peer;

	switch (m->type) {
	case MSG_PACKED:
		ledger_packed(l, f, m);
		break;
	case MSG_COLLECTED:
		ledger_collected(l, f, m);
		break;
	case MSG_SET_ASIDE:
		ledger_set_aside(l, f, m);
		break;
	case MSG_UNPACKED:
		ledger_unpacked(l, f, m);
		break;
	case MSG_SENT:
		ledger_sent(l, f, m);
		break;
	case MSG_HOOKED:
		ledger_hooked(l, f, m);
		break;
	default:
		job_failed(l, f, m);
		break;
	}
	inflight_drop(l, f);
	begin_work(l, p);
}

/* False: that peer is not to be listened to any more. */
static bool
job_message(struct ledger *l, struct peer *p, const struct msg *m)
{
	struct inflight *f = inflight_find(l, p, m->job);

	if (f == NULL) {
		log_ev(LOG_WARN, 0, "stale-message", KS("peer", p->name),
		    KC("message", msg_name(m->type)), KI("job", m->job));
		if (m->type == MSG_COMMITTING)
			ledger_answer(l, p, &(struct msg){ .type = MSG_GO, .job = m->job, .flag = false });
		return true;
	}
	switch (m->type) {
	case MSG_MESSAGE:
	case MSG_FINDING:
	case MSG_OPENED:
	case MSG_MDN:
	case MSG_ASKED:
	case MSG_DSN:
	case MSG_ACK:
	case MSG_ACK_MESSAGE:
	case MSG_ACK_DUE:
		return told_add(f, m);
	case MSG_COMMITTING:
		ledger_committing(l, f, m);
		break;
	default:
		close_job(l, f, m);
		break;
	}
	return true;
}

static void
waiting(struct ledger *l, const struct msg *m)
{
	struct db_waiting w = { .partner = m->partner, .name = m->name, .reason = m->text, .refused = m->flag, .since_ms = l->now };
	struct err e;

	ledger_begin(l);
	if (m->type == MSG_WAITING_OVER) {
		ledger_must(l, db_waiting_drop(l->db, m->partner, m->name, &e), &e, "waiting");
		return;
	}
	log_ev(m->flag ? LOG_WARN : LOG_INFO, 0, m->flag ? "refused" : "waiting",
	    KS("partner", m->partner), KS("file", m->name), KS("why", m->text));
	ledger_must(l, db_waiting_put(l->db, &w, &e), &e, "waiting");
}

bool
ledger_hear(struct ledger *l, struct peer *p, const struct msg *m)
{
	switch (m->type) {
	case MSG_CLAIMED:
		ledger_claimed(l, m->ulid, m->partner);
		break;
	case MSG_WAITING:
	case MSG_WAITING_OVER:
		waiting(l, m);
		break;
	case MSG_ARRIVED:
		ledger_arrived(l, m->ulid);
		break;
	case MSG_READY:
		p->ready = m->count < READY_MAX - p->ready ? p->ready + m->count : READY_MAX;
		break;
	case MSG_CTL_ACT:
	case MSG_CTL_ARRIVED:
	case MSG_CTL_RESCAN:
	case MSG_CTL_PING:
	case MSG_CTL_REBUILD:
		/* A client that asks and asks, or never reads what it is told, is not one of ours. */
		if (++p->asked > ASKED_MAX || !ipc_idle(p->ipc))
			return false;
		ledger_control(l, p, m);
		break;
	default:
		return job_message(l, p, m);
	}
	return true;
}
