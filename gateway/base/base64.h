/* SPDX-License-Identifier: ISC */
/* base64.h - RFC 4648 base64, for MIME bodies, SMTP AUTH and MICs. */
#ifndef EDIGATE_BASE_BASE64_H
#define EDIGATE_BASE_BASE64_H

#include "gateway/base/buf.h"

/* One line, padded, no line ends. */
int base64_put(struct buf *out, struct str in, struct err *e);

/* Lines of 76 characters, each ended by CRLF (RFC 2045, 6.8). */
int base64_put_lines(struct buf *out, struct str in, struct err *e);

/* What a decoder met that the strict grammar does not have. */
enum base64_flag {
	BASE64_JUNK = 1,	/* characters outside the alphabet, line ends and blanks aside */
	BASE64_PAD_INSIDE = 2,	/* data after padding: decoders disagree about it */
	BASE64_CUT = 4,		/* ended inside a quantum, or bits set that padding says are unused */
};

/*
 * Decode all of in: line ends and blanks are skipped, everything else that is wrong sets a bit in
 * *flags (may be NULL: then any flag is an error, ERR_INPUT). Returns 0 or -1.
 */
int base64_get(struct buf *out, struct str in, unsigned int *flags, struct err *e);

/*
 * The same piece by piece. to is moved on over what was written: room for three bytes more than the three quarters of the
 * piece. flags are complete after base64_last(), which writes up to two bytes.
 */
struct base64_decoder {
	char *to;
	uint32_t bits;			/* the quantum at hand */
	unsigned int have;		/* characters in it */
	unsigned int pads_due;		/* "=" that must follow */
	bool padded;			/* a padded quantum went by: nothing may follow */
	unsigned int flags;
};
void base64_more(struct base64_decoder *d, struct str in);
void base64_last(struct base64_decoder *d);

#endif
