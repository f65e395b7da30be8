/* SPDX-License-Identifier: ISC */
/*
 * sha256.h - SHA-256 (FIPS 180-4) for those who link no cryptography: the ledger, which chains its events. Not for
 * secrets, nor where speed counts: the digests of mails are made by libcrypto.
 */
#ifndef EDIGATE_BASE_SHA256_H
#define EDIGATE_BASE_SHA256_H

#include "gateway/base/arena.h"

#define SHA256_BYTES 32

struct sha256 {
	uint32_t state[8];
	uint64_t n;			/* bytes taken */
	unsigned char block[64];
};

void sha256_init(struct sha256 *h);
void sha256_add(struct sha256 *h, struct str bytes);
void sha256_end(struct sha256 *h, unsigned char out[SHA256_BYTES]);	/* init before it is used again */

struct str sha256_hex(struct arena *a, struct str bytes);	/* of all of them at once, lower case */

#endif
