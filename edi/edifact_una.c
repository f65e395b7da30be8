/* SPDX-License-Identifier: ISC */
/* edifact_una.c - where an interchange begins, and the signs it uses: from its UNA, or the defaults of its syntax. */
#include "edi/edifact.h"

#define UNA_SIGHT 1024u	/* so far behind a UNA we look for its UNB */

/* ISO 9735-1, 8.1; the second set is level B's of syntax 1: control characters, and no release. */
static const struct seg_signs usual = { '+', ':', '*', '?', "'", 1 };
static const struct seg_signs level_b = { '\x1d', '\x1f', -1, -1, "\x1c", 1 };

static bool
is_sign(char c)
{
	return !is_alnum(c) && c != ' ';
}

/* A blank stands for a sign that is not in use. */
static int
optional(char c)
{
	return c == ' ' ? -1 : (unsigned char)c;
}

/* UNA's six: component, element, decimal mark, release, repetition (reserved before syntax 4), terminator. */
static void
take_signs(struct str una, struct edifact_una *out)
{
	struct seg_signs g = { .comp = una.p[3], .elem = una.p[4], .release = optional(una.p[6]),
		.rep = optional(una.p[7]), .term = { una.p[8] }, .term_n = 1 };

	if (g.rep >= 0 && (is_alnum(una.p[7]) || una.p[7] == una.p[6]))
		g.rep = -1;
	if (is_sign(g.comp) && is_sign(g.elem) && is_sign(g.term[0]) && seg_signs_distinct(&g))
		out->signs = g;
	else
		out->fault = "UNA's signs are not all different, or letters";
}

/* The separator behind the UNB must be the one that the UNA announced. */
static void
check_use(struct str rest, struct edifact_una *out)
{
	while (rest.n > 0 && is_space(rest.p[0]) && rest.p[0] != out->signs.elem)
		rest = str_from(rest, 1);
	if (rest.n < 4 || !str_starts(rest, S("UNB")) || !is_sign(rest.p[3]) || rest.p[3] == out->signs.elem)
		return;
	out->fault = "UNB uses another element separator than UNA says";
	out->signs = usual;
}

void
edifact_una_read(struct str in, struct edifact_una *out)
{
	in = str_sub(in, 0, UNA_SIGHT);
	*out = (struct edifact_una){ .signs = usual };
	if (str_starts(in, S("UNB\x1d")))
		out->signs = level_b;
	if (!str_starts(in, S("UNA")))
		return;
	out->size = in.n < EDIFACT_UNA_SIZE ? in.n : EDIFACT_UNA_SIZE;
	if (in.n < EDIFACT_UNA_SIZE) {
		out->fault = "UNA is cut short, want six signs";
		return;
	}
	take_signs(str_sub(in, 0, EDIFACT_UNA_SIZE), out);
	if (out->fault == NULL)
		check_use(str_from(in, EDIFACT_UNA_SIZE), out);
}

/* 0001: four letters or digits, as far as they are there. */
static bool
is_syntax_id(struct str id)
{
	for (size_t i = 0; i < id.n; i++)
		if (!is_alnum(id.p[i]))
			return false;
	return true;
}

bool
edifact_starts(struct str in)
{
	if (in.n < 4 || !is_sign(in.p[3]))
		return false;
	if (str_starts(in, S("UNB")))
		return is_syntax_id(str_sub(in, 4, 4));
	return in.n >= EDIFACT_UNA_SIZE && str_starts(in, S("UNA")) && is_sign(in.p[4]) && is_sign(in.p[8]);
}

size_t
edifact_find(struct str in, size_t at)
{
	size_t hit;

	while (str_find(str_from(in, at), S("UN"), &hit)) {
		at += hit;
		if ((at == 0 || in.p[at - 1] == '\n') && edifact_starts(str_from(in, at)))
			return at;
		at++;
	}
	return in.n;
}

bool
edifact_starts_headless(struct str in)
{
	size_t n = 0;

	if (str_starts(in, S("UNH+")) || str_starts(in, S("UNA:+")))
		return true;
	while (n < 3 && n < in.n && is_alpha(in.p[n]))
		n++;	/* "NB+UNOB:1+": the tag is hurt */
	in = str_from(in, n);
	return in.n > 8 && str_starts(in, S("+UNO")) && in.p[5] == ':' && is_digit(in.p[6]) && in.p[7] == '+';
}

bool
edifact_object(const struct seg_reader *r, const struct seg *uno, struct str length, struct seg_far *o)
{
	*o = (struct seg_far){ .from = r->at, .mark = S_INIT("UNP") };
	return !uno->too_long && str_u64(length, INT64_MAX, &o->n) == 0;
}

bool
edifact_skip_object(struct seg_reader *r, const struct seg *uno, struct str length)
{
	struct seg_far o;

	return edifact_object(r, uno, length, &o) && seg_skip_object(r, uno, &o);
}

struct str
edifact_unb(struct str in)
{
	struct edifact_una una;
	size_t from, at;

	edifact_una_read(in, &una);
	for (from = una.size; from < in.n && is_space(in.p[from]);)
		from++;
	if (!str_starts(str_from(in, from), S("UNB")))
		return S("");
	for (at = from; at < in.n; at++) {
		if ((unsigned char)in.p[at] == una.signs.release)
			at++;
		else if (str_starts(str_from(in, at), str_make(una.signs.term, una.signs.term_n)))
			return str_sub(in, from, at + una.signs.term_n - from);
	}
	return S("");
}
