/* SPDX-License-Identifier: ISC */
/*
 * card.h - a partner on one page: a settings section with name, address and ids, the certificate in PEM behind it.
 *
 *   [partner "nordwind"]
 *   name = Nordwind GmbH
 *   address = edi@nordwind.example
 *   ids = 14:4012345000009
 *   -----BEGIN CERTIFICATE-----
 *
 * Pure. Keys that a newer version may have added are skipped; what is there must be right.
 */
#ifndef EDIGATE_GATEWAY_CARD_H
#define EDIGATE_GATEWAY_CARD_H

#include "gateway/base/arena.h"
#include "gateway/base/err.h"

#define CARD_BYTES_MAX ((size_t)256 << 10)

struct card {
	struct str key, name, address, ids;	/* as in a settings file; ids and address may be lists with commas */
	struct str pem;
};

int card_read(struct arena *a, struct str text, const char *file, struct card *out, struct err *e);
struct str card_settings(struct arena *a, const struct card *card);	/* the section, without the certificate */

#endif
