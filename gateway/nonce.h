/* SPDX-License-Identifier: ISC */
/* nonce.h - something that was never said before, for AUTH: printable, from getrandom(2). */
#ifndef EDIGATE_GATEWAY_NONCE_H
#define EDIGATE_GATEWAY_NONCE_H

#include "gateway/base/buf.h"

#define NONCE_MAX 24

void nonce_make(struct buf *out);	/* replaces what is in it; of a cap of NONCE_MAX or more */

#endif
