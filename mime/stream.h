/* SPDX-License-Identifier: ISC */
/*
 * stream.h - bytes that may be too many for memory: where they come from, where they go, and where they rest between two
 * layers of a mail. Whoever calls mime/ makes the ends of these; what lies between them holds windows of some KiB.
 */
#ifndef EDIGATE_MIME_STREAM_H
#define EDIGATE_MIME_STREAM_H

#include "gateway/base/arena.h"
#include "gateway/base/buf.h"
#include "gateway/base/err.h"

#define STREAM_WINDOW 16384u	/* bytes that a stage has in hand */

/* Takes bytes, piece by piece; they are lent for the call. The first fault ends it: nothing is put after a -1. */
struct sink {
	int (*put)(struct sink *s, struct str piece, struct err *e);
};

/* Gives bytes: a piece of any length, lent until the next call; an empty one is the end, and stays it. */
struct source {
	int (*next)(struct source *s, struct str *piece, struct err *e);
};

/* Written from the front to the end, then read from any place. The caller's, who ends it with its room. */
struct store {
	int (*put)(struct store *s, struct str piece, struct err *e);
	/* Some of the bytes from at on, at below size; lent until the next call for this store. */
	int (*get)(struct store *s, uint64_t at, struct str *piece, struct err *e);
	uint64_t size;
};

/* Makes stores: what comes off a layer is put into one. */
struct room {
	struct store *(*open)(struct room *r, struct err *e);	/* NULL with e */
};

/* A part of a store; or, with in NULL, bytes that lie in memory. */
struct span {
	struct store *in;
	const char *p;
	uint64_t at, n;
};
struct span span_str(struct str s);
struct span span_store(struct store *s);			/* all that is in it so far */
bool span_is_set(struct span s);
struct str span_mem(struct span s);				/* of one that lies in memory */
struct span span_sub(struct span s, uint64_t at, uint64_t n);	/* cut to what is there, as str_sub() */

/* In one slice, of memory when it lies there, else a copy in the arena. ERR_INPUT when it is over max. */
int span_join(struct arena *a, struct span s, size_t max, struct str *out, struct err *e);

struct span_source {
	struct source source;
	struct span rest;
};
struct span_source span_source(struct span s);

int stream_pump(struct source *from, struct sink *to, struct err *e);	/* all of it */
int span_put(struct span s, struct sink *to, struct err *e);

/* ---- ends for those who have memory: tests, and whatever is known to be small */

struct buf_sink {
	struct sink sink;
	struct buf *to;
};
struct buf_sink buf_sink(struct buf *to);	/* over its cap: ERR_INPUT */

struct store_sink {
	struct sink sink;
	struct store *to;
};
struct store_sink store_sink(struct store *to);

/* Stores in an arena, which all together take so much; more is ERR_INPUT. */
#define ARENA_ROOM_MAX (128u << 20)
struct arena_room {
	struct room room;
	struct arena *a;
	size_t left;
};
struct arena_room arena_room(struct arena *a);

/* ---- stages */

/* Lines of base64 (RFC 2045, 6.8), as base64_put_lines() makes them. end writes the last one; clear after every use. */
#define BASE64_LINE_BYTES 57
struct base64_sink {
	struct sink sink;
	struct sink *to;
	char line[BASE64_LINE_BYTES];
	size_t n;
	struct buf lines;
};
struct base64_sink base64_sink(struct sink *to);
int  base64_sink_end(struct base64_sink *s, struct err *e);
void base64_sink_clear(struct base64_sink *s);
uint64_t base64_lines_size(uint64_t n);		/* what n bytes become */

#endif
