/* SPDX-License-Identifier: ISC */
/*
 * fuzz_push.c - input in pieces against the whole of it. The first two bytes cut what follows into three; the second part is
 * repeated until the whole does not fit into the window of the reader of pieces.
 */
#include "gateway/base/buf.h"
#include "tests/unit/edi_pushed.h"

#include <assert.h>

#define LONG_BYTES 260000u

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
compare(struct str in, uint64_t seed)
{
	struct arena *a = arena_new(8 * (size_t)EDI_ARENA_MAX);
	struct edi_facts whole, pushed;
	struct err e;

	assert(edi_read(a, in, &whole, &e) == 0);
	if (whole.format != NULL && whole.format->syntax != NULL) {
		pushed = read_pieces(a, whole.format, in, 0, seed);
		assert(facts_differ(&whole, &pushed) == NULL);
	}
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str in = str_make((const char *)p + 2, n < 2 ? 0 : n - 2), begin, many;
	struct buf b = BUF_CAP(1 << 20);

	if (in.n == 0)
		return 0;
	begin = str_sub(in, 0, (size_t)p[0] * in.n / 255);
	many = str_sub(in, begin.n, 1 + (size_t)p[1] * in.n / 255);
	compare(in, p[0]);
	(void)buf_put(&b, begin, NULL);
	while (many.n > 0 && b.n < LONG_BYTES)
		(void)buf_put(&b, many, NULL);
	(void)buf_put(&b, str_from(in, begin.n + many.n), NULL);
	compare(buf_str(&b), p[1]);
	buf_clear(&b);
	return 0;
}
