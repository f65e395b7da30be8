/* SPDX-License-Identifier: ISC */
/* sasl_hash.h - the hashing that AUTH mechanisms need: the one place where they meet the crypto library. */
#ifndef EDIGATE_SMTP_SASL_HASH_H
#define EDIGATE_SMTP_SASL_HASH_H

#include "gateway/base/err.h"
#include "gateway/base/str.h"

#define SHA256_BYTES 32
#define MD5_BYTES    16

/* These fail (ERR_CONFIG) only where the crypto library is set up so that it has no such algorithm. */
int sasl_sha256(struct str in, unsigned char out[SHA256_BYTES], struct err *e);
int sasl_hmac_sha256(struct str key, struct str in, unsigned char out[SHA256_BYTES], struct err *e);
int sasl_hmac_md5(struct str key, struct str in, unsigned char out[MD5_BYTES], struct err *e);
int sasl_pbkdf2_sha256(struct str password, struct str salt, unsigned int iterations,
    unsigned char out[SHA256_BYTES], struct err *e);

/* Takes as long for a difference at the end as for one at the start; that the lengths differ may be seen. */
bool sasl_same(struct str a, struct str b);

#endif
