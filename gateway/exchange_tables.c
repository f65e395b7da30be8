/* SPDX-License-Identifier: ISC */
#include "gateway/exchange_tables.h"

/* ---- values ---- */

/* The steps of sending have rank 0: they are not proofs, transport[] moves them. */
const struct value t_values[] = {
	[T_NONE] = { "none", 0, OPEN },
	[T_QUEUED] = { "queued", 0, OPEN },
	[T_IN_FLIGHT] = { "in_flight", 0, OPEN },
	[T_DEFERRED] = { "deferred", 0, OPEN },
	[T_UNCERTAIN] = { "uncertain", 0, OPEN },
	[T_REFUSED] = { "refused", 1, BAD },
	[T_ACCEPTED] = { "accepted", 2, GOOD },
	[T_DELAYED] = { "delayed", 3, GOOD },
	[T_RELAYED] = { "relayed", 4, GOOD },
	[T_BOUNCED] = { "bounced", 5, BAD },
	[T_DELIVERED] = { "delivered", 6, GOOD },
};
/* A weak receipt, like a half acknowledgement, does not stop the clock: overdue is above it. */
const struct value r_values[] = {
	[R_NOT_WANTED] = { "not_wanted", 0, OPEN },
	[R_AWAITED] = { "awaited", 1, OPEN },
	[R_WEAK] = { "weak", 2, DOUBT },
	[R_OVERDUE] = { "overdue", 3, DOUBT },
	[R_DISPUTED] = { "disputed", 4, BAD },
	[R_NEGATIVE] = { "negative", 5, BAD },
	[R_WARNING] = { "warning", 6, GOOD },
	[R_OK] = { "ok", 7, GOOD },
};
const struct value a_values[] = {
	[A_NOT_WANTED] = { "not_wanted", 0, OPEN },
	[A_AWAITED] = { "awaited", 1, OPEN },
	[A_RECEIVED] = { "received", 2, HALF },
	[A_OVERDUE] = { "overdue", 3, DOUBT },
	[A_REJECTED] = { "rejected", 4, BAD },
	[A_PARTIAL] = { "partial", 5, BAD },
	[A_ACCEPTED_ERRORS] = { "accepted_errors", 6, GOOD },
	[A_ACCEPTED] = { "accepted", 7, GOOD },
};
const struct value b_values[] = {
	[B_NONE] = { "none", 0, OPEN },
	[B_AWAITED] = { "awaited", 1, OPEN },
	[B_NEGATIVE] = { "negative", 2, BAD },
	[B_POSITIVE] = { "positive", 3, GOOD },
};
static const char *const stage_names[] = {
	[ST_NONE] = "none",
	[ST_CLAIMED] = "claimed",
	[ST_PACKED] = "packed",
	[ST_HELD] = "held",
	[ST_INVALID] = "invalid",
	[ST_CANCELLED] = "cancelled",
	[ST_SUPERSEDED] = "superseded",
	[ST_FAILED] = "failed",
	[ST_SPOOLED] = "spooled",
	[ST_OPENED] = "opened",
	[ST_DUPLICATE] = "duplicate",
	[ST_FILED] = "filed",
	[ST_HANDED_OVER] = "handed-over",
	[ST_QUARANTINED] = "quarantined",
	[ST_UNMATCHED] = "unmatched",
};

/* ---- events ---- */

