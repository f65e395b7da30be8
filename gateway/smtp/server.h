/* SPDX-License-Identifier: ISC */
/*
 * server.h - the receiving side of SMTP as a machine without a socket: bytes and time go in, replies and what to
 * do next come out. Pure. RFC 5321 with STARTTLS (3207), AUTH (4954), SIZE (1870), PIPELINING (2920),
 * 8BITMIME (6152), SMTPUTF8 (6531), CHUNKING and BINARYMIME (3030), LIMITS (9422) and enhanced status codes (2034); DSN (3461), whose
 * wishes are kept as they are said; or LMTP (2033), which
 * is the same with LHLO for EHLO, and a reply for each recipient when the mail is whole. It knows no mailbox and no disk:
 * it asks.
 *
 *   while ((act = smtp_server_next(s, &in, now)) != SERVER_WAIT) ...    cuts off *in what it took
 *   send smtp_server_output(s), smtp_server_wrote(s, n)
 *   come back no later than smtp_server_deadline(s)
 *
 * After an act that asks (see below) the machine takes nothing more until it has its answer; what is left in *in
 * is the caller's to keep and to hand in again.
 */
#ifndef EDIGATE_SMTP_SERVER_H
#define EDIGATE_SMTP_SERVER_H

#include "gateway/smtp/command.h"
#include "gateway/smtp/data.h"
#include "gateway/smtp/path.h"
#include "gateway/smtp/scram.h"

#define SMTP_SERVER_RCPTS_MAX	100	/* RFC 5321, 4.5.3.1.8 */
#define SMTP_SERVER_ERRORS_MAX	10	/* refused commands in a session; then 421 */
#define SMTP_SERVER_IDLE_MAX	100	/* commands in a row that bring no mail: NOOP, RSET, EHLO; then each is an error */
#define SMTP_SERVER_HOPS_MAX	50	/* Received: fields */
#define SMTP_SERVER_ID_MAX	64	/* of what a mail is called, in the answer to it */
#define SMTP_SERVER_DISCARD_MAX 65536	/* of a line too long, before the session is given up */
#define SMTP_SERVER_BINDS_MAX	2	/* kinds of channel binding */
#define SMTP_SERVER_OUTPUT_HIGH 16384	/* replies not yet taken by the peer: no command is read before they are */

struct smtp_server_opts {		/* lent for the session */
	struct str name;		/* ours: in greeting and EHLO */
	uint64_t size_max;		/* bytes of a mail */
	bool can_tls;			/* offer STARTTLS */
	bool tls_first;			/* TLS from the first byte: the greeting comes under it */
	bool can_auth;			/* offer AUTH, once TLS is on */
	bool lmtp;			/* not SMTP */
	int64_t wait_ms;		/* with nothing said, in a mail or between commands; 0: 5 minutes */
	unsigned int rate_min;		/* bytes a second that a mail must come with, on average, after its first minute */
};

enum smtp_server_act {
	SERVER_WAIT,		/* nothing to do before more bytes, room or time */
	SERVER_MAIL,		/* may s->asked (empty: the null sender) send to us now? answer with smtp_server_mail() */
	SERVER_RCPT,		/* is s->asked a mailbox here? answer with smtp_server_rcpt() */
	SERVER_SCRAM,		/* s->user wants to log in with a proof: answer with smtp_server_scram() */
	SERVER_AUTH,		/* s->user says s->password, or, when s->by_proof, s->proven, or, when s->by_certificate, is who
				   the certificate says (empty: whoever that is): answer with smtp_server_auth() */
	SERVER_BEGIN,		/* a mail comes, from s->sender to s->rcpts: open a file, smtp_server_begun() */
	SERVER_PIECE,		/* s->piece: the next bytes of it; smtp_server_spoil() when they cannot be kept */
	SERVER_END,		/* it is whole: make it last, then smtp_server_ended(). No other act comes before */
	SERVER_DROP,		/* it is not wanted any more: forget what was kept since SERVER_BEGIN */
	SERVER_START_TLS,	/* send what there is, handshake, smtp_server_secured() */
	SERVER_CLOSE,		/* send what there is, close */
};

/* What became of a mail or a file for it. */
enum smtp_kept {
	KEPT,			/* it lasts: 250 */
	KEPT_NOT,		/* 451: try again later */
	KEPT_NO_SPACE,		/* 452 */
};

enum server_phase { SV_COMMAND, SV_DISCARD, SV_AUTH, SV_ANSWER, SV_DATA, SV_CHUNK, SV_HANDSHAKE, SV_CLOSED };
enum server_auth {			/* what the next line of AUTH is */
	AUTH_PLAIN, AUTH_EXTERNAL, AUTH_LOGIN_USER, AUTH_LOGIN_PASSWORD, AUTH_SCRAM_FIRST, AUTH_SCRAM_FINAL, AUTH_SCRAM_PROVEN,
};
enum server_stage { STAGE_NEW, STAGE_READY, STAGE_MAIL, STAGE_RCPT, STAGE_CHUNK, STAGE_COUNT };

