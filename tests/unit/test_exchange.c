/* SPDX-License-Identifier: ISC */
#include "gateway/exchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define STAGES	(ST_UNMATCHED + 1)
#define T_COUNT (T_BOUNCED + 1)
#define R_COUNT (R_DISPUTED + 1)
#define A_COUNT (A_REJECTED + 1)
#define B_COUNT (B_NEGATIVE + 1)
#define ALL	(WANTS_RECEIPT | WANTS_ACK | WANTS_ANSWER)

/* ---- every state ---- */

#define STATES	(2 * STAGES * T_COUNT * R_COUNT * A_COUNT * B_COUNT)

static size_t
number_of(const struct exchange *x)
{
	size_t i = x->dir == EX_OUT ? 0 : 1;

	i = i * STAGES + x->stage;
	i = i * T_COUNT + x->t;
	i = i * R_COUNT + x->r;
	i = i * A_COUNT + x->a;
	return i * B_COUNT + x->b;
}

/* Every state that any sequence of any events leads to, found from the two beginnings. */
static struct exchange reached[STATES];
static size_t n_reached;

static void
reach(const struct exchange *x)
{
	static bool seen[STATES];

	if (!seen[number_of(x)])
		reached[n_reached++] = *x;
	seen[number_of(x)] = true;
}

static int
reach_all(void **state)
{
	struct exchange x;

	(void)state;
	reach(&(struct exchange){ .dir = EX_OUT });
	reach(&(struct exchange){ .dir = EX_IN });
	for (size_t i = 0; i < n_reached; i++)
		for (int ev = 0; ev < EV_COUNT; ev++)
			for (unsigned int wants = 0; wants <= (ev == EV_PACKED ? ALL : 0); wants++) {
				x = reached[i];
				(void)exchange_apply(&x, (enum ex_event)ev, wants);
				reach(&x);
			}
	print_message("%zu of %d states can be reached\n", n_reached, STATES);
	return 0;
}

static bool
state_at(size_t i, struct exchange *x)
{
	if (i < n_reached)
		*x = reached[i];
	return i < n_reached;
}

static bool
same(const struct exchange *x, const struct exchange *y)
{
	return x->dir == y->dir && x->stage == y->stage && x->t == y->t && x->r == y->r &&
	    x->a == y->a && x->b == y->b;
}

static void
print(const char *what, const struct exchange *x, enum ex_event ev)
{
	print_error("%s: %s stage %s t %s r %s a %s b %s (%s), event %s\n", what,
	    x->dir == EX_OUT ? "out" : "in", exchange_stage_name(x->stage), exchange_t_name(x->t),
	    exchange_r_name(x->r), exchange_a_name(x->a), exchange_b_name(x->b), exchange_shown(x),
	    exchange_event_name(ev));
}

#define HOLDS(condition, x, ev)                                                                    \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			print(#condition, x, ev);                                                  \
			fail();                                                                    \
		}                                                                                  \
	} while (0)

static bool
is(const struct exchange *x, const char *shown)
{
	return strcmp(exchange_shown(x), shown) == 0;
}

static bool
is_report(enum ex_event ev)
{
	return ev >= EV_DSN_DELAYED && ev <= EV_ANSWER_NEGATIVE && ev != EV_RECEIPT_OVERDUE &&
	    ev != EV_ACK_OVERDUE;
}

static bool
is_good_report(enum ex_event ev)
{
	return ev == EV_ACCEPTED || ev == EV_RECEIPT_SENT || ev == EV_DSN_DELAYED ||
	    ev == EV_DSN_RELAYED || ev == EV_DSN_DELIVERED || ev == EV_MDN_OK ||
	    ev == EV_MDN_WARNING || ev == EV_ACK_ACCEPTED || ev == EV_ACK_ERRORS ||
	    ev == EV_ANSWER_POSITIVE;
}

/* What may end an end: a person's word, or the report that proves the opposite of it. */
static bool
may_leave_final(const struct exchange *was, enum ex_event ev)
{
	return ev == EV_RETRIED || ev == EV_RELEASED || ev == EV_CANCELLED || ev == EV_SUPERSEDED ||
	    ev == EV_GAVE_UP || ev == EV_MATCHED || ev == EV_HANDED_OVER || ev == EV_HELD ||
	    ev == EV_REFUSED || ev == EV_RECEIPT_FAILED || ev == EV_RECEIPT_QUEUED ||
	    is_report(ev) || is_good_report(ev) || (was->dir == EX_OUT && ev == EV_INVALID);
}

