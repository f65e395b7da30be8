/* SPDX-License-Identifier: ISC */
#include "mime/word.h"

#include "mime/encode.h"

#define WORD_MAX 998	/* RFC 2047, 2 has 75; longer ones are seen, but not past a line */

bool
is_plain_text(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] >= 0x7f)
			return false;
	return true;
}

/* The length of the UTF-8 sequence at the start of s, 0 when there is none. */
static size_t
utf8_len(struct str s)
{
	static const struct { unsigned char lead, mask; size_t n; uint32_t least;
	} forms[] = {
		{ 0x00, 0x80, 1, 0 },
		{ 0xc0, 0xe0, 2, 0x80 },
		{ 0xe0, 0xf0, 3, 0x800 },
		{ 0xf0, 0xf8, 4, 0x10000 },
	};
	unsigned char c = s.n > 0 ? (unsigned char)s.p[0] : 0;

	for (size_t f = 0; f < N(forms); f++) {
		if ((c & forms[f].mask) != forms[f].lead)
			continue;
		uint32_t v = c & (unsigned char)~forms[f].mask;
		if (forms[f].n > s.n)
			return 0;
		for (size_t i = 1; i < forms[f].n; i++) {
			unsigned char next = (unsigned char)s.p[i];
			if ((next & 0xc0) != 0x80)
				return 0;
			v = v << 6 | (next & 0x3fu);
		}
		if (v < forms[f].least || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
			return 0;
		return forms[f].n;
	}
	return 0;
}

bool
is_utf8(struct str s)
{
	while (s.n > 0) {
		size_t n = utf8_len(s);
		if (n == 0)
			return false;
		s = str_from(s, n);
	}
	return true;
}

struct str
charset_utf8(struct arena *a, struct str charset, struct str bytes)
{
	char *to;
	size_t n = 0;

	if (!str_eq_nocase(charset, S("iso-8859-1")) && !str_eq_nocase(charset, S("latin1")))
		return bytes;
	to = arena_get_array(a, bytes.n + 1, 2);
	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char c = (unsigned char)bytes.p[i];
		if (c >= 0x80) {
			to[n++] = (char)(0xc0 | c >> 6);
			c = 0x80 | (c & 0x3f);
		}
		to[n++] = (char)c;
	}
	return str_make(to, n);
}

struct str
utf8_clean(struct arena *a, struct str s)
{
	return is_utf8(s) ? s : charset_utf8(a, S("iso-8859-1"), s);
}

/* RFC 2047, 4.2: '_' is a blank, =XX a byte. */
static struct str
q_decode(struct arena *a, struct str in)
{
	char *to = arena_get(a, in.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < in.n; i++) {
		if (in.p[i] == '=' && hex_byte(in, i + 1, &to[n])) {
			n++;
			i += 2;
		} else {
			to[n++] = in.p[i] == '_' ? ' ' : in.p[i];
		}
	}
	return str_make(to, n);
}

/* An encoded word at the start of s: "=?charset?B?text?=". Cuts it off and decodes it. */
static bool
next_word(struct arena *a, struct str *s, struct str *out)
{
	struct str rest = str_sub(*s, 2, WORD_MAX), charset, how, text;
	unsigned int flags = 0;
	size_t star;

	if (!str_starts(*s, S("=?")) || !str_cut(&rest, '?', &charset) ||
	    !str_cut(&rest, '?', &how) || how.n != 1)
		return false;
	if (!str_find(rest, S("?="), &star))
		return false;
	text = str_sub(rest, 0, star);
	for (size_t i = 0; i < text.n; i++)
		if (is_space(text.p[i]))
			return false;
	rest = str_from(rest, star + 2);
	if (str_chr(charset, '*', &star))	/* RFC 2231, 5: charset*language */
		charset.n = star;
	if (to_lower(how.p[0]) == 'b')
		text = cte_decode(a, CTE_BASE64, text, &flags);
	else if (to_lower(how.p[0]) == 'q')
		text = q_decode(a, text);
	else
		return false;
	*out = charset_utf8(a, charset, text);
	*s = str_from(*s, (size_t)(rest.p - s->p));
	return true;
}

struct str
word_decode(struct arena *a, struct str raw)
{
	struct buf b = BUF_CAP(raw.n * 3 + 16);	/* Latin-1 as UTF-8 at most doubles */
	struct str s = raw, word, out;
	size_t gap_from = 0;
	bool after_word = false, gap = false;

	while (s.n > 0) {
		if (s.p[0] == '=' && next_word(a, &s, &word)) {
			if (after_word && gap)
				buf_cut(&b, gap_from);	/* RFC 2047, 6.2: no text between words */
			(void)buf_put(&b, word, NULL);
			gap_from = b.n;
			after_word = gap = true;
			continue;
		}
		if (!is_space(s.p[0]))
			gap = after_word = false;
		if (s.p[0] != '\r' && s.p[0] != '\n')
			(void)buf_putc(&b, s.p[0], NULL);
		s = str_from(s, 1);
	}
	out = str_dup(a, buf_str(&b));
	buf_clear(&b);
	return out;
}

static bool
q_literal(char c)
{
	return is_alnum(c) || c == '-' || c == '.' || c == '/' || c == '+';
}

int
word_put(struct buf *out, struct str text, size_t *col, struct err *e)
{
	static const char head[] = "=?utf-8?Q?";
	bool open = false;

	while (text.n > 0) {
		/* RFC 2047, 5: no character is split between two words. */
		size_t n = utf8_len(text), cost = 0;
		if (n == 0)
			n = 1;
		for (size_t i = 0; i < n; i++)
			cost += q_literal(text.p[i]) || text.p[i] == ' ' ? 1 : 3;
		if (open && *col + cost + 2 > ENCODE_LINE_MAX) {
			if (buf_put(out, S("?=\r\n "), e) == -1)
				return -1;
			*col = 1;
			open = false;
		} else if (!open && *col + sizeof(head) + cost + 2 > ENCODE_LINE_MAX && *col > 1) {
			if (buf_put(out, S("\r\n "), e) == -1)
				return -1;
			*col = 1;
		}
		if (!open) {
			if (buf_put(out, str_make(head, sizeof(head) - 1), e) == -1)
				return -1;
			*col += sizeof(head) - 1;
			open = true;
		}
		for (size_t i = 0; i < n; i++) {
			char c = text.p[i];
			int rc = c == ' '  ? buf_putc(out, '_', e)
			    : q_literal(c) ? buf_putc(out, c, e)
			                   : buf_printf(out, e, "=%02X", (unsigned char)c);
			if (rc == -1)
				return -1;
		}
		*col += cost;
		text = str_from(text, n);
	}
	if (!open)
		return 0;
	*col += 2;
	return buf_put(out, S("?="), e);
}
