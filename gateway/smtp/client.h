/* SPDX-License-Identifier: ISC */
/*
 * client.h - the sending side of SMTP as a machine without a socket: bytes and time go in, bytes and what to do
 * next come out. Pure. RFC 5321, with STARTTLS (3207), AUTH (4954), SIZE (1870), PIPELINING (2920),
 * 8BITMIME (6152), CHUNKING and BINARYMIME (3030), DSN (3461) and enhanced status codes (2034).
 *
 *   smtp_client_input(c, bytes, now)       what came from the peer; smtp_client_lost() when the connection ended
 *   while ((act = smtp_client_next(c, now)) != CLIENT_WAIT) ...    do what it says
 *   send smtp_client_output(c), smtp_client_wrote(c, n, now)
 *   come back no later than smtp_client_deadline(c)
 *
 * A mail that is no text of CRLF lines goes in chunks where the server takes those, and "BDAT 0 LAST" is its final dot.
 *
 * The final dot is not the machine's to send: when everything before it has been written it says CLIENT_ASK, and
 * goes on after smtp_client_go(). From there on a connection that breaks leaves the mail SMTP_UNCERTAIN; broken
 * before, the mail is SMTP_DEFERRED and nothing was handed over.
 */
#ifndef EDIGATE_SMTP_CLIENT_H
#define EDIGATE_SMTP_CLIENT_H

#include "gateway/smtp/data.h"
#include "gateway/smtp/path.h"
#include "gateway/smtp/reply.h"
#include "gateway/smtp/sasl.h"
#include "gateway/smtp/transcript.h"

#define SMTP_RCPTS_MAX	 100
#define SMTP_TEXT_MAX	 300
#define SMTP_OUTPUT_HIGH 65536	/* a body is stuffed ahead of the socket up to here */

enum smtp_outcome { SMTP_PENDING, SMTP_ACCEPTED, SMTP_DEFERRED, SMTP_REFUSED, SMTP_UNCERTAIN };

struct smtp_verdict {
	enum smtp_outcome outcome;
	unsigned int code;		/* of the reply that decided; 0: none did */
	char enhanced[SMTP_ENHANCED_MAX];
	char text[SMTP_TEXT_MAX];	/* printable: their words, or ours where they said nothing */
};

struct smtp_rcpt {
	struct str address;
	struct smtp_verdict verdict;
};

/* The caller's, who keeps all of it until CLIENT_DONE; the verdicts are filled in. */
struct smtp_mail {
	struct str sender;		/* empty: the null sender */
	struct str envid;		/* plain; empty: none */
	bool dsn;			/* ask for delivery reports, where the server can */
	bool dsn_of_trouble;		/* of what fails or is late only */
	struct smtp_rcpt *rcpts;
	size_t n_rcpts;
	struct str bytes;		/* the mail, CRLF lines */
};

enum smtp_client_tls { CLIENT_TLS_NONE, CLIENT_TLS_MAY, CLIENT_TLS_STARTTLS, CLIENT_TLS_IMPLICIT };

struct smtp_client_opts {		/* lent until the session ends; user and password until the first CLIENT_READY */
	struct str helo;
	enum smtp_client_tls tls;	/* STARTTLS: required, never skipped; MAY: where it is offered */
	struct str user, password;	/* empty user: no AUTH. With one, AUTH is required, and TLS for it; auth "external"
					   needs no password */
	struct str auth;		/* "auto", or the name of a mechanism in sasl.h */
	struct str nonce, host;		/* for AUTH: see sasl.h */
	unsigned int port;
	struct transcript *transcript;	/* what was said goes here, but for secrets and mails; NULL: nowhere */
};

