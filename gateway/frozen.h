/* SPDX-License-Identifier: ISC */
/* frozen.h - a mail on its way into spool/out; its digest is made as it goes by. Once there it never changes. */
#ifndef EDIGATE_GATEWAY_FROZEN_H
#define EDIGATE_GATEWAY_FROZEN_H

#include "gateway/base/arena.h"
#include "mime/mic.h"
#include "spool/spool.h"

struct frozen {
	struct sink sink;
	struct mic_sink sha256;		/* the mail goes in here: &fz.sha256.sink */
	struct spool *spool;
	struct spool_put put;
	struct buf bytes;		/* not written yet */
};

int frozen_begin(struct frozen *fz, struct spool *s, const char *ulid, struct err *e);
/* It is on disk under its name. hex (the arena's) and n: its SHA-256 and length. */
int frozen_end(struct frozen *fz, struct arena *a, struct str *hex, uint64_t *n, struct err *e);
void frozen_clear(struct frozen *fz);	/* always, also when begin failed; before end: it is dropped */

#endif
