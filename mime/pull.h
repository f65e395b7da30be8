/* SPDX-License-Identifier: ISC */
/*
 * pull.h - BER (X.690) as it comes from a source, element after element: one is opened, looked into and closed; or taken
 * whole, when it is small; or, an octet string, passed on by pieces. Definite and indefinite lengths, no recursion, and
 * nothing that a length claims is allocated before its bytes are there.
 */
#ifndef EDIGATE_MIME_PULL_H
#define EDIGATE_MIME_PULL_H

#include "mime/ber.h"
#include "mime/stream.h"

#define PULL_DEPTH_MAX 8		/* of elements that are open; what is in those taken whole is ber.h's */
#define PULL_SMALL_MAX (512u << 10)	/* bytes of one taken whole: the certificates of a message, its signers */

struct pull_level {
	uint64_t end;			/* offset behind it, unless it is indefinite */
	bool indefinite;
};

struct pull {
	struct arena *a;
	struct source *from;
	struct str piece;		/* of the source, not yet read */
	uint64_t at;			/* offset of the next byte */
	struct pull_level open[PULL_DEPTH_MAX];
	size_t depth;
	bool has_head;			/* the next element's head has been read */
	bool indefinite;
	unsigned char tag;
	uint64_t length;
	char head[16];			/* as it stands there */
	size_t n_head;
	bool broken;			/* this is no BER, or it is cut short: every call says no from now on */
	struct err why;			/* broken: what was wrong; or of the source */
};

void pull_init(struct pull *p, struct arena *a, struct source *from);

/*
 * All return whether the next element was of that tag and is now done with; if not, it stays the next one. Nothing is found
 * at the end of the element that is open, and in what is broken.
 */
bool pull_is(struct pull *p, unsigned char tag);		/* it stays the next in any case */
bool pull_open(struct pull *p, unsigned char tag);		/* what follows is inside of it */
bool pull_take(struct pull *p, unsigned char tag, struct str *value);	/* without head and end-of-contents */
bool pull_take_whole(struct pull *p, struct str *element);	/* any; with its head, as it stands there */
bool pull_skip(struct pull *p, unsigned char tag);		/* of any length */
bool pull_uint(struct pull *p, unsigned int *out);		/* as ber_take_uint() */

/* An octet string, by this tag with or without BER_CONSTRUCTED; n counts its bytes. false also when the sink says -1: e. */
bool pull_octets(struct pull *p, unsigned char tag, struct sink *to, uint64_t *n, struct err *e);

bool pull_at_end(struct pull *p);	/* of the element that is open */
bool pull_close(struct pull *p);	/* false: not at its end */
/* Nothing is open, and nothing stands behind but what programs leave there that end once too often: a few NULs or line ends. */
#define PULL_FILLER_MAX 64
bool pull_end(struct pull *p);

/* Read the source to its end, wherever we are: what it says of itself is then complete. */
void pull_drain(struct pull *p);

#endif
