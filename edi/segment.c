/* SPDX-License-Identifier: ISC */
#include "edi/segment.h"

#include "edi/edi.h"
#include "edi/text.h"

#include <string.h>

#define TAG_MAX	    3u
#define ODD_TAG_MAX 16u	/* so far we look for the end of a tag that is wrong */

static bool
is_fill(char c)
{
	return c == '\0' || c == '\x1a';
}

static bool
is_upper_or_digit(char c)
{
	return (c >= 'A' && c <= 'Z') || is_digit(c);
}

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
}

/* The long way of seg_skip_blanks(). */
static bool
skip_blanks(struct seg_reader *r)
{
	size_t at = r->at, fill;
	unsigned int met = 0;

	for (; at < r->in.n && is_space(r->in.p[at]); at++)
		met |= is_blank(r->in.p[at]) ? EDI_QUIRK_BLANKS : is_break(r->in.p[at]) && r->ordinal > 0 ? EDI_QUIRK_LINES : 0;
	r->at = at;
	if (at == r->in.n) {
		r->quirks |= met & EDI_QUIRK_BLANKS;
		return false;
	}
	r->quirks |= is_fill(r->in.p[at]) ? met & EDI_QUIRK_BLANKS : met;
	if (!is_fill(r->in.p[at]) || at < r->busy_until)
		return true;
	for (fill = at; fill < r->in.n && (is_fill(r->in.p[fill]) || is_space(r->in.p[fill])); fill++)
		;
	r->busy_until = fill;
	if (fill < r->in.n)
		return true;
	r->quirks |= EDI_QUIRK_TRAILING;
	return false;
}

bool
seg_skip_blanks(struct seg_reader *r)
{
	if (r->at < r->in.n && (unsigned char)r->in.p[r->at] > ' ')
		return true;
	return skip_blanks(r);
}

static bool
is_term(const struct seg_signs *g, const char *p, const char *end)
{
	return g->term_n == 1 || ((size_t)(end - p) >= g->term_n && memcmp(p, g->term, g->term_n) == 0);
}

/* What ends the file is no part of its last element. */
static void
trim_end(struct str *raw)
{
	while (raw->n > 0 && (is_fill(raw->p[raw->n - 1]) || is_space(raw->p[raw->n - 1])))
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
	const char *end = r->in.p + r->in.n;

	for (size_t i = 0; (i = next_bit(r->bits.term, i, r->block_n)) < r->block_n; i++)
		if (!is_term(&r->signs, r->in.p + r->block_at + i, end))
			drop_bit(r->bits.term, i);
}

static void
fill_block(struct seg_reader *r)
{
	r->block_at = r->at;
	r->odd_at = 0;
	r->block_n = r->in.n - r->at < SCAN_BLOCK ? r->in.n - r->at : SCAN_BLOCK;
	scan_block(&r->set, r->in.p + r->at, r->block_n, &r->bits);
	if (r->signs.term_n > 1)
		check_wide_terms(r);
	if (r->passed == NULL || r->at - r->told < EDI_PASSED_STEP)
		return;
	r->told = r->at;
	r->passed->passed(r->passed->with, r->at);
}

/* Where the segment that begins at r->at ends, if that can be told from a block; in.n: no terminator follows. */
static bool
find_end(struct seg_reader *r, size_t *end)
{
	size_t bit = r->block_n;

	if (r->at >= r->block_at && r->at - r->block_at < r->block_n)
		bit = next_bit(r->bits.term, r->at - r->block_at, r->block_n);
	if (bit == r->block_n && (r->block_n == 0 || r->block_at != r->at)) {
		fill_block(r);
		bit = next_bit(r->bits.term, 0, r->block_n);
	}
	*end = r->block_at + bit;
	return bit < r->block_n || *end == r->in.n;
}

/* The same for a segment that no block holds. */
static size_t
find_end_by_bytes(const struct seg_reader *r)
{
	const char *end = r->in.p + r->in.n;
	size_t i;

	for (i = r->at; i < r->in.n; i++) {
		if ((unsigned char)r->in.p[i] == r->signs.release)
			i++;
		else if (r->in.p[i] == r->signs.term[0] && is_term(&r->signs, r->in.p + i, end))
			return i;
	}
	return r->in.n;
}

/* ---- odd bytes ---- */

static void
note_first(size_t *at, size_t i, size_t none)
{
	if (*at == none)
		*at = i;
}

static void
note_odd(const struct seg_reader *r, struct seg *s, size_t i)
{
	unsigned char c = (unsigned char)s->raw.p[i];

	if (is_break((char)c))
		s->wrapped = true;
	else if (c == '\t' || seg_is_sign(&r->signs, c))
		return;
	else if (c >= 0x80)
		note_first(&s->foreign_at, i, s->raw.n);
	else if (c >= ' ')
		note_first(&s->beyond_at, i, s->raw.n);
	else if (r->charset == NULL || !edi_charset_has(r->charset, c))
		note_first(&s->control_at, i, s->raw.n);
}

/* Where a text stops being UTF-8; its end if it does not. */
static size_t
utf8_size(struct str s)
{
	struct str rest = s;
	unsigned int c;

	while (rest.n > 0 && text_next(&rest, &c))
		;
	return rest.n == 0 && text_is_utf8(s) ? s.n : s.n - rest.n - 1;
}

/* Bytes that the set does not have, but that are UTF-8 throughout, can only be meant as that. */
static void
judge_characters(struct seg_reader *r, struct seg *s)
{
	size_t valid;

	if (s->beyond_at < s->raw.n)
		r->quirks |= EDI_QUIRK_BEYOND;
	if (s->foreign_at == s->raw.n)
		return;
	valid = utf8_size(s->raw);
	if (r->charset->utf8)
		s->foreign_at = valid;
	else if (valid == s->raw.n) {
		r->quirks |= EDI_QUIRK_UTF8;
		s->foreign_at = s->raw.n;
	}
}

