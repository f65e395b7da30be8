/* SPDX-License-Identifier: ISC */
/*
 * ini.h - git-style settings files: [section] or [section "name"], key = value, ';' and '#' comments on
 * lines of their own and after a blank behind a value, "quoted" values with \" \\ \n \t escapes, blank lines,
 * CRLF and a UTF-8 byte-order mark tolerated. Every value knows its line and column. Pure: reads a buffer.
 */
#ifndef EDIGATE_BASE_INI_H
#define EDIGATE_BASE_INI_H

#include "gateway/base/arena.h"
#include "gateway/base/err.h"

struct ini_item {
	struct str section, name;	/* [partner "acme"]: "partner", "acme"; name is empty for [smtp] */
	struct str key, value;		/* key "" marks the section header line itself */
	unsigned int line, key_col, value_col;	/* from 1; value_col is where the value begins */
};

struct ini {
	struct ini_item *items;
	size_t n;
};

/* Returns 0, or -1 with ERR_CONFIG and a text "file:line:col: ...". Slices are the arena's. */
int ini_parse(struct arena *a, struct str text, const char *file, struct ini *out, struct err *e);

/*
 * The text with one value set: replaced in place, or a line added at the end of its section, or the section
 * added at the end. Comments and order of everything else stay. value is quoted when it needs to be.
 */
struct str ini_set(struct arena *a, struct str text, struct str section, struct str name, struct str key,
    struct str value);

/* The known word nearest to what was typed (edit distance 1 or 2), or NULL: "did you mean". */
const char *ini_nearest(struct str typed, const char *const *known, size_t n);

#endif
