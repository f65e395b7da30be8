/* SPDX-License-Identifier: ISC */
/* doc.c - documents, the messages inside them, and the questions about them. */
#include "db/row.h"

#define F(name, type) ROW_FIELD(db_doc, name, type)
static const struct row_field doc_fields[] = {
	F(id, ROW_I64), F(ulid, ROW_TEXT), F(dir, ROW_INT), F(kind, ROW_INT), F(partner, ROW_TEXT), F(name, ROW_BLOB),
	F(path, ROW_BLOB), F(size, ROW_U64), F(sha256, ROW_TEXT), F(format, ROW_TEXT), F(type, ROW_TEXT), F(number, ROW_TEXT),
	F(sender, ROW_TEXT), F(receiver, ROW_TEXT), F(control, ROW_TEXT), F(test, ROW_BOOL), F(message_id, ROW_TEXT),
	F(subject, ROW_TEXT), F(stage, ROW_INT), F(t, ROW_INT), F(r, ROW_INT), F(a, ROW_INT), F(b, ROW_INT), F(shown, ROW_TEXT),
	F(reason, ROW_TEXT), F(parent, ROW_I64), F(created_ms, ROW_I64), F(changed_ms, ROW_I64), F(deadline_ms, ROW_I64),
	F(attempts, ROW_UINT),
};
#undef F
#define F(name, type) ROW_FIELD(db_message, name, type)
static const struct row_field message_fields[] = {
	F(doc, ROW_I64), F(ordinal, ROW_UINT), F(type, ROW_TEXT), F(version, ROW_TEXT), F(control, ROW_TEXT), F(grp, ROW_TEXT),
	F(number, ROW_TEXT),
};
#undef F

static const struct row_table documents = { "document", doc_fields, N(doc_fields), sizeof(struct db_doc), true };
static const struct row_table messages = { "message", message_fields, N(message_fields), sizeof(struct db_message), false };

/* ---- documents ---- */

static int
one(struct db *db, struct arena *a, const char *tail, const struct db_value *args, size_t n,
    struct db_doc **out, struct err *e)
{
	void *row;
	int rc = row_one(db, a, &documents, tail, args, n, &row, e);

	*out = row;
	return rc;
}

int
db_doc_add(struct db *db, const struct db_doc *d, int64_t *id, struct err *e)
{
	return row_add(db, &documents, d, NULL, id, e);
}

int
db_doc_put(struct db *db, const struct db_doc *d, struct err *e)
{
	return row_put(db, &documents, d, e);
}

int
db_doc_get(struct db *db, struct arena *a, int64_t id, struct db_doc **out, struct err *e)
{
	return one(db, a, "WHERE id = ?1", DB_ARGS(DB_I(id)), out, e);
}

int
db_doc_by_ulid(struct db *db, struct arena *a, struct str ulid, struct db_doc **out, struct err *e)
{
	return one(db, a, "WHERE ulid = ?1", DB_ARGS(DB_T(ulid)), out, e);
}

/* Only inbound documents are ever shown as one of these; an opened one gets its name in the inbox in the same turn. */
#define IS_FILED "shown IN ('opened', 'filed', 'handed-over')"

int
db_doc_filed(struct db *db, struct arena *a, struct str partner, struct str message_id,
    struct db_doc **out, struct err *e)
{
	return one(db, a,
	    "WHERE message_id = ?1 AND message_id <> '' AND partner = ?2 AND " IS_FILED
	    " ORDER BY id LIMIT 1",
	    DB_ARGS(DB_T(message_id), DB_T(partner)), out, e);
}

int
db_doc_by_control(struct db *db, struct arena *a, struct str partner, struct str sender,
    struct str receiver, struct str control, struct str type, struct db_doc **out, struct err *e)
{
	return one(db, a,
	    "WHERE control = ?1 AND control <> '' AND sender = ?2 AND receiver = ?3 AND partner = ?4 AND type = ?5 AND " IS_FILED
	    " ORDER BY id DESC LIMIT 1",
	    DB_ARGS(DB_T(control), DB_T(sender), DB_T(receiver), DB_T(partner), DB_T(type)), out, e);
}

#define WENT_OUT "dir = 0 AND t <> 0 AND partner = ?1 AND format = ?2"
/* A batch, not what is in it; and tried once at least: what only waits has not been read by anybody. */
#define IS_SENT	 "kind IN (0, 5) AND parent = 0 AND " WENT_OUT \
	" AND EXISTS (SELECT 1 FROM transmission WHERE transmission.doc = document.id AND tries > 0)"

