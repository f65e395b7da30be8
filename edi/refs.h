/* SPDX-License-Identifier: ISC */
/*
 * refs.h - control numbers met so far, to find one that is used twice. Bounded in memory and in time per look-up:
 * past EDI_REFS_KEPT numbers, or where thousands were made to collide, repeats go unseen.
 */
#ifndef EDIGATE_EDI_REFS_H
#define EDIGATE_EDI_REFS_H

#include "gateway/base/arena.h"

#define EDI_REFS_KEPT 16384	/* numbers remembered in one file */

struct refs_entry {
	uint64_t key, offset;	/* key 0: free */
	uint64_t size, digest;	/* for the caller: of what has this number */
};

struct refs {
	struct refs_entry *table;	/* size is a power of two */
	size_t n, size;
};

/* Keys are built from parts: what kind of number, within which interchange or group, its bytes. */
uint64_t refs_key(uint64_t seed, struct str part);

/* Was key met before? Then *first is where. If not it is remembered. */
bool refs_seen(struct arena *a, struct refs *r, uint64_t key, uint64_t offset, uint64_t *first);
struct refs_entry *refs_find(const struct refs *r, uint64_t key);	/* NULL: not remembered */

#endif
