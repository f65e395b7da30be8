/* SPDX-License-Identifier: ISC */
/* convert_json.h - the "raw" part of a document's JSON (edi/raw.h) back into the bytes that it was made of. */
#ifndef EDIGATE_GATEWAY_CONVERT_JSON_H
#define EDIGATE_GATEWAY_CONVERT_JSON_H

#include "gateway/base/buf.h"

/* Returns 0, or -1 with ERR_INPUT: no JSON, no raw part, or not of the published form. */
int convert_json_to_edi(struct str json, struct buf *out, struct err *e);

#endif
