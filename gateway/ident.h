/* SPDX-License-Identifier: ISC */
/* ident.h - what people type to name somebody: mail addresses, interchange ids, partner keys. Pure. */
#ifndef EDIGATE_GATEWAY_IDENT_H
#define EDIGATE_GATEWAY_IDENT_H

#include "gateway/base/arena.h"

#define IDENT_KEY_MAX 63			/* of a partner's key: folder and file names are made from it */

bool ident_is_address(struct str s);		/* strict: one '@', dot-atoms; no quotes, no blanks */
bool ident_is_edi(struct str s);		/* "14:4012345000009": qualifier and id */
bool ident_is_key(struct str s);		/* [a-z0-9][a-z0-9._-]* */
struct str ident_slug(struct arena *a, struct str name);	/* a key from a name: "Nordwind GmbH" is "nordwind" */

#endif
