/* SPDX-License-Identifier: ISC */
/*
 * scan.h - where the signs are: one block of bytes into three bitmaps, 64 bytes a step. With AVX2 where the processor has
 * it, else with SSE2, else eight bytes at a time in plain C; all three give the same bits. Nothing is allocated.
 */
#ifndef EDIGATE_EDI_SCAN_H
#define EDIGATE_EDI_SCAN_H

#include "gateway/base/str.h"

#define SCAN_BLOCK 8192u		/* bytes; the bitmaps of a block stay in the first-level cache */
#define SCAN_WORDS (SCAN_BLOCK / 64)
#define SCAN_SLACK 8			/* stops are written four at a time */

/* What is looked for. A sign that is not in use repeats the terminator. */
struct scan_set {
	unsigned char term, release, elem, comp, rep;
	bool releases;
	enum odd_kind {
		ODD_BELOW_BLANK,	/* just what lies below 0x20, and DEL */
		ODD_AND_HIGH,		/* and some from 0x80 on */
		ODD_ANY,
	} kind;
	unsigned char odd[256];		/* 1: somebody must look at this byte */
	unsigned char rows[2][16];	/* the same: bit h of rows[b >> 7][b & 15] stands for the byte whose bits 4 to 6 are h */
};

struct scan_bits {
	uint64_t term[SCAN_WORDS];	/* terminators that are not released */
	uint64_t field[SCAN_WORDS];	/* element, component and repetition signs that are not released */
	uint64_t odd[SCAN_WORDS];	/* odd bytes that are no sign of these */
	uint16_t stops[SCAN_BLOCK + SCAN_SLACK];	/* the bits of term, as offsets in the block */
	uint32_t n_stops;
};

enum scan_kind {
	SCAN_BEST,
	SCAN_AVX2,
	SCAN_SSE2,
	SCAN_PORTABLE,
};

/* odd: 256 flags; NULL: all below 0x20, and DEL. release, rep: as unsigned char, or -1 when not in use. */
void scan_set(struct scan_set *set, char term, int release, char elem, char comp, int rep, const unsigned char *odd);

/* n bytes, SCAN_BLOCK at most; bits past them are 0. The byte before the first one is no release sign. */
void scan_block(const struct scan_set *set, const char *p, size_t n, struct scan_bits *bits);

/* For tests and measurements: use one kind from now on. False: this processor has it not. */
bool scan_force(enum scan_kind kind);

#endif
