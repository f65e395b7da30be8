/* SPDX-License-Identifier: ISC */
/* Certificate exchange messages: what is read says what it must, and what is written again reads the same. */
#include <assert.h>
#include <stdint.h>

#include "gateway/cem.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new((size_t)1 << 28);
	struct str entity = str_make((const char *)p, n);
	struct buf out = BUF_CAP(16 * CEM_SIZE_MAX);
	struct cem cem, again;
	struct err e;

	(void)cem_is(entity);
	if (cem_read(a, entity, &cem, &e) == 0) {
		assert(cem.n > 0 && cem.n <= CEM_ITEMS_MAX && cem.id.n > 0 && cem.id.n <= CEM_ID_MAX);
		for (size_t i = 0; i < cem.n; i++)
			assert(cem.is_answer ? cem.items[i].der.n == 0 && cem.items[i].serial.n > 0 : cem.items[i].der.n > 0);
		if (cem_write(&cem, S("seed"), &out, &e) == 0 && out.n <= CEM_SIZE_MAX) {
			assert(cem_read(a, buf_str(&out), &again, &e) == 0);
			assert(again.n == cem.n && again.is_answer == cem.is_answer && str_eq(again.items[0].der, cem.items[0].der));
		}
	}
	buf_clear(&out);
	arena_free(a);
	return 0;
}
