/* SPDX-License-Identifier: ISC */
/* bounce_html.c - a bounce that was written for a browser only, as text. Nothing of it is shown to a browser again. */
#include "mime/bounce.h"

/* A tag that ends a line of text. */
static bool
is_block(struct str tag)
{
	static const struct str names[] = { S_INIT("br"), S_INIT("p"), S_INIT("/p"), S_INIT("div"),
		S_INIT("/div"), S_INIT("tr"), S_INIT("/tr"), S_INIT("li"), S_INIT("td"), S_INIT("h1"),
		S_INIT("h2"), S_INIT("hr"), S_INIT("table"), S_INIT("/table") };
	size_t n = 0;

	while (n < tag.n && (is_alnum(tag.p[n]) || (n == 0 && tag.p[0] == '/')))
		n++;
	for (size_t i = 0; i < N(names); i++)
		if (str_eq_nocase(str_sub(tag, 0, n), names[i]))
			return true;
	return false;
}

/* The character that an entity at the front of s stands for, and how long it is; 0 for none that we know. */
static size_t
entity_at(struct str s, char *c)
{
	static const struct {
		struct str name;
		char c;
	} entities[] = { { S_INIT("&lt;"), '<' }, { S_INIT("&gt;"), '>' }, { S_INIT("&amp;"), '&' },
		{ S_INIT("&nbsp;"), ' ' }, { S_INIT("&quot;"), '"' }, { S_INIT("&#64;"), '@' },
		{ S_INIT("&#39;"), '\'' } };

	for (size_t i = 0; i < N(entities); i++)
		if (str_starts_nocase(s, entities[i].name)) {
			*c = entities[i].c;
			return entities[i].name.n;
		}
	return 0;
}

struct str
bounce_plain(struct arena *a, struct str html)
{
	char *to;
	size_t n = 0, end, skip;

	html = str_sub(html, 0, BOUNCE_TEXT_MAX);
	to = arena_get(a, html.n + 1);
	for (size_t i = 0; i < html.n; i++) {
		struct str rest = str_from(html, i);
		if (html.p[i] == '<' && str_chr(rest, '>', &end)) {
			if (is_block(str_sub(rest, 1, end - 1)))
				to[n++] = '\n';
			i += end;
		} else if (html.p[i] == '&' && (skip = entity_at(rest, &to[n])) > 0) {
			n++;
			i += skip - 1;
		} else {
			to[n++] = html.p[i];
		}
	}
	return str_make(to, n);
}
