/* SPDX-License-Identifier: ISC */
#include "gateway/greylist.h"

#include "gateway/base/sha256.h"

#include <stdlib.h>
#include <string.h>

#define SETS 4096
#define WAYS 4

struct entry {
	uint64_t who;			/* 0: free */
	int64_t first_ms, seen_ms;
	bool passed;
};

struct greylist {
	uint64_t seed;
	struct entry sets[SETS][WAYS];
};

struct greylist *
greylist_new(uint64_t seed)
{
	struct greylist *g = calloc(1, sizeof(*g));

	if (g == NULL)
		abort();
	g->seed = seed;
	return g;
}

void
greylist_free(struct greylist *g)
{
	free(g);
}

static uint64_t
name_of(const struct greylist *g, const struct address *from, struct str sender)
{
	static const unsigned char v4[12] = { [10] = 0xff, [11] = 0xff };
	size_t network = memcmp(from->b, v4, sizeof(v4)) == 0 ? 15 : 8;
	unsigned char digest[SHA256_BYTES];
	struct sha256 h;
	uint64_t who;

	sha256_init(&h);
	sha256_add(&h, str_make((const char *)&g->seed, sizeof(g->seed)));
	sha256_add(&h, str_make((const char *)from->b, network));
	for (size_t i = 0; i < sender.n; i++)
		sha256_add(&h, str_make((char[]){ to_lower(sender.p[i]) }, 1));
	sha256_end(&h, digest);
	memcpy(&who, digest, sizeof(who));
	return who == 0 ? 1 : who;
}

static bool
is_stale(const struct entry *e, int64_t now)
{
	return e->who == 0 || now - (e->passed ? e->seen_ms : e->first_ms) > (e->passed ? GREYLIST_KEEP_MS : GREYLIST_COME_MS);
}

/* His entry, or the one that gives way: a stale one, else the one not seen for longest, those who have passed last. */
static struct entry *
find(struct entry set[WAYS], uint64_t who, int64_t now)
{
	struct entry *out = &set[0];

	for (size_t i = 0; i < WAYS; i++)
		if (set[i].who == who && !is_stale(&set[i], now))
			return &set[i];
	for (size_t i = 0; i < WAYS; i++) {
		if (is_stale(&set[i], now))
			return &set[i];
		if (set[i].passed < out->passed ||
		    (set[i].passed == out->passed && set[i].seen_ms < out->seen_ms))
			out = &set[i];
	}
	return out;
}

bool
greylist_pass(struct greylist *g, const struct address *from, struct str sender, int64_t now)
{
	uint64_t who = name_of(g, from, sender);
	struct entry *e = find(g->sets[who % SETS], who, now);

	if (e->who != who || is_stale(e, now))
		*e = (struct entry){ .who = who, .first_ms = now };
	e->seen_ms = now;
	e->passed |= now - e->first_ms >= GREYLIST_WAIT_MS;
	return e->passed;
}
