/* SPDX-License-Identifier: ISC */
#include "spool/name.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Bytes each part of an inbox name may take; together with the number they stay far below NAME_MAX. */
#define PARTNER_MAX 64
#define TYPE_MAX    32
#define NUMBER_MAX  64
#define EXT_MAX	    16
#define MARK_MAX    24 /* "~" and a 64-bit number */

static bool
is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* At most max bytes of s, not ending within a UTF-8 character. Bytes that are no UTF-8 are cut where they are. */
static struct str
cut_to(struct str s, size_t max)
{
	size_t n = max;

	if (s.n <= max)
		return s;
	while (n > 0 && max - n < 4 && is_continuation(s.p[n]))
		n--;
	return str_sub(s, 0, n > 0 && !is_continuation(s.p[n]) ? n : max);
}

/* Only letters, digits, '-' and '_': no dot, so that "con.x" cannot become the Windows device CON. */
static struct str
plain(struct arena *a, struct str s, size_t max, const char *without)
{
	struct str cut = str_sub(str_trim(s), 0, max);
	char *p;

	if (cut.n == 0)
		return str_of(without);
	p = arena_get(a, cut.n);
	for (size_t i = 0; i < cut.n; i++)
		p[i] = is_alnum(cut.p[i]) || cut.p[i] == '_' ? cut.p[i] : '-';
	return str_make(p, cut.n);
}

/* Where the extension begins: the last dot that has something before and behind it; else the end. */
static size_t
ext_at(struct str name)
{
	for (size_t i = name.n; i > 1; i--)
		if (name.p[i - 1] == '.')
			return i == name.n ? name.n : i - 1;
	return name.n;
}

struct str
name_inbox(struct arena *a, struct str partner, struct str type, struct str number, int64_t id,
    struct str ext)
{
	struct str p = plain(a, partner, PARTNER_MAX, "unknown");
	struct str t = plain(a, type, TYPE_MAX, "document");
	struct str n = plain(a, number, NUMBER_MAX, "none");
	struct str x = plain(a, ext, EXT_MAX, "bin");

	return str_fmt(a, STR_FMT "_" STR_FMT "_" STR_FMT "_%lld." STR_FMT, STR_ARG(p), STR_ARG(t), STR_ARG(n),
	    (long long)id, STR_ARG(x));
}

struct str
name_beside(struct arena *a, struct str name, const char *suffix, int64_t id)
{
	struct str behind = str_of(suffix);
	char mark[MARK_MAX];

	if (name.n + behind.n > NAME_MAX) {
		(void)snprintf(mark, sizeof(mark), "~%lld", (long long)id);
		name = cut_to(name, NAME_MAX - behind.n - strlen(mark));
		name = str_cat(a, name, str_of(mark));
	}
	return str_cat(a, name, behind);
}

struct str
name_other(struct arena *a, struct str name, struct str mark)
{
	size_t at = ext_at(name);
	struct str stem = str_sub(name, 0, at), ext = str_from(name, at);

	if (ext.n + mark.n + 2 > NAME_MAX / 2) {	/* no extension anybody means */
		stem = name;
		ext = S("");
	}
	stem = cut_to(stem, NAME_MAX - ext.n - mark.n - 1);
	return str_cat(a, str_cat(a, str_cat(a, stem, S("~")), mark), ext);
}

/*
 * How many bytes at the front of s are one character to show as it is; 0: none. Not shown: what RFC 3629 does
 * not allow (overlong forms, surrogates, beyond U+10FFFF), control characters, and those that turn the
 * direction of the text around them, so that a name cannot look like another.
 */
static size_t
shown_char(struct str s)
{
	static const struct {
		unsigned char mask, lead;
		size_t n;
		uint32_t least;
	} forms[] = { { 0xe0, 0xc0, 2, 0x80 }, { 0xf0, 0xe0, 3, 0x800 }, { 0xf8, 0xf0, 4, 0x10000 } };
	unsigned char c = (unsigned char)s.p[0];
	uint32_t u;

	if (c < 0x80)
		return c >= 0x20 && c != 0x7f && c != '\\' ? 1 : 0;
	for (size_t f = 0; f < N(forms); f++) {
		if ((c & forms[f].mask) != forms[f].lead || s.n < forms[f].n)
			continue;
		u = c & (unsigned char)~forms[f].mask;
		for (size_t i = 1; i < forms[f].n; i++) {
			if (!is_continuation(s.p[i]))
				return 0;
			u = u << 6 | ((unsigned char)s.p[i] & 0x3fu);
		}
		if (u < forms[f].least || u > 0x10ffff || (u >= 0xd800 && u <= 0xdfff))
			return 0;
		if (u < 0xa0 || u == 0x200e || u == 0x200f || (u >= 0x2028 && u <= 0x202e) ||
		    (u >= 0x2066 && u <= 0x2069))
			return 0;
		return forms[f].n;
	}
	return 0;
}

struct str
name_shown(struct arena *a, struct str name)
{
	static const char hex[] = "0123456789abcdef";
	char *out = arena_get_array(a, name.n > 0 ? name.n : 1, 4);
	size_t n = 0, len;

	while (name.n > 0) {
		len = shown_char(name);
		if (len > 0) {
			memcpy(out + n, name.p, len);
			n += len;
		} else {
			len = 1;
			out[n++] = '\\';
			out[n++] = 'x';
			out[n++] = hex[(unsigned char)name.p[0] >> 4];
			out[n++] = hex[(unsigned char)name.p[0] & 15];
		}
		name = str_from(name, len);
	}
	return str_make(out, n);
}
