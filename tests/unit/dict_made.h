/* SPDX-License-Identifier: ISC */
/* dict_made.h - the dictionary of dict_texts.h, made. */
#ifndef EDIGATE_TESTS_UNIT_DICT_MADE_H
#define EDIGATE_TESTS_UNIT_DICT_MADE_H

#include "edi/dict.h"
#include "edi/dict_build.h"
#include "tests/unit/dict_texts.h"
#include "tests/unit/edi_unit.h"

static inline struct str
dict_made(struct arena *a, struct dict_count *count)
{
	const struct {
		struct str name, text;
	} texts[] = {
		{ S_INIT("TESTAA_D.24Z"), S_INIT(DICT_MESSAGE) }, { S_INIT("EDSD.24Z"), S_INIT(DICT_SEGMENTS_TEXT) },
		{ S_INIT("EDCD.24Z"), S_INIT(DICT_COMPOSITES_TEXT) }, { S_INIT("uncl.24z"), S_INIT(DICT_CODES_TEXT) },
		{ S_INIT("EDSDI1.24Z"), S_INIT("an index") }, { S_INIT("README.TXT"), S_INIT("read me") },
		{ S_INIT("ABCDEF_D.2"), S_INIT("") }, { S_INIT("NODOT"), S_INIT("") },
	};
	struct dict_build *b = dict_build_new(a);
	struct buf out = BUF_CAP(DICT_SIZE_MAX);
	struct str made;
	struct err e;

	for (size_t i = 0; i < N(texts); i++)
		if (dict_build_add(b, texts[i].name, texts[i].text, &e) == -1)
			fail_msg("%s", e.text);
	if (dict_build_write(b, &out, &e) == -1)
		fail_msg("%s", e.text);
	if (count != NULL)
		dict_build_count(b, count);
	made = str_dup(a, buf_str(&out));
	buf_clear(&out);
	return made;
}

#endif
