/* SPDX-License-Identifier: ISC */
/* model_acks.h - what an acknowledgement says, in the JSON and in words for people. */
#ifndef EDIGATE_EDI_MODEL_ACKS_H
#define EDIGATE_EDI_MODEL_ACKS_H

#include "edi/jwrite.h"
#include "edi/model.h"

void model_acks_json(struct jwrite *w, struct arena *a, const struct model *m);

/* Of all that it says; ACK_NONE where it is no acknowledgement that we read. */
enum ack_verdict model_ack_verdict(const struct model *m);

const char *model_ack_words(enum ack_verdict v);	/* "accepted with errors" */

/* "Group 17 (PO)", "Interchange 000000001", "850 0001": what is spoken of. Bytes of the file in it. */
struct str model_ack_about(struct arena *a, const struct ack_report *r);
struct str model_ack_about_message(struct arena *a, const struct ack_message *m);

/* "segment 4 (REF), element 2: invalid code, found 'ZZ' (7)". */
struct str model_ack_sentence(struct arena *a, enum ack_kind kind, const struct ack_error *e, bool of_message);

#endif