static void
every_state_meets_every_event(void **state)
{
	struct exchange was, x, again;
	enum ex_effect effect, second;

	(void)state;
	for (size_t i = 0; state_at(i, &was); i++) {
		for (int e = 0; e < EV_COUNT; e++) {
			enum ex_event ev = (enum ex_event)e;

			x = was;
			effect = exchange_apply(&x, ev, ALL);
			HOLDS(effect >= EX_IGNORED && effect <= EX_CONTRADICTION, &was, ev);
			HOLDS(x.dir == was.dir, &was, ev);
			HOLDS(exchange_shown(&x) != NULL && exchange_shown(&x)[0] != '\0', &was, ev);
			/* What is ignored or contradicts moves nothing; what moves is told. */
			HOLDS((effect == EX_MOVED || effect == EX_LATE_EVIDENCE) == !same(&was, &x) || effect == EX_CONTRADICTION,
			    &was, ev);
			/* Twice is once. */
			again = x;
			second = exchange_apply(&again, ev, ALL);
			HOLDS(same(&again, &x), &was, ev);
			HOLDS(second == EX_IGNORED || second == EX_CONTRADICTION, &was, ev);
			/* The mere passing on of facts moves nothing. */
			HOLDS(ev != EV_NOTE || same(&was, &x), &was, ev);
			/* Ends stay ends, but for the listed reasons. */
			HOLDS(!exchange_is_final(&was) || is(&x, exchange_shown(&was)) ||
			        may_leave_final(&was, ev),
			    &was, ev);
		}
	}
}

/* A damaged database may hold states that no story leads to: they too are shown and moved without harm. */
static void
any_pair_is_allowed(void **state)
{
	struct exchange x, y;
	enum ex_effect effect;

	(void)state;
	for (size_t i = 0; i < STATES; i++) {
		x.b = (enum ex_answer)(i % B_COUNT);
		x.a = (enum ex_ack)(i / B_COUNT % A_COUNT);
		x.r = (enum ex_receipt)(i / B_COUNT / A_COUNT % R_COUNT);
		x.t = (enum ex_transport)(i / B_COUNT / A_COUNT / R_COUNT % T_COUNT);
		x.stage = (enum ex_stage)(i / B_COUNT / A_COUNT / R_COUNT / T_COUNT % STAGES);
		x.dir = i < STATES / 2 ? EX_OUT : EX_IN;
		assert_int_equal(number_of(&x), i);
		for (int ev = 0; ev < EV_COUNT; ev++) {
			y = x;
			effect = exchange_apply(&y, (enum ex_event)ev, ALL);
			HOLDS(effect != EX_IGNORED || same(&x, &y), &x, (enum ex_event)ev);
			HOLDS(number_of(&y) < STATES && exchange_shown(&y) != NULL, &x, (enum ex_event)ev);
		}
	}
}

/* Proof before every word of praise: nothing gets better without the event that says so. */
static void
nothing_turns_good_without_its_event(void **state)
{
	struct exchange was, x;

	(void)state;
	for (size_t i = 0; state_at(i, &was); i++) {
		for (int e = 0; e < EV_COUNT; e++) {
			enum ex_event ev = (enum ex_event)e;

			x = was;
			(void)exchange_apply(&x, ev, ALL);
			HOLDS(x.r == was.r || x.r != R_OK || ev == EV_MDN_OK, &was, ev);
			HOLDS(x.r == was.r || x.r != R_WARNING || ev == EV_MDN_WARNING, &was, ev);
			HOLDS(x.a == was.a || x.a != A_ACCEPTED || ev == EV_ACK_ACCEPTED, &was, ev);
			HOLDS(x.b == was.b || x.b != B_POSITIVE || ev == EV_ANSWER_POSITIVE, &was, ev);
			HOLDS(x.t == was.t || x.t != T_ACCEPTED || ev == EV_ACCEPTED ||
			        ev == EV_RECEIPT_SENT,
			    &was, ev);
			HOLDS(x.t == was.t || x.t != T_DELIVERED || is_report(ev), &was, ev);
			HOLDS(x.stage == was.stage || x.stage != ST_FILED || ev == EV_FILED ||
			        ev == EV_MATCHED,
			    &was, ev);
			HOLDS(x.stage == was.stage || x.stage != ST_HANDED_OVER ||
			        ev == EV_HANDED_OVER,
			    &was, ev);
			if (is(&x, "complete") && !is(&was, "complete") && !is_good_report(ev))
				HOLDS(ev == EV_RELEASED || is_report(ev), &was, ev);	/* held after the proofs were in */
		}
	}
}

