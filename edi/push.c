/* SPDX-License-Identifier: ISC */
/*
 * push.c - a window that slides over the input. Before it does, values that are still needed are taken out of it: those of
 * what is open into places of their own, those of the facts into the arena.
 */
#include "edi/push.h"

#include "edi/envelope.h"

#include <assert.h>
#include <string.h>

#define WINDOW	   ((size_t)192 << 10)
#define VALUES	   9
#define VALUE_SIZE (3 * (EDI_VALUE_MAX + 1))	/* a version is joined of three */

struct edi_push {
	struct envelope x;
	struct edi_facts f;
	struct digest digest;
	bool begun;
	size_t n_settled;	/* of f.messages */
	char values[VALUES][VALUE_SIZE];
	char window[WINDOW];
};
static_assert(sizeof(struct edi_push) <= EDI_PUSH_MEMORY_MAX, "what push.h promises");
static_assert(WINDOW >= 2 * SEG_SIGHT, "half of the window is new each time");

struct edi_push *
edi_push_new(struct arena *a, const struct edi_format *format)
{
	struct edi_push *p;

	if (format == NULL || format->syntax == NULL)
		return NULL;
	p = arena_new_of(a, struct edi_push);
	p->f = (struct edi_facts){ .verdict = EDI_VALID, .format = format };
	p->x.syntax = format->syntax;
	p->x.a = a;
	p->x.f = &p->f;
	p->x.digest = &p->digest;
	p->x.r.in = str_make(p->window, 0);
	return p;
}

/* Does it point to what will change? */
static bool
is_lent(const struct edi_push *p, struct str s)
{
	return s.n > 0 && (uintptr_t)s.p >= (uintptr_t)p && (uintptr_t)s.p < (uintptr_t)(p + 1);
}

static void
keep(struct edi_push *p, struct str *s)
{
	if (is_lent(p, *s))
		*s = str_dup(p->x.a, *s);
}

/* Many messages share a type: there is no need for a copy each. */
static void
keep_like(struct edi_push *p, struct str *s, struct str last)
{
	if (str_eq(*s, last))
		*s = last;
	keep(p, s);
}

static void
settle_facts(struct edi_push *p)
{
	struct edi_facts *f = &p->f;
	struct str *const facts[] = { &f->sender.qual, &f->sender.id, &f->sender.name, &f->receiver.qual, &f->receiver.id,
		&f->receiver.name, &f->control, &f->version, &f->type, &f->number };

	for (size_t i = 0; i < N(facts); i++)
		keep(p, facts[i]);
	for (; p->n_settled < f->n_kept; p->n_settled++) {
		struct edi_message *m = &f->messages[p->n_settled];
		struct edi_message last = p->n_settled == 0 ? (struct edi_message){ .offset = 0 } : m[-1];
		keep_like(p, &m->type, last.type);
		keep_like(p, &m->version, last.version);
		keep_like(p, &m->group, last.group);
		keep(p, &m->control);
		keep(p, &m->number);
	}
}

static void
settle_open(struct edi_push *p)
{
	struct envelope *x = &p->x;
	struct str *const open[VALUES] = { &x->control, &x->group, &x->group_function, &x->group_version, &x->message.type,
		&x->message.version, &x->message.control, &x->message.group, &x->message.number };

	for (size_t i = 0; i < VALUES; i++) {
		if (!is_lent(p, *open[i]) || open[i]->p < p->window)
			continue;
		memcpy(p->values[i], open[i]->p, open[i]->n);
		open[i]->p = p->values[i];
	}
}

static void
run(struct edi_push *p)
{
	if (!p->begun)
		env_begin(&p->x);
	p->begun = true;
	while (env_step(&p->x))
		;
}

/* All but what has not been read, and the byte before: it tells whether a line begins. */
static void
slide(struct edi_push *p)
{
	struct seg_reader *r = &p->x.r;
	size_t gone = r->at == 0 ? 0 : r->at - 1;

	if (p->x.in_message)
		digest_take(&p->digest, r->base, r->in, r->base + r->at);
	settle_facts(p);
	settle_open(p);
	memmove(p->window, p->window + gone, r->in.n - gone);
	seg_slide(r, p->window, gone);
}

void
edi_push(struct edi_push *p, struct str piece)
{
	struct seg_reader *r = &p->x.r;
	size_t n;

	for (; piece.n > 0; piece = str_from(piece, n)) {
		n = piece.n < WINDOW - r->in.n ? piece.n : WINDOW - r->in.n;
		memcpy(p->window + r->in.n, piece.p, n);
		seg_extend(r, r->in.n + n, true);
		if (r->in.n < WINDOW)
			continue;
		run(p);
		slide(p);
	}
}

void
edi_push_end(struct edi_push *p, struct edi_facts *out)
{
	seg_extend(&p->x.r, p->x.r.in.n, false);
	run(p);
	settle_facts(p);
	p->f.quirks |= p->x.r.quirks;
	*out = p->f;
}
