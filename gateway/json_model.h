/* SPDX-License-Identifier: ISC */
/*
 * json_model.h - the JSON of docs/json/document.schema.json as a model (edi/model.h), for those
 * who write documents of it.
 */
#ifndef EDIGATE_GATEWAY_JSON_MODEL_H
#define EDIGATE_GATEWAY_JSON_MODEL_H

#include "edi/model.h"

#include <jansson.h>

/*
 * "documents" and of "source" what an envelope needs; members that are missing are as if they
 * were null. Of a document "parties" counts, or, where that is empty, "seller", "buyer",
 * "ship_to" and "payee". Returns 0, or -1 with ERR_INPUT: something is not of its type,
 * "$.documents[0].lines[2].qty: ...".
 */
int json_model_read(struct arena *a, json_t *root, struct model_file *out, struct err *e);

/*
 * Is everything that wanted says also said by made? Both are whole files; "message",
 * "findings", "source" and "raw" are not looked at. Amounts are compared as numbers. Where the
 * format to has no place for a sum (X12), one may be missing that follows from its parts; file
 * is what wanted says. -1 with ERR_INPUT and the first place where not.
 */
int json_model_same(struct arena *a, const struct model_file *file, json_t *wanted, json_t *made,
                    const struct edi_format *to, struct err *e);

#endif
