/* SPDX-License-Identifier: ISC */
/* pack_cert.h - documents from an outbox that tell a partner of certificates: one in DER, or a message of cem.h. */
#ifndef EDIGATE_GATEWAY_PACK_CERT_H
#define EDIGATE_GATEWAY_PACK_CERT_H

#include "edi/edi.h"
#include "gateway/keyring.h"

/*
 * Facts when the document is one, NULL when it is something else. verdict EDI_BROKEN: one that may not go, e says why;
 * a request may only ask to trust what is ours.
 */
const struct edi_facts *pack_cert_facts(struct arena *a, struct keyring *r,
    const struct partner *pt, struct str document, struct err *e);

bool pack_cert_is(const struct edi_facts *f);		/* is always signed: whoever reads it must know that it is from us */
bool pack_cert_is_entity(const struct edi_facts *f);	/* a MIME entity as it stands */

#endif