/* ... and a good proof is never taken back by a report. */
static void
proofs_stand(void **state)
{
	struct exchange was, x;

	(void)state;
	for (size_t i = 0; state_at(i, &was); i++) {
		for (int e = 0; e < EV_COUNT; e++) {
			enum ex_event ev = (enum ex_event)e;

			x = was;
			(void)exchange_apply(&x, ev, ALL);
			HOLDS(was.r != R_OK || x.r == R_OK, &was, ev);
			HOLDS(was.r != R_WARNING || x.r == R_WARNING || ev == EV_MDN_OK, &was, ev);
			HOLDS(was.a != A_ACCEPTED || x.a == A_ACCEPTED, &was, ev);
			HOLDS(was.b != B_POSITIVE || x.b == B_POSITIVE, &was, ev);
			HOLDS(was.t != T_DELIVERED || x.t == T_DELIVERED || ev == EV_RETRIED, &was, ev);
			HOLDS(was.stage != ST_CANCELLED || x.stage == ST_CANCELLED, &was, ev);
			HOLDS(was.stage != ST_SUPERSEDED || x.stage == ST_SUPERSEDED, &was, ev);
			HOLDS(!is(&was, "complete") || is(&x, "complete") || ev == EV_DSN_FAILED ||
			        ev == EV_MDN_NEGATIVE || ev == EV_MDN_DISPUTED ||
			        ev == EV_ACK_ERRORS || ev == EV_ACK_PARTIAL ||
			        ev == EV_ACK_REJECTED || ev == EV_ANSWER_NEGATIVE,
			    &was, ev);
		}
	}
}

static void
uncertain_comes_only_from_in_flight(void **state)
{
	struct exchange was, x;

	(void)state;
	for (size_t i = 0; state_at(i, &was); i++) {
		for (int e = 0; e < EV_COUNT; e++) {
			x = was;
			(void)exchange_apply(&x, (enum ex_event)e, ALL);
			HOLDS(x.t != T_UNCERTAIN || was.t == T_UNCERTAIN ||
			        (was.t == T_IN_FLIGHT && e == EV_UNCERTAIN),
			    &was, (enum ex_event)e);
		}
	}
}

/* ---- reports of different kinds in any order ---- */

