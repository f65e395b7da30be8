/* SPDX-License-Identifier: ISC */
/* fuzz_container.c - any bytes as a PDF, as a signed file and as an XML document of any kind. */
#include "edi/inner.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const struct edi_format *const all[] = { &edi_pdf, &edi_p7m, &edi_sbdh };
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct str in = str_make((const char *)p, n), content;
	struct edi_facts f;
	struct err e;

	for (size_t i = 0; i < N(all); i++) {
		f = (struct edi_facts){ .verdict = EDI_VALID, .format = all[i] };
		(void)all[i]->read(a, in, &f, &e);
		arena_reset(a);
	}
	(void)p7m_content(a, in, &content);
	arena_reset(a);
	(void)edi_read(a, in, &f, &e);
	arena_free(a);
	return 0;
}
