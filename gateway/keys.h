/* SPDX-License-Identifier: ISC */
/*
 * keys.h - the certificates and the private key that pack and unpack work with: ours read once at start, a
 * partner's when first needed. The one place that knows where a private key comes from, so that taking it
 * out into a role of its own changes this file and no other.
 */
#ifndef EDIGATE_GATEWAY_KEYS_H
#define EDIGATE_GATEWAY_KEYS_H

#include "gateway/conf.h"
#include "mime/cert.h"

struct keys;

int  keys_open(const struct conf *c, struct keys **out, struct err *e);
void keys_close(struct keys *k);
const struct cert_set *keys_own(const struct keys *k);
const struct cert_key *keys_private(const struct keys *k);

/* Every certificate of that partner, kept until keys_close(). NULL in out and 0 when none is configured. */
int  keys_partner(struct keys *k, const struct partner *pt, const struct cert_set **out, struct err *e);

#endif