static void
reports_of_different_kinds_commute(void **state)
{
	static const enum ex_event dsn[] = { EV_NOTE, EV_DSN_DELAYED, EV_DSN_RELAYED,
		EV_DSN_DELIVERED, EV_DSN_FAILED };
	static const enum ex_event mdn[] = { EV_NOTE, EV_MDN_OK, EV_MDN_WARNING, EV_MDN_WEAK,
		EV_MDN_NEGATIVE, EV_MDN_DISPUTED };
	static const enum ex_event ack[] = { EV_NOTE, EV_ACK_RECEIVED, EV_ACK_ACCEPTED,
		EV_ACK_ERRORS, EV_ACK_PARTIAL, EV_ACK_REJECTED };
	static const enum ex_event answer[] = { EV_NOTE, EV_ANSWER_POSITIVE, EV_ANSWER_NEGATIVE };
	static const unsigned char order[24][4] = {
		{ 0, 1, 2, 3 }, { 0, 1, 3, 2 }, { 0, 2, 1, 3 }, { 0, 2, 3, 1 }, { 0, 3, 1, 2 }, { 0, 3, 2, 1 },
		{ 1, 0, 2, 3 }, { 1, 0, 3, 2 }, { 1, 2, 0, 3 }, { 1, 2, 3, 0 }, { 1, 3, 0, 2 }, { 1, 3, 2, 0 },
		{ 2, 0, 1, 3 }, { 2, 0, 3, 1 }, { 2, 1, 0, 3 }, { 2, 1, 3, 0 }, { 2, 3, 0, 1 }, { 2, 3, 1, 0 },
		{ 3, 0, 1, 2 }, { 3, 0, 2, 1 }, { 3, 1, 0, 2 }, { 3, 1, 2, 0 }, { 3, 2, 0, 1 }, { 3, 2, 1, 0 },
	};
	struct exchange start, first, x;

	(void)state;
	for (size_t i = 0; state_at(i, &start); i++) {
		/* The states that a document on its way can be in before the first report. */
		if (start.dir != EX_OUT ||
		    (start.stage != ST_PACKED && start.stage != ST_FAILED &&
		        start.stage != ST_CANCELLED) ||
		    start.r > R_OVERDUE || start.a > A_OVERDUE || start.b > B_AWAITED)
			continue;
		for (size_t k = 0; k < N(dsn) * N(mdn) * N(ack) * N(answer); k++) {
			const enum ex_event ev[4] = { dsn[k % N(dsn)], mdn[k / N(dsn) % N(mdn)],
				ack[k / N(dsn) / N(mdn) % N(ack)], answer[k / N(dsn) / N(mdn) / N(ack)] };

			for (size_t o = 0; o < N(order); o++) {
				x = start;
				for (size_t n = 0; n < 4; n++)
					(void)exchange_apply(&x, ev[order[o][n]], 0);
				if (o == 0)
					first = x;
				HOLDS(same(&first, &x), &start, ev[order[o][0]]);
			}
		}
	}
}

/* ---- stories ---- */

struct step {
	enum ex_event ev;
	const char *shown;
	enum ex_effect effect;
};

static void
tell(const char *title, enum ex_dir dir, unsigned int wants, const struct step *s, size_t n)
{
	struct exchange x = { .dir = dir };
	enum ex_effect effect;

	for (size_t i = 0; i < n; i++) {
		effect = exchange_apply(&x, s[i].ev, s[i].ev == EV_PACKED ? wants : 0);
		if (!is(&x, s[i].shown) || effect != s[i].effect) {
			print(title, &x, s[i].ev);
			fail_msg("step %zu: want %s, effect %d; effect is %d", i, s[i].shown,
			    s[i].effect, effect);
		}
	}
}

#define TELL(title, dir, wants, ...)                                                               \
	tell(title, dir, wants, (const struct step[]){ __VA_ARGS__ },                              \
	    sizeof((const struct step[]){ __VA_ARGS__ }) / sizeof(struct step))
#define CLAIM	{ EV_CLAIMED, "claimed", EX_MOVED }
#define PACK	{ EV_PACKED, "packed", EX_MOVED }
#define QUEUE	{ EV_QUEUED, "queued", EX_MOVED }
#define SEND	{ EV_SENDING, "sending", EX_MOVED }

