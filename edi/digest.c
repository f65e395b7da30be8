/* SPDX-License-Identifier: ISC */
#include "edi/digest.h"

#include <string.h>

__extension__ typedef unsigned __int128 wide;

/* Both halves of a product: every bit of either factor reaches them. */
static uint64_t
mix(uint64_t a, uint64_t b)
{
	wide product = (wide)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t
load8(const unsigned char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static void
step(struct digest *d, const unsigned char *p)
{
	d->lane[0] = mix(load8(p) ^ 0x9e3779b97f4a7c15u, load8(p + 8) ^ d->lane[0]);
	d->lane[1] = mix(load8(p + 16) ^ 0xd6e8feb86659fd93u, load8(p + 24) ^ d->lane[1]);
}

void
digest_start(struct digest *d, uint64_t offset)
{
	*d = (struct digest){ .at = offset, .lane = { 0xcbf29ce484222325u, 0x100000001b3u } };
}

void
digest_take(struct digest *d, uint64_t base, struct str in, uint64_t to)
{
	struct str rest = to <= d->at ? str_sub(in, 0, 0) : str_sub(in, (size_t)(d->at - base), (size_t)(to - d->at));
	size_t n;

	d->at += rest.n;
	while (rest.n > 0) {
		if (d->n_held == 0 && rest.n >= DIGEST_STEP) {
			step(d, (const unsigned char *)rest.p);
			rest = str_from(rest, DIGEST_STEP);
			continue;
		}
		n = rest.n < DIGEST_STEP - d->n_held ? rest.n : DIGEST_STEP - d->n_held;
		memcpy(d->held + d->n_held, rest.p, n);
		d->n_held += n;
		rest = str_from(rest, n);
		if (d->n_held == DIGEST_STEP) {
			step(d, d->held);
			d->n_held = 0;
		}
	}
}

uint64_t
digest_end(struct digest *d, uint64_t base, struct str in, uint64_t to)
{
	digest_take(d, base, in, to);
	memset(d->held + d->n_held, 0, DIGEST_STEP - d->n_held);
	step(d, d->held);
	return mix(d->lane[0] ^ d->n_held, d->lane[1] ^ 0x9fb21c651e98df25u);
}
