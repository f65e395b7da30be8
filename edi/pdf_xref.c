/* SPDX-License-Identifier: ISC */
#include "edi/pdf_xref.h"

#include "edi/pdf_value.h"

#include <string.h>

#define TAIL_MAX 2048u	/* "startxref" stands within so much of the end */

/* Room for entries up to number; those new are free. */
static bool
reach(struct pdf *p, uint32_t number)
{
	struct pdf_entry *bigger;
	uint32_t n = p->n == 0 ? 64 : p->n;

	if (number < p->n)
		return true;
	if (number >= PDF_OBJECTS_MAX)
		return false;
	while (n <= number)
		n *= 2;
	bigger = arena_get_array(p->a, n, sizeof(*bigger));
	if (p->n > 0)
		memcpy(bigger, p->entries, p->n * sizeof(*bigger));
	p->entries = bigger;
	p->n = n;
	return true;
}

/* The newest revision is read first: what it says stands. */
static void
note(struct pdf *p, uint32_t number, struct pdf_entry entry)
{
	if (reach(p, number) && p->entries[number].where == PDF_FREE)
		p->entries[number] = entry;
}

static void
take_trailer(struct pdf *p, struct str dict)
{
	struct str value;

	if (p->root.n == 0)
		(void)pdf_get(dict, "Root", &p->root);
	if (pdf_get(dict, "Encrypt", &value))
		p->encrypted = true;
}

/* 7.5.4: "first count", and so many lines of "offset generation n|f". */
static bool
read_table(struct pdf *p, struct str in, struct str *trailer)
{
	struct str word, offset;
	uint64_t first, count, at;

	while (pdf_take(&in, &word) && !str_eq(word, S("trailer"))) {
		if (!pdf_uint(word, PDF_OBJECTS_MAX, &first) || !pdf_take(&in, &word) ||
		    !pdf_uint(word, PDF_OBJECTS_MAX, &count))
			return false;
		for (uint64_t i = 0; i < count; i++) {
			if (!pdf_take(&in, &offset) || !pdf_take(&in, &word) || !pdf_take(&in, &word))
				return false;
			if (str_eq(word, S("n")) && pdf_uint(offset, p->in.n, &at))
				note(p, (uint32_t)(first + i),
				    (struct pdf_entry){ PDF_PLAIN, (uint32_t)at, 0 });
		}
	}
	return pdf_take(&in, trailer) && pdf_is_dict(*trailer);
}

struct widths {
	uint64_t w[3];
};

static uint64_t
field(const char *p, uint64_t n)
{
	uint64_t v = 0;

	for (uint64_t i = 0; i < n; i++)
		v = v << 8 | (unsigned char)p[i];
	return v;
}

static void
take_rows(struct pdf *p, const struct widths *s, struct str *bytes, uint64_t first, uint64_t count)
{
	size_t row = (size_t)(s->w[0] + s->w[1] + s->w[2]);

	for (uint64_t i = 0; i < count && bytes->n >= row; i++) {
		uint64_t type = s->w[0] == 0 ? 1 : field(bytes->p, s->w[0]);
		uint64_t a = field(bytes->p + s->w[0], s->w[1]), b = field(bytes->p + s->w[0] + s->w[1], s->w[2]);
		*bytes = str_from(*bytes, row);
		if (first + i >= PDF_OBJECTS_MAX || a > UINT32_MAX || b > UINT32_MAX)
			continue;
		if (type == 1 && a < p->in.n)
			note(p, (uint32_t)(first + i), (struct pdf_entry){ PDF_PLAIN, (uint32_t)a, 0 });
		else if (type == 2)
			note(p, (uint32_t)(first + i),
			    (struct pdf_entry){ PDF_PACKED, (uint32_t)a, (uint32_t)b });
	}
}

