/* SPDX-License-Identifier: ISC */
/*
 * as1_part.c - the document as a MIME part. What is signed must arrive as it is, so an encoding is only used where its bytes
 * leave no relay anything to put right; all else goes base64.
 */
#include "mime/as1_mail.h"
#include "mime/encode.h"
#include "mime/part.h"
#include "mime/write.h"

#include <string.h>

#define HEADER_MAX (256u << 10)
#define QUOTED_MAX (4u << 20)	/* of a document as quoted-printable, which lies in memory: a longer one goes base64 */

/* What a document's bytes are like. */
struct looks {
	struct sink sink;
	bool high, nul, bare;		/* over 127; a NUL; CR or LF alone */
	bool from, wide, blank;		/* lines: "From ", over 998, ending in a blank */
	char last;
	size_t column;
	char begin[5];			/* of the line */
};

static void
look(struct looks *l, char c)
{
	l->high |= (unsigned char)c > 0x7f;
	l->nul |= c == '\0';
	l->bare |= (l->last == '\r') != (c == '\n');
	l->blank |= c == '\r' && (l->last == ' ' || l->last == '\t');
	l->last = c;
	if (c == '\n') {
		l->column = 0;
		return;
	}
	if (l->column < sizeof(l->begin))
		l->begin[l->column] = c;
	l->column++;
	l->from |= l->column == sizeof(l->begin) && memcmp(l->begin, "From ", sizeof(l->begin)) == 0;
	l->wide |= l->column > PART_LINE_MAX && c != '\r';
}

static int
looks_put(struct sink *s, struct str piece, struct err *e)
{
	(void)e;
	for (size_t i = 0; i < piece.n; i++)
		look((struct looks *)s, piece.p[i]);
	return 0;
}

/* The encoding that carries exactly these bytes. */
static int
choose(const struct as1_document *d, bool wrapped, enum cte *out, struct err *e)
{
	static const enum cte wanted[] = { [AS1_BASE64] = CTE_BASE64,
		[AS1_QUOTED] = CTE_QP,
		[AS1_7BIT] = CTE_7BIT,
		[AS1_8BIT] = CTE_8BIT,
		[AS1_BINARY] = CTE_BINARY };
	struct looks l = { .sink = { looks_put } };
	bool lines;

	*out = wanted[d->how.encoding];
	if (*out == CTE_BASE64)
		return 0;
	if (span_put(d->content, &l.sink, e) == -1)
		return -1;
	lines = !l.nul && !l.bare && l.last != '\r';
	if ((*out == CTE_QP && (!lines || (d->content.n > 0 && l.last != '\n') || d->content.n > QUOTED_MAX / 4)) ||
	    (*out == CTE_7BIT && (!lines || l.high || l.wide || l.from || l.blank)) ||
	    (*out == CTE_8BIT && (!lines || l.wide || !wrapped)) || (*out == CTE_BINARY && !wrapped))
		*out = CTE_BASE64;
	return 0;
}

static int
put_quoted(struct arena *a, const struct as1_document *d, struct rope *out, struct err *e)
{
	struct buf b = BUF_CAP(QUOTED_MAX);
	struct str text;
	int rc = -1;

	if (span_join(a, d->content, QUOTED_MAX / 4, &text, e) == 0 && qp_put(&b, text, e) == 0) {
		rope_bytes(out, span_str(str_dup(a, buf_str(&b))));
		rc = 0;
	}
	buf_clear(&b);
	return rc;
}

int
as1_file_part(struct arena *a, const struct as1_document *d, bool wrapped, struct rope *out,
    struct err *e)
{
	struct buf header = BUF_CAP(HEADER_MAX);
	struct rope *content = arena_new_of(a, struct rope);
	enum cte cte;
	int rc = -1;

	if (d->is_entity) {
		rope_bytes(out, d->content);
		rc = 0;
		goto out;
	}
	if (choose(d, wrapped, &cte, e) == -1 ||
	    write_file_header(&header, d->media_type, d->file_name, cte_name(cte), e) == -1)
		goto out;
	rope_bytes(out, span_str(str_dup(a, buf_str(&header))));
	rope_bytes(content, d->content);
	if (cte == CTE_BASE64)
		rope_base64(out, content);
	else if (cte == CTE_QP ? put_quoted(a, d, out, e) == -1 : (rope_rope(out, content), false))
		goto out;
	rc = 0;
out:
	buf_clear(&header);
	return rc;
}
