/* SPDX-License-Identifier: ISC */
/*
 * data.h - the bytes of a mail on the wire (RFC 5321, 4.5.2). Pure and incremental.
 *
 * Coming in, only CR LF "." CR LF ends the mail. A CR or LF on its own, or a NUL, makes the whole mail bad, but
 * reading goes on to the true end: whoever stops earlier takes the rest of a mail for commands (SMTP smuggling).
 * Going out, a mail that has such bytes is refused before anything is sent.
 */
#ifndef EDIGATE_SMTP_DATA_H
#define EDIGATE_SMTP_DATA_H

#include "gateway/base/buf.h"

/* ---- coming in ---- */
enum data_state { DATA_LINE_START, DATA_LINE, DATA_CR, DATA_DOT, DATA_DOT_CR, DATA_ENDED };
enum data_bad { DATA_BARE_LF = 1, DATA_BARE_CR = 2, DATA_NUL = 4 };

struct data_in {
	enum data_state state;
	unsigned int bad;		/* enum data_bad bits */
	uint64_t size;			/* bytes of the mail so far, stuffing taken out */
	/* Received: fields in the header, against loops (RFC 5321, 6.3). */
	unsigned int hops;
	unsigned int column;		/* how much of "received:" this header line has matched; see data.c */
	bool in_body;
	bool is_binary;			/* by BDAT only: any bytes are good */
};

enum data_step { DATA_MORE, DATA_PIECE, DATA_END };

/*
 * Cut the next piece of the mail off *in: a slice of *in itself, dot stuffing taken out. DATA_MORE: *in is used up.
 * DATA_END: the end mark was taken off, what is left in *in comes behind the mail. Begin with a zeroed struct.
 */
enum data_step data_next(struct data_in *d, struct str *in, struct str *piece);

/* The same for a piece of a mail that comes by BDAT: its end is told by the count of bytes, and no dot is stuffed. */
void data_chunk(struct data_in *d, struct str piece);
void data_chunk_end(struct data_in *d);		/* the mail is whole: a CR that waits for its LF waits for ever */

/* ---- going out ---- */
struct data_facts {
	bool has_8bit;
	bool ends_in_crlf;
	bool is_binary;			/* the caller's: data_check() says no, and it goes another way */
};

/* Is this a mail that may go out as DATA? ERR_INPUT on a lone CR or LF, or a NUL, with its place. */
int data_check(struct str mail, struct data_facts *facts, struct err *e);

struct data_out {
	bool mid_line;			/* zeroed: at the beginning of a line */
};

/* Move bytes of *in to out, a dot at the start of a line doubled, while out has fewer than high bytes. */
int data_stuff(struct data_out *d, struct str *in, struct buf *out, size_t high, struct err *e);

#endif
