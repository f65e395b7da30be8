/* SPDX-License-Identifier: ISC */
/* A delivery report's fields. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "mime/dsn.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new((size_t)1 << 28);
	struct dsn d;
	struct err e;

	if (dsn_read(a, str_make((const char *)p, n), &d, &e) == 0) {
		assert(d.n > 0 && d.n <= DSN_RECIPIENTS_MAX);
		for (size_t i = 0; i < d.n; i++)
			assert(d.recipients[i].action <= DSN_EXPANDED && d.recipients[i].status.n <= 11);
	}
	arena_free(a);
	return 0;
}
