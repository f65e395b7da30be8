/* SPDX-License-Identifier: ISC */
/*
 * asked.h - what the sender of a mail asked to be told of it (RFC 3461: RET, ENVID, NOTIFY, ORCPT). The listener keeps it in the
 * lines that it writes on top of the mail, as the session said it; here it is written, and read again. Pure.
 *
 *	Return-Path: <edi@acme.example>
 *	Edigate-Asked: RET=HDRS ENVID=QQ314159			of the line above; only when something was asked
 *	Edigate-Session: acme login				whose session it was, where that is known, and by what
 *	Delivered-To: edi@nordwind.example
 *	Edigate-Asked: NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;edi@nordwind.example
 *	Received: ...						from here on they are others' words
 */
#ifndef EDIGATE_SMTP_ASKED_H
#define EDIGATE_SMTP_ASKED_H

#include "gateway/base/arena.h"
#include "gateway/base/buf.h"
#include "gateway/smtp/command.h"

#define ASKED_MAIL_MAX 128	/* of what asked_put_mail() writes */
#define ASKED_RCPT_MAX 560
#define ASKED_RCPTS_MAX 100	/* that are read; the listener takes no more */

struct asked_rcpt {
	struct str address;		/* a mailbox of ours */
	unsigned int notify;		/* enum command_notify; 0: nothing was said, which means failure and delay */
	struct str type, original;	/* ORCPT: "rfc822" or "utf-8", and the address, decoded; empty: none */
};

struct asked {
	bool has_sender;
	struct str sender;		/* the return path; empty: the null one */
	bool ret_full, ret_hdrs;
	struct str envid;		/* decoded */
	struct str session, by;		/* key of the partner, "login" or "network"; empty: not known */
	struct asked_rcpt *rcpts;
	size_t n;
	struct str mail;		/* what came in: from our Received field on */
};

/* Parameters as they go into such a line, in a form of our own; nothing when nothing was asked. */
int asked_put_mail(const struct command *c, struct buf *out, struct err *e);
int asked_put_rcpt(const struct command *c, struct buf *out, struct err *e);
int asked_put_notify(unsigned int notify, struct buf *out, struct err *e);	/* "SUCCESS,FAILURE"; 0: nothing */

/* Read the lines on top of a mail. A line that is none of ours is passed over: older ones have no others. */
void asked_read(struct arena *a, struct str mail, struct asked *out);

#endif
