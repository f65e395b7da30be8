/* SPDX-License-Identifier: ISC */
#include "edi/raw.h"

#include "edi/text.h"
#include "edi/pieces.h"

#include <string.h>

#define GAPS_FIRST  64u
#define FIELDS_FAST 256u

struct gap {
	uint64_t segment;
	struct str text;
};

struct raw_writer {
	struct jwrite *w;
	struct arena *a;
	struct pieces pieces;
	bool latin1;
	struct str between;	/* before the second segment of the interchange, and most others */
	uint64_t in_this;	/* segments of the interchange so far */
	struct gap *gaps;	/* those before which something else stands */
	size_t n_gaps, gaps_size;
	uint32_t ends[FIELDS_FAST];	/* of the current segment's fields */
};

bool
raw_is_sign(const struct seg_signs *g, struct str at)
{
	unsigned char c = (unsigned char)at.p[0];

	return c == (unsigned char)g->elem || c == (unsigned char)g->comp || c == g->rep || c == g->release ||
	    str_starts(at, str_make(g->term, g->term_n));
}

int
raw_escape(struct buf *out, const struct seg_signs *g, struct str value, struct err *e)
{
	for (size_t i = 0; i < value.n; i++) {
		if (g->release >= 0 && raw_is_sign(g, str_from(value, i)) && buf_putc(out, (char)g->release, e) == -1)
			return -1;
		if (buf_putc(out, value.p[i], e) == -1)
			return -1;
	}
	return 0;
}

const char *
raw_charset(struct str in, bool x12)
{
	struct pieces w;

	if (text_ascii(in) == in.n)
		return "UTF-8";
	pieces_start(&w, in, x12);
	while (pieces_next(&w))
		if (!text_is_utf8(str_sub(w.seg.raw, 0, w.seg.raw.n - w.binary.n)))
			return "ISO-8859-1";
	return "UTF-8";
}

static void
put_text(struct raw_writer *x, const char *key, struct str s)
{
	if (x->latin1) {
		jw_latin1(x->w, key, s);
	} else if (text_is_utf8(s)) {
		jw_text(x->w, key, s);
	} else {
		jw_open(x->w, key, '{');
		jw_base64(x->w, "base64", s);
		jw_close(x->w, '}');
	}
}

/* Release signs resolved, line breaks left out, blanks kept. */
static struct str
as_read(struct arena *a, const struct seg_signs *g, struct str raw)
{
	char *to = arena_get(a, raw.n);
	size_t n = 0;

	for (size_t i = 0; i < raw.n; i++) {
		if (raw.p[i] == '\r' || raw.p[i] == '\n')
			continue;
		if ((unsigned char)raw.p[i] == g->release && i + 1 < raw.n)
			i++;
		to[n++] = raw.p[i];
	}
	return str_make(to, n);
}

/* Would raw_escape() make the same bytes of the value again? */
static bool
is_written_so(const struct seg_signs *g, struct str value, struct str raw)
{
	size_t at = 0;

	for (size_t i = 0; i < value.n; i++) {
		if (raw_is_sign(g, str_from(value, i))) {
			if (g->release < 0 || at == raw.n || (unsigned char)raw.p[at] != g->release)
				return false;
			at++;
		}
		if (at == raw.n || raw.p[at++] != value.p[i])
			return false;
	}
	return at == raw.n;
}

static void
put_component(struct raw_writer *x, struct str raw)
{
	const struct seg_signs *g = &x->pieces.r.signs;
	struct str value;

	/* of signs only that of repetition can be left here, in a tag that is none */
	if (!seg_needs_copy(g, raw) && (g->rep < 0 || !str_chr(raw, (char)g->rep, NULL)))
		return put_text(x, NULL, raw);
	value = as_read(x->a, g, raw);
	if (is_written_so(g, value, raw))
		return put_text(x, NULL, value);
	jw_open(x->w, NULL, '{');
	put_text(x, "value", value);
	put_text(x, "raw", raw);
	jw_close(x->w, '}');
}