int
db_doc_sent(struct db *db, struct arena *a, struct str partner, struct str format,
    struct str control, struct db_doc **out, struct err *e)
{
	return one(db, a, "WHERE control = ?3 AND control <> '' AND " IS_SENT " ORDER BY id DESC LIMIT 1",
	    DB_ARGS(DB_T(partner), DB_T(format), DB_T(control)), out, e);
}

int
db_doc_sent_before(struct db *db, struct arena *a, const struct db_doc *d, struct db_doc **out,
    struct err *e)
{
	return one(db, a,
	    "WHERE control = ?3 AND control <> '' AND sender = ?4 AND receiver = ?5 AND type = ?6 AND id <> ?7 AND "
	    "shown NOT IN ('failed', 'cancelled', 'rejected', 'superseded') AND kind = 0 AND " WENT_OUT
	    " ORDER BY id DESC LIMIT 1",
	    DB_ARGS(DB_T(d->partner), DB_T(d->format), DB_T(d->control), DB_T(d->sender),
	        DB_T(d->receiver), DB_T(d->type), DB_I(d->id)),
	    out, e);
}

int
db_doc_sent_group(struct db *db, struct arena *a, struct str partner, struct str format, struct str group,
    struct db_doc **out, struct err *e)
{
	return one(db, a, "WHERE id IN (SELECT doc FROM message WHERE grp = ?3 AND grp <> '') AND " IS_SENT
	    " ORDER BY id DESC LIMIT 1", DB_ARGS(DB_T(partner), DB_T(format), DB_T(group)), out, e);
}

int
db_doc_newest(struct db *db, struct str name, int64_t *id, struct err *e)
{
	return row_numbers(db,
	    "SELECT coalesce(max(id), 0) FROM document WHERE name = ?1 AND dir = 0",
	    DB_ARGS(DB_B(name)), id, 1, e);
}

int
db_doc_due(struct db *db, struct arena *a, int64_t now_ms, size_t max, struct db_doc **out,
    size_t *n, struct err *e)
{
	void *rows;
	int rc = row_many(db, a, &documents,
	    "WHERE deadline_ms > 0 AND deadline_ms <= ?1 ORDER BY deadline_ms LIMIT ?2",
	    DB_ARGS(DB_I(now_ms), DB_I(max)), &rows, n, e);

	*out = rows;
	return rc;
}

int
db_next_deadline(struct db *db, int64_t *ms, struct err *e)
{
	static const char sql[] =
	    "SELECT min(ms) FROM ("
	    "SELECT min(deadline_ms) AS ms FROM document WHERE deadline_ms > 0 UNION ALL "
	    "SELECT min(due_ms) FROM job WHERE lease_until_ms = 0 UNION ALL "
	    "SELECT min(lease_until_ms) FROM job WHERE lease_until_ms > 0)";

	return row_numbers(db, sql, NULL, 0, ms, 1, e);
}

int
db_due_within(struct db *db, int64_t now_ms, int64_t job_ms, int64_t deadline_ms, int64_t wait_ms,
    uint64_t *n, struct err *e)
{
	static const char late[] = "SELECT (SELECT count(*) FROM job WHERE lease_until_ms = 0 AND due_ms > ?1) + "
				   "(SELECT count(*) FROM document WHERE deadline_ms > 0 AND deadline_ms > ?2)";
	int64_t count;

	if (row_numbers(db, late, DB_ARGS(DB_I(now_ms + job_ms), DB_I(now_ms + deadline_ms)),
	        &count, 1, e) == -1)
		return -1;
	*n = (uint64_t)count;
	if (count == 0)
		return 0;
	if (row_run(db, "UPDATE job SET due_ms = ?1 WHERE lease_until_ms = 0 AND due_ms > ?2",
	        DB_ARGS(DB_I(now_ms), DB_I(now_ms + job_ms)), e) == -1)
		return -1;
	return row_run(db, "UPDATE document SET deadline_ms = ?1 WHERE deadline_ms > 0 AND deadline_ms > ?2",
	    DB_ARGS(DB_I(now_ms + wait_ms), DB_I(now_ms + deadline_ms)), e);
}

/* ---- the command line's filter ---- */

#define CONDITIONS_MAX 16

struct where {
	struct buf sql;
	struct db_value args[CONDITIONS_MAX];
	size_t n;
};

/* One more condition; every '#' in it stands for v. */
static int
and(struct where *w, const char *condition, struct db_value v, struct err *e)
{
	w->args[w->n++] = v;
	if (buf_put(&w->sql, w->n == 1 ? S("WHERE ") : S(" AND "), e) == -1)
		return -1;
	for (; *condition != '\0'; condition++)
		if ((*condition == '#' ? buf_printf(&w->sql, e, "?%zu", w->n) : buf_putc(&w->sql, *condition, e)) == -1)
			return -1;
	return 0;
}

