/* SPDX-License-Identifier: ISC */
/* part_tree.c - an entity that lies in memory as a whole: its parts as slices. */
#include "mime/part.h"

int
part_tree_read(struct arena *a, struct str entity, struct part_tree *out, struct err *e)
{
	struct part_scan *s = part_scan_new(a);
	struct part *parts;
	int rc = -1;

	if (part_scan_feed(s, entity, e) == -1 || part_scan_end(s, e) == -1)
		goto out;
	parts = arena_get_array(a, part_scan_count(s), sizeof(*parts));
	for (size_t i = 0; i < part_scan_count(s); i++)
		parts[i] = *part_scan_get(s, i);
	*out = (struct part_tree){ .entity = entity, .parts = parts, .n = part_scan_count(s) };
	rc = 0;
out:
	part_scan_free(s);
	return rc;
}

static struct str
between(const struct part_tree *t, uint64_t from, uint64_t to)
{
	return str_sub(t->entity, (size_t)from, (size_t)(to - from));
}

struct str
part_bytes(const struct part_tree *t, size_t i)
{
	return between(t, t->parts[i].start, t->parts[i].end);
}

struct str
part_header(const struct part_tree *t, size_t i)
{
	return between(t, t->parts[i].start, t->parts[i].body);
}

struct str
part_body(const struct part_tree *t, size_t i)
{
	return between(t, t->parts[i].body, t->parts[i].end);
}

size_t
part_child(const struct part_tree *t, size_t i, size_t nth)
{
	for (size_t k = i + 1; k < t->n; k++)
		if (t->parts[k].parent == i && nth-- == 0)
			return k;
	return PART_NONE;
}

unsigned int
part_tree_defects(const struct part_tree *t)
{
	unsigned int all = 0;

	for (size_t i = 0; i < t->n; i++)
		all |= t->parts[i].defects;
	return all;
}

bool
part_is(const struct part *p, struct str type)
{
	return str_ends(type, S("/")) ? str_starts(p->type.value, type)
	                              : str_eq(p->type.value, type);
}

struct str
part_defects_text(struct arena *a, unsigned int defects)
{
	static const struct { unsigned int bit; const char *text; } names[] = {
		{ PART_TWO_TYPES, "two Content-Type fields" },
		{ PART_TWO_CTES, "two Content-Transfer-Encoding fields" },
		{ PART_CTE_UNKNOWN, "unknown transfer encoding" },
		{ PART_CTE_COMPOSITE, "transfer encoding on a multipart" },
		{ PART_BOUNDARY_MISSING, "multipart without boundary" },
		{ PART_BOUNDARY_TWICE, "boundary given twice" },
		{ PART_BOUNDARY_REUSED, "boundary of an outer part used again" },
		{ PART_NOT_CLOSED, "close delimiter missing" },
		{ PART_HEADER_JUNK, "header line that is no field" },
		{ PART_WHITE_LINE, "header line of blanks only" },
		{ PART_HEADER_EOL, "bare CR, LF or NUL in a header" },
		{ PART_PARAMS, "too many parameters" },
		{ PART_EMPTY, "multipart without parts" },
		{ PART_BODY_EOL, "bare CR or LF in the body" },
		{ PART_LONG_LINE, "line over 998 characters" },
		{ PART_SYNTAX, "odd header syntax" },
	};
	struct str out = S("");

	for (size_t i = 0; i < N(names); i++) {
		if ((defects & names[i].bit) == 0)
			continue;
		if (out.n > 0)
			out = str_cat(a, out, S(", "));
		out = str_cat(a, out, str_of(names[i].text));
	}
	return out;
}
