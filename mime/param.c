/* SPDX-License-Identifier: ISC */
#include "mime/param.h"

#include "mime/encode.h"
#include "mime/header.h"
#include "mime/word.h"

#define SECTION_NONE (-1)

/* One "name*1*=value" as it stands: RFC 2231 lets several of them make one parameter. */
struct piece {
	struct str name, value;
	int section;		/* SECTION_NONE: no number */
	bool extended;		/* a '*' behind it: charset and %XX */
};

struct pieces {
	struct piece list[PARAM_PIECES_MAX];
	size_t n;
};

/* RFC 2045, 5.1; wider where mails in the wild are: only what ends a value ends it. */
static bool
is_token_char(char c)
{
	return (unsigned char)c > ' ' && c != 0x7f && c != ';' && c != '"' && c != '(' &&
	    c != ')' && c != '=' && c != ',';
}

static struct str
cut_token(struct str *s)
{
	struct str token = *s;
	size_t n = 0;

	while (n < s->n && is_token_char(s->p[n]))
		n++;
	token.n = n;
	*s = str_from(*s, n);
	return token;
}

/* A quoted string at the start of s, without quotes, backslashes, line ends (RFC 5322, 3.2.4). */
static struct str
cut_quoted(struct arena *a, struct str *s, unsigned int *defects)
{
	char *to = arena_get(a, s->n + 1);
	size_t n = 0, i;

	for (i = 1; i < s->n && s->p[i] != '"'; i++) {
		if (s->p[i] == '\\' && i + 1 < s->n)
			i++;
		if (s->p[i] != '\r' && s->p[i] != '\n')
			to[n++] = s->p[i];
	}
	if (i >= s->n)
		*defects |= PARAM_SYNTAX;	/* never closed */
	*s = str_from(*s, i + 1);
	return str_make(to, n);
}

/* A token, and blanks inside it ("filename=my order.edi"), up to the next ';'. */
static struct str
cut_loose(struct str *s, unsigned int *defects)
{
	struct str all = *s, token = cut_token(s);

	for (;;) {
		struct str probe = *s;
		skip_cfws(&probe);
		if (probe.n == 0 || probe.p[0] == ';') {
			*s = probe;
			return token;
		}
		*defects |= PARAM_SYNTAX;
		if (is_token_char(probe.p[0]))
			(void)cut_token(&probe);
		else
			probe = str_from(probe, 1);
		token.n = all.n - probe.n;
		*s = probe;
	}
}

/* "filename*1*" -> "filename", 1, extended. */
static bool
read_name(struct arena *a, struct str name, struct piece *p)
{
	struct str rest = name, number;
	uint64_t v;

	*p = (struct piece){ .section = SECTION_NONE };
	if (!str_cut(&rest, '*', &name)) {
		p->name = str_lower(a, name);
		return name.n > 0;
	}
	p->name = str_lower(a, name);
	if (rest.n == 0) {
		p->extended = true;
		return name.n > 0;
	}
	p->extended = str_cut(&rest, '*', &number);
	if (str_u64(number, PARAM_SECTION_MAX - 1, &v) == -1 || rest.n > 0)
		return false;
	p->section = (int)v;
	return name.n > 0;
}

/* What stands between two ';'. */
static void
read_piece(struct arena *a, struct str *s, struct pieces *all, unsigned int *defects)
{
	struct piece p;
	bool ok = read_name(a, cut_token(s), &p);

	skip_cfws(s);
	if (s->n == 0 || s->p[0] != '=') {
		*defects |= PARAM_SYNTAX;
		return;
	}
	*s = str_from(*s, 1);
	skip_cfws(s);
	p.value = s->n > 0 && s->p[0] == '"' ? cut_quoted(a, s, defects) : cut_loose(s, defects);
	if (!ok)
		*defects |= PARAM_SYNTAX;
	else
		all->list[all->n++] = p;
}

static void
read_pieces(struct arena *a, struct str s, struct pieces *all, unsigned int *defects)
{
	for (;;) {
		skip_cfws(&s);
		if (s.n == 0)
			return;
		if (s.p[0] == ';') {
			s = str_from(s, 1);
			continue;
		}
		if (all->n == N(all->list)) {
			*defects |= PARAM_MANY;
			return;
		}
		read_piece(a, &s, all, defects);
		skip_cfws(&s);
		if (s.n > 0 && s.p[0] != ';') {
			*defects |= PARAM_SYNTAX;
			s = str_from(s, 1);	/* always forward */
		}
	}
}

