/* SPDX-License-Identifier: ISC */
/*
 * buf.h - growing bytes under a cap. A buf is born with its cap, so no reader can forget the limit.
 * Going over the cap is ERR_INPUT: somebody sent more than we take. Out of memory ends the process.
 */
#ifndef EDIGATE_BASE_BUF_H
#define EDIGATE_BASE_BUF_H

#include "gateway/base/err.h"
#include "gateway/base/str.h"

struct buf {
	char *p;
	size_t n, size, cap;
};

#define BUF_CAP(max) ((struct buf){ .cap = (max) })

struct str buf_str(const struct buf *b);		/* lent until the next change of b */
int  buf_put(struct buf *b, struct str s, struct err *e);
int  buf_putc(struct buf *b, char c, struct err *e);
int  buf_printf(struct buf *b, struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Room for n more bytes at the end; write there, then buf_grew(). NULL (ERR_INPUT) over the cap. */
char *buf_room(struct buf *b, size_t n, struct err *e);
void buf_grew(struct buf *b, size_t n);

void buf_drop(struct buf *b, size_t n);		/* take n bytes off the front */
void buf_cut(struct buf *b, size_t n);			/* keep the first n bytes */
void buf_clear(struct buf *b);				/* free; b is empty, its cap stays */
void buf_wipe(struct buf *b);				/* the same, over the bytes first */

#endif
