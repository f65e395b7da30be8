/* SPDX-License-Identifier: ISC */
/*
 * exchange.h - the life of a document: a fold over its events. Pure and tested exhaustively.
 *
 * Proofs arrive late, twice and out of order, so four axes move independently (transport, receipt,
 * acknowledgement, business answer) beside the local stage; what people see is derived from all five.
 * Within an axis a stronger proof wins, whenever it comes. The database stores the result only as a cache:
 * folding the events again must give the same (`edigate db rebuild`).
 */
#ifndef EDIGATE_GATEWAY_EXCHANGE_H
#define EDIGATE_GATEWAY_EXCHANGE_H

#include "gateway/base/str.h"

enum ex_dir { EX_OUT, EX_IN };

enum ex_stage {		/* where the document stands in this house */
	ST_NONE,
	ST_CLAIMED, ST_PACKED, ST_HELD, ST_INVALID, ST_CANCELLED, ST_SUPERSEDED, ST_FAILED,	/* outbound; FAILED: gave up */
	ST_SPOOLED, ST_OPENED, ST_DUPLICATE, ST_FILED, ST_HANDED_OVER, ST_QUARANTINED, ST_UNMATCHED,	/* inbound; also INVALID, HELD */
};
enum ex_transport {
	T_NONE, T_QUEUED, T_IN_FLIGHT, T_DEFERRED, T_UNCERTAIN, T_ACCEPTED, T_DELAYED, T_RELAYED, T_DELIVERED, T_REFUSED, T_BOUNCED,
};
enum ex_receipt { R_NOT_WANTED, R_AWAITED, R_OVERDUE, R_WEAK, R_OK, R_WARNING, R_NEGATIVE, R_DISPUTED };
enum ex_ack { A_NOT_WANTED, A_AWAITED, A_OVERDUE, A_RECEIVED, A_ACCEPTED, A_ACCEPTED_ERRORS, A_PARTIAL, A_REJECTED };
enum ex_answer { B_NONE, B_AWAITED, B_POSITIVE, B_NEGATIVE };

/* What happened. Stored by name; the names are a contract of the database, of --json and of hooks. */
enum ex_event {
	EV_NOTE,		/* "note": for the timeline, moves nothing */
	EV_FINDING,		/* "finding": what is wrong in the content; moves nothing */
	/* outbound */
	EV_CLAIMED,		/* "claimed": taken from the outbox */
	EV_PACKED,		/* "packed": frozen as a transmission; sets which axes are wanted */
	EV_HELD,		/* "held": waits for a person */
	EV_INVALID,		/* "invalid": refused here, moved to failed/ */
	EV_RELEASED,		/* "released": a person let it go on (from held) */
	EV_RETRIED,		/* "retried": a person wants it sent again, same bytes */
	EV_CANCELLED,		/* "cancelled" */
	EV_SUPERSEDED,		/* "superseded": packed again as a new transmission */
	EV_QUEUED,		/* "queued" */
	EV_SENDING,		/* "sending": an attempt begins */
	EV_DEFERRED,		/* "deferred": nothing was handed over; tried again later */
	EV_UNCERTAIN,		/* "uncertain": lost after the final dot, before the reply */
	EV_ACCEPTED,		/* "accepted": 250 of the next hop */
	EV_REFUSED,		/* "refused": 5xx */
	EV_GAVE_UP,		/* "gave-up": retries or waiting ended */
	EV_DSN_DELAYED, EV_DSN_RELAYED, EV_DSN_DELIVERED, EV_DSN_FAILED,	/* "dsn-delayed", ... */
	EV_MDN_OK, EV_MDN_WARNING, EV_MDN_WEAK, EV_MDN_NEGATIVE, EV_MDN_DISPUTED,	/* "mdn-ok", ... */
	EV_RECEIPT_OVERDUE,	/* "receipt-overdue": a deadline passed */
	EV_ACK_RECEIVED, EV_ACK_ACCEPTED, EV_ACK_ERRORS, EV_ACK_PARTIAL, EV_ACK_REJECTED, EV_ACK_OVERDUE,
	EV_ANSWER_POSITIVE, EV_ANSWER_NEGATIVE,
	/* inbound */
	EV_SPOOLED,		/* "spooled": a mail was taken in */
	EV_OPENED,		/* "opened": decrypted, verified, extracted */
	EV_DUPLICATE,		/* "duplicate": filed before under another number */
	EV_FILED,		/* "filed": in the inbox; custody taken */
	EV_HANDED_OVER,		/* "handed-over": the hook succeeded */
	EV_QUARANTINED,		/* "quarantined" */
	EV_UNMATCHED,		/* "unmatched": a report that fits nothing */
	EV_MATCHED,		/* "matched": a receipt or report joined to its document */
	/* our receipt for an inbound document: transport of the MDN, beside its stage */
	EV_RECEIPT_QUEUED, EV_RECEIPT_SENT, EV_RECEIPT_FAILED,	/* "receipt-queued", ... */
	EV_COUNT,
};

struct exchange {
	enum ex_dir dir;
	enum ex_stage stage;
	enum ex_transport t;
	enum ex_receipt r;
	enum ex_ack a;
	enum ex_answer b;
};

/* Bits that EV_PACKED carries. */
enum ex_wants { WANTS_RECEIPT = 1, WANTS_ACK = 2, WANTS_ANSWER = 4 };

enum ex_effect {
	EX_IGNORED,		/* a late or double event: kept on the timeline, moves nothing */
	EX_MOVED,		/* an axis moved */
	EX_LATE_EVIDENCE,	/* moved, though the document had been settled otherwise */
	EX_CONTRADICTION,	/* says the opposite of a stronger proof: kept, logged, moves nothing */
};

/* Apply one event. arg: WANTS_* bits for EV_PACKED, else 0. Any pair of state and event is allowed. */
enum ex_effect exchange_apply(struct exchange *x, enum ex_event ev, unsigned int arg);

/* The one word for people: "awaiting-receipt", "complete", "filed", ... (DESIGN of states: docs/STATES.md). */
const char *exchange_shown(const struct exchange *x);
bool exchange_is_final(const struct exchange *x);		/* nothing more is waited for */
bool exchange_needs_person(const struct exchange *x);		/* held, failed, disputed, quarantined, ... */

const char *exchange_event_name(enum ex_event ev);
int exchange_event_of(struct str name, enum ex_event *out);	/* 0 or -1 */
const char *exchange_t_name(enum ex_transport t);
const char *exchange_r_name(enum ex_receipt r);
const char *exchange_a_name(enum ex_ack a);
const char *exchange_b_name(enum ex_answer b);
const char *exchange_stage_name(enum ex_stage s);

#endif
