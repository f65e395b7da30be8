/* SPDX-License-Identifier: ISC */
#include "mime/stream.h"

#include <assert.h>
#include <string.h>

#include "gateway/base/base64.h"

#define LINE_CHARS     78		/* of base64 with its line end */
#define WINDOW_LINES   (STREAM_WINDOW / BASE64_LINE_BYTES)
#define BLOCK_MIN      4096u
#define BLOCK_MAX      (1u << 20)

struct span
span_str(struct str s)
{
	return (struct span){ .p = s.p == NULL ? "" : s.p, .n = s.n };
}

struct span
span_store(struct store *s)
{
	return (struct span){ .in = s, .n = s->size };
}

bool
span_is_set(struct span s)
{
	return s.in != NULL || s.p != NULL;
}

struct str
span_mem(struct span s)
{
	assert(s.in == NULL);
	return str_make(s.p + s.at, (size_t)s.n);
}

struct span
span_sub(struct span s, uint64_t at, uint64_t n)
{
	if (at > s.n)
		at = s.n;
	s.at += at;
	s.n = n < s.n - at ? n : s.n - at;
	return s;
}

/* The next piece of what is left. */
static int
span_next(struct source *source, struct str *piece, struct err *e)
{
	struct span *s = &((struct span_source *)source)->rest;

	*piece = S("");
	if (s->n == 0)
		return 0;
	if (s->in == NULL)
		*piece = str_make(s->p + s->at, (size_t)s->n);
	else if (s->in->get(s->in, s->at, piece, e) == -1)
		return -1;
	if (piece->n == 0)
		return err_set(e, ERR_RETRY, "%llu bytes are missing", (unsigned long long)s->n);
	*piece = str_sub(*piece, 0, (size_t)s->n);
	*s = span_sub(*s, piece->n, UINT64_MAX);
	return 0;
}

struct span_source
span_source(struct span s)
{
	return (struct span_source){ { span_next }, s };
}

int
stream_pump(struct source *from, struct sink *to, struct err *e)
{
	struct str piece;

	do {
		if (from->next(from, &piece, e) == -1 || (piece.n > 0 && to->put(to, piece, e) == -1))
			return -1;
	} while (piece.n > 0);
	return 0;
}

int
span_put(struct span s, struct sink *to, struct err *e)
{
	struct span_source from = span_source(s);

	return stream_pump(&from.source, to, e);
}

int
span_join(struct arena *a, struct span s, size_t max, struct str *out, struct err *e)
{
	struct span_source from = span_source(s);
	struct str piece;
	size_t at = 0;
	char *to;

	if (s.n > max)
		return err_set(e, ERR_INPUT, "%llu bytes, want at most %zu", (unsigned long long)s.n, max);
	if (s.in == NULL) {
		*out = str_make(s.p + s.at, (size_t)s.n);
		return 0;
	}
	to = arena_get(a, (size_t)s.n + 1);
	for (; at < s.n; at += piece.n) {
		if (span_next(&from.source, &piece, e) == -1)
			return -1;
		memcpy(to + at, piece.p, piece.n);
	}
	*out = str_make(to, at);
	return 0;
}

/* ---- ends in memory */

static int
buf_sink_put(struct sink *s, struct str piece, struct err *e)
{
	return buf_put(((struct buf_sink *)s)->to, piece, e);
}

struct buf_sink
buf_sink(struct buf *to)
{
	return (struct buf_sink){ { buf_sink_put }, to };
}

static int
store_sink_put(struct sink *s, struct str piece, struct err *e)
{
	struct store *to = ((struct store_sink *)s)->to;

	return to->put(to, piece, e);
}

struct store_sink
store_sink(struct store *to)
{
	return (struct store_sink){ { store_sink_put }, to };
}

struct block {
	struct block *next;
	uint64_t at;		/* of its first byte in the store */
	size_t n, size;
	char *bytes;
};

struct arena_store {
	struct store store;
	struct arena_room *room;
	struct block *first, *last, *recent;	/* recent: where the last reader was */
};

