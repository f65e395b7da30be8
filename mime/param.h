/* SPDX-License-Identifier: ISC */
/*
 * param.h - structured field values: "multipart/signed; micalg=sha-256; boundary=..." (RFC 2045, 5.1), their
 * continuations and charsets (RFC 2231). Where parsers are known to differ, a defect bit says so.
 */
#ifndef EDIGATE_MIME_PARAM_H
#define EDIGATE_MIME_PARAM_H

#include "gateway/base/arena.h"

#define PARAM_PIECES_MAX  64	/* RFC 2231 continuations count each */
#define PARAM_SECTION_MAX 32

enum param_defect {
	PARAM_TWICE = 1,	/* given twice, or both plain and in RFC 2231 form: parsers differ in which one counts */
	PARAM_PIECES = 2,	/* RFC 2231 pieces with gaps or out of order */
	PARAM_SYNTAX = 4,	/* something that is no parameter was skipped */
	PARAM_MANY = 8,		/* over PARAM_PIECES_MAX: the rest was not read */
};

struct param {
	struct str name;	/* lower case, without its '*' marks */
	struct str value;	/* unquoted, joined, decoded to UTF-8 where the charset is known */
	unsigned int defects;	/* of this one parameter */
};

struct params {
	struct str value;	/* what stands before the first ';': lower case, no blanks or comments */
	struct param *list;
	size_t n;
	unsigned int defects;	/* PARAM_SYNTAX, PARAM_MANY */
};

void params_read(struct arena *a, struct str raw, struct params *out);
const struct param *params_find(const struct params *p, struct str name);	/* NULL: not there */
struct str params_get(const struct params *p, struct str name);		/* empty: not there */

#endif
