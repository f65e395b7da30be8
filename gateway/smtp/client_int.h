/* SPDX-License-Identifier: ISC */
/*
 * client_int.h - what the parts of the client machine share. client.c has the outside and hands replies to
 * client_start.c (from greeting to idle: EHLO, STARTTLS; AUTH is in client_auth.c) and client_mail.c (from MAIL to the answer to the
 * dot); client_say.c is what both need: saying a line, judging a mail, ending a session.
 */
#ifndef EDIGATE_SMTP_CLIENT_INT_H
#define EDIGATE_SMTP_CLIENT_INT_H

#include "gateway/smtp/client.h"

/* RFC 5321, 4.5.3.2: how long a client must be ready to wait. */
#define SECONDS(n)     ((int64_t)(n) * 1000)
#define WAIT_GREETING  SECONDS(5 * 60)
#define WAIT_COMMAND   SECONDS(5 * 60)	/* MAIL, RCPT; taken for EHLO, AUTH and RSET too */
#define WAIT_DATA      SECONDS(2 * 60)
#define WAIT_BLOCK     SECONDS(3 * 60)
#define WAIT_DOT       SECONDS(10 * 60)
#define WAIT_HANDSHAKE SECONDS(60)
#define WAIT_QUIT      SECONDS(5)	/* nothing hangs on it any more */

/* client_say.c */
void client_enter(struct smtp_client *c, enum client_state state, int64_t deadline);
void client_say(struct smtp_client *c, struct str line);
void client_say_secret(struct smtp_client *c, struct str line, struct str shown);	/* shown: for the transcript */
void client_sayf(struct smtp_client *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

bool client_is_yes(const struct reply *r);	/* 2xx */
bool client_is_no(const struct reply *r);	/* 4xx, 5xx: an answer, though not the wanted one */
enum smtp_outcome client_outcome_of(const struct reply *r);

/* Every recipient that has no verdict yet gets this one: from a reply, or in our own words. */
void client_judge(struct smtp_verdict *v, enum smtp_outcome o, const struct reply *r);
void client_judge_rest(struct smtp_client *c, enum smtp_outcome o, const struct reply *r);
void client_mail_over(struct smtp_client *c);

/* The session cannot go on; a mail in hand is deferred, or uncertain when the final dot has left. */
void client_fail(struct smtp_client *c, const struct err *why);
void client_fail_text(struct smtp_client *c, enum err_kind kind, const char *code,
    const char *text);
void client_fail_reply(struct smtp_client *c, enum err_kind kind, const char *code,
    const char *what);

/* client_start.c */
void client_say_ehlo(struct smtp_client *c, int64_t now);
void client_on_start(struct smtp_client *c, int64_t now);	/* a reply in CL_GREETING .. CL_AUTH */
void client_become_idle(struct smtp_client *c);

/* client_auth.c */
void client_read_auth_offer(struct smtp_client *c, struct str names);
void client_auth_begin(struct smtp_client *c, int64_t now);
void client_on_auth(struct smtp_client *c, int64_t now);

/* client_mail.c */
int  client_mail_check(const struct smtp_client *c, const struct smtp_mail *m,
    struct data_facts *facts, struct err *e);
void client_mail_begin(struct smtp_client *c, struct smtp_mail *m, int64_t now);
void client_mail_move(struct smtp_client *c);			/* more of the body, as far as there is room */
void client_on_mail(struct smtp_client *c, int64_t now);	/* a reply in CL_ENVELOPE .. CL_RSET */

#endif