struct smtp_server {
	const struct smtp_server_opts *opts;
	enum server_phase phase;
	enum server_stage stage;
	struct buf line;		/* of a command that has not ended yet */
	struct buf out;
	bool secured, extended, authed;	/* TLS is on; EHLO, not HELO; AUTH succeeded */
	bool certified;			/* under TLS, by a certificate that the caller knows */
	/* the transaction */
	struct buf helo, sender, rcpts;	/* rcpts: one a line, each ended by a LF */
	size_t n_rcpts;
	struct buf asked_mail;		/* RET and ENVID (RFC 3461), as asked_put_mail() writes them; empty: nothing was asked */
	struct buf asked_rcpts;		/* NOTIFY and ORCPT, a line for each of rcpts, perhaps an empty one */
	size_t asked_before;		/* length of that without the recipient that the caller is asked about */
	uint64_t size_told;		/* by SIZE= of MAIL; 0: nothing */
	struct data_in data;
	bool is_binary;			/* BODY=BINARYMIME: comes by BDAT only */
	bool is_utf8;			/* SMTPUTF8: sender, recipients and header may be UTF-8 */
	uint64_t chunk_left;		/* octets of the chunk that comes */
	bool chunk_last;
	const char *chunk_no;		/* the chunk is not kept: what to say when it has been read */
	bool kept;			/* the caller holds a file */
	enum smtp_kept spoilt;		/* why the mail will be refused though it goes on coming in */
	/* what the caller is asked */
	enum smtp_server_act asking;	/* SERVER_MAIL, RCPT, SCRAM, AUTH, BEGIN, END, or SERVER_WAIT */
	struct str asked, user, password, piece;
	/* AUTH under way; wiped after the answer */
	enum server_auth auth;
	struct buf secret, claimed;	/* what user and password are slices of */
	struct scram scram;
	bool plus;			/* as SCRAM-SHA-256-PLUS, which is offered with these */
	struct scram_binding binds[SMTP_SERVER_BINDS_MAX];
	size_t n_binds;
	struct buf proof;		/* ours, for the client */
	bool by_proof, proven;		/* SCRAM: the client has shown that it knows the password, or not */
	bool by_certificate;		/* EXTERNAL */
	/* against those who do not mean it well */
	unsigned int errors, idle_commands, auth_failures;
	size_t discarded;
	int64_t deadline, started;	/* of what is waited for; of the mail or chunk that comes */
	uint64_t came;			/* bytes since then */
	int64_t transaction_deadline;
	unsigned int mails;		/* taken in this session */
	bool stopping, greeted, tls_told, close_told;
	const char *ended;		/* why the session ended, in a word for the log; NULL while it goes on */
};

void smtp_server_init(struct smtp_server *s, const struct smtp_server_opts *o, int64_t now);	/* greets */
void smtp_server_clear(struct smtp_server *s);

enum smtp_server_act smtp_server_next(struct smtp_server *s, struct str *in, int64_t now);
struct str smtp_server_output(const struct smtp_server *s);
void smtp_server_wrote(struct smtp_server *s, size_t n);
int64_t smtp_server_deadline(const struct smtp_server *s);

void smtp_server_mail(struct smtp_server *s, const char *no);	/* NULL: yes; else the whole reply, "550 5.7.1 ..." */
void smtp_server_rcpt(struct smtp_server *s, bool known);
void smtp_server_scram(struct smtp_server *s, const struct scram_verifier *v, struct str nonce);	/* a made-up one for nobody */
void smtp_server_auth(struct smtp_server *s, bool right);	/* by proof: nobody is right who is not s->proven */
void smtp_server_begun(struct smtp_server *s, enum smtp_kept k, int64_t now);	/* KEPT: go on */
void smtp_server_spoil(struct smtp_server *s, enum smtp_kept k);
void smtp_server_ended(struct smtp_server *s, enum smtp_kept k, struct str id, int64_t now);	/* id: for their log */
void smtp_server_certified(struct smtp_server *s);	/* before smtp_server_secured(): EXTERNAL may be offered */
/* binds: of the channel, at most SMTP_SERVER_BINDS_MAX, for SCRAM-SHA-256-PLUS. */
void smtp_server_secured(struct smtp_server *s, const struct scram_binding *binds, size_t n,
    int64_t now);

/* Bytes came before the greeting could go out: a bot. */
void smtp_server_early(struct smtp_server *s);
/* We are stopping: 421 as soon as no mail is on its way. */
void smtp_server_stop(struct smtp_server *s);
/* The peer is gone. */
void smtp_server_lost(struct smtp_server *s);

/* RFC 5321, 4.4, RFC 3848 and RFC 6531, 3.7.3: "SMTP", "ESMTP", "ESMTPS", "ESMTPSA", "LMTP", "UTF8SMTP", ... */
const char *smtp_server_protocol(const struct smtp_server *s);

#endif
