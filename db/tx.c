/* SPDX-License-Identifier: ISC */
/* tx.c - transmissions, and the attempts to get them through. */
#include "db/row.h"

#define F(name, type) ROW_FIELD(db_tx, name, type)
static const struct row_field tx_fields[] = {
	F(id, ROW_I64), F(doc, ROW_I64), F(kind, ROW_INT), F(ulid, ROW_TEXT), F(message_id, ROW_TEXT), F(envid, ROW_TEXT),
	F(sender, ROW_TEXT), F(recipient, ROW_TEXT), F(size, ROW_U64), F(sha256, ROW_TEXT), F(mic, ROW_TEXT),
	F(wants_receipt, ROW_BOOL), F(t, ROW_INT), F(superseded_by, ROW_I64), F(created_ms, ROW_I64), F(first_try_ms, ROW_I64),
	F(accepted_ms, ROW_I64), F(tries, ROW_UINT),
};
#undef F
#define F(name, type) ROW_FIELD(db_attempt, name, type)
static const struct row_field attempt_fields[] = {
	F(id, ROW_I64), F(tx, ROW_I64), F(phase, ROW_INT), F(started_ms, ROW_I64), F(committed_ms, ROW_I64), F(ended_ms, ROW_I64),
	F(result, ROW_TEXT), F(peer, ROW_TEXT), F(tls, ROW_TEXT), F(code, ROW_UINT), F(enhanced, ROW_TEXT), F(reply, ROW_TEXT),
	F(transcript, ROW_TEXT),
};
#undef F

static const struct row_table transmissions = { "transmission", tx_fields, N(tx_fields), sizeof(struct db_tx), true };
static const struct row_table attempts = { "attempt", attempt_fields, N(attempt_fields), sizeof(struct db_attempt), true };

/* ---- transmissions ---- */

static int
one_tx(struct db *db, struct arena *a, const char *tail, const struct db_value *args, size_t n,
    struct db_tx **out, struct err *e)
{
	void *row;
	int rc = row_one(db, a, &transmissions, tail, args, n, &row, e);

	*out = row;
	return rc;
}

int
db_tx_add(struct db *db, const struct db_tx *t, int64_t *id, struct err *e)
{
	return row_add(db, &transmissions, t, NULL, id, e);
}

int
db_tx_put(struct db *db, const struct db_tx *t, struct err *e)
{
	return row_put(db, &transmissions, t, e);
}

int
db_tx_get(struct db *db, struct arena *a, int64_t id, struct db_tx **out, struct err *e)
{
	return one_tx(db, a, "WHERE id = ?1", DB_ARGS(DB_I(id)), out, e);
}

int
db_tx_by_message_id(struct db *db, struct arena *a, struct str message_id, struct db_tx **out,
    struct err *e)
{
	if (message_id.n >= 2 && message_id.p[0] == '<' && message_id.p[message_id.n - 1] == '>')
		message_id = str_sub(message_id, 1, message_id.n - 2);
	return one_tx(db, a, "WHERE message_id = ?1", DB_ARGS(DB_T(message_id)), out, e);
}

int
db_tx_by_envid(struct db *db, struct arena *a, struct str envid, struct db_tx **out, struct err *e)
{
	return one_tx(db, a, "WHERE envid = ?1 AND envid <> '' ORDER BY id LIMIT 1",
	    DB_ARGS(DB_T(envid)), out, e);
}

int
db_tx_latest(struct db *db, struct arena *a, int64_t doc, int kind, struct db_tx **out,
    struct err *e)
{
	return one_tx(db, a, "WHERE doc = ?1 AND kind = ?2 ORDER BY id DESC LIMIT 1",
	    DB_ARGS(DB_I(doc), DB_I(kind)), out, e);
}

int
db_tx_list(struct db *db, struct arena *a, int64_t doc, struct db_tx **out, size_t *n,
    struct err *e)
{
	void *rows;
	int rc = row_many(db, a, &transmissions, "WHERE doc = ?1 ORDER BY id", DB_ARGS(DB_I(doc)), &rows, n, e);

	*out = rows;
	return rc;
}

/* ---- attempts ---- */

int
db_attempt_add(struct db *db, const struct db_attempt *t, int64_t *id, struct err *e)
{
	return row_add(db, &attempts, t, NULL, id, e);
}

int
db_attempt_put(struct db *db, const struct db_attempt *t, struct err *e)
{
	return row_put(db, &attempts, t, e);
}

int
db_attempt_get(struct db *db, struct arena *a, int64_t id, struct db_attempt **out, struct err *e)
{
	void *row;
	int rc = row_one(db, a, &attempts, "WHERE id = ?1", DB_ARGS(DB_I(id)), &row, e);

	*out = row;
	return rc;
}

int
db_attempt_list(struct db *db, struct arena *a, int64_t tx, struct db_attempt **out, size_t *n,
    struct err *e)
{
	void *rows;
	int rc = row_many(db, a, &attempts, "WHERE tx = ?1 ORDER BY id", DB_ARGS(DB_I(tx)), &rows, n, e);

	*out = rows;
	return rc;
}

int
db_attempt_open(struct db *db, struct arena *a, struct db_attempt **out, size_t *n, struct err *e)
{
	void *rows;
	int rc = row_many(db, a, &attempts, "WHERE phase < 2 ORDER BY id", NULL, 0, &rows, n, e);	/* PHASE_ENDED; its index */

	*out = rows;
	return rc;
}
