/* SPDX-License-Identifier: ISC */
#include "gateway/ident.h"

#include <string.h>

static bool
is_atext(char c)
{
	static const char more[] = "!#$%&'*+-/=?^_`{|}~";

	return is_alnum(c) || (c != '\0' && strchr(more, c) != NULL);
}

/* RFC 5321, 4.1.2: Dot-string, or a domain, which we hold to letters, digits and hyphens. */
static bool
is_dotted(struct str s, bool is_domain)
{
	bool in_word = false;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.') {
			if (!in_word)
				return false;
			in_word = false;
			continue;
		}
		if (is_domain ? !is_alnum(s.p[i]) && s.p[i] != '-' : !is_atext(s.p[i]))
			return false;
		in_word = true;
	}
	return in_word;
}

bool
ident_is_address(struct str s)
{
	struct str domain = s, local;

	return s.n <= 254 && str_cut(&domain, '@', &local) && local.n <= 64 && is_dotted(local, false) &&
	    is_dotted(domain, true);
}

bool
ident_is_edi(struct str s)
{
	struct str id = s, qual;

	return str_cut(&id, ':', &qual) && str_trim(id).n > 0 && !str_has_ctl(s) && !str_chr(s, ',', NULL);
}

bool
ident_is_key(struct str s)
{
	if (s.n == 0 || s.n > IDENT_KEY_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		bool is_word = is_digit(s.p[i]) || (s.p[i] >= 'a' && s.p[i] <= 'z');
		if (!is_word && (i == 0 || (s.p[i] != '.' && s.p[i] != '_' && s.p[i] != '-')))
			return false;
	}
	return true;
}

/* Words that say what kind of company it is tell nothing in a folder name. */
static bool
is_legal_form(struct str word)
{
	static const char *const forms[] = { "gmbh", "ag", "kg", "ohg", "ug", "se", "ltd",
		"limited", "inc", "llc", "plc", "corp", "co", "sa", "sas", "sarl", "srl", "spa",
		"bv", "nv", "ab", "as", "oy", "aps", "sro", "zrt", "kft" };

	for (size_t i = 0; i < N(forms); i++)
		if (str_eq(word, str_of(forms[i])))
			return true;
	return false;
}

struct str
ident_slug(struct arena *a, struct str name)
{
	struct str lower = str_lower(a, name), slug = S("");
	size_t i = 0;

	while (i < lower.n) {
		size_t from = i;
		while (i < lower.n && is_alnum(lower.p[i]))
			i++;
		struct str word = str_sub(lower, from, i - from);
		if (word.n > 0 && (slug.n == 0 || !is_legal_form(word)) && slug.n + 1 + word.n <= IDENT_KEY_MAX)
			slug = str_fmt(a, STR_FMT "%s" STR_FMT, STR_ARG(slug),
			    slug.n == 0 ? "" : "-", STR_ARG(word));
		if (i < lower.n)
			i++;
	}
	return slug.n == 0 ? S("partner") : slug;
}
