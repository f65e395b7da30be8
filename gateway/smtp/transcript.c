/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/transcript.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LINE_ROOM (TRANSCRIPT_LINE_MAX + 7)	/* with "-- " before it and "...\n" behind */
#define LEFT_OUT  S("-- (what was said before is left out)\n")

/* Make room for n bytes more: a quarter goes at once, whole lines, so that a flood does not move all for each line. */
static void
drop_oldest(struct transcript *t, size_t n)
{
	struct str rest = str_from(buf_str(&t->text), TRANSCRIPT_MAX / 4);
	size_t at;

	if (t->text.n + n <= TRANSCRIPT_MAX)
		return;
	rest = str_chr(rest, '\n', &at) ? str_from(rest, at + 1) : S("");
	buf_drop(&t->text, t->text.n - rest.n - LEFT_OUT.n);
	memcpy(t->text.p, LEFT_OUT.p, LEFT_OUT.n);	/* over the end of what goes */
}

static void
put_line(struct transcript *t, enum transcript_who who, struct str line)
{
	static const char *const prefixes[] = {
		[TRANSCRIPT_SERVER] = "S: ", [TRANSCRIPT_CLIENT] = "C: ", [TRANSCRIPT_NOTE] = "-- ",
	};
	bool whole = line.n <= TRANSCRIPT_LINE_MAX;
	int rc;

	line = str_sub(line, 0, TRANSCRIPT_LINE_MAX);
	drop_oldest(t, LINE_ROOM);
	rc = buf_put(&t->text, str_of(prefixes[who]), NULL);
	for (size_t i = 0; i < line.n; i++)
		rc |= buf_putc(&t->text, line.p[i] < 0x20 || line.p[i] > 0x7e ? '?' : line.p[i], NULL);
	rc |= buf_put(&t->text, whole ? S("\n") : S("...\n"), NULL);
	assert(rc == 0);
}

void
transcript_put(struct transcript *t, enum transcript_who who, struct str lines)
{
	struct str line;

	if (t == NULL)
		return;
	while (str_next_line(&lines, &line))
		put_line(t, who, line);
	if (lines.n > 0)
		put_line(t, who, lines);
}

void
transcript_putf(struct transcript *t, enum transcript_who who, const char *fmt, ...)
{
	char text[TRANSCRIPT_LINE_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	transcript_put(t, who, str_of(text));
}

struct str
transcript_str(const struct transcript *t)
{
	return buf_str(&t->text);
}

void
transcript_begin(struct transcript *t)
{
	buf_cut(&t->text, 0);
}

void
transcript_clear(struct transcript *t)
{
	buf_clear(&t->text);
}
