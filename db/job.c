/* SPDX-License-Identifier: ISC */
/* job.c - work that is due and who has it; and what waits in the outbox folders. */
#include "db/row.h"

#include <stdlib.h>

#define F(name, type) ROW_FIELD(db_job, name, type)
static const struct row_field job_fields[] = {
	F(id, ROW_I64), F(kind, ROW_INT), F(doc, ROW_I64), F(tx, ROW_I64), F(due_ms, ROW_I64), F(lease_until_ms, ROW_I64),
	F(owner, ROW_TEXT), F(tries, ROW_UINT), F(detail, ROW_TEXT),
};
#undef F
#define F(name, type) ROW_FIELD(db_waiting, name, type)
static const struct row_field waiting_fields[] = {
	F(partner, ROW_TEXT), F(name, ROW_BLOB), F(reason, ROW_TEXT), F(refused, ROW_BOOL), F(since_ms, ROW_I64),
};
#undef F

static const struct row_table jobs = { "job", job_fields, N(job_fields), sizeof(struct db_job), true };
static const struct row_table waiting = { "waiting", waiting_fields, N(waiting_fields), sizeof(struct db_waiting), false };

/* ---- jobs ---- */

int
db_job_add(struct db *db, const struct db_job *j, int64_t *id, struct err *e)
{
	return row_add(db, &jobs, j, NULL, id, e);
}

int
db_job_get(struct db *db, struct arena *a, int64_t id, struct db_job **out, struct err *e)
{
	void *row;
	int rc = row_one(db, a, &jobs, "WHERE id = ?1", DB_ARGS(DB_I(id)), &row, e);

	*out = row;
	return rc;
}

static int
compare_due(const void *x, const void *y)
{
	const struct db_job *a = x, *b = y;

	if (a->due_ms != b->due_ms)
		return a->due_ms < b->due_ms ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

int
db_job_take(struct db *db, struct arena *a, int kind, int64_t now_ms, int64_t lease_until_ms,
    struct str owner, size_t max, struct db_job **out, size_t *n, struct err *e)
{
	static const char sql[] =
	    "UPDATE job SET lease_until_ms = ?1, owner = ?2, tries = tries + 1 WHERE id IN ("
	    "SELECT id FROM job WHERE kind = ?3 AND lease_until_ms = 0 AND due_ms <= ?4 ORDER BY due_ms, id LIMIT ?5) RETURNING ";
	void *rows;

	if (row_change(db, a, &jobs, sql,
	        DB_ARGS(DB_I(lease_until_ms), DB_T(owner), DB_I(kind), DB_I(now_ms), DB_I(max)),
	        &rows, n, e) == -1)
		return -1;
	*out = rows;
	if (*n > 1)	/* RETURNING promises no order */
		qsort(*out, *n, sizeof(**out), compare_due);
	return 0;
}

int
db_job_done(struct db *db, int64_t id, struct err *e)
{
	return row_run(db, "DELETE FROM job WHERE id = ?1", DB_ARGS(DB_I(id)), e);
}

int
db_job_again(struct db *db, int64_t id, int64_t due_ms, struct err *e)
{
	return row_run(db,
	    "UPDATE job SET due_ms = ?1, lease_until_ms = 0, owner = '' WHERE id = ?2",
	    DB_ARGS(DB_I(due_ms), DB_I(id)), e);
}

int
db_job_due_now(struct db *db, int64_t doc, int64_t now_ms, struct err *e)
{
	return row_run(db, "UPDATE job SET due_ms = ?1 WHERE doc = ?2 AND lease_until_ms = 0 AND due_ms > ?1",
	    DB_ARGS(DB_I(now_ms), DB_I(doc)), e);
}

int
db_job_drop_doc(struct db *db, int64_t doc, struct err *e)
{
	return row_run(db, "DELETE FROM job WHERE doc = ?1 AND lease_until_ms = 0 AND kind <> ?2",
	    DB_ARGS(DB_I(doc), DB_I(JOB_HOOK)), e);
}

int
db_job_release(struct db *db, struct str owner, struct err *e)
{
	return row_run(db, "UPDATE job SET lease_until_ms = 0, owner = '' WHERE lease_until_ms > 0 AND (?1 = '' OR owner = ?1)",
	    DB_ARGS(DB_T(owner)), e);
}

int
db_job_forgive(struct db *db, struct err *e)
{
	return row_run(db, "UPDATE document SET attempts = attempts - 1 WHERE attempts > 0 AND id IN (SELECT doc FROM job WHERE lease_until_ms > 0)",
	    NULL, 0, e);
}

int
db_job_expired(struct db *db, struct arena *a, int64_t now_ms, struct db_job **out, size_t *n,
    struct err *e)
{
	void *rows;
	int rc = row_many(db, a, &jobs,
	    "WHERE lease_until_ms > 0 AND lease_until_ms <= ?1 ORDER BY lease_until_ms",
	    DB_ARGS(DB_I(now_ms)), &rows, n, e);

	*out = rows;
	return rc;
}

int
db_job_list(struct db *db, struct arena *a, int64_t doc, struct db_job **out, size_t *n,
    struct err *e)
{
	void *rows;
	int rc = row_many(db, a, &jobs, "WHERE doc = ?1 ORDER BY id", DB_ARGS(DB_I(doc)), &rows, n, e);

	*out = rows;
	return rc;
}

int
db_job_counts(struct db *db, int64_t now_ms, uint64_t *due, uint64_t *later, uint64_t *leased,
    struct err *e)
{
	static const char sql[] = "SELECT total(lease_until_ms = 0 AND due_ms <= ?1), total(lease_until_ms = 0 AND due_ms > ?1), "
				  "total(lease_until_ms > 0) FROM job";
	int64_t n[3];

	if (row_numbers(db, sql, DB_ARGS(DB_I(now_ms)), n, N(n), e) == -1)
		return -1;
	*due = (uint64_t)n[0];
	*later = (uint64_t)n[1];
	*leased = (uint64_t)n[2];
	return 0;
}

/* ---- what waits in an outbox folder ---- */

int
db_waiting_put(struct db *db, const struct db_waiting *w, struct err *e)
{
	return row_add(db, &waiting, w,
	    "ON CONFLICT (partner, name) DO UPDATE SET reason = excluded.reason, refused = excluded.refused", NULL, e);
}

int
db_waiting_drop(struct db *db, struct str partner, struct str name, struct err *e)
{
	return row_run(db, "DELETE FROM waiting WHERE (?1 = '' AND length(?2) = 0) OR (partner = ?1 AND name = ?2)",
	    DB_ARGS(DB_T(partner), DB_B(name)), e);
}

int
db_waiting_list(struct db *db, struct arena *a, struct db_waiting **out, size_t *n, struct err *e)
{
	void *rows;
	int rc = row_many(db, a, &waiting, "ORDER BY partner, since_ms, name", NULL, 0, &rows, n, e);

	*out = rows;
	return rc;
}
