/* SPDX-License-Identifier: ISC */
/* exchange_shown.c - five axes in one word for people. */
#include "gateway/exchange_tables.h"

static const struct word {
	const char *word;
	bool is_final, needs_person;
} words[] = {
	[CANCELLED] = { "cancelled", true, false },
	[SUPERSEDED] = { "superseded", true, false },
	[INVALID] = { "invalid", true, true },
	[HELD] = { "held", false, true },
	[REJECTED] = { "rejected", true, true },
	[PARTLY_ACCEPTED] = { "partly-accepted", true, true },
	[COMPLETE] = { "complete", true, false },
	[FAILED] = { "failed", true, true },
	[DISPUTED] = { "disputed", false, true },
	[ACK_OVERDUE] = { "ack-overdue", false, true },
	[RECEIPT_OVERDUE] = { "receipt-overdue", false, false },	/* the give-up timer runs */
	[AWAITING_ACK] = { "awaiting-ack", false, false },
	[AWAITING_RECEIPT] = { "awaiting-receipt", false, false },
	[UNCERTAIN] = { "uncertain", false, false },
	[DEFERRED] = { "deferred", false, false },
	[SENDING] = { "sending", false, false },
	[QUEUED] = { "queued", false, false },
	[PACKED] = { "packed", false, false },
	[CLAIMED] = { "claimed", false, false },
	[SPOOLED] = { "spooled", false, false },
	[OPENED] = { "opened", false, false },
	[DUPLICATE] = { "duplicate", true, false },
	[FILED] = { "filed", true, false },
	[HANDED_OVER] = { "handed-over", true, false },
	[QUARANTINED] = { "quarantined", true, true },
	[UNMATCHED] = { "unmatched", true, true },
	[NOTHING] = { "none", false, false },
};

static bool
has_receipt(const struct exchange *x)
{
	return x->r == R_NOT_WANTED || r_values[x->r].class == GOOD;
}

static bool
has_ack(const struct exchange *x)
{
	return x->a == A_NOT_WANTED || x->a == A_ACCEPTED;
}

static bool
has_answer(const struct exchange *x)
{
	return x->b == B_NONE || x->b == B_POSITIVE;
}

static enum shown
shown_out(const struct exchange *x)
{
	bool sent = t_values[x->t].class == GOOD;

	if (x->stage == ST_CANCELLED)
		return CANCELLED;
	if (x->stage == ST_SUPERSEDED)
		return SUPERSEDED;
	if (x->stage == ST_INVALID)
		return INVALID;
	if (x->stage == ST_HELD)
		return HELD;
	if (x->a == A_REJECTED || x->b == B_NEGATIVE)
		return REJECTED;
	if (x->a == A_PARTIAL || x->a == A_ACCEPTED_ERRORS)
		return PARTLY_ACCEPTED;
	if (sent && has_receipt(x) && has_ack(x) && has_answer(x))
		return COMPLETE;
	if (x->stage == ST_FAILED || x->t == T_REFUSED || x->t == T_BOUNCED || x->r == R_NEGATIVE)
		return FAILED;
	if (x->r == R_DISPUTED)
		return DISPUTED;
	if (x->a == A_OVERDUE)
		return ACK_OVERDUE;
	if (x->r == R_OVERDUE)
		return RECEIPT_OVERDUE;
	if (sent)
		return has_receipt(x) ? AWAITING_ACK : AWAITING_RECEIPT;
	switch (x->t) {
	case T_UNCERTAIN:
		return UNCERTAIN;
	case T_DEFERRED:
		return DEFERRED;
	case T_IN_FLIGHT:
		return SENDING;
	case T_QUEUED:
		return QUEUED;
	default:
		return x->stage == ST_PACKED ? PACKED : x->stage == ST_CLAIMED ? CLAIMED : NOTHING;
	}
}

static enum shown
shown_in(const struct exchange *x)
{
	static const enum shown by_stage[] = {
		[ST_NONE] = NOTHING,
		[ST_CLAIMED] = NOTHING,
		[ST_PACKED] = NOTHING,
		[ST_HELD] = HELD,
		[ST_INVALID] = INVALID,
		[ST_CANCELLED] = CANCELLED,
		[ST_SUPERSEDED] = SUPERSEDED,
		[ST_FAILED] = FAILED,
		[ST_SPOOLED] = SPOOLED,
		[ST_OPENED] = OPENED,
		[ST_DUPLICATE] = DUPLICATE,
		[ST_FILED] = FILED,
		[ST_HANDED_OVER] = HANDED_OVER,
		[ST_QUARANTINED] = QUARANTINED,
		[ST_UNMATCHED] = UNMATCHED,
	};

	return by_stage[x->stage];
}

enum shown
exchange_word(const struct exchange *x)
{
	return x->dir == EX_OUT ? shown_out(x) : shown_in(x);
}

const char *
exchange_shown(const struct exchange *x)
{
	return words[exchange_word(x)].word;
}

/* Our receipt for what came in is still to be handed over, though the document itself is where it belongs. */
static bool
owes_receipt(const struct exchange *x)
{
	return x->dir == EX_IN && x->t != T_NONE && t_values[x->t].class == OPEN;
}

bool
exchange_is_final(const struct exchange *x)
{
	return words[exchange_word(x)].is_final && !owes_receipt(x);
}

bool
exchange_needs_person(const struct exchange *x)
{
	return words[exchange_word(x)].needs_person ||
	    (x->dir == EX_IN && t_values[x->t].class == BAD && exchange_word(x) != CANCELLED);
}
