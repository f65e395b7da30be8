/* SPDX-License-Identifier: ISC */
/*
 * fuzz_convert.c - any bytes through every writer; of X12 and EDIFACT the JSON gives the same bytes again, whether
 * they are valid or not. Any bytes as such JSON, too.
 */
#include "edi/model_write.h"
#include "edi/pieces.h"
#include "gateway/convert_json.h"

#include <assert.h>
#include <string.h>

#define ARENA_MAX (256u << 20)
#define OUT_MAX	  (64u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
back_again(struct str in, struct str json)
{
	struct buf out = BUF_CAP(OUT_MAX);
	struct err e = { 0 };
	int rc = convert_json_to_edi(json, &out, &e);

	assert(rc == 0);
	assert(str_eq(buf_str(&out), in));
	buf_clear(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static int (*const writers[])(struct buf *, struct arena *, const struct model_file *, struct str, struct err *) = {
		model_write_text, model_write_html, model_write_xml, model_write_json,
	};
	struct arena *a = arena_new(ARENA_MAX);
	struct str in = str_make((const char *)p, n);
	struct buf out = BUF_CAP(OUT_MAX);
	struct model_file f;
	struct err e = { 0 };
	int rc = model_read(a, in, &f, &e);

	assert(rc == 0);
	for (size_t i = 0; f.facts.format != NULL && i < N(writers); i++) {
		buf_cut(&out, 0);
		rc = writers[i](&out, a, &f, S("name"), &e);
		assert(rc == 0);
	}
	if (pieces_takes(&f.facts))
		back_again(in, buf_str(&out));
	buf_cut(&out, 0);
	(void)convert_json_to_edi(in, &out, &e);
	buf_clear(&out);
	arena_free(a);
	return 0;
}
