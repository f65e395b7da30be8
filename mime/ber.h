/* SPDX-License-Identifier: ISC */
/*
 * ber.h - a bounded reader of BER (X.690), definite and indefinite lengths, by pulling one element after the other.
 * ber_check() looks at a whole message once, without recursion; the others read what it liked, slice by slice. None
 * reads past its slice whatever is in it, and no claimed length is ever allocated.
 */
#ifndef EDIGATE_MIME_BER_H
#define EDIGATE_MIME_BER_H

#include "gateway/base/arena.h"
#include "gateway/base/err.h"

#define BER_DEPTH_MAX	 32		/* a signature needs 12, with a time stamp and its countersignature 24 */
#define BER_ELEMENTS_MAX 20000		/* octet strings aside, which long contents are cut into */
#define BER_CHUNKS_MAX	 (1u << 20)

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

/*
 * An octet string in its pieces (X.690, 8.7): one when primitive, any number in any nesting when constructed, whether
 * tagged as itself or by the context. Set up with the element; false from _next is the end, or bad.
 */
struct ber_octets {
	struct str rest;
	bool constructed, bad;
};
struct ber_octets ber_octets_of(const struct ber *el);
bool ber_octets_next(struct ber_octets *o, struct str *piece);

/* The length of all pieces; false when they are none of an octet string. */
bool ber_octets_size(const struct ber *el, size_t *n);

/* In one slice: of the input when it is one piece there, else a copy in the arena. */
bool ber_octets_join(struct arena *a, const struct ber *el, struct str *out);

#endif
