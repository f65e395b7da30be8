/* SPDX-License-Identifier: ISC */
#include "gateway/base/ini.h"

#include <stdio.h>
#include <string.h>

#define WORD_MAX 64	/* longest word that ini_nearest compares */

/* One line, taken apart. Offsets count from its first byte. */
struct line {
	enum { LINE_BLANK, LINE_SECTION, LINE_KEY } kind;
	struct str section, name, key, value;
	size_t key_at, value_at, value_end;	/* value_end: behind its closing quote */
};

/* A reader's place in one line. */
struct scan {
	struct arena *a;
	struct str line;
	size_t at;
	const char *bad;	/* what is wrong at `at` */
};

static bool
fail(struct scan *s, size_t at, const char *why)
{
	s->at = at;
	s->bad = why;
	return false;
}

static bool
at_end(const struct scan *s)
{
	return s->at >= s->line.n;
}

static bool
is_at(const struct scan *s, char c)
{
	return !at_end(s) && s->line.p[s->at] == c;
}

static void
skip_blanks(struct scan *s)
{
	while (!at_end(s) && is_blank(s->line.p[s->at]))
		s->at++;
}

static bool
is_comment(const struct scan *s)
{
	return is_at(s, ';') || is_at(s, '#');
}

static bool
is_word_char(char c)
{
	return is_alnum(c) || c == '_' || c == '-' || c == '.';
}

static struct str
scan_word(struct scan *s)
{
	size_t from = s->at;

	while (!at_end(s) && is_word_char(s->line.p[s->at]))
		s->at++;
	return str_sub(s->line, from, s->at - from);
}

/* "text" with its escapes undone; s stands on the opening quote, then behind the closing one. */
static bool
scan_quoted(struct scan *s, struct str *out)
{
	size_t from = s->at++, n = 0;
	char *p = arena_get(s->a, s->line.n - from);

	for (; !at_end(s); s->at++) {
		char c = s->line.p[s->at];
		if (c == '"') {
			s->at++;
			*out = str_make(p, n);
			return true;
		}
		if (c == '\\') {
			char next = s->at + 1 < s->line.n ? s->line.p[s->at + 1] : '\0';
			if (next != '"' && next != '\\' && next != 'n' && next != 't')
				return fail(s, s->at, "unknown escape, want \\\" \\\\ \\n or \\t");
			c = (char)(next == 'n' ? '\n' : next == 't' ? '\t' : next);
			s->at++;
		}
		p[n++] = c;
	}
	return fail(s, from, "no closing quote");
}

/* Up to a comment (a blank, then ';' or '#') or the end of the line, without the blanks around. */
static struct str
scan_plain(struct scan *s)
{
	size_t from = s->at;
	struct str value;

	while (!at_end(s) && !(is_comment(s) && (s->at == from || is_blank(s->line.p[s->at - 1]))))
		s->at++;
	value = str_trim(str_sub(s->line, from, s->at - from));
	return value.n == 0 ? str_sub(s->line, from, 0) : value;
}

static bool
scan_rest(struct scan *s)
{
	skip_blanks(s);
	return at_end(s) || is_comment(s) ||
	    fail(s, s->at, "unexpected text, want the end of the line or a comment");
}

static bool
scan_section(struct scan *s, struct line *l)
{
	size_t from = s->at++;

	l->kind = LINE_SECTION;
	skip_blanks(s);
	l->section = scan_word(s);
	if (l->section.n == 0)
		return fail(s, s->at, "no name of a section, want [name] or [name \"which\"]");
	skip_blanks(s);
	if (is_at(s, '"') && !scan_quoted(s, &l->name))
		return false;
	skip_blanks(s);
	if (!is_at(s, ']'))
		return fail(s, from, "no ']' at the end of the section's name");
	s->at++;
	return scan_rest(s);
}

