/* SPDX-License-Identifier: ISC */
/* The lines on top of a mail that say what its sender asked to be told: read from any bytes, and what is read can be said. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "gateway/smtp/asked.h"
#include "gateway/smtp/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new((size_t)1 << 28);
	struct str in = str_make((const char *)p, n);
	struct asked q;

	asked_read(a, in, &q);
	assert(q.n <= ASKED_RCPTS_MAX && q.mail.n <= n);
	assert(!str_has_ctl(q.envid) && q.envid.n <= SMTP_ENVID_MAX && !(q.ret_full && q.ret_hdrs));
	for (size_t i = 0; i < q.n; i++) {
		assert((q.rcpts[i].notify & NOTIFY_NEVER) == 0 || q.rcpts[i].notify == NOTIFY_NEVER);
		assert(!str_has_ctl(q.rcpts[i].original) && q.rcpts[i].original.n <= SMTP_ORCPT_MAX);
	}
	arena_free(a);
	return 0;
}
