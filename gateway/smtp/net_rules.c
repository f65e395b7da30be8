/* SPDX-License-Identifier: ISC */
/* net_rules.c - what a client wants of a server's certificate, sessions taken up again, what AUTH binds to. */
#include "gateway/smtp/net_int.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORTER_BYTES 32	/* RFC 9266, 2 */

/* ---- pins ---- */

static bool
digest_of(X509 *cert, bool key, unsigned char out[SHA256_BYTES])
{
	unsigned char *der = NULL;
	int n = key ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der) : i2d_X509(cert, &der);
	bool ok = n > 0 && EVP_Digest(der, (size_t)n, out, NULL, EVP_sha256(), NULL) == 1;

	OPENSSL_free(der);
	return ok;
}

static bool
is_pinned(X509 *cert, const struct net_rules *r, char *why, size_t size)
{
	unsigned char own[SHA256_BYTES] = { 0 }, key[SHA256_BYTES] = { 0 };
	char hex[2 * SHA256_BYTES + 1];

	if (!digest_of(cert, false, own) || !digest_of(cert, true, key))
		return false;
	for (size_t i = 0; i < r->n_pins; i++)
		if (memcmp(r->pins[i].digest, r->pins[i].key ? key : own, sizeof(own)) == 0)
			return true;
	for (size_t i = 0; i < sizeof(key); i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", key[i]);
	(void)snprintf(why, size, "it is none of the pinned ones, but key:%s", hex);
	return false;
}

/* ---- the verdict on a certificate ---- */

/* In place of OpenSSL's own, which is asked where chain and name, or DANE, are to be looked at. */
int
net_rules_verify(X509_STORE_CTX *ctx, void *arg)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(ctx, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct net_judge *j = SSL_get_app_data(ssl);

	(void)arg;
	switch (j->rules.trust) {
	case NET_TRUST_ANY:
		return 1;
	case NET_TRUST_PIN:
		if (is_pinned(X509_STORE_CTX_get0_cert(ctx), &j->rules, j->why, sizeof(j->why)))
			return 1;
		X509_STORE_CTX_set_error(ctx, X509_V_ERR_APPLICATION_VERIFICATION);
		return 0;
	case NET_TRUST_CA:
	case NET_TRUST_DANE:
		break;
	}
	return X509_verify_cert(ctx);
}

static bool
expect_dane(SSL *ssl, const struct net_rules *r)
{
	if (SSL_dane_enable(ssl, r->name) != 1 || (r->also != NULL && SSL_add1_host(ssl, r->also) != 1))
		return false;
	/* RFC 7672, 3.1.1: with DANE-EE the key alone counts. */
	(void)SSL_dane_set_flags(ssl, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
	for (size_t i = 0; i < r->n_tlsa; i++)
		(void)SSL_dane_tlsa_add(ssl, r->tlsa[i].usage, r->tlsa[i].selector,
		    r->tlsa[i].matching, r->tlsa[i].data, r->tlsa[i].n);
	return true;	/* one that OpenSSL does not understand fits nothing; without any, chain and name count */
}

bool
net_rules_expect(SSL *ssl, const struct net_rules *r)
{
	unsigned char address[sizeof(struct in6_addr)];
	X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
	bool is_address = inet_pton(AF_INET, r->name, address) == 1 || inet_pton(AF_INET6, r->name, address) == 1;
	char sni[256];

	(void)snprintf(sni, sizeof(sni), "%s", r->name);
	X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	if (r->trust == NET_TRUST_DANE)
		return expect_dane(ssl, r);
	if (is_address)
		return r->trust != NET_TRUST_CA || X509_VERIFY_PARAM_set1_ip_asc(param, r->name) == 1;
	return SSL_set_tlsext_host_name(ssl, sni) == 1 &&
	    (r->trust != NET_TRUST_CA || SSL_set1_host(ssl, sni) == 1);
}

/* ---- sessions taken up again ---- */

void
net_resume_clear(struct net_resume *r)
{
	SSL_SESSION_free(r->session);
	r->session = NULL;
}

/* The server gave us a ticket. Never with DANE: whether the certificate still fits must be asked each time. */
int
net_rules_session(SSL *ssl, SSL_SESSION *session)
{
	struct net_judge *j = SSL_get_app_data(ssl);

	if (j->rules.resume == NULL || j->rules.trust == NET_TRUST_DANE)
		return 0;
	net_resume_clear(j->rules.resume);
	j->rules.resume->session = session;
	return 1;		/* it is ours now */
}

bool
net_rules_resume(SSL *ssl, struct net_resume *r)
{
	if (r == NULL || r->session == NULL)
		return true;
	if (SSL_set_session(ssl, r->session) != 1)
		return false;
	if (SSL_SESSION_get_protocol_version(r->session) >= TLS1_3_VERSION)
		net_resume_clear(r);	/* RFC 8446, C.4: a ticket is used once */
	return true;
}

/* ---- channel binding ---- */

static bool
bind_exporter(SSL *ssl, struct scram_binding *b)
{
	static const char label[] = "EXPORTER-Channel-Binding";

	if (SSL_version(ssl) < TLS1_3_VERSION ||
	    SSL_export_keying_material(ssl, b->data, EXPORTER_BYTES, label, sizeof(label) - 1,
	        (const unsigned char *)"", 0, 1) != 1)
		return false;
	b->type = "tls-exporter";
	b->n = EXPORTER_BYTES;
	return true;
}

/* RFC 5929, 4.1: the hash that the certificate was signed with, but SHA-256 for MD5 and SHA-1. Some have none. */
static bool
bind_end_point(SSL *ssl, struct scram_binding *b)
{
	X509 *cert = SSL_is_server(ssl) ? SSL_get_certificate(ssl) : SSL_get0_peer_certificate(ssl);
	const EVP_MD *md;
	unsigned int n = 0;
	int nid = NID_undef;

	if (cert == NULL || OBJ_find_sigid_algs(X509_get_signature_nid(cert), &nid, NULL) != 1 ||
	    nid == NID_undef)
		return false;
	md = nid == NID_md5 || nid == NID_sha1 ? EVP_sha256() : EVP_get_digestbynid(nid);
	if (md == NULL || EVP_MD_get_size(md) > SCRAM_BINDING_MAX || X509_digest(cert, md, b->data, &n) != 1)
		return false;
	b->type = "tls-server-end-point";
	b->n = n;
	return true;
}

size_t
net_rules_bindings(SSL *ssl, struct scram_binding out[NET_BINDS_MAX])
{
	size_t n = 0;

	ERR_clear_error();
	n += bind_exporter(ssl, &out[n]);
	n += bind_end_point(ssl, &out[n]);
	ERR_clear_error();
	return n;
}