static void
put_components(struct raw_writer *x, struct str element)
{
	const struct seg_signs *g = &x->pieces.r.signs;
	struct str component;
	bool more = true;

	jw_open(x->w, NULL, '[');
	while (more) {
		more = seg_cut(g, &element, g->comp, &component);
		put_component(x, component);
	}
	jw_close(x->w, ']');
}

static void
put_element(struct raw_writer *x, struct str element)
{
	const struct seg_signs *g = &x->pieces.r.signs;
	struct str rest = element, one;
	bool more = g->rep >= 0 && seg_cut(g, &rest, (char)g->rep, &one);

	if (!more)
		return put_components(x, element);
	jw_open(x->w, NULL, '{');
	jw_open(x->w, "rep", '[');
	put_components(x, one);
	while (more) {
		more = seg_cut(g, &rest, (char)g->rep, &one);
		put_components(x, one);
	}
	jw_close(x->w, ']');
	jw_close(x->w, '}');
}

/* The ISA's values are of fixed widths, and two of them are signs themselves. */
static void
put_isa_element(struct raw_writer *x, struct str element)
{
	jw_open(x->w, NULL, '[');
	put_text(x, NULL, element);
	jw_close(x->w, ']');
}

static void
put_binary(struct raw_writer *x)
{
	jw_open(x->w, NULL, '[');
	jw_open(x->w, NULL, '{');
	jw_base64(x->w, "base64", x->pieces.binary);
	jw_close(x->w, '}');
	jw_close(x->w, ']');
}

#define FIELD_WRITTEN 6u	/* more than a field takes beside its bytes: quotes, what opens and closes around it, a comma */

/* ["BEG",["00"],["SA","X"]]; NULL when a field is not plain throughout. */
static char *
write_fields(char *to, const struct seg_signs *g, const char *raw, const uint32_t *ends, size_t n)
{
	size_t from = 0;

	*to++ = '[';
	for (size_t i = 0; i < n; i++) {
		struct str field = str_make(raw + from, ends[i] - from);
		bool within = i > 0 && raw[from - 1] == g->comp;
		if (i > 1 && !within)
			*to++ = ']';
		if (i > 0)
			*to++ = ',';
		if (i > 0 && !within)
			*to++ = '[';
		*to++ = '"';
		if (jw_plain(to, field) < field.n)
			return NULL;
		to += field.n;
		*to++ = '"';
		from = ends[i] + 1;
	}
	if (n > 1)
		*to++ = ']';
	*to++ = ']';
	return to;
}

/*
 * Most segments have no release sign, no repetition, no break and nothing to be escaped: they are written in one go from
 * the places of their signs. False: this is none of them, and nothing is written.
 */
static bool
put_plain_segment(struct raw_writer *x)
{
	const struct pieces *k = &x->pieces;
	const struct seg_signs *g = &k->r.signs;
	struct str raw = k->seg.raw;
	size_t n;
	char *to;

	if ((k->starts && k->x12) || k->binary.p != NULL || k->seg.wrapped ||
	    (g->release >= 0 && str_chr(raw, (char)g->release, NULL)) ||
	    (g->rep >= 0 && str_chr(raw, (char)g->rep, NULL)))
		return false;
	n = seg_fields(&k->r, &k->seg, x->ends, N(x->ends));
	if (n > N(x->ends) || (n > 1 && raw.p[x->ends[0]] != g->elem))
		return false;
	to = jw_room(x->w, raw.n + FIELD_WRITTEN * n + FIELD_WRITTEN);
	if (to == NULL)
		return true;
	if (x->w->comma)
		*to++ = ',';
	to = write_fields(to, g, raw.p, x->ends, n);
	if (to == NULL)
		return false;
	x->w->comma = true;
	jw_used(x->w, to);
	return true;
}

