/* SPDX-License-Identifier: ISC */
#include "edi/pdf_value.h"

static bool
is_blank_byte(char c)
{
	return c == '\0' || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' ';
}

static bool
is_delimiter(char c)
{
	return c == '(' || c == ')' || c == '<' || c == '>' || c == '[' || c == ']' || c == '{' ||
	    c == '}' || c == '/' || c == '%';
}

void
pdf_skip(struct str *in)
{
	size_t i = 0;

	for (; i < in->n; i++) {
		if (in->p[i] == '%')
			while (i < in->n && in->p[i] != '\n' && in->p[i] != '\r')
				i++;
		else if (!is_blank_byte(in->p[i]))
			break;
	}
	*in = str_from(*in, i);
}

/* 7.3.4.2: parentheses balance, a backslash takes the next byte. */
static size_t
string_end(struct str in)
{
	unsigned int open = 0;

	for (size_t i = 0; i < in.n; i++) {
		if (in.p[i] == '\\')
			i++;
		else if (in.p[i] == '(')
			open++;
		else if (in.p[i] == ')' && --open == 0)
			return i + 1;
	}
	return 0;
}

static size_t
word_end(struct str in, size_t i)
{
	while (i < in.n && !is_blank_byte(in.p[i]) && !is_delimiter(in.p[i]))
		i++;
	return i;
}

/* One token: where it ends, 0 when it does not. depth is moved by brackets. */
static size_t
token_end(struct str in, int *depth)
{
	size_t at;

	if (str_starts(in, S("<<")) || str_starts(in, S(">>"))) {
		*depth += in.p[0] == '<' ? 1 : -1;
		return 2;
	}
	switch (in.p[0]) {
	case '[':
	case ']':
		*depth += in.p[0] == '[' ? 1 : -1;
		return 1;
	case '(':
		return string_end(in);
	case '<':
		return str_chr(in, '>', &at) ? at + 1 : 0;
	case '/':
		return word_end(in, 1);
	default:
		at = word_end(in, 0);
		return at > 0 ? at : 1;
	}
}

static bool
is_number(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]))
			return false;
	return s.n > 0;
}

/* "12 0 R" is one value, of three words; n ends behind the first. */
static size_t
reference_end(struct str in, size_t n)
{
	struct str rest = str_from(in, n), generation;

	if (!is_number(str_sub(in, 0, n)))
		return n;
	pdf_skip(&rest);
	generation = str_sub(rest, 0, word_end(rest, 0));
	if (!is_number(generation))
		return n;
	rest = str_from(rest, generation.n);
	pdf_skip(&rest);
	return word_end(rest, 0) == 1 && rest.p[0] == 'R' ? (size_t)(rest.p + 1 - in.p) : n;
}

bool
pdf_take(struct str *in, struct str *value)
{
	struct str rest;
	int depth = 0;
	size_t n;

	pdf_skip(in);
	rest = *in;
	do {
		pdf_skip(&rest);
		n = rest.n == 0 ? 0 : token_end(rest, &depth);
		if (n == 0 || depth < 0 || depth > PDF_NEST_MAX)
			return false;
		rest = str_from(rest, n);
	} while (depth > 0);
	n = (size_t)(rest.p - in->p);
	if (is_digit(in->p[0]))
		n = reference_end(*in, n);
	*value = str_sub(*in, 0, n);
	*in = str_from(*in, n);
	return true;
}

bool
pdf_is_dict(struct str value)
{
	return str_starts(value, S("<<")) && str_ends(value, S(">>"));
}

bool
pdf_get(struct str dict, const char *key, struct str *value)
{
	struct str rest, name;

	if (!pdf_is_dict(dict))
		return false;
	rest = str_sub(dict, 2, dict.n - 4);
	while (pdf_take(&rest, &name) && pdf_take(&rest, value))
		if (pdf_is_name(name, key))
			return true;
	return false;
}

bool
pdf_is_name(struct str value, const char *name)
{
	return str_starts(value, S("/")) && str_eq(str_from(value, 1), str_of(name));
}

bool
pdf_uint(struct str value, uint64_t max, uint64_t *out)
{
	return str_u64(value, max, out) == 0;
}

bool
pdf_ref(struct str value, uint32_t *number)
{
	uint64_t n;

	if (!str_ends(value, S("R")) || value.n < 5 ||
	    str_u64(str_sub(value, 0, word_end(value, 0)), UINT32_MAX, &n) != 0)
		return false;
	*number = (uint32_t)n;
	return true;
}

bool
pdf_array(struct str value, struct str *items)
{
	if (!str_starts(value, S("[")) || !str_ends(value, S("]")))
		return false;
	*items = str_sub(value, 1, value.n - 2);
	return true;
}
