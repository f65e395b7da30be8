/* SPDX-License-Identifier: ISC */
/* pdf_flate.h - FlateDecode (ISO 32000-1, 7.4.4) with the predictors of cross-reference streams, by zlib. */
#ifndef EDIGATE_EDI_PDF_FLATE_H
#define EDIGATE_EDI_PDF_FLATE_H

#include "gateway/base/arena.h"

/*
 * Inflate in, at most max bytes, into the arena. A stream that is cut short or damaged gives what came out of it up to
 * there, as PDF readers do; false when nothing did, or it is over max.
 */
bool pdf_inflate(struct arena *a, struct str in, size_t max, struct str *out);

/* Undo the PNG filters of rows of so many columns, one byte each: in place of a copy. False when it is no such data. */
bool pdf_unpredict(struct arena *a, struct str in, size_t columns, struct str *out);

#endif
