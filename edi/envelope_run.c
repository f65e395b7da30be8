/* SPDX-License-Identifier: ISC */
/*
 * envelope_run.c - from segment to segment, interchange to interchange, to the end of the input; one step at a time, so that
 * it can wait wherever what comes next is not in sight yet.
 */
#include "edi/envelope.h"

void
env_begin(struct envelope *x)
{
	struct seg_reader *r = &x->r;
	unsigned char first = r->in.n == 0 ? 0 : (unsigned char)r->in.p[0];

	if (x->syntax->is_other_encoding != NULL && x->syntax->is_other_encoding(r->in)) {
		facts_problem(x->a, x->f, (struct edi_place){ 0 }, "encoding", "%s in %s, want %s", x->syntax->label,
		    first == 0xc9 || first == 0xe4 ? "EBCDIC" : "UTF-16", x->syntax->charset);
		x->state = ENV_OVER;
		return;
	}
	if (str_starts(r->in, S("\xef\xbb\xbf"))) {
		seg_jump(r, 3);
		r->quirks |= EDI_QUIRK_BOM;
	}
	if (r->at < r->in.n && is_space(r->in.p[r->at]))
		r->quirks |= EDI_QUIRK_LEADING;
}

/* What looks like an interchange is one only if enough of it is in sight. */
static bool
seek(struct envelope *x)
{
	struct seg_reader *r = &x->r;
	size_t hit = x->syntax->find(r->in, r->at);

	if (r->more && hit + SEG_SEEK_SIGHT > r->in.n) {
		if (r->at + SEG_SEEK_SIGHT < r->in.n)
			seg_jump(r, r->in.n - SEG_SEEK_SIGHT);
		return false;
	}
	seg_jump(r, hit);
	x->state = ENV_BETWEEN;
	return true;
}

enum seg_object
env_object(struct envelope *x, const struct seg_far *o, struct edi_place length)
{
	enum seg_object object = seg_object(&x->r, &x->seg, o);

	if (object == SEG_OBJECT_PASSED)
		x->r.quirks |= EDI_QUIRK_BINARY;
	if (object != SEG_OBJECT_FAR)
		return object;
	x->far = *o;
	x->far_size = o->n;
	x->far_place = length;
	seg_jump(&x->r, o->from);
	x->state = ENV_FAR;
	return object;
}

/* Such a length is believed: it cannot be known beforehand whether its mark is there. */
static bool
go_far(struct envelope *x)
{
	struct seg_reader *r = &x->r;
	struct seg_far *o = &x->far;
	size_t seen = r->in.n - r->at, pass = o->n < seen ? (size_t)o->n : seen;

	if (r->more && seen - pass < o->mark.n) {
		o->n -= pass;
		seg_jump(r, r->at + pass);
		return false;
	}
	o->from = r->at;
	if (seg_go_far(r, o))
		r->quirks |= EDI_QUIRK_BINARY;
	else
		x->syntax->bad_object(x);
	x->state = ENV_INSIDE;
	return true;
}

static void
note_fill(struct envelope *x)
{
	if (x->r.filled)
		facts_problem(x->a, x->f, (struct edi_place){ .offset = x->r.fill_at, .segment = x->r.ordinal + 1 }, "control-char",
		    "more than %u bytes of fill (NUL, 0x1a) with something behind them", SEG_SIGHT);
	x->r.filled = false;
}

/* within: of a segment that is too long to be shown. */
static void
note_cut(struct envelope *x, bool within)
{
	if (within)
		facts_problem(x->a, x->f, env_place(x, 0, 0), "segment-cut", "the last segment has no terminator");
	else
		facts_problem(x->a, x->f, env_place(x, 0, 0), "segment-cut",
		    "the last segment, '%s', has no terminator", env_show(x, x->seg.raw));
}

static void
read_next(struct envelope *x, bool there)
{
	struct seg_reader *r = &x->r;

	if (!there || x->syntax->starts(str_from(r->in, r->at))) {
		x->seg = (struct seg){ .offset = r->base + r->at, .ordinal = r->ordinal + 1 };
		x->state = ENV_BETWEEN;
		x->syntax->lacks_end(x);
		return;
	}
	(void)seg_next(r, &x->seg);
	if (!x->syntax->segment(x))
		x->state = ENV_BETWEEN;
	else if (!x->seg.terminated && !x->seg.too_long)
		note_cut(x, false);
}

bool
env_step(struct envelope *x)
{
	struct seg_reader *r = &x->r;
	bool there;

	if (x->state == ENV_OVER)
		seg_jump(r, r->in.n);
	else if (x->state == ENV_SEEKING)
		return seek(x);
	else if (x->state == ENV_FAR)
		return go_far(x);
	else if (x->state == ENV_INSIDE && x->in_message)
		seg_pass(r, x->number_tag);
	there = seg_skip_blanks(r);
	note_fill(x);
	if (!seg_sees(r) || (!there && r->more))
		return false;
	if (!there && r->within == SEG_REST) {
		r->within = SEG_BETWEEN;
		note_cut(x, true);
	}
	if (x->state == ENV_OPENING)
		x->syntax->open(x);
	else if (x->state == ENV_INSIDE)
		read_next(x, there);
	else if (there)
		x->syntax->begin(x);
	else
		return false;
	return true;
}

void
env_read(const struct env_syntax *syntax, struct arena *a, struct str in, struct edi_facts *f)
{
	struct envelope x = { .syntax = syntax, .a = a, .f = f, .r = { .in = in } };

	env_begin(&x);
	seg_watch(&x.r, f->passed);
	while (env_step(&x) || x.r.more)
		if (x.r.more && !seg_sees(&x.r))
			seg_see_more(&x.r);
	f->quirks |= x.r.quirks;
}
