/* SPDX-License-Identifier: ISC */
#include "edi/seg_write.h"

#include <inttypes.h>
#include <stdio.h>

static void
put(struct seg_writer *w, struct str s)
{
	if (w->rc == 0)
		w->rc = buf_put(w->out, s, w->err);
}

static void
put_char(struct seg_writer *w, char c)
{
	put(w, str_make(&c, 1));
}

/* Empty elements and components are written only where something follows them. */
static void
put_owed(struct seg_writer *w)
{
	for (; w->elements > 0; w->elements--)
		put_char(w, w->signs.elem);
	for (; w->components > 0; w->components--)
		put_char(w, w->signs.comp);
}

/* Would c, in a value, be read as a sign? */
static bool
is_sign(const struct seg_writer *w, char c)
{
	const struct seg_signs *g = &w->signs;

	if (c == g->elem || (g->term_n == 1 && c == g->term[0]) || (unsigned char)c == g->release)
		return true;
	return w->protects && (c == g->comp || (unsigned char)c == g->rep);
}

static void
put_value(struct seg_writer *w, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool sign = is_sign(w, s.p[i]), low = (unsigned char)s.p[i] < 0x20;

		if (sign && !low && w->signs.release >= 0)
			put_char(w, (char)w->signs.release);
		low = low || (sign && w->signs.release < 0);
		w->lossy |= low;
		put_char(w, low ? ' ' : s.p[i]);
	}
}

void
seg_write_tag(struct seg_writer *w, const char *tag)
{
	w->elements = w->components = 0;
	put(w, str_of(tag));
}

static void
add(struct seg_writer *w, struct str value)
{
	value = str_trim(str_sub(value, 0, w->value_max > 0 ? w->value_max : SEG_WRITE_VALUE_MAX));
	if (value.n == 0)
		return;
	put_owed(w);
	put_value(w, value);
}

void
seg_write(struct seg_writer *w, struct str value)
{
	w->elements++;
	w->components = 0;
	add(w, value);
}

void
seg_write_more(struct seg_writer *w, struct str value)
{
	w->components++;
	add(w, value);
}

void
seg_write_skip(struct seg_writer *w, unsigned int elements)
{
	w->elements += elements;
	w->components = 0;
}

void
seg_write_n(struct seg_writer *w, uint64_t n, unsigned int digits)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%0*" PRIu64, (int)digits, n);
	seg_write(w, str_of(text));
}

void
seg_write_more_n(struct seg_writer *w, uint64_t n)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, n);
	seg_write_more(w, str_of(text));
}

void
seg_write_fixed(struct seg_writer *w, struct str value, size_t width)
{
	value = str_sub(value, 0, width);
	w->elements++;
	put_owed(w);
	put_value(w, value);
	for (size_t i = value.n; i < width; i++)
		put_char(w, ' ');
}

void
seg_write_raw(struct seg_writer *w, struct str sign)
{
	w->elements++;
	put_owed(w);
	put(w, sign);
}

void
seg_write_end(struct seg_writer *w)
{
	put(w, str_make(w->signs.term, w->signs.term_n));
	put(w, w->eol);
	w->segments++;
	w->elements = w->components = 0;
}
