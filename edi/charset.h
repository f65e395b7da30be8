/* SPDX-License-Identifier: ISC */
/*
 * charset.h - the character sets that UNB 0001 names: ISO 9735-1, annex A, and 9735-2 for syntax 4. Levels A and B are
 * parts of ASCII, C to L are ISO 8859-1, 2, 5, 7, 3, 4, 6, 8, 9, 15, W and Y are UTF-8 as partners send it, X is ISO 2022.
 */
#ifndef EDIGATE_EDI_CHARSET_H
#define EDIGATE_EDI_CHARSET_H

#include "gateway/base/arena.h"

struct charset {
	char level;			/* 'A' to 'L', 'W', 'X', 'Y' */
	const char *name;		/* "ISO-8859-2": as IANA calls it */
	const uint16_t *high;		/* characters of the bytes from 0xa0; 0: none. NULL: not of that kind */
	bool utf8, escapes;
};

/* syntax is "UNOC"; NULL for any other. */
const struct charset *edi_charset_of(struct str syntax);

/* One of the 8-bit sets, C to L. */
bool edi_charset_is_8bit(const struct charset *cs);

/* May this byte stand in text of that set, as far as it can be said of one byte? Line breaks and tabs may not. */
bool edi_charset_has(const struct charset *cs, unsigned char byte);

/*
 * Text as UTF-8. What the set does not have becomes U+FFFD, unless all of it is UTF-8: that is what senders mean who name
 * another set. ISO 2022 is decoded as far as it is ASCII. Text that is ASCII is returned as it is.
 */
struct str edi_charset_utf8(struct arena *a, const struct charset *cs, struct str s);

#endif
