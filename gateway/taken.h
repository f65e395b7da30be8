/* SPDX-License-Identifier: ISC */
/* taken.h - a mail that was taken in, wherever in the spool it lies by now. */
#ifndef EDIGATE_GATEWAY_TAKEN_H
#define EDIGATE_GATEWAY_TAKEN_H

#include "spool/spool.h"

#define TAKEN_MAX ((size_t)16 << 30)	/* a document of 4 GiB, encoded twice; how much listen takes says its size_max */

/* Map it, for io_unmap(). ERR_INPUT: it is gone, or too large: trying again changes nothing. */
int taken_map(struct spool *s, const char *ulid, struct str *out, struct err *e);

#endif
