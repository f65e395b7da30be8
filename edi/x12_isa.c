/* SPDX-License-Identifier: ISC */
/* x12_isa.c - where an interchange begins, by a header that defines its own signs; the one segment that is no text. */
#include "edi/x12.h"

#include <string.h>

/* X12.5: ISA01 to ISA16 */
static const unsigned char widths[X12_ISA_ELEMENTS + 1] = {
	0, 2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1,
};

static size_t
count_breaks(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\r' || s.p[i] == '\n';
	return n;
}

/* A terminator beyond ASCII is the whole UTF-8 character: partners do use U+2026 and U+00A6. */
static size_t
term_size(struct str in)
{
	unsigned char c = (unsigned char)in.p[0];
	size_t n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 1;

	if (n > in.n)
		return 1;
	for (size_t i = 1; i < n; i++)
		if (((unsigned char)in.p[i] & 0xc0) != 0x80)
			return 1;
	return n;
}

/* From 00402 on ISA11 is the repetition separator; a letter, digit or other sign there is not. */
static int
repetition(struct x12_isa *isa)
{
	struct str rep = isa->element[11], version = isa->element[12];
	const struct seg_signs *g = &isa->signs;

	if (rep.n != 1 || str_cmp(version, S("00402")) < 0)
		return -1;
	isa->no_rep = is_alnum(rep.p[0]);
	if (isa->no_rep || rep.p[0] == ' ')
		return -1;
	if (rep.p[0] == g->comp || rep.p[0] == g->term[0])
		return -1;
	return (unsigned char)rep.p[0];
}

/*
 * ISA16 is one byte. A whole character beyond ASCII there cannot be read; and where a sign and a line break follow each
 * other and the next segment ends in the same, the sign is the terminator, and ISA16 was left out.
 */
static bool
lacks_comp(struct str rest)
{
	struct str line, next = str_from(rest, 2);

	if (term_size(rest) > 1)
		return true;
	if (rest.p[1] != '\r' && rest.p[1] != '\n')
		return false;
	return str_starts(next, S("GS")) && str_cut(&next, rest.p[1], &line) && line.p[line.n - 1] == rest.p[0];
}

static bool
read_isa(struct str in, unsigned int tag_n, struct x12_isa *isa)
{
	struct str rest;

	in = str_sub(in, 0, 2 * X12_ISA_MAX);
	memset(isa, 0, sizeof(*isa));
	if (in.n <= tag_n || is_alnum(in.p[tag_n]) || is_space(in.p[tag_n]))
		return false;
	isa->tag_n = tag_n;
	isa->signs.elem = in.p[tag_n];
	rest = str_sub(in, tag_n + 1, X12_ISA_MAX);
	for (unsigned int i = 1; i < X12_ISA_ELEMENTS; i++) {
		size_t breaks;
		if (!str_cut(&rest, isa->signs.elem, &isa->element[i]))
			return false;
		breaks = count_breaks(isa->element[i]);
		isa->wrapped |= breaks > 0;
		if (isa->misfit == 0 && isa->element[i].n - breaks != widths[i])
			isa->misfit = i;
	}
	if (rest.n < 2)
		return false;
	isa->element[X12_ISA_ELEMENTS] = str_sub(rest, 0, 1);
	isa->signs.comp = rest.p[0];
	isa->signs.term_n = term_size(str_from(rest, 1));
	memcpy(isa->signs.term, rest.p + 1, isa->signs.term_n);
	isa->signs.rep = repetition(isa);
	isa->signs.release = -1;
	isa->no_comp = lacks_comp(str_from(in, (size_t)(rest.p - in.p)));
	isa->size = (size_t)(rest.p + 1 - in.p) + isa->signs.term_n;
	return true;
}

bool
x12_isa_read(struct str in, struct x12_isa *isa)
{
	return str_starts(in, S("ISA")) && read_isa(in, 3, isa);
}

bool
x12_isa_read_odd(struct str in, struct x12_isa *isa)
{
	unsigned int n = 0;

	while (n < 3 && n < in.n && is_alpha(in.p[n]))
		n++;
	return !str_starts(in, S("ISA")) && read_isa(in, n, isa) && isa->misfit == 0 &&
	    !isa->wrapped && !isa->no_comp && seg_signs_distinct(&isa->signs) &&
	    is_digit(isa->element[1].p[0]) && is_digit(isa->element[13].p[0]);
}

size_t
x12_find(struct str in, size_t at)
{
	struct x12_isa isa;
	size_t hit;

	while (str_find(str_from(in, at), S("ISA"), &hit)) {
		at += hit;
		if ((at == 0 || in.p[at - 1] == '\n') && x12_isa_read(str_from(in, at), &isa) &&
		    isa.misfit == 0)
			return at;
		at++;
	}
	return in.n;
}

bool
x12_binary(const struct seg_reader *r, struct seg *s, struct seg_far *o)
{
	const struct seg_signs *g = &r->signs;
	struct str length = seg_element(g, s, x12_binary_length(s->tag));

	*o = (struct seg_far){ .mark = str_make(g->term, g->term_n), .behind = true };
	if (str_u64(length, INT64_MAX, &o->n) == -1)
		return false;
	o->from = (size_t)(length.p - r->in.p) + length.n + 1;
	return true;
}

bool
x12_skip_binary(struct seg_reader *r, struct seg *s, struct str *data)
{
	struct seg_far o;

	if (!x12_binary(r, s, &o) || !seg_skip_object(r, s, &o))
		return false;
	*data = str_sub(r->in, o.from, (size_t)o.n);
	return true;
}
