/* SPDX-License-Identifier: ISC */
/* smarthost.h - a mail server as people write it on a command line: smtps://user@smtp.example.net:465. Pure. */
#ifndef EDIGATE_GATEWAY_SMARTHOST_H
#define EDIGATE_GATEWAY_SMARTHOST_H

#include "gateway/base/arena.h"
#include "gateway/base/err.h"

struct smarthost {
	struct str host, user;		/* user empty: no AUTH */
	unsigned int port;
	const char *tls;		/* value of [smtp] tls: "implicit", "starttls", "none" */
};

/*
 * smtps://HOST[:465]         TLS from the first byte
 * smtp://HOST[:587]          STARTTLS, required
 * smtp+plain://HOST[:25]     no TLS; also smtp://HOST:PORT?tls=none
 * mx                         each partner's own server
 * USER@ may stand before HOST; its reserved characters as %40. A password there is refused: it would stay in the
 * shell's history.
 */
int smarthost_read(struct arena *a, struct str url, struct smarthost *out, struct err *e);

/* HOST, HOST:PORT, [V6], [V6]:PORT; port: where none is given. */
int smarthost_server(struct str text, unsigned int port, struct str *host, unsigned int *out,
    struct err *e);

/* "127.0.0.1:2525", "[::1]:2525", "mail.example:25": host and port, both needed. */
int hostport_read(struct str text, struct str *host, unsigned int *port, struct err *e);

#endif
