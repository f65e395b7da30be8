/* SPDX-License-Identifier: ISC */
/*
 * segment.h - what X12 and EDIFACT have in common: a run of segments, each a tag and elements, divided by signs that
 * every interchange chooses for itself. One pass, no copies, nothing allocated per segment: a reader hands out
 * slices of the input, and elements are cut off only where somebody asks for one.
 *
 * A reader has the bitmaps of one block (scan.h), which begins with a segment: signs and odd bytes are found there. What
 * does not fit into a block, a segment of over SCAN_BLOCK bytes, is read byte by byte. So the work memory is a reader's
 * own size whatever the file's, and the input may be a mapping of which only what lies ahead need be present.
 */
#ifndef EDIGATE_EDI_SEGMENT_H
#define EDIGATE_EDI_SEGMENT_H

#include "edi/charset.h"
#include "edi/scan.h"

#include "gateway/base/arena.h"

#define SEG_TERM_MAX 4	/* bytes of a terminator that is one UTF-8 character */
#define SEG_SIZE_MAX 65536u	/* bytes of a segment; of a longer one that many are handed out, the rest is passed over */
#define SEG_SIGHT (SEG_SIZE_MAX + 4096u)	/* so far a reader looks ahead of where it is, and no further */

#define SEG_EQUALS (-2)	/* in place of a repetition sign: there is none, and tags end with '=' (TRADACOMS) */

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
	size_t foreign_at;	/* the first byte that the character set does not have and UTF-8 does not explain; or raw.n */
	size_t beyond_at;	/* the first character of ASCII that levels A and B do not have; or raw.n */
	bool wrapped;		/* line breaks in raw */
	bool terminated;
	bool too_long;		/* raw is its first SEG_SIZE_MAX bytes; not terminated */
	unsigned int n_elements;	/* cut off so far; 0: nobody has asked */
	struct str element[SEG_ELEMENTS_KEPT];
};

#define SEG_KNOWN 64

/* Where a reader can be, besides between segments. */
enum seg_within {
	SEG_BETWEEN,
	SEG_REST,		/* in what is left of a segment that was too long */
	SEG_FILL,		/* in a run of fill (NUL, 0x1A) that is longer than SEG_SIGHT */
};

/*
 * in is the input, or the part of it that is in sight: with more set, there may be bytes behind it, and what is asked of a
 * reader holds only as long as SEG_SIGHT bytes from at on are in sight (seg_sees()).
 */
struct seg_reader {
	struct str in;
	uint64_t base;		/* offset in the input of the first byte of in */
	bool more;
	size_t all;		/* bytes of the input, of a reader that seg_watch() has told to see it bit by bit */
	const struct edi_passed *passed;	/* edi.h: who wants to know how far it has come */
	enum seg_within within;
	bool filled;		/* a run of fill from fill_at on was passed over, and something came behind it */
	uint64_t fill_at;
	unsigned int met;	/* quirks of the blanks that are being passed over */
	size_t at;		/* where in in the next segment is looked for */
	uint64_t ordinal;	/* of the last segment handed out, from 1 through the whole file */
	struct seg_signs signs;	/* set by seg_use() */
	unsigned int quirks;	/* enum edi_quirk bits, gathered */
	size_t busy_until;	/* something stands there that is no fill */
	const struct charset *charset;	/* NULL: any byte but controls */
	struct scan_set set;
	struct scan_bits bits;	/* of the block_n bytes of the input from block_at on */
	size_t block_at, block_n;
	uint32_t stop;		/* of bits.stops, the first that may lie behind r->at */
	size_t odd_at;		/* the next odd byte from where a segment began; 0: not looked for yet */
	uint32_t known[SEG_KNOWN];	/* how segments begin that seg_pass() need not show to anybody */
};

/* Read on with these signs, in this character set (NULL: any byte but control characters). */
void seg_use(struct seg_reader *r, const struct seg_signs *signs, const struct charset *cs);

/* Go on at another byte, which begins a segment. */
void seg_jump(struct seg_reader *r, size_t at);

/* Make the bitmaps of the block that begins at r->at, which is where a segment begins. */
void seg_fill(struct seg_reader *r);

/* Pass over blanks and line breaks. Returns false at the end of the input or of everything but fill (NUL, 0x1A). */
bool seg_skip_blanks(struct seg_reader *r);

static inline bool
seg_sees(const struct seg_reader *r)
{
	return !r->more || r->in.n - r->at >= SEG_SIGHT;
}

/* Let go of the first n bytes of in, which are before at: the others are at to now. And see more of what is behind in. */
void seg_slide(struct seg_reader *r, const char *to, size_t n);
void seg_extend(struct seg_reader *r, size_t size, bool more);

