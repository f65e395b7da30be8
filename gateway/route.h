/* SPDX-License-Identifier: ISC */
/*
 * route.h - where a mail goes: names to addresses. A lookup blocks, so one that needs the network runs in a child of
 * its own that lives as long as the lookup and can tell us nothing but addresses.
 */
#ifndef EDIGATE_GATEWAY_ROUTE_H
#define EDIGATE_GATEWAY_ROUTE_H

#include "gateway/base/loop.h"
#include "gateway/conf.h"

#include <sys/socket.h>

#define ROUTE_HOPS_MAX	  20	/* addresses tried for one mail, over all MX hosts */
#define ROUTE_HOST_MAX	  256
#define ROUTE_LOOKUP_MS	  20000

/* One address to connect to. */
struct route_hop {
	struct sockaddr_storage to;
	socklen_t len;
	char host[ROUTE_HOST_MAX];	/* its name: what a certificate must carry */
};

struct route_hops {
	struct route_hop *v;
	size_t n;
};

/* Lent for the call. e NULL: found. ERR_INPUT: the domain takes no mail (RFC 7505) or does not exist; ERR_RETRY. */
typedef void route_fn(void *arg, const struct route_hops *hops, const struct err *e);
struct route_lookup;

/*
 * Addresses of host, or (mx) of the mail exchangers of the domain host, best first. fn is called once, from the loop,
 * never from inside this call. Addresses in digits and "localhost" ask nobody.
 */
struct route_lookup *route_lookup(struct loop *l, struct str host, unsigned int port, bool mx, route_fn *fn, void *arg);
void route_lookup_drop(struct route_lookup *r);		/* takes NULL; fn is not called any more */

#endif
