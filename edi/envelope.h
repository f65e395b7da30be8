/* SPDX-License-Identifier: ISC */
/*
 * envelope.h - what reading the envelopes of X12 and EDIFACT has in common: a place for every fault, trailers held
 * against their headers, the message that is open, control numbers used twice, segments where none belong.
 */
#ifndef EDIGATE_EDI_ENVELOPE_H
#define EDIGATE_EDI_ENVELOPE_H

#include "edi/facts.h"
#include "edi/refs.h"
#include "edi/segment.h"

/* How a syntax calls its things, in codes and sentences. */
struct env_words {
	const char *header, *trailer;	/* of a message: "ST", "SE" */
	const char *control;		/* "ST02" */
	unsigned int control_element;
	const char *missing, *duplicate;	/* codes: "se-missing", "st-duplicate" */
	const char *start, *end;	/* of an interchange: "ISA", "IEA" */
	unsigned int tag_min;		/* bytes of the shortest tag */
};

struct envelope {
	const struct env_words *words;
	struct arena *a;
	struct edi_facts *f;
	struct seg_reader r;
	struct refs refs;
	struct seg seg;		/* the segment that is being read */
	size_t copied;		/* bytes of values that had to be copied into the arena */

	bool in_message;
	struct edi_message message;
	uint64_t message_first;	/* ordinal of its header */
	struct edi_place message_control;	/* where its control number stands */
	uint64_t message_twin;	/* an earlier one of the same control number begins here, or ENV_NONE */
	bool outside;		/* segments outside of a message were met, and told of once */
	uint32_t number_tag;	/* of the segment with the business number, 0: found or none */
	unsigned int number_element, number_component;
};

#define ENV_NONE       UINT64_MAX
#define ENV_COPIED_MAX (2u << 20)	/* past that, values stay as they are written, release signs and all */

/* Pass over what may stand before the first segment: a byte-order mark, blank lines. */
void env_begin(struct envelope *x);

/* Where element i (0: the segment), component j (0: the element) of the current segment is. */
struct edi_place env_place(struct envelope *x, unsigned int i, unsigned int j);

/* Its value, and any value as a problem's text shows it. One over EDI_VALUE_MAX is a problem, and cut. */
struct str env_value(struct envelope *x, unsigned int i, unsigned int j);
bool env_may_copy(struct envelope *x, size_t n);
const char *env_show(const struct envelope *x, struct str s);

/* A trailer's first element is a count, its second repeats the header's number; name is the element's. */
void env_check_count(struct envelope *x, const char *code, const char *name, uint64_t want,
    const char *of);
void env_check_control(struct envelope *x, const char *code, const char *name, struct str want,
    const char *of);

/* Was this number met before, in the current segment's place? within: a key for what it must be unique in. */
bool env_is_repeated(struct envelope *x, const char *name, uint64_t within, struct str number,
    uint64_t *first);

/* A header opens x->message, which the caller has filled in; within as above. */
void env_open_message(struct envelope *x, uint64_t within);
void env_close_message(struct envelope *x, bool missing);	/* nothing to do when none is open */

/* Inside a message, pass over the segments that nobody needs to look at. */
void env_pass(struct envelope *x);

/* A segment that is no part of any envelope; an outsider may stand outside of messages. */
void env_read_body(struct envelope *x, bool outsider);

/*
 * A number or id must be in the character set as it stands: partners on levels A and B fold what they do not have, and a
 * text survives that, a number becomes another. Elsewhere such characters are a quirk.
 */
void env_check_number(struct envelope *x, unsigned int i, unsigned int j, const char *name);

/* Odd bytes of the current segment, for those that env_read_body() does not see: the envelope's own. */
void env_check_bytes(struct envelope *x);

/* Told of when the input ends within a segment. */
void env_note_cut(struct envelope *x);

/* Those of the first interchange; mixed when a later one has others. */
void env_note_parties(struct envelope *x, struct edi_party sender, struct edi_party receiver,
    bool test);

/* Bytes up to next are no interchange. */
void env_note_junk(struct envelope *x, size_t next);

#endif
