/* SPDX-License-Identifier: ISC */
/*
 * fuzz_compose.c - any bytes as the JSON of a document, written in every format: what is written is valid, and its own
 * JSON makes the same document again. Any document through its JSON, too: there it may be refused, never broken.
 */
#include "edi/model_write.h"
#include "gateway/convert_model.h"

#include <assert.h>

#define ARENA_MAX (512u << 20)
#define OUT_MAX	  (64u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* json is replaced by the JSON of what it makes. False: it makes nothing. */
static bool
write_once(struct arena *a, struct str *json, const struct convert_how *how, struct buf *out)
{
	const struct edi_format *made = NULL;
	struct buf text = BUF_CAP(OUT_MAX);
	struct model_file back;
	struct err e = { 0 };
	int rc;

	if (convert_model(a, *json, how, out, &made, &e) == -1)
		return false;
	assert(made == how->to);
	rc = model_read(a, buf_str(out), &back, &e);
	assert(rc == 0 && back.facts.verdict == EDI_VALID && back.facts.format == made);
	rc = model_write_json(&text, a, &back, S(""), &e);
	assert(rc == 0);
	*json = str_dup(a, buf_str(&text));
	buf_clear(&text);
	return true;
}

/* The first time a number may lose a zero in front, which makes it no other; then nothing changes any more. */
static void
write_thrice(struct str json, const char *format)
{
	const struct convert_how how = { .to = convert_format(str_of(format)), .now = S("20261123160300") };
	struct arena *a = arena_new(ARENA_MAX);
	struct buf out[3] = { BUF_CAP(OUT_MAX), BUF_CAP(OUT_MAX), BUF_CAP(OUT_MAX) };
	size_t n = 0;

	while (n < N(out) && write_once(a, &json, &how, &out[n]))
		n++;
	assert(n < N(out) || str_eq(buf_str(&out[1]), buf_str(&out[2])));
	for (size_t i = 0; i < N(out); i++)
		buf_clear(&out[i]);
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const formats[] = { "x12", "edifact", "ubl" };
	struct arena *a = arena_new(ARENA_MAX);
	struct str in = str_make((const char *)p, n);
	struct buf json = BUF_CAP(OUT_MAX);
	struct model_file f;
	struct err e = { 0 };
	int rc = model_read(a, in, &f, &e);

	assert(rc == 0);
	if (f.facts.format != NULL) {
		rc = model_write_json(&json, a, &f, S("name"), &e);
		assert(rc == 0);
		in = buf_str(&json);
	}
	for (size_t i = 0; i < N(formats); i++)
		write_thrice(in, formats[i]);
	buf_clear(&json);
	arena_free(a);
	return 0;
}
