/* SPDX-License-Identifier: ISC */
/*
 * origins.h - who connects how often: peers counted by IPv4 address or by IPv6 network (/64; a host has a whole one of those
 * to itself). Pure; bounded: those who have not been seen for a minute make room, and where nobody has, newcomers are counted
 * together.
 */
#ifndef EDIGATE_GATEWAY_ORIGINS_H
#define EDIGATE_GATEWAY_ORIGINS_H

#include "gateway/network.h"

#define ORIGIN_KEY_BYTES 8
#define ORIGIN_WINDOW_MS 60000

struct origin {
	unsigned char key[ORIGIN_KEY_BYTES];
	struct origin *next;		/* of the same hash */
	unsigned int sessions, handshakes;	/* now */
	int64_t window_ms;		/* when the minute began that these are of: */
	unsigned int begun, mails;
};
struct origins;

struct origins *origins_new(size_t max, uint64_t seed);	/* seed: not known to peers, or they choose what collides */
void origins_free(struct origins *o);

/* A session begins: it is counted. The pointer holds until origin_leave(), once. */
struct origin *origins_enter(struct origins *o, const struct address *a, int64_t now);
void origin_leave(struct origin *who);

/* One mail more: is it within so many a minute? 0: always. */
bool origin_may_mail(struct origin *who, unsigned int per_minute, int64_t now);
bool origin_may_begin(const struct origin *who, unsigned int per_minute);	/* of sessions, the one that entered included */

#endif
