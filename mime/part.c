/* SPDX-License-Identifier: ISC */
#include "mime/part.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/buf.h"
#include "mime/header.h"

/* "--" boundary "--" and some of the blanks that a relay may add behind it. */
#define LINE_HEAD_MAX (PART_BOUNDARY_MAX + 56)
#define SCRATCH_MAX   (16u << 20)
#define PARTS_FIRST   8

/* IN_NOWHERE: preamble or epilogue, of no leaf. */
enum where { IN_HEADER, IN_BODY, IN_NOWHERE };

/* A multipart that is not closed yet, and the part of it that goes on until its next delimiter. */
struct level {
	size_t part, child;
};

struct part_scan {
	struct arena *arena;	/* the caller's */
	struct arena *scratch;	/* one header at a time */
	struct part *parts;
	size_t n, room;
	struct level open[PART_DEPTH_MAX];	/* outermost first */
	size_t n_open;
	size_t current;		/* the part that lines belong to */
	enum where where;
	uint64_t at;		/* offset of the next byte */
	uint64_t line_start;
	size_t eol;		/* length of the line end before this line */
	char last;		/* the byte before this one, within the line */
	bool bare_cr;		/* seen in this line */
	char head[LINE_HEAD_MAX];	/* the start of this line */
	size_t n_head;
	struct buf header;
};

/* One more, at the end; pointers into parts are void afterwards. */
static struct part *
add_part(struct part_scan *s)
{
	if (s->n == s->room) {
		s->room = s->room == 0 ? PARTS_FIRST : s->room * 2;
		s->parts = reallocarray(s->parts, s->room, sizeof(*s->parts));
		if (s->parts == NULL)
			abort();
	}
	return &s->parts[s->n++];
}

struct part_scan *
part_scan_new(struct arena *a)
{
	struct part_scan *s = arena_new_of(a, struct part_scan);

	s->arena = a;
	s->scratch = arena_new(SCRATCH_MAX);
	s->header = BUF_CAP(HEADER_BLOCK_MAX);
	*add_part(s) = (struct part){ .parent = PART_NONE };
	return s;
}

void
part_scan_free(struct part_scan *s)
{
	if (s == NULL)
		return;
	arena_free(s->scratch);
	buf_clear(&s->header);
	free(s->parts);
}

static struct params
params_dup(struct arena *a, const struct params *p)
{
	struct params out = { .value = str_dup(a, p->value), .n = p->n, .defects = p->defects };

	out.list = arena_get_array(a, p->n + 1, sizeof(*out.list));
	for (size_t i = 0; i < p->n; i++)
		out.list[i] = (struct param){ .name = str_dup(a, p->list[i].name),
			.value = str_dup(a, p->list[i].value), .defects = p->list[i].defects };
	return out;
}

/* RFC 2045, 5.2: without a type that can be read, text/plain; in a digest, message/rfc822. */
static struct str
default_type(const struct part_scan *s, const struct part *p)
{
	if (p->parent != PART_NONE && part_is(&s->parts[p->parent], S("multipart/digest")))
		return S("message/rfc822");
	return S("text/plain");
}

static void
read_type(struct part_scan *s, struct part *p, const struct header *h)
{
	struct params type;
	size_t slash;

	params_read(s->scratch, header_get(h, S("Content-Type")), &type);
	if (header_count(h, S("Content-Type")) > 1)
		p->defects |= PART_TWO_TYPES;
	if ((type.defects & PARAM_MANY) != 0)
		p->defects |= PART_PARAMS;
	if ((type.defects & PARAM_SYNTAX) != 0)
		p->defects |= PART_SYNTAX;
	if (!str_chr(type.value, '/', &slash) || slash == 0 || slash + 1 == type.value.n)
		type.value = default_type(s, p);
	p->type = params_dup(s->arena, &type);
}

static void
read_encoding(struct part_scan *s, struct part *p, const struct header *h)
{
	struct params cte;

	if (header_count(h, S("Content-Transfer-Encoding")) > 1)
		p->defects |= PART_TWO_CTES;
	params_read(s->scratch, header_get(h, S("Content-Transfer-Encoding")), &cte);
	p->cte = cte.value.n == 0 ? CTE_7BIT : cte_of(cte.value);
	if (p->cte == CTE_UNKNOWN)
		p->defects |= PART_CTE_UNKNOWN;
	if (part_is(p, S("multipart/")) && p->cte > CTE_BINARY)
		p->defects |= PART_CTE_COMPOSITE;
}

