/* SPDX-License-Identifier: ISC */
#include "edi/jwrite.h"

#include "edi/text.h"
#include "gateway/base/base64.h"

#include <inttypes.h>
#include <string.h>

/* Room for n bytes more, of which any number may be used; NULL when this writer has failed. */
char *
jw_room(struct jwrite *w, size_t n)
{
	struct buf *b = w->out;
	char *to;

	if (w->failed)
		return NULL;
	if (b->size - b->n >= n)
		return b->p + b->n;
	to = buf_room(b, n, w->e);
	w->failed = to == NULL;
	return to;
}

void
jw_used(struct jwrite *w, const char *end)
{
	w->out->n = (size_t)(end - w->out->p);
}

static void
put(struct jwrite *w, struct str s)
{
	char *to = jw_room(w, s.n);

	if (to == NULL || s.n == 0)
		return;
	memcpy(to, s.p, s.n);
	jw_used(w, to + s.n);
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

#define LEAD_MAX 4u	/* a comma; quotes around a key, and its colon */

/* What stands before a value, and room for n bytes of it; NULL when this writer has failed. */
static char *
begin(struct jwrite *w, const char *key, size_t n)
{
	size_t key_n = key != NULL ? strlen(key) : 0;
	char *to = jw_room(w, LEAD_MAX + key_n + n);

	if (to == NULL)
		return NULL;
	if (w->comma)
		*to++ = ',';
	w->comma = true;
	if (key == NULL)
		return to;
	*to++ = '"';
	memcpy(to, key, key_n);
	to += key_n;
	*to++ = '"';
	*to++ = ':';
	return to;
}

/* A value of a few bytes that are known. */
static void
put_value(struct jwrite *w, const char *key, struct str value)
{
	char *to = begin(w, key, value.n);

	if (to == NULL)
		return;
	memcpy(to, value.p, value.n);
	jw_used(w, to + value.n);
}

void
jw_open(struct jwrite *w, const char *key, char bracket)
{
	if (w->xml)
		return xml_open(w, key);
	put_value(w, key, str_make(&bracket, 1));
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

/* 1 for what stands in a string as it is, without being looked at any further: ASCII but controls, '"' and '\\'. */
static const unsigned char plain[256] = {
	[' ' ... '!'] = 1,
	['#' ... '['] = 1,
	[']' ... '~'] = 1,
};

#define EACH_BYTE(c) (UINT64_C(0x0101010101010101) * (c))

/* Are these eight bytes plain? Some that are may be denied: bits carry from a lower byte that is not. */
static bool
eight_plain(uint64_t x)
{
	uint64_t quote = x ^ EACH_BYTE('"'), back = x ^ EACH_BYTE('\\');
	uint64_t odd = (x - EACH_BYTE(' ')) | (x + EACH_BYTE(1)) | (quote - EACH_BYTE(1)) |
	    (back - EACH_BYTE(1)) | x;

	return (odd & EACH_BYTE(0x80)) == 0;
}

size_t
jw_plain(char *to, struct str s)
{
	size_t n = 0;
	uint64_t eight;

	for (; n + sizeof(eight) <= s.n; n += sizeof(eight)) {
		memcpy(&eight, s.p + n, sizeof(eight));
		if (!eight_plain(eight))
			break;
		memcpy(to + n, &eight, sizeof(eight));
	}
	for (; n < s.n && plain[(unsigned char)s.p[n]]; n++)
		to[n] = s.p[n];
	return n;
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

/* What is not plain throughout: it is looked at character by character, and may grow. */
static void
put_rest(struct jwrite *w, struct str rest)
{
	const char *from = rest.p;
	unsigned int c;

	while (rest.n > 0) {
		const char *at = rest.p;
		bool good;
		if (plain[(unsigned char)rest.p[0]]) {
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
	put(w, str_make(from, (size_t)(rest.p - from)));
}

void
jw_text(struct jwrite *w, const char *key, struct str text)
{
	char *to;
	size_t n;

	if (w->xml)
		return put_element(w, key, text);
	to = begin(w, key, text.n + 2);
	if (to == NULL)
		return;
	*to++ = '"';
	n = jw_plain(to, text);
	to += n;
	if (n < text.n) {
		jw_used(w, to);
		put_rest(w, str_from(text, n));
		to = jw_room(w, 1);
		if (to == NULL)
			return;
	}
	*to++ = '"';
	jw_used(w, to);
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
	put_value(w, key, S("\""));
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
	put_value(w, key, S("\""));
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
		put_value(w, key, S(""));
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
	put_value(w, key, yes ? S("true") : S("false"));
}

void
jw_null(struct jwrite *w, const char *key)
{
	if (w->xml)
		return;
	put_value(w, key, S("null"));
}
