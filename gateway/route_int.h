/* SPDX-License-Identifier: ISC */
/*
 * route_int.h - between route.c, which the role calls, and route_child.c, which runs in a child and asks the name service.
 *
 * What the child says, one line each, then it closes the pipe:
 *   A PORT HOST ADDRESS			in the order to try
 *   T HOST USAGE SELECTOR MATCHING HEX	a TLSA record of a host whose addresses have been said
 *   N TEXT				there is nothing, and there will not be: refuse
 *   E TEXT				no answer: try later
 *   C TEXT				not as this machine is set up: a person must act
 */
#ifndef EDIGATE_GATEWAY_ROUTE_INT_H
#define EDIGATE_GATEWAY_ROUTE_INT_H

#include "gateway/route.h"

#define ROUTE_ANSWER_MAX 65536	/* of a name server, and of the child to us */

bool route_is_host(struct str s);	/* a name or an address, as the child may say it */
_Noreturn void route_child(const struct route_ask *ask, int out);

#endif
