/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/net_int.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct net_tls {
	SSL_CTX *ctx;
	bool client;
};

int
net_tls_err(struct err *e, enum err_kind kind, const char *what)
{
	const char *why = ERR_reason_error_string(ERR_peek_last_error());

	(void)err_set(e, kind, "%s: %s", what, why != NULL ? why : "no reason given");
	ERR_clear_error();
	return err_code(-1, e, "E-SMTP-TLS");
}

static void
set_rules(SSL_CTX *ctx)
{
	(void)SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	SSL_CTX_set_security_level(ctx, 2);	/* no SHA-1 signatures, no RSA below 2048 bits */
	(void)SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
	    SSL_OP_CIPHER_SERVER_PREFERENCE);
	(void)SSL_CTX_set_num_tickets(ctx, 0);
	(void)SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	(void)SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
	    SSL_MODE_RELEASE_BUFFERS);
}

static struct net_tls *
tls_new(const SSL_METHOD *method, bool client)
{
	struct net_tls *t = calloc(1, sizeof(*t));

	if (t == NULL)
		abort();
	t->client = client;
	t->ctx = SSL_CTX_new(method);
	if (t->ctx == NULL)
		abort();
	set_rules(t->ctx);
	return t;
}

struct net_tls *
net_tls_client(const char *ca, struct err *e)
{
	struct net_tls *t = tls_new(TLS_client_method(), true);
	bool system = strcmp(ca, "system") == 0;
	int ok = system ? SSL_CTX_set_default_verify_paths(t->ctx)
			: SSL_CTX_load_verify_file(t->ctx, ca);

	if (ok != 1) {
		(void)net_tls_err(e, ERR_CONFIG, system ? "certificates of the system" : ca);
		net_tls_free(t);
		return NULL;
	}
	SSL_CTX_set_verify(t->ctx, SSL_VERIFY_PEER, NULL);
	return t;
}

struct net_tls *
net_tls_server(const char *cert, const char *key, struct err *e)
{
	struct net_tls *t = tls_new(TLS_server_method(), false);

	if (SSL_CTX_use_certificate_chain_file(t->ctx, cert) != 1)
		(void)net_tls_err(e, ERR_CONFIG, cert);
	else if (SSL_CTX_use_PrivateKey_file(t->ctx, key, SSL_FILETYPE_PEM) != 1)
		(void)net_tls_err(e, ERR_CONFIG, key);
	else if (SSL_CTX_check_private_key(t->ctx) != 1)
		(void)net_tls_err(e, ERR_CONFIG, "key and certificate do not belong together");
	else
		return t;
	net_tls_free(t);
	return NULL;
}

void
net_tls_free(struct net_tls *t)
{
	if (t == NULL)
		return;
	SSL_CTX_free(t->ctx);
	free(t);
}

static void
expect_name(SSL *ssl, const char *name)
{
	unsigned char address[sizeof(struct in6_addr)];
	X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
	char sni[256];
	int ok;

	(void)snprintf(sni, sizeof(sni), "%s", name);
	X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
	    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	if (inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1)
		ok = X509_VERIFY_PARAM_set1_ip_asc(param, name);
	else
		ok = SSL_set1_host(ssl, sni) == 1 && SSL_set_tlsext_host_name(ssl, sni) == 1;
	if (ok != 1)
		abort();	/* out of memory; without the name nothing would be verified */
}

SSL *
net_ssl_new(const struct net_tls *t, int fd, const char *name)
{
	SSL *ssl = SSL_new(t->ctx);

	if (ssl == NULL || SSL_set_fd(ssl, fd) != 1)
		abort();
	if (t->client) {
		expect_name(ssl, name);
		SSL_set_connect_state(ssl);
	} else {
		SSL_set_accept_state(ssl);
	}
	return ssl;
}
