/* SPDX-License-Identifier: ISC */
/* vet.h - may this document go to that partner? Folder, interchange and settings must not disagree: nothing is guessed. */
#ifndef EDIGATE_GATEWAY_VET_H
#define EDIGATE_GATEWAY_VET_H

#include "edi/edi.h"
#include "gateway/conf.h"

#define VET_MIXED_TEST "some of its interchanges are tests, some are not: test and production do not go together (mode)"

/* Why not, in a sentence for people; empty: it may. */
struct str vet_outbound(struct arena *a, const struct conf *c, const struct partner *pt,
    const struct edi_facts *f);

#endif
