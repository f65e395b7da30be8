/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/data.h"

#define NO_MATCH 100u	/* data_in.column: this line is not a Received: field */

/*
 * Count the Received: fields of the header. Pieces may be cut anywhere, so the place in the line is kept in
 * column: 0 at its start, then how many letters have matched, NO_MATCH when one has not. A line that is empty
 * (CR at column 0) ends the header.
 */
static void
count_hops(struct data_in *d, struct str piece)
{
	static const struct str field = S_INIT("received:");

	for (size_t i = 0; i < piece.n && !d->in_body; i++) {
		char c = piece.p[i];

		if (c == '\n') {
			d->column = 0;
		} else if (c == '\r') {
			d->in_body = d->column == 0;
		} else if (d->column < field.n && to_lower(c) == field.p[d->column]) {
			if (++d->column == field.n)
				d->hops++;
		} else {
			d->column = NO_MATCH;
		}
	}
}

/* One byte that may matter. Returns false when the byte belongs to no piece: a stuffed dot, the end mark. */
static bool
step_byte(struct data_in *d, char c)
{
	bool after_cr = d->state == DATA_CR || d->state == DATA_DOT_CR;

	if (c == '\n' && after_cr) {
		d->state = d->state == DATA_CR ? DATA_LINE_START : DATA_ENDED;
		return d->state != DATA_ENDED;
	}
	if (after_cr)
		d->bad |= DATA_BARE_CR;
	if (c == '\r') {
		d->state = d->state == DATA_DOT ? DATA_DOT_CR : DATA_CR;
		return d->state != DATA_DOT_CR;
	}
	if (c == '.' && d->state == DATA_LINE_START) {
		d->state = DATA_DOT;
		return false;
	}
	if (c == '\n')
		d->bad |= DATA_BARE_LF;
	if (c == '\0')
		d->bad |= DATA_NUL;
	d->state = DATA_LINE;
	return true;
}

/* Bytes at i and on that are ordinary in the middle of a line: everything above CR. */
static size_t
skip_ordinary(struct str in, size_t i)
{
	while (i < in.n && (unsigned char)in.p[i] > '\r')
		i++;
	return i;
}

enum data_step
data_next(struct data_in *d, struct str *in, struct str *piece)
{
	size_t from = 0, i = 0;
	bool kept = true;

	while (d->state != DATA_ENDED) {
		if (d->state == DATA_LINE)
			i = skip_ordinary(*in, i);
		if (i == in->n)
			break;
		kept = step_byte(d, in->p[i++]);
		if (kept)
			continue;
		if (i - 1 > from)
			break;		/* give what stands before the byte left out */
		from = i;
		kept = true;
	}
	*piece = str_sub(*in, from, i - from - (kept ? 0 : 1));
	*in = str_from(*in, i);
	if (piece->n > 0) {
		d->size += piece->n;
		count_hops(d, *piece);
		return DATA_PIECE;
	}
	return d->state == DATA_ENDED ? DATA_END : DATA_MORE;
}

void
data_chunk(struct data_in *d, struct str piece)
{
	size_t i = 0;

	d->size += piece.n;
	count_hops(d, piece);
	while (!d->is_binary && (i = d->state == DATA_CR ? i : skip_ordinary(piece, i)) < piece.n) {
		char c = piece.p[i++];

		if (d->state == DATA_CR && c != '\n')
			d->bad |= DATA_BARE_CR;
		if (d->state != DATA_CR && c == '\n')
			d->bad |= DATA_BARE_LF;
		if (c == '\0')
			d->bad |= DATA_NUL;
		d->state = c == '\r' ? DATA_CR : DATA_LINE;
	}
}

void
data_chunk_end(struct data_in *d)
{
	if (d->state == DATA_CR)
		d->bad |= DATA_BARE_CR;
}

int
data_check(struct str mail, struct data_facts *facts, struct err *e)
{
	unsigned char any = 0;
	char last = '\n';

	for (size_t i = 0; i < mail.n; i++) {
		char c = mail.p[i];

		any |= (unsigned char)c;
		if (c == '\0')
			return err_set(e, ERR_INPUT, "mail has a NUL at byte %zu", i);
		if ((c == '\n') != (last == '\r'))
			return err_set(e, ERR_INPUT, "mail has a lone %s at byte %zu",
			    c == '\n' ? "LF" : "CR", c == '\n' ? i : i - 1);
		last = c;
	}
	if (last == '\r')
		return err_set(e, ERR_INPUT, "mail has a lone CR at byte %zu", mail.n - 1);
	facts->has_8bit = any > 0x7f;
	facts->ends_in_crlf = last == '\n';
	return 0;
}

int
data_stuff(struct data_out *d, struct str *in, struct buf *out, size_t high, struct err *e)
{
	size_t at;

	while (in->n > 0 && out->n < high) {
		if (!d->mid_line && in->p[0] == '.' && buf_putc(out, '.', e) == -1)
			return -1;
		size_t n = str_chr(*in, '\n', &at) ? at + 1 : in->n;
		if (n > high)
			n = high;	/* a very long line goes in portions */
		d->mid_line = in->p[n - 1] != '\n';
		if (buf_put(out, str_sub(*in, 0, n), e) == -1)
			return -1;
		*in = str_from(*in, n);
	}
	return 0;
}
