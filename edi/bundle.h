/* SPDX-License-Identifier: ISC */
/*
 * bundle.h - the envelopes of X12 and EDIFACT written anew around what is in them: several interchanges between the same
 * two become one, and one becomes as many as it has messages. The bytes of the messages stay as they are but for
 * their own counts and, in EDIFACT bundles, their reference numbers. Pure.
 */
#ifndef EDIGATE_EDI_BUNDLE_H
#define EDIGATE_EDI_BUNDLE_H

#include "edi/edi.h"
#include "edi/pieces.h"
#include "gateway/base/buf.h"

/* ---- many into one ---- */

struct bundle {
	const struct edi_format *format;	/* &edi_x12 or &edi_edifact */
	struct str now;			/* UTC, "20261123160300": the date in the header */
	uint64_t interchange, group;	/* control numbers: of it, and of its first group; group is counted up (X12) */
	struct buf *out;
	/* What comes of it. */
	uint64_t messages, groups;
	/* Not for callers. */
	struct seg_signs signs;
	struct str eol;
	bool begun;
	uint64_t in_group, segments;
	struct buf control;		/* of the message, or EDIFACT group, that is open */
};

/*
 * One interchange's groups and messages, with the header of the first one that was put: control number, date and, in
 * all of them, counts are made anew, whatever they are in in. Returns -1 with ERR_INPUT: in is not one interchange of
 * that format, holds packages (UNO), or has other signs or another header than the first.
 */
int bundle_put(struct bundle *b, struct str in, struct err *e);
int bundle_end(struct bundle *b, struct err *e);
void bundle_clear(struct bundle *b);		/* after every use; out is the caller's */

/* What two interchanges must have in common to be put into one: their signs and headers, but for number and date. */
int bundle_key(struct str in, const struct edi_format *format, struct buf *out, struct err *e);

/* ---- one into many ---- */

struct split {
	struct pieces walk;
	struct str header, group_header;	/* of the interchange with its UNA, and of the group, terminators included */
	struct str control, group, eol;		/* as they are written */
};

/* in: what edi_read() found valid. */
void split_start(struct split *s, struct str in, const struct edi_format *format);

/* The next message as an interchange of its own into out: 1, 0 when there is none left, -1 with e. */
int split_next(struct split *s, struct buf *out, struct err *e);

#endif
