/* SPDX-License-Identifier: ISC */
/* cms_cipher.h - the content itself, by CBC (RFC 3565) and GCM (RFC 5084), for cms_open.c and cms_seal.c only. */
#ifndef EDIGATE_MIME_CMS_CIPHER_H
#define EDIGATE_MIME_CMS_CIPHER_H

#include "mime/cms_enveloped.h"
#include "mime/stream.h"

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

/* How long a content of n bytes becomes. */
uint64_t cms_cipher_size(const struct cms_cipher *c, uint64_t n);

/*
 * The cipher at work: what is put goes on, ciphered, to another sink. What comes out of a decryption is worth nothing, and
 * must not be looked at, before cms_cipher_end() has liked the padding or the tag.
 */
struct cms_cipher_sink {
	struct sink sink;
	struct sink *to;
	void *context;		/* libcrypto's */
	bool encrypt;
	size_t tag_n;
};

/* 0 or -1; close whatever open said. */
int cms_cipher_open(struct cms_cipher_sink *s, const struct cms_cipher *c, const unsigned char *key,
    bool encrypt, struct sink *to);

/* Decryption, before any content: what was authenticated beside it, and the tag (CBC: both empty). 0 or -1. */
int cms_cipher_expect(struct cms_cipher_sink *s, struct str header, struct str tag);

/* The last block; encryption by GCM: and the tag. */
int  cms_cipher_end(struct cms_cipher_sink *s, unsigned char *tag, struct err *e);
void cms_cipher_close(struct cms_cipher_sink *s);

#endif
