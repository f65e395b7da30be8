/* SPDX-License-Identifier: ISC */
/* A receipt's fields: what is read and can be written again reads the same. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "mime/mdn.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new((size_t)1 << 28);
	struct buf b = BUF_CAP((1u << 20) + n * 4);
	struct mdn m, again;
	struct err e;

	if (mdn_read(a, str_make((const char *)p, n), &m, &e) == 0 && mdn_write(&m, &b, &e) == 0) {
		assert(mdn_read(a, buf_str(&b), &again, &e) == 0);
		assert(again.disposition == m.disposition && again.automatic == m.automatic);
		assert(m.mic.alg == MIC_NONE ? again.mic.alg == MIC_NONE : mic_eq(&m.mic, &again.mic));
		assert(str_eq(m.original_message_id, again.original_message_id));
	}
	buf_clear(&b);
	arena_free(a);
	return 0;
}
