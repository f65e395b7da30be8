/* SPDX-License-Identifier: ISC */
/*
 * segment_each.c - segments and all their fields, a block at a time: the bitmaps become one list of where fields end, and
 * one of which of these are terminators; segments are stretches of the first.
 */
#include "edi/edi.h"
#include "edi/segment.h"

struct lists {
	size_t n_ends, n_stops;
};

static void
make_lists(const struct seg_reader *r, struct seg_index *index, struct lists *out)
{
	uint32_t *ends = index->ends, *stops = index->stops;
	size_t n = 0, k = 0;

	for (uint32_t at = 0; at < r->block_n; at += 64) {
		uint64_t term = r->bits.term[at / 64], all = term | r->bits.field[at / 64];
		for (; all != 0; all &= all - 1) {
			uint32_t bit = (uint32_t)__builtin_ctzll(all);
			ends[n++] = at + bit;
			stops[k] = (uint32_t)n;
			k += term >> bit & 1;
		}
	}
	*out = (struct lists){ n, k };
}

/* One that no block holds whole, or that the input cuts off. False: stop. */
static bool
give_long(struct seg_reader *r, struct seg_index *index, seg_each_fn *fn, void *with)
{
	struct seg s;
	struct seg_view v;
	size_t n;

	if (!seg_next(r, &s))
		return false;
	n = seg_fields(r, &s, index->ends, SCAN_BLOCK);
	v = (struct seg_view){ .base = s.raw.p, .n = (uint32_t)n, .ends = n > SCAN_BLOCK || s.raw.n > UINT32_MAX ? NULL : index->ends,
		.offset = (size_t)s.offset, .size = s.raw.n };
	return fn(with, &v);
}

/* Where the next segment begins, in the block; what is no line break there is left to seg_skip_blanks(). */
static inline uint32_t
skip_breaks(const char *base, uint32_t at, uint32_t end)
{
	while (at < end && (base[at] == '\r' || base[at] == '\n'))
		at++;
	return at;
}

/* The segments of the block. False: stop. */
static bool
give_block(struct seg_reader *r, struct seg_index *index, const struct lists *l, seg_each_fn *fn, void *with)
{
	const char *base = r->in.p + r->block_at;
	struct seg_view v = { .base = base, .ends = index->ends };
	uint32_t at = 0, first = 0, end;

	for (size_t k = 0; k < l->n_stops; first = index->stops[k++]) {
		end = index->ends[index->stops[k] - 1];
		v.from = skip_breaks(base, at, end);
		if (at <= end && (unsigned char)base[v.from] <= ' ') {	/* blanks, fill, terminators that are line breaks */
			r->at = r->block_at + v.from;
			if (!seg_skip_blanks(r))
				return true;
			at = v.from = (uint32_t)(r->at - r->block_at);
		}
		if (at > end)		/* it was passed over with them */
			continue;
		v.n = index->stops[k] - first;
		v.ends = index->ends + first;
		v.offset = r->block_at + v.from;
		v.size = end - v.from;
		at = end + (uint32_t)r->signs.term_n;
		r->ordinal++;
		r->at = r->block_at + at;
		if (!fn(with, &v))
			return false;
	}
	return true;
}

void
seg_each(struct seg_reader *r, struct seg_index *index, seg_each_fn *fn, void *with)
{
	struct lists l;

	while (seg_skip_blanks(r)) {
		seg_fill(r);
		make_lists(r, index, &l);
		if (!(l.n_stops > 0 ? give_block(r, index, &l, fn, with) : give_long(r, index, fn, with)))
			return;
	}
}