static void
add_block(struct arena_store *s)
{
	struct block *b = arena_new_of(s->room->a, struct block);
	size_t twice = s->last == NULL ? BLOCK_MIN : s->last->size * 2;

	b->at = s->store.size;
	b->size = twice < BLOCK_MAX ? twice : BLOCK_MAX;
	b->bytes = arena_get(s->room->a, b->size);
	*(s->last == NULL ? &s->first : &s->last->next) = b;
	s->last = b;
}

static int
arena_store_put(struct store *store, struct str piece, struct err *e)
{
	struct arena_store *s = (struct arena_store *)store;

	if (piece.n > s->room->left)
		return err_set(e, ERR_INPUT, "over %u bytes, too much for memory", ARENA_ROOM_MAX);
	s->room->left -= piece.n;
	while (piece.n > 0) {
		if (s->last == NULL || s->last->n == s->last->size)
			add_block(s);
		struct str part = str_sub(piece, 0, s->last->size - s->last->n);
		memcpy(s->last->bytes + s->last->n, part.p, part.n);
		s->last->n += part.n;
		store->size += part.n;
		piece = str_from(piece, part.n);
	}
	return 0;
}

static int
arena_store_get(struct store *store, uint64_t at, struct str *piece, struct err *e)
{
	struct arena_store *s = (struct arena_store *)store;
	struct block *b = s->recent != NULL && s->recent->at <= at ? s->recent : s->first;

	(void)e;
	while (b != NULL && at - b->at >= b->n)
		b = b->next;
	*piece = b == NULL ? S("") : str_from(str_make(b->bytes, b->n), (size_t)(at - b->at));
	s->recent = b;
	return 0;
}

static struct store *
arena_room_open(struct room *r, struct err *e)
{
	struct arena_room *room = (struct arena_room *)r;
	struct arena_store *s = arena_new_of(room->a, struct arena_store);

	(void)e;
	*s = (struct arena_store){ .store = { arena_store_put, arena_store_get, 0 }, .room = room };
	return &s->store;
}

struct arena_room
arena_room(struct arena *a)
{
	return (struct arena_room){ { arena_room_open }, a, ARENA_ROOM_MAX };
}

/* ---- base64 */

uint64_t
base64_lines_size(uint64_t n)
{
	return (n + 2) / 3 * 4 + (n + BASE64_LINE_BYTES - 1) / BASE64_LINE_BYTES * 2;
}

static int
put_lines(struct base64_sink *s, struct str bytes, struct err *e)
{
	buf_cut(&s->lines, 0);
	return base64_put_lines(&s->lines, bytes, e) == -1 ? -1 : s->to->put(s->to, buf_str(&s->lines), e);
}

/* Whole lines go on at once; the start of one waits for the rest of it. */
static int
base64_sink_put(struct sink *sink, struct str piece, struct err *e)
{
	struct base64_sink *s = (struct base64_sink *)sink;

	while (piece.n > 0) {
		struct str lines = str_sub(piece, 0, WINDOW_LINES * BASE64_LINE_BYTES);
		lines.n -= lines.n % BASE64_LINE_BYTES;
		if (s->n > 0 || lines.n == 0) {
			struct str part = str_sub(piece, 0, sizeof(s->line) - s->n);
			memcpy(s->line + s->n, part.p, part.n);
			s->n += part.n;
			piece = str_from(piece, part.n);
			if (s->n == sizeof(s->line) && base64_sink_end(s, e) == -1)
				return -1;
			continue;
		}
		if (put_lines(s, lines, e) == -1)
			return -1;
		piece = str_from(piece, lines.n);
	}
	return 0;
}

struct base64_sink
base64_sink(struct sink *to)
{
	return (struct base64_sink){
		.sink = { base64_sink_put }, .to = to, .lines = BUF_CAP(WINDOW_LINES * LINE_CHARS)
	};
}

int
base64_sink_end(struct base64_sink *s, struct err *e)
{
	struct str line = { s->line, s->n };

	s->n = 0;
	return line.n == 0 ? 0 : put_lines(s, line, e);
}

void
base64_sink_clear(struct base64_sink *s)
{
	buf_clear(&s->lines);
}
