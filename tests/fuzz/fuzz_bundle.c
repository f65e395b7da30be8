/* SPDX-License-Identifier: ISC */
/*
 * fuzz_bundle.c - any bytes are split and bundled. What was found valid gives parts that are, each with one message; and
 * those, where they may be put together again, an interchange of all of them.
 */
#include "edi/bundle.h"
#include "edi/edifact.h"
#include "edi/x12.h"

#undef NDEBUG
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define OUT_MAX	  (4u << 20)
#define PARTS_MAX 32

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
check(struct str in, size_t messages)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f;
	struct err e;

	assert(edi_read(a, in, &f, &e) == 0);
	assert(f.verdict == EDI_VALID && f.n_messages == messages && f.interchanges == 1);
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str in = str_make((const char *)p, n);
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct buf out = BUF_CAP(OUT_MAX), part = BUF_CAP(OUT_MAX), key = BUF_CAP(OUT_MAX);
	struct bundle b = { .now = S("20261123160300"), .interchange = 999999999, .group = 1, .out = &out };
	struct edi_facts f;
	struct split s;
	struct err e = { 0 };
	size_t parts = 0;
	int rc = 0;

	if (edi_read(a, in, &f, &e) == -1 || !pieces_takes(&f))
		goto out;
	b.format = f.format;
	(void)bundle_key(in, f.format, &key, &e);
	if (bundle_put(&b, in, &e) == 0)
		(void)bundle_end(&b, &e);
	bundle_clear(&b);
	buf_clear(&out);
	b = (struct bundle){ .format = f.format, .now = S("20261123160300"), .interchange = 1, .group = 1, .out = &out };
	split_start(&s, in, f.format);
	while (parts < PARTS_MAX && split_next(&s, &part, &e) == 1) {
		parts++;
		if (f.verdict == EDI_VALID) {
			check(buf_str(&part), 1);
			if (rc == 0 && f.interchanges == 1)
				rc = bundle_put(&b, buf_str(&part), &e);
		}
		buf_clear(&part);
	}
	if (f.verdict == EDI_VALID && rc == 0 && f.interchanges == 1 && parts > 0) {
		assert(bundle_end(&b, &e) == 0);
		check(buf_str(&out), parts);
	}
	bundle_clear(&b);
out:
	buf_clear(&key);
	buf_clear(&part);
	buf_clear(&out);
	arena_free(a);
	return 0;
}
