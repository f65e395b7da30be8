/* SPDX-License-Identifier: ISC */
#include "edi/jwrite.h"

#include "edi/text.h"
#include "gateway/base/base64.h"

#include <inttypes.h>

static void
put(struct jwrite *w, struct str s)
{
	if (!w->failed && buf_put(w->out, s, w->e) == -1)
		w->failed = true;
}

static void
put_unit(struct jwrite *w, unsigned int unit)
{
	if (!w->failed && buf_printf(w->out, w->e, "\\u%04x", unit) == -1)
		w->failed = true;
}

static const char *
name_of(const char *key)
{
	return key != NULL ? key : "item";
}

static void
put_tag(struct jwrite *w, const char *open, const char *name)
{
	put(w, str_of(open));
	put(w, str_of(name));
	put(w, S(">"));
}

/* Text between tags: XML 1.0, 2.2 and 2.4. Characters that steer a screen are written as references. */
static void
put_xml_text(struct jwrite *w, struct str rest)
{
	unsigned int c;

	while (rest.n > 0) {
		const char *at = rest.p;
		bool good = text_next(&rest, &c);
		if (!good || (c < ' ' && c != '\n' && c != '\t') || (c & 0xfffe) == 0xfffe)
			put(w, S("\xef\xbf\xbd"));
		else if (c == '&' || c == '<' || c == '>' || text_is_control(c)) {
			if (!w->failed && buf_printf(w->out, w->e, "&#%u;", c) == -1)
				w->failed = true;
		} else
			put(w, str_make(at, (size_t)(rest.p - at)));
	}
}

static void
put_element(struct jwrite *w, const char *key, struct str text)
{
	put_tag(w, "<", name_of(key));
	put_xml_text(w, text);
	put_tag(w, "</", name_of(key));
	put(w, S("\n"));
}

static void
xml_open(struct jwrite *w, const char *key)
{
	const char *name = w->depth == 0 ? "file" : name_of(key);

	if (w->depth == 0)
		put(w, S("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<file xmlns=\"" JW_XML_NS "\">\n"));
	else
		put_tag(w, "<", name);
	if (w->depth < JW_DEPTH_MAX)
		w->open[w->depth] = name;
	else
		w->failed = true;
	w->depth++;
}

static void
xml_close(struct jwrite *w)
{
	w->depth--;
	put_tag(w, "</", w->depth < JW_DEPTH_MAX ? w->open[w->depth] : "item");
	put(w, S("\n"));
}

static void
begin(struct jwrite *w, const char *key)
{
	if (w->comma)
		put(w, S(","));
	w->comma = true;
	if (key == NULL)
		return;
	put(w, S("\""));
	put(w, str_of(key));
	put(w, S("\":"));
}

void
jw_open(struct jwrite *w, const char *key, char bracket)
{
	if (w->xml)
		return xml_open(w, key);
	begin(w, key);
	put(w, str_make(&bracket, 1));
	w->comma = false;
}

void
jw_close(struct jwrite *w, char bracket)
{
	if (w->xml)
		return xml_close(w);
	put(w, str_make(&bracket, 1));
	w->comma = true;
}

/* RFC 8259, 7: what must be escaped, and what is better not shown as it is. */
static bool
is_plain(unsigned int c)
{
	return c >= ' ' && c != '"' && c != '\\' && !text_is_control(c);
}

static bool
is_plain_ascii(char c)
{
	return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
}

static void
put_escaped(struct jwrite *w, unsigned int c)
{
	if (c == '"')
		put(w, S("\\\""));
	else if (c == '\\')
		put(w, S("\\\\"));
	else if (c == '\n')
		put(w, S("\\n"));
	else if (c < 0x10000)
		put_unit(w, c);
	else {
		put_unit(w, 0xd800 + ((c - 0x10000) >> 10));
		put_unit(w, 0xdc00 + (c & 0x3ff));
	}
}

void
jw_text(struct jwrite *w, const char *key, struct str text)
{
	struct str rest = text;
	const char *from = text.p;
	unsigned int c;

	if (w->xml)
		return put_element(w, key, text);
	begin(w, key);
	put(w, S("\""));
	while (rest.n > 0) {
		const char *at = rest.p;
		bool good;
		if (is_plain_ascii(rest.p[0])) {
			rest.p++;
			rest.n--;
			continue;
		}
		good = text_next(&rest, &c);
		if (good && is_plain(c))
			continue;
		put(w, str_make(from, (size_t)(at - from)));
		if (good)
			put_escaped(w, c);
		else
			put(w, S("\xef\xbf\xbd"));
		from = rest.p;
	}
	if (rest.p > from)
		put(w, str_make(from, (size_t)(rest.p - from)));
	put(w, S("\""));
}

void
jw_set(struct jwrite *w, const char *key, struct str text)
{
	if (text.n > 0)
		jw_text(w, key, text);
	else
		jw_null(w, key);
}

void
jw_latin1(struct jwrite *w, const char *key, struct str bytes)
{
	begin(w, key);
	put(w, S("\""));
	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char c = (unsigned char)bytes.p[i];
		char two[2] = { (char)(0xc0 | c >> 6), (char)(0x80 | (c & 0x3f)) };
		if (!is_plain(c))
			put_escaped(w, c);
		else if (c < 0x80)
			put(w, str_sub(bytes, i, 1));
		else
			put(w, str_make(two, 2));
	}
	put(w, S("\""));
}

void
jw_base64(struct jwrite *w, const char *key, struct str bytes)
{
	begin(w, key);
	put(w, S("\""));
	if (!w->failed && base64_put(w->out, bytes, w->e) == -1)
		w->failed = true;
	put(w, S("\""));
}

void
jw_u64(struct jwrite *w, const char *key, uint64_t n)
{
	if (w->xml)
		put_tag(w, "<", name_of(key));
	else
		begin(w, key);
	if (!w->failed && buf_printf(w->out, w->e, "%" PRIu64, n) == -1)
		w->failed = true;
	if (w->xml) {
		put_tag(w, "</", name_of(key));
		put(w, S("\n"));
	}
}

void
jw_bool(struct jwrite *w, const char *key, bool yes)
{
	if (w->xml)
		return put_element(w, key, yes ? S("true") : S("false"));
	begin(w, key);
	put(w, yes ? S("true") : S("false"));
}

void
jw_null(struct jwrite *w, const char *key)
{
	if (w->xml)
		return;
	begin(w, key);
	put(w, S("null"));
}
