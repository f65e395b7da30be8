/* SPDX-License-Identifier: ISC */
#include "edi/pieces.h"

#include "edi/edifact.h"
#include "edi/x12.h"

#include <string.h>

bool
pieces_takes(const struct edi_facts *f)
{
	return f->format == &edi_x12 || f->format == &edi_edifact;
}

void
pieces_start(struct pieces *w, struct str in, bool x12)
{
	memset(w, 0, sizeof(*w));
	w->x12 = x12;
	w->r.in = in;
	seg_watch(&w->r, NULL);
}

static bool
is_start(const struct pieces *w, struct str at)
{
	struct x12_isa isa;

	if (!w->x12)
		return edifact_starts(at) || str_starts(at, S("UNH+"));
	return x12_isa_read(at, &isa) && seg_signs_distinct(&isa.signs);
}

/* Another header before the trailer of this interchange came? */
static bool
at_header(struct pieces *w)
{
	struct str next = seg_peek(&w->r);

	if (w->x12)
		return str_starts(next, S("ISA")) && is_start(w, next);
	return (str_starts(next, S("UNA")) || str_starts(next, S("UNB"))) && edifact_starts(next);
}

/* Go to where the next interchange begins; false without one. */
static bool
find_start(struct pieces *w)
{
	struct seg_reader *r = &w->r;

	if (r->at == 0 && str_starts(r->in, S("\xef\xbb\xbf")))
		r->at = 3;
	if (!seg_see(r))
		return false;
	for (size_t from = r->at; !is_start(w, str_from(r->in, r->at)); from = r->at + 1) {
		seg_seek(r, w->x12 ? x12_find : edifact_find, from);
		if (r->at == r->in.n)
			return false;
	}
	return true;
}

static bool
begin_x12(struct pieces *w)
{
	size_t at = w->r.at;
	struct x12_isa isa;

	if (!x12_isa_read(str_from(w->r.in, at), &isa))
		return false;
	seg_use(&w->r, &isa.signs, NULL);
	w->seg = (struct seg){ .raw = str_sub(w->r.in, at, isa.size - isa.signs.term_n), .tag = SEG_TAG('I', 'S', 'A'),
		.tag_n = 3, .offset = at, .ordinal = ++w->r.ordinal, .terminated = true };
	w->r.at = at + isa.size;
	return true;
}

/* Before syntax 4 the repetition sign was reserved. */
static void
use_unb(struct pieces *w)
{
	struct seg_signs g = w->r.signs;

	w->charset = edi_charset_of(seg_component(&g, &w->seg, 1, 1));
	if (str_cmp(seg_component(&g, &w->seg, 1, 2), S("4")) < 0)
		g.rep = -1;
	seg_use(&w->r, &g, NULL);
}

static bool
begin_edifact(struct pieces *w)
{
	size_t at = w->r.at;
	struct edifact_una una;

	w->charset = NULL;
	edifact_una_read(str_from(w->r.in, at), &una);
	seg_use(&w->r, &una.signs, NULL);
	w->r.at = at + una.size;
	if (!seg_see(&w->r) || !seg_next(&w->r, &w->seg))
		return false;
	if (una.size > 0)
		w->una = str_sub(w->r.in, at, (size_t)w->seg.offset - at);
	if (w->seg.tag == SEG_TAG('U', 'N', 'B'))
		use_unb(w);
	return true;
}

/* BIN and BDS: as many bytes as they say, if a terminator follows those. */
static void
take_binary(struct pieces *w)
{
	struct str data;

	if (w->seg.tag != SEG_TAG('B', 'I', 'N') && w->seg.tag != SEG_TAG('B', 'D', 'S'))
		return;
	if (!x12_skip_binary(&w->r, &w->seg, &data))
		return;
	w->binary = data;
	w->seg.raw.n = (size_t)(data.p - w->seg.raw.p) + data.n;
	w->seg.terminated = true;
}

static void
take_body(struct pieces *w)
{
	if (w->x12) {
		take_binary(w);
		w->ends = w->seg.tag == SEG_TAG('I', 'E', 'A');
	} else {
		if (w->seg.tag == SEG_TAG('U', 'N', 'O'))
			(void)edifact_skip_object(&w->r, &w->seg, seg_component(&w->r.signs, &w->seg, 4, 1));
		w->ends = w->seg.tag == SEG_TAG('U', 'N', 'Z');
	}
	w->open = !w->ends;
}

bool
pieces_next(struct pieces *w)
{
	size_t end = w->seg.ordinal == 0 ? 0 : (size_t)w->seg.offset + w->seg.raw.n;

	if (w->seg.terminated)
		end += w->r.signs.term_n;
	w->starts = w->ends = false;
	w->una = S("");
	w->binary = (struct str){ NULL, 0 };
	if (w->done)
		return false;
	if (w->open && !at_header(w) && seg_next(&w->r, &w->seg)) {
		w->before = str_sub(w->r.in, end, (size_t)w->seg.offset - end);
		take_body(w);
		return true;
	}
	if (w->r.at < end)
		w->r.at = end;
	w->done = !find_start(w);
	w->before = str_sub(w->r.in, end, w->r.at - end);
	w->done = w->done || !(w->x12 ? begin_x12(w) : begin_edifact(w));
	if (w->done) {
		while (w->r.more)
			seg_see_more(&w->r);
		w->before = str_from(w->r.in, end);
		w->una = S("");
		return false;
	}
	w->starts = true;
	if (w->seg.tag == SEG_TAG('I', 'S', 'A'))
		w->open = true;
	else
		take_body(w);
	return true;
}
