/* SPDX-License-Identifier: ISC */
#include "edi/walk.h"

#include <string.h>

void
walk_start(struct walk *w, const struct edi_format *format, struct str in)
{
	memset(w, 0, sizeof(*w));
	w->format = format;
	w->r.in = in;
	w->r.at = str_starts(in, S("\xef\xbb\xbf")) ? 3 : 0;
	seg_watch(&w->r, NULL);
}

/* ---- X12 ---- */

static size_t
find_nothing(struct str in, size_t at)
{
	(void)at;
	return in.n;
}

static enum walk_step
open_x12(struct walk *w)
{
	struct seg_reader *r = &w->r;
	struct x12_isa isa;

	while (seg_see(r)) {
		if (!x12_isa_read(str_from(r->in, r->at), &isa)) {
			seg_seek(r, x12_find, r->at + 1);
			continue;
		}
		seg_use(r, &isa.signs, NULL);
		w->seg = (struct seg){ .raw = str_sub(r->in, r->at, isa.size - isa.signs.term_n),
			.tag = SEG_TAG('I', 'S', 'A'), .offset = r->at, .ordinal = ++r->ordinal, .tag_n = 3,
			.terminated = true };
		w->inside = !is_alnum(isa.signs.term[0]) && seg_signs_distinct(&isa.signs);
		r->at += isa.size;
		if (!w->inside)		/* nothing behind can be told apart */
			seg_seek(r, find_nothing, r->at);
		return WALK_HEADER;
	}
	return WALK_END;
}

static bool
at_isa(struct walk *w)
{
	struct str next = seg_peek(&w->r);
	struct x12_isa isa;

	return str_starts(next, S("ISA")) && x12_isa_read(next, &isa);
}

static enum walk_step
next_x12(struct walk *w)
{
	struct str data;

	if (!w->inside || at_isa(w) || !seg_next(&w->r, &w->seg))
		return open_x12(w);
	w->inside = w->seg.tag != SEG_TAG('I', 'E', 'A');
	if (w->seg.tag == SEG_TAG('B', 'I', 'N') || w->seg.tag == SEG_TAG('B', 'D', 'S'))
		(void)x12_skip_binary(&w->r, &w->seg, &data);
	return WALK_SEGMENT;
}

/* ---- EDIFACT ---- */

static struct str
value(struct walk *w, unsigned int i, unsigned int j)
{
	return str_trim(seg_component(&w->r.signs, &w->seg, i, j));
}

/* What edifact.c makes of a UNB, or of the segment that came in its place. */
static void
use_unb(struct walk *w)
{
	struct seg_signs g = w->r.signs;

	if (w->seg.tag != SEG_TAG('U', 'N', 'B')) {
		if (!edifact_starts(str_from(w->r.in, (size_t)w->seg.offset)))
			seg_back(&w->r, &w->seg);
		return;
	}
	if (str_cmp(value(w, 1, 2), S("4")) < 0)
		g.rep = -1;
	seg_use(&w->r, &g, NULL);
}

static enum walk_step
open_edifact(struct walk *w)
{
	struct seg_reader *r = &w->r;
	struct edifact_una una;
	struct str rest;

	while (seg_see(r)) {
		rest = str_from(r->in, r->at);
		if (!edifact_starts(rest) && (w->met || !edifact_starts_headless(rest))) {
			seg_seek(r, edifact_find, r->at + 1);
			continue;
		}
		edifact_una_read(rest, &una);
		seg_use(r, &una.signs, NULL);
		w->una = str_sub(rest, 0, una.fault == NULL ? una.size : 0);
		r->at += una.size;
		w->inside = w->met = true;
		if (!seg_see(r) || !seg_next(r, &w->seg))
			return WALK_END;
		use_unb(w);
		return WALK_HEADER;
	}
	return WALK_END;
}

static bool
at_unb(struct walk *w)
{
	struct str next = seg_peek(&w->r);

	return (str_starts(next, S("UNA")) || str_starts(next, S("UNB"))) && edifact_starts(next);
}

static enum walk_step
next_edifact(struct walk *w)
{
	if (!w->inside || at_unb(w) || !seg_next(&w->r, &w->seg))
		return open_edifact(w);
	w->inside = w->seg.tag != SEG_TAG('U', 'N', 'Z');
	if (w->seg.tag == SEG_TAG('U', 'N', 'O'))
		(void)edifact_skip_object(&w->r, &w->seg, value(w, 4, 1));
	return WALK_SEGMENT;
}

enum walk_step
walk_next(struct walk *w)
{
	return w->format == &edi_x12 ? next_x12(w) : next_edifact(w);
}
