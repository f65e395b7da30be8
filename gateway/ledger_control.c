/* SPDX-License-Identifier: ISC */
/* What the command line asks for. Nothing that a client sends may end the ledger. */
#include "gateway/ledger.h"

#include "gateway/rebuild.h"

#include <sysexits.h>

#define REASON_MAX 500		/* of what a person gives as the reason */

static void
answer(struct ledger *l, struct peer *p, bool done, int code, int64_t id, struct str text)
{
	ledger_answer(l, p, &(struct msg){ .type = MSG_CTL_ANSWER, .flag = done, .code = (unsigned int)code, .id = id, .text = text });
}

static void
drop_jobs(struct ledger *l, const struct db_doc *d)
{
	struct err e;

	ledger_begin(l);
	ledger_must(l, db_job_drop_doc(l->db, d->id, &e), &e, "control");
}

static bool
is_leased(struct ledger *l, const struct db_doc *d)
{
	struct db_job *jobs;
	struct err e;
	size_t n;

	ledger_must(l, db_job_list(l->db, l->turn, d->id, &jobs, &n, &e), &e, "control");
	for (size_t i = 0; i < n; i++)
		if (jobs[i].lease_until_ms > 0 && jobs[i].kind != JOB_HOOK)
			return true;
	return false;
}

/* What waits to be tried again waits no longer. */
static const char *
hurry(struct ledger *l, const struct db_doc *d)
{
	struct err e;

	ledger_begin(l);
	ledger_must(l, db_job_due_now(l->db, d->id, l->now, &e), &e, "control");
	for (size_t i = 0; i < N(l->maybe_due); i++)
		l->maybe_due[i] = true;
	return NULL;
}

/* A mail that was set aside is opened once more: a certificate may have been added, or a person has decided. */
static const char *
look_again(struct ledger *l, struct db_doc *d, enum ex_event again)
{
	drop_jobs(l, d);
	if (d->stage == ST_QUARANTINED) {
		effect_move(l, d->ulid, SPOOL_QUARANTINE, SPOOL_IN);
		effect_unlink(l, str_fmt(l->turn, "quarantine/" STR_FMT ".reason.txt", STR_ARG(d->ulid)));
	}
	ledger_story(l, d, again, 0, "operator", 0, S(""), "opened once more, asked for by a person");
	ledger_add_job(l, &(struct db_job){ .kind = JOB_UNPACK, .doc = d->id, .due_ms = l->now,
	    .detail = again == EV_RELEASED ? S("forced") : S("") });
	return NULL;
}

/* What came in is where it belongs; perhaps our receipt for it is not. */
static const char *
retry_in(struct ledger *l, struct db_doc *d, enum ex_event again)
{
	struct db_tx *t;
	struct err e;

	if (is_leased(l, d))
		return "it is being worked on";
	if (d->stage == ST_QUARANTINED || d->stage == ST_UNMATCHED || d->stage == ST_HELD)
		return look_again(l, d, again);
	if (d->stage == ST_SPOOLED || d->stage == ST_OPENED)
		return hurry(l, d);
	if (d->t != T_REFUSED && d->t != T_BOUNCED)
		return "it needs no retry";
	ledger_must(l, db_tx_latest(l->db, l->turn, d->id, TX_RECEIPT, &t, &e), &e, "control");
	if (t == NULL)
		return "its receipt was never built; it will be when the partner sends the mail again";
	d->reason = S("");
	ledger_story(l, d, EV_RETRIED, 0, "operator", t->id, S(""), "our receipt again, asked for by a person");
	ledger_send_again(l, t, true);
	return NULL;
}

/* Again, with the same bytes when there is a transmission; else the work that was set aside. */
static const char *
retry(struct ledger *l, struct db_doc *d, enum ex_event again)
{
	struct db_tx *t;
	struct err e;

	if (d->dir == EX_IN)
		return retry_in(l, d, again);
	ledger_must(l, db_tx_latest(l->db, l->turn, d->id, TX_DOCUMENT, &t, &e), &e, "control");
	if (d->stage == ST_CANCELLED)
		return "it was cancelled";
	if (d->stage == ST_INVALID)
		return "it was refused as it is: put the corrected file into the outbox";
	if (t != NULL && (d->r == R_OK || d->r == R_WARNING))
		return "the partner has it: there is a receipt";
	if (is_leased(l, d))
		return "it is being worked on";
	if (t == NULL && d->stage != ST_HELD)
		return hurry(l, d);
	drop_jobs(l, d);
	d->reason = S("");
	d->deadline_ms = 0;
	if (t == NULL) {
		effect_unlink(l, ledger_error_path(l, d));	/* what was found in it no longer keeps it */
		ledger_story(l, d, EV_RELEASED, 0, "operator", 0, S(""), "released by a person: packed again");
		ledger_add_job(l,
		    &(struct db_job){
		        .kind = JOB_PACK, .doc = d->id, .due_ms = l->now, .detail = S("forced") });
		return NULL;
	}
	t->accepted_ms = 0;	/* the time for a receipt counts from its next acceptance */
	ledger_story(l, d, again, 0, "operator", t->id, S(""), "the same bytes again, asked for by a person");
	ledger_send_again(l, t, true);
	return NULL;
}

