/* SPDX-License-Identifier: ISC */
/* cms_enveloped.h - EnvelopedData (RFC 5652, 6) and AuthEnvelopedData (RFC 5083): what stands around the content. */
#ifndef EDIGATE_MIME_CMS_ENVELOPED_H
#define EDIGATE_MIME_CMS_ENVELOPED_H

#include "mime/cms_info.h"
#include "mime/cms_name.h"

/* One certificate for which the content key is wrapped. */
struct cms_recipient {
	struct cms_name name;
	struct alg_id alg;		/* of transport, or of agreement */
	bool agreed;
	struct str peer;		/* agreement: the sender's key of the moment, as bytes */
	struct str material;		/* agreement: what both add to it; p NULL: nothing */
	struct str wrapped;
};

struct cms_enveloped {
	struct cms_recipient recipients[CMS_RECIPIENTS_MAX];
	size_t n;
	struct str content_type;	/* OID */
	struct alg_id cipher;
	struct str attributes;		/* authenticated; p NULL: none */
	struct str tag;			/* AuthEnvelopedData: that nothing was changed */
};

/*
 * Behind cms_begin(): all before the encrypted content, which is the next element, an octet string by [0], if it is there;
 * and all behind it, to the end. Only key transport and agreement with a key of the moment: nobody sends us passwords or
 * shared keys. false: of another form, or over a limit.
 */
bool cms_enveloped_begin(struct pull *p, struct cms_enveloped *out);
bool cms_enveloped_end(struct pull *p, enum cms_kind kind, struct cms_enveloped *out);

/* ECC-CMS-SharedInfo (RFC 5753, 7.2) for a wrapping as its AlgorithmIdentifier stands in the message. */
void cms_shared_info(struct der *d, struct str wrap_id, struct str material,
    const struct alg *wrap);

#endif
