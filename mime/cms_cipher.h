/* SPDX-License-Identifier: ISC */
/* cms_cipher.h - the content itself, by CBC (RFC 3565) and GCM (RFC 5084), for cms_open.c and cms_seal.c only. */
#ifndef EDIGATE_MIME_CMS_CIPHER_H
#define EDIGATE_MIME_CMS_CIPHER_H

#include "mime/cms_enveloped.h"

#define CMS_NONCE_MAX 16
#define CMS_TAG_MAX   16

/* A cipher with its parameters. */
struct cms_cipher {
	const struct alg *alg;
	unsigned char nonce[CMS_NONCE_MAX];
	size_t nonce_n;
	size_t tag_n;		/* GCM */
};

/* The parameters as they stand in the message. false: not of this form, or too short to be safe. */
bool cms_cipher_read(const struct alg *alg, struct str parameters, struct cms_cipher *out);

/* New ones, for a message of ours, and how they are written. 0 or -1. */
int  cms_cipher_new(const struct alg *alg, struct cms_cipher *out);
void cms_cipher_put(struct der *d, const struct cms_cipher *c);

/* How long a content will be. */
size_t cms_cipher_size(const struct cms_cipher *c, size_t n);

/* to has cms_cipher_size() bytes; tag: GCM. 0 or -1. */
int cms_encipher(const struct cms_cipher *c, const unsigned char *key, struct str content, unsigned char *to,
    unsigned char *tag);

/*
 * Into the arena. header is what was authenticated beside the content. Nothing comes out when the tag does not fit, or
 * when the padding is none. 0 or -1.
 */
int cms_decipher(struct arena *a, const struct cms_cipher *c, const unsigned char *key, const struct ber *content,
    struct str header, struct str tag, struct str *out);

#endif
