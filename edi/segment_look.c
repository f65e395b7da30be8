/* SPDX-License-Identifier: ISC */
/* segment_look.c - what a segment's bytes are: its tag, and what the odd ones among them mean. */
#include "edi/edi.h"
#include "edi/segment.h"
#include "edi/text.h"

#define TAG_MAX	    3u
#define ODD_TAG_MAX 16u	/* so far we look for the end of a tag that is wrong */

static bool
is_break(char c)
{
	return c == '\r' || c == '\n';
}

static bool
is_upper_or_digit(char c)
{
	return (c >= 'A' && c <= 'Z') || is_digit(c);
}

/* ---- tags ---- */

static bool
ends_tag(const struct seg_signs *g, char c)
{
	return g->rep == SEG_EQUALS ? c == '=' : c == g->elem || c == g->comp;
}

/* The slow way, for tags that are broken by a line end or wrong. */
static void
read_odd_tag(const struct seg_signs *g, struct seg *s)
{
	char tag[TAG_MAX] = { 0 };
	size_t n = 0, i;

	s->tag = SEG_TAG_BAD;
	for (i = 0; i < s->raw.n && i < ODD_TAG_MAX && !ends_tag(g, s->raw.p[i]); i++) {
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

void
seg_read_tag(const struct seg_signs *g, struct seg *s)
{
	const char *p = s->raw.p;
	size_t n = s->raw.n;
	bool two;

	if (n < 2)
		goto odd;
	two = n == 2 || (p[2] == g->elem && g->rep != SEG_EQUALS);
	if (!two && n > TAG_MAX && !ends_tag(g, p[TAG_MAX]))
		goto odd;
	if (p[0] < 'A' || p[0] > 'Z' || !is_upper_or_digit(p[1]) || (!two && !is_upper_or_digit(p[2])))
		goto odd;
	s->tag_n = two ? 2 : TAG_MAX;
	s->tag = SEG_TAG(p[0], p[1], two ? ' ' : p[2]);
	return;
odd:
	read_odd_tag(g, s);
}

/* ---- odd bytes ---- */

static void
note_first(size_t *at, size_t i, size_t none)
{
	if (*at == none)
		*at = i;
}

void
seg_note_odd(const struct seg_reader *r, struct seg *s, size_t i)
{
	unsigned char c = (unsigned char)s->raw.p[i];

	if (is_break((char)c))
		s->wrapped = true;
	else if (c == '\t' || seg_is_sign(&r->signs, c))
		return;
	else if (c >= 0x80)
		note_first(&s->foreign_at, i, s->raw.n);
	else if (c >= ' ' && r->charset == NULL)
		return;		/* DEL: X12 names no set */
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
void
seg_judge_characters(struct seg_reader *r, struct seg *s)
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
