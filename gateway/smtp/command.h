/* SPDX-License-Identifier: ISC */
/*
 * command.h - what a client says (RFC 5321, 4.1.1): one command line, its end already cut off. Pure; the slices in
 * the result are of the line. Strict: no blanks around the colon of MAIL and RCPT, no path without brackets, no
 * source routes, no parameter that was not offered or comes twice. Blanks at the end of a line are let pass.
 */
#ifndef EDIGATE_SMTP_COMMAND_H
#define EDIGATE_SMTP_COMMAND_H

#include "gateway/base/str.h"

#define SMTP_COMMAND_MAX 2048	/* RFC 5321, 4.5.3.1.4: 512, and the room that extensions may add */

enum verb {
	VERB_EHLO, VERB_HELO, VERB_LHLO, VERB_MAIL, VERB_RCPT, VERB_DATA, VERB_RSET, VERB_NOOP, VERB_VRFY, VERB_EXPN,
	VERB_HELP, VERB_QUIT, VERB_STARTTLS, VERB_AUTH, VERB_BDAT,
	VERB_HTTP,		/* GET, POST, ...: a browser or a tunnel, not a mail client */
	VERB_UNKNOWN,
	VERB_COUNT,
};

enum command_notify { NOTIFY_NEVER = 1, NOTIFY_SUCCESS = 2, NOTIFY_FAILURE = 4, NOTIFY_DELAY = 8 };

struct command {
	enum verb verb;
	struct str arg;			/* EHLO, HELO: the name; AUTH: the mechanism; VRFY, EXPN: what to look up */
	struct str initial;		/* AUTH: the initial response; has_initial tells an empty one from none */
	bool has_initial;
	struct str path;		/* MAIL, RCPT: the mailbox without brackets; empty: the null sender */
	bool has_size, is_8bit, is_binary;
	bool is_utf8;			/* MAIL: SMTPUTF8 is there; RCPT: it was */
	uint64_t size;			/* MAIL SIZE=; UINT64_MAX when it does not even fit. BDAT: octets of the chunk */
	bool is_last;			/* BDAT ... LAST */
	struct str envid, orcpt;	/* DSN parameters, as they stand (xtext checked) */
	bool ret_full, ret_hdrs;
	unsigned int notify;
};

/* Why a line was refused: the whole reply but its line end, and whether the session must end with it. */
struct refusal {
	const char *reply;		/* "501 5.5.4 ..." */
	bool close;
};

/*
 * utf8: the mail under way was begun with SMTPUTF8 (RFC 6531), so its recipients may have it. Returns 0, or -1 with *why
 * set. The verb is set as far as it was recognised.
 */
int command_parse(struct str line, bool utf8, struct command *out, struct refusal *why);

#endif
