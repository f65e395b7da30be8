/* SPDX-License-Identifier: ISC */
/*
 * ULIDs: 48 bits of milliseconds, 80 random bits, written in Crockford's base 32. Sorted as text they are sorted by
 * time, so a folder listing is a queue.
 */
#include "spool/name.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "gateway/base/clock.h"

#define ULID_CHARS  (ULID_MAX - 1)
#define ULID_RANDOM 10

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void
ulid_make(int64_t wall_ms, const unsigned char random[ULID_RANDOM], char out[ULID_MAX])
{
	uint64_t ms = (uint64_t)wall_ms & 0xffffffffffff;
	unsigned int bits = 0, have = 0;
	size_t at = 10;

	for (size_t i = at; i-- > 0; ms >>= 5)		/* 10 characters hold 50 bits: the first is 0..7 */
		out[i] = alphabet[ms & 31];
	for (size_t i = 0; i < ULID_RANDOM; i++) {
		bits = (bits << 8 | random[i]) & 0xfff;
		for (have += 8; have >= 5; have -= 5)
			out[at++] = alphabet[bits >> (have - 5) & 31];
	}
	out[at] = '\0';
}

static void
fill_random(unsigned char random[ULID_RANDOM])
{
	ssize_t n;

	do
		n = getrandom(random, ULID_RANDOM, 0);
	while (n == -1 && errno == EINTR);
	if (n != ULID_RANDOM)		/* cannot be: up to 256 bytes come whole. An id that is not random is worse than none */
		abort();
}

/* One higher; false when all bits were set. */
static bool
count_up(unsigned char random[ULID_RANDOM])
{
	for (size_t i = ULID_RANDOM; i-- > 0;)
		if (++random[i] != 0)
			return true;
	return false;
}

void
ulid_new(char out[ULID_MAX])
{
	static int64_t last_ms;
	static unsigned char random[ULID_RANDOM];
	int64_t now = clock_wall_ms();

	/* Within one millisecond, and while a clock that was set back catches up, count from the last one. */
	if (now > last_ms || !count_up(random)) {
		last_ms = now > last_ms ? now : last_ms + 1;
		fill_random(random);
	}
	ulid_make(last_ms, random, out);
}

bool
ulid_is(struct str s)
{
	if (s.n != ULID_CHARS || s.p[0] > '7')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\0' || strchr(alphabet, s.p[i]) == NULL)
			return false;
	return true;
}

int64_t
ulid_ms(struct str ulid)
{
	int64_t ms = 0;

	if (!ulid_is(ulid))
		return -1;
	for (size_t i = 0; i < 10; i++)
		ms = ms << 5 | (strchr(alphabet, ulid.p[i]) - alphabet);
	return ms;
}
