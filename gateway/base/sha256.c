/* SPDX-License-Identifier: ISC */
#include "gateway/base/sha256.h"

#include <string.h>

#define BLOCK 64

/* FIPS 180-4, 4.2.2: the first 32 bits of the fractions of the cube roots of the first 64 primes. */
static const uint32_t k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t
rotr(uint32_t x, unsigned int n)
{
	return x >> n | x << (32 - n);
}

/* 6.2.2, step 1 */
static void
schedule(const unsigned char *p, uint32_t w[64])
{
	for (size_t i = 0; i < 16; i++, p += 4)
		w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	for (size_t i = 16; i < 64; i++) {
		uint32_t s0 = rotr(w[i - 15], 7) ^ rotr(w[i - 15], 18) ^ w[i - 15] >> 3;
		uint32_t s1 = rotr(w[i - 2], 17) ^ rotr(w[i - 2], 19) ^ w[i - 2] >> 10;
		w[i] = s1 + w[i - 7] + s0 + w[i - 16];
	}
}

/* 6.2.2, steps 2 to 4; v is a to h */
static void
compress(uint32_t state[8], const unsigned char *block)
{
	uint32_t w[64], v[8], t1, t2;

	schedule(block, w);
	memcpy(v, state, sizeof(v));
	for (size_t i = 0; i < 64; i++) {
		t1 = v[7] + (rotr(v[4], 6) ^ rotr(v[4], 11) ^ rotr(v[4], 25)) +
		    ((v[4] & v[5]) ^ (~v[4] & v[6])) + k[i] + w[i];
		t2 = (rotr(v[0], 2) ^ rotr(v[0], 13) ^ rotr(v[0], 22)) +
		    ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
		memmove(v + 1, v, 7 * sizeof(v[0]));
		v[4] += t1;
		v[0] = t1 + t2;
	}
	for (size_t i = 0; i < 8; i++)
		state[i] += v[i];
}

void
sha256_init(struct sha256 *h)
{
	*h = (struct sha256){ .state = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c,
				  0x1f83d9ab, 0x5be0cd19 } };	/* 5.3.3 */
}

void
sha256_add(struct sha256 *h, struct str bytes)
{
	size_t have = h->n % BLOCK, part;

	h->n += bytes.n;
	while (bytes.n > 0) {
		part = bytes.n < BLOCK - have ? bytes.n : BLOCK - have;
		memcpy(h->block + have, bytes.p, part);
		bytes = str_from(bytes, part);
		have += part;
		if (have == BLOCK) {
			compress(h->state, h->block);
			have = 0;
		}
	}
}

/* 5.1.1: a one, zeros, and how many bits there were. */
void
sha256_end(struct sha256 *h, unsigned char out[SHA256_BYTES])
{
	size_t have = h->n % BLOCK;
	uint64_t bits = h->n * 8;

	h->block[have++] = 0x80;
	if (have > BLOCK - 8) {
		memset(h->block + have, 0, BLOCK - have);
		compress(h->state, h->block);
		have = 0;
	}
	memset(h->block + have, 0, BLOCK - 8 - have);
	for (size_t i = 0; i < 8; i++)
		h->block[BLOCK - 1 - i] = (unsigned char)(bits >> 8 * i);
	compress(h->state, h->block);
	for (size_t i = 0; i < SHA256_BYTES; i++)
		out[i] = (unsigned char)(h->state[i / 4] >> (24 - 8 * (i % 4)));
}

struct str
sha256_hex(struct arena *a, struct str bytes)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char digest[SHA256_BYTES];
	char *hex = arena_get(a, 2 * SHA256_BYTES + 1);
	struct sha256 h;

	sha256_init(&h);
	sha256_add(&h, bytes);
	sha256_end(&h, digest);
	for (size_t i = 0; i < SHA256_BYTES; i++) {
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 15];
	}
	return str_make(hex, 2 * SHA256_BYTES);
}
