/* SPDX-License-Identifier: ISC */
#include "gateway/nonce.h"

#include "gateway/base/base64.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/random.h>

void
nonce_make(struct buf *out)
{
	char bytes[NONCE_MAX / 4 * 3];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		abort();	/* never for so few, once the kernel has started */
	buf_cut(out, 0);
	int rc = base64_put(out, str_make(bytes, sizeof(bytes)), NULL);
	assert(rc == 0);
}
