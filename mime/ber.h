/* SPDX-License-Identifier: ISC */
/*
 * ber.h - a bounded reader of BER (X.690), definite and indefinite lengths, for what lies in memory; messages as they come
 * are read by pull.h. ber_check() looks at a whole element once, without recursion; the others read what it liked, slice
 * by slice. None reads past its slice whatever is in it, and no claimed length is ever allocated.
 */
#ifndef EDIGATE_MIME_BER_H
#define EDIGATE_MIME_BER_H

#include "gateway/base/arena.h"
#include "gateway/base/err.h"

#define BER_DEPTH_MAX	 32		/* a signature needs 12, with a time stamp and its countersignature 24 */
#define BER_ELEMENTS_MAX 20000

enum ber_tag {
	BER_BOOLEAN = 0x01, BER_INTEGER = 0x02, BER_BITS = 0x03, BER_OCTETS = 0x04, BER_NULL = 0x05, BER_OID = 0x06,
	BER_UTC_TIME = 0x17, BER_GENERALIZED_TIME = 0x18, BER_SEQUENCE = 0x30, BER_SET = 0x31,
	BER_CONSTRUCTED = 0x20, BER_IMPLICIT_0 = 0x80, BER_CONTEXT_0 = 0xa0, BER_CONTEXT_1 = 0xa1, BER_CONTEXT_2 = 0xa2,
	BER_CONTEXT_3 = 0xa3,
};

/* Exactly one well-formed element that fills all of s. */
int ber_check(struct str s, struct err *e);

struct ber {
	unsigned char tag;	/* with its class and constructed bits; tags over 30 have none here */
	struct str value;	/* without length and end-of-contents */
};

/* Cut the next element off. false at the end, and on what does not fit into s. */
bool ber_next(struct str *s, struct ber *out);

/* Cut the next element off if it has this tag; else false, and s is as it was. */
bool ber_take(struct str *s, unsigned char tag, struct str *value);

/* An INTEGER from 0 to UINT16_MAX: versions, lengths of salts and tags. */
bool ber_take_uint(struct str *s, unsigned int *out);

#endif
