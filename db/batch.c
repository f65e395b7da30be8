/* SPDX-License-Identifier: ISC */
/* batch.c - documents that are collected for one interchange. */
#include "db/row.h"

#define F(name, type) ROW_FIELD(db_batch, name, type)
static const struct row_field batch_fields[] = {
	F(doc, ROW_I64), F(batch, ROW_I64), F(partner, ROW_TEXT), F(key, ROW_BLOB), F(messages, ROW_U64), F(groups, ROW_U64),
	F(size, ROW_U64), F(due_ms, ROW_I64), F(interchange, ROW_U64), F(grp, ROW_U64),
};
#undef F

static const struct row_table batches = { "batch", batch_fields, N(batch_fields), sizeof(struct db_batch), false };

int
db_batch_put(struct db *db, const struct db_batch *b, struct err *e)
{
	return row_add(db, &batches, b,
	    "ON CONFLICT (doc) DO UPDATE SET batch = excluded.batch, partner = excluded.partner, "
	    "key = excluded.key, messages = excluded.messages, groups = excluded.groups, size = excluded.size, "
	    "due_ms = excluded.due_ms, interchange = excluded.interchange, grp = excluded.grp",
	    NULL, e);
}

int
db_batch_get(struct db *db, struct arena *a, int64_t doc, struct db_batch **out, struct err *e)
{
	void *row;
	int rc = row_one(db, a, &batches, "WHERE doc = ?1", DB_ARGS(DB_I(doc)), &row, e);

	*out = row;
	return rc;
}

int
db_batch_drop(struct db *db, int64_t doc, struct err *e)
{
	return row_run(db, "DELETE FROM batch WHERE doc = ?1 AND batch = 0", DB_ARGS(DB_I(doc)), e);
}

int
db_batch_open(struct db *db, struct arena *a, struct str partner, struct str key,
    struct db_batch **out, size_t *n, struct err *e)
{
	void *rows;
	int rc = row_many(db, a, &batches, "WHERE batch = 0 AND partner = ?1 AND key = ?2 ORDER BY doc",
	    DB_ARGS(DB_T(partner), DB_B(key)), &rows, n, e);

	*out = rows;
	return rc;
}

int
db_batch_members(struct db *db, struct arena *a, int64_t batch, struct db_batch **out, size_t *n,
    struct err *e)
{
	void *rows;
	int rc = row_many(db, a, &batches, "WHERE batch = ?1 AND batch > 0 AND doc <> ?1 ORDER BY doc", DB_ARGS(DB_I(batch)), &rows, n,
	    e);

	*out = rows;
	return rc;
}
