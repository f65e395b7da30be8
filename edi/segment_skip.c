/* SPDX-License-Identifier: ISC */
/*
 * segment_skip.c - what a reader passes over: blanks and fill between segments, the rest of a segment that is too long, and
 * bytes of anything whose number a segment tells.
 */
#include "edi/edi.h"
#include "edi/segment.h"

#include <string.h>

bool
seg_is_fill(char c)
{
	return c == '\0' || c == '\x1a';
}

static bool
is_break(char c)
{
	return c == '\r' || c == '\n';
}

bool
seg_is_term(const struct seg_signs *g, const char *p, const char *end)
{
	return g->term_n == 1 || ((size_t)(end - p) >= g->term_n && memcmp(p, g->term, g->term_n) == 0);
}

bool
seg_find_term(const struct seg_reader *r, size_t to, size_t *at)
{
	const char *end = r->in.p + r->in.n;
	size_t i;

	for (i = r->at; i < to; i++) {
		if ((unsigned char)r->in.p[i] == r->signs.release) {
			if (i + 1 == r->in.n && r->more)
				break;
			i++;
		} else if (r->in.p[i] == r->signs.term[0]) {
			*at = i;
			if (seg_is_term(&r->signs, r->in.p + i, end))
				return true;
			if (r->in.n - i < r->signs.term_n && r->more)
				return false;
		}
	}
	*at = i < r->in.n ? i : r->in.n;
	return false;
}

/*
 * Fill that ends the input is a quirk. Where something stands behind it, it is the beginning of a segment, unless no segment
 * is that long: then it is passed over, and noted.
 */
static bool
skip_fill(struct seg_reader *r)
{
	size_t at = r->at;
	bool at_end, far;

	while (at < r->in.n && (seg_is_fill(r->in.p[at]) || is_space(r->in.p[at])))
		at++;
	at_end = at == r->in.n;
	far = r->within == SEG_FILL || at - r->at >= SEG_SIGHT;
	if (at_end && !far && r->more)
		return false;
	if (at_end && !r->more)
		r->quirks |= EDI_QUIRK_TRAILING;
	if (!far) {
		r->busy_until = at_end ? r->busy_until : at;
		return !at_end;
	}
	if (r->within != SEG_FILL)
		r->fill_at = r->base + r->at;
	r->within = at_end && r->more ? SEG_FILL : SEG_BETWEEN;
	r->filled |= !at_end;
	r->at = at;
	return !at_end;
}

/* The long way of seg_skip_blanks(). */
static bool
skip_blanks(struct seg_reader *r)
{
	size_t at = r->at;

	for (; at < r->in.n && is_space(r->in.p[at]); at++)
		r->met |= is_blank(r->in.p[at]) ? EDI_QUIRK_BLANKS :
		    is_break(r->in.p[at]) && r->ordinal > 0 ? EDI_QUIRK_LINES : 0;
	r->at = at;
	if (at == r->in.n && r->more)
		return false;
	r->quirks |= at == r->in.n || seg_is_fill(r->in.p[at]) ? r->met & EDI_QUIRK_BLANKS : r->met;
	r->met = 0;
	if (at == r->in.n || !seg_is_fill(r->in.p[at]) || at < r->busy_until)
		return at < r->in.n;
	return skip_fill(r);
}

static bool
skip_rest(struct seg_reader *r)
{
	if (!seg_find_term(r, r->in.n, &r->at))
		return false;
	seg_jump(r, r->at + r->signs.term_n);
	return true;
}

bool
seg_skip_blanks(struct seg_reader *r)
{
	if (r->within == SEG_REST && !skip_rest(r))
		return false;
	if (r->within == SEG_FILL)
		return skip_fill(r);
	if (r->at < r->in.n && (unsigned char)r->in.p[r->at] > ' ')
		return true;
	return skip_blanks(r);
}

/* ---- bytes of anything ---- */

static bool
has_mark(const struct seg_reader *r, const struct seg_far *o)
{
	return o->n <= r->in.n - o->from && str_starts(str_from(r->in, o->from + (size_t)o->n), o->mark);
}

enum seg_object
seg_object(struct seg_reader *r, const struct seg *s, const struct seg_far *o)
{
	size_t sight = (size_t)(s->raw.p - r->in.p) + SEG_SIGHT;

	if ((o->from + o->mark.n > sight || o->n > sight - o->from - o->mark.n) && (r->more || r->in.n >= sight))
		return SEG_OBJECT_FAR;
	if (o->from > r->in.n || !has_mark(r, o))
		return SEG_OBJECT_NONE;
	seg_jump(r, o->from + (size_t)o->n + (o->behind ? o->mark.n : 0));
	return SEG_OBJECT_PASSED;
}

bool
seg_go_far(struct seg_reader *r, const struct seg_far *o)
{
	bool found = o->from <= r->in.n && has_mark(r, o);

	if (o->from > r->in.n || o->n > r->in.n - o->from)
		seg_jump(r, r->in.n);
	else
		seg_jump(r, o->from + (size_t)o->n + (found && o->behind ? o->mark.n : 0));
	if (!found)
		r->within = SEG_REST;
	return found;
}

bool
seg_skip_object(struct seg_reader *r, const struct seg *s, const struct seg_far *o)
{
	enum seg_object object = seg_object(r, s, o);

	if (object != SEG_OBJECT_FAR)
		return object == SEG_OBJECT_PASSED;
	while (r->more && (r->in.n < o->from || o->n > r->in.n - o->from || r->in.n - o->from - o->n < o->mark.n))
		seg_see_more(r);
	return seg_go_far(r, o);
}

/* ---- bit by bit ---- */

void
seg_watch(struct seg_reader *r, const struct edi_passed *passed)
{
	r->passed = passed;
	r->all = r->in.n;
	if (passed != NULL && r->all > EDI_PASSED_STEP)
		seg_extend(r, EDI_PASSED_STEP, true);
}

void
seg_see_more(struct seg_reader *r)
{
	size_t size = r->all - r->in.n > EDI_PASSED_STEP ? r->in.n + EDI_PASSED_STEP : r->all;

	r->passed->passed(r->passed->with, r->at);
	seg_extend(r, size, size < r->all);
}

bool
seg_see(struct seg_reader *r)
{
	bool there;

	while (there = seg_skip_blanks(r), r->more && (!there || !seg_sees(r)))
		seg_see_more(r);
	return there;
}

void
seg_seek(struct seg_reader *r, seg_find_fn *find, size_t at)
{
	size_t hit;

	while (hit = find(r->in, at), r->more && hit + SEG_SEEK_SIGHT > r->in.n) {
		if (at + SEG_SEEK_SIGHT < r->in.n)
			at = r->in.n - SEG_SEEK_SIGHT;
		r->at = at;
		seg_see_more(r);
	}
	seg_jump(r, hit);
}
