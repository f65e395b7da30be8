/* SPDX-License-Identifier: ISC */
#include "mime/addr.h"

#include "mime/header.h"

#include <string.h>

/* RFC 5322, 3.2.3: atext. */
static bool
is_atext(char c)
{
	return is_alnum(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static bool
is_dot_atom(struct str s)
{
	struct str word;
	bool more;

	do {
		more = str_cut(&s, '.', &word);
		for (size_t i = 0; i < word.n; i++)
			if (!is_atext(word.p[i]))
				return false;
		if (word.n == 0)
			return false;
	} while (more);
	return true;
}

/* RFC 1123, 2.1: letters, digits, hyphens inside; labels of 1 to 63. */
static bool
is_domain(struct str s)
{
	struct str label;
	bool more;

	do {
		more = str_cut(&s, '.', &label);
		if (label.n == 0 || label.n > 63 || label.p[0] == '-' ||
		    label.p[label.n - 1] == '-')
			return false;
		for (size_t i = 0; i < label.n; i++)
			if (!is_alnum(label.p[i]) && label.p[i] != '-')
				return false;
	} while (more);
	return true;
}

bool
addr_is_strict(struct str s)
{
	struct str local;

	if (s.n > ADDR_MAX || !str_cut(&s, '@', &local))
		return false;
	return local.n <= ADDR_LOCAL_MAX && is_dot_atom(local) && is_domain(s);
}

#define TOKENS_MAX 64

enum token_kind { TOKEN_ATOM, TOKEN_QUOTED, TOKEN_SPECIAL };

/* One piece of an address: a run of characters (dots included), a quoted string, or one special. */
struct token {
	enum token_kind kind;
	struct str s;
};

static struct token
next_token(struct str *s)
{
	struct token t = { .kind = TOKEN_ATOM };
	size_t n = 0;

	if (s->p[0] == '"') {
		for (n = 1; n < s->n && s->p[n] != '"'; n++)
			if (s->p[n] == '\\')
				n++;
		n++;
		t.kind = TOKEN_QUOTED;
	}
	while (t.kind == TOKEN_ATOM && n < s->n && !is_space(s->p[n]) &&
	    (s->p[n] == '\0' || strchr("()<>[]:;@\\,\"", s->p[n]) == NULL))
		n++;
	if (n == 0) {
		t.kind = TOKEN_SPECIAL;
		n = 1;
	}
	t.s = str_sub(*s, 0, n);
	*s = str_from(*s, n);
	return t;
}

static bool
is_special(const struct token *t, char c)
{
	return t->kind == TOKEN_SPECIAL && t->s.p[0] == c;
}

static int
read_tokens(struct str raw, struct token *t, size_t *n, struct err *e)
{
	*n = 0;
	for (skip_cfws(&raw); raw.n > 0; skip_cfws(&raw)) {
		if (*n == TOKENS_MAX)
			return err_set(e, ERR_INPUT, "address of over %d words", TOKENS_MAX);
		t[*n] = next_token(&raw);
		if (is_special(&t[*n], ','))
			return err_set(e, ERR_INPUT, "more than one address");
		if (is_special(&t[*n], ':') || is_special(&t[*n], ';'))
			return err_set(e, ERR_INPUT, "a group or route, want one address");
		(*n)++;
	}
	return *n == 0 ? err_set(e, ERR_INPUT, "no address") : 0;
}

/* Words before '<' are a display name and mean nothing, whatever they look like; none may come after '>'. */
static int
cut_display_name(struct token **t, size_t *n, struct err *e)
{
	size_t angle = 0;

	while (angle < *n && !is_special(&(*t)[angle], '<'))
		angle++;
	if (angle == *n)
		return 0;
	for (size_t i = 0; i < angle; i++)
		if ((*t)[i].kind == TOKEN_SPECIAL)
			return err_set(e, ERR_INPUT, "more than one address");
	if (!is_special(&(*t)[*n - 1], '>'))
		return err_set(e, ERR_INPUT, "'<' without '>' at the end");
	*t += angle + 1;
	*n -= angle + 2;
	return 0;
}

/* An addr-spec in one: blanks and comments around '.' and '@' are obsolete, and have one meaning. */
static int
join_addr(struct arena *a, const struct token *t, size_t n, struct str *out, struct err *e)
{
	*out = S("");
	for (size_t i = 0; i < n; i++) {
		if (t[i].kind != TOKEN_ATOM && !is_special(&t[i], '@'))
			return err_set(e, ERR_INPUT, "'" STR_FMT "' in the address",
			    STR_ARG(t[i].s));
		if (i > 0 && t[i].kind == TOKEN_ATOM && t[i - 1].kind == TOKEN_ATOM &&
		    t[i].s.p[0] != '.' && !str_ends(*out, S(".")))
			return err_set(e, ERR_INPUT, "address of several words");
		*out = str_cat(a, *out, t[i].s);
	}
	return 0;
}

int
addr_one(struct arena *a, struct str raw, struct str *out, struct err *e)
{
	struct token list[TOKENS_MAX], *t = list;
	struct str addr, local;
	size_t n;

	if (read_tokens(raw, t, &n, e) == -1 || cut_display_name(&t, &n, e) == -1 ||
	    join_addr(a, t, n, &addr, e) == -1)
		return -1;
	if (!addr_is_strict(addr))
		return err_set(e, ERR_INPUT, "'" STR_FMT "' is no plain address", STR_ARG(addr));
	(void)str_cut(&addr, '@', &local);
	*out = str_cat(a, str_cat(a, local, S("@")), str_lower(a, addr));
	return 0;
}
