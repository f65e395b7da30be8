/* SPDX-License-Identifier: ISC */
/*
 * der.h - a writer of DER (X.690) from the end to the front: what is inside an element stands before its length is
 * written, so nothing is measured twice. Long contents need not pass through: they are counted, and follow later.
 */
#ifndef EDIGATE_MIME_DER_H
#define EDIGATE_MIME_DER_H

#include "gateway/base/str.h"
#include "mime/ber.h"

struct der {
	char *p;		/* heap; p[at] to p[size] is written */
	size_t size, at;
	size_t n;		/* of all that is behind the front, counted bytes too */
};

void der_clear(struct der *d);			/* free; ready for use again */
struct str der_str(const struct der *d);	/* lent until the next change; without what was only counted */

void der_put(struct der *d, struct str bytes);	/* as they are, to the front */
void der_count(struct der *d, size_t n);	/* bytes that follow der_str(); before anything is put */

/* Wrap all since the mark was taken: size_t mark = d->n; ...; der_wrap(d, BER_SEQUENCE, mark). */
void der_wrap(struct der *d, unsigned char tag, size_t mark);

void der_element(struct der *d, unsigned char tag, struct str value);
void der_uint(struct der *d, unsigned int n);	/* an INTEGER */
void der_algorithm(struct der *d, struct str oid, bool null);	/* AlgorithmIdentifier with NULL or no parameters */

#endif