static bool
scan_key(struct scan *s, struct line *l)
{
	size_t from = s->at;

	l->kind = LINE_KEY;
	l->key_at = from;
	l->key = scan_word(s);
	if (l->key.n == 0)
		return fail(s, from, "want [section], key = value or a comment");
	skip_blanks(s);
	if (!is_at(s, '='))
		return fail(s, s->at, "no '=' behind the key");
	s->at++;
	skip_blanks(s);
	l->value_at = s->at;
	if (is_at(s, '"')) {
		if (!scan_quoted(s, &l->value))
			return false;
		l->value_end = s->at;
		return scan_rest(s);
	}
	l->value = scan_plain(s);
	l->value_end = l->value_at + l->value.n;
	return true;
}

/* False with s->bad and s->at set. */
static bool
scan_line(struct scan *s, struct line *l)
{
	*l = (struct line){ .kind = LINE_BLANK };
	for (size_t i = 0; i < s->line.n; i++)
		if ((unsigned char)s->line.p[i] < 0x20 && s->line.p[i] != '\t')
			return fail(s, i, "a control character");
	skip_blanks(s);
	if (at_end(s) || is_comment(s))
		return true;
	return is_at(s, '[') ? scan_section(s, l) : scan_key(s, l);
}

/* The next line of text, the last one also without its LF. */
static bool
next_line(struct str *text, struct str *line)
{
	if (text->n == 0)
		return false;
	if (!str_next_line(text, line)) {
		*line = *text;
		*text = str_from(*text, text->n);
	}
	return true;
}

static struct str
without_mark(struct str text)
{
	return str_starts(text, S("\xef\xbb\xbf")) ? str_from(text, 3) : text;
}

static size_t
count_lines(struct str text)
{
	struct str line;
	size_t n = 0;

	while (next_line(&text, &line))
		n++;
	return n;
}

int
ini_parse(struct arena *a, struct str text, const char *file, struct ini *out, struct err *e)
{
	struct str rest = without_mark(str_dup(a, text)), section = S(""), name = S("");
	struct scan s = { .a = a };
	struct line l;

	*out = (struct ini){ .items = arena_get_array(a, count_lines(rest) + 1, sizeof(struct ini_item)) };
	for (unsigned int n = 1; next_line(&rest, &s.line); n++) {
		s.at = 0;
		if (!scan_line(&s, &l))
			return err_set(e, ERR_CONFIG, "%s:%u:%zu: %s", file, n, s.at + 1, s.bad);
		if (l.kind == LINE_BLANK)
			continue;
		if (l.kind == LINE_SECTION) {
			section = l.section;
			name = l.name;
		} else if (section.n == 0) {
			return err_set(e, ERR_CONFIG,
			    "%s:%u:%zu: key \"" STR_FMT "\" before the first [section]", file, n,
			    l.key_at + 1, STR_ARG(l.key));
		}
		out->items[out->n++] = (struct ini_item){
			.section = section, .name = name, .key = l.key, .value = l.value, .line = n,
			.key_col = (unsigned int)l.key_at + 1, .value_col = (unsigned int)l.value_at + 1,
		};
	}
	return 0;
}

static bool
needs_quotes(struct str v)
{
	if (v.n == 0)
		return false;
	if (v.p[0] == '"' || v.p[0] == ';' || v.p[0] == '#' || is_space(v.p[0]) || is_space(v.p[v.n - 1]))
		return true;
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] == '\n' || v.p[i] == '\t' ||
		    (i > 0 && (v.p[i] == ';' || v.p[i] == '#') && is_blank(v.p[i - 1])))
			return true;
	return false;
}

static struct str
in_quotes(struct arena *a, struct str v)
{
	char *p = arena_get_array(a, v.n + 1, 2);
	size_t n = 0;

	p[n++] = '"';
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];
		if (c == '"' || c == '\\' || c == '\n' || c == '\t')
			p[n++] = '\\';
		p[n++] = (char)(c == '\n' ? 'n' : c == '\t' ? 't' : c);
	}
	p[n++] = '"';
	return str_make(p, n);
}

