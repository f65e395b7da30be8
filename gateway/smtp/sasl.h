/* SPDX-License-Identifier: ISC */
/*
 * sasl.h - what a client says after AUTH and the name of a mechanism (RFC 4422): a response for each challenge, both
 * without their base64. Pure.
 *
 * SCRAM-SHA-256 (RFC 7677), bound to the TLS channel as SCRAM-SHA-256-PLUS, EXTERNAL (RFC 4422, A: the client's
 * certificate says who it is), PLAIN (RFC 4616), LOGIN, CRAM-MD5 (RFC 2195), and with an OAuth token for a password
 * XOAUTH2 (of Google and Microsoft) and OAUTHBEARER (RFC 7628).
 */
#ifndef EDIGATE_SMTP_SASL_H
#define EDIGATE_SMTP_SASL_H

#include "gateway/smtp/scram.h"

#define SASL_SECRET_MAX	  4608		/* user and password together; an OAuth token is long */
#define SASL_RESPONSE_MAX (SASL_SECRET_MAX + SCRAM_MESSAGE_MAX)
#define SASL_TOLD_MAX	  160

/* In the order of "auto": the first that the server offers, of those that may be chosen without being named. */
enum sasl_mech {
	SASL_SCRAM_SHA_256_PLUS, SASL_SCRAM_SHA_256, SASL_PLAIN, SASL_LOGIN, SASL_EXTERNAL, SASL_CRAM_MD5, SASL_XOAUTH2,
	SASL_OAUTHBEARER, SASL_COUNT,
};

struct sasl_login {			/* lent */
	struct str user, password;
	struct str nonce;		/* random, printable, of SCRAM_NONCE_MIN bytes or more: SCRAM only */
	struct str host;		/* of the server, for OAUTHBEARER; and its port */
	unsigned int port;
	const struct scram_binding *bind;	/* of the TLS channel; NULL: none */
	bool plus_hidden;		/* there is one, and the server offers no SCRAM-SHA-256-PLUS */
};

struct sasl {
	enum sasl_mech mech;
	unsigned int step;		/* responses given */
	struct scram scram;
	char told[SASL_TOLD_MAX];	/* what the server said went wrong, printable; "" */
};

const char *sasl_name(enum sasl_mech m);			/* as on the wire */
enum sasl_mech sasl_by_name(struct str name);			/* any case; SASL_COUNT: unknown */
/* wanted: a name, or "auto"; offered: a bit for each mechanism. SASL_COUNT: nothing fits. */
enum sasl_mech sasl_choose(struct str wanted, unsigned int offered);

void sasl_begin(struct sasl *s, enum sasl_mech m);
void sasl_clear(struct sasl *s);
bool sasl_has_initial(const struct sasl *s);			/* the first response may stand behind AUTH */
bool sasl_minds_challenge(const struct sasl *s);		/* or is any text good enough for a prompt? */
int  sasl_respond(struct sasl *s, const struct sasl_login *l, struct str challenge,
    struct buf *out, struct err *e);
int  sasl_end(const struct sasl *s, struct err *e);		/* the server says 235: is that to be believed? */

#endif
