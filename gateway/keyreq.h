/* SPDX-License-Identifier: ISC */
/*
 * keyreq.h - what pack and unpack ask the keys role, and what it answers: two frames of fixed size, one to a datagram.
 * A frame that does not say exactly what it may say is none: no field is believed, none is ignored, the rest is zero.
 * Pure.
 *
 *   request  "EKQ1" op scheme digest mask wrap n len0(2) len1(2) len2(2) number(8) key(32) bytes...
 *   answer   "EKA1" status 0 len(2) number(8) bytes...
 *
 * wrap is the size of the key that wraps; n that of the content key; len0 to len2 the sizes of: what is signed or
 * wrapped, the sender's public key, ECC-CMS-SharedInfo. Numbers are big-endian.
 */
#ifndef EDIGATE_GATEWAY_KEYREQ_H
#define EDIGATE_GATEWAY_KEYREQ_H

#include "mime/cert_key.h"

#define KEYREQ_BYTES	2112
#define KEYREQ_PEER_MAX 256		/* an uncompressed point of P-521 has 133 */
#define KEYREQ_INFO_MAX 512
#define KEYANS_BYTES	(16 + CERT_SIGNATURE_MAX)

enum keyreq_op { KEYREQ_HAS = 1, KEYREQ_SIGN, KEYREQ_UNWRAP };

struct keyreq {
	enum keyreq_op op;
	uint64_t number;
	unsigned char key[CERT_KEY_ID_BYTES];
	struct cert_to_sign sign;
	struct cert_to_unwrap unwrap;
};

enum keyans_status {
	KEYANS_DONE,		/* bytes: the signature, the content key; nothing for KEYREQ_HAS */
	KEYANS_REFUSED,		/* bytes: why, in words */
	KEYANS_READY,		/* to nobody's question: the role has started, and knows no request from before */
};

struct keyans {
	enum keyans_status status;
	uint64_t number;	/* of the request; 0 for KEYANS_READY */
	struct str bytes;
};

/* Slices are frame's. 0, or -1 with ERR_INPUT; writing fails for what reading would refuse. */
int keyreq_write(const struct keyreq *q, unsigned char frame[KEYREQ_BYTES], struct err *e);
int keyreq_read(struct str frame, struct keyreq *out, struct err *e);
void keyans_write(const struct keyans *ans, unsigned char frame[KEYANS_BYTES]);	/* bytes are cut to what fits */
int keyans_read(struct str frame, struct keyans *out, struct err *e);

#endif
