/* SPDX-License-Identifier: ISC */
#include "gateway/base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BLOCK 8192u

struct block {
	struct block *next;
	size_t n, size;
	alignas(max_align_t) char bytes[];
};

struct arena {
	struct block *top;	/* newest first */
	size_t used, cap;
};

static struct block *
block_new(size_t size, struct block *next)
{
	struct block *b = calloc(1, sizeof(*b) + size);

	if (b == NULL)
		abort();
	b->size = size;
	b->next = next;
	return b;
}

struct arena *
arena_new(size_t cap)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (a == NULL)
		abort();
	a->cap = cap;
	a->top = block_new(ARENA_BLOCK, NULL);
	return a;
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	for (struct block *b = a->top, *next; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	free(a);
}

void
arena_reset(struct arena *a)
{
	while (a->top->next != NULL) {
		struct block *next = a->top->next;
		free(a->top);
		a->top = next;
	}
	memset(a->top->bytes, 0, a->top->n);
	a->top->n = 0;
	a->used = 0;
}

size_t
arena_used(const struct arena *a)
{
	return a->used;
}

void *
arena_get(struct arena *a, size_t n)
{
	size_t need = (n + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	void *p;

	if (need < n || need > a->cap || a->used > a->cap - need)
		abort();
	if (need > a->top->size - a->top->n) {
		size_t size = a->top->size < (1u << 20) ? a->top->size * 2 : a->top->size;
		a->top = block_new(need > size ? need : size, a->top);
	}
	p = a->top->bytes + a->top->n;
	a->top->n += need;
	a->used += need;
	return p;
}

void *
arena_get_array(struct arena *a, size_t count, size_t size)
{
	size_t n;

	if (__builtin_mul_overflow(count, size, &n))
		abort();
	return arena_get(a, n);
}

struct str
str_dup(struct arena *a, struct str s)
{
	return str_make(str_cstr(a, s), s.n);
}

char *
str_cstr(struct arena *a, struct str s)
{
	char *p = arena_get(a, s.n + 1);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return p;
}

struct str
str_cat(struct arena *a, struct str x, struct str y)
{
	char *p = arena_get(a, x.n + y.n + 1);

	if (x.n > 0)
		memcpy(p, x.p, x.n);
	if (y.n > 0)
		memcpy(p + x.n, y.p, y.n);
	return str_make(p, x.n + y.n);
}

struct str
str_fmt(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *p;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	assert(n >= 0);
	p = arena_get(a, (size_t)n + 1);
	(void)vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return str_make(p, (size_t)n);
}

struct str
str_lower(struct arena *a, struct str s)
{
	char *p = str_cstr(a, s);

	for (size_t i = 0; i < s.n; i++)
		p[i] = to_lower(p[i]);
	return str_make(p, s.n);
}
