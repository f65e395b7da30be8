/* SPDX-License-Identifier: ISC */
/* segment_value.c - a segment taken apart: its fields, elements and components, and values without their release signs. */
#include "edi/segment.h"

static bool
is_break(char c)
{
	return c == '\r' || c == '\n';
}

/* ---- fields ---- */

static size_t
fields_by_bytes(const struct seg_reader *r, struct str raw, uint32_t *ends, size_t max)
{
	const struct seg_signs *g = &r->signs;
	size_t n = 0;

	for (size_t i = 0; i < raw.n; i++) {
		unsigned char c = (unsigned char)raw.p[i];
		if (c == g->release)
			i++;
		else if ((c == (unsigned char)g->elem || c == (unsigned char)g->comp || c == g->rep) && n++ < max)
			ends[n - 1] = (uint32_t)i;
	}
	return n;
}

static size_t
fields_by_bits(const struct seg_reader *r, size_t from, size_t size, uint32_t *ends, size_t max)
{
	size_t end = from + size, n = 0;
	size_t word = from / 64, last = end / 64;
	uint64_t w;

	for (w = r->bits.field[word] & (~(uint64_t)0 << (from % 64));; w = r->bits.field[++word]) {
		if (word == last)
			w &= ((uint64_t)1 << (end % 64)) - 1;
		if (n + 64 > max)
			return fields_by_bytes(r, str_sub(r->in, r->block_at + from, size), ends, max);
		for (; w != 0; w &= w - 1)
			ends[n++] = (uint32_t)(word * 64 + (size_t)__builtin_ctzll(w) - from);
		if (word == last)
			return n;
	}
}

size_t
seg_fields(const struct seg_reader *r, const struct seg *s, uint32_t *ends, size_t max)
{
	size_t at = (size_t)(s->offset - r->base), from = at - r->block_at, n;

	if (max == 0)
		return 0;
	if (at >= r->block_at && from + s->raw.n < r->block_n)
		n = fields_by_bits(r, from, s->raw.n, ends, max);
	else
		n = fields_by_bytes(r, s->raw, ends, max);
	if (n < max)
		ends[n] = (uint32_t)s->raw.n;
	return n + 1;
}

/* The next sign at or after p that is not released; end without one. */
static const char *
find_sign(const struct seg_signs *g, const char *p, const char *end, char sign)
{
	for (; p < end && *p != sign; p++)
		if ((unsigned char)*p == g->release && p + 1 < end)
			p++;
	return p < end ? p : end;
}

bool
seg_cut(const struct seg_signs *g, struct str *rest, char sign, struct str *field)
{
	const char *end = rest->p + rest->n, *at = find_sign(g, rest->p, end, sign);

	*field = str_make(rest->p, (size_t)(at - rest->p));
	if (at == end) {
		*rest = str_make(end, 0);
		return false;
	}
	*rest = str_make(at + 1, (size_t)(end - at - 1));
	return true;
}

static void
cut_elements(const struct seg_signs *g, struct seg *s)
{
	struct str rest = s->raw;
	bool more = true;

	s->n_elements = 0;
	if (g->rep == SEG_EQUALS)
		more = seg_cut(g, &rest, '=', &s->element[s->n_elements++]);
	for (; more && s->n_elements < SEG_ELEMENTS_KEPT; s->n_elements++)
		more = seg_cut(g, &rest, g->elem, &s->element[s->n_elements]);
}

struct str
seg_element(const struct seg_signs *g, struct seg *s, unsigned int i)
{
	if (s->raw.n == 0)
		return S("");
	if (s->n_elements == 0)
		cut_elements(g, s);
	return i < s->n_elements ? s->element[i] : S("");
}

struct str
seg_component(const struct seg_signs *g, struct seg *s, unsigned int i, unsigned int j)
{
	struct str rest = seg_element(g, s, i), field;

	if (j == 0 || rest.n == 0)
		return rest;
	if (g->rep >= 0) {
		seg_cut(g, &rest, (char)g->rep, &field);
		rest = field;
	}
	for (; seg_cut(g, &rest, g->comp, &field) && j > 1; j--)
		;
	return j == 1 ? field : S("");
}

bool
seg_needs_copy(const struct seg_signs *g, struct str raw)
{
	for (size_t i = 0; i < raw.n; i++)
		if (is_break(raw.p[i]) || (unsigned char)raw.p[i] == g->release)
			return true;
	return false;
}

struct str
seg_unescape(struct arena *a, const struct seg_signs *g, struct str raw)
{
	char *copy = arena_get(a, raw.n);
	size_t n = 0;

	for (size_t i = 0; i < raw.n; i++) {
		if (is_break(raw.p[i]))
			continue;
		if ((unsigned char)raw.p[i] == g->release && i + 1 < raw.n)
			i++;
		copy[n++] = raw.p[i];
	}
	return str_trim(str_make(copy, n));
}

bool
seg_signs_distinct(const struct seg_signs *g)
{
	int sign[] = { (unsigned char)g->elem, (unsigned char)g->comp, (unsigned char)g->term[0],
	    g->rep, g->release };

	for (size_t i = 0; i < N(sign); i++)
		for (size_t j = i + 1; j < N(sign); j++)
			if (sign[i] >= 0 && sign[i] == sign[j])
				return false;
	return true;
}
