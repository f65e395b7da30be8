/* SPDX-License-Identifier: ISC */
/* part_tree.c - an entity as a whole: its parts as spans of it. */
#include "mime/part.h"

struct scan_sink {
	struct sink sink;
	struct part_scan *scan;
};

static int
scan_put(struct sink *s, struct str piece, struct err *e)
{
	return part_scan_feed(((struct scan_sink *)s)->scan, piece, e);
}

int
part_tree_scan(struct arena *a, struct span entity, struct part_tree *out, struct err *e)
{
	struct scan_sink to = { { scan_put }, part_scan_new(a) };
	struct part *parts;
	size_t n;
	int rc = -1;

	if (span_put(entity, &to.sink, e) == -1 || part_scan_end(to.scan, e) == -1)
		goto out;
	n = part_scan_count(to.scan);
	parts = arena_get_array(a, n, sizeof(*parts));
	for (size_t i = 0; i < n; i++)
		parts[i] = *part_scan_get(to.scan, i);
	*out = (struct part_tree){ .entity = entity, .parts = parts, .n = n };
	rc = 0;
out:
	part_scan_free(to.scan);
	return rc;
}

static struct span
between(const struct part_tree *t, uint64_t from, uint64_t to)
{
	return span_sub(t->entity, from, to - from);
}

struct span
part_span(const struct part_tree *t, size_t i)
{
	return between(t, t->parts[i].start, t->parts[i].end);
}

struct span
part_header_span(const struct part_tree *t, size_t i)
{
	return between(t, t->parts[i].start, t->parts[i].body);
}

struct span
part_body_span(const struct part_tree *t, size_t i)
{
	return between(t, t->parts[i].body, t->parts[i].end);
}

int
part_tree_read(struct arena *a, struct str entity, struct part_tree *out, struct err *e)
{
	return part_tree_scan(a, span_str(entity), out, e);
}

struct str
part_bytes(const struct part_tree *t, size_t i)
{
	return span_mem(part_span(t, i));
}

struct str
part_header(const struct part_tree *t, size_t i)
{
	return span_mem(part_header_span(t, i));
}

struct str
part_body(const struct part_tree *t, size_t i)
{
	return span_mem(part_body_span(t, i));
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
