/* SPDX-License-Identifier: ISC */
/* cert_local.h - a private key that libcrypto holds in this process, however it was loaded, as a cert_key. */
#ifndef EDIGATE_MIME_CERT_LOCAL_H
#define EDIGATE_MIME_CERT_LOCAL_H

#include "mime/cert_key.h"

/* Takes pkey. */
struct cert_key *cert_key_local(struct evp_pkey_st *pkey);

#endif
