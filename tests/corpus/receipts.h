/* SPDX-License-Identifier: ISC */
/* receipts.h - what the folder's hostile receipts are worth: the state that their row asks for, and what we make of them. */
#ifndef EDIGATE_TESTS_CORPUS_RECEIPTS_H
#define EDIGATE_TESTS_CORPUS_RECEIPTS_H

#include "gateway/weigh.h"
#include "mime/as1.h"

/* All of them are for one mail, whose MIC the first of them carries. */
#define RECEIPTS_ID  "as1-001@alpha.example"
#define RECEIPTS_MIC "ScSGxGAN59c9eppUTtOXMX49t/6RBMFb5GxoKBt4nVc=, sha-256"

enum receipt_worth { WORTH_UNKNOWN, WORTH_OK, WORTH_WARNING, WORTH_WEAK, WORTH_NEGATIVE, WORTH_NOTE, WORTH_UNMATCHED, WORTH_REFUSED };

static inline enum receipt_worth
receipt_wanted(struct str does)
{
	static const struct { struct str says; enum receipt_worth worth; } rows[] = {
		{ S_INIT("receipt-ok with warning"), WORTH_WARNING },
		{ S_INIT("message state: receipt-ok"), WORTH_OK },
		{ S_INIT("unsigned-receipt"), WORTH_WEAK },
		{ S_INIT("ignored for state"), WORTH_WEAK },
		{ S_INIT("receipt-without-mic"), WORTH_WEAK },
		{ S_INIT("state: refused"), WORTH_NEGATIVE },
		{ S_INIT("stays waiting"), WORTH_NOTE },
		{ S_INIT("ignored; counted"), WORTH_UNMATCHED },
		{ S_INIT("match all the same"), WORTH_OK },
		{ S_INIT("quarantine"), WORTH_REFUSED },
		{ S_INIT("first signed answer stands"), WORTH_NEGATIVE },	/* after an ok: a contradiction, tests/unit/test_exchange.c */
		{ S_INIT("accept"), WORTH_OK },
	};
	size_t at;

	for (size_t i = 0; i < N(rows); i++)
		if (str_find(does, rows[i].says, &at))
			return rows[i].worth;
	return WORTH_UNKNOWN;
}

static inline struct str
receipt_id(struct str id)
{
	return str_starts(id, S("<")) && str_ends(id, S(">")) ? str_sub(id, 1, id.n - 2) : id;
}

static inline enum receipt_worth
receipt_is(struct arena *a, const struct as1_opened *o)
{
	static const char *const words[] = { [MDN_PROCESSED] = "processed", [MDN_FAILED] = "failed", [MDN_DISPLAYED] = "displayed",
		[MDN_DELETED] = "deleted", [MDN_DISPATCHED] = "dispatched", [MDN_DENIED] = "denied", [MDN_UNKNOWN] = "unknown" };
	const struct mdn *m = &o->mdn;
	const struct weigh_sent sent = { .mics = S(RECEIPTS_MIC), .signed_due = true, .tries = 1 };
	const struct weigh_receipt r = { .word = str_of(words[m->disposition]),
		.modifier = m->modifier,
		.text = m->modifier_text,
		.mic = m->mic.alg == MIC_NONE ? S("") : mic_text(a, &m->mic),
		.is_signed = o->is_signed };
	const char *why;

	if (o->verdict == AS1_MALFORMED)
		return WORTH_REFUSED;
	if (!str_eq(receipt_id(m->original_message_id), S(RECEIPTS_ID)))
		return WORTH_UNMATCHED;
	switch (weigh(&r, &sent, &why)) {
	case EV_MDN_OK:
		return WORTH_OK;
	case EV_MDN_WARNING:
		return WORTH_WARNING;
	case EV_MDN_WEAK:
		return WORTH_WEAK;
	case EV_MDN_NEGATIVE:
		return WORTH_NEGATIVE;
	case EV_NOTE:
		return WORTH_NOTE;
	default:
		return WORTH_UNKNOWN;
	}
}

#endif
