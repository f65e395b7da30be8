/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/net_int.h"

#include <openssl/err.h>
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
	/* Under 1.2 what 1.3 has alone (BCP 195): a fresh key for each session, and ciphers that authenticate. */
	if (SSL_CTX_set_cipher_list(ctx, "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM") != 1)
		abort();
	SSL_CTX_set_security_level(ctx, 2);	/* no SHA-1 signatures, no RSA below 2048 bits */
	(void)SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
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

/* PEM files of who we are. */
static int
be(struct net_tls *t, const char *cert, const char *key, struct err *e)
{
	if (SSL_CTX_use_certificate_chain_file(t->ctx, cert) != 1)
		return net_tls_err(e, ERR_CONFIG, cert);
	if (SSL_CTX_use_PrivateKey_file(t->ctx, key, SSL_FILETYPE_PEM) != 1)
		return net_tls_err(e, ERR_CONFIG, key);
	if (SSL_CTX_check_private_key(t->ctx) != 1)
		return net_tls_err(e, ERR_CONFIG, "key and certificate do not belong together");
	return 0;
}

struct net_tls *
net_tls_client(const char *ca, const char *cert, const char *key, struct err *e)
{
	struct net_tls *t = tls_new(TLS_client_method(), true);
	bool system = strcmp(ca, "system") == 0;
	int ok = system ? SSL_CTX_set_default_verify_paths(t->ctx)
			: SSL_CTX_load_verify_file(t->ctx, ca);

	if (ok != 1)
		(void)net_tls_err(e, ERR_CONFIG, system ? "certificates of the system" : ca);
	if (ok != 1 || (cert[0] != '\0' && be(t, cert, key, e) == -1)) {
		net_tls_free(t);
		return NULL;
	}
	if (SSL_CTX_dane_enable(t->ctx) != 1)
		abort();
	SSL_CTX_set_verify(t->ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(t->ctx, net_rules_verify, NULL);
	(void)SSL_CTX_set_session_cache_mode(t->ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(t->ctx, net_rules_session);
	return t;
}

struct net_tls *
net_tls_server(const char *cert, const char *key, struct err *e)
{
	struct net_tls *t = tls_new(TLS_server_method(), false);

	(void)SSL_CTX_set_options(t->ctx, SSL_OP_NO_TICKET);
	(void)SSL_CTX_set_num_tickets(t->ctx, 0);
	(void)SSL_CTX_set_session_cache_mode(t->ctx, SSL_SESS_CACHE_OFF);
	if (be(t, cert, key, e) == 0)
		return t;
	net_tls_free(t);
	return NULL;
}

void
net_tls_ask(struct net_tls *t)
{
	net_peer_ask(t->ctx);
}

void
net_tls_free(struct net_tls *t)
{
	if (t == NULL)
		return;
	SSL_CTX_free(t->ctx);
	free(t);
}

SSL *
net_ssl_new(const struct net_tls *t, int fd, struct net_judge *j)
{
	SSL *ssl = SSL_new(t->ctx);

	if (ssl == NULL || SSL_set_fd(ssl, fd) != 1)
		abort();
	if (!t->client) {
		SSL_set_accept_state(ssl);
		return ssl;
	}
	/* Out of memory; without the name nothing would be verified. */
	if (SSL_set_app_data(ssl, j) != 1 || !net_rules_expect(ssl, &j->rules) ||
	    !net_rules_resume(ssl, j->rules.resume))
		abort();
	SSL_set_connect_state(ssl);
	return ssl;
}
