/* SPDX-License-Identifier: ISC */
/*
 * cms_zlib.c - CompressedData (RFC 3274) both ways. How long a content will be is not to be believed from a sender: it
 * is inflated once into a small window, to see that it ends, is whole and keeps to the limits, and only then again
 * into memory of just that size.
 */
#define ZLIB_CONST
#include <zlib.h>

#include "mime/cms_signed.h"

#include <stdlib.h>

#define WINDOW_BYTES 16384
#define STEP_MAX     ((size_t)1 << 28)	/* zlib counts in unsigned int */

static const struct str oid_zlib = S_INIT("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x08");

/* CompressedData ::= SEQUENCE { version 0, compressionAlgorithm, encapContentInfo } */
static bool
read_compressed(struct str der, struct ber *content)
{
	struct str s, inside, explicit;
	unsigned int version;
	struct alg_id alg;

	if (!cms_info_take(der, CMS_IS_COMPRESSED, &s) || !ber_take_uint(&s, &version) || version != 0 ||
	    !alg_id_take(&s, &alg) || !str_eq(alg.oid, oid_zlib) || !ber_take(&s, BER_SEQUENCE, &inside) || s.n > 0)
		return false;
	return ber_take(&inside, BER_OID, &s) && str_eq(s, cms_oid_data) && ber_take(&inside, BER_CONTEXT_0, &explicit) &&
	    inside.n == 0 && ber_next(&explicit, content) && explicit.n == 0 &&
	    (content->tag & ~BER_CONSTRUCTED) == BER_OCTETS;
}

/* All of one piece into to, or with to NULL into a window. Returns zlib's word; n grows, and stops beyond max. */
static int
inflate_piece(z_stream *z, struct str piece, Bytef *to, size_t max, size_t *n)
{
	Bytef window[WINDOW_BYTES];
	int rc;

	z->next_in = (const Bytef *)piece.p;
	z->avail_in = (uInt)piece.n;	/* ber_check() takes no length over 32 bits */
	do {
		size_t room = to == NULL ? sizeof(window) : max - *n < STEP_MAX ? max - *n : STEP_MAX;
		z->next_out = to == NULL ? window : to + *n;
		z->avail_out = (uInt)room;
		rc = inflate(z, Z_NO_FLUSH);
		*n += room - z->avail_out;
	} while (rc == Z_OK && *n <= max && (z->avail_in > 0 || z->avail_out == 0));
	/* Nothing left to do is no fault: the last piece ended where a window did. */
	return rc == Z_BUF_ERROR && z->avail_in == 0 ? Z_OK : rc;
}

/* false: cut short, broken, something behind the end, or over max. */
static bool
inflate_all(const struct ber *content, Bytef *to, size_t max, size_t *n)
{
	struct ber_octets pieces = ber_octets_of(content);
	z_stream z = { 0 };
	struct str piece;
	int rc = Z_OK;

	*n = 0;
	if (inflateInit(&z) != Z_OK)
		return false;
	while (rc == Z_OK && *n <= max && ber_octets_next(&pieces, &piece))
		rc = inflate_piece(&z, piece, to, max, n);
	(void)inflateEnd(&z);
	return rc == Z_STREAM_END && *n <= max && z.avail_in == 0 && !ber_octets_next(&pieces, &piece) && !pieces.bad;
}

int
cms_decompress(struct arena *a, struct str der, struct str *out, struct err *e)
{
	struct ber content = { 0 };
	size_t size, max, n;
	char *to;

	*out = S("");
	if (ber_check(der, e) == -1)
		return err_add(e, "compressed content");
	if (!read_compressed(der, &content) || !ber_octets_size(&content, &size))
		return err_set(e, ERR_INPUT, "compressed content cannot be read");
	max = size * CMS_INFLATE_RATIO + CMS_INFLATE_FLOOR;
	if (size > CMS_INFLATED_MAX || max > CMS_INFLATED_MAX)
		max = CMS_INFLATED_MAX;
	if (!inflate_all(&content, NULL, max, &n))
		return err_set(e, ERR_INPUT, "compressed content is broken, or grows over %u times or %u MiB",
		    CMS_INFLATE_RATIO, CMS_INFLATED_MAX >> 20);
	/* One byte more than is needed: zlib wants room when it looks for the end. */
	to = arena_get(a, n + 1);
	if (!inflate_all(&content, (Bytef *)to, n + 1, &n))
		return err_set(e, ERR_INPUT, "compressed content is broken");
	*out = str_make(to, n);
	return 0;
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
