/* SPDX-License-Identifier: ISC */
/*
 * inner.h - containers: what carries a business document inside. Their facts are those of the document; a container
 * without one that we know is no document (EDI_UNKNOWN), and the guess says what it holds.
 */
#ifndef EDIGATE_EDI_INNER_H
#define EDIGATE_EDI_INNER_H

#include "edi/edi.h"

/*
 * Read bytes as the document inside, into out: facts, and out->inner. When no format claims them out becomes
 * EDI_UNKNOWN with guess. Containers do not nest. Returns 0, or -1 with err.
 */
int inner_read(struct arena *a, struct str bytes, struct str guess, struct edi_facts *out,
    struct err *e);

/* Nothing inside: EDI_UNKNOWN, and what it is instead. */
void inner_none(struct edi_facts *out, struct str guess);

/*
 * What a CMS SignedData (RFC 5652, 5; a FatturaPA's .p7m) signs: DER or BER, itself or in base64 or PEM. The signature
 * is not looked at here. content is der's or the arena's. False when it is none, or is detached.
 */
#define P7M_CONTENT_MAX (8u << 20)
bool p7m_content(struct arena *a, struct str in, struct str *content);
/* The same file as plain DER or BER: without base64 or PEM around it. */
bool p7m_der(struct arena *a, struct str in, struct str *der);

extern const struct edi_format edi_sbdh, edi_p7m, edi_pdf;

#endif
