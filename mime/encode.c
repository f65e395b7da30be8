/* SPDX-License-Identifier: ISC */
#include "mime/encode.h"

#include <string.h>

static const char *const cte_names[] = {
	[CTE_7BIT] = "7bit", [CTE_8BIT] = "8bit", [CTE_BINARY] = "binary",
	[CTE_QP] = "quoted-printable", [CTE_BASE64] = "base64", [CTE_UNKNOWN] = "unknown",
};

enum cte
cte_of(struct str token)
{
	for (enum cte c = CTE_7BIT; c < CTE_UNKNOWN; c++)
		if (str_eq_nocase(token, str_of(cte_names[c])))
			return c;
	return CTE_UNKNOWN;
}

const char *
cte_name(enum cte cte)
{
	return cte_names[cte];
}

static int
hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	/* RFC 2045, 6.7 (1) wants upper case; lower is common and has one meaning. */
	c = to_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
hex_byte(struct str s, size_t at, char *out)
{
	int hi, lo;

	if (s.n < 2 || at > s.n - 2)
		return false;
	hi = hex_value(s.p[at]);
	lo = hex_value(s.p[at + 1]);
	if (hi < 0 || lo < 0)
		return false;
	*out = (char)(hi * 16 + lo);
	return true;
}

/* The length of the line end at this place, 0 when there is none. */
static size_t
line_end(struct str s, size_t at)
{
	if (at < s.n && s.p[at] == '\n')
		return 1;
	return at + 1 < s.n && s.p[at] == '\r' && s.p[at + 1] == '\n' ? 2 : 0;
}

/* Quoted-printable without line ends; soft: an '=' at the end of it. */
static size_t
qp_bytes(struct str line, char *to, bool *soft, unsigned int *flags)
{
	size_t n = 0;

	*soft = false;
	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] != '=') {
			to[n++] = line.p[i];
		} else if (i == line.n - 1) {
			*soft = true;
		} else if (hex_byte(line, i + 1, &to[n])) {
			n++;
			i += 2;
		} else {
			*flags |= DECODE_ESCAPE;
			to[n++] = '=';
		}
	}
	return n;
}

/* One line with its end, if it has one; trailing blanks were added by a relay (6.7, rule 3). */
static size_t
qp_line(struct str line, char *to, unsigned int *flags)
{
	struct str text = line, end;
	size_t n;
	bool soft;

	if (str_ends(text, S("\n")))
		text.n--;
	if (text.n < line.n && str_ends(text, S("\r")))
		text.n--;
	end = str_from(line, text.n);
	while (text.n > 0 && is_blank(text.p[text.n - 1]))
		text.n--;
	n = qp_bytes(text, to, &soft, flags);
	if (soft || end.n == 0)
		return n;
	memcpy(to + n, end.p, end.n);	/* the line end as it came */
	return n + end.n;
}

/* Of a line that is longer than we hold: how much of it means the same whatever follows. */
static size_t
qp_decided(struct str line)
{
	size_t n = line.n;

	if (line.p[n - 1] == '\r')
		n--;
	while (n > 0 && is_blank(line.p[n - 1]))
		n--;
	if (n > 0 && line.p[n - 1] == '=')
		n--;
	else if (n == line.n && n > 1 && line.p[n - 2] == '=')
		n -= 2;
	return n > 0 ? n : line.n;	/* nobody's line: blanks alone, which then stay */
}

/* Whole lines of what is held, or the decided part of one that fills all of it; at the end everything. */
static int
qp_flush(struct cte_source *s, struct err *e)
{
	struct str held = buf_str(&s->held), rest = held, line;
	char *to = buf_room(&s->bytes, held.n, e);
	size_t n = 0, at;
	bool soft;

	if (to == NULL)
		return -1;
	while (str_chr(rest, '\n', &at)) {
		line = str_sub(rest, 0, at + 1);
		n += qp_line(line, to + n, &s->flags);
		rest = str_from(rest, line.n);
	}
	if (s->ended) {
		n += qp_line(rest, to + n, &s->flags);
		rest.n = 0;
	} else if (rest.n == s->held.cap) {
		line = str_sub(rest, 0, qp_decided(rest));
		n += qp_bytes(line, to + n, &soft, &s->flags);
		rest = str_from(rest, line.n);
	}
	buf_drop(&s->held, held.n - rest.n);
	buf_grew(&s->bytes, n);
	return 0;
}

/* As much as fits; what is held is full whenever it is flushed, so that the cuts of the pieces do not matter. */
static int
qp_more(struct cte_source *s, struct str piece, struct err *e)
{
	while (piece.n > 0) {
		struct str part = str_sub(piece, 0, s->held.cap - s->held.n);
		if (buf_put(&s->held, part, e) == -1 || (s->held.n == s->held.cap && qp_flush(s, e) == -1))
			return -1;
		piece = str_from(piece, part.n);
	}
	return s->ended ? qp_flush(s, e) : 0;
}