static void
stories_of_the_way_out(void **state)
{
	(void)state;
	TELL("all is well", EX_OUT, WANTS_RECEIPT, CLAIM, PACK, QUEUE, SEND,
	    { EV_ACCEPTED, "awaiting-receipt", EX_MOVED }, { EV_MDN_OK, "complete", EX_MOVED }, { EV_MDN_OK, "complete", EX_IGNORED });
	TELL("nothing is wanted", EX_OUT, 0, CLAIM, PACK, QUEUE, SEND, { EV_ACCEPTED, "complete", EX_MOVED },
	    { EV_DSN_DELIVERED, "complete", EX_MOVED });
	TELL("receipt, acknowledgement and answer", EX_OUT, ALL, CLAIM, PACK, QUEUE, SEND,
	    { EV_ACCEPTED, "awaiting-receipt", EX_MOVED }, { EV_MDN_OK, "awaiting-ack", EX_MOVED },
	    { EV_ACK_RECEIVED, "awaiting-ack", EX_MOVED }, { EV_ACK_ACCEPTED, "awaiting-ack", EX_MOVED },
	    { EV_ANSWER_POSITIVE, "complete", EX_MOVED });
	TELL("greylisted", EX_OUT, WANTS_RECEIPT, CLAIM, PACK, QUEUE, SEND,
	    { EV_DEFERRED, "deferred", EX_MOVED }, { EV_QUEUED, "queued", EX_MOVED }, SEND,
	    { EV_DEFERRED, "deferred", EX_MOVED }, SEND,
	    { EV_ACCEPTED, "awaiting-receipt", EX_MOVED });
	TELL("uncertain, then sent again", EX_OUT, WANTS_RECEIPT, CLAIM, PACK, QUEUE, SEND,
	    { EV_UNCERTAIN, "uncertain", EX_MOVED }, SEND,
	    { EV_ACCEPTED, "awaiting-receipt", EX_MOVED }, { EV_MDN_OK, "complete", EX_MOVED });
	TELL("uncertain, and the receipt comes", EX_OUT, WANTS_RECEIPT, CLAIM, PACK, QUEUE, SEND,
	    { EV_UNCERTAIN, "uncertain", EX_MOVED }, { EV_MDN_OK, "complete", EX_MOVED },
	    { EV_SENDING, "complete", EX_IGNORED }, { EV_DEFERRED, "complete", EX_IGNORED });
	TELL("the receipt overtakes the 250", EX_OUT, WANTS_RECEIPT, CLAIM, PACK, QUEUE, SEND,
	    { EV_MDN_OK, "complete", EX_MOVED }, { EV_ACCEPTED, "complete", EX_IGNORED });
	TELL("refused, retried", EX_OUT, WANTS_RECEIPT, CLAIM, PACK, QUEUE, SEND,
	    { EV_REFUSED, "failed", EX_MOVED }, { EV_RETRIED, "queued", EX_MOVED }, SEND,
	    { EV_ACCEPTED, "awaiting-receipt", EX_MOVED });
	TELL("given up, then the receipt", EX_OUT, WANTS_RECEIPT, CLAIM, PACK, QUEUE, SEND,
	    { EV_ACCEPTED, "awaiting-receipt", EX_MOVED },
	    { EV_RECEIPT_OVERDUE, "receipt-overdue", EX_MOVED }, { EV_GAVE_UP, "failed", EX_MOVED },
	    { EV_MDN_OK, "complete", EX_LATE_EVIDENCE });
	TELL("overdue, then the receipt", EX_OUT, WANTS_RECEIPT, CLAIM, PACK, QUEUE, SEND,
	    { EV_ACCEPTED, "awaiting-receipt", EX_MOVED },
	    { EV_RECEIPT_OVERDUE, "receipt-overdue", EX_MOVED },
	    { EV_MDN_OK, "complete", EX_LATE_EVIDENCE });
	TELL("a weak receipt does not stop the clock", EX_OUT, WANTS_RECEIPT, CLAIM, PACK, QUEUE, SEND,
	    { EV_ACCEPTED, "awaiting-receipt", EX_MOVED }, { EV_MDN_WEAK, "awaiting-receipt", EX_MOVED },
	    { EV_RECEIPT_OVERDUE, "receipt-overdue", EX_MOVED }, { EV_MDN_OK, "complete", EX_LATE_EVIDENCE });
	TELL("a bad word after the good one", EX_OUT, WANTS_RECEIPT, CLAIM, PACK, QUEUE, SEND,
	    { EV_ACCEPTED, "awaiting-receipt", EX_MOVED }, { EV_MDN_OK, "complete", EX_MOVED },
	    { EV_MDN_NEGATIVE, "complete", EX_CONTRADICTION },
	    { EV_MDN_DISPUTED, "complete", EX_CONTRADICTION },
	    { EV_DSN_FAILED, "complete", EX_CONTRADICTION });
	TELL("bounced, yet it arrived", EX_OUT, WANTS_RECEIPT, CLAIM, PACK, QUEUE, SEND,
	    { EV_ACCEPTED, "awaiting-receipt", EX_MOVED }, { EV_DSN_FAILED, "failed", EX_MOVED },
	    { EV_MDN_OK, "complete", EX_LATE_EVIDENCE });
	TELL("they cannot decrypt", EX_OUT, WANTS_RECEIPT, CLAIM, PACK, QUEUE, SEND,
	    { EV_ACCEPTED, "awaiting-receipt", EX_MOVED }, { EV_MDN_NEGATIVE, "failed", EX_MOVED },
	    { EV_RETRIED, "queued", EX_MOVED }, SEND, { EV_ACCEPTED, "awaiting-receipt", EX_MOVED },
	    { EV_MDN_OK, "complete", EX_MOVED });
	TELL("changed on the way", EX_OUT, WANTS_RECEIPT, CLAIM, PACK, QUEUE, SEND,
	    { EV_ACCEPTED, "awaiting-receipt", EX_MOVED },
	    { EV_MDN_DISPUTED, "disputed", EX_MOVED }, { EV_MDN_OK, "complete", EX_LATE_EVIDENCE });
	TELL("rejected", EX_OUT, WANTS_RECEIPT | WANTS_ACK, CLAIM, PACK, QUEUE, SEND,
	    { EV_ACCEPTED, "awaiting-receipt", EX_MOVED }, { EV_MDN_OK, "awaiting-ack", EX_MOVED },
	    { EV_ACK_REJECTED, "rejected", EX_MOVED }, { EV_RETRIED, "rejected", EX_IGNORED },
	    { EV_ACK_ACCEPTED, "complete", EX_LATE_EVIDENCE });
	TELL("partly accepted", EX_OUT, WANTS_ACK, CLAIM, PACK, QUEUE, SEND,
	    { EV_ACCEPTED, "awaiting-ack", EX_MOVED }, { EV_ACK_OVERDUE, "ack-overdue", EX_MOVED },
	    { EV_ACK_PARTIAL, "partly-accepted", EX_MOVED });
	TELL("the acknowledgement proves what the receipt did not", EX_OUT,
	    WANTS_RECEIPT | WANTS_ACK, CLAIM, PACK, QUEUE, SEND,
	    { EV_ACCEPTED, "awaiting-receipt", EX_MOVED }, { EV_DSN_FAILED, "failed", EX_MOVED },
	    { EV_ACK_ACCEPTED, "awaiting-receipt", EX_LATE_EVIDENCE },
	    { EV_MDN_WARNING, "complete", EX_MOVED });
	TELL("delivery reports", EX_OUT, WANTS_RECEIPT, CLAIM, PACK, QUEUE, SEND,
	    { EV_ACCEPTED, "awaiting-receipt", EX_MOVED },
	    { EV_DSN_DELAYED, "awaiting-receipt", EX_MOVED },
	    { EV_DSN_RELAYED, "awaiting-receipt", EX_MOVED },
	    { EV_DSN_DELAYED, "awaiting-receipt", EX_IGNORED },
	    { EV_DSN_DELIVERED, "awaiting-receipt", EX_MOVED });
	TELL("held before packing", EX_OUT, 0, CLAIM, { EV_HELD, "held", EX_MOVED },
	    { EV_RETRIED, "held", EX_IGNORED }, { EV_RELEASED, "claimed", EX_MOVED }, PACK);
	TELL("held because uncertain, released: the same bytes", EX_OUT, WANTS_RECEIPT, CLAIM, PACK,
	    QUEUE, SEND, { EV_UNCERTAIN, "uncertain", EX_MOVED }, { EV_HELD, "held", EX_MOVED },
	    { EV_RELEASED, "queued", EX_MOVED }, SEND);
	TELL("held because uncertain, and the receipt comes", EX_OUT, WANTS_RECEIPT, CLAIM, PACK, QUEUE, SEND,
	    { EV_UNCERTAIN, "uncertain", EX_MOVED }, { EV_HELD, "held", EX_MOVED }, { EV_MDN_OK, "held", EX_MOVED },
	    { EV_RELEASED, "complete", EX_MOVED });
	TELL("invalid", EX_OUT, 0, CLAIM, { EV_INVALID, "invalid", EX_MOVED },
	    { EV_PACKED, "invalid", EX_IGNORED });
	TELL("cancelled, then the receipt", EX_OUT, WANTS_RECEIPT, CLAIM, PACK, QUEUE,
	    { EV_CANCELLED, "cancelled", EX_MOVED }, { EV_MDN_OK, "cancelled", EX_LATE_EVIDENCE });
	TELL("too late to cancel", EX_OUT, 0, CLAIM, PACK, QUEUE, SEND, { EV_ACCEPTED, "complete", EX_MOVED },
	    { EV_CANCELLED, "complete", EX_IGNORED }, { EV_GAVE_UP, "complete", EX_IGNORED }, { EV_HELD, "complete", EX_IGNORED });
	TELL("complete without a receipt, and it bounces", EX_OUT, 0, CLAIM, PACK, QUEUE, SEND,
	    { EV_ACCEPTED, "complete", EX_MOVED }, { EV_DSN_FAILED, "failed", EX_LATE_EVIDENCE });
	TELL("given up sending, yet it went through", EX_OUT, 0, CLAIM, PACK, QUEUE, SEND,
	    { EV_UNCERTAIN, "uncertain", EX_MOVED }, { EV_GAVE_UP, "failed", EX_MOVED },
	    { EV_DSN_DELIVERED, "complete", EX_LATE_EVIDENCE });
	TELL("nobody asked for a receipt", EX_OUT, 0, CLAIM, PACK, QUEUE, SEND,
	    { EV_ACCEPTED, "complete", EX_MOVED }, { EV_MDN_WEAK, "complete", EX_IGNORED },
	    { EV_RECEIPT_OVERDUE, "complete", EX_IGNORED },
	    { EV_ACK_RECEIVED, "complete", EX_MOVED },
	    { EV_MDN_NEGATIVE, "failed", EX_LATE_EVIDENCE });
	TELL("packed twice", EX_OUT, WANTS_RECEIPT, CLAIM, PACK, { EV_PACKED, "packed", EX_IGNORED }, QUEUE,
	    { EV_CLAIMED, "queued", EX_IGNORED }, { EV_SUPERSEDED, "superseded", EX_MOVED });
}

