/* SPDX-License-Identifier: ISC */
/* net_peer.c - who a client of ours is, by the certificate that it shows: asked for, never demanded, known by its fingerprint. */
#include "gateway/smtp/net_int.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>

static bool
take_print(const X509 *x, struct net_fingerprint *out)
{
	unsigned int n = sizeof(out->b);

	return X509_digest(x, EVP_sha256(), out->b, &n) == 1 && n == sizeof(out->b);
}

int
net_fingerprint_file(const char *path, struct net_fingerprint *out, struct err *e)
{
	FILE *f = fopen(path, "re");
	X509 *x = NULL;
	int rc = -1;

	if (f == NULL)
		return err_errno(e, "%s", path);
	x = PEM_read_X509(f, NULL, NULL, NULL);
	if (x == NULL || !take_print(x, out))
		(void)net_tls_err(e, ERR_CONFIG, path);
	else
		rc = 0;
	X509_free(x);
	(void)fclose(f);
	return rc;
}

/* That it has the key is proven by the handshake itself; who it is, is the fingerprint's to tell, not an authority's. */
static int
let_pass(int ok, X509_STORE_CTX *store)
{
	(void)ok;
	X509_STORE_CTX_set_error(store, X509_V_OK);
	return 1;
}

void
net_peer_ask(SSL_CTX *ctx)
{
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, let_pass);
}

bool
net_ssl_fingerprint(const SSL *ssl, struct net_fingerprint *out, bool *in_time)
{
	X509 *x = SSL_get0_peer_certificate(ssl);

	if (x == NULL || !take_print(x, out)) {
		ERR_clear_error();
		return false;
	}
	*in_time = X509_cmp_current_time(X509_get0_notBefore(x)) < 0 &&
	    X509_cmp_current_time(X509_get0_notAfter(x)) > 0;
	return true;
}