static void
put_segment(struct raw_writer *x)
{
	const struct pieces *k = &x->pieces;
	const struct seg_signs *g = &k->r.signs;
	bool isa = k->starts && k->x12;
	struct str rest = str_sub(k->seg.raw, 0, k->seg.raw.n - (k->binary.p != NULL ? k->binary.n + 1 : 0)), one;
	bool more = seg_cut(g, &rest, g->elem, &one);

	jw_open(x->w, NULL, '[');
	if (isa)
		put_text(x, NULL, one);
	else if (str_chr(one, g->comp, NULL))
		put_components(x, one);
	else
		put_component(x, one);
	while (more) {
		more = seg_cut(g, &rest, g->elem, &one);
		if (isa)
			put_isa_element(x, one);
		else
			put_element(x, one);
	}
	if (k->binary.p != NULL)
		put_binary(x);
	jw_close(x->w, ']');
}

static void
keep_gap(struct raw_writer *x, struct str text)
{
	if (x->n_gaps == x->gaps_size) {
		struct gap *bigger;
		x->gaps_size = x->gaps_size == 0 ? GAPS_FIRST : 2 * x->gaps_size;
		bigger = arena_get_array(x->a, x->gaps_size, sizeof(*bigger));
		if (x->n_gaps > 0)
			memcpy(bigger, x->gaps, x->n_gaps * sizeof(*bigger));
		x->gaps = bigger;
	}
	x->gaps[x->n_gaps++] = (struct gap){ x->in_this, text };
}

static void
put_sign(struct raw_writer *x, const char *key, int sign)
{
	char c = (char)sign;

	if (sign < 0)
		jw_null(x->w, key);
	else
		put_text(x, key, str_make(&c, 1));
}

static void
open_interchange(struct raw_writer *x)
{
	const struct pieces *k = &x->pieces;
	const struct seg_signs *g = &k->r.signs;

	jw_open(x->w, NULL, '{');
	put_text(x, "before", str_sub(k->before, 0, k->before.n));
	if (k->una.n > 0)
		put_text(x, "una", k->una);
	else
		jw_null(x->w, "una");
	jw_open(x->w, "delimiters", '{');
	put_sign(x, "element", (unsigned char)g->elem);
	put_sign(x, "component", (unsigned char)g->comp);
	put_sign(x, "repetition", g->rep);
	put_sign(x, "release", g->release);
	put_text(x, "terminator", str_make(g->term, g->term_n));
	jw_close(x->w, '}');
	jw_open(x->w, "segments", '[');
	x->in_this = 0;
	x->n_gaps = 0;
	x->between = S("");
}

static void
close_interchange(struct raw_writer *x, bool terminated)
{
	jw_close(x->w, ']');
	put_text(x, "between", x->between);
	jw_bool(x->w, "terminated", terminated);
	jw_open(x->w, "gaps", '[');
	for (size_t i = 0; i < x->n_gaps; i++) {
		jw_open(x->w, NULL, '{');
		jw_u64(x->w, "segment", x->gaps[i].segment);
		put_text(x, "text", x->gaps[i].text);
		jw_close(x->w, '}');
	}
	jw_close(x->w, ']');
	jw_close(x->w, '}');
}

void
raw_json(struct jwrite *w, struct arena *a, struct str in, bool x12)
{
	struct raw_writer x = { .w = w, .a = a };
	const char *charset = raw_charset(in, x12);
	bool open = false, terminated = true;

	x.latin1 = strcmp(charset, "UTF-8") != 0;
	pieces_start(&x.pieces, in, x12);
	jw_open(w, "raw", '{');
	jw_text(w, "syntax", x12 ? S("x12") : S("edifact"));
	jw_text(w, "charset", str_of(charset));
	jw_open(w, "interchanges", '[');
	while (pieces_next(&x.pieces)) {
		if (x.pieces.starts) {
			if (open)
				close_interchange(&x, terminated);
			open_interchange(&x);
			open = true;
		}
		if (++x.in_this == 2)
			x.between = x.pieces.before;
		else if (x.in_this > 2 && !str_eq(x.pieces.before, x.between))
			keep_gap(&x, x.pieces.before);
		terminated = x.pieces.seg.terminated;
		if (!put_plain_segment(&x))
			put_segment(&x);
	}
	if (open)
		close_interchange(&x, terminated);
	jw_close(w, ']');
	put_text(&x, "after", x.pieces.before);
	jw_close(w, '}');
}
