/* SPDX-License-Identifier: ISC */
/*
 * route.h - where a mail goes: names to addresses. A lookup blocks, so one that needs the network runs in a child of
 * its own that lives as long as the lookup and can tell us nothing but addresses.
 */
#ifndef EDIGATE_GATEWAY_ROUTE_H
#define EDIGATE_GATEWAY_ROUTE_H

#include "gateway/base/loop.h"
#include "gateway/smtp/net.h"

#include <sys/socket.h>

#define ROUTE_HOPS_MAX	  20	/* addresses tried for one mail, over all MX hosts */
#define ROUTE_HOST_MAX	  256
#define ROUTE_LOOKUP_MS	  20000
#define ROUTE_TLSA_MAX	  8	/* of one host; further ones are not looked at */

/* One address to connect to. */
struct route_hop {
	struct sockaddr_storage to;
	socklen_t len;
	unsigned int port;
	char host[ROUTE_HOST_MAX];	/* its name: what a certificate must carry */
	struct net_tlsa tlsa[ROUTE_TLSA_MAX];	/* validated, and of a kind that we use; n_tlsa 0: none */
	size_t n_tlsa;
	bool tls_due;			/* it has validated records, if only of kinds that we do not use: TLS is spoken there */
};

struct route_server {
	struct str host;
	unsigned int port;
};

/* Lent for the call of route_lookup(). */
struct route_ask {
	struct str host;		/* a name, or an address in digits */
	unsigned int port;
	bool mx;			/* host is a domain: its mail exchangers */
	bool dane;			/* and the TLSA records of each server */
	const struct route_server *backups;	/* after all of them */
	size_t n_backups;
};

struct route_hops {
	struct route_hop *v;
	size_t n;
};

/*
 * Lent for the call. e NULL: found. ERR_INPUT: the domain takes no mail (RFC 7505) or does not exist; ERR_RETRY;
 * ERR_CONFIG: DANE is wanted, and no name service can be trusted to have validated what it says.
 */
typedef void route_fn(void *arg, const struct route_hops *hops, const struct err *e);
struct route_lookup;

/*
 * Addresses to connect to, best first. fn is called once, from the loop, never from inside this call. An address in digits
 * and "localhost" alone ask nobody.
 *
 * DANE (RFC 7672): believed is the AD bit of a name server on loopback, or of any where resolv.conf(5) says trust-ad. A
 * host whose TLSA records cannot be had (an answer that is damaged or forged is a failure, too) is left out.
 */
struct route_lookup *route_lookup(struct loop *l, const struct route_ask *ask, route_fn *fn,
    void *arg);
void route_lookup_drop(struct route_lookup *r);		/* takes NULL; fn is not called any more */

#endif
