/* SPDX-License-Identifier: ISC */
/*
 * net_int.h - what net.c (connections), net_tls.c (our certificates) and net_rules.c (theirs) share: OpenSSL's types stay
 * in these.
 */
#ifndef EDIGATE_SMTP_NET_INT_H
#define EDIGATE_SMTP_NET_INT_H

#include "gateway/smtp/net.h"

#include <openssl/ssl.h>

/* The rules of a connection, and why its server's certificate was not believed. */
struct net_judge {
	struct net_rules rules;
	char why[160];
};

/* A new TLS connection over fd, its handshake not begun. j (client): kept until the connection ends. */
SSL *net_ssl_new(const struct net_tls *t, int fd, struct net_judge *j);

/* net_rules.c. False: out of memory. */
bool net_rules_expect(SSL *ssl, const struct net_rules *r);
bool net_rules_resume(SSL *ssl, struct net_resume *r);
int  net_rules_verify(X509_STORE_CTX *ctx, void *arg);		/* for SSL_CTX_set_cert_verify_callback() */
int  net_rules_session(SSL *ssl, SSL_SESSION *session);		/* for SSL_CTX_sess_set_new_cb() */
size_t net_rules_bindings(SSL *ssl, struct scram_binding out[NET_BINDS_MAX]);

/* net_peer.c */
void net_peer_ask(SSL_CTX *ctx);
bool net_ssl_fingerprint(const SSL *ssl, struct net_fingerprint *out, bool *in_time);

/* err_set() with OpenSSL's own words for what is in its queue, which is empty then. */
int net_tls_err(struct err *e, enum err_kind kind, const char *what);

#endif
