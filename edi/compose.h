/* SPDX-License-Identifier: ISC */
/*
 * compose.h - the model as a document again: X12 810 850 855 856 860; EDIFACT INVOIC ORDERS
 * ORDCHG ORDRSP DESADV (D.96A, or the directory that the message names); UBL 2.1 Invoice,
 * CreditNote, Order. Pure.
 *
 * What is written is what the format has a place for that model_read() finds again. Nothing
 * here tells of what has none: the caller reads what was written and compares. Texts are cut to
 * the length of their place, so that this shows it, too.
 */
#ifndef EDIGATE_EDI_COMPOSE_H
#define EDIGATE_EDI_COMPOSE_H

#include "edi/model.h"
#include "gateway/base/buf.h"

struct compose {
	const struct edi_format *format; /* &edi_x12, &edi_edifact or &edi_ubl */
	struct str now;                  /* UTC, "20261123160300": the date of the interchange */
};

/*
 * Of file: the documents with their messages (type, version), and of the facts sender,
 * receiver, version, profile, control, test, ack_requested; format says which format those are
 * in. Returns 0, or -1 with ERR_INPUT, the error beginning with the place in the JSON: what
 * must be there is missing, or out is full.
 */
int compose(struct arena *a, const struct compose *how, const struct model_file *file,
            struct buf *out, struct err *e);

/*
 * The code for what the document is in X12 or (UNTDID 1001) the others: its own, or where it is
 * what the other calls the same, ours.
 */
struct str compose_type(const struct model *m, bool x12);

#endif
