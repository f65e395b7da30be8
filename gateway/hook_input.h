/* SPDX-License-Identifier: ISC */
/* hook_input.h - what a hook is told of a document: JSON on its stdin, EDIGATE_* in its environment. */
#ifndef EDIGATE_GATEWAY_HOOK_INPUT_H
#define EDIGATE_GATEWAY_HOOK_INPUT_H

#include "db/db.h"

/*
 * EDIGATE_EVENT, _DELIVERY, _ID, _ULID, _DIRECTION, _PARTNER, _STATE, _TYPE, _NUMBER, _HOME, and _FILE where the document is
 * a file: NAME=value, one a line. Names and numbers of strangers are data here: no shell ever sees them.
 */
struct str hook_env(struct arena *a, struct str home, struct str event, struct str delivery,
    const struct db_doc *d);

/* The object of `edigate show --json` without its mails, and "event"; a line end behind it. */
struct str hook_json(struct arena *a, struct str event, const struct db_doc *d);

#endif
