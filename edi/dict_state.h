/* SPDX-License-Identifier: ISC */
/* dict_state.h - a file that is held against a dictionary, between dict_check.c (messages) and dict_element.c (what is in segments). */
#ifndef EDIGATE_EDI_DICT_STATE_H
#define EDIGATE_EDI_DICT_STATE_H

#include "edi/dict_check.h"
#include "edi/dict_place.h"
#include "edi/walk.h"

/* An element of it; el is of one that is no composite, and lacks a code where the dictionary is damaged. */
struct known_element {
	struct dict_ref ref;
	struct dict_element el;
};

/* A segment of the directory, as it was looked up last. */
struct known_segment {
	uint32_t tag;			/* 0: none */
	bool found;
	struct dict_list list;
	struct known_element *elements;	/* of the list */
	uint32_t wanted;		/* elements up to the last mandatory one */
	uint32_t rules, n_rules;
};
#define RULE_ELEMENTS  99u	/* those behind are in no syntax rule */
#define FIELDS_FAST    256u
#define VALUES_KEPT    1024u
#define KNOWN_SEGMENTS 64u
#define KNOWN_ELEMENTS 4096u		/* of all segments together, that are not looked up for each one again */

struct check {
	struct arena *a, *scratch;	/* scratch: one value */
	struct dict_findings *out;
	bool codes_strict;
	bool x12;
	struct walk w;
	struct dict_directory d;
	struct place place;
	bool in_message;		/* of one that the dictionary has */
	struct str version;		/* X12: GS08 */
	char tag[4];
	struct known_segment known[KNOWN_SEGMENTS];	/* of d, by tag */
	unsigned int n_elements;	/* of all of these */
	bool plain, repeats;		/* neither breaks nor release signs in the current segment; a repetition sign */
	bool more;			/* elements than are kept */
	size_t n_values;		/* elements of the current segment, as they are written */
	struct str values[VALUES_KEPT];
	uint32_t ends[FIELDS_FAST];	/* of its fields */
	bool used[RULE_ELEMENTS + 1];	/* which of its elements are there */
	struct place_result placed;	/* where it stands */
};

/* Where in a segment a value stands; what stands there. */
struct spot {
	unsigned int element, component, repetition;	/* from 1; component 0: the element has none */
	struct str raw, value;
	struct str reference;		/* of the element or composite */
};

/* Another finding; at NULL: of the whole segment. NULL when there are too many. */
struct dict_finding *dict_tell(struct check *c, bool warning, const char *code,
    const struct spot *at, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* Is the value of such a type? length: how many characters count. */
struct dict_type_fault {
	const char *code, *want;	/* NULL: none */
};
struct dict_type_fault dict_value_fault(enum dict_type type, struct str value, size_t *length);

/* Another directory holds from here on. */
void dict_use(struct check *c, const struct dict_directory *d);

/* The elements of the current segment, if the directory has it. */
void dict_check_elements(struct check *c);

#endif
