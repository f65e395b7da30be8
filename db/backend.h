/* SPDX-License-Identifier: ISC */
/*
 * backend.h - what a database must be able to do for us, and no more: run SQL that every back end understands.
 * The tables and questions (doc.c, tx.c, event.c, job.c) are written once, over this. Parameters are ?1, ?2, ...
 */
#ifndef EDIGATE_DB_BACKEND_H
#define EDIGATE_DB_BACKEND_H

#include "db/db.h"
#include "gateway/base/buf.h"

enum db_type { DB_INT, DB_TEXT, DB_BLOB };
struct db_value {
	enum db_type type;
	int64_t i;
	struct str s;
};

struct db_ops {
	const char *scheme;			/* "sqlite": of "sqlite:PATH" */
	const char *(*version)(void);		/* of its library: "3.40.1" */

	/* The schema is in place when open returns (WRITE), or is the one we know (READ). */
	int  (*open)(const char *where, enum db_mode mode, void **conn, struct err *e);
	void (*close)(void *conn);
	int  (*run)(void *conn, const char *sql, struct err *e);	/* no parameters, no rows */

	/* A statement is used again and again: bind, step until there is no row, reset. */
	int  (*prepare)(void *conn, const char *sql, void **stmt, struct err *e);
	void (*finish)(void *stmt);
	int  (*bind)(void *stmt, int at, struct db_value v, struct err *e);	/* from 1; s is lent until reset */
	int  (*step)(void *stmt, bool *row, struct err *e);
	struct db_value (*column)(void *stmt, int at, enum db_type type);	/* from 0; s is lent until the next step */
	void (*reset)(void *stmt);

	/* The id that an INSERT gave: returning is put behind it, and added asks when it has been stepped. */
	const char *returning;
	int64_t (*added)(void *stmt);

	/* Damage that only the back end can see, a line each. */
	int  (*check)(void *conn, struct buf *report, struct err *e);
	int  (*backup)(void *conn, const char *path, struct err *e);
};

extern const struct db_ops db_sqlite;

/* Migrations, oldest first, NULL at the end: made from schema/NNNN_what.sql by the build. */
extern const char *const db_schema[];

#endif
