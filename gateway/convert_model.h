/* SPDX-License-Identifier: ISC */
/*
 * convert_model.h - an X12 or EDIFACT interchange or a UBL document out of the JSON of one
 * (docs/json/document.schema.json), whatever the JSON was made of.
 */
#ifndef EDIGATE_GATEWAY_CONVERT_MODEL_H
#define EDIGATE_GATEWAY_CONVERT_MODEL_H

#include "edi/edi.h"
#include "gateway/base/buf.h"

struct convert_how {
	const struct edi_format
	    *to;        /* &edi_x12, &edi_edifact, &edi_ubl; NULL: what $.source.format says */
	struct str now; /* UTC, "20261123160300" */
	struct edi_party sender, receiver; /* of an interchange, where the JSON names none */
};

/* "x12", "edifact", "ubl"; NULL for other words. */
const struct edi_format *convert_format(struct str name);

/*
 * Written, read back and compared: what has no place in the format, or would be read otherwise,
 * is an error and nothing is written. So is what our own validation finds: faults of the
 * envelope, of the sets of X12, of EN 16931 and Peppol. Returns 0 with *to set to the format,
 * or -1 with ERR_INPUT and the place in the JSON.
 */
int convert_model(struct arena *a, struct str json, const struct convert_how *how, struct buf *out,
                  const struct edi_format **to, struct err *e);

#endif
