/* SPDX-License-Identifier: ISC */
/*
 * seg_write.h - segments into a buffer, the inverse of segment.h: separators, release signs, empty elements at the end
 * left out. Values come as people read them and are written so that they cannot end an element or a segment.
 */
#ifndef EDIGATE_EDI_SEG_WRITE_H
#define EDIGATE_EDI_SEG_WRITE_H

#include "edi/segment.h"
#include "gateway/base/buf.h"

#define SEG_WRITE_VALUE_MAX 140u	/* bytes of a value, where the writer says nothing else; the rest is cut off */

struct seg_writer {
	struct buf *out;
	struct seg_signs signs;
	bool protects;		/* EDIFACT: component and repetition signs in values are data */
	size_t value_max;	/* bytes of a value; 0: SEG_WRITE_VALUE_MAX */
	bool lossy;		/* a value held a sign or control that could not be written: a blank stands there */
	struct str eol;		/* behind each terminator, "" or a line end */
	uint64_t segments;	/* written: the caller sets it to 0 where a count begins */
	unsigned int elements, components;	/* separators owed to the next value */
	int rc;			/* -1: out is full, and err says so */
	struct err *err;
};

void seg_write_tag(struct seg_writer *w, const char *tag);
void seg_write(struct seg_writer *w, struct str value);		/* the next element, or its first component */
void seg_write_more(struct seg_writer *w, struct str value);	/* a further component of it */
void seg_write_skip(struct seg_writer *w, unsigned int elements);	/* so many empty ones */
void seg_write_more_n(struct seg_writer *w, uint64_t n);
void seg_write_n(struct seg_writer *w, uint64_t n, unsigned int digits);	/* at least so many digits */
void seg_write_fixed(struct seg_writer *w, struct str value, size_t width);	/* blank-filled or cut */
void seg_write_raw(struct seg_writer *w, struct str sign);	/* an element that is a sign itself */
void seg_write_end(struct seg_writer *w);

#endif
