/* SPDX-License-Identifier: ISC */
/* BER from anybody: what ber_check() likes can be walked to its end, and comes out of the writer as it went in. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mime/der.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
is_inside(struct str outer, struct str inner)
{
	assert(inner.p >= outer.p && inner.n <= outer.n && inner.p + inner.n <= outer.p + outer.n);
}

static void
hold_writer(const struct ber *el)
{
	struct der d = { 0 };
	struct ber again;
	struct str s;

	der_element(&d, el->tag, el->value);
	s = der_str(&d);
	if (ber_next(&s, &again))
		assert(again.tag == el->tag && str_eq(again.value, el->value) && s.n == 0);
	der_clear(&d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str in = str_make((const char *)p, n), stack[BER_DEPTH_MAX + 1], v;
	bool good = ber_check(in, NULL) == 0;
	size_t depth = 0, steps = 0;
	unsigned int u;
	struct ber el;

	stack[depth++] = in;
	while (depth > 0 && ++steps < 10000) {
		struct str *s = &stack[depth - 1];
		v = *s;
		assert(!ber_take_uint(&v, &u) || u <= UINT16_MAX);
		if (!ber_next(s, &el)) {
			assert(!good || s->n == 0);
			depth--;
			continue;
		}
		is_inside(in, el.value);
		hold_writer(&el);
		if ((el.tag & BER_CONSTRUCTED) != 0 && depth <= BER_DEPTH_MAX)
			stack[depth++] = el.value;
	}
	return 0;
}
