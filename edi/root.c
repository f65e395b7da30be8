/* SPDX-License-Identifier: ISC */
#include "edi/root.h"

static bool
skip_past(struct str *in, struct str what)
{
	size_t at;

	if (!str_find(*in, what, &at))
		return false;
	*in = str_from(*in, at + what.n);
	return true;
}

/* <!DOCTYPE ...> with or without an internal subset. */
static bool
skip_doctype(struct str *in)
{
	int depth = 0;

	for (size_t i = 0; i < in->n; i++) {
		if (in->p[i] == '[')
			depth++;
		if (in->p[i] == ']')
			depth--;
		if (in->p[i] == '>' && depth <= 0) {
			*in = str_from(*in, i + 1);
			return true;
		}
	}
	return false;
}

/* XML 1.0, [22] prolog: up to the root's '<' */
static bool
skip_prolog(struct str *in)
{
	if (str_starts(*in, S("\xef\xbb\xbf")))
		*in = str_from(*in, 3);
	for (;;) {
		bool there = true;

		while (in->n > 0 && is_space(in->p[0]))
			*in = str_from(*in, 1);
		if (in->n < 2 || in->p[0] != '<')
			return false;
		if (str_starts(*in, S("<?")))
			there = skip_past(in, S("?>"));
		else if (str_starts(*in, S("<!--")))
			there = skip_past(in, S("-->"));
		else if (str_starts(*in, S("<!DOCTYPE")))
			there = skip_doctype(in);
		else
			return true;
		if (!there)
			return false;
	}
}

static bool
is_name_end(char c)
{
	return is_space(c) || c == '>' || c == '/';
}

bool
xml_root_attribute(struct str *in, struct str *name, struct str *value)
{
	size_t at;

	while (in->n > 0 && is_space(in->p[0]))
		*in = str_from(*in, 1);
	if (in->n == 0 || in->p[0] == '>' || in->p[0] == '/' || !str_chr(*in, '=', &at))
		return false;
	*name = str_trim(str_sub(*in, 0, at));
	*in = str_from(*in, at + 1);
	while (in->n > 0 && is_space(in->p[0]))
		*in = str_from(*in, 1);
	if (in->n == 0 || (in->p[0] != '"' && in->p[0] != '\'') || !str_chr(str_from(*in, 1), in->p[0], &at))
		return false;
	*value = str_sub(*in, 1, at);
	*in = str_from(*in, at + 2);
	return true;
}

bool
xml_root_find(struct str head, struct xml_root *out)
{
	struct str in = head, prefix = S(""), name, value;
	size_t n = 1, at;

	*out = (struct xml_root){ .whole = false };
	if (!skip_prolog(&in))
		return false;
	while (n < in.n && !is_name_end(in.p[n]))
		n++;
	if (n == in.n || n == 1 || in.p[1] == '!')
		return false;
	out->tag = out->local = str_sub(in, 1, n - 1);
	if (str_chr(out->tag, ':', &at)) {
		prefix = str_sub(out->tag, 0, at);
		out->local = str_from(out->tag, at + 1);
	}
	in = out->attributes = str_from(in, n);
	while (xml_root_attribute(&in, &name, &value))
		if (prefix.n == 0 ? str_eq(name, S("xmlns")) :
		    str_starts(name, S("xmlns:")) && str_eq(str_from(name, 6), prefix))
			out->ns = value;
	out->empty = str_starts(in, S("/>"));
	out->whole = out->empty || str_starts(in, S(">"));
	return true;
}

struct str
xml_narrow(struct str in, char *to, size_t size)
{
	bool marked_le = str_starts(in, S("\xff\xfe")), marked_be = str_starts(in, S("\xfe\xff"));
	bool le = marked_le || str_starts(in, S("<\0")), be = marked_be || str_starts(in, S("\0<"));
	size_t n = 0;

	if (!le && !be)
		return in;
	for (size_t i = marked_le || marked_be ? 2 : 0; i + 1 < in.n && n < size; i += 2) {
		char high = in.p[le ? i + 1 : i], low = in.p[le ? i : i + 1];
		to[n++] = high == '\0' && (unsigned char)low < 0x80 ? low : '?';
	}
	return str_make(to, n);
}
