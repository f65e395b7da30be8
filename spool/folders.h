/* SPDX-License-Identifier: ISC */
/* folders.h - what the files of spool/ share: the open folders, and their names for errors. Not for callers. */
#ifndef EDIGATE_SPOOL_FOLDERS_H
#define EDIGATE_SPOOL_FOLDERS_H

#include "gateway/base/buf.h"
#include "spool/spool.h"

#define SPOOL_BOXES  (SPOOL_QUARANTINE + 1)
#define SPOOL_SUFFIX ".eml"

struct spool {
	int home, tmp, claimed;
	int box[SPOOL_BOXES];
};

extern const char *const spool_box_path[SPOOL_BOXES];	/* relative to home: "spool/arrived" */

/* The names in a directory, "." and ".." aside, each terminated by NUL in out, in no order. */
int spool_names(int dirfd, struct buf *out, struct err *e);

/* Cut the next terminated name off; false at the end. The slice's p may be used as a C string. */
bool spool_names_next(struct str *names, struct str *name);

/* Put right what a death amid claim_take() left. */
int claim_sweep(struct spool *s, struct err *e);

#endif
