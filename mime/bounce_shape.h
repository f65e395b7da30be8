/* SPDX-License-Identifier: ISC */
/* bounce_shape.h - the shapes of bounces, as tables: how they open, what they call a delay, how they name addresses. */
#ifndef EDIGATE_MIME_BOUNCE_SHAPE_H
#define EDIGATE_MIME_BOUNCE_SHAPE_H

#include "gateway/base/arena.h"

bool shape_opens(struct str flat);	/* of words_flat(): says that something was not delivered */
bool shape_is_delay(struct str flat);	/* and that it is still being tried */

/* Where in text the returned mail begins, and where its header; both text.n when it is not there. */
void shape_returned(struct arena *a, struct str text, size_t *at, size_t *header);

/*
 * How plainly a line names an address that mail did not reach. The plainest kind that a text has is
 * believed, the others are talk.
 */
enum naming { NAMED_FIRST, NAMED_FIELD, NAMED_REPLY, NAMED_SOMEHOW, NAMED_NOT };

/* The address that this line names and how; NAMED_NOT without one. A line that tells of a sender names none. */
enum naming shape_address(struct str line, struct str *address);

#endif
