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
	unsigned int tag_n;		/* bytes of its tag: 3, or fewer of one that lost some */
	bool no_comp;			/* ISA16 is not there, or no single byte: what stands there is none */
	bool no_rep;			/* ISA11 should be the repetition separator, and is a letter or digit */
};

/* Does an ISA stand at the front of in? It may be of the wrong widths; then misfit says where. */
bool x12_isa_read(struct str in, struct x12_isa *isa);

/* Is it one but for its tag: widths and signs are right, but "SA" or nothing stands where ISA should? */
bool x12_isa_read_odd(struct str in, struct x12_isa *isa);

/* The next ISA that begins a line, or all of in, from byte at on; in.n without one. */
size_t x12_find(struct str in, size_t at);

/* BIN and BDS carry any bytes, as many as this element of theirs says. */
static inline unsigned int
x12_binary_length(uint32_t tag)
{
	return tag == SEG_TAG('B', 'I', 'N') ? 1 : 2;
}

/* s is a BIN or BDS: where its data are, for seg_object(). False: its length is no number. */
bool x12_binary(const struct seg_reader *r, struct seg *s, struct seg_far *o);

/* For a reader that has all of the input: go on behind them. False where no terminator stands there. */
bool x12_skip_binary(struct seg_reader *r, struct seg *s, struct str *data);

/* What is known of a transaction set (ST01) without a dictionary; NULL: nothing. */
struct x12_set {
	unsigned int type;
	uint32_t number_tag;		/* the segment with the number that people know it by, and the element there */
	unsigned int number_element;
	const char *function;		/* GS01 */
};
const struct x12_set *x12_set_find(struct str type);

int x12_detect(struct str head);
bool x12_is_cut_isa(struct str in);		/* "ISA*00*", but not the sixteen separators that belong to it */
bool x12_is_other_encoding(struct str head);	/* "ISA" in EBCDIC; in UTF-16 with and without its mark */

extern const struct edi_format edi_x12;

#endif
