/* SPDX-License-Identifier: ISC */
#include "edi/segment.h"

#include "edi/edi.h"

#include <string.h>

static bool
is_break(char c)
{
	return c == '\r' || c == '\n';
}

void
seg_use(struct seg_reader *r, const struct seg_signs *g, const struct charset *cs)
{
	unsigned char odd[256];

	r->signs = *g;
	r->charset = cs;
	for (unsigned int b = 0; cs != NULL && b < N(odd); b++)
		odd[b] = b < ' ' || (b >= 0x80 && cs->utf8) || !edi_charset_has(cs, (unsigned char)b);
	scan_set(&r->set, g->term[0], g->release, g->elem, g->comp, g->rep, cs == NULL ? NULL : odd);
	r->block_n = 0;
	seg_forget(r);
}

void
seg_jump(struct seg_reader *r, size_t at)
{
	r->at = at;
	r->block_n = 0;
	r->within = SEG_BETWEEN;
}

void
seg_slide(struct seg_reader *r, const char *to, size_t n)
{
	r->in = str_make(to, r->in.n - n);
	r->base += n;
	r->at -= n;
	r->busy_until -= r->busy_until < n ? r->busy_until : n;
	r->block_n = 0;
}

void
seg_extend(struct seg_reader *r, size_t size, bool more)
{
	r->in.n = size;
	r->more = more;
	r->block_n = 0;
}

/* What ends the file is no part of its last element. */
static void
trim_end(struct str *raw)
{
	while (raw->n > 0 && (seg_is_fill(raw->p[raw->n - 1]) || is_space(raw->p[raw->n - 1])))
		raw->n--;
}

/* ---- the block of which we have bitmaps ---- */

static void
drop_bit(uint64_t *words, size_t i)
{
	words[i / 64] &= ~((uint64_t)1 << (i % 64));
}

/* The first bit set at or after i; n without one. */
static size_t
next_bit(const uint64_t *words, size_t i, size_t n)
{
	uint64_t w;

	if (i >= n)
		return n;
	w = words[i / 64] >> (i % 64);
	if (w != 0)
		return i + (size_t)__builtin_ctzll(w);
	for (i = i / 64 + 1; i * 64 < n; i++)
		if (words[i] != 0)
			return i * 64 + (size_t)__builtin_ctzll(words[i]);
	return n;
}

/* The first byte of a longer terminator may stand in other characters, too. */
static void
check_wide_terms(struct seg_reader *r)
{
	const char *from = r->in.p + r->block_at, *end = r->in.p + r->in.n;
	uint32_t n = 0;

	for (uint32_t i = 0; i < r->bits.n_stops; i++) {
		if (seg_is_term(&r->signs, from + r->bits.stops[i], end))
			r->bits.stops[n++] = r->bits.stops[i];
		else
			drop_bit(r->bits.term, r->bits.stops[i]);
	}
	r->bits.n_stops = n;
}

void
seg_fill(struct seg_reader *r)
{
	r->block_at = r->at;
	r->odd_at = 0;
	r->stop = 0;
	r->block_n = r->in.n - r->at < SCAN_BLOCK ? r->in.n - r->at : SCAN_BLOCK;
	scan_block(&r->set, r->in.p + r->at, r->block_n, &r->bits);
	if (r->signs.term_n > 1)
		check_wide_terms(r);
}

/* The block's first terminator at or behind r->at, as an offset in the block; its size without one. */
static size_t
next_stop(struct seg_reader *r)
{
	while (r->stop < r->bits.n_stops && r->block_at + r->bits.stops[r->stop] < r->at)
		r->stop++;
	return r->stop < r->bits.n_stops ? r->bits.stops[r->stop] : r->block_n;
}

/* Where the segment that begins at r->at ends, if that can be told from a block; in.n: no terminator follows. */
static bool
find_end(struct seg_reader *r, size_t *end)
{
	size_t stop = r->block_n;

	if (r->at >= r->block_at && r->at - r->block_at < r->block_n)
		stop = next_stop(r);
	if (stop == r->block_n && (r->block_n == 0 || r->block_at != r->at)) {
		seg_fill(r);
		stop = next_stop(r);
	}
	*end = r->block_at + stop;
	return stop < r->block_n || *end == r->in.n;
}

/* ---- odd bytes ---- */

static void
look_at_odd(struct seg_reader *r, struct seg *s, bool by_bytes)
{
	size_t from = (size_t)(s->raw.p - r->in.p) - r->block_at, end = from + s->raw.n;

	if (by_bytes) {
		for (size_t i = 0; i < s->raw.n; i++)
			if (r->set.odd[(unsigned char)s->raw.p[i]])
				seg_note_odd(r, s, i);
	} else {
		for (size_t i = from; (i = next_bit(r->bits.odd, i, r->block_n)) < end; i++)
			seg_note_odd(r, s, i - from);
	}
	seg_judge_characters(r, s);
}

/* The first odd byte at or behind at, which is in the block; or the block's end. */
static size_t
next_odd(struct seg_reader *r, size_t at)
{
	if (r->odd_at < at || r->odd_at == 0)
		r->odd_at = r->block_at + next_bit(r->bits.odd, at - r->block_at, r->block_n);
	return r->odd_at;
}

