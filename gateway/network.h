/* SPDX-License-Identifier: ISC */
/* network.h - "192.0.2.0/24", "2001:db8::/48", or one address: who somebody is by where he connects from. Pure. */
#ifndef EDIGATE_GATEWAY_NETWORK_H
#define EDIGATE_GATEWAY_NETWORK_H

#include "gateway/base/err.h"
#include "gateway/base/str.h"

#include <sys/socket.h>

#define ADDRESS_BYTES 16

struct address {
	unsigned char b[ADDRESS_BYTES];	/* IPv4: ::ffff:a.b.c.d */
};
struct network {
	struct address address;
	unsigned int bits;		/* 0 to 128, of all 16 bytes */
};

/* ERR_CONFIG, also where bits behind the slash are set. */
int network_read(struct str text, struct network *out, struct err *e);
bool network_has(const struct network *w, const struct address *a);

/* False for a unix socket: it has none. */
bool address_of(const struct sockaddr_storage *ss, struct address *out);
bool address_is_loopback(const struct address *a);
void address_text(const struct address *a, char *out, size_t size);	/* "192.0.2.1", "2001:db8::1" */

#endif
