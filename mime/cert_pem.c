/* SPDX-License-Identifier: ISC */
/* cert_pem.c - a private key from PEM bytes. Only what may hold private keys links this file. */
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "mime/cert_local.h"

/* A key with a passphrase is refused: nobody is there to type it. */
static int
no_passphrase(char *buf, int size, int rwflag, void *arg)
{
	(void)buf, (void)size, (void)rwflag, (void)arg;
	return -1;
}

int
cert_key_read(struct str pem, struct cert_key **out, struct err *e)
{
	BIO *b = pem.n > CERT_PEM_MAX ? NULL : BIO_new_mem_buf(pem.p, (int)pem.n);
	const char *why = NULL;
	EVP_PKEY *pkey;

	if (b == NULL)
		return err_set(e, ERR_CONFIG, "private key of %zu bytes, want at most %d", pem.n, CERT_PEM_MAX);
	pkey = PEM_read_bio_PrivateKey(b, NULL, no_passphrase, NULL);
	BIO_free(b);
	if (pkey == NULL)
		why = ERR_reason_error_string(ERR_peek_last_error());
	ERR_clear_error();
	if (pkey == NULL)
		return err_set(e, ERR_CONFIG, "no private key in PEM form, without a passphrase: %s",
		    why == NULL ? "refused" : why);
	*out = cert_key_local(pkey);
	return 0;
}
