/* SPDX-License-Identifier: ISC */
/*
 * subject.h - what was received, as an acknowledgement speaks of it: interchanges, the groups and messages in them, and
 * under each the faults that edi_read() and dict_check() found there. Pure; all of it lives in the arena, slices are the input's.
 */
#ifndef EDIGATE_EDI_SUBJECT_H
#define EDIGATE_EDI_SUBJECT_H

#include "edi/ack.h"
#include "edi/walk.h"

struct subject_fault {
	const struct ack_code *code;
	struct str tag;		/* of the segment; empty where it has none */
	uint64_t segment;	/* of the message, its header is 1; 0: no such place */
	unsigned int element, component;
	bool note;		/* told of, but nothing is refused for it */
	const struct dict_finding *finding;	/* NULL: edi_read() found it */
	struct subject_fault *next;
};

/* An interchange, a group or a message. */
struct subject_unit {
	enum ack_level level;
	struct str header;	/* its raw segment */
	uint64_t ordinal;
	struct subject_unit *next, *first, **end;	/* beside it; and in it, in the file's order */
	struct subject_fault *faults, **faults_end;
	uint64_t n;		/* groups or messages in it */
	struct str count;	/* how many its trailer says, as written */
	bool is_ack;		/* a TA1, a group FA, a message CONTRL: nothing to say about it */
	bool refused;		/* for a fault of its own */
	bool refused_below;	/* some of what is in it is */
	bool noted_below;	/* some of what is in it has faults for which it is not refused */
};

struct subject_interchange {
	struct subject_unit unit;	/* below it groups, and messages that are in none */
	struct seg_signs signs;
	struct str una;		/* EDIFACT: empty without one, or with one that cannot be used */
	struct str eol;		/* the line end behind its header, if there is one */
	bool headless;		/* EDIFACT: it has no UNB */
	bool has_ta1;
	struct subject_interchange *next;
};

struct subject {
	struct subject_interchange *first;
	size_t n_units;
};

/* Returns 0, or -1 with ERR_INPUT over ACK_MESSAGES_MAX interchanges, groups and messages. o: its findings. */
int subject_read(struct arena *a, struct str in, const struct edi_facts *f,
    const struct ack_order *o, struct subject *out, struct err *e);

/* A value of a header, unescaped: EDI_VALUE_MAX bytes at most. */
struct str subject_value(struct arena *a, const struct subject_interchange *ic, const struct subject_unit *u,
    unsigned int i, unsigned int j);

/* What an acknowledgement says of a group or message, in one word. */
enum ack_verdict subject_verdict(const struct subject_unit *u, bool refused_above);

#endif
