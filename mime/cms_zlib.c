/* SPDX-License-Identifier: ISC */
/*
 * cms_zlib.c - CompressedData (RFC 3274) both ways. How long a content will be is not to be believed from a sender: it is
 * measured while it comes out.
 */
#define ZLIB_CONST
#include <zlib.h>

#include "mime/cms_signed.h"

#include <stdlib.h>

#define WINDOW_BYTES 16384
#define STEP_MAX     ((size_t)1 << 28)	/* zlib counts in unsigned int */

static const struct str oid_zlib = S_INIT("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x08");

/* Content on its way out of its compression. */
struct inflating {
	struct sink sink;
	struct sink *to;
	z_stream z;
	uint64_t n;		/* that came out */
	bool ended;
};

/* Never far ahead of what went in, so that a bomb is told by its first KiB. */
static bool
is_over(const struct inflating *s, uint64_t in, uint64_t slack)
{
	return s->n > CMS_INFLATED_MAX || s->n > in * CMS_INFLATE_RATIO + slack;
}

static int
too_much(struct err *e)
{
	return err_set(e, ERR_INPUT,
	    "compressed content is broken, or grows over %u times or %u GiB", CMS_INFLATE_RATIO,
	    (unsigned int)(CMS_INFLATED_MAX >> 30));
}

static int
inflate_put(struct sink *sink, struct str piece, struct err *e)
{
	struct inflating *s = (struct inflating *)sink;
	Bytef window[WINDOW_BYTES];
	int rc = Z_OK;

	for (; piece.n > 0; piece = str_from(piece, STEP_MAX)) {
		struct str step = str_sub(piece, 0, STEP_MAX);
		s->z.next_in = (const Bytef *)step.p;
		s->z.avail_in = (uInt)step.n;
		do {
			s->z.next_out = window;
			s->z.avail_out = sizeof(window);
			rc = s->ended ? Z_DATA_ERROR : inflate(&s->z, Z_NO_FLUSH);
			struct str made = { (const char *)window, sizeof(window) - s->z.avail_out };
			s->n += made.n;
			s->ended = rc == Z_STREAM_END;
			/* Nothing left to do is no fault: the last piece ended where a window did. */
			if ((rc != Z_OK && rc != Z_STREAM_END && (rc != Z_BUF_ERROR || s->z.avail_in > 0)) ||
			    (s->ended && s->z.avail_in > 0) || is_over(s, s->z.total_in, CMS_INFLATE_SLACK))
				return too_much(e);
			if (made.n > 0 && s->to->put(s->to, made, e) == -1)
				return -1;
		} while (!s->ended && rc == Z_OK && (s->z.avail_in > 0 || s->z.avail_out == 0));
	}
	return 0;
}

/* CompressedData ::= SEQUENCE { version 0, compressionAlgorithm, SEQUENCE { OID, [0] EXPLICIT OCTET STRING } } */
static bool
read_head(struct pull *p)
{
	unsigned int version;
	struct alg_id alg;
	struct str type;

	return pull_uint(p, &version) && version == 0 && cms_pull_alg(p, &alg) && str_eq(alg.oid, oid_zlib) &&
	    pull_open(p, BER_SEQUENCE) && pull_take(p, BER_OID, &type) && str_eq(type, cms_oid_data) &&
	    pull_open(p, BER_CONTEXT_0);
}

static int
inflate_content(struct pull *p, struct store *plain, struct err *e)
{
	struct store_sink to = store_sink(plain);
	struct inflating s = { .sink = { inflate_put }, .to = &to.sink };
	struct err why = { .kind = ERR_INPUT };
	uint64_t in = 0;
	int rc = -1;

	if (inflateInit(&s.z) != Z_OK)
		return err_set(e, ERR_RETRY, "no memory to inflate");
	if (!pull_octets(p, BER_OCTETS, &s.sink, &in, &why) || !pull_close(p) || !pull_close(p) || !cms_end(p))
		(void)(why.text[0] != '\0' && !p->broken ? err_set(e, why.kind, "%s", why.text) :
		    cms_fault(p, e, "compressed content cannot be read"));
	else if (!s.ended || is_over(&s, in, CMS_INFLATE_FLOOR))
		(void)too_much(e);
	else
		rc = 0;
	(void)inflateEnd(&s.z);
	return rc;
}

