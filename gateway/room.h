/* SPDX-License-Identifier: ISC */
/*
 * room.h - where the layers of a mail rest while the next one is taken off or put on: small ones in memory, larger ones in
 * files below spool/tmp that have no name, so that nothing is left of them after a crash. And files read by windows, so
 * that a document of gigabytes takes no more of the memory than a small one.
 */
#ifndef EDIGATE_GATEWAY_ROOM_H
#define EDIGATE_GATEWAY_ROOM_H

#include "edi/edi.h"
#include "mime/stream.h"
#include "spool/spool.h"

#define ROOM_MEMORY_MAX ((size_t)256 << 10)	/* a store over this goes to a file */
#define ROOM_WINDOW	((size_t)256 << 10)	/* of a file that is read */

struct file_room {
	struct room room;
	struct spool *spool;
	struct file_store *stores;
};
void file_room_init(struct file_room *r, struct spool *s);
void file_room_clear(struct file_room *r);	/* its stores end; it may be used again */

/* A file mapped by io_map(), as a store: behind the window that is read its pages are given back. */
struct map_store {
	struct store store;
	struct str map, window;
};
struct map_store map_store(struct str map);

/*
 * A span of any of these in one piece: in the arena when it is small, else mapped; io_unmap(mapped) when done, whatever it
 * said, which is empty when there is nothing to unmap.
 */
int room_map(struct arena *a, struct span s, struct str *bytes, struct str *mapped, struct err *e);

/* The same for edi_read_mapped(): pages that it is done with are given back, and come again when they are looked at. */
struct edi_passed map_window(struct str *map);

#endif
