/* SPDX-License-Identifier: ISC */
/*
 * header.h - header fields (RFC 5322, 2.2). Tolerant and bounded: odd syntax is read in one way and told in
 * defects, which the caller judges.
 */
#ifndef EDIGATE_MIME_HEADER_H
#define EDIGATE_MIME_HEADER_H

#include "gateway/base/arena.h"
#include "gateway/base/err.h"

#define HEADER_BLOCK_MAX  65536
#define HEADER_FIELDS_MAX 500
#define HEADER_DEPTH_MAX  32	/* comments in comments */

enum header_defect {
	HEADER_JUNK = 1,	/* a line that is no field: parsers disagree whether the body begins there */
	HEADER_WHITE_LINE = 2,	/* a line of blanks only: end of the header for some, a fold for others */
	HEADER_BARE_LF = 4,	/* a line ended by LF alone */
	HEADER_BARE_CR = 8,	/* a CR inside a line */
	HEADER_NUL = 16,
	HEADER_COLON_GAP = 32,	/* "Name : value" (obsolete syntax, one meaning) */
};

struct header_field {
	struct str name;
	struct str raw;		/* behind the colon, trimmed, folds inside */
};

struct header {
	struct header_field *fields;
	size_t n;
	unsigned int defects;
};

/* The fields of a header block; a "From " line of an mbox on top is skipped. Fails only over HEADER_FIELDS_MAX. */
int header_read(struct arena *a, struct str block, struct header *out, struct err *e);

size_t header_count(const struct header *h, struct str name);
struct str header_get(const struct header *h, struct str name);	/* raw, of the first; empty when absent */
struct str header_unfold(struct arena *a, struct str raw);		/* one line: line ends dropped */
struct str header_text(struct arena *a, const struct header *h, struct str name);	/* unfolded, words decoded */

/* Where the header of a whole mail or entity ends: the length up to and with the blank line; all of it without one. */
size_t header_length(struct str entity);

/* Skip blanks, line ends and (nested) comments at the start of s. */
void skip_cfws(struct str *s);

#endif
