/* SPDX-License-Identifier: ISC */
/* certs_change.h - what the commands of a change of certificates share. Each failure ends the command. */
#ifndef EDIGATE_GATEWAY_CERTS_CHANGE_H
#define EDIGATE_GATEWAY_CERTS_CHANGE_H

#include "gateway/certs.h"
#include "gateway/certmail.h"
#include "gateway/cli.h"

const struct partner *certs_partner(struct cli *c, const struct conf *conf, const char *name);

/*
 * Tell a partner of a certificate of ours, by a file in their outbox: a request to trust it where they know certificate
 * exchange messages (cem.h), else the certificate. It goes as a signed mail, with a receipt, like any document.
 */
void certs_tell(struct cli *c, const struct conf *conf, const struct partner *pt,
    const struct cert_set *set);

/* The same for all of them who can be told, and a line for each partner. */
void certs_announce(struct cli *c, const struct conf *conf, const struct cert_set *set);

/* A name for a new pair of ours, in certs/NAME.pem and private/NAME.key. */
const char *certs_new_name(struct cli *c);

/* Ask the operator, unless yes was said already; and take up the first of set for that partner. */
void certs_ask(bool yes);
void certs_take_up(struct cli *c, const struct partner *pt, const struct cert_set *set,
    const struct cert_facts *facts);

/* A certificate of ours from a file, to be taken up with its private key. */
struct certs_offer {
	const struct certs_file *f;
	const char *file;		/* where it is from */
	const char *key;		/* where its key is; NULL: wherever it is found */
	struct str key_pem;		/* what came with it; empty: nothing */
	bool quiet;			/* the partners are not told */
};
void certs_take_own(struct cli *c, const struct certs_offer *offer);

/* Note that the partner knows that certificate of ours, as if they had said so by mail. */
void certs_note(struct cli *c, const struct partner *pt, const struct cert_set *set);

/* Certificates of that partner that came by mail and are in no file of its settings. */
struct certs_pending {
	struct str path;
	struct cert_set *set;
	struct cert_facts facts;
	struct str request;		/* the id of the certificate exchange message that asked; empty: it came alone */
	int64_t respond_by_ms;		/* 0: no date */
};
#define CERTS_PENDING_MAX 32
size_t certs_find_pending(struct cli *c, const struct conf *conf, const struct partner *pt,
    struct certs_pending *out);

void certs_pending_clear(struct certs_pending *pending, size_t n);

/* The one that was typed, or the only one, shown; else the command ends. */
const struct certs_pending *certs_choose(struct cli *c, const struct certs_pending *pending,
    size_t n, const char *partner, const char *typed);

/* Tell the partner what became of it, by signed mail; without a request a no is not told. */
void certs_answer(struct cli *c, const struct conf *conf, const struct partner *pt,
    const struct certs_pending *what, bool yes, struct str reason);

/* The first 8 digits of a fingerprint, without colons: in file names. */
const char *certs_short(struct arena *a, struct str fingerprint);
bool certs_is_called(struct str fingerprint, struct str typed);	/* typed: its beginning, with or without colons */

#endif
