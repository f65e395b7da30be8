/* SPDX-License-Identifier: ISC */
/*
 * proxy.h - the header that a load balancer puts in front of a connection: the PROXY protocol, version 2, binary, and nothing
 * else. Pure. Only from peers that are known to be load balancers may it be read at all; then it must be there.
 */
#ifndef EDIGATE_SMTP_PROXY_H
#define EDIGATE_SMTP_PROXY_H

#include "gateway/base/err.h"
#include "gateway/base/str.h"

#define PROXY_FIXED 16		/* what each header begins with; it tells the length of the rest */
#define PROXY_MAX   536		/* of a whole one: more than any balancer sends, less than a packet */

struct proxy {
	bool local;		/* the balancer speaks for itself: addresses mean nothing */
	bool is_v6;
	unsigned char source[16], target[16];	/* network order; the first four when not is_v6 */
	unsigned int source_port, target_port;
};

/* How many bytes of in to have before proxy_read() can say more: PROXY_FIXED at first. */
size_t proxy_want(struct str in);

/* in: exactly proxy_want() bytes. Returns 1 when it is whole, 0 when it wants more; -1 with ERR_INPUT. */
int proxy_read(struct str in, struct proxy *out, struct err *e);

#endif