const struct proof exchange_events[EV_COUNT] = {
	[EV_NOTE] = { .name = "note", .dirs = BOTH },
	[EV_FINDING] = { .name = "finding", .dirs = BOTH },

	[EV_CLAIMED] = { .name = "claimed", .dirs = OUT },
	[EV_PACKED] = { .name = "packed", .dirs = OUT },
	[EV_HELD] = { .name = "held", .dirs = BOTH },
	[EV_INVALID] = { .name = "invalid", .dirs = BOTH },
	[EV_RELEASED] = { .name = "released", .dirs = BOTH },
	[EV_RETRIED] = { .name = "retried", .dirs = BOTH },
	[EV_CANCELLED] = { .name = "cancelled", .dirs = BOTH },
	[EV_SUPERSEDED] = { .name = "superseded", .dirs = OUT },

	[EV_QUEUED] = { .name = "queued", .dirs = BOTH },
	[EV_SENDING] = { .name = "sending", .dirs = BOTH },
	[EV_DEFERRED] = { .name = "deferred", .dirs = BOTH },
	[EV_UNCERTAIN] = { .name = "uncertain", .dirs = BOTH },
	[EV_ACCEPTED] = { .name = "accepted", .dirs = BOTH, .t = T_ACCEPTED },
	[EV_REFUSED] = { .name = "refused", .dirs = BOTH, .t = T_REFUSED },
	[EV_GAVE_UP] = { .name = "gave-up", .dirs = BOTH },

	[EV_DSN_DELAYED] = { .name = "dsn-delayed", .dirs = BOTH, .t = T_DELAYED },
	[EV_DSN_RELAYED] = { .name = "dsn-relayed", .dirs = BOTH, .t = T_RELAYED },
	[EV_DSN_DELIVERED] = { .name = "dsn-delivered", .dirs = BOTH, .t = T_DELIVERED },
	[EV_DSN_FAILED] = { .name = "dsn-failed", .dirs = BOTH, .t = T_BOUNCED },

	/* A weak or disputed receipt may be anybody's: it proves no arrival. */
	[EV_MDN_OK] = { .name = "mdn-ok", .dirs = OUT, .t = T_DELIVERED, .r = R_OK },
	[EV_MDN_WARNING] = { .name = "mdn-warning", .dirs = OUT, .t = T_DELIVERED, .r = R_WARNING },
	[EV_MDN_WEAK] = { .name = "mdn-weak", .dirs = OUT, .r = R_WEAK },
	[EV_MDN_NEGATIVE] = { .name = "mdn-negative", .dirs = OUT, .t = T_DELIVERED, .r = R_NEGATIVE },
	[EV_MDN_DISPUTED] = { .name = "mdn-disputed", .dirs = OUT, .r = R_DISPUTED },
	[EV_RECEIPT_OVERDUE] = { .name = "receipt-overdue", .dirs = OUT, .r = R_OVERDUE },

	[EV_ACK_RECEIVED] = { .name = "ack-received", .dirs = OUT, .t = T_DELIVERED, .a = A_RECEIVED },
	[EV_ACK_ACCEPTED] = { .name = "ack-accepted", .dirs = OUT, .t = T_DELIVERED, .a = A_ACCEPTED },
	[EV_ACK_ERRORS] = { .name = "ack-errors", .dirs = OUT, .t = T_DELIVERED, .a = A_ACCEPTED_ERRORS },
	[EV_ACK_PARTIAL] = { .name = "ack-partial", .dirs = OUT, .t = T_DELIVERED, .a = A_PARTIAL },
	[EV_ACK_REJECTED] = { .name = "ack-rejected", .dirs = OUT, .t = T_DELIVERED, .a = A_REJECTED },
	[EV_ACK_OVERDUE] = { .name = "ack-overdue", .dirs = OUT, .a = A_OVERDUE },
	[EV_ANSWER_POSITIVE] = { .name = "answer-positive", .dirs = OUT, .t = T_DELIVERED, .b = B_POSITIVE },
	[EV_ANSWER_NEGATIVE] = { .name = "answer-negative", .dirs = OUT, .t = T_DELIVERED, .b = B_NEGATIVE },

	[EV_SPOOLED] = { .name = "spooled", .dirs = IN },
	[EV_OPENED] = { .name = "opened", .dirs = IN },
	[EV_DUPLICATE] = { .name = "duplicate", .dirs = IN },
	[EV_FILED] = { .name = "filed", .dirs = IN },
	[EV_HANDED_OVER] = { .name = "handed-over", .dirs = IN },
	[EV_QUARANTINED] = { .name = "quarantined", .dirs = IN },
	[EV_UNMATCHED] = { .name = "unmatched", .dirs = IN },
	[EV_MATCHED] = { .name = "matched", .dirs = IN },

	[EV_RECEIPT_QUEUED] = { .name = "receipt-queued", .dirs = IN },
	[EV_RECEIPT_SENT] = { .name = "receipt-sent", .dirs = IN, .t = T_ACCEPTED },
	[EV_RECEIPT_FAILED] = { .name = "receipt-failed", .dirs = IN, .t = T_REFUSED },
};

/* ---- steps of work ---- */

