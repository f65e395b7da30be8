/* SPDX-License-Identifier: ISC */
/*
 * dict_build.h - a dictionary (dict.h) out of the directories that the UN publishes as texts: tables of messages
 * (INVOIC_D.96A), segments (EDSD, TRSD), composites (EDCD, TRCD), codes (UNCL). Facts only; no name and no
 * description gets into it. Pure: texts in, bytes out. Nothing of a text is kept behind dict_build_add().
 */
#ifndef EDIGATE_EDI_DICT_BUILD_H
#define EDIGATE_EDI_DICT_BUILD_H

#include "edi/dict.h"

#include "gateway/base/arena.h"
#include "gateway/base/buf.h"

#define DICT_SIZE_MAX (64u << 20)	/* of what is written; ten directories have 3 MB */

struct dict_build;

struct dict_count {
	size_t directories, messages, segments, composites, lists, codes;
};

struct dict_build *dict_build_new(struct arena *a);

/*
 * One text; its name says what it is, and of which directory. Others (indexes, licences, interactive messages) are
 * passed over. Returns 0, or -1 with ERR_INPUT.
 */
int dict_build_add(struct dict_build *b, struct str name, struct str text, struct err *e);

/*
 * A text in the form of edi/x12.facts, which docs/EDI.md describes: X12 sets as their users write them down. Returns 0, or
 * -1 with ERR_INPUT and the line.
 */
int dict_build_text(struct dict_build *b, struct str text, struct err *e);

/* What is built in of X12: edi/x12.facts, compiled into the arena. */
extern const char dict_x12_facts[];
int dict_builtin_x12(struct arena *a, struct dict *out, struct err *e);

void dict_build_count(const struct dict_build *b, struct dict_count *out);

/* Returns 0, or -1 with ERR_INPUT when a directory has no messages, or no segments. */
int dict_build_write(struct dict_build *b, struct buf *out, struct err *e);

#endif
