/* SPDX-License-Identifier: ISC */
/*
 * row.h - tables described once: which column is which field of which struct. From that come the statements to add, change
 * and read rows. Statements are prepared once per connection and kept, found by the address of their text.
 */
#ifndef EDIGATE_DB_ROW_H
#define EDIGATE_DB_ROW_H

#include "db/backend.h"

#define CHAIN_HASH 64			/* hex digits of SHA-256 */
#define ROW_STATEMENTS 128		/* slots for kept statements: a power of two, far more than there are */

struct db_statement {
	const void *table;
	const char *text;		/* as given; the whole SQL is longer */
	int verb;
	void *stmt;
};
struct db {
	const struct db_ops *ops;
	void *conn;
	struct db_statement kept[ROW_STATEMENTS];
	bool chain_known;		/* chain: the hash of the newest event */
	char chain[CHAIN_HASH];
};

enum row_type { ROW_I64, ROW_U64, ROW_INT, ROW_UINT, ROW_BOOL, ROW_TEXT, ROW_BLOB };
struct row_field {
	const char *name;
	enum row_type type;
	size_t at;
};
#define ROW_FIELD(of, name, type) { #name, type, offsetof(struct of, name) }

struct row_table {
	const char *name;
	const struct row_field *fields;	/* with has_id the first one is id */
	size_t n, size;
	bool has_id;
};

#define DB_I(x)	     ((struct db_value){ .type = DB_INT, .i = (int64_t)(x) })
#define DB_T(x)	     ((struct db_value){ .type = DB_TEXT, .s = (x) })
#define DB_B(x)	     ((struct db_value){ .type = DB_BLOB, .s = (x) })
#define DB_ARGS(...) (const struct db_value[]){ __VA_ARGS__ }, sizeof((const struct db_value[]){ __VA_ARGS__ }) / sizeof(struct db_value)

/* INSERT; id may be NULL. tail, or NULL: "ON CONFLICT ...". */
int row_add(struct db *db, const struct row_table *t, const void *row, const char *tail,
    int64_t *id, struct err *e);
int row_put(struct db *db, const struct row_table *t, const void *row, struct err *e);	/* UPDATE by id */

/* SELECT with tail ("WHERE ... ORDER BY ..."): a constant, its address is its name. One row or NULL; or an array. */
int row_one(struct db *db, struct arena *a, const struct row_table *t, const char *tail,
    const struct db_value *args, size_t n_args, void **row, struct err *e);
int row_many(struct db *db, struct arena *a, const struct row_table *t, const char *tail,
    const struct db_value *args, size_t n_args, void **rows, size_t *n, struct err *e);

/* Any other constant SQL whose rows are rows of t ("UPDATE ... RETURNING " is completed with the columns). */
int row_change(struct db *db, struct arena *a, const struct row_table *t, const char *sql,
    const struct db_value *args, size_t n_args, void **rows, size_t *n, struct err *e);

/* Constant SQL without rows, and with one row of numbers. */
int row_run(struct db *db, const char *sql, const struct db_value *args, size_t n_args,
    struct err *e);
int row_numbers(struct db *db, const char *sql, const struct db_value *args, size_t n_args,
    int64_t *out, size_t n, struct err *e);

/* SQL made up for this one time: every row is lent to fn, which stops by -1. */
typedef int row_fn(void *arg, const void *row, struct err *e);
int row_each(struct db *db, const struct row_table *t, const char *tail,
    const struct db_value *args, size_t n_args, row_fn *fn, void *arg, struct err *e);

void row_forget(struct db *db);		/* ends every kept statement */

#endif
