/* SPDX-License-Identifier: ISC */
/* subject.h - what the subject of a document's mail says. */
#ifndef EDIGATE_GATEWAY_SUBJECT_H
#define EDIGATE_GATEWAY_SUBJECT_H

#include "edi/edi.h"
#include "gateway/conf.h"
#include "mime/stream.h"

#define SUBJECT_UNB_MAX 300	/* a UNB longer than that is none that was meant */

/* "ORDERS 4711"; with subject = unb the UNB of an EDIFACT interchange. */
struct str subject_of(struct arena *a, const struct partner *pt, const struct edi_facts *f,
    struct span content);

#endif