static void
read_disposition(struct part_scan *s, struct part *p, const struct header *h)
{
	struct params d;
	struct str name;

	params_read(s->scratch, header_get(h, S("Content-Disposition")), &d);
	name = params_get(&d, S("filename"));
	p->disposition = str_dup(s->arena, d.value);
	p->file_name = name.n > 0 ? str_dup(s->arena, name) : params_get(&p->type, S("name"));
}

/* Open a multipart, so that its delimiters are looked for; without a usable boundary it is a leaf. */
static int
open_multipart(struct part_scan *s, struct part *p, struct err *e)
{
	const struct param *b = params_find(&p->type, S("boundary"));

	if (b == NULL || b->value.n == 0 || b->value.n > PART_BOUNDARY_MAX) {
		p->defects |= PART_BOUNDARY_MISSING;
		return 0;
	}
	if ((b->defects & (PARAM_TWICE | PARAM_PIECES)) != 0)
		p->defects |= PART_BOUNDARY_TWICE;
	for (size_t i = 0; i < s->n_open; i++)
		if (str_eq(params_get(&s->parts[s->open[i].part].type, S("boundary")), b->value))
			p->defects |= PART_BOUNDARY_REUSED;
	if (s->n_open == PART_DEPTH_MAX)
		return err_set(e, ERR_INPUT, "parts nested over %d deep", PART_DEPTH_MAX);
	s->open[s->n_open++] = (struct level){ s->current, PART_NONE };
	s->where = IN_NOWHERE;
	return 0;
}

static unsigned int
from_header_defects(unsigned int d)
{
	return ((d & HEADER_JUNK) != 0 ? PART_HEADER_JUNK : 0u) |
	    ((d & HEADER_WHITE_LINE) != 0 ? PART_WHITE_LINE : 0u) |
	    ((d & (HEADER_BARE_CR | HEADER_BARE_LF | HEADER_NUL)) != 0 ? PART_HEADER_EOL : 0u) |
	    ((d & HEADER_COLON_GAP) != 0 ? PART_SYNTAX : 0u);
}

/* The header of the current part is complete: what its body is follows from it. */
static int
end_header(struct part_scan *s, uint64_t body, struct err *e)
{
	struct part *p = &s->parts[s->current];
	struct header h;

	arena_reset(s->scratch);
	if (header_read(s->scratch, buf_str(&s->header), &h, e) == -1)
		return -1;
	buf_cut(&s->header, 0);
	p->body = body;
	p->defects |= from_header_defects(h.defects);
	read_type(s, p, &h);
	read_encoding(s, p, &h);
	read_disposition(s, p, &h);
	s->where = IN_BODY;
	return part_is(p, S("multipart/")) ? open_multipart(s, p, e) : 0;
}

static void
end_part(struct part_scan *s, size_t i, uint64_t end)
{
	struct part *p = i == PART_NONE ? NULL : &s->parts[i];

	if (p == NULL)
		return;
	p->end = end;
	if (p->start > end)
		p->start = end;	/* nothing between two delimiters: both claim the line end there */
	if (p->body > p->end || p->body < p->start)
		p->body = p->end;	/* header only: its blank line was the delimiter's */
}

/* The innermost multiparts are over; keep of them stay open. cut_short: no delimiters of their own. */
static void
close_multiparts(struct part_scan *s, size_t keep, bool cut_short, uint64_t end)
{
	while (s->n_open > keep) {
		const struct level *l = &s->open[--s->n_open];
		struct part *p = &s->parts[l->part];
		end_part(s, l->child, end);
		if (cut_short)
			p->defects |= PART_NOT_CLOSED;
		if (p->children == 0)
			p->defects |= PART_EMPTY;
	}
}

static int
begin_part(struct part_scan *s, uint64_t start, struct err *e)
{
	struct level *l = &s->open[s->n_open - 1];
	struct part *p;

	end_part(s, l->child, s->line_start - s->eol);
	if (s->n == PART_COUNT_MAX)
		return err_set(e, ERR_INPUT, "over %d parts", PART_COUNT_MAX);
	s->current = l->child = s->n;
	p = add_part(s);
	*p = (struct part){ .parent = l->part, .start = start };
	p->depth = s->parts[l->part].depth + 1;
	s->parts[l->part].children++;
	s->where = IN_HEADER;
	return 0;
}

/* Whether the line is a delimiter of b (RFC 2046, 5.1.1): "--" b ["--"] and blanks. */
static bool
is_delimiter(struct str line, struct str b, bool *closing)
{
	if (line.n < b.n + 2 || !str_eq(str_sub(line, 2, b.n), b))
		return false;
	line = str_from(line, b.n + 2);
	*closing = str_starts(line, S("--"));
	if (*closing)
		line = str_from(line, 2);
	for (size_t i = 0; i < line.n; i++)
		if (!is_blank(line.p[i]) && line.p[i] != '\r' && line.p[i] != '\n')
			return false;
	return true;
}

