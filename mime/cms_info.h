/* SPDX-License-Identifier: ISC */
/* cms_info.h - ContentInfo (RFC 5652, 3), which is around every CMS message; for cms_*.c only. */
#ifndef EDIGATE_MIME_CMS_INFO_H
#define EDIGATE_MIME_CMS_INFO_H

#include "mime/cms.h"
#include "mime/der.h"

/* What is in it: of der that ber_check() likes, the content of that kind; false when it is none. */
bool cms_info_take(struct str der, enum cms_kind kind, struct str *inside);

/* Around all that is in d: the explicit [0], the kind, the sequence. */
void cms_info_wrap(struct der *d, enum cms_kind kind);

#endif
