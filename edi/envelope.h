/* SPDX-License-Identifier: ISC */
/*
 * envelope.h - what reading the envelopes of X12, EDIFACT and TRADACOMS has in common: going from segment to segment, a
 * place for every fault, trailers held against their headers, the message that is open, control numbers used twice,
 * segments where none belong.
 *
 * It goes by steps, each of which needs SEG_SIGHT bytes in sight or the end of the input; so the input may be in memory
 * as a whole, or pass by in a window (edi/push.h), and what is found is the same.
 */
#ifndef EDIGATE_EDI_ENVELOPE_H
#define EDIGATE_EDI_ENVELOPE_H

#include "edi/digest.h"
#include "edi/facts.h"
#include "edi/refs.h"
#include "edi/segment.h"

struct envelope;

/* How a syntax calls its things, in codes and sentences, and what it makes of them. */
struct env_syntax {
	const char *header, *trailer;	/* of a message: "ST", "SE" */
	const char *control;		/* "ST02" */
	unsigned int control_element;
	const char *missing, *duplicate;	/* codes: "se-missing", "st-duplicate" */
	const char *start, *end;	/* of an interchange: "ISA", "IEA" */
	const char *label, *charset;	/* "X12 in EBCDIC, want ASCII" */
	bool (*is_other_encoding)(struct str in);	/* such a file is not read; NULL: there is none */
	unsigned int tag_min;		/* bytes of the shortest tag */
	size_t (*find)(struct str in, size_t at);	/* the next interchange, from at on; in.n without one */
	bool (*starts)(struct str next);		/* does another interchange begin here, before this one ended? */
	void (*begin)(struct envelope *x);	/* something stands at r.at, between interchanges: open one, or pass it over */
	void (*open)(struct envelope *x);	/* in state ENV_OPENING: blanks were passed over; NULL: never */
	bool (*segment)(struct envelope *x);	/* x->seg is another of the interchange's; false: it ended it */
	void (*lacks_end)(struct envelope *x);	/* the interchange ends without its trailer */
	void (*bad_object)(struct envelope *x);	/* x->far's mark is not there, x->far_place is where its length stands */
};

enum env_state {
	ENV_BETWEEN,		/* interchanges */
	ENV_SEEKING,		/* the next interchange */
	ENV_OPENING,		/* behind a UNA */
	ENV_INSIDE,		/* of an interchange */
	ENV_FAR,		/* bytes of anything, x->far.n of them, are passed over */
	ENV_OVER,		/* nothing behind can be told apart */
};

struct envelope {
	const struct env_syntax *syntax;
	struct arena *a;
	struct edi_facts *f;
	struct seg_reader r;
	struct refs refs;
	struct seg seg;		/* the segment that is being read */
	enum env_state state;
	size_t copied;		/* bytes of values that had to be copied into the arena */
	struct digest *digest;	/* of the open message's bytes up to r.at; NULL: all bytes stay at hand */

	/* The interchange and group that are open, and what was counted in them. */
	struct str control;	/* ISA13, UNB 0020, STX's reference */
	struct str group, group_function, group_version;	/* GS06, UNG 0048; GS01, GS08 */
	bool in_group;		/* or batch */
	uint64_t groups, messages, in_this_group;
	uint64_t began;		/* offset of the UNA or UNB */
	struct seg_far far;	/* ENV_FAR: what is left of it */
	uint64_t far_size;
	struct edi_place far_place;	/* of its length */

	bool in_message;
	struct edi_message message;
	uint64_t message_first;	/* ordinal of its header */
	uint64_t message_key;	/* in refs */
	struct edi_place message_control;	/* where its control number stands */
	uint64_t message_twin;	/* an earlier one of the same control number begins here, or ENV_NONE */
	bool outside;		/* segments outside of a message were met, and told of once */
	uint32_t number_tag;	/* of the segment with the business number, 0: found or none */
	unsigned int number_element, number_component;
};

#define ENV_NONE       UINT64_MAX
#define ENV_COPIED_MAX (2u << 20)	/* past that, values stay as they are written, release signs and all */

/* All of in, as edi_read() does; what was found is in f. */
void env_read(const struct env_syntax *syntax, struct arena *a, struct str in, struct edi_facts *f);

/* The same by hand: x->syntax, a, f and r.in are set. env_step() returns false when more must come into sight. */
void env_begin(struct envelope *x);
bool env_step(struct envelope *x);

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

/* A segment that is no part of any envelope; an outsider may stand outside of messages. */
void env_read_body(struct envelope *x, bool outsider);

/*
 * A number or id must be in the character set as it stands: partners on levels A and B fold what they do not have, and a
 * text survives that, a number becomes another. Elsewhere such characters are a quirk.
 */
void env_check_number(struct envelope *x, unsigned int i, unsigned int j, const char *name);

/* Odd bytes of the current segment, for those that env_read_body() does not see: the envelope's own. */
void env_check_bytes(struct envelope *x);

/* The trailer of an interchange ends the file without its terminator: a quirk. */
void env_note_unterminated(struct envelope *x);

/* n bytes of anything: as seg_object(). Where they are far they are passed over before the next segment is read. */
enum seg_object env_object(struct envelope *x, const struct seg_far *o, struct edi_place length);

/* Those of the first interchange; mixed when a later one has others. */
void env_note_parties(struct envelope *x, struct edi_party sender, struct edi_party receiver,
    bool test);

/* What stands at r.at is no interchange: look for the next one. */
void env_note_junk(struct envelope *x);

#endif
