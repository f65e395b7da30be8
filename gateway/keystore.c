/* SPDX-License-Identifier: ISC */
#include "gateway/keystore.h"

#include "mime/cert_local.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <openssl/x509.h>
#include <string.h>

#define PASSPHRASE_MAX 1024

static const char *
why(void)
{
	unsigned long code = ERR_peek_last_error();
	const char *text = code == 0 ? NULL : ERR_reason_error_string(code);

	ERR_clear_error();
	return text == NULL ? "refused" : text;
}

/* What a file or a token asks for, answered from the settings: nobody is there to type it. */
static int
give_passphrase(char *buf, int size, int rwflag, void *arg)
{
	const struct str *passphrase = arg;

	(void)rwflag;
	if (passphrase->n == 0 || size < 0 || passphrase->n > (size_t)size)
		return -1;
	memcpy(buf, passphrase->p, passphrase->n);
	return (int)passphrase->n;
}

static int
add_key(EVP_PKEY *pkey, struct keystore *out, struct err *e)
{
	struct keystore_key *k = &out->keys[out->n];
	unsigned char *der = NULL;
	unsigned int got = CERT_KEY_ID_BYTES;
	int n;

	if (out->n == KEYSTORE_KEYS_MAX)
		return err_set(e, ERR_CONFIG, "over %d private keys", KEYSTORE_KEYS_MAX);
	n = i2d_PUBKEY(pkey, &der);
	if (n <= 0 || EVP_Digest(der, (size_t)n, k->id, &got, EVP_sha256(), NULL) != 1) {
		OPENSSL_free(der);
		return err_set(e, ERR_CONFIG, "a private key without its public one: %s", why());
	}
	OPENSSL_free(der);
	if (keystore_find(out, k->id) != NULL)
		return 0;
	(void)EVP_PKEY_up_ref(pkey);
	k->key = cert_key_local(pkey);
	out->n++;
	return 0;
}

/* Certificates beside the key are no concern of ours; a key that cannot be opened is. */
static int
read_all(OSSL_STORE_CTX *store, struct keystore *out, struct err *e)
{
	size_t before = out->n;

	while (OSSL_STORE_eof(store) == 0) {
		OSSL_STORE_INFO *info = OSSL_STORE_load(store);
		int rc = 0;

		if (info == NULL)
			break;
		if (OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY)
			rc = add_key(OSSL_STORE_INFO_get0_PKEY(info), out, e);
		OSSL_STORE_INFO_free(info);
		if (rc == -1)
			return -1;
	}
	if (out->n == before)
		return err_set(e, ERR_CONFIG,
		    "no private key that can be read, or opened by key_passphrase: %s", why());
	return 0;
}

/* By the engine, where no provider knew the URI. */
static int
read_token(const char *uri, UI_METHOD *ui, struct str *passphrase, struct keystore *out,
    struct err *e)
{
	EVP_PKEY *key = keystore_engine_load(uri, ui, passphrase, e);
	int rc = key == NULL ? -1 : add_key(key, out, e);

	EVP_PKEY_free(key);
	return rc;
}

int
keystore_read(const char *place, struct str passphrase, struct keystore *out, struct err *e)
{
	UI_METHOD *ui = UI_UTIL_wrap_read_pem_callback(give_passphrase, 0);
	OSSL_STORE_CTX *store = OSSL_STORE_open(place, ui, &passphrase, NULL, NULL);
	int rc = -1;

	if (store != NULL) {
		(void)OSSL_STORE_expect(store, OSSL_STORE_INFO_PKEY);
		rc = read_all(store, out, e);
		(void)OSSL_STORE_close(store);
	} else if (str_starts(str_of(place), S("pkcs11:"))) {
		ERR_clear_error();
		rc = read_token(place, ui, &passphrase, out, e);
	} else {
		(void)err_set(e, ERR_CONFIG, "cannot be opened: %s", why());
	}
	UI_destroy_method(ui);
	ERR_clear_error();
	return rc;
}

int
keystore_open(const struct conf *c, struct keystore *out, struct err *e)
{
	struct arena *a = arena_new(64 << 10);
	struct buf passphrase = BUF_CAP(PASSPHRASE_MAX);
	int rc = 0;

	*out = (struct keystore){ 0 };
	if (c->key_passphrase.n > 0 && (rc = conf_secret(c, c->key_passphrase, &passphrase, e)) == -1)
		err_add(e, "key_passphrase");
	for (size_t i = 0; i < c->keys.n && rc == 0; i++) {
		rc = keystore_read(str_cstr(a, c->keys.v[i]), buf_str(&passphrase), out, e);
		if (rc == -1)
			err_add(e, "private key " STR_FMT, STR_ARG(c->keys.v[i]));
		out->outside |= c->keys.v[i].p[0] != '/';
	}
	if (passphrase.n > 0)
		explicit_bzero(passphrase.p, passphrase.n);
	buf_clear(&passphrase);
	arena_free(a);
	if (rc == -1)
		keystore_close(out);
	return rc;
}

void
keystore_close(struct keystore *s)
{
	for (size_t i = 0; i < s->n; i++)
		cert_key_free(s->keys[i].key);
	*s = (struct keystore){ 0 };
}

const struct cert_key *
keystore_find(const struct keystore *s, const unsigned char id[CERT_KEY_ID_BYTES])
{
	for (size_t i = 0; i < s->n; i++)
		if (memcmp(s->keys[i].id, id, CERT_KEY_ID_BYTES) == 0)
			return s->keys[i].key;
	return NULL;
}

/* Whichever certificate was named: without the key to it comes what stands in for one, by another key. */
static void
unwrap_any(void *arg, const struct cert_to_unwrap *what, unsigned char *out)
{
	const struct keystore *s = arg;
	unsigned char id[CERT_KEY_ID_BYTES];
	const struct cert_key *key = what->to != NULL && cert_key_id(what->to, id) == 0 ? keystore_find(s, id) : NULL;

	cert_key_unwrap(key != NULL ? key : s->keys[0].key, what, out);
}

struct cert_key *
keystore_unwrapper(const struct keystore *s)
{
	static const struct cert_key_ops any = { .unwrap = unwrap_any };

	return cert_key_of(&any, (void *)(uintptr_t)s, NULL);
}
