/* SPDX-License-Identifier: ISC */
/* cms_pss.h - the parameters of RSASSA-PSS and RSAES-OAEP (RFC 4055), for cms_*.c only. */
#ifndef EDIGATE_MIME_CMS_PSS_H
#define EDIGATE_MIME_CMS_PSS_H

#include "mime/cms_signed.h"

struct cms_pss {
	enum mic_alg digest, mask;
	unsigned int salt;	/* PSS only */
};

/* parameters as they stand behind the algorithm, with their tag. false: unknown digests, or not of this form. */
bool cms_pss_read(struct str parameters, struct cms_pss *out);
bool cms_oaep_read(struct str parameters, struct cms_pss *out);	/* a label that is not empty is refused */

/* Parameters with digest for the mask too; PSS: a salt as long as the digest. */
void cms_pss_put(struct der *d, const struct alg *digest);
void cms_oaep_put(struct der *d, const struct alg *digest);

#endif
