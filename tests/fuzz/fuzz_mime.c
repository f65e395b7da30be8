/* SPDX-License-Identifier: ISC */
/* The part scanner: any cut of a stream gives the tree of the whole, and every part lies where it says. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "mime/part.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* Feed the stream in portions whose lengths come from its own bytes. */
static int
feed_in_pieces(struct part_scan *s, struct str all, struct err *e)
{
	uint32_t seed = 1;

	while (all.n > 0) {
		size_t n = 1 + (seed >> 13) % 7;
		if (part_scan_feed(s, str_sub(all, 0, n), e) == -1)
			return -1;
		seed = seed * 1664525u + 1013904223u + (unsigned char)all.p[0];
		all = str_from(all, n);
	}
	return part_scan_end(s, e);
}

static void
check_places(const struct part_tree *t)
{
	assert(t->n > 0 && t->parts[0].start == 0 && t->parts[0].end == t->entity.n);
	for (size_t i = 0; i < t->n; i++) {
		const struct part *p = &t->parts[i];
		assert(p->start <= p->body && p->body <= p->end && p->end <= t->entity.n);
		assert(p->parent == PART_NONE ? i == 0 : p->parent < i);
		assert(p->parent == PART_NONE || (p->start >= t->parts[p->parent].body && p->end <= t->parts[p->parent].end));
		assert(p->depth <= PART_DEPTH_MAX);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new((size_t)1 << 30);
	struct str in = str_make((const char *)p, n);
	struct part_scan *s = part_scan_new(a);
	struct part_tree t;
	struct err e;
	int whole = part_tree_read(a, in, &t, &e), pieces = feed_in_pieces(s, in, &e);

	assert(whole == pieces);
	if (whole == 0) {
		check_places(&t);
		assert(part_scan_count(s) == t.n);
		for (size_t i = 0; i < t.n; i++) {
			const struct part *x = part_scan_get(s, i), *y = &t.parts[i];
			assert(x->start == y->start && x->body == y->body && x->end == y->end && x->defects == y->defects);
			assert(str_eq(x->type.value, y->type.value) && x->cte == y->cte && str_eq(x->file_name, y->file_name));
		}
		for (size_t i = 0; i < t.n; i++) {
			unsigned int flags = 0;
			(void)cte_decode(a, t.parts[i].cte, part_body(&t, i), &flags);
		}
		(void)part_defects_text(a, part_tree_defects(&t));
	}
	part_scan_free(s);
	arena_free(a);
	return 0;
}
