/* SPDX-License-Identifier: ISC */
#include "mime/pull.h"

#include <string.h>

#define TAG_LONG	0x1f
#define LENGTH_OCTETS	6		/* 256 TiB */
#define CHUNKS_MAX	((uint64_t)1 << 26)	/* pieces of an octet string: two bytes each, and of no content, would be endless */

static bool
fail(struct pull *p, const char *what)
{
	if (!p->broken)
		(void)err_set(&p->why, ERR_INPUT, "%s", what);
	p->broken = true;
	return false;
}

/* At least one byte, unless this is the end of the source. */
static bool
fill(struct pull *p)
{
	if (p->piece.n > 0)
		return true;
	if (p->broken)
		return false;
	if (p->from->next(p->from, &p->piece, &p->why) == -1) {
		p->broken = true;
		return false;
	}
	return p->piece.n > 0;
}

/* Up to max bytes, as many as are at hand; empty at the end. */
static struct str
next_bytes(struct pull *p, uint64_t max)
{
	struct str s = S("");

	if (max == 0 || !fill(p))
		return s;
	s = str_sub(p->piece, 0, max < SIZE_MAX ? (size_t)max : SIZE_MAX);
	p->piece = str_from(p->piece, s.n);
	p->at += s.n;
	return s;
}

static bool
next_byte(struct pull *p, unsigned char *out)
{
	struct str s = next_bytes(p, 1);

	if (s.n == 0)
		return fail(p, "broken, cut short or nested too deep");
	*out = (unsigned char)s.p[0];
	if (p->n_head < sizeof(p->head))
		p->head[p->n_head++] = s.p[0];
	return true;
}

static bool
read_length(struct pull *p)
{
	unsigned char octet, count;

	p->length = 0;
	p->indefinite = false;
	if (!next_byte(p, &octet))
		return false;
	if (octet < 0x80) {
		p->length = octet;
		return true;
	}
	p->indefinite = octet == 0x80;
	if (p->indefinite)
		return (p->tag & BER_CONSTRUCTED) != 0 || fail(p, "an element of unknown length holds none");
	count = octet & 0x7f;
	if (count > LENGTH_OCTETS)
		return fail(p, "a length over what any message has");
	while (count-- > 0) {
		if (!next_byte(p, &octet))
			return false;
		p->length = p->length << 8 | octet;
	}
	return true;
}

static struct pull_level *
top(struct pull *p)
{
	return p->depth == 0 ? NULL : &p->open[p->depth - 1];
}

/* The head of the next element in the open one. false: there is none, or it is broken. */
static bool
read_head(struct pull *p)
{
	struct pull_level *in = top(p);

	if (p->broken || p->has_head)
		return p->has_head && !p->broken;
	if (in != NULL && !in->indefinite && p->at >= in->end)
		return false;
	p->n_head = 0;
	if (!next_byte(p, &p->tag))
		return false;
	if ((p->tag & TAG_LONG) == TAG_LONG)
		return fail(p, "a tag that no such message has");
	if (!read_length(p))
		return false;
	/* An end may stand inside an indefinite element whose own outer end is known. */
	for (size_t i = p->depth; i-- > 0;)
		if (!p->open[i].indefinite) {
			if (p->at > p->open[i].end || (!p->indefinite && p->length > p->open[i].end - p->at))
				return fail(p, "an element longer than what it is in");
			break;
		}
	p->has_head = true;
	return true;
}

/* End-of-contents (X.690, 8.1.5): only there is it of tag and length nought. */
static bool
is_end_mark(const struct pull *p)
{
	return p->has_head && p->tag == 0 && p->length == 0 && p->depth > 0 && p->open[p->depth - 1].indefinite;
}

void
pull_init(struct pull *p, struct arena *a, struct source *from)
{
	*p = (struct pull){ .a = a, .from = from };
}

bool
pull_is(struct pull *p, unsigned char tag)
{
	return read_head(p) && !is_end_mark(p) && p->tag == tag;
}

static bool
enter(struct pull *p)
{
	if (p->depth == PULL_DEPTH_MAX)
		return fail(p, "broken, cut short or nested too deep");
	p->open[p->depth++] = (struct pull_level){ p->at + p->length, p->indefinite };
	p->has_head = false;
	return true;
}

bool
pull_open(struct pull *p, unsigned char tag)
{
	return pull_is(p, tag) && enter(p);
}

bool
pull_at_end(struct pull *p)
{
	struct pull_level *in = top(p);

	if (p->broken)
		return false;
	if (in == NULL)
		return !p->has_head && !fill(p) && !p->broken;
	if (!in->indefinite)
		return !p->has_head && p->at == in->end;
	return read_head(p) && is_end_mark(p);
}

static bool
is_filler(char c)
{
	return c == '\0' || c == '\r' || c == '\n';
}

bool
pull_close(struct pull *p)
{
	if (p->depth == 0 || !pull_at_end(p))
		return false;
	p->has_head = false;
	p->depth--;
	return true;
}

