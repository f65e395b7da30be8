/* SPDX-License-Identifier: ISC */
#include "gateway/frozen.h"

#include "gateway/describe.h"

#define FROZEN_WINDOW ((size_t)64 << 10)

static int
put(struct sink *sink, struct str piece, struct err *e)
{
	struct frozen *fz = (struct frozen *)sink;

	if (piece.n <= fz->bytes.cap - fz->bytes.n)
		return buf_put(&fz->bytes, piece, e);
	if (spool_put_write(&fz->put, buf_str(&fz->bytes), e) == -1 ||
	    spool_put_write(&fz->put, piece, e) == -1)
		return -1;
	buf_cut(&fz->bytes, 0);
	return 0;
}

int
frozen_begin(struct frozen *fz, struct spool *s, const char *ulid, struct err *e)
{
	*fz = (struct frozen){
		.sink = { put }, .spool = s, .put = { .fd = -1 }, .bytes = BUF_CAP(FROZEN_WINDOW)
	};
	if (mic_sink_open(&fz->sha256, 1u << MIC_SHA256, &fz->sink, e) == -1)
		return -1;
	return spool_put_open(s, ulid, &fz->put, e);
}

int
frozen_end(struct frozen *fz, struct arena *a, struct str *hex, uint64_t *n, struct err *e)
{
	struct mic sha256;

	if (mic_sink_get(&fz->sha256, MIC_SHA256, &sha256, e) == -1 ||
	    spool_put_write(&fz->put, buf_str(&fz->bytes), e) == -1)
		return -1;
	*hex = describe_hex(a, &sha256);
	*n = fz->sha256.n;
	return spool_put_commit(fz->spool, &fz->put, SPOOL_OUT, e);
}

void
frozen_clear(struct frozen *fz)
{
	spool_put_drop(fz->spool, &fz->put);
	mic_sink_clear(&fz->sha256);
	buf_clear(&fz->bytes);
}
