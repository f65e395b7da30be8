/* SPDX-License-Identifier: ISC */
/* stream_pieces.h - for tests of what takes bytes in pieces: stores and sources that cut as the test wants it. */
#ifndef EDIGATE_TESTS_STREAM_PIECES_H
#define EDIGATE_TESTS_STREAM_PIECES_H

#include "mime/stream.h"

/* How bytes come: all at once, one by one, or in pieces of up to so many, by a generator that every run repeats. */
struct pieces {
	size_t max;		/* 0: whole; 1: byte by byte */
	uint32_t random;
};

static inline struct str
pieces_cut(struct pieces *p, struct str rest)
{
	if (p->max == 0)
		return rest;
	p->random = p->random * 1664525u + 1013904223u;
	return str_sub(rest, 0, 1 + (p->random >> 8) % p->max);
}

struct cut_store {
	struct store store;
	struct str all;
	struct pieces how;
};

static inline int
cut_store_get(struct store *s, uint64_t at, struct str *piece, struct err *e)
{
	struct cut_store *c = (struct cut_store *)s;

	(void)e;
	*piece = pieces_cut(&c->how, str_from(c->all, (size_t)at));
	return 0;
}

static inline struct cut_store
cut_store(struct str all, size_t max)
{
	return (struct cut_store){ { NULL, cut_store_get, all.n }, all, { max, (uint32_t)max } };
}

/* A room whose stores give back their bytes in such pieces, so that inner layers come like the outer one. */
struct cut_room {
	struct room room;
	struct arena_room inner;
	size_t max;
};

struct cut_inner {
	struct store store;
	struct store *in;
	struct pieces how;
};

static inline int
cut_inner_put(struct store *s, struct str piece, struct err *e)
{
	struct store *in = ((struct cut_inner *)s)->in;

	s->size += piece.n;
	return in->put(in, piece, e);
}

static inline int
cut_inner_get(struct store *s, uint64_t at, struct str *piece, struct err *e)
{
	struct cut_inner *c = (struct cut_inner *)s;

	if (c->in->get(c->in, at, piece, e) == -1)
		return -1;
	*piece = pieces_cut(&c->how, *piece);
	return 0;
}

static inline struct store *
cut_room_open(struct room *r, struct err *e)
{
	struct cut_room *room = (struct cut_room *)r;
	struct cut_inner *c = arena_new_of(room->inner.a, struct cut_inner);

	*c = (struct cut_inner){ { cut_inner_put, cut_inner_get, 0 },
		room->inner.room.open(&room->inner.room, e), { room->max, (uint32_t)room->max } };
	return &c->store;
}

static inline struct cut_room
cut_room(struct arena *a, size_t max)
{
	return (struct cut_room){ { cut_room_open }, arena_room(a), max };
}

#endif
