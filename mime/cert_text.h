/* SPDX-License-Identifier: ISC */
/* cert_text.h - the pieces of a certificate in words, for cert.c and cms.c only. Everything comes out printable. */
#ifndef EDIGATE_MIME_CERT_TEXT_H
#define EDIGATE_MIME_CERT_TEXT_H

#include <openssl/x509.h>

#include "gateway/base/arena.h"

struct str cert_name_text(struct arena *a, const X509_NAME *name);	/* "CN=ACME Ltd, C=GB" */
struct str cert_serial_text(struct arena *a, X509 *x);			/* hex */
struct str cert_fingerprint(struct arena *a, X509 *x);
struct str cert_words(struct arena *a, X509 *x);
struct str cert_mail(struct arena *a, X509 *x);
struct str cert_key_text(struct arena *a, const EVP_PKEY *k);
int cert_time_ms(const ASN1_TIME *t, int64_t *out);			/* 0 or -1 */

#endif
