/* SPDX-License-Identifier: ISC */
#include "mime/header.h"

#include "mime/word.h"

/* One header line without its end; what is odd goes to defects. false at the end of block. */
static bool
next_line(struct str *block, struct str *line, unsigned int *defects)
{
	struct str before = *block;

	if (block->n == 0)
		return false;
	if (!str_next_line(block, line)) {
		*line = *block;
		*block = str_from(*block, block->n);
	} else if (before.n - block->n - line->n == 1) {
		*defects |= HEADER_BARE_LF;
	}
	if (str_chr(*line, '\r', NULL))
		*defects |= HEADER_BARE_CR;
	if (str_chr(*line, '\0', NULL))
		*defects |= HEADER_NUL;
	return true;
}

/* RFC 5322, 2.2: a name is printable US-ASCII but ':'. */
static bool
is_field_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f)
			return false;
	return s.n > 0;
}

static bool
split_field(struct str line, struct header_field *f, unsigned int *defects)
{
	if (!str_cut(&line, ':', &f->name))
		return false;
	f->raw = line;
	if (f->name.n > 0 && is_blank(f->name.p[f->name.n - 1])) {
		*defects |= HEADER_COLON_GAP;
		f->name = str_trim(f->name);
	}
	return is_field_name(f->name);
}

/* The value grows by a folded line: both are slices of one block, so only the length moves. */
static void
extend_field(struct header_field *f, struct str line)
{
	f->raw.n = (size_t)(line.p + line.n - f->raw.p);
}

/* How many there can be at most, so that a small header takes a small place. */
static size_t
count_fields(struct str block)
{
	struct str line;
	size_t n = 1;

	while (n < HEADER_FIELDS_MAX && str_next_line(&block, &line) && line.n > 0)
		n += !is_blank(line.p[0]);
	return n;
}

int
header_read(struct arena *a, struct str block, struct header *out, struct err *e)
{
	struct header_field *last = NULL;
	struct str line;

	*out = (struct header){ 0 };
	out->fields = arena_get_array(a, count_fields(block), sizeof(*out->fields));
	for (bool first = true; next_line(&block, &line, &out->defects); first = false) {
		if (line.n == 0)
			break;
		if (is_blank(line.p[0])) {
			if (str_trim(line).n == 0)
				out->defects |= HEADER_WHITE_LINE;
			if (last != NULL)
				extend_field(last, line);
			else
				out->defects |= HEADER_JUNK;
			continue;
		}
		if (first && str_starts(line, S("From ")))
			continue;
		if (out->n == HEADER_FIELDS_MAX)
			return err_set(e, ERR_INPUT, "header has over %d fields",
			    HEADER_FIELDS_MAX);
		last = &out->fields[out->n];
		if (split_field(line, last, &out->defects)) {
			out->n++;
			continue;
		}
		out->defects |= HEADER_JUNK;
		last = NULL;
	}
	for (size_t i = 0; i < out->n; i++)
		out->fields[i].raw = str_trim(out->fields[i].raw);
	return 0;
}

size_t
header_count(const struct header *h, struct str name)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n; i++)
		n += str_eq_nocase(h->fields[i].name, name);
	return n;
}

struct str
header_get(const struct header *h, struct str name)
{
	for (size_t i = 0; i < h->n; i++)
		if (str_eq_nocase(h->fields[i].name, name))
			return h->fields[i].raw;
	return S("");
}

struct str
header_unfold(struct arena *a, struct str raw)
{
	char *to;
	size_t n = 0;

	if (!str_chr(raw, '\n', NULL) && !str_chr(raw, '\r', NULL))
		return raw;
	to = arena_get(a, raw.n + 1);
	for (size_t i = 0; i < raw.n; i++)
		if (raw.p[i] != '\r' && raw.p[i] != '\n')
			to[n++] = raw.p[i];
	return str_make(to, n);
}

struct str
header_text(struct arena *a, const struct header *h, struct str name)
{
	return word_decode(a, header_get(h, name));
}

size_t
header_length(struct str entity)
{
	struct str rest = entity, line;

	while (str_next_line(&rest, &line))
		if (line.n == 0)
			return entity.n - rest.n;
	return entity.n;
}

/*
 * A comment at the start of s, however nested (RFC 5322, 3.2.2). One that never closes takes all.
 */
static void
skip_comment(struct str *s)
{
	size_t depth = 0, i;

	for (i = 0; i < s->n; i++) {
		if (s->p[i] == '\\')
			i++;
		else if (s->p[i] == '(')
			depth++;
		else if (s->p[i] == ')' && --depth == 0)
			break;
		if (depth > HEADER_DEPTH_MAX)
			i = s->n - 1;	/* nobody means this: the rest is no value */
	}
	*s = str_from(*s, i + 1);
}

void
skip_cfws(struct str *s)
{
	while (s->n > 0) {
		if (is_space(s->p[0]))
			*s = str_from(*s, 1);
		else if (s->p[0] == '(')
			skip_comment(s);
		else
			break;
	}
}
