/* SPDX-License-Identifier: ISC */
/*
 * keystore.h - private keys from where they are kept, by OSSL_STORE: a file in any form that libcrypto reads, or a URI
 * of a provider; a token (pkcs11:..., RFC 7512) by an engine where there is no provider. Only what may hold private keys links this.
 */
#ifndef EDIGATE_GATEWAY_KEYSTORE_H
#define EDIGATE_GATEWAY_KEYSTORE_H

#include "gateway/conf.h"
#include "mime/cert_key.h"

#define KEYSTORE_KEYS_MAX 16

/* A private key, and which one it is. */
struct keystore_key {
	unsigned char id[CERT_KEY_ID_BYTES];
	struct cert_key *key;
};

struct keystore {
	struct keystore_key keys[KEYSTORE_KEYS_MAX];
	size_t n;
	bool outside;		/* some are in a token, whose module needs its descriptors */
};

/* Everything that [gateway] key names, opened by its passphrase. ERR_CONFIG; out is empty then. */
int  keystore_open(const struct conf *c, struct keystore *out, struct err *e);
void keystore_close(struct keystore *s);
const struct cert_key *keystore_find(const struct keystore *s, const unsigned char id[CERT_KEY_ID_BYTES]);	/* NULL: none */

/* All private keys at one place, a path or a URI, added to out. */
int keystore_read(const char *place, struct str passphrase, struct keystore *out, struct err *e);

/*
 * keystore_bundle.c: certificates and private key of such a file, as PEM; the key's own certificate first. The key is
 * sealed by that passphrase, unless it is empty; key is left alone when there is none. ERR_INPUT.
 */
#define KEYSTORE_PKCS12_MAX ((size_t)1 << 20)
bool keystore_is_pkcs12(struct str bytes);
int keystore_read_pkcs12(struct str bytes, struct str passphrase, struct str seal, struct buf *certs,
    struct buf *key, struct err *e);

/* keystore_engine.c: one in a token (pkcs11:...), by an engine, for where there is no provider. NULL: ERR_CONFIG. */
struct ui_method_st;
struct evp_pkey_st *keystore_engine_load(const char *uri, struct ui_method_st *ui, void *ui_arg,
    struct err *e);

/* A key that stands for all of them, and only unwraps; it ends before the store. */
struct cert_key *keystore_unwrapper(const struct keystore *s);

#endif
