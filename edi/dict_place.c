/* SPDX-License-Identifier: ISC */
#include "edi/dict_place.h"

/* What a search may put up with. */
enum {
	ALLOW_TOO_OFTEN = 1,
	ALLOW_MISSING = 2,
};

struct found {
	unsigned int depth;
	uint32_t at;
	bool again;	/* the row that was used last */
};

void
place_start(struct place *p, const struct dict_message *m)
{
	p->m = *m;
	p->depth = 0;
	p->frame[0] = (struct place_frame){ .at = 0, .end = m->n, .count = 0 };
}

/* A group begins with a segment, always: that decides. */
static bool
matches(const struct dict_message *m, const struct dict_node *node, uint32_t i, uint32_t tag)
{
	return (node->flags & DICT_GROUP) != 0 ? dict_node(m, i + 1).name == tag : node->name == tag;
}

static void
note_missing(const struct dict_message *m, uint32_t i, struct place_result *out)
{
	struct dict_node node = dict_node(m, i);

	if ((node.flags & DICT_GROUP) != 0)
		node = dict_node(m, i + 1);
	if (out->n_missing < PLACE_MISSING_KEPT)
		out->missing[out->n_missing] = node;
	out->n_missing++;
}

/*
 * May the row that was used last be used once more? Once too often, too, if that is allowed; but the first segment of a
 * group, come again, is better called the group come again.
 */
static bool
may_repeat(const struct place *p, unsigned int depth, uint32_t max, unsigned int allow)
{
	const struct place_frame *f = &p->frame[depth];

	if (f->count < max)
		return true;
	return (allow & ALLOW_TOO_OFTEN) != 0 && !(depth > 0 && f->at == p->frame[depth - 1].at + 1);
}

/* Look for tag in one open group. Returns 1 when it is there, 0 when not, -1 when what is mandatory stands before it. */
static int
find_in(const struct place *p, unsigned int depth, uint32_t tag, unsigned int allow, struct found *found,
    struct place_result *out)
{
	const struct place_frame *f = &p->frame[depth];
	struct dict_node node = dict_node(&p->m, f->at);
	uint32_t i = f->at, count = f->count;

	if (matches(&p->m, &node, i, tag) && may_repeat(p, depth, node.max, allow)) {
		*found = (struct found){ depth, i, true };
		return 1;
	}
	for (;; count = 0) {
		if ((node.flags & DICT_MANDATORY) != 0 && count == 0) {
			if ((allow & ALLOW_MISSING) == 0)
				return -1;
			note_missing(&p->m, i, out);
		}
		i += node.size;
		if (i >= f->end)
			return 0;
		node = dict_node(&p->m, i);
		if (matches(&p->m, &node, i, tag)) {
			*found = (struct found){ depth, i, false };
			return 1;
		}
	}
}

/* From the innermost group outwards. */
static bool
find(const struct place *p, uint32_t tag, unsigned int allow, struct found *found,
    struct place_result *out)
{
	out->n_missing = 0;
	for (unsigned int depth = p->depth + 1; depth-- > 0;) {
		int rc = find_in(p, depth, tag, allow, found, out);
		if (rc != 0)
			return rc == 1;
	}
	return false;
}

static void
move(struct place *p, const struct found *found, struct place_result *out)
{
	struct place_frame *f = &p->frame[found->depth];
	struct dict_node node = dict_node(&p->m, found->at);

	f->count = found->again ? f->count + (f->count < UINT32_MAX) : 1;
	f->at = found->at;
	p->depth = found->depth;
	out->node = node;
	out->count = f->count;
	if (f->count > node.max)
		out->fit = PLACE_TOO_OFTEN;
	if ((node.flags & DICT_GROUP) != 0)
		p->frame[++p->depth] = (struct place_frame){
			.at = found->at + 1, .end = found->at + node.size, .count = 1
		};
}

static bool
belongs(const struct dict_message *m, uint32_t tag)
{
	for (uint32_t i = 0; i < m->n; i++) {
		struct dict_node node = dict_node(m, i);
		if ((node.flags & DICT_GROUP) == 0 && node.name == tag)
			return true;
	}
	return false;
}

void
place_next(struct place *p, uint32_t tag, struct place_result *out)
{
	static const unsigned int tries[] = { 0, ALLOW_TOO_OFTEN, ALLOW_MISSING };
	struct found found;

	out->fit = PLACE_FITS;
	out->n_missing = 0;
	out->count = 0;
	for (size_t i = 0; i < N(tries); i++) {
		if (find(p, tag, tries[i], &found, out)) {
			move(p, &found, out);
			return;
		}
	}
	out->n_missing = 0;
	out->fit = belongs(&p->m, tag) ? PLACE_MISPLACED : PLACE_UNKNOWN;
}
