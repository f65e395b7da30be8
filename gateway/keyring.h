/* SPDX-License-Identifier: ISC */
/*
 * keyring.h - the certificates that pack and unpack work with, and our keys to them: ours are read once at start, a
 * partner's when first needed. The private keys are in the keys role; here are only ways to ask for them.
 */
#ifndef EDIGATE_GATEWAY_KEYRING_H
#define EDIGATE_GATEWAY_KEYRING_H

#include "gateway/conf.h"
#include "mime/cert_chain.h"
#include "mime/cert_key.h"

/* The descriptor of a role's channel to the keys role, behind that to the ledger. */
#define KEYRING_FD 4

struct keyring;

/* Waits until the keys role has said that it has the key of every certificate of ours. From here on this process cannot
 * read the files of private keys, nor anything else in private/ (where the kernel knows Landlock). */
int  keyring_open(const struct conf *c, int fd, struct keyring **out, struct err *e);
void keyring_close(struct keyring *r);

/* What we sign with: a certificate of ours with its chain, and its key. */
struct keyring_own {
	struct cert_set *set;
	struct cert_key *key;
	int64_t from_ms;		/* valid from then on */
};

/*
 * For that partner: of those that may sign now the newest that the partner has taken up (certmail.h), else the first in
 * the order of the settings; when none may any more, the last.
 */
const struct keyring_own *keyring_signer(const struct keyring *r, const struct partner *pt,
    int64_t now_ms);

bool keyring_is_own(const struct keyring *r, struct str der);	/* a certificate of ours */

/* A document that is nothing but a certificate of ours, or of that partner: it tells of a change. */
bool keyring_is_certificate(struct keyring *r, const struct partner *pt, struct str document);

/* What we decrypt with: all certificates of ours, and a key that stands for them all. */
const struct cert_set *keyring_all(const struct keyring *r);
const struct cert_key *keyring_unwrapper(const struct keyring *r);

/*
 * Every certificate of that partner, or with trust = chain those that count at that time; kept until asked for another
 * partner. NULL in out and 0 when there is none.
 */
int  keyring_partner(struct keyring *r, const struct partner *pt, int64_t at_ms,
    const struct cert_set **out, struct err *e);

/* With trust = chain, behind keyring_partner(): which others may join them. NULL: none. */
const struct cert_newcomers *keyring_newcomers(const struct keyring *r, const struct partner *pt);

/* A mail was believed by authorities: keep which, and their lists, as what proves it later (known.h). */
int keyring_note_trust(struct keyring *r, const struct partner *pt, struct err *e);

#endif
