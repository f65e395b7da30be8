/* SPDX-License-Identifier: ISC */
/* scan_naive.h - what scan_block() must say, worked out byte by byte; and every kind of it held against that. */
#ifndef EDIGATE_TESTS_UNIT_SCAN_NAIVE_H
#define EDIGATE_TESTS_UNIT_SCAN_NAIVE_H

#include "edi/scan.h"

#include <string.h>

static inline void
scan_naive(const struct scan_set *set, const char *p, size_t n, struct scan_bits *bits)
{
	bool behind = false;

	memset(bits, 0, sizeof(*bits));
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];
		uint64_t bit = (uint64_t)1 << (i % 64);
		bool released = behind, sign = true;

		behind = !released && set->releases && c == set->release;
		if (!released && c == set->term)
			bits->term[i / 64] |= bit;
		else if (!released && (c == set->elem || c == set->comp || c == set->rep))
			bits->field[i / 64] |= bit;
		else if (!behind)
			sign = false;
		if (!sign && set->odd[c])
			bits->odd[i / 64] |= bit;
	}
}

/* Are the stops what the bits say? */
static inline bool
scan_stops_fit(const struct scan_bits *bits, size_t n)
{
	uint32_t k = 0;

	for (size_t i = 0; i < n; i++)
		if ((bits->term[i / 64] >> (i % 64) & 1) != 0 && (k >= bits->n_stops || bits->stops[k++] != i))
			return false;
	return k == bits->n_stops;
}

/* 0, or the kind that disagrees. */
static inline int
scan_disagrees(const struct scan_set *set, const char *p, size_t n)
{
	static const enum scan_kind kinds[] = { SCAN_AVX2, SCAN_SSE2, SCAN_PORTABLE };
	static struct scan_bits want, found;
	size_t size = (n + 63) / 64 * sizeof(want.term[0]);
	int bad = 0;

	scan_naive(set, p, n, &want);
	for (size_t i = 0; i < N(kinds); i++) {
		if (!scan_force(kinds[i]))
			continue;
		scan_block(set, p, n, &found);
		if (memcmp(want.term, found.term, size) != 0 || memcmp(want.field, found.field, size) != 0 ||
		    memcmp(want.odd, found.odd, size) != 0 || !scan_stops_fit(&found, n))
			bad = (int)kinds[i];
	}
	(void)scan_force(SCAN_BEST);
	return bad;
}

#endif