/*
 * in is all of the input, and no more of it shall be in memory at once than must be: it comes into sight a step at a time,
 * as r goes on. NULL: all is in sight. seg_see() is seg_skip_blanks() with as much in sight as the next segment needs;
 * seg_seek() goes to what find() finds from byte at on.
 */
typedef size_t seg_find_fn(struct str in, size_t at);	/* in.n: nothing */
#define SEG_SEEK_SIGHT 4096u	/* what is found is known by fewer bytes than these */
void seg_watch(struct seg_reader *r, const struct edi_passed *passed);
void seg_see_more(struct seg_reader *r);
bool seg_see(struct seg_reader *r);
void seg_seek(struct seg_reader *r, seg_find_fn *find, size_t at);

/* The next segment; false at the end of the input. */
bool seg_next(struct seg_reader *r, struct seg *s);
void seg_back(struct seg_reader *r, const struct seg *s);	/* s was the last one: look at its bytes again */

/*
 * A segment that tells of n bytes of anything, which begin at from and have mark behind them: go on there, or behind the mark.
 * SEG_OBJECT_NONE: no mark, and r as it was. SEG_OBJECT_FAR: the mark would be out of sight; nothing was done yet, and the
 * length has to be believed. seg_go_far() does, when all is in sight; false: no mark, on behind the next terminator.
 * seg_skip_object() does all of it, for a reader that has the whole input; false: no mark.
 */
enum seg_object {
	SEG_OBJECT_NONE,
	SEG_OBJECT_PASSED,
	SEG_OBJECT_FAR,
};
struct seg_far {
	size_t from;
	uint64_t n;
	struct str mark;
	bool behind;		/* go on behind the mark */
};
enum seg_object seg_object(struct seg_reader *r, const struct seg *s, const struct seg_far *o);
bool seg_go_far(struct seg_reader *r, const struct seg_far *o);
bool seg_skip_object(struct seg_reader *r, const struct seg *s, const struct seg_far *o);

/* NUL and 0x1a, with which some systems fill up a file; and does this terminator stand at p? */
bool seg_is_fill(char c);
bool seg_is_term(const struct seg_signs *g, const char *p, const char *end);

/* The first terminator between r->at and to; false: none, and *at is where looking for it has to go on. */
bool seg_find_term(const struct seg_reader *r, size_t to, size_t *at);

/* Parts of seg_next(): the tag; the meaning of the odd byte i of raw; and when all have been noted, of all together. */
void seg_read_tag(const struct seg_signs *g, struct seg *s);
void seg_note_odd(const struct seg_reader *r, struct seg *s, size_t i);
void seg_judge_characters(struct seg_reader *r, struct seg *s);

/*
 * seg_know(): no segment that begins as this one does needs attention. seg_pass() passes over such segments, as long as
 * nothing odd is in them and their tag is not but, counting them: the fast way through the inside of messages.
 */
void seg_know(struct seg_reader *r, const struct seg *s);
void seg_forget(struct seg_reader *r);
void seg_pass(struct seg_reader *r, uint32_t but);

/*
 * Where the fields of the last segment end: offsets in raw of its signs, and at last raw.n; the first field is the tag.
 * raw.p[end] tells an element from a component from a repetition. Returns how many; past max they are not told.
 */
size_t seg_fields(const struct seg_reader *r, const struct seg *s, uint32_t *ends, size_t max);

/*
 * Every segment of the rest of the input, with all its fields, to one function: for those who want them all. What stands in
 * a segment is not judged. ends and from are offsets from base: field i begins behind ends[i - 1], or at from, and ends
 * before ends[i]; the sign there tells what ended it, and the last one is the terminator, or the end. A segment of over
 * SCAN_BLOCK bytes or fields has no fields: ends is NULL. The function returns false to stop.
 */
struct seg_view {
	const char *base;
	uint32_t from;
	uint32_t n;
	const uint32_t *ends;
	size_t offset, size;
};
typedef bool seg_each_fn(void *with, const struct seg_view *v);

struct seg_index {		/* 64 KiB of work memory */
	uint32_t ends[SCAN_BLOCK + 1];
	uint32_t stops[SCAN_BLOCK + 1];
};
void seg_each(struct seg_reader *r, struct seg_index *index, seg_each_fn *fn, void *with);

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

static inline bool
seg_is_sign(const struct seg_signs *g, unsigned char c)
{
	return c == (unsigned char)g->elem || c == (unsigned char)g->comp || c == g->rep || c == g->release ||
	    c == (unsigned char)g->term[0];
}

/* Do two signs coincide? The release and repetition signs count when in use. */
bool seg_signs_distinct(const struct seg_signs *g);

#endif
