/* SPDX-License-Identifier: ISC */
/*
 * pdf_value.h - the syntax of PDF objects (ISO 32000-1, 7.2 and 7.3): where a value ends, what a dictionary says under
 * a key. Values are slices of the file, not copied and not decoded.
 */
#ifndef EDIGATE_EDI_PDF_VALUE_H
#define EDIGATE_EDI_PDF_VALUE_H

#include "gateway/base/str.h"

#define PDF_NEST_MAX 64		/* arrays and dictionaries within each other */

/* Blanks and comments off the front. */
void pdf_skip(struct str *in);

/* Cut the next value off: a name, number, string, array, dictionary, "12 0 R", or a keyword. */
bool pdf_take(struct str *in, struct str *value);

/* What dict, a "<< ... >>", has under key (without '/'). */
bool pdf_get(struct str dict, const char *key, struct str *value);

bool pdf_is_name(struct str value, const char *name);	/* "/name" */
bool pdf_uint(struct str value, uint64_t max, uint64_t *out);
bool pdf_ref(struct str value, uint32_t *number);	/* "12 0 R" */
bool pdf_is_dict(struct str value);

/* The values of an array, one after the other: in is the whole array at first. */
bool pdf_array(struct str value, struct str *items);

#endif
