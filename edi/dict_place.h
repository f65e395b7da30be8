/* SPDX-License-Identifier: ISC */
/*
 * dict_place.h - which place in a message's table each of its segments takes: the table is walked along with the
 * segments, with a stack of the groups that are open. A segment stays where the last one was (repeats), goes forward in
 * the innermost group, or out of it and on; ISO 9735 wants tables in which the first place that fits is the right one.
 */
#ifndef EDIGATE_EDI_DICT_PLACE_H
#define EDIGATE_EDI_DICT_PLACE_H

#include "edi/dict.h"

#define PLACE_MISSING_KEPT 8

struct place_frame {
	uint32_t at, end;	/* the row that was used last; where the group's rows end */
	uint32_t count;		/* how often that row was used */
};

struct place {
	struct dict_message m;
	struct place_frame frame[DICT_DEPTH_MAX + 1];
	unsigned int depth;
};

enum place_fit {
	PLACE_FITS,
	PLACE_TOO_OFTEN,	/* more repetitions than the table has */
	PLACE_MISPLACED,	/* belongs to the message, but not here; it is passed over */
	PLACE_UNKNOWN,		/* belongs nowhere in it; passed over, too */
};

struct place_result {
	enum place_fit fit;
	struct dict_node node;			/* of PLACE_TOO_OFTEN: the segment or group */
	uint32_t count;
	struct dict_node missing[PLACE_MISSING_KEPT];	/* mandatory ones that were passed; of a group, its first segment */
	unsigned int n_missing;			/* all of them */
};

void place_start(struct place *p, const struct dict_message *m);
void place_next(struct place *p, uint32_t tag, struct place_result *out);

#endif
