/* SPDX-License-Identifier: ISC */
/* mic.h - digests of bytes that go by: one or several at once, on the way to somewhere or nowhere. */
#ifndef EDIGATE_MIME_MIC_H
#define EDIGATE_MIME_MIC_H

#include "mime/mdn.h"
#include "mime/stream.h"

#define MIC_ALGS (MIC_SHA512 + 1)

struct mic_sink {
	struct sink sink;
	struct sink *to;		/* gets every piece too; NULL: nobody */
	void *context[MIC_ALGS];	/* libcrypto's */
	uint64_t n;			/* bytes so far */
};

/* algs: bits 1 << enum mic_alg. ERR_CONFIG when one cannot be computed here. Clear it whatever open said. */
int  mic_sink_open(struct mic_sink *s, unsigned int algs, struct sink *to, struct err *e);
int  mic_sink_get(struct mic_sink *s, enum mic_alg alg, struct mic *out, struct err *e);	/* at the end, once each */
void mic_sink_clear(struct mic_sink *s);

#endif
