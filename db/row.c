/* SPDX-License-Identifier: ISC */
#include "db/row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SQL_MAX (16 * 1024)

enum verb { ADD, PUT, SELECT, CHANGE, RUN };

/* ---- the SQL of a table ---- */

static int
put_columns(struct buf *b, const struct row_table *t, size_t from, struct err *e)
{
	for (size_t i = from; i < t->n; i++)
		if (buf_printf(b, e, "%s%s", i > from ? ", " : "", t->fields[i].name) == -1)
			return -1;
	return 0;
}

static int
put_insert(struct buf *b, const struct row_table *t, const char *tail, const char *returning,
    struct err *e)
{
	size_t from = t->has_id ? 1 : 0;

	if (buf_printf(b, e, "INSERT INTO %s (", t->name) == -1 || put_columns(b, t, from, e) == -1 ||
	    buf_put(b, S(") VALUES ("), e) == -1)
		return -1;
	for (size_t i = from; i < t->n; i++)
		if (buf_printf(b, e, "%s?%zu", i > from ? ", " : "", i - from + 1) == -1)
			return -1;
	return buf_printf(b, e, ") %s%s", tail != NULL ? tail : "", t->has_id ? returning : "");
}

static int
put_update(struct buf *b, const struct row_table *t, struct err *e)
{
	if (buf_printf(b, e, "UPDATE %s SET ", t->name) == -1)
		return -1;
	for (size_t i = 1; i < t->n; i++)
		if (buf_printf(b, e, "%s%s = ?%zu", i > 1 ? ", " : "", t->fields[i].name, i) == -1)
			return -1;
	return buf_printf(b, e, " WHERE id = ?%zu", t->n);
}

static int
put_sql(struct buf *b, const struct db_ops *ops, enum verb verb, const struct row_table *t,
    const char *text, struct err *e)
{
	switch (verb) {
	case ADD:
		return put_insert(b, t, text, ops->returning, e);
	case PUT:
		return put_update(b, t, e);
	case SELECT:
		if (buf_put(b, S("SELECT "), e) == -1 || put_columns(b, t, 0, e) == -1)
			return -1;
		return buf_printf(b, e, " FROM %s %s", t->name, text);
	case CHANGE:
		if (buf_put(b, str_of(text), e) == -1)
			return -1;
		return put_columns(b, t, 0, e);
	case RUN:
		return buf_put(b, str_of(text), e);
	}
	return -1;
}

static int
prepare(struct db *db, enum verb verb, const struct row_table *t, const char *text, void **stmt,
    struct err *e)
{
	struct buf sql = BUF_CAP(SQL_MAX);
	int rc = -1;

	if (put_sql(&sql, db->ops, verb, t, text, e) == 0 && buf_putc(&sql, '\0', e) == 0)
		rc = db->ops->prepare(db->conn, sql.p, stmt, e);
	buf_clear(&sql);
	return rc;
}

/* ---- statements that are kept ---- */

static size_t
slot_of(const struct row_table *t, const char *text, enum verb verb)
{
	uintptr_t h = ((uintptr_t)t >> 3) * 31 + ((uintptr_t)text >> 1) * 17 + (uintptr_t)verb;

	return (h ^ h >> 7) % ROW_STATEMENTS;
}

static int
statement(struct db *db, enum verb verb, const struct row_table *t, const char *text, void **stmt,
    struct err *e)
{
	size_t at = slot_of(t, text, verb);
	struct db_statement *k;

	for (size_t i = 0; i < ROW_STATEMENTS; i++, at = (at + 1) % ROW_STATEMENTS) {
		k = &db->kept[at];
		if (k->stmt == NULL) {
			if (prepare(db, verb, t, text, &k->stmt, e) == -1)
				return -1;
			k->table = t;
			k->text = text;
			k->verb = (int)verb;
		} else if (k->table != t || k->text != text || k->verb != (int)verb)
			continue;
		*stmt = k->stmt;
		return 0;
	}
	abort();	/* ROW_STATEMENTS is far more than there are */
}

