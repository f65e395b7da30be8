/* SPDX-License-Identifier: ISC */
#include "edi/decimal.h"

#define FEW_DIGITS 18u	/* as many fit into 64 bits, whatever they are */
#define TEXT_MAX   80	/* a sign, 39 digits of 128 bits or the zeros of a scale, a point */

static bool
is_mark(char c)
{
	return c == '.' || c == ',';
}

bool
decimal_read(struct str s, struct decimal *out)
{
	bool minus = s.n > 0 && s.p[0] == '-', point = false;
	unsigned int digits = 0, scale = 0;
	uint64_t few = 0;	/* the first of them: most numbers are no longer */
	__int128 n = 0;

	*out = (struct decimal){ 0, 0 };
	for (size_t i = s.n > 0 && (minus || s.p[0] == '+'); i < s.n; i++) {
		if (is_mark(s.p[i]) && !point) {
			point = true;
			continue;
		}
		if (!is_digit(s.p[i]) || ++digits > DECIMAL_DIGITS_MAX)
			return false;
		if (digits <= FEW_DIGITS)
			few = few * 10 + (uint64_t)(s.p[i] - '0');
		else
			n = (digits == FEW_DIGITS + 1 ? (__int128)few : n) * 10 + (s.p[i] - '0');
		scale += point;
	}
	if (digits <= FEW_DIGITS)
		n = (__int128)few;
	*out = (struct decimal){ minus ? -n : n, scale };
	return digits > 0;
}

static bool
rescale(struct decimal *d, unsigned int scale)
{
	for (; d->scale < scale; d->scale++)
		if (__builtin_mul_overflow(d->n, 10, &d->n))
			return false;
	return true;
}

static bool
align(struct decimal *a, struct decimal *b)
{
	return rescale(a, b->scale) && rescale(b, a->scale);
}

bool
decimal_add(struct decimal a, struct decimal b, struct decimal *sum)
{
	if (!align(&a, &b) || __builtin_add_overflow(a.n, b.n, &sum->n))
		return false;
	sum->scale = a.scale;
	return true;
}

bool
decimal_sub(struct decimal a, struct decimal b, struct decimal *difference)
{
	if (!align(&a, &b) || __builtin_sub_overflow(a.n, b.n, &difference->n))
		return false;
	difference->scale = a.scale;
	return true;
}

/* Numbers of 64 bits are divided in one instruction, and nearly all are. */
static bool
is_small(__int128 n)
{
	return n >= INT64_MIN && n <= INT64_MAX;
}

/* The last digit is cut off n and returned; below 0 it is negative. */
static int
cut_digit(__int128 *n)
{
	int64_t few = (int64_t)*n;
	int digit = is_small(*n) ? (int)(few % 10) : (int)(*n % 10);

	*n = is_small(*n) ? few / 10 : *n / 10;
	return digit;
}

struct decimal
decimal_trim(struct decimal d, unsigned int min_scale)
{
	__int128 rest = d.n;

	while (d.scale > min_scale && cut_digit(&rest) == 0) {
		d.n = rest;
		d.scale--;
	}
	return d;
}

bool
decimal_mul(struct decimal a, struct decimal b, struct decimal *product)
{
	a = decimal_trim(a, 0);
	b = decimal_trim(b, 0);
	if (a.scale + b.scale > DECIMAL_SCALE_MAX || __builtin_mul_overflow(a.n, b.n, &product->n))
		return false;
	product->scale = a.scale + b.scale;
	return true;
}

struct decimal
decimal_round(struct decimal d, unsigned int scale)
{
	__int128 rest, unit = 1;

	for (; d.scale > scale && unit <= (__int128)1 << 100; d.scale--)
		unit *= 10;
	rest = d.n % unit;
	d.n -= rest;
	if (rest < 0) {
		rest += unit;
		d.n -= unit;
	}
	d.n = d.n / unit + (2 * rest >= unit);
	return d;
}

bool
decimal_div(struct decimal a, struct decimal b, struct decimal *quotient)
{
	a = decimal_trim(a, 0);
	b = decimal_trim(b, 0);
	if (b.n == 0 || !rescale(&a, b.scale + DECIMAL_QUOTIENT_SCALE))
		return false;
	quotient->n = a.n / b.n;
	quotient->scale = a.scale - b.scale;
	return true;
}

bool
decimal_cmp(struct decimal a, struct decimal b, int *order)
{
	if (!align(&a, &b))
		return false;
	*order = (a.n > b.n) - (a.n < b.n);
	return true;
}

struct str
decimal_text(struct arena *a, struct decimal d, unsigned int min_scale)
{
	char text[TEXT_MAX];
	size_t at = sizeof(text);
	bool minus = d.n < 0;
	unsigned int digits = 0;

	if (d.scale < min_scale && !rescale(&d, min_scale))
		min_scale = d.scale;
	do {
		int digit = cut_digit(&d.n);
		if (digits == d.scale && d.scale > 0)
			text[--at] = '.';
		text[--at] = (char)('0' + (digit < 0 ? -digit : digit));
		digits++;
	} while (d.n != 0 || digits <= d.scale);
	if (minus)
		text[--at] = '-';
	return str_dup(a, str_make(text + at, sizeof(text) - at));
}
