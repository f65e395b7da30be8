/* SPDX-License-Identifier: ISC */
/*
 * outbox.h - what the watcher knows of the outbox: its folders, the files seen in them, and when to look at which one
 * next. No file is touched here; ready.h does that. Times are milliseconds of the monotonic clock.
 */
#ifndef EDIGATE_GATEWAY_OUTBOX_H
#define EDIGATE_GATEWAY_OUTBOX_H

#include "gateway/base/str.h"
#include "gateway/ready.h"

#define OUTBOX_NEVER INT64_MAX

struct outbox_folder {
	struct outbox_file *files;	/* all that were seen and are still there */
	const struct partner *partner;	/* NULL: no partner of that name */
	bool is_root;			/* outbox/ itself: files beside the folders */
	bool remote;			/* on a file system where others write unseen: see ready.h */
	bool watched;
	uint64_t device, inode;		/* of the folder that is watched: a mount may replace it */
	uint64_t pass;			/* of the last scan that saw it */
	char name[];			/* "acme"; "" for the root */
};

struct outbox_file {
	struct outbox_folder *folder;
	struct outbox_file *prev, *next;	/* in the folder */
	struct outbox_file *chain;		/* of one hash */
	struct ready_memory seen;
	int64_t due;			/* OUTBOX_NEVER: only the next scan or event asks for it */
	size_t place;			/* in the queue, while due */
	uint64_t seq;			/* files due at one moment go in the order they came */
	uint64_t pass;
	bool told, refused;		/* the ledger was told to show it as waiting, and how */
	char why[READY_WHY_MAX];	/* what it was told */
	char name[];			/* any bytes but '/' and NUL */
};

struct outbox;

struct outbox *outbox_new(void);
void outbox_free(struct outbox *o);

/* Never a file of a partner: dotfiles and what programs call a file that they are still writing. */
bool outbox_ignores(struct str name);

/* Folders, by name; they stay where they are in memory until dropped. A dropped folder must have no files left. */
struct outbox_folder *outbox_folder(struct outbox *o, struct str name);		/* NULL: not known */
struct outbox_folder *outbox_folder_add(struct outbox *o, struct str name);	/* known already: that one */
void outbox_folder_drop(struct outbox *o, struct outbox_folder *f);
size_t outbox_folders(const struct outbox *o);
struct outbox_folder *outbox_folder_at(const struct outbox *o, size_t i);

/* Files. outbox_add gives the one that is known already, too. */
struct outbox_file *outbox_find(struct outbox *o, const struct outbox_folder *f, struct str name);	/* NULL: not known */
struct outbox_file *outbox_add(struct outbox *o, struct outbox_folder *f, struct str name);
void outbox_drop(struct outbox *o, struct outbox_file *x);
size_t outbox_count(const struct outbox *o);

/* Look at x again at that time, or sooner when it was due sooner; outbox_done: not again until asked. */
void outbox_look_at(struct outbox *o, struct outbox_file *x, int64_t due);
void outbox_done(struct outbox *o, struct outbox_file *x);
struct outbox_file *outbox_next(const struct outbox *o);	/* the one due first, NULL: none; it stays queued */

#endif
