/* SPDX-License-Identifier: ISC */
/*
 * exchange_tables.h - what the exchange is made of, as tables: what each axis can say and how strong that is, what each
 * event proves on which axis, and the moves that are steps of work, not proofs. Not for callers.
 */
#ifndef EDIGATE_GATEWAY_EXCHANGE_TABLES_H
#define EDIGATE_GATEWAY_EXCHANGE_TABLES_H

#include "gateway/exchange.h"

enum class {
	OPEN,			/* says nothing yet */
	HALF,			/* a step towards a verdict */
	DOUBT,			/* something is wrong or missing */
	BAD, GOOD,		/* verdicts */
};
struct value {
	const char *name;
	unsigned int rank;	/* within an axis the higher one wins */
	enum class class;
};
extern const struct value t_values[], r_values[], a_values[], b_values[];	/* by enum ex_transport, ... */

enum { OUT = 1 << EX_OUT, IN = 1 << EX_IN, BOTH = OUT | IN };

/* What an event proves; 0 on an axis: nothing. */
struct proof {
	const char *name;
	unsigned int dirs;	/* documents it can concern */
	enum ex_transport t;
	enum ex_receipt r;
	enum ex_ack a;
	enum ex_answer b;
};
extern const struct proof exchange_events[EV_COUNT];

/* Steps of work; what is not listed changes nothing. */
struct stage_move {
	enum ex_event on;
	unsigned int dirs;
	enum ex_stage from, to;
};
struct transport_move {
	enum ex_event on;
	enum ex_transport from, to;
};
extern const struct stage_move exchange_stages[];
extern const struct transport_move exchange_transport[];
extern const size_t exchange_n_stages, exchange_n_transport;

/* Words for people, in the order in which they are looked for. */
enum shown {
	CANCELLED, SUPERSEDED, INVALID, HELD, REJECTED, PARTLY_ACCEPTED, COMPLETE, FAILED, DISPUTED, ACK_OVERDUE,
	RECEIPT_OVERDUE, AWAITING_ACK, AWAITING_RECEIPT, UNCERTAIN, DEFERRED, SENDING, QUEUED, PACKED, CLAIMED,
	SPOOLED, OPENED, DUPLICATE, FILED, HANDED_OVER, QUARANTINED, UNMATCHED, NOTHING,
};
enum shown exchange_word(const struct exchange *x);

#endif
