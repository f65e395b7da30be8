/* SPDX-License-Identifier: ISC */
/* word.h - text beyond ASCII in header fields: encoded words (RFC 2047), charsets, UTF-8. */
#ifndef EDIGATE_MIME_WORD_H
#define EDIGATE_MIME_WORD_H

#include "gateway/base/arena.h"
#include "gateway/base/buf.h"
#include "gateway/base/err.h"

/* RFC 2047 encoded words in a (folded) field to UTF-8. What is no encoded word, or in a charset that we do not
 * know, stays as it stands; line ends are dropped. */
struct str word_decode(struct arena *a, struct str raw);

/* Bytes in this charset as UTF-8; of an unknown charset, the bytes themselves. */
struct str charset_utf8(struct arena *a, struct str charset, struct str bytes);

/* s as valid UTF-8, for databases and JSON: itself, or, when it is none, its bytes taken for Latin-1. */
struct str utf8_clean(struct arena *a, struct str s);
bool is_utf8(struct str s);		/* well-formed, shortest form, no surrogates (RFC 3629) */
bool is_plain_text(struct str s);	/* printable ASCII and blanks only */

/* text (UTF-8) as encoded words; col is where the line stands now, and where it stands afterwards. */
int word_put(struct buf *out, struct str text, size_t *col, struct err *e);

#endif
