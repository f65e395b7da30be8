/* SPDX-License-Identifier: ISC */
/*
 * collect.h - documents whose envelope we write: several for one partner that go into one interchange, and the JSON of a
 * document. Control numbers, counts and dates are ours; everything else is theirs.
 */
#ifndef EDIGATE_GATEWAY_COLLECT_H
#define EDIGATE_GATEWAY_COLLECT_H

#include "edi/pieces.h"
#include "gateway/base/buf.h"
#include "gateway/conf.h"
#include "gateway/msg.h"
#include "spool/spool.h"

#define COLLECT_MAX ((size_t)64 << 20)		/* bytes of an interchange that we write */

/* A document as it was dropped, and the interchange that it is. */
struct collected {
	struct str edi;			/* slices of the input, or of made */
	bool json;			/* it was JSON: made has what it says, an interchange without its numbers */
	bool raw;			/* of its raw part: its segments are those of made */
	bool xml;			/* it was JSON: made is a document that has no envelope */
	struct buf made;
};

/*
 * JSON with a raw part becomes the interchange that this says, JSON of the published form without one what pt (NULL: nobody
 * in particular) takes or it says itself; other bytes stay what they are. -1 with ERR_INPUT: the JSON is no document.
 */
int collect_read(const struct conf *c, const struct partner *pt, struct str bytes, struct collected *out, struct err *e);
void collect_clear(struct collected *c);

/* Does what edi_read() said f of go into an interchange with others for pt? What is as large as one goes by itself. */
bool collect_takes(const struct partner *pt, const struct edi_facts *f, size_t size);

/*
 * Would it make a valid interchange? Fills m with what the ledger is told (MSG_COLLECTED): what it must have in common with
 * those that go with it, and how much it holds. -1 with ERR_INPUT, with the place in the JSON if it was that.
 */
int collect_try(struct arena *a, const struct collected *c, const struct edi_format *format, struct msg *m, struct err *e);

/*
 * The interchange of all the claims that job (MSG_JOB_PACK, "batch") names, in its order and with its control numbers, and
 * what edi_read() says of it (in the arena). -1: ERR_RETRY our own trouble, ERR_INPUT they do not go together.
 */
int collect_claims(struct arena *a, const struct conf *c, const struct partner *pt, struct spool *s, const struct msg *job, struct buf *out,
    struct edi_facts *f, struct err *e);

#endif