void
row_forget(struct db *db)
{
	for (size_t i = 0; i < ROW_STATEMENTS; i++)
		if (db->kept[i].stmt != NULL)
			db->ops->finish(db->kept[i].stmt);
	memset(db->kept, 0, sizeof(db->kept));
}

/* ---- between rows and structs ---- */

static struct db_value
value_of(const struct row_field *f, const void *row)
{
	const char *p = (const char *)row + f->at;

	switch (f->type) {
	case ROW_I64:
		return DB_I(*(const int64_t *)(const void *)p);
	case ROW_U64:
		return DB_I(*(const uint64_t *)(const void *)p);
	case ROW_INT:
		return DB_I(*(const int *)(const void *)p);
	case ROW_UINT:
		return DB_I(*(const unsigned int *)(const void *)p);
	case ROW_BOOL:
		return DB_I(*(const bool *)(const void *)p);
	case ROW_TEXT:
		return DB_T(*(const struct str *)(const void *)p);
	case ROW_BLOB:
		return DB_B(*(const struct str *)(const void *)p);
	}
	return DB_I(0);
}

static void
store(const struct row_field *f, void *row, struct db_value v, struct arena *a)
{
	void *p = (char *)row + f->at;

	switch (f->type) {
	case ROW_I64:
		*(int64_t *)p = v.i;
		break;
	case ROW_U64:
		*(uint64_t *)p = (uint64_t)v.i;
		break;
	case ROW_INT:
		*(int *)p = (int)v.i;
		break;
	case ROW_UINT:
		*(unsigned int *)p = (unsigned int)v.i;
		break;
	case ROW_BOOL:
		*(bool *)p = v.i != 0;
		break;
	case ROW_TEXT:
	case ROW_BLOB:
		*(struct str *)p = a != NULL ? str_dup(a, v.s) : v.s;
		break;
	}
}

static enum db_type
type_of(const struct row_field *f)
{
	return f->type == ROW_TEXT ? DB_TEXT : f->type == ROW_BLOB ? DB_BLOB : DB_INT;
}

/* The row the statement stands on. Without an arena its strings are lent until the next step. */
static void
read_row(struct db *db, void *stmt, const struct row_table *t, void *row, struct arena *a)
{
	for (size_t i = 0; i < t->n; i++)
		store(&t->fields[i], row, db->ops->column(stmt, (int)i, type_of(&t->fields[i])), a);
}

static int
bind_fields(struct db *db, void *stmt, const struct row_table *t, const void *row, struct err *e)
{
	int at = 1;

	for (size_t i = t->has_id ? 1 : 0; i < t->n; i++)
		if (db->ops->bind(stmt, at++, value_of(&t->fields[i], row), e) == -1)
			return -1;
	return 0;
}

static int
bind_args(struct db *db, void *stmt, const struct db_value *args, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (db->ops->bind(stmt, (int)i + 1, args[i], e) == -1)
			return -1;
	return 0;
}

/* ---- what callers ask ---- */

int
row_add(struct db *db, const struct row_table *t, const void *row, const char *tail, int64_t *id,
    struct err *e)
{
	bool has = false;
	void *stmt;
	int rc = -1;

	if (statement(db, ADD, t, tail, &stmt, e) == -1)
		return -1;
	if (bind_fields(db, stmt, t, row, e) == -1 || db->ops->step(stmt, &has, e) == -1)
		goto out;
	if (t->has_id && id != NULL)
		*id = db->ops->added(stmt);
	rc = 0;
out:
	db->ops->reset(stmt);
	return rc;
}

int
row_put(struct db *db, const struct row_table *t, const void *row, struct err *e)
{
	void *stmt;
	bool has;
	int rc = -1;

	if (statement(db, PUT, t, NULL, &stmt, e) == -1)
		return -1;
	if (bind_fields(db, stmt, t, row, e) == 0 &&
	    db->ops->bind(stmt, (int)t->n, value_of(&t->fields[0], row), e) == 0)
		rc = db->ops->step(stmt, &has, e);
	db->ops->reset(stmt);
	return rc;
}

