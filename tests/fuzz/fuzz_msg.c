/* SPDX-License-Identifier: ISC */
/* fuzz_msg.c - a frame of a channel: type, then payload. What decodes must encode to the same bytes. */
#include "gateway/msg.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct buf b = BUF_CAP(1 << 22);
	enum msg_who from, to;
	struct str payload;
	struct msg m;
	struct err e;

	if (n < 3)
		return 0;
	from = (enum msg_who)(1u << (p[1] & 7));
	to = (enum msg_who)(1u << (p[1] >> 4 & 7));
	payload = str_make((const char *)p + 2, n - 2);
	if (msg_decode(p[0], payload, from, to, &m, &e) == 0) {
		if (msg_encode(&m, &b, &e) == -1 || !str_eq(buf_str(&b), payload))
			abort();
		buf_clear(&b);
	}
	return 0;
}
