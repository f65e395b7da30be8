/* SPDX-License-Identifier: ISC */
/*
 * signed.h - signatures around a document itself (a FatturaPA's .p7m), as opposed to those of the mail. Says whether
 * the signature fits the content; whose it is, is for the receiver of the document to judge.
 */
#ifndef EDIGATE_GATEWAY_SIGNED_H
#define EDIGATE_GATEWAY_SIGNED_H

#include "edi/edi.h"

/* Adds the problem "signature-bad" to f when in, which f was read of, is signed and not by these bytes. */
void signed_check(struct arena *a, struct str in, int64_t now_ms, struct edi_facts *f);

#endif
