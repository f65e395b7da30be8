/* SPDX-License-Identifier: ISC */
#include "gateway/base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_FIRST 256

struct str
buf_str(const struct buf *b)
{
	return (struct str){ b->p, b->n };
}

char *
buf_room(struct buf *b, size_t n, struct err *e)
{
	size_t size = b->size;

	if (n > b->cap || b->n > b->cap - n) {
		(void)err_set(e, ERR_INPUT, "more than %zu bytes", b->cap);
		return NULL;
	}
	if (b->n + n <= size && b->p != NULL)
		return b->p + b->n;
	if (size == 0)
		size = BUF_FIRST;
	while (size < b->n + n)
		size = size > b->cap / 2 ? b->cap : size * 2;
	b->p = realloc(b->p, size);
	if (b->p == NULL)
		abort();
	b->size = size;
	return b->p + b->n;
}

void
buf_grew(struct buf *b, size_t n)
{
	assert(n <= b->size - b->n);
	b->n += n;
}

int
buf_put(struct buf *b, struct str s, struct err *e)
{
	char *room = buf_room(b, s.n, e);

	if (room == NULL)
		return -1;
	if (s.n > 0)
		memcpy(room, s.p, s.n);
	b->n += s.n;
	return 0;
}

int
buf_putc(struct buf *b, char c, struct err *e)
{
	return buf_put(b, str_make(&c, 1), e);
}

int
buf_printf(struct buf *b, struct err *e, const char *fmt, ...)
{
	va_list ap, again;
	char *room;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	assert(n >= 0);
	/* One more for the NUL that vsnprintf writes; it is not counted into b->n. */
	room = buf_room(b, (size_t)n + 1, e);
	if (room != NULL) {
		(void)vsnprintf(room, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
	return room == NULL ? -1 : 0;
}

void
buf_drop(struct buf *b, size_t n)
{
	assert(n <= b->n);
	if (n == 0)
		return;
	memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
}

void
buf_cut(struct buf *b, size_t n)
{
	assert(n <= b->n);
	b->n = n;
}

void
buf_clear(struct buf *b)
{
	free(b->p);
	*b = BUF_CAP(b->cap);
}

void
buf_wipe(struct buf *b)
{
	if (b->p != NULL)
		explicit_bzero(b->p, b->size);
	buf_clear(b);
}
