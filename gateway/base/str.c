/* SPDX-License-Identifier: ISC */
#include "gateway/base/str.h"

#include <string.h>

bool
str_eq_nocase(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (to_lower(a.p[i]) != to_lower(b.p[i]))
			return false;
	return true;
}

int
str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n == 0 ? 0 : memcmp(a.p, b.p, n);

	if (c != 0)
		return c;
	return a.n < b.n ? -1 : a.n > b.n;
}

bool
str_starts_nocase(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq_nocase(str_sub(s, 0, prefix.n), prefix);
}

bool
str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_eq(str_from(s, s.n - suffix.n), suffix);
}

bool
str_chr(struct str s, char c, size_t *at)
{
	const char *hit = s.n == 0 ? NULL : memchr(s.p, c, s.n);

	if (hit != NULL && at != NULL)
		*at = (size_t)(hit - s.p);
	return hit != NULL;
}

bool
str_find(struct str s, struct str what, size_t *at)
{
	const char *hit = s.n < what.n || s.n == 0 ? NULL : memmem(s.p, s.n, what.p, what.n);

	if (hit != NULL && at != NULL)
		*at = (size_t)(hit - s.p);
	return hit != NULL;
}

bool
str_has_ctl(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return true;
	return false;
}

bool
str_cut(struct str *rest, char sep, struct str *head)
{
	size_t at;

	if (!str_chr(*rest, sep, &at)) {
		*head = *rest;
		*rest = str_from(*rest, rest->n);
		return false;
	}
	*head = str_sub(*rest, 0, at);
	*rest = str_from(*rest, at + 1);
	return true;
}

bool
str_next_line(struct str *in, struct str *line)
{
	size_t at;

	if (!str_chr(*in, '\n', &at))
		return false;
	*line = str_sub(*in, 0, at);
	if (line->n > 0 && line->p[line->n - 1] == '\r')
		line->n--;
	*in = str_from(*in, at + 1);
	return true;
}

size_t
str_utf8(struct str s)
{
	unsigned char c = s.n == 0 ? 0 : (unsigned char)s.p[0];
	size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;

	if (n == 0 || s.n < n)
		return 0;
	for (size_t i = 1; i < n; i++)
		if (((unsigned char)s.p[i] & 0xc0) != 0x80)
			return 0;
	/* Second bytes that would make it overlong, a surrogate, past U+10FFFF, or a C1 control. */
	unsigned char d = n > 1 ? (unsigned char)s.p[1] : 0;
	if ((c == 0xc2 && d < 0xa0) || (c == 0xe0 && d < 0xa0) || (c == 0xed && d > 0x9f) ||
	    (c == 0xf0 && d < 0x90) || (c == 0xf4 && d > 0x8f))
		return 0;
	return n;
}

int
str_u64(struct str s, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0)
		return -1;
	for (size_t i = 0; i < s.n; i++) {
		if (!is_digit(s.p[i]))
			return -1;
		uint64_t d = (uint64_t)(s.p[i] - '0');
		if (v > (UINT64_MAX - d) / 10)
			return -1;
		v = v * 10 + d;
	}
	if (v > max)
		return -1;
	*out = v;
	return 0;
}