enum smtp_client_act {
	CLIENT_WAIT,		/* nothing to do before more bytes, room or time */
	CLIENT_START_TLS,	/* the clear part is over: handshake, then smtp_client_secured() */
	CLIENT_READY,		/* a mail may be handed in; said once after greeting, once after each mail */
	CLIENT_ASK,		/* all but the final dot is written: smtp_client_go() when it may go */
	CLIENT_DONE,		/* the mail's verdicts are there; the mail is the caller's again */
	CLIENT_CLOSE,		/* the session is over; why is in c->err when it was not by our QUIT */
};

enum client_state {
	CL_GREETING, CL_EHLO, CL_HELO, CL_STARTTLS, CL_HANDSHAKE, CL_AUTH, CL_IDLE, CL_ENVELOPE, CL_BODY, CL_CHUNK, CL_ASKING,
	CL_DOT, CL_EMPTY_DOT, CL_RSET, CL_QUIT, CL_CLOSED,
};

struct smtp_client {
	const struct smtp_client_opts *opts;
	enum client_state state;
	struct buf in, out;
	size_t behind;			/* bytes that came with those in in, and are not yet in it */
	struct reply reply;
	int64_t deadline;		/* on the clock of the caller */
	bool secured;			/* TLS is on */
	bool failed;			/* the session ended before its time: err says why */
	struct err err;			/* ERR_CONFIG where a person must act: certificate, AUTH, no STARTTLS */
	/* what the server offers */
	bool has_starttls, has_size, has_pipelining, has_8bitmime, has_dsn, has_chunking, has_binarymime;
	unsigned int auth_offered;	/* a bit for each enum sasl_mech */
	struct sasl sasl;
	struct scram_binding bind;	/* of the TLS channel */
	uint64_t size_limit;		/* 0: none told */
	/* the mail in hand */
	struct smtp_mail *mail;
	struct str rest;		/* of its bytes, not yet stuffed */
	struct data_facts facts;
	struct data_out stuff;
	bool binary;			/* it goes in chunks */
	size_t chunk_left;		/* of the chunk under way, not yet in out */
	size_t sent, answered;		/* of MAIL, RCPT ..., DATA */
	size_t accepted;		/* recipients */
	bool dot_left;			/* some of the end mark was given to the socket: past it, all is uncertain */
	unsigned int mails;		/* that this session has taken on */
	/* what smtp_client_next() has still to tell, or has told */
	bool done, ready, asked, tls_told, close_told;
	bool last;			/* QUIT when idle */
};

void smtp_client_init(struct smtp_client *c, const struct smtp_client_opts *o, int64_t now);
void smtp_client_clear(struct smtp_client *c);

void smtp_client_input(struct smtp_client *c, struct str bytes, int64_t now);
void smtp_client_lost(struct smtp_client *c, const struct err *why);
enum smtp_client_act smtp_client_next(struct smtp_client *c, int64_t now);

struct str smtp_client_output(struct smtp_client *c);
void smtp_client_wrote(struct smtp_client *c, size_t n, int64_t now);
int64_t smtp_client_deadline(const struct smtp_client *c);	/* INT64_MAX: none */

/* bind: what SCRAM-SHA-256-PLUS ties AUTH to; NULL: nothing. Also when TLS came with the first byte. */
void smtp_client_secured(struct smtp_client *c, const struct scram_binding *bind, int64_t now);

/*
 * After CLIENT_READY. 0, or -1 when the mail cannot be sent in this form (ERR_INPUT: for ever): an address that
 * is not strict, a lone CR or LF in it. Nothing of it was sent then and the session stays ready.
 */
int smtp_client_mail(struct smtp_client *c, struct smtp_mail *m, int64_t now, struct err *e);

void smtp_client_go(struct smtp_client *c, int64_t now);	/* after CLIENT_ASK: the final dot */
void smtp_client_quit(struct smtp_client *c, int64_t now);	/* when idle, or as soon as the mail in hand is done */

/*
 * After CLIENT_DONE: the server ended a session that had worked before, instead of taking this mail or just after it
 * heard of it. Servers do so when they waited long. Nothing was handed over; another session may have it at once.
 */
bool smtp_client_went_stale(const struct smtp_client *c);

#endif
