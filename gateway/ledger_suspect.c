/* SPDX-License-Identifier: ISC */
/*
 * The sender has many mails in hand, and when it dies any of them may be why. So each is counted before it goes out, and one that
 * was there when it died goes out again with no other such beside it: the third time only the right one is.
 */
#include "gateway/ledger.h"

#define SUSPECT_MS 1000		/* for those that find no room in the line */

/* Whether the sender has a mail in hand that it had when it died before. */
static bool
has_suspect(struct ledger *l)
{
	for (const struct inflight *f = l->inflight; f != NULL; f = f->next)
		if (f->job.kind == JOB_SEND && ledger_doc(l, f->job.doc)->attempts > 1)
			return true;
	return false;
}

static void
line_leave(struct ledger *l, int64_t doc)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_suspects; i++)
		if (l->suspects[i] != doc)
			l->suspects[n++] = l->suspects[i];
	l->n_suspects = n;
}

static void
line_join(struct ledger *l, int64_t doc)
{
	for (size_t i = 0; i < l->n_suspects; i++)
		if (l->suspects[i] == doc)
			return;
	if (l->n_suspects < N(l->suspects))
		l->suspects[l->n_suspects++] = doc;
}

bool
ledger_may_send(struct ledger *l, struct db_doc *d, const struct db_job *j, const struct db_tx *t)
{
	if (!ledger_may_try(l, d, j, "sender", t->kind == TX_DOCUMENT ? EV_HELD : t->kind == TX_RECEIPT ? EV_RECEIPT_FAILED : EV_NOTE))
		return false;
	if (d->attempts > 0 && has_suspect(l)) {
		line_join(l, d->id);
		ledger_job_again(l, j, l->now + SUSPECT_MS);
		return false;
	}
	line_leave(l, d->id);
	d->attempts++;
	return true;
}

/* The next in the line has its turn at once: a hundred such mails are not to take as many seconds. */
void
ledger_cleared(struct ledger *l, struct db_doc *d)
{
	bool was_suspect = d->attempts > 1;
	struct err e;

	d->attempts = 0;
	if (!was_suspect || l->n_suspects == 0)
		return;
	ledger_must(l, db_job_due_now(l->db, l->suspects[0], l->now, &e), &e, "suspect");
	l->maybe_due[JOB_SEND] = true;
}
