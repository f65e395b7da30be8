/* SPDX-License-Identifier: ISC */
/*
 * fuzz_scan.c - where the signs are: every kind of bitmap code against reading byte by byte, and the segments and fields that a
 * reader hands out against cutting them off one by one. The first five bytes are signs; what they say of the sixth is the
 * character set.
 */
#include "edi/segment.h"
#include "tests/unit/scan_naive.h"

#include <assert.h>

#define FIELDS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* The field ends of a segment, the slow way. */
static size_t
cut_fields(const struct seg_signs *g, struct str raw, uint32_t *ends)
{
	size_t n = 0;

	for (size_t i = 0; i < raw.n; i++) {
		unsigned char c = (unsigned char)raw.p[i];
		if (c == g->release)
			i++;
		else if ((c == (unsigned char)g->elem || c == (unsigned char)g->comp || c == g->rep) && n++ < FIELDS_MAX)
			ends[n - 1] = (uint32_t)i;
	}
	if (n < FIELDS_MAX)
		ends[n] = (uint32_t)raw.n;
	return n + 1;
}

static void
read_segments(struct str in, const struct seg_signs *g, const struct charset *cs)
{
	struct seg_reader r = { .in = in };
	uint32_t ends[FIELDS_MAX], want[FIELDS_MAX];
	struct seg s;
	size_t fields;

	seg_use(&r, g, cs);
	while (seg_next(&r, &s)) {
		assert(s.raw.p >= in.p && s.raw.p + s.raw.n <= in.p + in.n && s.control_at <= s.raw.n && s.foreign_at <= s.raw.n);
		fields = seg_fields(&r, &s, ends, FIELDS_MAX);
		assert(fields == cut_fields(g, s.raw, want));
		assert(memcmp(ends, want, (fields < FIELDS_MAX ? fields : FIELDS_MAX) * sizeof(ends[0])) == 0);
		if (s.ordinal % 3 == 0)
			seg_know(&r, &s);
		seg_pass(&r, 0);
	}
}

/* What seg_each() gives must be what seg_next() and seg_fields() give. */
static bool
hold_view(void *with, const struct seg_view *v)
{
	struct seg_reader *r = with;
	uint32_t ends[FIELDS_MAX];
	struct seg s;
	size_t n;

	assert(seg_next(r, &s));
	n = seg_fields(r, &s, ends, FIELDS_MAX);
	assert(v->offset == s.offset && v->size == s.raw.n && v->base + v->from == s.raw.p);
	assert(v->ends == NULL || v->n == n);
	for (size_t i = 0; v->ends != NULL && i < n && i < FIELDS_MAX; i++)
		assert(v->ends[i] - v->from == ends[i]);
	return true;
}

static void
read_each(struct str in, const struct seg_signs *g)
{
	static struct seg_index index;
	struct seg_reader r = { .in = in }, other = { .in = in };
	struct seg s;

	seg_use(&r, g, NULL);
	seg_use(&other, g, NULL);
	seg_each(&r, &index, hold_view, &other);
	assert(!seg_next(&other, &s));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const sets[] = { "UNOA", "UNOC", "UNOG", "UNOX", "UNOY" };
	struct seg_signs g;
	struct scan_set set;
	const struct charset *cs;
	struct str in;

	if (n < 6)
		return 0;
	g = (struct seg_signs){ (char)p[0], (char)p[1], p[2] < 0x20 ? -1 : p[2], p[3] < 0x20 ? -1 : p[3], { (char)p[4] }, 1 };
	if (!seg_signs_distinct(&g) || p[4] == '\0' || p[4] == 0x1a)
		return 0;
	for (size_t i = 0; i < 4; i++)		/* blanks and fill between segments would be signs */
		if (is_space((char)p[i]) || p[i] == '\0' || p[i] == 0x1a)
			return 0;
	cs = p[5] % 6 == 5 ? NULL : edi_charset_of(str_of(sets[p[5] % 6]));
	in = str_make((const char *)p + 6, n - 6);
	scan_set(&set, g.term[0], g.release, g.elem, g.comp, g.rep, NULL);
	for (size_t at = 0; at < in.n; at += SCAN_BLOCK)
		assert(scan_disagrees(&set, in.p + at, in.n - at < SCAN_BLOCK ? in.n - at : SCAN_BLOCK) == 0);
	read_segments(in, &g, cs);
	read_each(in, &g);
	return 0;
}
