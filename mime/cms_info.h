/* SPDX-License-Identifier: ISC */
/* cms_info.h - ContentInfo (RFC 5652, 3), which is around every CMS message; for cms_*.c only. */
#ifndef EDIGATE_MIME_CMS_INFO_H
#define EDIGATE_MIME_CMS_INFO_H

#include "mime/cms.h"
#include "mime/der.h"

/* The end of what cms_begin() opened: nothing is left in it, and nothing stands behind. */
bool cms_end(struct pull *p);

/* What is wrong: with the syntax, or with the source, when it is; else what. Returns -1. */
int cms_fault(const struct pull *p, struct err *e, const char *what);

bool cms_pull_alg(struct pull *p, struct alg_id *out);

/* Around all that is in d: the explicit [0], the kind, the sequence. */
void cms_info_wrap(struct der *d, enum cms_kind kind);

#endif
