/* SPDX-License-Identifier: ISC */
/* edifact.h - ISO 9735 interchanges, syntax 1 to 4: UNA, UNB..UNZ, UNG..UNE, UNH..UNT. Pure: slices come out. */
#ifndef EDIGATE_EDI_EDIFACT_H
#define EDIGATE_EDI_EDIFACT_H

#include "edi/edi.h"
#include "edi/segment.h"

#define EDIFACT_UNA_SIZE 9	/* "UNA" and six signs: ISO 9735-1, 8.1 */

/* The service string advice, or what holds without one. */
struct edifact_una {
	struct seg_signs signs;
	size_t size;		/* 0: there is no UNA */
	const char *fault;	/* NULL: nothing wrong with it. Else signs are the usual ones */
};

/* in begins with UNA or with the first segment. */
void edifact_una_read(struct str in, struct edifact_una *out);

/* Does in begin with a UNA or UNB as no other text does? */
bool edifact_starts(struct str in);

/* Without UNB, or cut off within the UNA, but so clearly EDIFACT that it is better to say what is missing. */
bool edifact_starts_headless(struct str in);

/* The UNB that in begins with, behind its UNA, terminator included; empty when it has none, or it ends beyond in. */
struct str edifact_unb(struct str in);

/* The object behind a UNO, which r has just read: as many bytes as its 0810 says, then UNP. False: 0810 is no number. */
bool edifact_object(const struct seg_reader *r, const struct seg *uno, struct str length, struct seg_far *o);

/* For a reader that has all of the input: go on at the UNP. False where it is not. */
bool edifact_skip_object(struct seg_reader *r, const struct seg *uno, struct str length);

/* The next UNA or UNB that begins a line, or all of in, from byte at on; in.n without one. */
size_t edifact_find(struct str in, size_t at);

extern const struct edi_format edi_edifact;

#endif
