/* SPDX-License-Identifier: ISC */
/*
 * fuzz_dict.c - what compiles a dictionary, and what reads one. The first byte says what the rest is: a dictionary that an
 * interchange of ours is held against; an interchange that a dictionary of ours is held against; a text of the UN's in one
 * of its forms, and what is made of it must open; an archive's table of contents.
 */
#include "edi/dict_build.h"
#include "edi/dict_check.h"
#include "edi/edifact.h"
#include "edi/x12.h"
#include "edi/zip.h"
#include "tests/unit/dict_texts.h"

#include <assert.h>

#define FUZZ_ARENA (256u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const struct str ours = S_INIT("UNB+UNOC:4+A:14+B:14+20261123:1200+1'UNH+1+TESTAA:D:24Z:UN'AAA+1+x'BBB+137:2'CCC+ab+1*2'DDD+a'"
    "EEE+1'FFF+1'GGG+7'BBB+137'UNT+10+1'UNZ+1+1'");

/* With one text in place of ours, if it is given. */
static bool
build(struct arena *a, size_t which, struct str text, struct buf *out)
{
	const struct {
		struct str name, text;
	} texts[] = {
		{ S_INIT("TESTAA_D.24Z"), S_INIT(DICT_MESSAGE) }, { S_INIT("EDSD.24Z"), S_INIT(DICT_SEGMENTS_TEXT) },
		{ S_INIT("EDCD.24Z"), S_INIT(DICT_COMPOSITES_TEXT) }, { S_INIT("UNCL.24Z"), S_INIT(DICT_CODES_TEXT) },
	};
	struct dict_build *b = dict_build_new(a);
	struct err e;

	for (size_t i = 0; i < N(texts); i++)
		if (dict_build_add(b, texts[i].name, i == which ? text : texts[i].text, &e) == -1)
			return false;
	return dict_build_write(b, out, &e) == 0;
}

static const struct str our_x12 = S_INIT("ISA*00*          *00*          *ZZ*NORDWIND       *ZZ*ACME           *261123*1200*U*00401*000000001*0*P*>~"
    "GS*IN*A*B*20261123*1200*1*X*004010~ST*810*0001~BIG*20261120*A~N1*SE*X~N2*1~N1*BY**92*5~IT1*1*2*EA*3.5~PID*F****X~TDS*1~SE*9*0001~"
    "GE*1*1~IEA*1*000000001~");

static void
check(struct arena *a, struct str in, bool x12, const struct dict *dict)
{
	struct dict_findings f;

	dict_check(a, in, &(struct edi_facts){ .format = x12 ? &edi_x12 : &edi_edifact }, dict, true, &f);
	for (size_t i = 0; i < f.n_kept; i++)
		assert(f.kept[i].problem.offset <= in.n && f.kept[i].problem.text.n > 0);
}

static void
read_archive(struct str in)
{
	struct zip z;
	struct zip_entry entry;
	struct err e;

	if (zip_open(&z, in, &e) == -1)
		return;
	while (zip_next(&z, &entry, &e) == 1)
		assert(entry.packed.n == 0 || (entry.packed.p >= in.p && entry.packed.p + entry.packed.n <= in.p + in.n));
}

/* Somebody's own text: what is made of it must open. */
static void
read_text(struct arena *a, struct str text, struct buf *made)
{
	struct dict_build *b = dict_build_new(a);
	struct dict dict;
	struct err e;

	if (dict_build_text(b, text, &e) == -1 || dict_build_write(b, made, &e) == -1)
		return;
	assert(dict_open(&dict, buf_str(made), &e) == 0);
	check(a, our_x12, true, &dict);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new(FUZZ_ARENA);
	struct buf made = BUF_CAP(DICT_SIZE_MAX);
	struct str in = str_make((const char *)p + 1, n - (n > 0));
	struct dict dict;
	struct err e;
	bool built;

	if (n > 0 && p[0] == 'd' && dict_open(&dict, in, &e) == 0)
		check(a, ours, false, &dict);
	if (n > 0 && p[0] == 'z')
		read_archive(in);
	if (n > 0 && p[0] >= '0' && p[0] <= '4') {
		built = build(a, (size_t)(p[0] - '0'), in, &made);
		assert(built || p[0] != '4');
		if (built) {
			assert(dict_open(&dict, buf_str(&made), &e) == 0);
			check(a, p[0] == '4' ? in : ours, false, &dict);
		}
	}
	if (n > 0 && p[0] == 't')
		read_text(a, in, &made);
	if (n > 0 && p[0] == 'x' && dict_builtin_x12(a, &dict, &e) == 0)
		check(a, in, true, &dict);
	buf_clear(&made);
	arena_free(a);
	return 0;
}
