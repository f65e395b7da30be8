/* SPDX-License-Identifier: ISC */
/*
 * walk.h - the segments of a file that edi_read() has judged, one by one, in the same order and with the same ordinals:
 * for those who need more of it than the facts. Pure; nothing is allocated.
 */
#ifndef EDIGATE_EDI_WALK_H
#define EDIGATE_EDI_WALK_H

#include "edi/edifact.h"
#include "edi/x12.h"

enum walk_step {
	WALK_END,
	WALK_HEADER,	/* seg is an ISA or UNB; or, of EDIFACT that begins without one, what stands there instead */
	WALK_SEGMENT,	/* seg is another segment of the interchange */
};

struct walk {
	const struct edi_format *format;	/* &edi_x12 or &edi_edifact */
	struct seg_reader r;
	struct seg seg;
	struct str una;		/* the interchange's service string advice; empty without a usable one */
	bool inside;		/* of an interchange */
	bool met;		/* an interchange: what begins without UNB is junk from now on */
};

void walk_start(struct walk *w, const struct edi_format *format, struct str in);
enum walk_step walk_next(struct walk *w);

#endif
