/* SPDX-License-Identifier: ISC */
/*
 * rope.h - an entity that may be longer than memory: told by what it is made of, so that its length is known before a byte
 * of it is written, and so that it can be written more than once (hashed, then sent), the same each time.
 */
#ifndef EDIGATE_MIME_ROPE_H
#define EDIGATE_MIME_ROPE_H

#include "mime/mdn.h"
#include "mime/stream.h"

#define ROPE_PIECES_MAX 4

struct rope_piece {
	struct span bytes;
	const struct rope *rope;	/* in place of bytes */
	bool base64;			/* of the rope: as lines of base64 */
};

struct rope {
	struct rope_piece list[ROPE_PIECES_MAX];
	size_t n;
};

/* To the end. What is given is kept by reference, and outlives the rope. */
void rope_bytes(struct rope *r, struct span bytes);
void rope_rope(struct rope *r, const struct rope *inner);
void rope_base64(struct rope *r, const struct rope *inner);

/* Short base64 in it, which will be read several times, is made now and kept in the arena. */
#define ROPE_SETTLED_MAX 65536u
int rope_settle(struct arena *a, struct rope *r, struct err *e);

uint64_t rope_size(const struct rope *r);
int rope_put(const struct rope *r, struct sink *to, struct err *e);
int rope_mic(const struct rope *r, enum mic_alg alg, struct mic *out, struct err *e);

#endif
