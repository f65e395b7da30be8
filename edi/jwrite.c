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
	begin(w, key);
	put(w, str_make(&bracket, 1));
	w->comma = false;
}

void
jw_close(struct jwrite *w, char bracket)
{
	put(w, str_make(&bracket, 1));
	w->comma = true;
}

/* RFC 8259, 7: what must be escaped, and what is better not shown as it is. */
static bool
is_plain(unsigned int c)
{
	return c >= ' ' && c != '"' && c != '\\' && !text_is_control(c);
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

	begin(w, key);
	put(w, S("\""));
	while (rest.n > 0) {
		const char *at = rest.p;
		bool good = text_next(&rest, &c);
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
	begin(w, key);
	if (!w->failed && buf_printf(w->out, w->e, "%" PRIu64, n) == -1)
		w->failed = true;
}

void
jw_bool(struct jwrite *w, const char *key, bool yes)
{
	begin(w, key);
	put(w, yes ? S("true") : S("false"));
}

void
jw_null(struct jwrite *w, const char *key)
{
	begin(w, key);
	put(w, S("null"));
}
