/* SPDX-License-Identifier: ISC */
/* text.h - characters: UTF-8 read one by one, other bytes made into it, and those that must not reach a screen. */
#ifndef EDIGATE_EDI_TEXT_H
#define EDIGATE_EDI_TEXT_H

#include "gateway/base/arena.h"

/* Cut the next character off; false for a byte that is no UTF-8 (RFC 3629), which is cut off alone. */
bool text_next(struct str *rest, unsigned int *c);

bool text_is_utf8(struct str s);
size_t text_ascii(struct str s);	/* how many bytes at its front are ASCII */

/* ISO 8859-1 as UTF-8. A slice that is UTF-8 already is returned as it is. */
struct str text_utf8(struct arena *a, struct str s);

/*
 * C0 and C1 controls, DEL; the characters that turn, embed or isolate text direction (UAX #9) or break lines; the
 * byte-order mark and other invisible ones. A screen that obeys them shows something else than stands there.
 */
bool text_is_control(unsigned int c);

#endif
