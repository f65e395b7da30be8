/* SPDX-License-Identifier: ISC */
/*
 * fuzz_keyreq.c - what pack or unpack could send to the keys role, and what that could answer. What is read must be
 * written as the same bytes, and lies inside the frame. The frame is as large as it must be: the input stands in front.
 */
#include "gateway/keyreq.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
inside(struct str part, const unsigned char *frame, size_t size)
{
	assert(part.n == 0 || (part.p >= (const char *)frame && part.p + part.n <= (const char *)frame + size));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	unsigned char frame[KEYREQ_BYTES] = { 0 }, again[KEYREQ_BYTES];
	struct keyreq q;
	struct keyans ans;
	struct err e;

	/* The right size only: every other is refused, whatever is in it. */
	assert(keyreq_read(str_make((const char *)p, n), &q, &e) == -1 || n == KEYREQ_BYTES);
	assert(keyans_read(str_make((const char *)p, n), &ans, &e) == -1 || n == KEYANS_BYTES);
	memcpy(frame, p, n < KEYREQ_BYTES ? n : KEYREQ_BYTES);
	if (keyreq_read(str_make((const char *)frame, KEYREQ_BYTES), &q, &e) == 0) {
		inside(q.sign.bytes, frame, KEYREQ_BYTES);
		inside(q.unwrap.wrapped, frame, KEYREQ_BYTES);
		inside(q.unwrap.peer, frame, KEYREQ_BYTES);
		inside(q.unwrap.info, frame, KEYREQ_BYTES);
		assert(q.sign.bytes.n <= CERT_TO_SIGN_MAX && q.unwrap.n <= CERT_SECRET_MAX);
		assert(q.unwrap.wrapped.n <= CERT_WRAPPED_MAX);
		assert(keyreq_write(&q, again, &e) == 0 && memcmp(frame, again, KEYREQ_BYTES) == 0);
	}
	if (keyans_read(str_make((const char *)frame, KEYANS_BYTES), &ans, &e) == 0) {
		inside(ans.bytes, frame, KEYANS_BYTES);
		keyans_write(&ans, again);
		assert(memcmp(frame, again, KEYANS_BYTES) == 0);
	}
	return 0;
}