static const char *
hold(struct ledger *l, struct db_doc *d, struct str why)
{
	struct exchange x = ledger_exchange(d);

	if (d->dir != EX_OUT)
		return "only outbound documents can be held";
	if (exchange_is_final(&x) || d->t == T_IN_FLIGHT || d->t >= T_ACCEPTED)
		return "it is too late: it is on its way or done";
	drop_jobs(l, d);
	d->reason = why.n > 0 ? why : S("held by a person");
	ledger_story(l, d, EV_HELD, 0, "operator", 0, S(""), STR_FMT, STR_ARG(d->reason));
	return NULL;
}

/* A mail that a person does not want: it stays in the spool as what it is, a mail that was received. */
static const char *
cancel_in(struct ledger *l, struct db_doc *d, struct str why)
{
	if (d->stage != ST_QUARANTINED && d->stage != ST_UNMATCHED && d->stage != ST_HELD)
		return "it is settled";
	drop_jobs(l, d);
	if (d->stage == ST_QUARANTINED) {
		effect_move(l, d->ulid, SPOOL_QUARANTINE, SPOOL_IN);
		effect_unlink(l, str_fmt(l->turn, "quarantine/" STR_FMT ".reason.txt", STR_ARG(d->ulid)));
	}
	d->reason = why;
	ledger_story(l, d, EV_CANCELLED, 0, "operator", 0, S(""), STR_FMT, STR_ARG(why));
	return NULL;
}

static const char *
cancel(struct ledger *l, struct db_doc *d, struct str why)
{
	struct exchange x = ledger_exchange(d);

	if (why.n == 0)
		why = S("cancelled by a person");
	if (d->dir == EX_IN)
		return cancel_in(l, d, why);
	if (d->t == T_IN_FLIGHT)
		return "it is being sent at this moment";
	if (exchange_is_final(&x) && !ledger_is_failed(d))
		return "it is settled";
	if (d->stage == ST_CANCELLED)
		return "it was cancelled before";
	ledger_story(l, d, EV_CANCELLED, 0, "operator", 0, S(""), STR_FMT, STR_ARG(why));
	effect_settle(l, d, "failed");
	ledger_failed(l, d, why);
	return NULL;
}

static void
act(struct ledger *l, struct peer *p, const struct msg *m)
{
	struct db_doc *d = NULL;
	const char *refusal = "no such action";
	struct err e;

	ledger_must(l, db_doc_get(l->db, l->turn, m->id, &d, &e), &e, "control");
	if (d == NULL) {
		answer(l, p, false, EX_NOINPUT, m->id, S("no such document"));
		return;
	}
	d = ledger_batch_of(l, d);
	if (str_eq(m->word, S("retry")))
		refusal = retry(l, d, d->stage == ST_HELD ? EV_RELEASED : EV_RETRIED);
	else if (str_eq(m->word, S("release")))
		refusal = d->stage == ST_HELD ? retry(l, d, EV_RELEASED) : "it is not held";
	else if (str_eq(m->word, S("hold")))
		refusal = hold(l, d, str_sub(m->text, 0, REASON_MAX));
	else if (str_eq(m->word, S("cancel")))
		refusal = cancel(l, d, str_sub(m->text, 0, REASON_MAX));
	answer(l, p, refusal == NULL, refusal == NULL ? EX_OK : 1, m->id,
	    refusal == NULL ? d->shown : str_of(refusal));
}

/* A part at a time, so that mail is not kept waiting: who asks goes on from the id in the answer, until that is 0. */
static void
rebuild(struct ledger *l, struct peer *p, const struct msg *m)
{
	int64_t before = m->id;
	uint64_t differed = 0;
	struct err e;

	ledger_begin(l);
	if (rebuild_some(l->db, &before, &differed, &e) == -1)
		answer(l, p, false, EX_IOERR, 0, str_dup(l->turn, str_of(e.text)));
	else
		answer(l, p, true, EX_OK, before, str_fmt(l->turn, "%llu", (unsigned long long)differed));
}

void
ledger_control(struct ledger *l, struct peer *p, const struct msg *m)
{
	switch (m->type) {
	case MSG_CTL_ACT:
		act(l, p, m);
		break;
	case MSG_CTL_ARRIVED:
		if (ulid_is(m->ulid))
			ledger_arrived(l, m->ulid);
		answer(l, p, true, EX_OK, 0, S(""));
		break;
	case MSG_CTL_RESCAN:
		ledger_tell_role(l, WHO_WATCH, &(struct msg){ .type = MSG_RESCAN });
		answer(l, p, true, EX_OK, 0, S(""));
		break;
	case MSG_CTL_REBUILD:
		rebuild(l, p, m);
		break;
	default:
		answer(l, p, true, EX_OK, 0, S(""));
		break;
	}
}
