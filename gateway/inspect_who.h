/* SPDX-License-Identifier: ISC */
/* inspect_who.h - whom `edigate inspect` believes: the keys and certificates that this user may read, and the mail's own. */
#ifndef EDIGATE_GATEWAY_INSPECT_WHO_H
#define EDIGATE_GATEWAY_INSPECT_WHO_H

#include "gateway/cli.h"
#include "gateway/keystore.h"
#include "gateway/trust.h"

struct inspect_who {
	const char *whose;		/* the certificates are: "partner acme", "acme.pem" */
	bool embedded;			/* they are the mail's own: what they verify is intact, by whom is open */
	const struct cert_set *theirs;	/* NULL: nobody's */
	const struct cert_newcomers *newcomers;	/* NULL: none */
	struct cert_set *own;
	struct cert_key *key;
	/* what these point to */
	struct cert_set *pinned;
	struct trust trust;
	struct keystore keys;
};

/*
 * cert: a file with the certificates to verify with; NULL: those of the partner that has the address from, or whom its
 * authorities stand for at that time. When there are none, those in the mail.
 */
void inspect_who_open(struct cli *c, const char *cert, struct str mail, struct str from, int64_t at_ms,
    struct inspect_who *out);
void inspect_who_close(struct inspect_who *w);

#endif
