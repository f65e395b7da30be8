/* SPDX-License-Identifier: ISC */
/* rebuild.h - state is a fold over events: fold them again, and put right every document that says otherwise. */
#ifndef EDIGATE_GATEWAY_REBUILD_H
#define EDIGATE_GATEWAY_REBUILD_H

#include "db/db.h"

/*
 * The documents with an id below *before, the newest first, as many as take a moment; 0: all. Then *before is where to go
 * on, 0 at the end. *differed is raised by how many documents were put right. Inside the caller's transaction.
 */
int rebuild_some(struct db *db, int64_t *before, uint64_t *differed, struct err *e);
int rebuild_all(struct db *db, uint64_t *differed, struct err *e);

#endif
