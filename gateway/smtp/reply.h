/* SPDX-License-Identifier: ISC */
/*
 * reply.h - what a server answers (RFC 5321, 4.2): one reply, of one or many lines. Pure and incremental.
 * A reply is hostile input: bounded in line length, lines and total, kept in printable form only.
 *
 * Let pass though the grammar forbids it: a line that ends in LF alone (some old servers; nothing hangs on it
 * here, as replies carry no data), and a second digit over 5 ("571" is seen in the wild).
 */
#ifndef EDIGATE_SMTP_REPLY_H
#define EDIGATE_SMTP_REPLY_H

#include "gateway/base/buf.h"

#define SMTP_REPLY_LINE_MAX  2048	/* RFC 5321, 4.5.3.1.5 has 512; servers talk more */
#define SMTP_REPLY_LINES_MAX 128
#define SMTP_REPLY_TEXT_MAX  65536
#define SMTP_ENHANCED_MAX    12		/* "5.777.777" and the NUL */

enum step { STEP_BAD = -1, STEP_MORE = 0, STEP_DONE = 1 };

struct reply {
	unsigned int code;		/* 200 to 599 */
	unsigned int lines;
	char enhanced[SMTP_ENHANCED_MAX];	/* RFC 2034; "" without one, or when its class is not the code's */
	struct buf text;		/* every line without its code, a LF behind each; control bytes are '?' */
};

#define REPLY_INIT ((struct reply){ .text = BUF_CAP(SMTP_REPLY_TEXT_MAX) })

/*
 * Cut whole lines off *in until the reply is complete. An unfinished line stays in *in; feed it again with what
 * follows. STEP_BAD (ERR_RETRY): not SMTP, or over a limit; the connection cannot be used any more.
 */
enum step reply_feed(struct reply *r, struct str *in, struct err *e);

void reply_reset(struct reply *r);	/* ready for the next one */
void reply_clear(struct reply *r);

/* The text in one line: enhanced code cut off, line ends as blanks, at most size - 1 bytes. */
void reply_line(const struct reply *r, char *out, size_t size);

#endif
