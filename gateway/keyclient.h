/* SPDX-License-Identifier: ISC */
/*
 * keyclient.h - our private keys, as pack and unpack have them: in another process. A question is sent over the channel that
 * the supervisor made and waited for. The keys role may die meanwhile: its successor says so first thing, and the question
 * is put again. When nobody answers for long, signing fails with ERR_RETRY; unwrapping, which must not show how it
 * went, ends this process with EX_TEMPFAIL: the ledger gives the job out again.
 */
#ifndef EDIGATE_GATEWAY_KEYCLIENT_H
#define EDIGATE_GATEWAY_KEYCLIENT_H

#include "mime/cert_key.h"

#define KEYCLIENT_WAIT_MS 60000

struct keyclient;

struct keyclient *keyclient_new(int fd, int wait_ms);	/* fd is lent */
void keyclient_free(struct keyclient *k);		/* after every key of it; NULL ok */

/* Whether the key of that certificate is there: 0, or -1 with ERR_CONFIG (it is not) or ERR_RETRY (nobody answers). */
int keyclient_has(struct keyclient *k, struct x509_st *cert, struct err *e);

/* The key of that certificate. cert NULL: the one that stands for all, and only unwraps. */
struct cert_key *keyclient_key(struct keyclient *k, struct x509_st *cert);

#endif
