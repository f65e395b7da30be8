/* SPDX-License-Identifier: ISC */
/* Words that may be a bounce: the first line is the subject, the second whom it came to, the rest the text. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "mime/bounce.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new((size_t)1 << 28);
	struct bounce_mail m = { .text = str_make((const char *)p, n) };
	struct dsn d;

	(void)str_next_line(&m.text, &m.subject);
	(void)str_next_line(&m.text, &m.to);
	if (bounce_read(a, &m, &d)) {
		assert(d.n > 0 && d.n <= DSN_RECIPIENTS_MAX);
		for (size_t i = 0; i < d.n; i++)
			assert(d.recipients[i].action <= DSN_EXPANDED && d.recipients[i].status.n <= 11);
		bounce_refine(a, m.text, &d);
	}
	assert(bounce_plain(a, m.text).n <= m.text.n);
	arena_free(a);
	return 0;
}