static void
stories_of_the_way_in(void **state)
{
	(void)state;
	TELL("filed, receipted, handed over", EX_IN, 0, { EV_SPOOLED, "spooled", EX_MOVED },
	    { EV_OPENED, "opened", EX_MOVED }, { EV_FILED, "filed", EX_MOVED },
	    { EV_RECEIPT_QUEUED, "filed", EX_MOVED }, { EV_SENDING, "filed", EX_MOVED },
	    { EV_RECEIPT_SENT, "filed", EX_MOVED }, { EV_HANDED_OVER, "handed-over", EX_MOVED },
	    { EV_FILED, "handed-over", EX_IGNORED });
	TELL("a duplicate", EX_IN, 0, { EV_SPOOLED, "spooled", EX_MOVED },
	    { EV_DUPLICATE, "duplicate", EX_MOVED }, { EV_FILED, "duplicate", EX_IGNORED },
	    { EV_RECEIPT_QUEUED, "duplicate", EX_MOVED });
	TELL("a stranger", EX_IN, 0, { EV_SPOOLED, "spooled", EX_MOVED },
	    { EV_QUARANTINED, "quarantined", EX_MOVED }, { EV_FILED, "quarantined", EX_IGNORED },
	    { EV_RETRIED, "spooled", EX_MOVED }, { EV_OPENED, "opened", EX_MOVED });
	TELL("a report that fits nothing, yet", EX_IN, 0, { EV_SPOOLED, "spooled", EX_MOVED },
	    { EV_UNMATCHED, "unmatched", EX_MOVED }, { EV_MATCHED, "filed", EX_MOVED });
	TELL("same number, other bytes", EX_IN, 0, { EV_SPOOLED, "spooled", EX_MOVED },
	    { EV_OPENED, "opened", EX_MOVED }, { EV_HELD, "held", EX_MOVED },
	    { EV_RELEASED, "spooled", EX_MOVED });
	TELL("no proof for what is not ours", EX_IN, 0, { EV_SPOOLED, "spooled", EX_MOVED },
	    { EV_MDN_OK, "spooled", EX_IGNORED }, { EV_ACK_ACCEPTED, "spooled", EX_IGNORED },
	    { EV_PACKED, "spooled", EX_IGNORED });
	TELL("our receipt does not get through", EX_IN, 0, { EV_SPOOLED, "spooled", EX_MOVED },
	    { EV_OPENED, "opened", EX_MOVED }, { EV_FILED, "filed", EX_MOVED },
	    { EV_RECEIPT_QUEUED, "filed", EX_MOVED }, { EV_RECEIPT_FAILED, "filed", EX_MOVED },
	    { EV_RETRIED, "filed", EX_MOVED });
}

