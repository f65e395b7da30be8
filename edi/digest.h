/* SPDX-License-Identifier: ISC */
/*
 * digest.h - 64 bits that stand for the bytes of a message which are gone when its copy comes. However they are cut into
 * pieces the digest is the same. No secret is in it: who makes two messages with one digest gains that the second is
 * called a copy of the first, which he could as well have sent.
 */
#ifndef EDIGATE_EDI_DIGEST_H
#define EDIGATE_EDI_DIGEST_H

#include "gateway/base/str.h"

#define DIGEST_STEP 32u

struct digest {
	uint64_t at;		/* offset in the input of the next byte to take */
	uint64_t lane[2];
	unsigned char held[DIGEST_STEP];	/* fewer bytes than a step */
	size_t n_held;
};

/* From this offset on. */
void digest_start(struct digest *d, uint64_t offset);

/* Take the bytes up to the offset to; in begins at the offset base, and has those not yet taken. */
void digest_take(struct digest *d, uint64_t base, struct str in, uint64_t to);

/* The same, and the digest of all of them. */
uint64_t digest_end(struct digest *d, uint64_t base, struct str in, uint64_t to);

#endif
