/* SPDX-License-Identifier: ISC */
/*
 * decimal.h - amounts as they are written: exact, in base ten. 0.1 + 0.2 is 0.3 here. A result that has no room is
 * told of, never rounded.
 */
#ifndef EDIGATE_EDI_DECIMAL_H
#define EDIGATE_EDI_DECIMAL_H

#include "gateway/base/arena.h"

#define DECIMAL_DIGITS_MAX 30	/* of a number read */
#define DECIMAL_SCALE_MAX  30	/* digits behind the point, also of products */

#define DECIMAL_QUOTIENT_SCALE 12

struct decimal {
	__int128 n;		/* the value is n / 10^scale */
	unsigned int scale;
};

/* All of s: a sign, digits, one point or comma. False when it is no such number. */
bool decimal_read(struct str s, struct decimal *out);
bool decimal_add(struct decimal a, struct decimal b, struct decimal *sum);
bool decimal_sub(struct decimal a, struct decimal b, struct decimal *difference);
bool decimal_mul(struct decimal a, struct decimal b, struct decimal *product);
bool decimal_div(struct decimal a, struct decimal b, struct decimal *quotient);	/* to DECIMAL_QUOTIENT_SCALE digits */
bool decimal_cmp(struct decimal a, struct decimal b, int *order);	/* -1, 0, 1 */

/* As decimal text with a point: at least min_scale digits behind it, no further zeros than were there. */
struct str decimal_text(struct arena *a, struct decimal d, unsigned int min_scale);

/* To at most scale digits behind the point; a half goes up (XPath's round()). */
struct decimal decimal_round(struct decimal d, unsigned int scale);

/* Zeros behind the point that say nothing left out, down to min_scale digits. */
struct decimal decimal_trim(struct decimal d, unsigned int min_scale);

#endif
