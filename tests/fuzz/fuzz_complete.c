/* SPDX-License-Identifier: ISC */
/* fuzz_complete.c - edi_complete() over any two ends; the first byte says where one stops and the other begins. */
#include "edi/edi.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* A copy of its own, so that the sanitizer sees a step over either end. */
static struct str
copy(const uint8_t *p, size_t n)
{
	char *to = malloc(n > 0 ? n : 1);

	if (to == NULL)
		abort();
	if (n > 0)
		memcpy(to, p, n);
	return str_make(to, n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	size_t all = n > 0 ? n - 1 : 0, at = n > 0 ? all * p[0] / 255 : 0;
	struct str head = copy(p + (n > 0), at), tail = copy(p + (n > 0) + at, all - at);
	const char *why = NULL;
	bool done = edi_complete(head, tail, &why);

	assert(why != NULL && (why[0] == '\0') == done);
	free((void *)(uintptr_t)head.p);
	free((void *)(uintptr_t)tail.p);
	return 0;
}
