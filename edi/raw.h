/* SPDX-License-Identifier: ISC */
/*
 * raw.h - an X12 or EDIFACT file as JSON from which its very bytes can be made again.
 *
 *   "raw":{"syntax":"edifact","charset":"UTF-8","interchanges":[
 *     {"before":"","una":"UNA:+.? '\n",
 *      "delimiters":{"element":"+","component":":","repetition":null,"release":"?","terminator":"'"},
 *      "segments":[["UNB",["UNOC","3"],["4012345000009","14"],...],...],
 *      "between":"\n","terminated":true,"gaps":[{"segment":7,"text":"\r\n"}]}],"after":"\n"}
 *
 * A segment is its tag and its elements, an element its components, a repeated one {"rep":[element,...]}. Values are
 * without release signs and line breaks; where writing them again would not give the same bytes, the value is
 * {"value":"as read","raw":"as written"}. What is no text is {"base64":"..."}. between stands before each segment
 * but the first, gaps name those (counted from 1 within the interchange) before which something else stands.
 */
#ifndef EDIGATE_EDI_RAW_H
#define EDIGATE_EDI_RAW_H

#include "edi/edi.h"
#include "edi/jwrite.h"
#include "edi/segment.h"

/* The member "raw" of the object that w is in. a takes what had to be copied, at most the size of in and a little for odd gaps. */
void raw_json(struct jwrite *w, struct arena *a, struct str in, bool x12);

/* "UTF-8" when all segments are, else "ISO-8859-1": then each byte stands for the character of its number. */
const char *raw_charset(struct str in, bool x12);

/* Is c to be released, or refused where there is no release sign, within a value? */
bool raw_is_sign(const struct seg_signs *g, struct str from_here);

/* A value with release signs put in where they are needed. Returns 0, or -1 when out is full. */
int raw_escape(struct buf *out, const struct seg_signs *g, struct str value, struct err *e);

#endif