/* ---- who is waited for ---- */

static void
ends_and_persons(void **state)
{
	static const struct {
		struct exchange x;
		const char *shown;
		bool is_final, needs_person;
	} cases[] = {
		{ { EX_OUT, ST_CLAIMED, T_NONE, 0, 0, 0 }, "claimed", false, false },
		{ { EX_OUT, ST_HELD, T_NONE, 0, 0, 0 }, "held", false, true },
		{ { EX_OUT, ST_INVALID, T_NONE, 0, 0, 0 }, "invalid", true, true },
		{ { EX_OUT, ST_CANCELLED, T_NONE, 0, 0, 0 }, "cancelled", true, false },
		{ { EX_OUT, ST_PACKED, T_REFUSED, 0, 0, 0 }, "failed", true, true },
		{ { EX_OUT, ST_PACKED, T_ACCEPTED, R_AWAITED, 0, 0 }, "awaiting-receipt", false, false },
		{ { EX_OUT, ST_PACKED, T_ACCEPTED, R_OVERDUE, 0, 0 }, "receipt-overdue", false, false },
		{ { EX_OUT, ST_PACKED, T_ACCEPTED, R_DISPUTED, 0, 0 }, "disputed", false, true },
		{ { EX_OUT, ST_PACKED, T_DELIVERED, R_OK, A_OVERDUE, 0 }, "ack-overdue", false, true },
		{ { EX_OUT, ST_PACKED, T_DELIVERED, R_OK, A_ACCEPTED, 0 }, "complete", true, false },
		{ { EX_OUT, ST_PACKED, T_DELIVERED, R_OK, 0, B_NEGATIVE }, "rejected", true, true },
		{ { EX_IN, ST_FILED, T_NONE, 0, 0, 0 }, "filed", true, false },
		{ { EX_IN, ST_FILED, T_QUEUED, 0, 0, 0 }, "filed", false, false },	/* the receipt is owed */
		{ { EX_IN, ST_FILED, T_ACCEPTED, 0, 0, 0 }, "filed", true, false },
		{ { EX_IN, ST_FILED, T_REFUSED, 0, 0, 0 }, "filed", true, true },
		{ { EX_IN, ST_QUARANTINED, T_NONE, 0, 0, 0 }, "quarantined", true, true },
		{ { EX_IN, ST_SPOOLED, T_NONE, 0, 0, 0 }, "spooled", false, false },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		assert_string_equal(exchange_shown(&cases[i].x), cases[i].shown);
		assert_int_equal(exchange_is_final(&cases[i].x), cases[i].is_final);
		assert_int_equal(exchange_needs_person(&cases[i].x), cases[i].needs_person);
	}
}

static void
names_are_unique_and_found(void **state)
{
	enum ex_event ev;

	(void)state;
	for (int e = 0; e < EV_COUNT; e++) {
		assert_int_equal(exchange_event_of(str_of(exchange_event_name((enum ex_event)e)), &ev), 0);
		assert_int_equal(ev, e);
	}
	assert_int_equal(exchange_event_of(S("nonsense"), &ev), -1);
	assert_int_equal(exchange_event_of(S(""), &ev), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_meets_every_event),
		cmocka_unit_test(any_pair_is_allowed),
		cmocka_unit_test(nothing_turns_good_without_its_event),
		cmocka_unit_test(proofs_stand),
		cmocka_unit_test(uncertain_comes_only_from_in_flight),
		cmocka_unit_test(reports_of_different_kinds_commute),
		cmocka_unit_test(stories_of_the_way_out),
		cmocka_unit_test(stories_of_the_way_in),
		cmocka_unit_test(ends_and_persons),
		cmocka_unit_test(names_are_unique_and_found),
	};

	return cmocka_run_group_tests_name("exchange", tests, reach_all, NULL);
}
