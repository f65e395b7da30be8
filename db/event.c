/* SPDX-License-Identifier: ISC */
/* event.c - the story of every document: only ever added to. */
#include "db/chain.h"

#define F(name, type) ROW_FIELD(db_event, name, type)
static const struct row_field event_fields[] = {
	F(id, ROW_I64), F(doc, ROW_I64), F(tx, ROW_I64), F(at_ms, ROW_I64), F(role, ROW_TEXT), F(kind, ROW_TEXT), F(arg, ROW_UINT),
	F(text, ROW_TEXT), F(proof, ROW_TEXT), F(hash, ROW_TEXT),
};
#undef F
static const struct row_table events = { "event", event_fields, N(event_fields), sizeof(struct db_event), true };

/* ---- for the chain ---- */

int
chain_put(struct db *db, const struct db_event *ev, int64_t *id, struct err *e)
{
	return row_add(db, &events, ev, NULL, id, e);
}

int
chain_last(struct db *db, struct arena *a, int64_t below, struct db_event **out, struct err *e)
{
	void *row;
	int rc = row_one(db, a, &events, "WHERE id < ?1 ORDER BY id DESC LIMIT 1",
	    DB_ARGS(DB_I(below)), &row, e);

	*out = row;
	return rc;
}

int
chain_set(struct db *db, int64_t id, struct str hash, struct err *e)
{
	return row_run(db, "UPDATE event SET hash = ?1 WHERE id = ?2", DB_ARGS(DB_T(hash), DB_I(id)), e);
}

int
chain_unhashed(struct db *db, int64_t *after, struct err *e)
{
	return row_numbers(db, "SELECT coalesce((SELECT CASE hash WHEN '' THEN id - 1 ELSE -1 END FROM event ORDER BY id LIMIT 1), -1)", NULL, 0, after, 1, e);
}

int
chain_counted(struct db *db, int64_t *id, struct err *e)
{
	return row_numbers(db,
	    "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0)", NULL, 0,
	    id, 1, e);
}

/* ---- what happened ---- */

int
db_event_list(struct db *db, struct arena *a, int64_t doc, struct db_event **out, size_t *n,
    struct err *e)
{
	void *rows;
	int rc = row_many(db, a, &events, "WHERE doc = ?1 ORDER BY id", DB_ARGS(DB_I(doc)), &rows, n, e);

	*out = rows;
	return rc;
}

int
db_event_newest(struct db *db, int64_t *id, struct err *e)
{
	return row_numbers(db, "SELECT coalesce(max(id), 0) FROM event", NULL, 0, id, 1, e);
}

int
db_event_since(struct db *db, struct arena *a, int64_t after_id, size_t max, struct db_event **out,
    size_t *n, struct err *e)
{
	void *rows;
	int rc = row_many(db, a, &events, "WHERE id > ?1 ORDER BY id LIMIT ?2",
	    DB_ARGS(DB_I(after_id), DB_I(max)), &rows, n, e);

	*out = rows;
	return rc;
}
