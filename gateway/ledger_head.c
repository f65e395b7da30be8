/* SPDX-License-Identifier: ISC */
/* The end of the chain of events, noted beside the database and in the log: see chain_head.h. */
#include "gateway/ledger.h"

#include "gateway/base/log.h"
#include "gateway/chain_head.h"

void
ledger_head_check(struct ledger *l)
{
	struct chain_head head;
	struct str why;
	struct err e;
	bool fits;

	if (chain_head_read(l->turn, l->home, CHAIN_HEAD_FILE, &head, &e) == -1) {
		log_ev(LOG_ERROR, 0, "chain", KC("why", e.text));
		l->head_frozen = true;
		return;
	}
	ledger_must(l, chain_head_fits(l->db, l->turn, &head, &fits, &why, &e), &e, "chain");
	l->head_id = head.id;
	l->head_frozen = !fits;
	if (!fits)
		log_ev(LOG_ERROR, 0, "chain", KS("why", why));
}

/* What does not fit stays as it is: it is all that tells of what was there. */
void
ledger_head_note(struct ledger *l)
{
	struct chain_head head = { .id = l->head_id };
	bool noted;
	struct err e;

	if (l->head_frozen)
		return;
	if (chain_head_note(l->db, l->turn, l->home, l->now, &head, &noted, &e) == -1) {
		log_ev(LOG_WARN, 0, "chain", KC("why", e.text));
		return;
	}
	if (noted)
		log_ev(LOG_INFO, 0, "chain", KI("events", head.id), KS("hash", head.hash));
	l->head_id = head.id;
}
