/* SPDX-License-Identifier: ISC */
#include "edi/refs.h"

#define FIRST_SLOTS 64u
#define PROBES_MAX  64u	/* a bound on what colliding numbers can cost */

/* FNV-1a, and a stir at the end so that the low bits, which pick the slot, depend on all of them. */
uint64_t
refs_key(uint64_t seed, struct str part)
{
	uint64_t h = (seed ^ 0xcbf29ce484222325u) * 0x100000001b3u;

	for (size_t i = 0; i < part.n; i++)
		h = (h ^ (unsigned char)part.p[i]) * 0x100000001b3u;
	h ^= part.n;
	h = (h ^ (h >> 32)) * 0xd6e8feb86659fd93u;
	h ^= h >> 29;
	return h == 0 ? 1 : h;
}

/* The entry of key, or a free one for it; NULL when neither is near. */
static struct refs_entry *
find(const struct refs *r, uint64_t key)
{
	for (size_t i = 0; i < PROBES_MAX && i < r->size; i++) {
		struct refs_entry *entry = &r->table[(key + i) & (r->size - 1)];
		if (entry->key == key || entry->key == 0)
			return entry;
	}
	return NULL;
}

static void
grow(struct arena *a, struct refs *r)
{
	struct refs bigger = { .n = r->n, .size = r->size == 0 ? FIRST_SLOTS : 2 * r->size };

	bigger.table = arena_get_array(a, bigger.size, sizeof(*bigger.table));
	for (size_t i = 0; i < r->size; i++) {
		struct refs_entry *to;
		if (r->table[i].key == 0)
			continue;
		to = find(&bigger, r->table[i].key);
		if (to != NULL)
			*to = r->table[i];
	}
	*r = bigger;
}

bool
refs_seen(struct arena *a, struct refs *r, uint64_t key, uint64_t offset, uint64_t *first)
{
	struct refs_entry *entry;

	if (2 * r->n >= r->size && r->n < EDI_REFS_KEPT)
		grow(a, r);
	entry = find(r, key);
	if (entry == NULL)
		return false;
	if (entry->key == key) {
		*first = entry->offset;
		return true;
	}
	if (r->n >= EDI_REFS_KEPT)
		return false;
	*entry = (struct refs_entry){ .key = key, .offset = offset };
	r->n++;
	return false;
}

struct refs_entry *
refs_find(const struct refs *r, uint64_t key)
{
	struct refs_entry *entry = find(r, key);

	return entry != NULL && entry->key == key ? entry : NULL;
}
