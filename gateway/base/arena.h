/* SPDX-License-Identifier: ISC */
/*
 * arena.h - memory for one unit of work (one document, one SMTP transaction, one request): all
 * that is learnt goes there, one call ends it. A function that allocates for its caller takes a
 * struct arena first. Memory comes zeroed and aligned for any type.
 *
 * Going over the cap, or out of memory, ends the process: every size from outside has met a cap of
 * its own before, the supervisor restarts the role, and the attempt was counted beforehand.
 */
#ifndef EDIGATE_BASE_ARENA_H
#define EDIGATE_BASE_ARENA_H

#include "gateway/base/str.h"

struct arena;

struct arena *arena_new(size_t cap);
void arena_free(struct arena *a);			/* takes NULL */
void arena_reset(struct arena *a);			/* forget everything, keep the first block */
size_t arena_used(const struct arena *a);

void *arena_get(struct arena *a, size_t n);
void *arena_get_array(struct arena *a, size_t count, size_t size);
#define arena_new_of(a, type) ((type *)arena_get(a, sizeof(type)))

struct str str_dup(struct arena *a, struct str s);
char *str_cstr(struct arena *a, struct str s);		/* terminated copy; ends at the first NUL in s */
struct str str_cat(struct arena *a, struct str x, struct str y);
struct str str_fmt(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct str str_lower(struct arena *a, struct str s);

#endif
