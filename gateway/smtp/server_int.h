/* SPDX-License-Identifier: ISC */
/*
 * server_int.h - what the parts of the server machine share: server.c drives, server_verb.c answers
 * commands, server_auth.c AUTH, server_chunk.c BDAT, server_answer.c hears the caller.
 */
#ifndef EDIGATE_SMTP_SERVER_INT_H
#define EDIGATE_SMTP_SERVER_INT_H

#include "gateway/smtp/server.h"

#define SECONDS(n)	 ((int64_t)(n) * 1000)
#define WAIT_COMMAND	 SECONDS(5 * 60)	/* RFC 5321, 4.5.3.2.7: a server waits at least 5 minutes */
#define WAIT_HANDSHAKE	 SECONDS(30)
#define WAIT_TRANSACTION SECONDS(60 * 60)	/* from MAIL to the final dot */
#define RATE_GRACE	 SECONDS(60)		/* after this, a mail must come with opts->rate_min */
#define AUTH_FAILURES_MAX 3
#define HELO_MAX	 256

/* server_verb.c */
void server_say(struct smtp_server *s, const char *reply);
void server_sayf(struct smtp_server *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void server_refuse(struct smtp_server *s, const char *reply);	/* and count it; the tenth closes */
void server_close(struct smtp_server *s, const char *reply, const char *why);
void server_say_for_others(struct smtp_server *s, const char *reply);	/* LMTP: for all recipients of the mail but one */
void server_reset(struct smtp_server *s);			/* forget the transaction */
void server_greet(struct smtp_server *s);

/* One command line. behind: bytes follow it already, which some commands must not have. */
void server_command(struct smtp_server *s, struct str line, bool behind, int64_t now);

/* server.c */
int64_t server_patience(const struct smtp_server *s);			/* how long nothing may be heard */
void server_answered(struct smtp_server *s, enum smtp_server_act act);	/* the caller gave what it was asked for */

const char *server_data_refusal(const struct smtp_server *s);	/* what is wrong with the mail so far, or NULL */
const char *server_not_kept(enum smtp_kept k);			/* why it is not KEPT, at its end */
void server_wait_command(struct smtp_server *s, int64_t now);
const char *server_no_file(enum smtp_kept k);			/* why a mail cannot begin */
void server_count_from(struct smtp_server *s, int64_t now);	/* the rate of the peer */

/* server_chunk.c */
void server_bdat(struct smtp_server *s, const struct command *c, int64_t now);
void server_bdat_refuse(struct smtp_server *s, const struct command *c, const char *no,
    int64_t now);
void server_chunk_begun(struct smtp_server *s, enum smtp_kept k);
enum smtp_server_act server_read_chunk(struct smtp_server *s, struct str *in, int64_t now);

/* server_auth.c */
void server_auth_begin(struct smtp_server *s, const struct command *c);
void server_auth_response(struct smtp_server *s, struct str line);

#endif
