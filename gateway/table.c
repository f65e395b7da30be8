/* SPDX-License-Identifier: ISC */
#include "gateway/table.h"

#include <assert.h>

struct row {
	struct row *next;
	struct table_cell cells[];
};

struct table {
	struct arena *arena;
	const struct table_column *columns;
	size_t n, rows;
	struct row *first, **last;
};

static const struct str tints[] = {
	[TINT_NONE] = S_INIT(""),
	[TINT_GOOD] = S_INIT("\033[32m"),
	[TINT_WAIT] = S_INIT("\033[33m"),
	[TINT_BAD] = S_INIT("\033[31m"),
	[TINT_DIM] = S_INIT("\033[2m"),
};
static const struct str tint_end = S_INIT("\033[0m");
static const struct str ellipsis = S_INIT("\xe2\x80\xa6");	/* U+2026 */

static bool
is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* The first n characters of s. */
static struct str
cut_chars(struct str s, size_t n)
{
	size_t i = 0;

	while (i < s.n && n > 0) {
		i++;
		while (i < s.n && is_continuation(s.p[i]))
			i++;
		n--;
	}
	return str_sub(s, 0, i);
}

static size_t
cell_width(const struct table_column *col, struct str text)
{
	size_t w = table_width(text);

	return col->max > 0 && w > col->max ? col->max : w;
}

static int
put_blanks(struct buf *out, size_t n, struct err *e)
{
	while (n-- > 0)
		if (buf_putc(out, ' ', e) == -1)
			return -1;
	return 0;
}

static int
put_text(struct buf *out, const struct table_column *col, struct str text, struct err *e)
{
	if (cell_width(col, text) == table_width(text))
		return buf_put(out, text, e);
	if (buf_put(out, cut_chars(text, col->max - 1), e) == -1)
		return -1;
	return buf_put(out, ellipsis, e);
}

/* Nothing is padded behind the last column, so lines have no blanks at their end. */
static int
put_cell(struct buf *out, const struct table_column *col, struct table_cell cell, size_t width, bool is_last,
    bool colour, struct err *e)
{
	struct str text = str_of(cell.text);
	size_t pad = width - cell_width(col, text);
	bool tinted = colour && cell.tint != TINT_NONE && text.n > 0;

	if (col->right && put_blanks(out, pad, e) == -1)
		return -1;
	if (tinted && buf_put(out, tints[cell.tint], e) == -1)
		return -1;
	if (put_text(out, col, text, e) == -1)
		return -1;
	if (tinted && buf_put(out, tint_end, e) == -1)
		return -1;
	if (is_last)
		return 0;
	return put_blanks(out, (col->right ? 0 : pad) + 2, e);
}

static int
put_row(const struct table *t, const struct table_cell *cells, const size_t *widths, bool colour,
    struct buf *out, struct err *e)
{
	size_t last = t->n;

	while (last > 1 && str_of(cells[last - 1].text).n == 0)
		last--;
	for (size_t i = 0; i < last; i++)
		if (put_cell(out, &t->columns[i], cells[i], widths[i], i + 1 == last, colour, e) == -1)
			return -1;
	return buf_putc(out, '\n', e);
}

struct table *
table_new(struct arena *a, const struct table_column *columns, size_t n)
{
	struct table *t = arena_new_of(a, struct table);

	assert(n > 0 && n <= TABLE_COLUMNS_MAX);
	t->arena = a;
	t->columns = columns;
	t->n = n;
	t->last = &t->first;
	return t;
}

struct table_cell *
table_row(struct table *t)
{
	struct row *r = arena_get(t->arena, sizeof(*r) + t->n * sizeof(r->cells[0]));

	*t->last = r;
	t->last = &r->next;
	t->rows++;
	return r->cells;
}

size_t
table_rows(const struct table *t)
{
	return t->rows;
}

int
table_write(const struct table *t, bool titles, bool colour, struct buf *out, struct err *e)
{
	size_t widths[TABLE_COLUMNS_MAX] = { 0 };
	struct table_cell heads[TABLE_COLUMNS_MAX] = { 0 };

	for (size_t i = 0; i < t->n; i++) {
		heads[i] = (struct table_cell){ t->columns[i].title, TINT_DIM };
		if (titles)
			widths[i] = table_width(str_of(heads[i].text));
	}
	for (const struct row *r = t->first; r != NULL; r = r->next)
		for (size_t i = 0; i < t->n; i++) {
			size_t w = cell_width(&t->columns[i], str_of(r->cells[i].text));
			if (w > widths[i])
				widths[i] = w;
		}
	if (titles && put_row(t, heads, widths, colour, out, e) == -1)
		return -1;
	for (const struct row *r = t->first; r != NULL; r = r->next)
		if (put_row(t, r->cells, widths, colour, out, e) == -1)
			return -1;
	return 0;
}

size_t
table_width(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		if (!is_continuation(s.p[i]))
			n++;
	return n;
}

struct str
table_tint(struct arena *a, enum tint tint, struct str s, bool colour)
{
	if (!colour || tint == TINT_NONE || s.n == 0)
		return s;
	return str_cat(a, str_cat(a, tints[tint], s), tint_end);
}