int
cms_inflate(struct pull *p, struct room *room, struct span *out, struct err *e)
{
	struct store *plain;

	*out = span_str(S(""));
	if (!read_head(p))
		return cms_fault(p, e, "compressed content cannot be read");
	plain = room->open(room, e);
	if (plain == NULL || inflate_content(p, plain, e) == -1)
		return -1;
	*out = span_store(plain);
	return 0;
}

int
cms_decompress(struct arena *a, struct str der, struct str *out, struct err *e)
{
	struct span_source from = span_source(span_str(der));
	struct arena_room room = arena_room(a);
	struct span content;
	enum cms_kind kind;
	struct pull p;

	*out = S("");
	pull_init(&p, a, &from.source);
	if (cms_begin(&p, &kind, e) == -1)
		return -1;
	if (kind != CMS_IS_COMPRESSED)
		return err_set(e, ERR_INPUT, "compressed content cannot be read");
	if (cms_inflate(&p, &room.room, &content, e) == -1)
		return -1;
	return span_join(a, content, SIZE_MAX, out, e);
}

/* What deflate() makes of its input, or of its end, goes on. */
static int
deflate_on(struct deflate_sink *s, struct str piece, int flush, struct err *e)
{
	Bytef window[WINDOW_BYTES];
	z_stream *z = s->stream;
	int rc;

	do {
		struct str step = str_sub(piece, 0, STEP_MAX);
		if (z->avail_in == 0) {
			z->next_in = (const Bytef *)step.p;
			z->avail_in = (uInt)step.n;
			piece = str_from(piece, step.n);
		}
		z->next_out = window;
		z->avail_out = sizeof(window);
		rc = deflate(z, flush);
		struct str made = { (const char *)window, sizeof(window) - z->avail_out };
		if (rc == Z_STREAM_ERROR)
			return err_set(e, ERR_RETRY, "cannot compress");
		if (made.n > 0 && s->to->put(s->to, made, e) == -1)
			return -1;
	} while (flush == Z_FINISH ? rc != Z_STREAM_END : piece.n > 0 || z->avail_in > 0);
	return 0;
}

static int
deflate_put(struct sink *sink, struct str piece, struct err *e)
{
	return deflate_on((struct deflate_sink *)sink, piece, Z_NO_FLUSH, e);
}

int
deflate_open(struct deflate_sink *s, struct sink *to, struct err *e)
{
	z_stream *z = calloc(1, sizeof(*z));

	*s = (struct deflate_sink){ .sink = { deflate_put }, .to = to, .stream = z };
	if (z == NULL)
		abort();
	return deflateInit(z, Z_DEFAULT_COMPRESSION) == Z_OK ? 0 : err_set(e, ERR_RETRY, "cannot compress");
}

int
deflate_end(struct deflate_sink *s, struct err *e)
{
	return deflate_on(s, S(""), Z_FINISH, e);
}

void
deflate_close(struct deflate_sink *s)
{
	(void)deflateEnd(s->stream);
	free(s->stream);
	s->stream = NULL;
}

int
cms_compress_head(uint64_t n, struct buf *out, struct err *e)
{
	struct der head = { 0 };
	size_t mark;
	int rc;

	der_count(&head, n);
	der_wrap(&head, BER_OCTETS, 0);
	der_wrap(&head, BER_CONTEXT_0, 0);
	der_element(&head, BER_OID, cms_oid_data);
	der_wrap(&head, BER_SEQUENCE, 0);
	mark = head.n;
	der_element(&head, BER_OID, oid_zlib);
	der_wrap(&head, BER_SEQUENCE, mark);
	der_uint(&head, 0);
	der_wrap(&head, BER_SEQUENCE, 0);
	cms_info_wrap(&head, CMS_IS_COMPRESSED);
	rc = buf_put(out, der_str(&head), e);
	der_clear(&head);
	return rc;
}

int
cms_compress(struct str content, struct buf *out, struct err *e)
{
	struct buf small = BUF_CAP(out->cap);
	struct buf_sink to = buf_sink(&small);
	struct deflate_sink deflating;
	int rc = -1;

	if (deflate_open(&deflating, &to.sink, e) == 0 && deflate_put(&deflating.sink, content, e) == 0 &&
	    deflate_end(&deflating, e) == 0 && cms_compress_head(small.n, out, e) == 0)
		rc = buf_put(out, buf_str(&small), e);
	deflate_close(&deflating);
	buf_clear(&small);
	return rc;
}
