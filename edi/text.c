/* SPDX-License-Identifier: ISC */
#include "edi/text.h"

#include <string.h>

static bool
is_tail(struct str s, size_t i)
{
	return i < s.n && ((unsigned char)s.p[i] & 0xc0) == 0x80;
}

/* RFC 3629, 4: how long, and the least value of that length: a longer form than needed is none. */
static size_t
decode(struct str s, unsigned int *c)
{
	static const unsigned int least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char first = (unsigned char)s.p[0];
	size_t n = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;

	*c = n < 2 ? first : first & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if (!is_tail(s, i))
			return 0;
		*c = *c << 6 | ((unsigned char)s.p[i] & 0x3f);
	}
	if (n == 0 || *c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000))
		return 0;
	return n;
}

bool
text_next(struct str *rest, unsigned int *c)
{
	size_t n = decode(*rest, c);

	*rest = str_from(*rest, n == 0 ? 1 : n);
	return n > 0;
}

size_t
text_ascii(struct str s)
{
	size_t n = 0;
	uint64_t eight;

	for (; n + sizeof(eight) <= s.n; n += sizeof(eight)) {
		memcpy(&eight, s.p + n, sizeof(eight));
		if ((eight & UINT64_C(0x8080808080808080)) != 0)
			break;
	}
	while (n < s.n && (unsigned char)s.p[n] < 0x80)
		n++;
	return n;
}

bool
text_is_utf8(struct str s)
{
	unsigned int c;

	for (s = str_from(s, text_ascii(s)); s.n > 0; s = str_from(s, text_ascii(s)))
		if (!text_next(&s, &c))
			return false;
	return true;
}

struct str
text_utf8(struct arena *a, struct str s)
{
	char *to;
	size_t n = 0;

	if (text_is_utf8(s))
		return s;
	to = arena_get(a, 2 * s.n);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c >= 0x80)
			to[n++] = (char)(0xc0 | c >> 6);
		to[n++] = (char)(c < 0x80 ? c : 0x80 | (c & 0x3f));
	}
	return str_make(to, n);
}

bool
text_is_control(unsigned int c)
{
	static const struct { unsigned int from, to; } ranges[] = {
		{ 0, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x61c, 0x61c }, { 0x180e, 0x180e }, { 0x200b, 0x200f },
		{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe007f },
	};

	for (size_t i = 0; i < N(ranges); i++)
		if (c >= ranges[i].from && c <= ranges[i].to)
			return true;
	return false;
}
