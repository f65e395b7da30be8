/* SPDX-License-Identifier: ISC */
#include "mime/rope.h"

#include <assert.h>

#include "mime/mic.h"

static struct rope_piece *
add_piece(struct rope *r)
{
	assert(r->n < ROPE_PIECES_MAX);
	return &r->list[r->n++];
}

void
rope_bytes(struct rope *r, struct span bytes)
{
	add_piece(r)->bytes = bytes;
}

void
rope_rope(struct rope *r, const struct rope *inner)
{
	add_piece(r)->rope = inner;
}

void
rope_base64(struct rope *r, const struct rope *inner)
{
	*add_piece(r) = (struct rope_piece){ .rope = inner, .base64 = true };
}

/* Recursive, as deep as we built it: a document, compressed, signed. */
uint64_t
rope_size(const struct rope *r)
{
	uint64_t n = 0;

	for (size_t i = 0; i < r->n; i++) {
		const struct rope_piece *p = &r->list[i];
		uint64_t size = p->rope == NULL ? p->bytes.n : rope_size(p->rope);
		n += p->base64 ? base64_lines_size(size) : size;
	}
	return n;
}

static int
put_base64(const struct rope *r, struct sink *to, struct err *e)
{
	struct base64_sink lines = base64_sink(to);
	int rc = -1;

	if (rope_put(r, &lines.sink, e) == 0)
		rc = base64_sink_end(&lines, e);
	base64_sink_clear(&lines);
	return rc;
}

int
rope_settle(struct arena *a, struct rope *r, struct err *e)
{
	struct buf lines = BUF_CAP(ROPE_SETTLED_MAX);
	struct buf_sink to = buf_sink(&lines);
	int rc = 0;

	for (size_t i = 0; i < r->n && rc == 0; i++) {
		struct rope_piece *p = &r->list[i];
		if (!p->base64 || base64_lines_size(rope_size(p->rope)) > ROPE_SETTLED_MAX)
			continue;
		rc = put_base64(p->rope, &to.sink, e);
		*p = (struct rope_piece){ .bytes = span_str(str_dup(a, buf_str(&lines))) };
		buf_cut(&lines, 0);
	}
	buf_clear(&lines);
	return rc;
}

int
rope_put(const struct rope *r, struct sink *to, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < r->n && rc == 0; i++) {
		const struct rope_piece *p = &r->list[i];
		rc = p->rope == NULL ? span_put(p->bytes, to, e) : p->base64 ? put_base64(p->rope, to, e) : rope_put(p->rope, to, e);
	}
	return rc;
}

int
rope_mic(const struct rope *r, enum mic_alg alg, struct mic *out, struct err *e)
{
	struct mic_sink over;
	int rc = -1;

	if (mic_sink_open(&over, 1u << alg, NULL, e) == 0 && rope_put(r, &over.sink, e) == 0)
		rc = mic_sink_get(&over, alg, out, e);
	mic_sink_clear(&over);
	return rc;
}
