/* SPDX-License-Identifier: ISC */
/*
 * table.h - columns for people. Rows are collected, then written with every column as wide as its widest cell.
 * Widths count characters of UTF-8, not bytes. Cells must be printable already (name_shown). Pure: into a buf.
 */
#ifndef EDIGATE_GATEWAY_TABLE_H
#define EDIGATE_GATEWAY_TABLE_H

#include "gateway/base/arena.h"
#include "gateway/base/buf.h"

#define TABLE_COLUMNS_MAX 16

enum tint { TINT_NONE, TINT_GOOD, TINT_WAIT, TINT_BAD, TINT_DIM };

struct table_column {
	const char *title;
	size_t max;			/* longer cells are cut and end with an ellipsis; 0: never */
	bool right;			/* numbers stand right */
};

struct table_cell {
	const char *text;		/* lent; NULL is empty */
	enum tint tint;
};

struct table;

struct table *table_new(struct arena *a, const struct table_column *columns, size_t n);
struct table_cell *table_row(struct table *t);	/* a new row: n empty cells to fill */
size_t table_rows(const struct table *t);
int table_write(const struct table *t, bool titles, bool colour, struct buf *out, struct err *e);

size_t table_width(struct str s);		/* characters */
struct str table_tint(struct arena *a, enum tint tint, struct str s, bool colour);

#endif
