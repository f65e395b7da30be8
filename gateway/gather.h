/* SPDX-License-Identifier: ISC */
/*
 * gather.h - the watcher's hands: looks through the folders of the outbox, takes what is ready, tells the ledger what
 * was taken and what waits. Knows nothing of notifications; watch.c brings those in by gather_entry() and
 * gather_file(). When nobody has called it for [outbox] rescan, a gather_scan() is due.
 */
#ifndef EDIGATE_GATEWAY_GATHER_H
#define EDIGATE_GATEWAY_GATHER_H

#include "gateway/outbox.h"
#include "gateway/role.h"
#include "spool/spool.h"

#include <limits.h>

struct gather {
	struct role *role;
	struct spool *spool;
	struct outbox *box;
	struct outbox_folder *root;	/* outbox/ itself */
	char path[PATH_MAX];		/* HOME/outbox */
	bool (*watch)(const struct outbox_folder *f, const char *path);	/* have the kernel tell of changes in it; or NULL */
	uint64_t pass;			/* counts the scans */
	int dir;			/* of dir_of, kept open during a turn */
	struct outbox_folder *dir_of;
};

int  gather_open(struct gather *g, struct role *r, struct err *e);
void gather_close(struct gather *g);

/* Look through everything: make missing partners' folders, find what came and what went. */
void gather_scan(struct gather *g);
void gather_scan_folder(struct gather *g, struct outbox_folder *f);

/* An entry of outbox/ was seen: a folder (perhaps by a symlink of the operator's), returned, or a file: NULL. */
struct outbox_folder *gather_entry(struct gather *g, const char *name);
/* A file was seen in f: look at it at the time due. renamed: it came there by a rename. */
void gather_file(struct gather *g, struct outbox_folder *f, const char *name, bool renamed,
    int64_t due);

/* Look at the files that are due and take those that are ready, for a moment; gather_due(): when the next one is. */
void gather_work(struct gather *g);
int64_t gather_due(const struct gather *g);

/* Let go of the folder that is open: before every wait, for it may be moved or mounted over. */
void gather_rest(struct gather *g);

#endif
