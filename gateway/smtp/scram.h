/* SPDX-License-Identifier: ISC */
/*
 * scram.h - SCRAM-SHA-256 (RFC 5802, RFC 7677) from both ends. Pure. Neither end tells the other the password, and each
 * proves to the other that it knows it, or what was derived from it. As SCRAM-SHA-256-PLUS both also prove that they are
 * the two ends of the same TLS channel: somebody in between with a certificate that is believed gets no further.
 *
 * Names and passwords are taken as they are: SASLprep changes nothing in printable ASCII, and what it does to the rest
 * is left out.
 */
#ifndef EDIGATE_SMTP_SCRAM_H
#define EDIGATE_SMTP_SCRAM_H

#include "gateway/base/buf.h"
#include "gateway/smtp/sasl_hash.h"

#define SCRAM_ITERATIONS_MIN 4096	/* RFC 7677, 4 */
#define SCRAM_ITERATIONS_MAX 1000000	/* about a second of work: more is an attack on us */
#define SCRAM_MESSAGE_MAX    2048
#define SCRAM_SALT_MAX	     64
#define SCRAM_NONCE_MIN	     16		/* of ours; bytes of printable text */

#define SCRAM_BINDING_MAX 64

/* What only the two ends of one TLS channel know (RFC 5056). */
struct scram_binding {
	const char *type;		/* "tls-exporter" (RFC 9266), "tls-server-end-point" (RFC 5929); lent, a literal */
	unsigned char data[SCRAM_BINDING_MAX];
	size_t n;			/* 0: no channel to bind to */
};

/* What a server keeps instead of a password. */
struct scram_verifier {
	unsigned int iterations;
	unsigned char salt[SCRAM_SALT_MAX];
	size_t salt_n;
	unsigned char stored_key[SHA256_BYTES], server_key[SHA256_BYTES];
};

/* One exchange. Zeroed by scram_init; ended by scram_clear, which wipes it. */
struct scram {
	struct buf bare, first;		/* client-first-message-bare; server-first-message */
	struct buf bound;		/* gs2-header, and the data of the channel that it names */
	struct buf head;		/* what the client's last message must begin with: "c=...,r=..." */
	struct buf user;		/* server: who it is said to be */
	size_t nonce_n;			/* of the client, at the end of bare */
	struct scram_verifier verifier;
	unsigned char signature[SHA256_BYTES];	/* client: what the server must prove */
};

void scram_init(struct scram *s);
void scram_clear(struct scram *s);

/* ---- the client: three messages, each appended to out ---- */
/* bind: of the channel: as SCRAM-SHA-256-PLUS. NULL: without; hidden: because the server does not offer it, we could. */
int scram_client_first(struct scram *s, struct str user, struct str nonce,
    const struct scram_binding *bind, bool hidden, struct buf *out, struct err *e);
int scram_client_final(struct scram *s, struct str server_first, struct str password,
    struct buf *out, struct err *e);
int scram_client_verify(const struct scram *s, struct str server_final, struct err *e);	/* it knows the password, too */

/* ---- the server ---- */
/* plus: the client chose -PLUS, which is offered with these n bindings; n 0: it is not. s->user is known then. */
int scram_server_read(struct scram *s, struct str client_first, bool plus,
    const struct scram_binding *binds, size_t n, struct err *e);
int scram_server_first(struct scram *s, const struct scram_verifier *v, struct str nonce,
    struct buf *out, struct err *e);
/* -1: malformed. *right: the client knows the password; out has the server's proof then. */
int scram_server_final(struct scram *s, struct str client_final, bool *right, struct buf *out,
    struct err *e);

/* saslname: a comma as =2C, an equals sign as =3D. */
int scram_put_name(struct buf *out, struct str name, struct err *e);

/* ---- verifiers ---- */
int  scram_derive(struct str password, struct str salt, unsigned int iterations,
    struct scram_verifier *out, struct err *e);
bool scram_matches(const struct scram_verifier *v, struct str password);
/* RFC 5803: "SCRAM-SHA-256$4096:SALT$STOREDKEY:SERVERKEY", the three in base64. -1: it is none. */
int  scram_verifier_parse(struct str text, struct scram_verifier *out);

#endif
