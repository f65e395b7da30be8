/* SPDX-License-Identifier: ISC */
/* name.h - ids and file names that are safe everywhere. Pure, but for the random bytes that are handed in. */
#ifndef EDIGATE_SPOOL_NAME_H
#define EDIGATE_SPOOL_NAME_H

#include "gateway/base/arena.h"

#define ULID_MAX 27			/* 26 characters and the NUL */

void ulid_make(int64_t wall_ms, const unsigned char random[10], char out[ULID_MAX]);
void ulid_new(char out[ULID_MAX]);	/* now, with getrandom(2); ascending within one process */
bool ulid_is(struct str s);
int64_t ulid_ms(struct str ulid);	/* when it was made; -1 when it is none */

/* {partner}_{type}_{number}_{id}.{ext}: only [A-Za-z0-9._-], each part shortened, no Windows device names. */
struct str name_inbox(struct arena *a, struct str partner, struct str type, struct str number,
    int64_t id, struct str ext);

/* name with suffix behind it (".json", ".error.txt") within 255 bytes: cut and marked with ~id where it is too long. */
struct str name_beside(struct arena *a, struct str name, const char *suffix, int64_t id);

/* A name beside one that is taken: "order.edi", mark "17" → "order~17.edi", within 255 bytes. */
struct str name_other(struct arena *a, struct str name, struct str mark);

/* Any bytes as printable UTF-8: valid UTF-8 stays, everything else becomes \xNN. For JSON, logs and people. */
struct str name_shown(struct arena *a, struct str name);

#endif
