/* SPDX-License-Identifier: ISC */
/*
 * Receipts that somebody who is not the partner can make us send to him: for mails that we refuse, whose From proves nothing,
 * and for mails that we had before, which anybody can send who has seen them once. So many an hour, and no more: a flood of
 * them does not come out again at the other end. The allowance flows back evenly (the generic cell rate algorithm), and its
 * one number is in the database, so that a restart gives nothing away.
 */
#include "gateway/ledger.h"

#include "gateway/base/log.h"

#define HOUR_MS	  3600000
#define ALLOWANCE "answers"	/* the counter: when all of it will have flowed back, in ms of wall time */

bool
ledger_may_answer(struct ledger *l, struct db_doc *d)
{
	const int64_t each = HOUR_MS / (int64_t)l->role.conf.answers_max;
	uint64_t kept;
	struct err e;
	int64_t back;

	ledger_begin(l);
	ledger_must(l, db_counter(l->db, d->partner, S(ALLOWANCE), &kept, &e), &e, "counter");
	/* Also when the clock was set back, an hour is the longest that it can take. */
	back = kept > (uint64_t)(l->now + HOUR_MS) ? l->now + HOUR_MS : (int64_t)kept;
	back = (back > l->now ? back : l->now) + each;
	if (back > l->now + HOUR_MS) {
		ledger_story(l, d, EV_NOTE, 0, "ledger", 0, S(""),
		    "not answered: '" STR_FMT "' had %u receipts for refused or repeated "
		    "mails within an hour ([receipt] answers_max)",
		    STR_ARG(d->partner), l->role.conf.answers_max);
		log_ev(LOG_WARN, d->id, "no-answer", KS("partner", d->partner),
		    KI("an_hour", l->role.conf.answers_max));
		return false;
	}
	ledger_must(l, db_counter_put(l->db, d->partner, S(ALLOWANCE), (uint64_t)back, &e), &e, "counter");
	return true;
}