static void
look_at_odd(struct seg_reader *r, struct seg *s, bool by_bytes)
{
	size_t from = (size_t)s->offset - r->block_at, end = from + s->raw.n;

	if (by_bytes) {
		for (size_t i = 0; i < s->raw.n; i++)
			if (r->set.odd[(unsigned char)s->raw.p[i]])
				note_odd(r, s, i);
	} else {
		for (size_t i = from; (i = next_bit(r->bits.odd, i, r->block_n)) < end; i++)
			note_odd(r, s, i - from);
	}
	judge_characters(r, s);
}

/* The first odd byte at or behind at, which is in the block; or the block's end. */
static size_t
next_odd(struct seg_reader *r, size_t at)
{
	if (r->odd_at < at || r->odd_at == 0)
		r->odd_at = r->block_at + next_bit(r->bits.odd, at - r->block_at, r->block_n);
	return r->odd_at;
}

/* The slow way, for tags that are broken by a line end or wrong. */
static void
read_odd_tag(const struct seg_signs *g, struct seg *s)
{
	char tag[TAG_MAX] = { 0 };
	size_t n = 0, i;

	s->tag = SEG_TAG_BAD;
	for (i = 0; i < s->raw.n && i < ODD_TAG_MAX && s->raw.p[i] != g->elem && s->raw.p[i] != g->comp; i++) {
		char c = s->raw.p[i];
		if (is_break(c) || n > TAG_MAX)
			continue;
		if (n < TAG_MAX && is_upper_or_digit(c) && (n > 0 || !is_digit(c)))
			tag[n++] = c;
		else
			n = TAG_MAX + 1;
	}
	s->tag_n = i;
	if (i < ODD_TAG_MAX && (n == 2 || n == TAG_MAX))
		s->tag = SEG_TAG(tag[0], tag[1], n == 2 ? ' ' : tag[2]);
}

static void
read_tag(const struct seg_signs *g, struct seg *s)
{
	const char *p = s->raw.p;
	size_t n = s->raw.n;
	bool two;

	if (n < 2)
		goto odd;
	two = n == 2 || p[2] == g->elem;
	if (!two && n > TAG_MAX && p[TAG_MAX] != g->elem && p[TAG_MAX] != g->comp)
		goto odd;
	if (p[0] < 'A' || p[0] > 'Z' || !is_upper_or_digit(p[1]) || (!two && !is_upper_or_digit(p[2])))
		goto odd;
	s->tag_n = two ? 2 : TAG_MAX;
	s->tag = SEG_TAG(p[0], p[1], two ? ' ' : p[2]);
	return;
odd:
	read_odd_tag(g, s);
}

bool
seg_next(struct seg_reader *r, struct seg *s)
{
	size_t from, end;
	bool by_bytes;

	if (!seg_skip_blanks(r))
		return false;
	from = r->at;
	by_bytes = !find_end(r, &end);
	if (by_bytes)
		end = find_end_by_bytes(r);
	s->terminated = end < r->in.n;
	s->raw = str_sub(r->in, from, end - from);
	if (!s->terminated)
		trim_end(&s->raw);
	s->offset = from;
	s->ordinal = ++r->ordinal;
	s->n_elements = 0;
	s->wrapped = false;
	s->control_at = s->foreign_at = s->beyond_at = s->raw.n;
	if (by_bytes || next_odd(r, from) < from + s->raw.n)
		look_at_odd(r, s, by_bytes);
	r->at = end + (s->terminated ? r->signs.term_n : 0);
	read_tag(&r->signs, s);
	return true;
}

/* ---- segments that need nobody ---- */

/* How a segment begins: its tag and the sign behind it, and of a shorter tag nothing further. */
static inline uint32_t
beginning(const struct seg_reader *r, size_t at)
{
	const unsigned char *p = (const unsigned char *)r->in.p + at;
	uint32_t v = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];

	return p[2] == (unsigned char)r->signs.elem ? v & ~0xffu : v;
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

	if (s->tag == SEG_TAG_BAD || s->tag_n != seg_tag_size(s->tag) || r->in.n - s->offset < sizeof(v))
		return;
	v = beginning(r, (size_t)s->offset);
	r->known[known_slot(v)] = v;
}

/* Does a segment that needs nobody begin at at? Line ends before it have been passed over. */
static inline bool
is_known(const struct seg_reader *r, size_t at, uint32_t but)
{
	uint32_t v;

	if (r->in.n - at < sizeof(v))
		return false;
	v = beginning(r, at);
	return r->known[known_slot(v)] == v && v != 0 && v >> 8 != but;
}

void
seg_pass(struct seg_reader *r, uint32_t but)
{
	size_t end;

	if ((but & 0xff) == ' ')
		but = (but & ~0xffu) | (unsigned char)r->signs.elem;
	for (;;) {
		size_t at = r->at;
		while (at < r->in.n && is_break(r->in.p[at]))
			at++;
		if (at == r->in.n)
			return;
		if (at > r->at)
			r->quirks |= EDI_QUIRK_LINES;
		r->at = at;
		if (!is_known(r, at, but) || !find_end(r, &end) || end == r->in.n || next_odd(r, at) < end)
			return;
		r->at = end + r->signs.term_n;
		r->ordinal++;
	}
}

struct str
seg_peek(struct seg_reader *r)
{
	return seg_skip_blanks(r) ? str_make(r->in.p + r->at, r->in.n - r->at) : S("");
}

void
seg_back(struct seg_reader *r, const struct seg *s)
{
	r->at = (size_t)s->offset;
	r->odd_at = 0;
	r->ordinal = s->ordinal - 1;
}
