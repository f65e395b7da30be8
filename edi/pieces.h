/* SPDX-License-Identifier: ISC */
/*
 * pieces.h - every segment of an X12 or EDIFACT file, one after the other, with the bytes between them: nothing of the
 * file is left out, nothing judged. What edi_read() calls broken is read too, as far as sense can be made of it.
 */
#ifndef EDIGATE_EDI_PIECES_H
#define EDIGATE_EDI_PIECES_H

#include "edi/edi.h"
#include "edi/segment.h"

struct pieces {
	bool x12;
	struct seg_reader r;	/* r.signs are those of the current interchange */
	struct seg seg;		/* the current segment; of BIN and BDS its raw spans the data */
	bool starts;		/* it begins an interchange: ISA or UNB */
	bool ends;		/* it ends one: IEA or UNZ */
	struct str before;	/* between the last segment's terminator and this one (at a start: and its UNA); at the end: the rest */
	struct str una;		/* at a start: UNA, its signs and the line break behind */
	struct str binary;	/* within seg.raw: the data of BIN and BDS; p NULL: none */
	const struct charset *charset;	/* that UNB names; NULL without one */
	bool open, done;
};

void pieces_start(struct pieces *w, struct str in, bool x12);

/* False at the end of the input; then before is what stands behind the last segment. */
bool pieces_next(struct pieces *w);

/* A file that can be read so: X12 or EDIFACT? */
bool pieces_takes(const struct edi_facts *f);

#endif