/* 7.5.8: rows of three numbers, for the objects that Index names. */
static bool
read_stream(struct pdf *p, size_t at, struct str *dict)
{
	struct str stream, bytes, items, value;
	struct widths s;
	uint64_t first = 0, count = PDF_OBJECTS_MAX;
	uint32_t number;

	if (!pdf_object_at(p, at, &number, dict, &stream) || !pdf_is_dict(*dict) ||
	    !pdf_get(*dict, "Type", &value) || !pdf_is_name(value, "XRef") ||
	    !pdf_stream(p, *dict, stream, &bytes) || !pdf_get(*dict, "W", &value) ||
	    !pdf_array(value, &items))
		return false;
	for (int i = 0; i < 3; i++)
		if (!pdf_take(&items, &value) || !pdf_uint(value, 8, &s.w[i]))
			return false;
	if (s.w[0] + s.w[1] + s.w[2] == 0)
		return false;
	if (!pdf_get(*dict, "Index", &value) || !pdf_array(value, &items)) {
		take_rows(p, &s, &bytes, first, count);
		return true;
	}
	while (pdf_take(&items, &value) && pdf_uint(value, PDF_OBJECTS_MAX, &first) &&
	    pdf_take(&items, &value) && pdf_uint(value, PDF_OBJECTS_MAX, &count))
		take_rows(p, &s, &bytes, first, count);
	return true;
}

static bool
read_section(struct pdf *p, size_t at, struct str *trailer)
{
	struct str in = str_from(p->in, at), value;
	uint64_t more;

	pdf_skip(&in);
	if (!str_starts(in, S("xref")))
		return read_stream(p, at, trailer);
	if (!read_table(p, str_from(in, 4), trailer))
		return false;
	if (pdf_get(*trailer, "XRefStm", &value) && pdf_uint(value, p->in.n, &more)) {
		struct str dict;
		(void)read_stream(p, (size_t)more, &dict);
	}
	return true;
}

bool
pdf_xref_read(struct pdf *p)
{
	size_t from = p->in.n > TAIL_MAX ? p->in.n - TAIL_MAX : 0, at = 0, next;
	struct str tail = str_from(p->in, from), word, trailer;
	uint64_t offset;
	bool found = false;

	while (str_find(str_from(tail, at), S("startxref"), &next)) {
		at += next + 9;
		found = true;
	}
	tail = str_from(tail, at);
	if (!found || !pdf_take(&tail, &word) || !pdf_uint(word, p->in.n, &offset))
		return false;
	for (unsigned int i = 0; i < PDF_SECTIONS_MAX; i++) {
		if (!read_section(p, (size_t)offset, &trailer))
			return false;
		take_trailer(p, trailer);
		if (!pdf_get(trailer, "Prev", &word))
			return true;
		if (!pdf_uint(word, p->in.n, &offset))
			return false;
	}
	return false;
}

/* The offset of "N G obj" whose "obj" is at. */
static bool
object_start(struct str in, size_t at, size_t *start)
{
	for (int i = 0; i < 2; i++) {
		size_t digits = at;
		while (at > 0 && is_space(in.p[at - 1]))
			at--;
		if (at == digits)
			return false;
		digits = at;
		while (at > 0 && is_digit(in.p[at - 1]))
			at--;
		if (at == digits)
			return false;
	}
	*start = at;
	return true;
}

/* A later object of the same number replaces the earlier one, as in a file that was saved again. */
static void
take_found(struct pdf *p, size_t start)
{
	struct str value, stream, type;
	uint32_t number;

	if (!pdf_object_at(p, start, &number, &value, &stream) || !reach(p, number))
		return;
	p->entries[number] = (struct pdf_entry){ PDF_PLAIN, (uint32_t)start, 0 };
	if (!pdf_get(value, "Type", &type))
		return;
	if (pdf_is_name(type, "XRef"))
		take_trailer(p, value);
	else if (pdf_is_name(type, "Catalog"))
		p->root = str_fmt(p->a, "%u 0 R", number);
}

bool
pdf_xref_repair(struct pdf *p)
{
	struct str in = p->in, trailer;
	size_t at = 0, next, start;
	bool any = false;

	p->repaired = true;
	while (str_find(str_from(in, at), S("obj"), &next)) {
		at += next;
		if (object_start(in, at, &start)) {
			take_found(p, start);
			any = true;
		}
		at += 3;
	}
	for (at = 0; str_find(str_from(in, at), S("trailer"), &next); at += next + 7) {
		struct str rest = str_from(in, at + next + 7);
		if (pdf_take(&rest, &trailer))
			take_trailer(p, trailer);
	}
	return any;
}
