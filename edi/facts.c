/* SPDX-License-Identifier: ISC */
#include "edi/facts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FIRST_ITEMS 8u	/* arrays begin with this many and double */

/* Make room for item n of an array of the arena; what was outgrown stays in the arena until it ends. */
static void *
grow(struct arena *a, void *items, size_t n, size_t size)
{
	void *bigger;

	if (n == 0)
		return arena_get_array(a, FIRST_ITEMS, size);
	if (n < FIRST_ITEMS || (n & (n - 1)) != 0)
		return items;
	bigger = arena_get_array(a, 2 * n, size);
	memcpy(bigger, items, n * size);
	return bigger;
}

bool
facts_has_room(const struct edi_facts *out)
{
	return out->n_problems_kept < EDI_PROBLEMS_KEPT;
}

const char *
facts_show_long(struct arena *a, struct str value, size_t max)
{
	static const char hex[] = "0123456789abcdef";
	size_t shown = value.n > max ? max : value.n;
	char *text = arena_get(a, 4 * shown + sizeof("..."));
	char *to = text;

	for (size_t i = 0; i < shown; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if (c >= 0x20 && c < 0x7f) {
			*to++ = (char)c;
			continue;
		}
		*to++ = '\\';
		*to++ = 'x';
		*to++ = hex[c >> 4];
		*to++ = hex[c & 15];
	}
	if (shown < value.n)
		memcpy(to, "...", 3);
	return text;
}

const char *
facts_show(struct arena *a, struct str value)
{
	return facts_show_long(a, value, EDI_SHOWN_MAX);
}

void
facts_message(struct arena *a, struct edi_facts *out, const struct edi_message *m)
{
	if (out->n_messages++ == 0) {
		out->type = m->type;
		out->number = m->number;
	}
	if (out->n_kept == EDI_MESSAGES_KEPT)
		return;
	out->messages = grow(a, out->messages, out->n_kept, sizeof(*out->messages));
	out->messages[out->n_kept++] = *m;
}

/* Apart from facts_problem(), which a hostile input calls millions of times: past the limit that costs no buffer. */
__attribute__((noinline, format(printf, 5, 0))) static void
keep_problem(struct arena *a, struct edi_facts *out, struct edi_place at, const char *code,
    const char *fmt, va_list ap)
{
	struct edi_problem *p;
	char text[ERR_TEXT_MAX];

	vsnprintf(text, sizeof(text), fmt, ap);
	out->problems = grow(a, out->problems, out->n_problems_kept, sizeof(*out->problems));
	p = &out->problems[out->n_problems_kept++];
	p->code = code;
	p->offset = at.offset;
	p->segment = at.segment;
	p->element = at.element;
	p->component = at.component;
	p->text = str_dup(a, str_of(text));
}

void
facts_problem(struct arena *a, struct edi_facts *out, struct edi_place at, const char *code,
    const char *fmt, ...)
{
	va_list ap;

	out->verdict = EDI_BROKEN;
	out->n_problems++;
	if (!facts_has_room(out))
		return;
	va_start(ap, fmt);
	keep_problem(a, out, at, code, fmt, ap);
	va_end(ap);
}
