/* SPDX-License-Identifier: ISC */
/*
 * model_codes.h - the codes of X12 and EDIFACT for parties, references, dates and identifiers,
 * and what the model calls them: one table for reading and for writing. Of several codes for
 * one thing the first is the one we write.
 */
#ifndef EDIGATE_EDI_MODEL_CODES_H
#define EDIGATE_EDI_MODEL_CODES_H

#include "edi/model.h"

/* Each list ends with a NULL code. */
struct model_word {
	const char *code, *name;
};
struct model_role_code {
	const char *code;
	enum model_role role;
};
struct model_ref_code {
	const char *code;
	enum model_ref_kind kind;
};

struct model_codes {
	struct str prefix; /* "x12:": of codes that have no word */
	const struct model_word *ids, *dates;
	const struct model_role_code *roles;
	const struct model_ref_code *refs;
};

extern const struct model_codes model_x12_codes, model_edifact_codes;

/* What a code means; without a word for it "x12:ZZ". */
struct str model_word_of(struct arena *a, const struct model_codes *c,
                         const struct model_word *words, struct str code);
enum model_role model_role_of(const struct model_codes *c, struct str code);
enum model_ref_kind model_ref_of(const struct model_codes *c, struct str code);

/*
 * The code for a word, or of "x12:ZZ" what stands behind the prefix; empty when this standard
 * has none.
 */
struct str model_word_code(const struct model_codes *c, const struct model_word *words,
                           struct str word);
struct str model_ref_code(const struct model_codes *c, const struct model_ref *r);

/*
 * The party's own code where it means the same role here, else ours for the role; of other
 * parties its own.
 */
struct str model_role_code(const struct model_codes *c, const struct model_party *p);

#endif