static int
collect(struct db *db, void *stmt, struct arena *a, const struct row_table *t,
    const struct db_value *args, size_t n_args, size_t max, struct buf *rows, struct err *e)
{
	bool has = false;
	void *row;

	if (bind_args(db, stmt, args, n_args, e) == -1 || db->ops->step(stmt, &has, e) == -1)
		return -1;
	while (has && rows->n / t->size < max) {
		row = buf_room(rows, t->size, e);
		if (row == NULL)
			return -1;
		read_row(db, stmt, t, row, a);
		buf_grew(rows, t->size);
		if (db->ops->step(stmt, &has, e) == -1)
			return -1;
	}
	return 0;
}

static int
rows_of(struct db *db, enum verb verb, struct arena *a, const struct row_table *t, const char *text,
    const struct db_value *args, size_t n_args, size_t max, void **rows, size_t *n, struct err *e)
{
	struct buf found = BUF_CAP(SIZE_MAX / 4);
	void *stmt;
	int rc = -1;

	*rows = NULL;
	*n = 0;
	if (statement(db, verb, t, text, &stmt, e) == -1)
		return -1;
	if (collect(db, stmt, a, t, args, n_args, max, &found, e) == -1)
		goto out;
	*n = found.n / t->size;
	if (*n > 0) {
		*rows = arena_get_array(a, *n, t->size);
		memcpy(*rows, found.p, found.n);
	}
	rc = 0;
out:
	db->ops->reset(stmt);
	buf_clear(&found);
	return rc;
}

int
row_one(struct db *db, struct arena *a, const struct row_table *t, const char *tail,
    const struct db_value *args, size_t n_args, void **row, struct err *e)
{
	size_t n;

	return rows_of(db, SELECT, a, t, tail, args, n_args, 1, row, &n, e);
}

int
row_many(struct db *db, struct arena *a, const struct row_table *t, const char *tail,
    const struct db_value *args, size_t n_args, void **rows, size_t *n, struct err *e)
{
	return rows_of(db, SELECT, a, t, tail, args, n_args, SIZE_MAX, rows, n, e);
}

int
row_change(struct db *db, struct arena *a, const struct row_table *t, const char *sql,
    const struct db_value *args, size_t n_args, void **rows, size_t *n, struct err *e)
{
	return rows_of(db, CHANGE, a, t, sql, args, n_args, SIZE_MAX, rows, n, e);
}

int
row_run(struct db *db, const char *sql, const struct db_value *args, size_t n_args, struct err *e)
{
	void *stmt;
	bool has;
	int rc = -1;

	if (statement(db, RUN, NULL, sql, &stmt, e) == -1)
		return -1;
	if (bind_args(db, stmt, args, n_args, e) == 0)
		rc = db->ops->step(stmt, &has, e);
	db->ops->reset(stmt);
	return rc;
}

int
row_numbers(struct db *db, const char *sql, const struct db_value *args, size_t n_args,
    int64_t *out, size_t n, struct err *e)
{
	void *stmt;
	bool has = false;
	int rc = -1;

	if (statement(db, RUN, NULL, sql, &stmt, e) == -1)
		return -1;
	if (bind_args(db, stmt, args, n_args, e) == -1 || db->ops->step(stmt, &has, e) == -1)
		goto out;
	for (size_t i = 0; i < n; i++)
		out[i] = has ? db->ops->column(stmt, (int)i, DB_INT).i : 0;
	rc = 0;
out:
	db->ops->reset(stmt);
	return rc;
}

int
row_each(struct db *db, const struct row_table *t, const char *tail, const struct db_value *args,
    size_t n_args, row_fn *fn, void *arg, struct err *e)
{
	void *stmt = NULL, *row;
	bool has = false;
	int rc = -1;

	if (prepare(db, SELECT, t, tail, &stmt, e) == -1)
		return -1;
	row = calloc(1, t->size);
	if (row == NULL)
		abort();
	if (bind_args(db, stmt, args, n_args, e) == -1 || db->ops->step(stmt, &has, e) == -1)
		goto out;
	while (has) {
		read_row(db, stmt, t, row, NULL);
		if (fn(arg, row, e) == -1 || db->ops->step(stmt, &has, e) == -1)
			goto out;
	}
	rc = 0;
out:
	free(row);
	db->ops->finish(stmt);
	return rc;
}