bool
pull_end(struct pull *p)
{
	if (p->depth > 0 || p->broken)
		return false;
	for (size_t i = 0; i < PULL_FILLER_MAX && fill(p) && is_filler(p->piece.p[0]); i++)
		(void)next_bytes(p, 1);
	return pull_at_end(p) || fail(p, "bytes after its end");
}

static int
put_head(struct pull *p, struct sink *to, struct err *e)
{
	return to->put(to, str_make(p->head, p->n_head), e);
}

/* The contents of a primitive element, or of one whose length is known. */
static int
pass_bytes(struct pull *p, struct sink *to, struct err *e)
{
	uint64_t left = p->length;

	p->has_head = false;
	while (left > 0) {
		struct str s = next_bytes(p, left);
		if (s.n == 0) {
			(void)fail(p, "broken, cut short or nested too deep");
			return err_set(e, p->why.kind, "%s", p->why.text);
		}
		left -= s.n;
		if (to->put(to, s, e) == -1)
			return -1;
	}
	return 0;
}

/* All of the element whose head was read, head and all. An indefinite one by its inner ones, without a stack of the machine's. */
static int
pass_element(struct pull *p, struct sink *to, struct err *e)
{
	size_t base = p->depth;

	do {
		if (!read_head(p))
			return err_set(e, p->broken ? p->why.kind : ERR_INPUT, "%s",
			    p->broken ? p->why.text : "broken");
		if (put_head(p, to, e) == -1)
			return -1;
		if (is_end_mark(p)) {
			p->has_head = false;
			p->depth--;
		} else if (p->indefinite) {
			if (!enter(p))
				return err_set(e, p->why.kind, "%s", p->why.text);
		} else if (pass_bytes(p, to, e) == -1) {
			return -1;
		}
	} while (p->depth > base);
	return 0;
}

bool
pull_take_whole(struct pull *p, struct str *element)
{
	struct buf all = BUF_CAP(PULL_SMALL_MAX);
	struct buf_sink to = buf_sink(&all);
	struct err e;
	bool ok = false;

	*element = S("");
	if (!read_head(p) || is_end_mark(p))
		return false;
	if (pass_element(p, &to.sink, &e) == -1 || ber_check(buf_str(&all), &e) == -1) {
		(void)fail(p, e.text);
	} else {
		*element = str_dup(p->a, buf_str(&all));
		ok = true;
	}
	buf_clear(&all);
	return ok;
}

bool
pull_take(struct pull *p, unsigned char tag, struct str *value)
{
	struct str whole;

	return pull_is(p, tag) && pull_take_whole(p, &whole) && ber_take(&whole, tag, value);
}

bool
pull_uint(struct pull *p, unsigned int *out)
{
	struct str whole;

	return pull_is(p, BER_INTEGER) && pull_take_whole(p, &whole) && ber_take_uint(&whole, out);
}

static int
nowhere_put(struct sink *s, struct str piece, struct err *e)
{
	(void)s, (void)piece, (void)e;
	return 0;
}

bool
pull_skip(struct pull *p, unsigned char tag)
{
	struct sink nowhere = { nowhere_put };
	struct err e;

	return pull_is(p, tag) && pass_element(p, &nowhere, &e) == 0;
}

/* The pieces of a constructed octet string, in any nesting (X.690, 8.7). */
static int
pass_pieces(struct pull *p, struct sink *to, uint64_t *n, struct err *e)
{
	size_t base = p->depth;
	uint64_t chunks = 0;

	if (!enter(p))
		return err_set(e, p->why.kind, "%s", p->why.text);
	while (p->depth > base) {
		if (pull_close(p))
			continue;
		if (!read_head(p) || (p->tag & ~BER_CONSTRUCTED) != BER_OCTETS || ++chunks > CHUNKS_MAX) {
			(void)fail(p, "an octet string of something else, or in too many pieces");
			return err_set(e, p->why.kind, "%s", p->why.text);
		}
		if ((p->tag & BER_CONSTRUCTED) != 0) {
			if (!enter(p))
				return err_set(e, p->why.kind, "%s", p->why.text);
			continue;
		}
		*n += p->length;
		if (pass_bytes(p, to, e) == -1)
			return -1;
	}
	return 0;
}

bool
pull_octets(struct pull *p, unsigned char tag, struct sink *to, uint64_t *n, struct err *e)
{
	*n = 0;
	if (pull_is(p, tag)) {
		*n = p->length;
		return pass_bytes(p, to, e) == 0;
	}
	if (pull_is(p, tag | BER_CONSTRUCTED))
		return pass_pieces(p, to, n, e) == 0;
	(void)err_set(e, p->broken ? p->why.kind : ERR_INPUT, "%s",
	    p->broken ? p->why.text : "no octet string");
	return false;
}

void
pull_drain(struct pull *p)
{
	do {
		p->piece = S("");
	} while (p->from->next(p->from, &p->piece, &p->why) == 0 && p->piece.n > 0);
}
