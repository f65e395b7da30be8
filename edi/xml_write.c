/* SPDX-License-Identifier: ISC */
#include "edi/xml_write.h"

#include "edi/text.h"

#include <assert.h>

#define REPLACEMENT S("\xef\xbf\xbd")

static void
put(struct xml_write *w, struct str s)
{
	w->failed = w->failed || buf_put(w->out, s, w->e) == -1;
}

static bool
may_stand(unsigned int c)
{
	return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0xfffe) || c > 0xffff;
}

static void
put_escaped(struct xml_write *w, struct str s)
{
	while (s.n > 0) {
		struct str before = s;
		unsigned int c;
		bool good = text_next(&s, &c);
		if (!good || !may_stand(c))
			put(w, REPLACEMENT);
		else if (c == '&' || c == '<' || c == '>' || c == '"')
			put(w, c == '&'   ? S("&amp;")
			       : c == '<' ? S("&lt;")
			       : c == '>' ? S("&gt;")
			                  : S("&quot;"));
		else
			put(w, str_sub(before, 0, before.n - s.n));
	}
}

static void
indent(struct xml_write *w)
{
	for (unsigned int i = 0; i < w->depth; i++)
		put(w, S("  "));
}

void
xml_raw(struct xml_write *w, const char *markup)
{
	put(w, str_of(markup));
}

void
xml_open(struct xml_write *w, const char *name)
{
	assert(w->depth < XML_WRITE_DEPTH_MAX);
	indent(w);
	put(w, S("<"));
	put(w, str_of(name));
	put(w, S(">\n"));
	w->open[w->depth++] = name;
}

void
xml_close(struct xml_write *w)
{
	assert(w->depth > 0);
	w->depth--;
	indent(w);
	put(w, S("</"));
	put(w, str_of(w->open[w->depth]));
	put(w, S(">\n"));
}

void
xml_text(struct xml_write *w, const char *name, const char *attribute, struct str value,
         struct str text)
{
	if (text.n == 0)
		return;
	indent(w);
	put(w, S("<"));
	put(w, str_of(name));
	if (attribute != NULL && value.n > 0) {
		put(w, S(" "));
		put(w, str_of(attribute));
		put(w, S("=\""));
		put_escaped(w, value);
		put(w, S("\""));
	}
	put(w, S(">"));
	put_escaped(w, text);
	put(w, S("</"));
	put(w, str_of(name));
	put(w, S(">\n"));
}
