/* SPDX-License-Identifier: ISC */
/* cms_name.h - how CMS says which certificate it means (RFC 5652, 5.3 and 6.2), for cms_*.c only. */
#ifndef EDIGATE_MIME_CMS_NAME_H
#define EDIGATE_MIME_CMS_NAME_H

#include <openssl/x509.h>

#include "mime/der.h"

struct cms_name {
	struct str issuer, serial;	/* with tag and length; or both empty, and then */
	struct str key_id;		/* is the certificate's subjectKeyIdentifier */
};

bool cms_name_take(struct str *s, struct cms_name *out);
bool cms_name_fits(const struct cms_name *name, X509 *x);
void cms_name_put(struct der *d, X509 *x);	/* issuerAndSerialNumber */
bool cms_key_id_put(struct der *d, X509 *x);	/* [0] subjectKeyIdentifier; false: x has none */

#endif
