/* SPDX-License-Identifier: ISC */
/* rebuild.h - state is a fold over events: fold them again, and put right every document that says otherwise. */
#ifndef EDIGATE_GATEWAY_REBUILD_H
#define EDIGATE_GATEWAY_REBUILD_H

#include "db/db.h"

/* Inside the caller's transaction. *differed: how many documents were put right. */
int rebuild_all(struct db *db, uint64_t *differed, struct err *e);

#endif
