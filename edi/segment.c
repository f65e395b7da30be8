/* SPDX-License-Identifier: ISC */
#include "edi/segment.h"

#include "edi/edi.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

/* What the scan of a segment stops at. */
enum {
	STOP_TERM = 1,
	STOP_RELEASE = 2,
	STOP_CONTROL = 4,
	STOP_BREAK = 8,
};

void
seg_use(struct seg_reader *r, const struct seg_signs *g, bool escapes)
{
	const int data[] = { '\t', (unsigned char)g->elem, (unsigned char)g->comp, g->rep };

	r->signs = *g;
	memset(r->class, 0, sizeof(r->class));
	memset(r->class, STOP_CONTROL, ' ');
	r->class['\r'] = r->class['\n'] = STOP_BREAK;
	if (escapes)
		r->class['\x1b'] = r->class['\x0e'] = r->class['\x0f'] = 0;
	for (size_t i = 0; i < N(data); i++)
		if (data[i] >= 0)
			r->class[data[i]] = 0;
	if (g->release >= 0)
		r->class[g->release] = STOP_RELEASE;
	r->class[(unsigned char)g->term[0]] = STOP_TERM;
}

/* The long way of seg_skip_blanks(). */
static bool
skip_blanks(struct seg_reader *r)
{
	size_t at = r->at, fill;

	while (at < r->in.n && is_space(r->in.p[at])) {
		if (is_blank(r->in.p[at]))
			r->quirks |= EDI_QUIRK_BLANKS;
		at++;
	}
	r->at = at;
	if (at == r->in.n)
		return false;
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

/*
 * The next byte at or after p that may have a class: a terminator, a release sign or a control character. Sixteen
 * at a time where the processor has SSE2, as all of x86-64 have.
 */
static const unsigned char *
next_stop(const struct seg_reader *r, const unsigned char *p, const unsigned char *end)
{
#ifdef __SSE2__
	const __m128i term = _mm_set1_epi8(r->signs.term[0]), control = _mm_set1_epi8(0x1f);
	const __m128i release = r->signs.release < 0 ? term : _mm_set1_epi8((char)r->signs.release);

	for (; end - p >= 16; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, term), _mm_cmpeq_epi8(v, release));
		unsigned int mask;

		hit = _mm_or_si128(hit, _mm_cmpeq_epi8(_mm_min_epu8(v, control), v));
		mask = (unsigned int)_mm_movemask_epi8(hit);
		if (mask != 0)
			return p + __builtin_ctz(mask);
	}
#endif
	while (p < end && r->class[*p] == 0)
		p++;
	return p;
}

/*
 * Find the terminator of the segment that begins at from, noting what stands before it. A release sign takes its
 * meaning from the byte behind it (ISO 9735-1, 7.2.3), whatever that is. Returns end when there is none.
 */
static const char *
scan(const struct seg_reader *r, const char *from, const char *end, struct seg *s)
{
	const unsigned char *p = (const unsigned char *)from, *last = (const unsigned char *)end;
	const unsigned char *control = last, *line_break = last;

	for (; (p = next_stop(r, p, last)) < last; p++) {
		unsigned char what = r->class[*p];

		if (what == STOP_TERM && is_term(&r->signs, (const char *)p, end))
			break;
		if (what == STOP_RELEASE && ++p == last)
			break;
		if (what == STOP_CONTROL && control == last)
			control = p;
		if (what == STOP_BREAK && line_break == last)
			line_break = p;
	}
	s->terminated = p < last;
	s->raw = str_make(from, (size_t)((const char *)p - from));
	if (!s->terminated)
		trim_end(&s->raw);
	s->wrapped = (size_t)((const char *)line_break - from) < s->raw.n;
	s->control_at = (size_t)((const char *)control - from);
	if (s->control_at > s->raw.n)
		s->control_at = s->raw.n;
	return (const char *)p;
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
	const char *from, *term;

	if (!seg_skip_blanks(r))
		return false;
	from = r->in.p + r->at;
	term = scan(r, from, r->in.p + r->in.n, s);
	s->offset = r->at;
	s->ordinal = ++r->ordinal;
	s->n_elements = 0;
	r->at = (size_t)(term - r->in.p) + (s->terminated ? r->signs.term_n : 0);
	read_tag(&r->signs, s);
	return true;
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
	r->ordinal = s->ordinal - 1;
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

	for (s->n_elements = 0; more && s->n_elements < SEG_ELEMENTS_KEPT; s->n_elements++)
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