static struct str
without_brackets(struct str message_id)
{
	if (message_id.n >= 2 && message_id.p[0] == '<' && message_id.p[message_id.n - 1] == '>')
		return str_sub(message_id, 1, message_id.n - 2);
	return message_id;
}

/* Types and numbers are looked for in the messages of an interchange too, Message-IDs in earlier transmissions. */
static int
put_conditions(struct where *w, const struct db_filter *f, struct err *e)
{
	const struct {
		bool on;
		const char *condition;
		struct db_value v;
	} all[] = {
		{ f->id != 0, "id = #", DB_I(f->id) },
		{ f->ulid.n > 0, "ulid = #", DB_T(f->ulid) },
		{ f->partner.n > 0, "partner = #", DB_T(f->partner) },
		{ f->state.n > 0, "shown = #", DB_T(f->state) },
		{ f->dir != -1, "dir = #", DB_I(f->dir) },
		{ f->kind != -1, "kind = #", DB_I(f->kind) },
		{ f->type.n > 0, "(type = # OR id IN (SELECT doc FROM message WHERE type = #))", DB_T(f->type) },
		{ f->number.n > 0, "(number = # AND number <> '' OR id IN (SELECT doc FROM message WHERE number = # AND number <> ''))",
		    DB_T(f->number) },
		{ f->name.n > 0, "name = #", DB_B(f->name) },
		{ f->message_id.n > 0, "(message_id IN (#, '<' || # || '>') AND message_id <> '' OR "
		  "id IN (SELECT doc FROM transmission WHERE message_id = #))", DB_T(without_brackets(f->message_id)) },
		{ f->sha256.n > 0, "sha256 = #", DB_T(f->sha256) },
		{ f->since_ms > 0, "created_ms >= #", DB_I(f->since_ms) },
		{ f->before_id > 0, "id < #", DB_I(f->before_id) },
	};

	for (size_t i = 0; i < N(all); i++)
		if (all[i].on && and(w, all[i].condition, all[i].v, e) == -1)
			return -1;
	if (buf_put(&w->sql, f->oldest_first ? S(" ORDER BY id") : S(" ORDER BY id DESC"), e) == -1)
		return -1;
	if (f->limit > 0 && buf_printf(&w->sql, e, " LIMIT %zu", f->limit) == -1)
		return -1;
	return buf_putc(&w->sql, '\0', e);
}

struct each {
	db_doc_fn *fn;
	void *arg;
};

static int
each_doc(void *arg, const void *row, struct err *e)
{
	const struct each *each = arg;

	return each->fn(each->arg, row, e);
}

int
db_doc_each(struct db *db, const struct db_filter *f, db_doc_fn *fn, void *arg, struct err *e)
{
	struct where w = { .sql = BUF_CAP(8192) };
	struct each each = { fn, arg };
	int rc = -1;

	if (put_conditions(&w, f, e) == 0)
		rc = row_each(db, &documents, w.sql.p, w.args, w.n, each_doc, &each, e);
	buf_clear(&w.sql);
	return rc;
}

/* ---- counts ---- */

#define F(name, type) ROW_FIELD(db_count, name, type)
static const struct row_field count_fields[] = {
	F(dir, ROW_INT), F(kind, ROW_INT), F(partner, ROW_TEXT), F(shown, ROW_TEXT), F(n, ROW_U64),
};
#undef F
static const struct row_table counts = {
	"(SELECT dir, kind, partner, shown, count(*) AS n FROM document GROUP BY 1, 2, 3, 4)", count_fields, N(count_fields),
	sizeof(struct db_count), false,
};

int
db_doc_counts(struct db *db, struct arena *a, struct db_count **out, size_t *n, struct err *e)
{
	void *rows;
	int rc = row_many(db, a, &counts, "ORDER BY dir, kind, partner, shown", NULL, 0, &rows, n, e);

	*out = rows;
	return rc;
}

/* ---- messages ---- */

int
db_message_add(struct db *db, const struct db_message *m, struct err *e)
{
	return row_add(db, &messages, m, "ON CONFLICT (doc, ordinal) DO NOTHING", NULL, e);	/* told before */
}

int
db_message_list(struct db *db, struct arena *a, int64_t doc, struct db_message **out, size_t *n,
    struct err *e)
{
	void *rows;
	int rc = row_many(db, a, &messages, "WHERE doc = ?1 ORDER BY ordinal", DB_ARGS(DB_I(doc)), &rows, n, e);

	*out = rows;
	return rc;
}
