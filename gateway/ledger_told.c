/* SPDX-License-Identifier: ISC */
/*
 * The sender of a mail is told what became of it, when he asked (RFC 3461) and may know (gateway/reports.h). The report is a job
 * of the transaction that decides it, and its mail a transmission of the one that frees the job: so there is one, whoever is
 * killed when, as with receipts.
 */
#include "gateway/ledger.h"

#include "gateway/reports.h"

static const struct msg *
asked_of(const struct inflight *f)
{
	for (const struct told *t = f->told; t != NULL; t = t->next)
		if (t->m.type == MSG_ASKED)
			return &t->m;
	return NULL;
}

static bool
may_have(const struct inflight *f, struct str report)
{
	const struct msg *m = asked_of(f);
	struct str rest, word;
	bool more = m != NULL;

	rest = more ? m->word : S("");
	while (more) {
		more = str_cut(&rest, ' ', &word);
		if (str_eq(word, report))
			return true;
	}
	return false;
}

void
ledger_note_asked(struct ledger *l, struct db_doc *mail, const struct inflight *f)
{
	const struct msg *m = asked_of(f);

	if (m != NULL && m->text.n > 0)
		ledger_story(l, mail, EV_NOTE, 0, "listen", 0, S(""), STR_FMT, STR_ARG(m->text));
}

struct str
ledger_report_delivered(struct ledger *l, const struct inflight *f)
{
	return may_have(f, S(REPORT_DELIVERED)) ? str_fmt(l->turn, "%s\n", REPORT_DELIVERED) : S("");
}

void
ledger_queue_report(struct ledger *l, int64_t mail, struct str detail)
{
	if (detail.n > 0)
		ledger_add_job(l,
		    &(struct db_job){ .kind = JOB_REPORT, .doc = mail, .due_ms = l->now, .detail = detail });
}

/* A person may have it looked at again, and it is refused again: that is no news. */
static bool
was_reported(struct ledger *l, int64_t mail)
{
	struct db_job *jobs;
	struct db_tx *t;
	struct err e;
	size_t n;

	ledger_must(l, db_tx_latest(l->db, l->turn, mail, TX_REPORT, &t, &e), &e, "report");
	ledger_must(l, db_job_list(l->db, l->turn, mail, &jobs, &n, &e), &e, "report");
	for (size_t i = 0; i < n; i++)
		if (jobs[i].kind == JOB_REPORT)
			return true;
	return t != NULL;
}

void
ledger_report_failed(struct ledger *l, struct db_doc *mail, const struct inflight *f, bool told, struct str why)
{
	bool wanted = may_have(f, S(REPORT_FAILED)), unless = may_have(f, S(REPORT_UNLESS)) && !told;

	if ((wanted || unless) && !was_reported(l, mail->id) && ledger_may_answer(l, mail))
		ledger_queue_report(l, mail->id,
		    str_fmt(l->turn, "%s\n" STR_FMT, !unless ? REPORT_FAILED : REPORT_UNLESS, STR_ARG(why)));
}

bool
ledger_job_report(struct ledger *l, struct db_job *j, struct msg *m)
{
	struct db_doc *d = ledger_doc(l, j->doc);
	struct str why = j->detail, word;

	if (!ledger_may_try(l, d, j, "packer", EV_NOTE))
		return false;
	(void)str_cut(&why, '\n', &word);
	*m = (struct msg){ .type = MSG_JOB_REPORT, .job = j->id, .ulid = d->ulid, .partner = d->partner,
		.ulid2 = ledger_new_ulid(l), .word = word, .text = why, .message_id = d->message_id };
	return true;
}