/* RFC 2231, 4: %XX. A '%' that is none stays. */
static struct str
percent_decode(struct arena *a, struct str in)
{
	char *to = arena_get(a, in.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < in.n; i++) {
		if (in.p[i] == '%' && hex_byte(in, i + 1, &to[n])) {
			n++;
			i += 2;
		} else {
			to[n++] = in.p[i];
		}
	}
	return str_make(to, n);
}

static const struct piece *
find_piece(const struct pieces *all, struct str name, int section)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->list[i].section == section && str_eq(all->list[i].name, name))
			return &all->list[i];
	return NULL;
}

/* charset'language'text: the charset goes out, the text stays. Without the quotes all is text. */
static struct str
cut_charset(struct str *value)
{
	struct str rest = *value, charset, language;

	if (!str_cut(&rest, '\'', &charset) || !str_cut(&rest, '\'', &language))
		return S("");
	*value = rest;
	return charset;
}

/* RFC 2231, 3 and 4.1: pieces 0, 1, 2 ... joined; only piece 0 names the charset. */
static struct str
join_pieces(struct arena *a, const struct pieces *all, struct str name)
{
	struct str whole = S(""), charset = S("");

	for (int i = 0; i < PARAM_SECTION_MAX; i++) {
		const struct piece *p = find_piece(all, name, i);
		if (p == NULL)
			break;
		struct str v = p->value;
		if (p->extended) {
			if (i == 0)
				charset = cut_charset(&v);
			v = percent_decode(a, v);
		}
		whole = str_cat(a, whole, v);
	}
	return charset_utf8(a, charset, whole);
}

/* The three forms of one parameter, best first: name*=, name*0=..., name= (RFC 6266, 4.3). */
static struct param
assemble(struct arena *a, const struct pieces *all, struct str name)
{
	struct param out = { .name = name };
	size_t plain = 0, single = 0, numbered = 0;
	struct str v;

	for (size_t i = 0; i < all->n; i++) {
		const struct piece *p = &all->list[i];
		if (!str_eq(p->name, name))
			continue;
		if (p->section != SECTION_NONE) {
			if (find_piece(all, name, p->section) != p)
				out.defects |= PARAM_TWICE;
			numbered++;
			if (p->section > 0 && find_piece(all, name, p->section - 1) == NULL)
				out.defects |= PARAM_PIECES;
		} else if (p->extended) {
			if (single++ == 0) {
				v = p->value;
				struct str charset = cut_charset(&v);
				out.value = charset_utf8(a, charset, percent_decode(a, v));
			}
		} else {
			plain++;
		}
	}
	if (plain + single + (numbered > 0) > 1)
		out.defects |= PARAM_TWICE;
	if (single > 0)
		return out;
	if (find_piece(all, name, 0) != NULL) {
		out.value = join_pieces(a, all, name);
	} else {
		const struct piece *p = find_piece(all, name, SECTION_NONE);
		/* Encoded words have no place here, and are common. */
		out.value = p == NULL ? S("") : word_decode(a, p->value);
	}
	return out;
}

/* "Multipart / Signed (comment)" -> "multipart/signed". */
static struct str
read_value(struct arena *a, struct str *s)
{
	char *to = arena_get(a, s->n + 1);
	size_t n = 0;

	for (skip_cfws(s); s->n > 0 && s->p[0] != ';'; skip_cfws(s)) {
		to[n++] = to_lower(s->p[0]);
		*s = str_from(*s, 1);
	}
	return str_make(to, n);
}

void
params_read(struct arena *a, struct str raw, struct params *out)
{
	struct pieces *all = arena_new_of(a, struct pieces);

	*out = (struct params){ .value = read_value(a, &raw) };
	read_pieces(a, raw, all, &out->defects);
	out->list = arena_get_array(a, all->n + 1, sizeof(*out->list));
	for (size_t i = 0; i < all->n; i++)
		if (params_find(out, all->list[i].name) == NULL)
			out->list[out->n++] = assemble(a, all, all->list[i].name);
}

const struct param *
params_find(const struct params *p, struct str name)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->list[i].name, name))
			return &p->list[i];
	return NULL;
}

struct str
params_get(const struct params *p, struct str name)
{
	const struct param *found = params_find(p, name);

	return found == NULL ? S("") : found->value;
}
