/* SPDX-License-Identifier: ISC */
/*
 * resolver.so - LD_PRELOADed into a role, it has names looked up at RESOLVER_PORT of 127.0.0.1, or of RESOLVER_ADDRESS, as if
 * resolv.conf said so; which knows no ports.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdlib.h>

static void __attribute__((constructor))
ask_there(void)
{
	const char *port = getenv("RESOLVER_PORT"), *address = getenv("RESOLVER_ADDRESS");
	struct sockaddr_in sin = { .sin_family = AF_INET };

	if (port == NULL || res_init() == -1)
		return;
	sin.sin_port = htons((uint16_t)atol(port));
	sin.sin_addr.s_addr = address != NULL ? inet_addr(address) : htonl(INADDR_LOOPBACK);
	_res.nscount = 1;
	_res.nsaddr_list[0] = sin;
	_res.retrans = 1;
	_res.retry = 1;
	_res.options &= ~(unsigned long)RES_TRUSTAD;
}
