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
repetition(const struct x12_isa *isa)
{
	struct str rep = isa->element[11], version = isa->element[12];
	const struct seg_signs *g = &isa->signs;

	if (rep.n != 1 || is_alnum(rep.p[0]) || rep.p[0] == ' ' || str_cmp(version, S("00402")) < 0)
		return -1;
	if (rep.p[0] == g->comp || rep.p[0] == g->term[0])
		return -1;
	return (unsigned char)rep.p[0];
}

bool
x12_isa_read(struct str in, struct x12_isa *isa)
{
	struct str rest;

	memset(isa, 0, sizeof(*isa));
	if (in.n < 4 || !str_starts(in, S("ISA")) || is_alnum(in.p[3]) || is_space(in.p[3]))
		return false;
	isa->signs.elem = in.p[3];
	rest = str_sub(in, 4, X12_ISA_MAX);
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
	isa->size = (size_t)(rest.p + 1 - in.p) + isa->signs.term_n;
	return true;
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
x12_skip_binary(struct seg_reader *r, struct seg *s)
{
	const struct seg_signs *g = &r->signs;
	struct str length = seg_element(g, s, s->tag == SEG_TAG('B', 'I', 'N') ? 1 : 2);
	size_t data = length.n == 0 ? 0 : (size_t)(length.p - r->in.p) + length.n + 1;
	uint64_t n;

	if (str_u64(length, r->in.n, &n) == -1 ||
	    !str_starts(str_from(str_from(r->in, data), n), str_make(g->term, g->term_n)))
		return false;
	r->at = data + n + g->term_n;
	return true;
}
