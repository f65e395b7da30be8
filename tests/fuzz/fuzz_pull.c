/* SPDX-License-Identifier: ISC */
/* BER as it comes: whole, byte by byte and in pieces gives the same, and never more than ber_check() would like. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mime/pull.h"
#include "tests/unit/stream_pieces.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* What a reader that takes whatever stands there has seen. */
struct heard {
	struct buf text;
	bool good, at_end;
};

static bool
step(struct pull *p, struct heard *h, unsigned int choice)
{
	struct buf_sink to = buf_sink(&h->text);
	struct str value;
	unsigned int small;
	uint64_t n;

	if (pull_close(p))
		return buf_putc(&h->text, ')', NULL) == 0;
	if (pull_uint(p, &small))
		return buf_printf(&h->text, NULL, "%u ", small) == 0;
	if (choice % 3 == 0 && pull_octets(p, BER_OCTETS, &to.sink, &n, NULL))
		return buf_printf(&h->text, NULL, "[%llu] ", (unsigned long long)n) == 0;
	for (unsigned int tag = 0; tag < 256 && choice % 3 != 1; tag++)
		if ((tag & BER_CONSTRUCTED) != 0 && pull_open(p, (unsigned char)tag))
			return buf_printf(&h->text, NULL, "(%02x ", tag) == 0;
	return pull_take_whole(p, &value) && buf_printf(&h->text, NULL, "%zu ", value.n) == 0 &&
	    buf_put(&h->text, value, NULL) == 0;
}

static struct heard
hear(struct str in, unsigned int choices, size_t cut)
{
	struct arena *a = arena_new((size_t)1 << 28);
	struct cut_store store = cut_store(in, cut);
	struct span_source from = span_source(span_store(&store.store));
	struct heard h = { .text = BUF_CAP((size_t)1 << 26) };
	unsigned int steps = 0;
	struct pull p;

	pull_init(&p, a, &from.source);
	while (++steps < 2000 && step(&p, &h, choices * steps))
		;
	h.good = pull_end(&p);
	h.at_end = p.broken;
	arena_free(a);
	return h;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str in = str_make((const char *)p, n);
	unsigned int choices = n > 0 ? p[n - 1] : 0;
	struct heard whole = hear(in, choices, 0), bytes = hear(in, choices, 1), pieces = hear(in, choices, 7);

	assert(str_eq(buf_str(&whole.text), buf_str(&bytes.text)) && str_eq(buf_str(&whole.text), buf_str(&pieces.text)));
	assert(whole.good == bytes.good && whole.good == pieces.good && whole.at_end == bytes.at_end);
	buf_clear(&whole.text);
	buf_clear(&bytes.text);
	buf_clear(&pieces.text);
	return 0;
}
