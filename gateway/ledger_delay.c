/* SPDX-License-Identifier: ISC */
/* How long a mail waits for its next attempt or its turn, and when that is too long to say nothing. */
#include "gateway/ledger.h"

#include "gateway/base/log.h"

#define PUT_OFF_MAX (24u * 3600u)	/* seconds */

/*
 * 1, 2, 5, 10, 20 times the first delay, then half as much again each time, cut at the longest; a tenth more or less so
 * that retries do not march in step.
 */
int64_t
ledger_retry_delay(struct ledger *l, unsigned int tries)
{
	static const unsigned int steps[] = { 1, 2, 5, 10, 20 };
	int64_t delay = l->role.conf.retry_first_ms *
	    steps[tries <= N(steps) ? (tries > 0 ? tries - 1 : 0) : N(steps) - 1];

	for (unsigned int i = N(steps); i < tries && delay < l->role.conf.retry_max_ms; i++)
		delay += delay / 2;
	if (delay > l->role.conf.retry_max_ms)
		delay = l->role.conf.retry_max_ms;
	l->random = l->random * 6364136223846793005u + 1442695040888963407u;
	return delay + delay / 10 - (int64_t)((l->random >> 33) % (uint64_t)(delay / 5 + 1));
}

/* Once: at the end of the first attempt that ends so late. */
void
ledger_tell_delay(struct ledger *l, struct db_doc *d, const struct db_tx *t)
{
	int64_t from = t->first_try_ms + l->role.conf.retry_notice_ms;
	struct db_attempt *list;
	struct err e;
	size_t n, late = 0;

	if (l->now < from)
		return;
	ledger_must(l, db_attempt_list(l->db, l->turn, t->id, &list, &n, &e), &e, "delay");
	for (size_t i = 0; i < n; i++)
		late += list[i].phase == PHASE_ENDED && list[i].started_ms >= t->first_try_ms &&
		    list[i].ended_ms >= from;
	if (late > 1)
		return;
	log_ev(LOG_WARN, d->id, "delayed", KS("partner", d->partner), KI("attempts", t->tries));
	ledger_story(l, d, EV_NOTE, 0, "ledger", t->id, S(""),
	    "delayed: nobody has taken it for %lld min, after %u attempts",
	    (long long)(l->now - t->first_try_ms) / 60000, t->tries);
	ledger_hook_event(l, d, S("delayed"));
}

/* Its turn has not come (smtp.rate): that was no attempt. */
void
ledger_put_off(struct ledger *l, const struct db_job *job, struct db_doc *d, struct db_tx *t,
    uint64_t seconds)
{
	uint64_t wait = seconds < PUT_OFF_MAX ? seconds : PUT_OFF_MAX;
	struct err e;

	t->t = T_QUEUED;
	if (--t->tries == 0)
		t->first_try_ms = 0;
	ledger_must(l, db_tx_put(l->db, t, &e), &e, "put off");
	ledger_job_again(l, job, l->now + (int64_t)wait * 1000);
	ledger_story(l, d, t->kind == TX_DOCUMENT ? EV_QUEUED : EV_NOTE, 0, "send", t->id, S(""),
	    "its turn comes in %llu s", (unsigned long long)wait);
}
