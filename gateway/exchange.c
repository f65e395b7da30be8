/* SPDX-License-Identifier: ISC */
/*
 * The fold: a short function over the tables of exchange_tables.c.
 *
 * Proofs on one axis: the higher rank wins, whenever it comes, so reports of different kinds may arrive in any order. A
 * report from inside the partner's house (MDN, acknowledgement, answer) proves the arrival as well, and moves T.
 */
#include "gateway/exchange_tables.h"

/* One axis, now at *now, meets a proof of `to`; the caller writes it back. 0: the event says nothing about it. */
static enum ex_effect
prove(const struct value *values, unsigned int *now, unsigned int to, bool wanted)
{
	const struct value *is = &values[*now], *says = &values[to];

	if (to == 0)
		return EX_IGNORED;
	if ((says->class == HALF || says->class == DOUBT) && !wanted)
		return EX_IGNORED;	/* a doubt about what nobody waits for */
	if (says->rank <= is->rank)
		return is->class == GOOD && says->class == BAD ? EX_CONTRADICTION : EX_IGNORED;
	*now = to;
	return says->class == GOOD && (is->class == DOUBT || is->class == BAD) ? EX_LATE_EVIDENCE : EX_MOVED;
}

static enum ex_effect
prove_all(struct exchange *x, const struct proof *p)
{
	unsigned int t = x->t, r = x->r, a = x->a, b = x->b;
	enum ex_effect worst = EX_IGNORED;
	const enum ex_effect effects[] = {
		prove(t_values, &t, p->t, true),
		prove(r_values, &r, p->r, x->r != R_NOT_WANTED),
		prove(a_values, &a, p->a, x->a != A_NOT_WANTED),
		prove(b_values, &b, p->b, x->b != B_NONE),
	};
	bool is_there = (r != x->r && r_values[r].class == GOOD) || (a != x->a && a_values[a].class == GOOD) ||
	    (b != x->b && b_values[b].class == GOOD);

	for (size_t i = 0; i < N(effects); i++)
		if (effects[i] > worst)
			worst = effects[i];
	x->t = (enum ex_transport)t;
	x->r = (enum ex_receipt)r;
	x->a = (enum ex_ack)a;
	x->b = (enum ex_answer)b;
	if (is_there && x->stage == ST_FAILED)	/* given up too early */
		x->stage = ST_PACKED;
	return worst;
}

static void
move_stage(struct exchange *x, enum ex_event ev)
{
	for (size_t i = 0; i < exchange_n_stages; i++)
		if (exchange_stages[i].on == ev && exchange_stages[i].from == x->stage &&
		    (exchange_stages[i].dirs & 1u << x->dir) != 0) {
			x->stage = exchange_stages[i].to;
			return;
		}
}

static void
move_transport(struct exchange *x, enum ex_event ev)
{
	for (size_t i = 0; i < exchange_n_transport; i++)
		if (exchange_transport[i].on == ev && exchange_transport[i].from == x->t) {
			x->t = exchange_transport[i].to;
			return;
		}
}

/* What was asked for is awaited from now on; a proof that is there already stays. */
static void
want(struct exchange *x, unsigned int wants)
{
	if ((wants & WANTS_RECEIPT) != 0 && x->r == R_NOT_WANTED)
		x->r = R_AWAITED;
	if ((wants & WANTS_ACK) != 0 && x->a == A_NOT_WANTED)
		x->a = A_AWAITED;
	if ((wants & WANTS_ANSWER) != 0 && x->b == B_NONE)
		x->b = B_AWAITED;
}

/* The frozen mail goes out again, same bytes: what was learnt from the last time no longer counts. */
static void
send_again(struct exchange *x)
{
	if (x->t != T_NONE && x->t != T_IN_FLIGHT)
		x->t = T_QUEUED;
	if (x->r != R_NOT_WANTED)
		x->r = R_AWAITED;
	if (x->a == A_OVERDUE)
		x->a = A_AWAITED;
}

/* A person's word, after the stage has moved. */
static void
reopen(struct exchange *x, enum ex_event ev, enum ex_stage was)
{
	if (x->dir == EX_IN) {
		if (ev == EV_RETRIED && t_values[x->t].class == BAD)	/* our receipt did not get through */
			x->t = T_QUEUED;
		return;
	}
	if (ev == EV_RELEASED && was == ST_HELD && x->t != T_NONE)	/* held after it was packed */
		x->stage = ST_PACKED;
	else if (ev != EV_RETRIED)
		return;
	if (x->stage == ST_PACKED && (ev == EV_RETRIED || t_values[x->t].class != GOOD))
		send_again(x);
}

/* Has the partner's side spoken, so that this event of our own side comes too late? */
static bool
is_settled_against(const struct exchange *x, enum ex_event ev)
{
	enum shown s = exchange_word(x);

	switch (ev) {
	case EV_RETRIED:	/* they have it: sending the same bytes would change nothing */
		return x->dir == EX_OUT &&
		    (s == COMPLETE || s == REJECTED || s == PARTLY_ACCEPTED ||
		        r_values[x->r].class == GOOD || a_values[x->a].class == GOOD ||
		        b_values[x->b].class == GOOD);
	case EV_GAVE_UP:
		return s == COMPLETE || s == REJECTED || s == PARTLY_ACCEPTED;
	case EV_HELD:
	case EV_CANCELLED:
	case EV_SUPERSEDED:
		return s == COMPLETE;
	default:
		return false;
	}
}

/* Nothing has been frozen yet that could be sent or reported on. */
static bool
has_no_mail(const struct exchange *x)
{
	return x->dir == EX_OUT && x->t == T_NONE && x->stage != ST_PACKED;
}

static bool
is_same(const struct exchange *a, const struct exchange *b)
{
	return a->stage == b->stage && a->t == b->t && a->r == b->r && a->a == b->a && a->b == b->b;
}

enum ex_effect
exchange_apply(struct exchange *x, enum ex_event ev, unsigned int arg)
{
	const struct exchange was = *x;
	enum ex_effect effect;

	if ((exchange_events[ev].dirs & 1u << x->dir) == 0 || is_settled_against(x, ev))
		return EX_IGNORED;
	move_stage(x, ev);
	if (!has_no_mail(&was))
		move_transport(x, ev);
	if (ev == EV_PACKED && x->stage != was.stage)
		want(x, arg);
	if (ev == EV_RELEASED || ev == EV_RETRIED)
		reopen(x, ev, was.stage);
	effect = has_no_mail(&was) ? EX_IGNORED : prove_all(x, &exchange_events[ev]);
	if (effect == EX_IGNORED && !is_same(x, &was))
		return EX_MOVED;
	/* A proof for what had an end already, other than being complete before and after. */
	if (effect == EX_MOVED && exchange_is_final(&was) &&
	    (exchange_word(&was) != COMPLETE || exchange_word(x) != COMPLETE))
		return EX_LATE_EVIDENCE;
	return effect;
}
