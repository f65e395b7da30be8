/* SPDX-License-Identifier: ISC */
/* x12.h - ASC X12 interchanges: ISA..IEA, GS..GE, ST..SE. Pure: reads a buffer, slices of it come out. */
#ifndef EDIGATE_EDI_X12_H
#define EDIGATE_EDI_X12_H

#include "edi/edi.h"
#include "edi/segment.h"

#define X12_ISA_SIZE	 106	/* ISA, 16 elements of fixed widths and the terminator: X12.5 */
#define X12_ISA_ELEMENTS 16
#define X12_ISA_MAX	 1024	/* how far we look for the 16 separators of an ISA that is not 106 bytes */

/* The header of an interchange. Values are raw: with their blanks, and line breaks where it was wrapped. */
struct x12_isa {
	struct str element[X12_ISA_ELEMENTS + 1];	/* [1] is ISA01 */
	struct seg_signs signs;
	size_t size;			/* with the terminator */
	unsigned int misfit;		/* the first element that is not as wide as it must be, 0: none */
	bool wrapped;			/* line breaks inside, widths right without them */
};

/* Does an ISA stand at the front of in? It may be of the wrong widths; then misfit says where. */
bool x12_isa_read(struct str in, struct x12_isa *isa);

/* The next ISA that begins a line, or all of in, from byte at on; in.n without one. */
size_t x12_find(struct str in, size_t at);

/*
 * s is a BIN or BDS, which carries any bytes, as many as it says: go on behind those. False, and r as it was, where
 * no terminator stands there.
 */
bool x12_skip_binary(struct seg_reader *r, struct seg *s);

extern const struct edi_format edi_x12;

#endif
