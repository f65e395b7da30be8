/* SPDX-License-Identifier: ISC */
#include "mime/encode.h"

#include "gateway/base/base64.h"

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

/* One quoted-printable line without its end; trailing blanks were added by a relay (6.7, rule 3). */
static size_t
qp_line(struct str line, char *to, bool *soft, unsigned int *flags)
{
	size_t n = 0;

	*soft = false;
	while (line.n > 0 && is_blank(line.p[line.n - 1]))
		line.n--;
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

static struct str
qp_get(struct arena *a, struct str in, unsigned int *flags)
{
	char *to = arena_get(a, in.n + 1);
	struct str line, rest = in;
	size_t n = 0;
	bool soft;

	while (rest.n > 0) {
		struct str before = rest;
		if (!str_next_line(&rest, &line)) {
			n += qp_line(rest, to + n, &soft, flags);
			break;
		}
		n += qp_line(line, to + n, &soft, flags);
		for (size_t i = line.n; !soft && i < before.n - rest.n; i++)
			to[n++] = before.p[i];	/* the line end as it came */
	}
	return str_make(to, n);
}

static struct str
base64_decode(struct arena *a, struct str raw, unsigned int *flags)
{
	struct buf b = BUF_CAP(raw.n + 4);
	unsigned int met = 0;
	struct str s;

	if (base64_get(&b, raw, &met, NULL) == -1)
		met |= BASE64_CUT;
	*flags |= ((met & BASE64_JUNK) != 0 ? DECODE_JUNK : 0u) |
	    ((met & BASE64_PAD_INSIDE) != 0 ? DECODE_PAD_INSIDE : 0u) |
	    ((met & BASE64_CUT) != 0 ? DECODE_CUT : 0u);
	s = str_dup(a, buf_str(&b));
	buf_clear(&b);
	return s;
}

struct str
cte_decode(struct arena *a, enum cte cte, struct str raw, unsigned int *flags)
{
	switch (cte) {
	case CTE_BASE64:
		return base64_decode(a, raw, flags);
	case CTE_QP:
		return qp_get(a, raw, flags);
	case CTE_UNKNOWN:
		*flags |= DECODE_UNKNOWN;
		return raw;
	case CTE_7BIT:
	case CTE_8BIT:
	case CTE_BINARY:
		break;
	}
	return raw;
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