static int
base64_piece(struct cte_source *s, struct str piece, struct err *e)
{
	char *room = buf_room(&s->bytes, piece.n / 4 * 3 + 6, e);

	if (room == NULL)
		return -1;
	s->base64.to = room;
	base64_more(&s->base64, piece);
	if (s->ended)
		base64_last(&s->base64);
	buf_grew(&s->bytes, (size_t)(s->base64.to - room));
	s->flags |= ((s->base64.flags & BASE64_JUNK) != 0 ? DECODE_JUNK : 0u) |
	    ((s->base64.flags & BASE64_PAD_INSIDE) != 0 ? DECODE_PAD_INSIDE : 0u) |
	    ((s->base64.flags & BASE64_CUT) != 0 ? DECODE_CUT : 0u);
	return 0;
}

/* The next window of the piece at hand, or of the next one. */
static int
cte_next(struct source *source, struct str *piece, struct err *e)
{
	struct cte_source *s = (struct cte_source *)source;

	*piece = S("");
	buf_cut(&s->bytes, 0);
	while (s->bytes.n == 0 && !s->ended) {
		if (s->piece.n == 0 && s->raw->next(s->raw, &s->piece, e) == -1)
			return -1;
		s->ended = s->piece.n == 0;
		struct str window = str_sub(s->piece, 0, STREAM_WINDOW);
		if ((s->cte == CTE_QP ? qp_more(s, window, e) : base64_piece(s, window, e)) == -1)
			return -1;
		s->piece = str_from(s->piece, window.n);
	}
	*piece = buf_str(&s->bytes);
	return 0;
}

static int
cte_pass(struct source *source, struct str *piece, struct err *e)
{
	struct cte_source *s = (struct cte_source *)source;

	return s->raw->next(s->raw, piece, e);
}

struct cte_source
cte_source(enum cte cte, struct source *raw)
{
	bool coded = cte == CTE_QP || cte == CTE_BASE64;

	return (struct cte_source){ .source = { coded ? cte_next : cte_pass }, .raw = raw, .cte = cte,
		.flags = cte == CTE_UNKNOWN ? DECODE_UNKNOWN : 0u, .held = BUF_CAP(STREAM_WINDOW),
		.bytes = BUF_CAP(2 * STREAM_WINDOW) };
}

void
cte_source_clear(struct cte_source *s)
{
	buf_clear(&s->held);
	buf_clear(&s->bytes);
}

struct str
cte_decode(struct arena *a, enum cte cte, struct str raw, unsigned int *flags)
{
	struct span_source from = span_source(span_str(raw));
	struct cte_source decoded = cte_source(cte, &from.source);
	struct buf all = BUF_CAP(raw.n + 2 * STREAM_WINDOW);
	struct buf_sink to = buf_sink(&all);
	struct str bytes = raw;

	if (cte == CTE_QP || cte == CTE_BASE64) {
		(void)stream_pump(&decoded.source, &to.sink, NULL);
		bytes = str_dup(a, buf_str(&all));
	}
	*flags |= decoded.flags;
	cte_source_clear(&decoded);
	buf_clear(&all);
	return bytes;
}

/*
 * Whether a character may stand for itself: printable but '=' (6.7, rule 2); a blank only with
 * something behind it on its line (rule 3); and neither "From " nor a lone dot at the start of a
 * line, which relays change.
 */
static bool
qp_literal(struct str text, size_t i, size_t col)
{
	char c = text.p[i];

	if (is_blank(c))
		return i + 1 < text.n && line_end(text, i + 1) == 0;
	if (c <= ' ' || c >= 0x7f || c == '=')
		return false;
	return col != 0 || (c != '.' && !str_starts(str_from(text, i), S("From ")));
}

int
qp_put(struct buf *out, struct str text, struct err *e)
{
	size_t col = 0;

	for (size_t i = 0; i < text.n; i++) {
		size_t eol = line_end(text, i);
		if (eol > 0) {
			if (buf_put(out, S("\r\n"), e) == -1)
				return -1;
			i += eol - 1;
			col = 0;
			continue;
		}
		bool literal = qp_literal(text, i, col);
		if (col + (literal ? 1 : 3) > ENCODE_LINE_MAX - 1) {
			if (buf_put(out, S("=\r\n"), e) == -1)
				return -1;
			col = 0;
			literal = qp_literal(text, i, col);
		}
		if ((literal ? buf_putc(out, text.p[i], e)
		             : buf_printf(out, e, "=%02X", (unsigned char)text.p[i])) == -1)
			return -1;
		col += literal ? 1 : 3;
	}
	return col == 0 ? 0 : buf_put(out, S("\r\n"), e);
}
