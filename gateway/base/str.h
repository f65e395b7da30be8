/* SPDX-License-Identifier: ISC */
/*
 * str.h - slices: lent bytes that know their end. Not terminated, may hold NUL, never freed.
 * No function here allocates (arena.h has those that do), looks at the locale or fails by crashing:
 * an index outside the slice is cut to its end.
 */
#ifndef EDIGATE_BASE_STR_H
#define EDIGATE_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *p;
	size_t n;
};

#define S(lit)	      ((struct str){ "" lit, sizeof(lit) - 1 })
#define S_INIT(lit)   { "" lit, sizeof(lit) - 1 }	/* where only a constant initialiser will do */
#define STR_FMT	      "%.*s"
#define STR_ARG(s)    (int)((s).n > 1000 ? 1000 : (s).n), ((s).p != NULL ? (s).p : "")
#define N(array)      (sizeof(array) / sizeof((array)[0]))

/* ASCII, no locale. */
static inline bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The small ones stand here, to be compiled into the loops that call them for every byte or value. */
static inline struct str
str_of(const char *cstr)	/* NULL gives the empty slice */
{
	return (struct str){ cstr, cstr == NULL ? 0 : strlen(cstr) };
}

static inline struct str
str_make(const char *p, size_t n)
{
	return (struct str){ p, n };
}

static inline struct str
str_from(struct str s, size_t from)	/* from there to the end */
{
	if (from == 0)
		return s;	/* also keeps a NULL pointer away from arithmetic */
	if (from > s.n)
		from = s.n;
	return (struct str){ s.p == NULL ? NULL : s.p + from, s.n - from };
}

static inline struct str
str_sub(struct str s, size_t from, size_t n)	/* at most n bytes from there */
{
	struct str rest = str_from(s, from);

	if (n < rest.n)
		rest.n = n;
	return rest;
}

static inline struct str
str_trim(struct str s)	/* without blanks, tabs, CR, LF around */
{
	for (; s.n > 0 && is_space(s.p[0]); s.n--)
		s.p++;
	while (s.n > 0 && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

static inline bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool
str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq(str_sub(s, 0, prefix.n), prefix);
}

bool str_eq_nocase(struct str a, struct str b);		/* ASCII */
int  str_cmp(struct str a, struct str b);		/* bytes as unsigned, shorter first */
bool str_starts_nocase(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);

bool str_chr(struct str s, char c, size_t *at);		/* at may be NULL */
bool str_find(struct str s, struct str what, size_t *at);
bool str_has_ctl(struct str s);				/* any byte below 0x20, or 0x7f */

/* Cut at sep: head is what stood before it, rest what follows; false and all in head without one. */
bool str_cut(struct str *rest, char sep, struct str *head);

/* Cut one whole line off, its LF or CRLF left out; false (in unchanged) when no LF is there yet. */
bool str_next_line(struct str *in, struct str *line);

/* Length of the well-formed UTF-8 character (RFC 3629) at the front of s; 0 when there is none. C1 controls are none. */
size_t str_utf8(struct str s);

/* All of s as a decimal number of digits only, at most max. Returns 0 or -1. */
int str_u64(struct str s, uint64_t max, uint64_t *out);

/* ASCII, no locale. */
static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}
static inline bool
is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static inline bool
is_alnum(char c)
{
	return is_digit(c) || is_alpha(c);
}
static inline bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}
static inline char
to_lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}
static inline char
to_upper(char c)
{
	return (char)(c >= 'a' && c <= 'z' ? c - 32 : c);
}

#endif