/* A delimiter of level i: all inside ends before it; a new part begins, or the level is over. */
static int
take_delimiter(struct part_scan *s, size_t i, bool closing, bool odd_eol, struct err *e)
{
	uint64_t end = s->line_start - s->eol;

	if (s->where == IN_HEADER) {
		buf_cut(&s->header, s->header.n - (size_t)(s->at - s->line_start));
		if (end_header(s, end, e) == -1)
			return -1;
	}
	close_multiparts(s, i + 1, true, end);
	if (odd_eol)
		s->parts[s->open[i].part].defects |= PART_HEADER_EOL;
	if (!closing)
		return begin_part(s, s->at, e);
	close_multiparts(s, i, false, end);
	s->where = IN_NOWHERE;
	return 0;
}

/* The innermost multipart whose delimiter this line is; outer ones count: a close may be missing. */
static bool
find_delimiter(const struct part_scan *s, size_t *level, bool *closing)
{
	struct str line = { s->head, s->n_head };

	if (!str_starts(line, S("--")) || s->n_head != s->at - s->line_start)
		return false;
	for (*level = s->n_open; *level > 0;)
		if (is_delimiter(line,
		        params_get(&s->parts[s->open[--*level].part].type, S("boundary")), closing))
			return true;
	return false;
}

/* A whole line lies behind us; at the end of the stream perhaps without its line end. */
static int
end_line(struct part_scan *s, bool cr, bool lf, struct err *e)
{
	size_t eol = (size_t)lf + cr, level;
	bool odd = s->bare_cr || (lf && !cr), closing;
	struct part *p = &s->parts[s->current];
	int rc = 0;

	if (find_delimiter(s, &level, &closing)) {
		rc = take_delimiter(s, level, closing, odd, e);
	} else if (s->where == IN_HEADER && s->at - s->line_start == eol) {
		rc = end_header(s, s->at, e);
	} else if (s->where == IN_BODY) {
		if (odd)
			p->defects |= PART_BODY_EOL;
		if (s->at - s->line_start > PART_LINE_MAX + 2)
			p->defects |= PART_LONG_LINE;
	}
	s->line_start = s->at;
	s->eol = eol;
	s->n_head = 0;
	s->last = '\0';
	s->bare_cr = false;
	return rc;
}

/* Some bytes of one line, perhaps up to its LF. */
static int
take_bytes(struct part_scan *s, struct str b, bool lf, struct err *e)
{
	size_t room = LINE_HEAD_MAX - s->n_head, n = b.n < room ? b.n : room;
	struct str text = b;
	bool cr;

	memcpy(s->head + s->n_head, b.p, n);
	s->n_head += n;
	if (s->where == IN_HEADER && buf_put(&s->header, b, e) == -1)
		return err_add(e, "header of a part");
	if (s->last == '\r' && b.p[0] != '\n')
		s->bare_cr = true;
	if (lf)
		text.n--;
	cr = text.n > 0 ? text.p[text.n - 1] == '\r' : s->last == '\r';
	if (cr && text.n > 0)
		text.n--;	/* of a CRLF, or the next byte will tell */
	if (str_chr(text, '\r', NULL))
		s->bare_cr = true;
	s->at += b.n;
	s->last = b.p[b.n - 1];
	return lf ? end_line(s, cr, true, e) : 0;
}

int
part_scan_feed(struct part_scan *s, struct str bytes, struct err *e)
{
	while (bytes.n > 0) {
		size_t at, n = bytes.n;
		bool lf = str_chr(bytes, '\n', &at);
		if (lf)
			n = at + 1;
		if (take_bytes(s, str_sub(bytes, 0, n), lf, e) == -1)
			return -1;
		bytes = str_from(bytes, n);
	}
	return 0;
}

int
part_scan_end(struct part_scan *s, struct err *e)
{
	if (s->at > s->line_start && end_line(s, false, false, e) == -1)
		return -1;
	if (s->where == IN_HEADER && end_header(s, s->at, e) == -1)
		return -1;
	close_multiparts(s, 0, true, s->at);
	end_part(s, 0, s->at);
	return 0;
}

size_t
part_scan_count(const struct part_scan *s)
{
	return s->n;
}

const struct part *
part_scan_get(const struct part_scan *s, size_t i)
{
	return &s->parts[i];
}

bool
part_scan_header_done(const struct part_scan *s, size_t i)
{
	return i < s->n && (i != s->current || s->where != IN_HEADER);
}
