/* SPDX-License-Identifier: ISC */
/*
 * segment.h - what X12 and EDIFACT have in common: a run of segments, each a tag and elements, divided by signs that
 * every interchange chooses for itself. One pass, no copies, nothing allocated per segment: a reader hands out
 * slices of the input, and elements are cut off only where somebody asks for one.
 *
 * One scan, by a table of byte classes, finds terminators, release signs and what must not be there; it is all that
 * seg_next() does with the bytes of ordinary segments. A bitmap stage that does it for a whole block at once can take
 * its place without any change above.
 */
#ifndef EDIGATE_EDI_SEGMENT_H
#define EDIGATE_EDI_SEGMENT_H

#include "gateway/base/arena.h"

#define SEG_TERM_MAX 4	/* bytes of a terminator that is one UTF-8 character */

struct seg_signs {
	char elem, comp;
	int rep, release;	/* as unsigned char; -1: not in use */
	char term[SEG_TERM_MAX];
	size_t term_n;
};

/* Tags are compared as numbers: three bytes, blank-filled. */
#define SEG_TAG(a, b, c) \
	((uint32_t)(unsigned char)(a) << 16 | (uint32_t)(unsigned char)(b) << 8 | (uint32_t)(unsigned char)(c))
#define SEG_TAG_BAD 0u

static inline unsigned int
seg_tag_size(uint32_t tag)
{
	return tag == SEG_TAG_BAD ? 0 : (tag & 0xff) == ' ' ? 2 : 3;
}

#define SEG_ELEMENTS_KEPT 16	/* elements that are cut off at once, when the first is asked for */

struct seg {
	struct str raw;		/* from the tag up to the terminator, both breaks and release signs included */
	uint32_t tag;		/* SEG_TAG_BAD: not two or three capitals and digits */
	size_t tag_n;		/* bytes up to the first element or component sign */
	uint64_t offset, ordinal;
	size_t control_at;	/* the first control character in raw that is no sign, tab or break; or raw.n */
	bool wrapped;		/* line breaks in raw */
	bool terminated;
	unsigned int n_elements;	/* cut off so far; 0: nobody has asked */
	struct str element[SEG_ELEMENTS_KEPT];
};

struct seg_reader {
	struct str in;
	size_t at;		/* where the next segment is looked for */
	uint64_t ordinal;	/* of the last segment handed out, from 1 through the whole file */
	struct seg_signs signs;	/* set by seg_use() */
	unsigned int quirks;	/* enum edi_quirk bits, gathered */
	size_t busy_until;	/* something stands there that is no fill */
	unsigned char class[256];	/* what the scan stops at */
};

/* Read on with these signs. escapes: ESC, SO and SI belong to the character set and are data. */
void seg_use(struct seg_reader *r, const struct seg_signs *signs, bool escapes);

/* Pass over blanks and line breaks. Returns false at the end of the input or of everything but fill (NUL, 0x1A). */
bool seg_skip_blanks(struct seg_reader *r);

/* The next segment; false at the end of the input. */
bool seg_next(struct seg_reader *r, struct seg *s);
void seg_back(struct seg_reader *r, const struct seg *s);	/* s was the last one: look at its bytes again */

/* What stands where the next segment begins, blanks passed over; empty at the end of the input. */
struct str seg_peek(struct seg_reader *r);

/*
 * Element i (from 1, below SEG_ELEMENTS_KEPT; 0 is the tag), and component j (from 1) of its first repetition;
 * j 0 is the whole element. Raw slices of the input; empty when there are not so many.
 */
struct str seg_element(const struct seg_signs *g, struct seg *s, unsigned int i);
struct str seg_component(const struct seg_signs *g, struct seg *s, unsigned int i, unsigned int j);

/* Cut the next field off rest, at a sign that is not released; false when it was the last. */
bool seg_cut(const struct seg_signs *g, struct str *rest, char sign, struct str *field);

/*
 * A raw slice as a person reads it: release signs resolved, line breaks and outer blanks left out. Only one that
 * holds such signs or breaks needs a copy; of any other str_trim() is the same.
 */
bool seg_needs_copy(const struct seg_signs *g, struct str raw);
struct str seg_unescape(struct arena *a, const struct seg_signs *g, struct str raw);

/* Do two signs coincide? The release and repetition signs count when in use. */
bool seg_signs_distinct(const struct seg_signs *g);

#endif
