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

/* Where the next interchange begins; in.n without one. */
static size_t
find_start(struct pieces *w)
{
	struct str in = w->r.in;
	size_t at = w->r.at;

	if (at == 0 && str_starts(in, S("\xef\xbb\xbf")))
		at = 3;
	while (at < in.n && is_space(in.p[at]))
		at++;
	if (is_start(w, str_from(in, at)))
		return at;
	for (; at < in.n; at++) {
		at = w->x12 ? x12_find(in, at) : edifact_find(in, at);
		if (at < in.n && is_start(w, str_from(in, at)))
			return at;
	}
	return in.n;
}

static bool
begin_x12(struct pieces *w, size_t at)
{
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
begin_edifact(struct pieces *w, size_t at)
{
	struct edifact_una una;

	w->charset = NULL;
	edifact_una_read(str_from(w->r.in, at), &una);
	seg_use(&w->r, &una.signs, NULL);
	w->r.at = at + una.size;
	if (!seg_next(&w->r, &w->seg))
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
	const struct seg_signs *g = &w->r.signs;
	struct str in = w->r.in, length;
	size_t data;

	if (w->seg.tag != SEG_TAG('B', 'I', 'N') && w->seg.tag != SEG_TAG('B', 'D', 'S'))
		return;
	length = seg_element(g, &w->seg, w->seg.tag == SEG_TAG('B', 'I', 'N') ? 1 : 2);
	if (!x12_skip_binary(&w->r, &w->seg))
		return;
	data = (size_t)(length.p - in.p) + length.n + 1;
	w->binary = str_sub(in, data, w->r.at - g->term_n - data);
	w->seg.raw.n = data + w->binary.n - (size_t)w->seg.offset;
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
			(void)edifact_skip_object(&w->r, seg_component(&w->r.signs, &w->seg, 4, 1));
		w->ends = w->seg.tag == SEG_TAG('U', 'N', 'Z');
	}
	w->open = !w->ends;
}

bool
pieces_next(struct pieces *w)
{
	size_t end = w->seg.ordinal == 0 ? 0 : (size_t)w->seg.offset + w->seg.raw.n;
	size_t at;

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
	at = find_start(w);
	w->before = str_sub(w->r.in, end, at - end);
	w->done = at == w->r.in.n || !(w->x12 ? begin_x12(w, at) : begin_edifact(w, at));
	if (w->done) {
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
