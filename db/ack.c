/* SPDX-License-Identifier: ISC */
/* ack.c - acknowledgements that we owe, what was said of the messages we sent, and the control numbers we give out. */
#include "db/row.h"

#define F(name, type) ROW_FIELD(db_ack, name, type)
static const struct row_field ack_fields[] = {
	F(doc, ROW_I64), F(answer, ROW_I64), F(verdict, ROW_TEXT), F(body, ROW_BLOB), F(interchanges, ROW_U64),
	F(groups, ROW_U64), F(interchange, ROW_U64), F(grp, ROW_U64),
};
#undef F
#define F(name, type) ROW_FIELD(db_message_ack, name, type)
static const struct row_field message_ack_fields[] = {
	F(doc, ROW_I64), F(grp, ROW_TEXT), F(control, ROW_TEXT), F(verdict, ROW_TEXT), F(errors, ROW_TEXT), F(said_by, ROW_I64),
};
#undef F

static const struct row_table acks = { "ack", ack_fields, N(ack_fields), sizeof(struct db_ack), false };
static const struct row_table message_acks = { "message_ack", message_ack_fields, N(message_ack_fields),
	sizeof(struct db_message_ack), false };

int
db_ack_put(struct db *db, const struct db_ack *k, struct err *e)
{
	return row_add(db, &acks, k,
	    "ON CONFLICT (doc) DO UPDATE SET answer = excluded.answer, verdict = excluded.verdict, "
	    "body = excluded.body, interchanges = excluded.interchanges, groups = excluded.groups, "
	    "interchange = excluded.interchange, grp = excluded.grp",
	    NULL, e);
}

int
db_ack_get(struct db *db, struct arena *a, int64_t doc, struct db_ack **out, struct err *e)
{
	void *row;
	int rc = row_one(db, a, &acks, "WHERE doc = ?1", DB_ARGS(DB_I(doc)), &row, e);

	*out = row;
	return rc;
}

int
db_ack_by_answer(struct db *db, struct arena *a, int64_t answer, struct db_ack **out, struct err *e)
{
	void *row;
	int rc = row_one(db, a, &acks, "WHERE answer = ?1 AND answer > 0", DB_ARGS(DB_I(answer)), &row, e);

	*out = row;
	return rc;
}

int
db_message_ack_put(struct db *db, const struct db_message_ack *m, struct err *e)
{
	return row_add(db, &message_acks, m,
	    "ON CONFLICT (doc, grp, control) DO UPDATE SET verdict = excluded.verdict, "
	    "errors = excluded.errors, said_by = excluded.said_by",
	    NULL, e);
}

int
db_message_ack_list(struct db *db, struct arena *a, int64_t doc, struct db_message_ack **out,
    size_t *n, struct err *e)
{
	void *rows;
	int rc = row_many(db, a, &message_acks, "WHERE doc = ?1 ORDER BY grp, control",
	    DB_ARGS(DB_I(doc)), &rows, n, e);

	*out = rows;
	return rc;
}

int
db_counter(struct db *db, struct str partner, struct str name, uint64_t *out, struct err *e)
{
	int64_t value;

	if (row_numbers(db, "SELECT coalesce((SELECT value FROM counter WHERE partner = ?1 AND name = ?2), 0)",
	    DB_ARGS(DB_T(partner), DB_T(name)), &value, 1, e) == -1)
		return -1;
	*out = (uint64_t)value;
	return 0;
}

int
db_counter_put(struct db *db, struct str partner, struct str name, uint64_t value, struct err *e)
{
	return row_run(db, "INSERT INTO counter (partner, name, value) VALUES (?1, ?2, ?3) "
	    "ON CONFLICT (partner, name) DO UPDATE SET value = excluded.value",
	    DB_ARGS(DB_T(partner), DB_T(name), DB_I(value)), e);
}
