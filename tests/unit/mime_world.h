/* SPDX-License-Identifier: ISC */
/* mime_world.h - for tests of mime/: two companies and a stranger with their keys, and short ways to say things. */
#ifndef EDIGATE_TESTS_MIME_WORLD_H
#define EDIGATE_TESTS_MIME_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "mime/as1.h"
#include "tests/keys/keys.h"

struct side {
	struct cert_set *certs;
	struct cert_key *key;
};

struct world {
	struct arena *a;
	struct side nordwind, acme, stranger;
	struct err e;
};

static inline void
side_read(struct side *s, const char *cert, const char *key)
{
	struct err e;

	assert_int_equal(cert_set_read(str_of(cert), &s->certs, &e), 0);
	assert_int_equal(cert_key_read(str_of(key), &s->key, &e), 0);
}

static inline int
world_new(void **state)
{
	static struct world w;

	w = (struct world){ .a = arena_new(256u << 20) };
	side_read(&w.nordwind, KEYS_NORDWIND_CERT, KEYS_NORDWIND_KEY);
	side_read(&w.acme, KEYS_ACME_CERT, KEYS_ACME_KEY);
	side_read(&w.stranger, KEYS_STRANGER_CERT, KEYS_STRANGER_KEY);
	*state = &w;
	return 0;
}

static inline int
world_free(void **state)
{
	struct world *w = *state;
	struct side *sides[] = { &w->nordwind, &w->acme, &w->stranger };

	for (size_t i = 0; i < N(sides); i++) {
		cert_set_free(sides[i]->certs);
		cert_key_free(sides[i]->key);
	}
	arena_free(w->a);
	return 0;
}

/* Packed in memory. */
static inline int
world_pack(struct world *w, const struct as1_document *d, struct buf *mail, struct mic_set *mics)
{
	struct arena_room room = arena_room(w->a);
	struct buf_sink to = buf_sink(mail);

	return as1_pack(w->a, d, &room.room, &to.sink, mics, &w->e);
}

/* Shows both when they differ; NULs and all. */
#define assert_str(is, want)                                                                       \
	do {                                                                                       \
		struct str is_ = (is), want_ = (want);                                             \
		if (!str_eq(is_, want_))                                                           \
			fail_msg("is '" STR_FMT "', want '" STR_FMT "'", STR_ARG(is_), STR_ARG(want_)); \
	} while (0)

#define assert_ok(w, call)                                                                         \
	do {                                                                                       \
		if ((call) == -1)                                                                  \
			fail_msg("%s: %s", #call, (w)->e.text);                                    \
	} while (0)

/* All byte values, twice, in a row that no line end or quote escapes. */
static inline struct str
all_bytes(void)
{
	static char b[512];

	for (size_t i = 0; i < sizeof(b); i++)
		b[i] = (char)(i < 256 ? i : 511 - i);
	return str_make(b, sizeof(b));
}

#endif
