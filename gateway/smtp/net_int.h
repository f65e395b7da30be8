/* SPDX-License-Identifier: ISC */
/* net_int.h - what net.c (connections) and net_tls.c (certificates and rules) share: OpenSSL's types stay in these. */
#ifndef EDIGATE_SMTP_NET_INT_H
#define EDIGATE_SMTP_NET_INT_H

#include "gateway/smtp/net.h"

#include <openssl/ssl.h>

/* A new TLS connection over fd, its handshake not begun. name: what the peer must prove to be (client side). */
SSL *net_ssl_new(const struct net_tls *t, int fd, const char *name);

/* err_set() with OpenSSL's own words for what is in its queue, which is empty then. */
int net_tls_err(struct err *e, enum err_kind kind, const char *what);

#endif
