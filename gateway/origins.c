/* SPDX-License-Identifier: ISC */
#include "gateway/origins.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS 4096

struct origins {
	struct origin *buckets[BUCKETS];
	struct origin others;		/* who finds no room */
	size_t n, max;
	uint64_t seed;
};

struct origins *
origins_new(size_t max, uint64_t seed)
{
	struct origins *o = calloc(1, sizeof(*o));

	if (o == NULL)
		abort();
	o->max = max;
	o->seed = seed;
	return o;
}

/* An IPv4 address has twelve bytes in front that are the same for all: its own four are taken. */
static void
key_of(const struct address *a, unsigned char key[ORIGIN_KEY_BYTES])
{
	static const unsigned char v4[12] = { [10] = 0xff, [11] = 0xff };

	memset(key, 0, ORIGIN_KEY_BYTES);
	if (memcmp(a->b, v4, sizeof(v4)) == 0)
		memcpy(key, a->b + 12, 4);
	else
		memcpy(key, a->b, ORIGIN_KEY_BYTES);
}

/* A multiplicative hash is enough with a seed that nobody outside knows. */
static struct origin **
bucket_of(struct origins *o, const unsigned char key[ORIGIN_KEY_BYTES])
{
	uint64_t h;

	memcpy(&h, key, sizeof(h));
	h = (h ^ o->seed) * UINT64_C(0x9e3779b97f4a7c15);
	h ^= h >> 32;
	h *= UINT64_C(0xd6e8feb86659fd93) ^ o->seed;
	return &o->buckets[h >> 52];
}

static bool
is_over(const struct origin *w, int64_t now)
{
	return w->sessions == 0 && now - w->window_ms >= ORIGIN_WINDOW_MS;
}

static void
make_room(struct origins *o, int64_t now)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		struct origin **at = &o->buckets[i], *w;
		while ((w = *at) != NULL) {
			if (!is_over(w, now)) {
				at = &w->next;
				continue;
			}
			*at = w->next;
			free(w);
			o->n--;
		}
	}
}

static struct origin *
find_or_make(struct origins *o, const struct address *a, int64_t now)
{
	unsigned char key[ORIGIN_KEY_BYTES];
	struct origin **bucket, *w;

	key_of(a, key);
	bucket = bucket_of(o, key);
	for (w = *bucket; w != NULL; w = w->next)
		if (memcmp(w->key, key, sizeof(key)) == 0)
			return w;
	if (o->n >= o->max)
		make_room(o, now);
	if (o->n >= o->max)
		return &o->others;
	w = calloc(1, sizeof(*w));
	if (w == NULL)
		abort();
	memcpy(w->key, key, sizeof(key));
	w->next = *bucket;
	w->window_ms = now;
	*bucket = w;
	o->n++;
	return w;
}

static void
turn_minute(struct origin *w, int64_t now)
{
	if (now - w->window_ms < ORIGIN_WINDOW_MS)
		return;
	w->window_ms = now;
	w->begun = w->mails = 0;
}

struct origin *
origins_enter(struct origins *o, const struct address *a, int64_t now)
{
	struct origin *w = find_or_make(o, a, now);

	turn_minute(w, now);
	w->sessions++;
	w->begun++;
	return w;
}

void
origin_leave(struct origin *who)
{
	who->sessions--;
}

bool
origin_may_begin(const struct origin *who, unsigned int per_minute)
{
	return per_minute == 0 || who->begun <= per_minute;
}

bool
origin_may_mail(struct origin *who, unsigned int per_minute, int64_t now)
{
	turn_minute(who, now);
	return ++who->mails <= per_minute || per_minute == 0;
}

void
origins_free(struct origins *o)
{
	for (size_t i = 0; o != NULL && i < BUCKETS; i++)
		for (struct origin *w = o->buckets[i], *next; w != NULL; w = next) {
			next = w->next;
			free(w);
		}
	free(o);
}
