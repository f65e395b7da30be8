/* SPDX-License-Identifier: ISC */
/*
 * listen_users.h - who may log in at the listener: a file with a line for each, "NAME:PASSWORD", or, so that it holds no
 * password, "NAME:SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY" (RFC 5803). Read once, at the start.
 */
#ifndef EDIGATE_GATEWAY_LISTEN_USERS_H
#define EDIGATE_GATEWAY_LISTEN_USERS_H

#include "gateway/base/arena.h"
#include "gateway/smtp/scram.h"

struct listen_users {
	struct str text;		/* of the file; empty: nobody */
	struct buf seed;		/* random, for the salts of those who have none */
};

int listen_users_read(struct listen_users *u, struct arena *a, const char *path, struct err *e);

bool listen_users_know(const struct listen_users *u, struct str name, struct str password);
/* For a name that is not there too: one that no password fits, and looks the same each time. */
void listen_users_verifier(const struct listen_users *u, struct str name,
    struct scram_verifier *out);

#endif
