/* SPDX-License-Identifier: ISC */
/* The PROXY header, as a connection reads it: never more bytes than are wanted, whatever they are. */
#include "gateway/smtp/proxy.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str all = { (const char *)p, n };
	struct proxy out;
	struct err e;
	size_t have = 0;
	int rc = 0;

	while (rc == 0 && have < n) {
		size_t want = proxy_want(str_sub(all, 0, have));
		char *room;

		if (want <= have || want > PROXY_FIXED + 65535)
			abort();
		have = want < n ? want : n;
		room = malloc(have);	/* of that size, so that a look behind its end is seen */
		if (room == NULL)
			abort();
		memcpy(room, p, have);
		rc = proxy_read(str_make(room, have), &out, &e);
		free(room);
	}
	if (rc == 1 && have > PROXY_MAX)
		abort();
	return 0;
}
