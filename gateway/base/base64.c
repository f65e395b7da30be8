/* SPDX-License-Identifier: ISC */
#include "gateway/base/base64.h"

#define LINE_BYTES 57		/* make 76 characters */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* What a character is worth; the others have a bit above six set, so that four can be tested at once. */
enum { PAD = 0x40, BLANK = 0x41, BAD = 0x80 };

#define ROW16(x) x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x
static const unsigned char worth[256] = {
	BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BLANK, BLANK, BAD, BAD, BLANK, BAD, BAD,
	ROW16(BAD),
	BLANK, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, 62, BAD, BAD, BAD, 63,
	52, 53, 54, 55, 56, 57, 58, 59, 60, 61, BAD, BAD, BAD, PAD, BAD, BAD,
	BAD, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
	15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, BAD, BAD, BAD, BAD, BAD,
	BAD, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
	41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, BAD, BAD, BAD, BAD, BAD,
	ROW16(BAD), ROW16(BAD), ROW16(BAD), ROW16(BAD), ROW16(BAD), ROW16(BAD), ROW16(BAD), ROW16(BAD),
};

static unsigned int
worth_of(char c)
{
	return worth[(unsigned char)c];
}

/* Writes (n + 2) / 3 * 4 characters. */
static char *
encode(char *to, const char *from, size_t n)
{
	for (; n >= 3; n -= 3, from += 3) {
		uint32_t v = (uint32_t)(unsigned char)from[0] << 16 | (uint32_t)(unsigned char)from[1] << 8 |
		    (uint32_t)(unsigned char)from[2];
		*to++ = alphabet[v >> 18];
		*to++ = alphabet[v >> 12 & 63];
		*to++ = alphabet[v >> 6 & 63];
		*to++ = alphabet[v & 63];
	}
	if (n > 0) {
		uint32_t v = (uint32_t)(unsigned char)from[0] << 16 |
		    (n == 2 ? (uint32_t)(unsigned char)from[1] << 8 : 0);
		*to++ = alphabet[v >> 18];
		*to++ = alphabet[v >> 12 & 63];
		*to++ = n == 2 ? alphabet[v >> 6 & 63] : '=';
		*to++ = '=';
	}
	return to;
}

int
base64_put(struct buf *out, struct str in, struct err *e)
{
	size_t n = in.n / 3 * 4 + (in.n % 3 == 0 ? 0 : 4);
	char *room = buf_room(out, n, e);

	if (room == NULL)
		return -1;
	(void)encode(room, in.p, in.n);
	buf_grew(out, n);
	return 0;
}

int
base64_put_lines(struct buf *out, struct str in, struct err *e)
{
	size_t lines = in.n / LINE_BYTES + (in.n % LINE_BYTES == 0 ? 0 : 1);
	size_t n = in.n / 3 * 4 + (in.n % 3 == 0 ? 0 : 4) + 2 * lines;
	char *p = buf_room(out, n, e);

	if (p == NULL)
		return -1;
	while (in.n > 0) {
		struct str line = str_sub(in, 0, LINE_BYTES);
		p = encode(p, line.p, line.n);
		*p++ = '\r';
		*p++ = '\n';
		in = str_from(in, line.n);
	}
	buf_grew(out, n);
	return 0;
}

/* The bytes of a quantum that ended early (RFC 4648, 3.5: its unused bits are zero). */
static void
end_quantum(struct base64_decoder *d)
{
	if (d->have == 1)
		d->flags |= BASE64_CUT;
	if (d->have >= 2)
		*d->to++ = (char)(d->bits >> (d->have == 2 ? 4 : 10));
	if (d->have == 3)
		*d->to++ = (char)(d->bits >> 2);
	if ((d->have == 2 && (d->bits & 15) != 0) || (d->have == 3 && (d->bits & 3) != 0))
		d->flags |= BASE64_CUT;
	d->have = 0;
	d->bits = 0;
}

static void
take_pad(struct base64_decoder *d)
{
	if (d->have >= 2) {
		d->pads_due = 3 - d->have;
		end_quantum(d);
		d->padded = true;
	} else if (d->have == 1) {
		end_quantum(d);
		d->padded = true;
	} else if (d->pads_due > 0) {
		d->pads_due--;
	} else {
		d->flags |= BASE64_JUNK;
	}
}

static void
take_digit(struct base64_decoder *d, unsigned int v)
{
	if (d->padded) {
		d->flags |= BASE64_PAD_INSIDE;
		if (d->pads_due > 0)
			d->flags |= BASE64_CUT;
		d->padded = false;
		d->pads_due = 0;
	}
	d->bits = d->bits << 6 | v;
	if (++d->have < 4)
		return;
	*d->to++ = (char)(d->bits >> 16);
	*d->to++ = (char)(d->bits >> 8);
	*d->to++ = (char)d->bits;
	d->have = 0;
	d->bits = 0;
}

static void
take_any(struct base64_decoder *d, char c)
{
	unsigned int v = worth_of(c);

	if (v < 64)
		take_digit(d, v);
	else if (v == PAD)
		take_pad(d);
	else if (v == BAD)
		d->flags |= BASE64_JUNK;
}

void
base64_more(struct base64_decoder *d, struct str in)
{
	const char *p = in.p, *end = in.p + in.n;

	while (p < end) {
		/* Whole quanta, which is nearly everything. */
		while (d->have == 0 && !d->padded && end - p >= 4) {
			unsigned int a = worth_of(p[0]), b = worth_of(p[1]), c = worth_of(p[2]), f = worth_of(p[3]);
			if ((a | b | c | f) > 63)
				break;
			uint32_t v = a << 18 | b << 12 | c << 6 | f;
			*d->to++ = (char)(v >> 16);
			*d->to++ = (char)(v >> 8);
			*d->to++ = (char)v;
			p += 4;
		}
		if (p < end)
			take_any(d, *p++);
	}
}

void
base64_last(struct base64_decoder *d)
{
	if (d->have > 0 || d->pads_due > 0)
		d->flags |= BASE64_CUT;
	end_quantum(d);
}

/* The most that in can decode to, line ends aside; counted only when a cheap guess meets the cap. */
static size_t
decoded_max(struct str in)
{
	size_t n = 0;

	for (size_t i = 0; i < in.n; i++)
		n += worth_of(in.p[i]) < 64;
	return n / 4 * 3 + n % 4 * 3 / 4;
}

int
base64_get(struct buf *out, struct str in, unsigned int *flags, struct err *e)
{
	struct base64_decoder d = { .to = buf_room(out, in.n / 4 * 3 + 3, NULL) };
	size_t before = out->n;

	if (flags != NULL)
		*flags = 0;
	if (in.n == 0)
		return 0;
	if (d.to == NULL && (d.to = buf_room(out, decoded_max(in), e)) == NULL)
		return -1;
	base64_more(&d, in);
	base64_last(&d);
	buf_grew(out, (size_t)(d.to - (out->p + before)));
	if (flags != NULL) {
		*flags = d.flags;
		return 0;
	}
	if (d.flags == 0)
		return 0;
	buf_cut(out, before);
	return err_set(e, ERR_INPUT, "not base64: %s",
	    (d.flags & BASE64_JUNK) != 0 ? "characters outside its alphabet" :
	    (d.flags & BASE64_PAD_INSIDE) != 0 ? "data after its padding" : "cut off inside a group of four");
}