/* head, middle, tail: one text. */
static struct str
join(struct arena *a, struct str head, struct str middle, struct str tail)
{
	return str_cat(a, str_cat(a, head, middle), tail);
}

struct str
ini_set(struct arena *a, struct str text, struct str section, struct str name, struct str key,
    struct str value)
{
	struct str rest = without_mark(text), quoted = needs_quotes(value) ? in_quotes(a, value) : value;
	size_t begin = text.n - rest.n, insert = 0, old_from = 0, old_to = 0;
	struct str middle;
	struct scan s = { .a = a };
	struct line l;
	bool inside = false;

	for (;;) {
		begin = text.n - rest.n;
		if (!next_line(&rest, &s.line))
			break;
		s.at = 0;
		if (!scan_line(&s, &l))
			l.kind = LINE_BLANK;	/* not ours to judge here: ini_parse does */
		if (l.kind == LINE_SECTION)
			inside = str_eq(l.section, section) && str_eq(l.name, name);
		if (!inside || l.kind == LINE_BLANK)
			continue;
		insert = text.n - rest.n;
		if (l.kind == LINE_KEY && str_eq(l.key, key)) {
			old_from = begin + l.value_at;
			old_to = begin + l.value_end;
		}
	}
	if (old_from > 0) {
		/* A comment that stood right behind an empty or quoted value needs a blank to stay one. */
		if (old_to < text.n && (text.p[old_to] == ';' || text.p[old_to] == '#'))
			quoted = str_cat(a, quoted, S(" "));
		return join(a, str_sub(text, 0, old_from), quoted, str_from(text, old_to));
	}
	middle = str_fmt(a, STR_FMT " = ", STR_ARG(key));
	middle = join(a, middle, quoted, S("\n"));
	if (insert == 0) {
		struct str head = name.n == 0 ? str_fmt(a, "[" STR_FMT "]\n", STR_ARG(section)) :
		    join(a, str_fmt(a, "[" STR_FMT " ", STR_ARG(section)), in_quotes(a, name), S("]\n"));
		middle = join(a, text.n > 0 ? S("\n") : S(""), head, middle);
		insert = text.n;
	}
	if (insert > 0 && text.p[insert - 1] != '\n')
		middle = str_cat(a, S("\n"), middle);
	return join(a, str_sub(text, 0, insert), middle, str_from(text, insert));
}

/* How many letters to put in, take out, change or swap with their neighbour to get from a to b (at most WORD_MAX). */
static unsigned int
distance(struct str a, struct str b)
{
	unsigned int rows[3][WORD_MAX + 1];
	unsigned int *before = rows[0], *last = rows[1], *now = rows[2];

	for (unsigned int j = 0; j <= b.n; j++)
		last[j] = j;
	for (unsigned int i = 1; i <= a.n; i++) {
		now[0] = i;
		for (unsigned int j = 1; j <= b.n; j++) {
			char x = to_lower(a.p[i - 1]), y = to_lower(b.p[j - 1]);
			unsigned int best = last[j - 1] + (x != y);
			if (last[j] + 1 < best)
				best = last[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && x == to_lower(b.p[j - 2]) && y == to_lower(a.p[i - 2]) &&
			    before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			now[j] = best;
		}
		unsigned int *turn = before;
		before = last;
		last = now;
		now = turn;
	}
	return last[b.n];
}

const char *
ini_nearest(struct str typed, const char *const *known, size_t n)
{
	unsigned int best = typed.n <= 3 ? 2 : 3;	/* less than this; in a short word two letters are most of it */
	const char *hit = NULL;

	if (typed.n == 0 || typed.n > WORD_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		struct str word = str_of(known[i]);
		if (word.n > WORD_MAX)
			continue;
		unsigned int d = distance(typed, word);
		if (d < best) {
			best = d;
			hit = known[i];
		}
	}
	return hit;
}
