/* SPDX-License-Identifier: ISC */
/*
 * push.h - edi_read() for input that comes in pieces: X12, EDIFACT and TRADACOMS, of any size and cut anywhere, in a memory
 * of EDI_PUSH_MEMORY_MAX bytes and what the facts themselves take in the arena (under EDI_ARENA_MAX). What is found is what
 * edi_read() finds in all of it at once. Pure.
 */
#ifndef EDIGATE_EDI_PUSH_H
#define EDIGATE_EDI_PUSH_H

#include "edi/edi.h"

#define EDI_PUSH_MEMORY_MAX (256u << 10)

struct edi_push;

/* format: what edi_detect() says of the input's first EDI_HEAD_MAX bytes. NULL: it is one that must be read whole. */
struct edi_push *edi_push_new(struct arena *a, const struct edi_format *format);

/* The next piece; it is copied. */
void edi_push(struct edi_push *p, struct str piece);

/* That was all. Slices in the facts are the arena's, where p is, too. */
void edi_push_end(struct edi_push *p, struct edi_facts *out);

#endif
