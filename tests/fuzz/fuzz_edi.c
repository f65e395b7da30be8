/* SPDX-License-Identifier: ISC */
/* fuzz_edi.c - edi_read() over anything: every slice of the facts is read, every place must lie within the input. */
#include "edi/edi.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static volatile unsigned char sink;

static void
touch(struct str s)
{
	unsigned char sum = 0;

	for (size_t i = 0; i < s.n; i++)
		sum = (unsigned char)(sum + (unsigned char)s.p[i]);
	sink = sum;
}

static void
touch_message(const struct edi_message *m, size_t n)
{
	touch(m->type);
	touch(m->version);
	touch(m->control);
	touch(m->group);
	touch(m->number);
	assert(m->offset <= n && m->segments <= n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f;
	struct err e = { 0 };

	assert(edi_read(a, str_make((const char *)p, n), &f, &e) == 0);
	assert((f.format == NULL) == (f.verdict == EDI_UNKNOWN));
	assert((f.n_problems > 0) == (f.verdict == EDI_BROKEN));
	touch(f.sender.id);
	touch(f.sender.qual);
	touch(f.sender.name);
	touch(f.receiver.id);
	touch(f.receiver.qual);
	touch(f.receiver.name);
	touch(f.control);
	touch(f.version);
	touch(f.guess);
	for (size_t i = 0; i < f.n_kept; i++)
		touch_message(&f.messages[i], n);
	for (size_t i = 0; i < f.n_problems_kept; i++) {
		touch(f.problems[i].text);
		assert(!str_has_ctl(f.problems[i].text));
		assert(f.problems[i].offset <= n);
	}
	arena_free(a);
	return 0;
}