const struct stage_move exchange_stages[] = {
	{ EV_CLAIMED,	  OUT,	ST_NONE,	ST_CLAIMED },
	{ EV_PACKED,	  OUT,	ST_CLAIMED,	ST_PACKED },

	{ EV_HELD,	  OUT,	ST_CLAIMED,	ST_HELD },
	{ EV_HELD,	  OUT,	ST_PACKED,	ST_HELD },
	{ EV_HELD,	  IN,	ST_SPOOLED,	ST_HELD },
	{ EV_HELD,	  IN,	ST_OPENED,	ST_HELD },

	{ EV_INVALID,	  OUT,	ST_CLAIMED,	ST_INVALID },
	{ EV_INVALID,	  OUT,	ST_HELD,	ST_INVALID },
	{ EV_INVALID,	  IN,	ST_SPOOLED,	ST_INVALID },
	{ EV_INVALID,	  IN,	ST_OPENED,	ST_INVALID },

	{ EV_RELEASED,	  OUT,	ST_HELD,	ST_CLAIMED },	/* with a frozen mail: ST_PACKED, see reopen() */
	{ EV_RELEASED,	  IN,	ST_HELD,	ST_SPOOLED },	/* opened once more */
	{ EV_RELEASED,	  IN,	ST_QUARANTINED, ST_SPOOLED },

	{ EV_RETRIED,	  OUT,	ST_FAILED,	ST_PACKED },
	{ EV_RETRIED,	  IN,	ST_QUARANTINED, ST_SPOOLED },
	{ EV_RETRIED,	  IN,	ST_UNMATCHED,	ST_SPOOLED },

	{ EV_CANCELLED,	  OUT,	ST_CLAIMED,	ST_CANCELLED },
	{ EV_CANCELLED,	  OUT,	ST_PACKED,	ST_CANCELLED },
	{ EV_CANCELLED,	  BOTH,	ST_HELD,	ST_CANCELLED },
	{ EV_CANCELLED,	  BOTH,	ST_INVALID,	ST_CANCELLED },
	{ EV_CANCELLED,	  OUT,	ST_FAILED,	ST_CANCELLED },
	{ EV_CANCELLED,	  IN,	ST_QUARANTINED, ST_CANCELLED },
	{ EV_CANCELLED,	  IN,	ST_UNMATCHED,	ST_CANCELLED },

	{ EV_SUPERSEDED,  OUT,	ST_CLAIMED,	ST_SUPERSEDED },
	{ EV_SUPERSEDED,  OUT,	ST_PACKED,	ST_SUPERSEDED },
	{ EV_SUPERSEDED,  OUT,	ST_HELD,	ST_SUPERSEDED },
	{ EV_SUPERSEDED,  OUT,	ST_FAILED,	ST_SUPERSEDED },

	{ EV_GAVE_UP,	  OUT,	ST_PACKED,	ST_FAILED },

	{ EV_SPOOLED,	  IN,	ST_NONE,	ST_SPOOLED },
	{ EV_OPENED,	  IN,	ST_SPOOLED,	ST_OPENED },
	{ EV_DUPLICATE,	  IN,	ST_SPOOLED,	ST_DUPLICATE },
	{ EV_DUPLICATE,	  IN,	ST_OPENED,	ST_DUPLICATE },
	{ EV_FILED,	  IN,	ST_OPENED,	ST_FILED },
	{ EV_HANDED_OVER, IN,	ST_FILED,	ST_HANDED_OVER },
	{ EV_QUARANTINED, IN,	ST_SPOOLED,	ST_QUARANTINED },
	{ EV_QUARANTINED, IN,	ST_OPENED,	ST_QUARANTINED },
	{ EV_QUARANTINED, IN,	ST_HELD,	ST_QUARANTINED },
	{ EV_UNMATCHED,	  IN,	ST_SPOOLED,	ST_UNMATCHED },
	{ EV_UNMATCHED,	  IN,	ST_OPENED,	ST_UNMATCHED },
	{ EV_MATCHED,	  IN,	ST_SPOOLED,	ST_FILED },	/* a report is filed with its document */
	{ EV_MATCHED,	  IN,	ST_OPENED,	ST_FILED },
	{ EV_MATCHED,	  IN,	ST_UNMATCHED,	ST_FILED },
};

const size_t exchange_n_stages = N(exchange_stages);

const struct transport_move exchange_transport[] = {
	{ EV_QUEUED,	     T_NONE,	  T_QUEUED },
	{ EV_QUEUED,	     T_DEFERRED,  T_QUEUED },
	{ EV_RECEIPT_QUEUED, T_NONE,	  T_QUEUED },
	{ EV_RECEIPT_QUEUED, T_REFUSED,	  T_QUEUED },
	{ EV_SENDING,	     T_QUEUED,	  T_IN_FLIGHT },
	{ EV_SENDING,	     T_DEFERRED,  T_IN_FLIGHT },
	{ EV_SENDING,	     T_UNCERTAIN, T_IN_FLIGHT },
	{ EV_DEFERRED,	     T_QUEUED,	  T_DEFERRED },
	{ EV_DEFERRED,	     T_IN_FLIGHT, T_DEFERRED },
	{ EV_UNCERTAIN,	     T_IN_FLIGHT, T_UNCERTAIN },
};
const size_t exchange_n_transport = N(exchange_transport);

/* ---- names ---- */

const char *
exchange_event_name(enum ex_event ev)
{
	return exchange_events[ev].name;
}

int
exchange_event_of(struct str name, enum ex_event *out)
{
	for (size_t i = 0; i < N(exchange_events); i++)
		if (str_eq(name, str_of(exchange_events[i].name))) {
			*out = (enum ex_event)i;
			return 0;
		}
	return -1;
}

const char *
exchange_t_name(enum ex_transport t)
{
	return t_values[t].name;
}

const char *
exchange_r_name(enum ex_receipt r)
{
	return r_values[r].name;
}

const char *
exchange_a_name(enum ex_ack a)
{
	return a_values[a].name;
}

const char *
exchange_b_name(enum ex_answer b)
{
	return b_values[b].name;
}

const char *
exchange_stage_name(enum ex_stage s)
{
	return stage_names[s];
}