/* The end of a segment that no block holds; of one that is too long, where its rest begins. */
static size_t
find_long_end(struct seg_reader *r, struct seg *s)
{
	bool fits = r->in.n - r->at <= SEG_SIZE_MAX;
	size_t end;

	s->too_long = !seg_find_term(r, fits ? r->in.n : r->at + SEG_SIZE_MAX + 1, &end) && !fits;
	return end;
}

static void
take_raw(struct seg_reader *r, struct seg *s, size_t end)
{
	s->raw = str_sub(r->in, r->at, s->too_long ? SEG_SIZE_MAX : end - r->at);
	s->terminated = end < r->in.n && !s->too_long;
	if (!s->terminated && !s->too_long)
		trim_end(&s->raw);
	s->offset = r->base + r->at;
	s->ordinal = ++r->ordinal;
	s->n_elements = 0;
	s->wrapped = false;
	s->control_at = s->foreign_at = s->beyond_at = s->raw.n;
}

bool
seg_next(struct seg_reader *r, struct seg *s)
{
	size_t from, end;
	bool by_bytes;

	if (!seg_skip_blanks(r))
		return false;
	from = r->at;
	s->too_long = false;
	by_bytes = !find_end(r, &end);
	if (by_bytes)
		end = find_long_end(r, s);
	take_raw(r, s, end);
	if (by_bytes || next_odd(r, from) < from + s->raw.n)
		look_at_odd(r, s, by_bytes);
	r->at = end + (s->terminated ? r->signs.term_n : 0);
	r->within = s->too_long ? SEG_REST : SEG_BETWEEN;
	seg_read_tag(&r->signs, s);
	return true;
}

/* ---- segments that need nobody ---- */

/* How a segment begins: its tag and the sign behind it, and of a shorter tag nothing further. The first byte is the lowest. */
static inline uint32_t
beginning(const char *at, char elem)
{
	const unsigned char *p = (const unsigned char *)at;
	uint32_t v = (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];

	return at[2] == elem ? v & 0xffffffu : v;
}

static inline size_t
known_slot(uint32_t v)
{
	return (v * 0x9e3779b1u) >> 26;
}

void
seg_forget(struct seg_reader *r)
{
	memset(r->known, 0, sizeof(r->known));
}

void
seg_know(struct seg_reader *r, const struct seg *s)
{
	uint32_t v;

	if (s->tag == SEG_TAG_BAD || s->tag_n != seg_tag_size(s->tag) || r->in.n - (size_t)(s->offset - r->base) < sizeof(v))
		return;
	v = beginning(s->raw.p, r->signs.elem);
	r->known[known_slot(v)] = v;
}

/* What a tag is among the three lowest bytes of a beginning. */
static uint32_t
as_beginning(uint32_t tag, char elem)
{
	uint32_t last = (tag & 0xff) == ' ' ? (unsigned char)elem : tag & 0xff;

	return tag >> 16 | (tag & 0xff00) | last << 16;
}

/*
 * Pass over known segments as long as one block has them; r->at is in it. So a segment costs a load, a look into the table
 * and one into the list of terminators. True: the block is at its end, another may have more.
 */
static bool
pass_in_block(struct seg_reader *r, uint32_t but)
{
	const char *p = r->in.p + r->block_at;
	const size_t last = r->block_n < sizeof(but) ? 0 : r->block_n - sizeof(but), term_n = r->signs.term_n;
	const char elem = r->signs.elem;
	const uint16_t *stops = r->bits.stops;
	const uint32_t n_stops = r->bits.n_stops;
	size_t from = r->at - r->block_at, at = from, odd = next_odd(r, r->at) - r->block_at, lines = 0;
	uint32_t v, k, first;
	bool at_end = true;

	(void)next_stop(r);
	for (k = first = r->stop; k < n_stops; from = at = (size_t)stops[k++] + term_n) {
		while (at < last && is_break(p[at]))
			at++;
		if (at >= last)
			break;
		at_end = false;
		v = beginning(p + at, elem);
		if (r->known[known_slot(v)] != v || v == 0 || (v & 0xffffff) == but)
			break;
		if (odd < at)
			odd = next_bit(r->bits.odd, at, r->block_n);
		if (odd < stops[k])
			break;
		lines |= at - from;
		at_end = true;
	}
	if (lines > 0)
		r->quirks |= EDI_QUIRK_LINES;
	r->ordinal += k - first;
	r->at = r->block_at + from;
	r->stop = k;
	r->odd_at = 0;
	return at_end;
}

void
seg_pass(struct seg_reader *r, uint32_t but)
{
	but = as_beginning(but, r->signs.elem);
	if (r->within != SEG_BETWEEN)
		return;
	if (r->at < r->block_at || r->at - r->block_at >= r->block_n) {
		if (r->at == r->in.n)
			return;
		seg_fill(r);
	}
	while (pass_in_block(r, but) && r->at != r->block_at && r->in.n - r->block_at > r->block_n)
		seg_fill(r);
}

struct str
seg_peek(struct seg_reader *r)
{
	return seg_see(r) ? str_make(r->in.p + r->at, r->in.n - r->at) : S("");
}

void
seg_back(struct seg_reader *r, const struct seg *s)
{
	r->at = (size_t)(s->offset - r->base);
	r->within = SEG_BETWEEN;
	r->odd_at = 0;
	r->stop = 0;
	r->ordinal = s->ordinal - 1;
}
