/* SPDX-License-Identifier: ISC */
/* test_db.c - what every back end must do. */
#include "db/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spool/name.h"
#include "tests/unit/folder.h"

#define MS 1795000000000

struct fixture {
	struct folder home;
	char path[128];
	struct db *db;
	struct arena *a;
	struct err e;
};

/* A call that must go well; what it says when it does not is shown. */
#define OK(f, call)                                                                                \
	do {                                                                                       \
		if ((call) == -1)                                                                  \
			fail_msg("%s: %s", #call, (f)->e.text);                                    \
	} while (0)

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return -1;
	f->home = folder_new();
	f->a = arena_new(256 << 20);
	(void)snprintf(f->path, sizeof(f->path), "%s/edigate.db", f->home.path);
	*state = f;
	return db_open(f->path, DB_WRITE, &f->db, &f->e);
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	db_close(f->db);
	arena_free(f->a);
	folder_free(&f->home);
	free(f);
	return 0;
}

static struct str
new_ulid(struct fixture *f)
{
	char u[ULID_MAX];

	ulid_new(u);
	return str_dup(f->a, str_of(u));
}

static int64_t
add_doc(struct fixture *f, struct db_doc d)
{
	int64_t id = 0;

	if (d.ulid.n == 0)
		d.ulid = new_ulid(f);
	OK(f, db_doc_add(f->db, &d, &id, &f->e));
	assert_true(id > 0);
	return id;
}

static int64_t
add_tx(struct fixture *f, struct db_tx t)
{
	int64_t id = 0;

	if (t.ulid.n == 0)
		t.ulid = new_ulid(f);
	if (t.message_id.n == 0)
		t.message_id = str_cat(f->a, t.ulid, S("@nordwind.example"));
	OK(f, db_tx_add(f->db, &t, &id, &f->e));
	return id;
}

static int64_t
add_job(struct fixture *f, struct db_job j)
{
	int64_t id = 0;

	OK(f, db_job_add(f->db, &j, &id, &f->e));
	return id;
}

static void
eq(struct str got, struct str want)
{
	if (!str_eq(got, want))
		fail_msg("got '" STR_FMT "', want '" STR_FMT "'", STR_ARG(got), STR_ARG(want));
}

/* ---- rows keep every field ---- */

static struct db_doc
full_doc(struct fixture *f)
{
	return (struct db_doc){
		.ulid = new_ulid(f), .dir = 1, .kind = DOC_REPORT, .partner = S("acme"), .name = S("M\xfcller \n\0.edi"),
		.path = S("inbox/acme/\xff"), .size = 1ull << 40, .sha256 = S("ab"), .format = S("edifact"), .type = S("INVOIC"),
		.number = S("4711"), .sender = S("14:4012345000009"), .receiver = S("14:5098765000007"), .control = S("000001"),
		.test = true, .message_id = S("<1@acme.example>"), .subject = S("with\0nul"), .stage = 11, .t = 5, .r = 4, .a = 3,
		.b = 2, .shown = S("filed"), .reason = S("because"), .parent = 0, .created_ms = MS, .changed_ms = MS + 1,
		.deadline_ms = MS + 2, .attempts = 4000000000,
	};
}

static void
same_doc(const struct db_doc *got, const struct db_doc *want)
{
	eq(got->ulid, want->ulid);
	assert_int_equal(got->dir, want->dir);
	assert_int_equal(got->kind, want->kind);
	eq(got->partner, want->partner);
	eq(got->name, want->name);
	eq(got->path, want->path);
	assert_true(got->size == want->size);
	eq(got->sha256, want->sha256);
	eq(got->format, want->format);
	eq(got->type, want->type);
	eq(got->number, want->number);
	eq(got->sender, want->sender);
	eq(got->receiver, want->receiver);
	eq(got->control, want->control);
	assert_int_equal(got->test, want->test);
	eq(got->message_id, want->message_id);
	eq(got->subject, want->subject);
	assert_int_equal(got->stage, want->stage);
	assert_int_equal(got->t, want->t);
	assert_int_equal(got->r, want->r);
	assert_int_equal(got->a, want->a);
	assert_int_equal(got->b, want->b);
	eq(got->shown, want->shown);
	eq(got->reason, want->reason);
	assert_true(got->parent == want->parent);
	assert_true(got->created_ms == want->created_ms);
	assert_true(got->changed_ms == want->changed_ms);
	assert_true(got->deadline_ms == want->deadline_ms);
	assert_true(got->attempts == want->attempts);
}

static void
documents_keep_every_field(void **state)
{
	struct fixture *f = *state;
	struct db_doc d = full_doc(f), *got;

	d.id = add_doc(f, d);
	OK(f, db_doc_get(f->db, f->a, d.id, &got, &f->e));
	assert_true(got->id == d.id);
	same_doc(got, &d);
	OK(f, db_doc_by_ulid(f->db, f->a, d.ulid, &got, &f->e));
	assert_true(got->id == d.id);
	/* Changed to something else in every field, then to nothing at all. */
	d = (struct db_doc){ .id = d.id, .ulid = new_ulid(f), .kind = 2, .name = S("b"), .size = 7, .stage = 3, .shown = S("held") };
	OK(f, db_doc_put(f->db, &d, &f->e));
	OK(f, db_doc_get(f->db, f->a, d.id, &got, &f->e));
	same_doc(got, &d);
	/* What is not there is no error. */
	OK(f, db_doc_get(f->db, f->a, 999, &got, &f->e));
	assert_null(got);
	OK(f, db_doc_by_ulid(f->db, f->a, S("none"), &got, &f->e));
	assert_null(got);
}

static void
numbers_are_never_used_again(void **state)
{
	struct fixture *f = *state;
	int64_t first = add_doc(f, (struct db_doc){ .name = S("a") }), second;
	sqlite3 *raw;

	assert_int_equal(sqlite3_open(f->path, &raw), SQLITE_OK);
	assert_int_equal(sqlite3_exec(raw, "DELETE FROM document", NULL, NULL, NULL), SQLITE_OK);
	(void)sqlite3_close(raw);
	second = add_doc(f, (struct db_doc){ .name = S("b") });
	assert_true(second > first);
}

static void
other_rows_keep_every_field(void **state)
{
	struct fixture *f = *state;
	int64_t doc = add_doc(f, (struct db_doc){ .name = S("a") });
	struct db_tx t = { .doc = doc, .kind = TX_RECEIPT, .ulid = new_ulid(f), .message_id = S("m@nordwind.example"), .envid = S("E1"),
		.sender = S(""), .recipient = S("edi@acme.example"), .size = 99, .sha256 = S("cd"), .mic = S("xyz, sha-256"),
		.wants_receipt = true, .t = 3, .superseded_by = 4, .created_ms = MS, .first_try_ms = MS + 1, .accepted_ms = MS + 2,
		.tries = 5 }, *tx;
	struct db_attempt at = { .phase = PHASE_COMMITTED, .started_ms = 1, .committed_ms = 2, .ended_ms = 3, .result = S("accepted"),
		.peer = S("mx"), .tls = S("TLSv1.3"), .code = 250, .enhanced = S("2.0.0"), .reply = S("ok"), .transcript = S("S: 220") },
		*att;
	struct db_event ev = { .doc = doc, .at_ms = MS, .role = S("send"), .kind = S("accepted"), .arg = 7, .text = S("250"),
		.proof = S("spool/out/x.eml") }, *events;
	struct db_job j = { .kind = JOB_RECEIPT, .doc = doc, .due_ms = MS, .owner = S(""), .tries = 1, .detail = S("processed") }, *job;
	struct db_message m = { doc, 3, S_INIT("INVOIC"), S_INIT("D:96A"), S_INIT("1"), S_INIT("g"), S_INIT("4711") }, *messages;
	size_t n;

	t.id = add_tx(f, t);
	OK(f, db_tx_get(f->db, f->a, t.id, &tx, &f->e));
	assert_true(tx->doc == doc && tx->kind == t.kind && tx->size == 99 && tx->wants_receipt &&
	    tx->t == 3 && tx->superseded_by == 4);
	assert_true(tx->created_ms == MS && tx->first_try_ms == MS + 1 &&
	    tx->accepted_ms == MS + 2 && tx->tries == 5);
	eq(tx->message_id, t.message_id);
	eq(tx->recipient, t.recipient);
	eq(tx->mic, t.mic);
	tx->tries = 6;
	OK(f, db_tx_put(f->db, tx, &f->e));
	OK(f, db_tx_get(f->db, f->a, t.id, &tx, &f->e));
	assert_int_equal(tx->tries, 6);

	at.tx = t.id;
	OK(f, db_attempt_add(f->db, &at, &at.id, &f->e));
	OK(f, db_attempt_get(f->db, f->a, at.id, &att, &f->e));
	assert_true(att->tx == t.id && att->phase == PHASE_COMMITTED && att->code == 250 && att->ended_ms == 3);
	eq(att->transcript, at.transcript);
	OK(f, db_attempt_open(f->db, f->a, &att, &n, &f->e));
	assert_int_equal(n, 1);
	att->phase = PHASE_ENDED;
	OK(f, db_attempt_put(f->db, att, &f->e));
	OK(f, db_attempt_open(f->db, f->a, &att, &n, &f->e));
	assert_int_equal(n, 0);
	OK(f, db_attempt_list(f->db, f->a, t.id, &att, &n, &f->e));
	assert_true(n == 1 && att->phase == PHASE_ENDED);

	ev.tx = t.id;
	OK(f, db_event_add(f->db, &ev, &ev.id, &f->e));
	OK(f, db_event_list(f->db, f->a, doc, &events, &n, &f->e));
	assert_true(n == 1 && events->id == ev.id && events->tx == t.id && events->at_ms == MS &&
	    events->arg == 7);
	eq(events->role, ev.role);
	eq(events->kind, ev.kind);
	eq(events->text, ev.text);
	eq(events->proof, ev.proof);

	j.tx = t.id;
	j.id = add_job(f, j);
	OK(f, db_job_get(f->db, f->a, j.id, &job, &f->e));
	assert_true(job->doc == doc && job->tx == t.id && job->kind == JOB_RECEIPT &&
	    job->due_ms == MS && job->tries == 1);
	eq(job->detail, j.detail);

	OK(f, db_message_add(f->db, &m, &f->e));
	m.ordinal = 1;
	OK(f, db_message_add(f->db, &m, &f->e));
	OK(f, db_message_add(f->db, &m, &f->e));	/* told twice: the same one */
	OK(f, db_message_list(f->db, f->a, doc, &messages, &n, &f->e));
	assert_true(n == 2 && messages[0].ordinal == 1 && messages[1].ordinal == 3);
	eq(messages[1].version, m.version);
	eq(messages[1].grp, m.grp);
}

/* ---- questions ---- */

static void
duplicates_are_found(void **state)
{
	struct fixture *f = *state;
	struct db_doc d = { .dir = 1, .partner = S("acme"), .name = S(""), .message_id = S("<1@acme.example>"), .shown = S("quarantined"),
		.control = S("1"), .sender = S("14:1"), .receiver = S("14:2"), .type = S("ORDERS") }, *got;
	int64_t first, second;

	(void)add_doc(f, d);
	OK(f, db_doc_filed(f->db, f->a, S("acme"), d.message_id, &got, &f->e));
	assert_null(got);		/* was never filed */
	d.shown = S("opened");		/* not filed yet, and sure to be */
	first = add_doc(f, d);
	OK(f, db_doc_filed(f->db, f->a, S("acme"), d.message_id, &got, &f->e));
	assert_true(got != NULL && got->id == first);
	d.shown = S("handed-over");
	second = add_doc(f, d);
	OK(f, db_doc_filed(f->db, f->a, S("acme"), d.message_id, &got, &f->e));
	assert_true(got != NULL && got->id == first);
	OK(f, db_doc_filed(f->db, f->a, S("other"), d.message_id, &got, &f->e));
	assert_null(got);		/* another partner's Message-ID is another's */
	OK(f, db_doc_filed(f->db, f->a, S("acme"), S(""), &got, &f->e));
	assert_null(got);
	OK(f, db_doc_by_control(f->db, f->a, S("acme"), S("14:1"), S("14:2"), S("1"), S("ORDERS"), &got, &f->e));
	assert_true(got != NULL && got->id == second);
	OK(f, db_doc_by_control(f->db, f->a, S("acme"), S("14:1"), S("14:2"), S("1"), S("INVOIC"), &got, &f->e));
	assert_null(got);
	OK(f, db_doc_by_control(f->db, f->a, S("acme"), S("14:1"), S("14:2"), S(""), S("ORDERS"), &got, &f->e));
	assert_null(got);
}

static void
what_was_sent_is_found_by_its_numbers(void **state)
{
	struct fixture *f = *state;
	struct db_doc sent = { .partner = S("acme"), .format = S("x12"), .control = S("000000041"), .t = 5 }, waits = sent, in = sent;
	int64_t first = add_doc(f, sent), second = add_doc(f, sent), third;
	struct db_doc *got;

	waits.t = 0;
	in.dir = 1;
	(void)add_doc(f, in);
	third = add_doc(f, waits);
	waits.t = 1;		/* in the queue: packed, and not tried yet */
	(void)add_tx(f, (struct db_tx){ .doc = add_doc(f, waits) });
	(void)add_tx(f, (struct db_tx){ .doc = first, .tries = 1 });
	(void)add_tx(f, (struct db_tx){ .doc = second, .tries = 2 });
	OK(f, db_message_add(f->db, &(struct db_message){ .doc = first, .ordinal = 1, .grp = S("7"), .control = S("0001") }, &f->e));
	OK(f, db_message_add(f->db, &(struct db_message){ .doc = third, .ordinal = 1, .grp = S("7"), .control = S("0001") }, &f->e));
	OK(f, db_doc_sent(f->db, f->a, S("acme"), S("x12"), S("000000041"), &got, &f->e));
	assert_true(got != NULL && got->id == second);	/* the newest, but not one that nobody has yet */
	OK(f, db_doc_sent(f->db, f->a, S("other"), S("x12"), S("000000041"), &got, &f->e));
	assert_null(got);
	OK(f, db_doc_sent(f->db, f->a, S("acme"), S("edifact"), S("000000041"), &got, &f->e));
	assert_null(got);
	OK(f, db_doc_sent_group(f->db, f->a, S("acme"), S("x12"), S("7"), &got, &f->e));
	assert_true(got != NULL && got->id == first);
	OK(f, db_doc_sent_group(f->db, f->a, S("acme"), S("x12"), S(""), &got, &f->e));
	assert_null(got);
}

static void
transmissions_are_found(void **state)
{
	struct fixture *f = *state;
	int64_t doc = add_doc(f, (struct db_doc){ .name = S("a") }), first, second, receipt;
	struct db_tx *t;
	size_t n;

	first = add_tx(f,
	    (struct db_tx){ .doc = doc, .message_id = S("1@nordwind.example"), .envid = S("E1") });
	second = add_tx(f, (struct db_tx){ .doc = doc, .message_id = S("2@nordwind.example") });
	receipt = add_tx(f, (struct db_tx){ .doc = doc, .kind = TX_RECEIPT });
	OK(f, db_tx_by_message_id(f->db, f->a, S("1@nordwind.example"), &t, &f->e));
	assert_true(t != NULL && t->id == first);
	OK(f, db_tx_by_message_id(f->db, f->a, S("<2@nordwind.example>"), &t, &f->e));
	assert_true(t != NULL && t->id == second);
	OK(f, db_tx_by_message_id(f->db, f->a, S("<"), &t, &f->e));
	assert_null(t);
	OK(f, db_tx_by_envid(f->db, f->a, S("E1"), &t, &f->e));
	assert_true(t != NULL && t->id == first);
	OK(f, db_tx_by_envid(f->db, f->a, S(""), &t, &f->e));
	assert_null(t);			/* those without one are not all the same */
	OK(f, db_tx_latest(f->db, f->a, doc, TX_DOCUMENT, &t, &f->e));
	assert_true(t != NULL && t->id == second);
	OK(f, db_tx_latest(f->db, f->a, doc, TX_RECEIPT, &t, &f->e));
	assert_true(t != NULL && t->id == receipt);
	OK(f, db_tx_list(f->db, f->a, doc, &t, &n, &f->e));
	assert_true(n == 3 && t[0].id == first && t[2].id == receipt);
}

/* Message-ID to bytes is a function for ever; a ULID names one thing; events are about documents that exist. */
static void
what_must_be_unique_is(void **state)
{
	struct fixture *f = *state;
	int64_t doc = add_doc(f, (struct db_doc){ .name = S("a") }), id;
	struct db_tx t = { .doc = doc, .ulid = new_ulid(f), .message_id = S("1@nordwind.example") };
	struct db_doc d = { .name = S("a"), .ulid = new_ulid(f) };
	struct db_event ev = { .doc = 999 };
	struct db_job j = { .doc = 999 };

	OK(f, db_tx_add(f->db, &t, &id, &f->e));
	t.ulid = new_ulid(f);
	assert_int_equal(db_tx_add(f->db, &t, &id, &f->e), -1);
	assert_int_equal(f->e.kind, ERR_RETRY);
	assert_non_null(strstr(f->e.text, "UNIQUE"));
	OK(f, db_doc_add(f->db, &d, &id, &f->e));
	assert_int_equal(db_doc_add(f->db, &d, &id, &f->e), -1);
	assert_int_equal(db_event_add(f->db, &ev, &id, &f->e), -1);
	assert_int_equal(db_job_add(f->db, &j, &id, &f->e), -1);
	/* A failed statement leaves its connection usable. */
	(void)add_doc(f, (struct db_doc){ .name = S("b") });
}

static void
deadlines_and_due_documents(void **state)
{
	struct fixture *f = *state;
	struct db_doc *d;
	int64_t ms, late, later;
	size_t n;

	OK(f, db_next_deadline(f->db, &ms, &f->e));
	assert_int_equal(ms, 0);
	later = add_doc(f, (struct db_doc){ .name = S("a"), .deadline_ms = 200 });
	late = add_doc(f, (struct db_doc){ .name = S("b"), .deadline_ms = 100 });
	(void)add_doc(f, (struct db_doc){ .name = S("c") });
	OK(f, db_next_deadline(f->db, &ms, &f->e));
	assert_int_equal(ms, 100);
	(void)add_job(f, (struct db_job){ .doc = late, .due_ms = 50 });
	OK(f, db_next_deadline(f->db, &ms, &f->e));
	assert_int_equal(ms, 50);
	OK(f, db_doc_due(f->db, f->a, 99, 10, &d, &n, &f->e));
	assert_int_equal(n, 0);
	OK(f, db_doc_due(f->db, f->a, 200, 10, &d, &n, &f->e));
	assert_true(n == 2 && d[0].id == late && d[1].id == later);
	OK(f, db_doc_due(f->db, f->a, 200, 1, &d, &n, &f->e));
	assert_int_equal(n, 1);
}

/* The clock was ahead by a year when these were written, and is right again. */
static void
dates_of_a_wrong_clock_are_pulled_back(void **state)
{
	struct fixture *f = *state;
	int64_t doc = add_doc(f, (struct db_doc){ .name = S("a"), .deadline_ms = MS + 1000000 }),
	        soon, never, leased;
	struct db_job *j;
	struct db_doc *d;
	uint64_t n;

	soon = add_job(f, (struct db_job){ .doc = doc, .due_ms = MS + 500 });
	never = add_job(f, (struct db_job){ .doc = doc, .due_ms = MS + 900000 });
	leased = add_job(f, (struct db_job){ .doc = doc, .due_ms = MS + 900000, .lease_until_ms = 1 });
	OK(f, db_due_within(f->db, MS, 1000000, 2000000, 7, &n, &f->e));
	assert_int_equal(n, 0);
	OK(f, db_due_within(f->db, MS, 1000, 2000, 7, &n, &f->e));
	assert_int_equal(n, 2);
	OK(f, db_job_get(f->db, f->a, soon, &j, &f->e));
	assert_true(j->due_ms == MS + 500);
	OK(f, db_job_get(f->db, f->a, never, &j, &f->e));
	assert_true(j->due_ms == MS);
	OK(f, db_job_get(f->db, f->a, leased, &j, &f->e));
	assert_true(j->due_ms == MS + 900000);
	OK(f, db_doc_get(f->db, f->a, doc, &d, &f->e));
	assert_true(d->deadline_ms == MS + 7);
}

static void
the_newest_is_known(void **state)
{
	struct fixture *f = *state;
	int64_t id, doc;

	OK(f, db_doc_newest(f->db, S("a.edi"), &id, &f->e));
	assert_int_equal(id, 0);
	OK(f, db_event_newest(f->db, &id, &f->e));
	assert_int_equal(id, 0);
	(void)add_doc(f, (struct db_doc){ .name = S("a.edi") });
	doc = add_doc(f, (struct db_doc){ .name = S("a.edi"), .partner = S("other") });
	(void)add_doc(f, (struct db_doc){ .name = S("a.edi"), .dir = 1 });	/* came in: another matter */
	(void)add_doc(f, (struct db_doc){ .name = S("b.edi") });
	OK(f, db_doc_newest(f->db, S("a.edi"), &id, &f->e));
	assert_true(id == doc);
	OK(f, db_event_add(f->db, &(struct db_event){ .doc = doc }, &doc, &f->e));
	OK(f, db_event_newest(f->db, &id, &f->e));
	assert_true(id == doc);
}

/* ---- jobs and leases ---- */

static void
jobs_are_leased_oldest_first(void **state)
{
	struct fixture *f = *state;
	int64_t doc = add_doc(f, (struct db_doc){ .name = S("a") }), id[5];
	uint64_t due, later, leased;
	struct db_job *j;
	size_t n;
	int64_t ms;

	for (int i = 0; i < 5; i++)	/* due at 104, 103, ... */
		id[i] = add_job(f, (struct db_job){ .kind = JOB_SEND, .doc = doc, .due_ms = 104 - i });
	(void)add_job(f, (struct db_job){ .kind = JOB_PACK, .doc = doc, .due_ms = 1 });
	OK(f, db_job_take(f->db, f->a, JOB_SEND, 103, 500, S("send.1"), 3, &j, &n, &f->e));
	assert_true(n == 3 && j[0].id == id[4] && j[1].id == id[3] && j[2].id == id[2]);
	assert_true(j[0].tries == 1 && j[0].lease_until_ms == 500);
	eq(j[0].owner, S("send.1"));
	OK(f, db_job_take(f->db, f->a, JOB_SEND, 103, 600, S("send.2"), 10, &j, &n, &f->e));
	assert_true(n == 1 && j[0].id == id[1]);
	OK(f, db_job_take(f->db, f->a, JOB_SEND, 103, 600, S("send.2"), 10, &j, &n, &f->e));
	assert_int_equal(n, 0);
	OK(f, db_job_counts(f->db, 103, &due, &later, &leased, &f->e));
	assert_true(due == 1 && later == 1 && leased == 4);
	OK(f, db_next_deadline(f->db, &ms, &f->e));
	assert_int_equal(ms, 1);
	/* send.1 dies: only its leases come back, tries stay counted. */
	OK(f, db_job_release(f->db, S("send.1"), &f->e));
	OK(f, db_job_take(f->db, f->a, JOB_SEND, 103, 700, S("send.3"), 10, &j, &n, &f->e));
	assert_true(n == 3 && j[0].tries == 2);
	OK(f, db_job_expired(f->db, f->a, 600, &j, &n, &f->e));
	assert_true(n == 1 && j[0].id == id[1]);
	OK(f, db_job_again(f->db, id[1], 900, &f->e));
	OK(f, db_job_get(f->db, f->a, id[1], &j, &f->e));
	assert_true(j->lease_until_ms == 0 && j->due_ms == 900 && j->tries == 1 && j->owner.n == 0);
	OK(f, db_job_due_now(f->db, doc, 200, &f->e));
	OK(f, db_job_get(f->db, f->a, id[1], &j, &f->e));
	assert_int_equal(j->due_ms, 200);
	OK(f, db_job_get(f->db, f->a, id[0], &j, &f->e));
	assert_int_equal(j->due_ms, 104);	/* due already: not put off */
	OK(f, db_job_done(f->db, id[4], &f->e));
	OK(f, db_job_done(f->db, id[4], &f->e));
	OK(f, db_job_drop_doc(f->db, doc, &f->e));
	OK(f, db_job_list(f->db, f->a, doc, &j, &n, &f->e));
	assert_int_equal(n, 2);			/* those that are leased */
	OK(f, db_job_release(f->db, S(""), &f->e));
	OK(f, db_job_drop_doc(f->db, doc, &f->e));
	OK(f, db_job_list(f->db, f->a, doc, &j, &n, &f->e));
	assert_int_equal(n, 0);
	OK(f, db_job_get(f->db, f->a, id[0], &j, &f->e));
	assert_null(j);
}

/* The ledger gave up, not a worker: what was in hand is forgiven its last attempt, what lay in the queue keeps its own. */
static void
what_was_in_hand_can_be_forgiven(void **state)
{
	struct fixture *f = *state;
	int64_t in_hand = add_doc(f, (struct db_doc){ .name = S("a"), .attempts = 2 });
	int64_t fresh = add_doc(f, (struct db_doc){ .name = S("b") });
	int64_t queued = add_doc(f, (struct db_doc){ .name = S("c"), .attempts = 2 });
	struct db_doc *d;
	struct db_job *j;
	size_t n;

	(void)add_job(f, (struct db_job){ .kind = JOB_PACK, .doc = in_hand, .due_ms = 1 });
	(void)add_job(f, (struct db_job){ .kind = JOB_PACK, .doc = fresh, .due_ms = 1 });
	(void)add_job(f, (struct db_job){ .kind = JOB_PACK, .doc = queued, .due_ms = 9 });
	OK(f, db_job_take(f->db, f->a, JOB_PACK, 5, 500, S("pack.1"), 10, &j, &n, &f->e));
	assert_int_equal(n, 2);
	OK(f, db_job_forgive(f->db, &f->e));
	OK(f, db_doc_get(f->db, f->a, in_hand, &d, &f->e));
	assert_int_equal(d->attempts, 1);
	OK(f, db_doc_get(f->db, f->a, fresh, &d, &f->e));
	assert_int_equal(d->attempts, 0);
	OK(f, db_doc_get(f->db, f->a, queued, &d, &f->e));
	assert_int_equal(d->attempts, 2);
}

/* ---- lists for people ---- */

struct seen {
	int64_t ids[64];
	size_t n, stop_at;
};

static int
see(void *arg, const struct db_doc *d, struct err *e)
{
	struct seen *s = arg;

	s->ids[s->n++] = d->id;
	return s->n == s->stop_at ? err_set(e, ERR_RETRY, "enough") : 0;
}

static struct seen
each(struct fixture *f, struct db_filter filter)
{
	struct seen s = { .n = 0 };

	OK(f, db_doc_each(f->db, &filter, see, &s, &f->e));
	return s;
}

static void
filters_filter(void **state)
{
	struct fixture *f = *state;
	struct db_doc one = { .dir = 0, .kind = DOC_DOCUMENT, .partner = S("acme"), .name = S("a b.edi"), .type = S("ORDERS"),
		.number = S("4711"), .shown = S("complete"), .sha256 = S("aa"), .created_ms = 100, .message_id = S("late@nordwind.example") };
	struct db_doc two = { .dir = 1, .kind = DOC_RECEIPT, .partner = S("acme"), .name = S("\xff"), .shown = S("filed"), .created_ms = 200,
		.message_id = S("<two@acme.example>") };
	struct db_doc three = { .dir = 1, .partner = S("other"), .name = S("c"), .type = S("X12"), .shown = S("filed"), .created_ms = 300 };
	int64_t a, b, c;
	struct seen s;
	const struct {
		const char *what;
		struct db_filter filter;
		int64_t want[3];
	} cases[] = {
		{ "all", { .dir = -1, .kind = -1 }, { 3, 2, 1 } },
		{ "oldest first", { .dir = -1, .kind = -1, .oldest_first = true }, { 1, 2, 3 } },
		{ "limit", { .dir = -1, .kind = -1, .limit = 2 }, { 3, 2 } },
		{ "page", { .dir = -1, .kind = -1, .before_id = 3, .limit = 1 }, { 2 } },
		{ "dir", { .dir = 0, .kind = -1 }, { 1 } },
		{ "kind", { .dir = -1, .kind = DOC_RECEIPT }, { 2 } },
		{ "partner", { .dir = -1, .kind = -1, .partner = S("acme") }, { 2, 1 } },
		{ "state", { .dir = -1, .kind = -1, .state = S("filed") }, { 3, 2 } },
		{ "partner and state", { .dir = -1, .kind = -1, .partner = S("acme"), .state = S("filed") }, { 2 } },
		{ "type", { .dir = -1, .kind = -1, .type = S("ORDERS") }, { 1 } },
		{ "type inside", { .dir = -1, .kind = -1, .type = S("810") }, { 3 } },
		{ "number", { .dir = -1, .kind = -1, .number = S("4711") }, { 1 } },
		{ "number inside", { .dir = -1, .kind = -1, .number = S("inv-9") }, { 3 } },
		{ "name of bytes", { .dir = -1, .kind = -1, .name = S("\xff") }, { 2 } },
		{ "message-id", { .dir = -1, .kind = -1, .message_id = S("two@acme.example") }, { 2 } },
		{ "message-id in brackets", { .dir = -1, .kind = -1, .message_id = S("<two@acme.example>") }, { 2 } },
		{ "message-id of the latest mail", { .dir = -1, .kind = -1, .message_id = S("<late@nordwind.example>") }, { 1 } },
		{ "message-id of an earlier one", { .dir = -1, .kind = -1, .message_id = S("<early@nordwind.example>") }, { 1 } },
		{ "sha256", { .dir = -1, .kind = -1, .sha256 = S("aa") }, { 1 } },
		{ "since", { .dir = -1, .kind = -1, .since_ms = 200 }, { 3, 2 } },
		{ "id", { .dir = -1, .kind = -1, .id = 2 }, { 2 } },
		{ "quotes are data", { .dir = -1, .kind = -1, .partner = S("x' OR '1'='1") }, { 0 } },
	};

	a = add_doc(f, one);
	b = add_doc(f, two);
	c = add_doc(f, three);
	assert_true(a == 1 && b == 2 && c == 3);
	(void)add_tx(f, (struct db_tx){ .doc = a, .message_id = S("early@nordwind.example") });
	OK(f, db_message_add(f->db, &(struct db_message){ .doc = c, .ordinal = 1, .type = S("810"), .number = S("inv-9") }, &f->e));
	for (size_t i = 0; i < N(cases); i++) {
		size_t want = 0;

		s = each(f, cases[i].filter);
		while (want < 3 && cases[i].want[want] != 0)
			want++;
		if (s.n != want || memcmp(s.ids, cases[i].want, want * sizeof(s.ids[0])) != 0)
			fail_msg("%s: %zu documents, want %zu", cases[i].what, s.n, want);
	}
	/* The callee stops, and may ask other questions meanwhile. */
	s = (struct seen){ .stop_at = 2 };
	assert_int_equal(db_doc_each(f->db, &(struct db_filter){ .dir = -1, .kind = -1 }, see, &s, &f->e), -1);
	assert_true(s.n == 2 && strcmp(f->e.text, "enough") == 0);
}

static void
counts_and_waiting(void **state)
{
	struct fixture *f = *state;
	struct db_waiting w = { S_INIT("acme"), S_INIT("half\n.edi"), S_INIT("no UNZ"), false, 100 }, *list;
	struct db_count *counts;
	size_t n;

	for (int i = 0; i < 3; i++)
		(void)add_doc(f,
		    (struct db_doc){ .partner = S("acme"),
		        .name = S(""),
		        .shown = i == 0 ? S("failed") : S("complete") });
	OK(f, db_doc_counts(f->db, f->a, &counts, &n, &f->e));
	assert_int_equal(n, 2);
	eq(counts[0].shown, S("complete"));
	assert_int_equal(counts[0].n, 2);

	OK(f, db_waiting_put(f->db, &w, &f->e));
	w.reason = S("still no UNZ");
	w.since_ms = 200;
	OK(f, db_waiting_put(f->db, &w, &f->e));
	OK(f, db_waiting_list(f->db, f->a, &list, &n, &f->e));
	assert_true(n == 1 && list->since_ms == 100);	/* since it was seen first */
	eq(list->reason, w.reason);
	eq(list->name, w.name);
	w.partner = S("other");
	OK(f, db_waiting_put(f->db, &w, &f->e));
	OK(f, db_waiting_drop(f->db, S("acme"), w.name, &f->e));
	OK(f, db_waiting_list(f->db, f->a, &list, &n, &f->e));
	assert_int_equal(n, 1);
	OK(f, db_waiting_drop(f->db, S(""), S(""), &f->e));
	OK(f, db_waiting_list(f->db, f->a, &list, &n, &f->e));
	assert_int_equal(n, 0);
}

static void
events_in_their_order(void **state)
{
	struct fixture *f = *state;
	int64_t doc = add_doc(f, (struct db_doc){ .name = S("a") }),
	        other = add_doc(f, (struct db_doc){ .name = S("b") });
	struct db_event *ev;
	size_t n;

	for (int i = 0; i < 10; i++)
		OK(f, db_event_add(f->db, &(struct db_event){ .doc = i % 2 == 0 ? doc : other, .at_ms = 1000 - i, .kind = S("note") },
		    NULL, &f->e));
	OK(f, db_event_list(f->db, f->a, doc, &ev, &n, &f->e));
	assert_true(n == 5 && ev[0].at_ms == 1000 && ev[4].at_ms == 992);	/* as they came, whatever their clocks said */
	OK(f, db_event_since(f->db, f->a, ev[1].id, 3, &ev, &n, &f->e));
	assert_true(n == 3 && ev[0].at_ms == 997);
	OK(f, db_event_since(f->db, f->a, 10000, 3, &ev, &n, &f->e));
	assert_true(n == 0);
}

/* ---- connections ---- */

static void
transactions_are_whole(void **state)
{
	struct fixture *f = *state;
	struct db_doc *d;
	int64_t id;

	OK(f, db_begin(f->db, &f->e));
	id = add_doc(f, (struct db_doc){ .name = S("a") });
	db_rollback(f->db);
	OK(f, db_doc_get(f->db, f->a, id, &d, &f->e));
	assert_null(d);
	OK(f, db_begin(f->db, &f->e));
	id = add_doc(f, (struct db_doc){ .name = S("a") });
	OK(f, db_commit(f->db, &f->e));
	OK(f, db_doc_get(f->db, f->a, id, &d, &f->e));
	assert_non_null(d);
	db_rollback(f->db);		/* nothing to take back: no harm */
	assert_int_equal(db_commit(f->db, &f->e), -1);
}

static void
readers_read_only_what_is_committed(void **state)
{
	struct fixture *f = *state;
	struct db_doc *d, row = { .name = S("a"), .ulid = new_ulid(f) };
	struct db *reader;
	int64_t id;

	OK(f, db_open(f->path, DB_READ, &reader, &f->e));
	OK(f, db_begin(f->db, &f->e));
	id = add_doc(f, (struct db_doc){ .name = S("a") });
	OK(f, db_doc_get(reader, f->a, id, &d, &f->e));
	assert_null(d);
	OK(f, db_commit(f->db, &f->e));
	OK(f, db_doc_get(reader, f->a, id, &d, &f->e));
	assert_non_null(d);
	assert_int_equal(db_doc_add(reader, &row, &id, &f->e), -1);
	db_close(reader);
}

/* Readers come when no gateway runs, too: after a clean end and after a death. */
static void
readers_need_no_writer(void **state)
{
	struct fixture *f = *state;
	struct db *reader;
	struct db_doc *d;
	int64_t id = add_doc(f, (struct db_doc){ .name = S("a") });
	int status;
	pid_t pid;

	db_close(f->db);
	f->db = NULL;
	OK(f, db_open(f->path, DB_READ, &reader, &f->e));
	OK(f, db_doc_get(reader, f->a, id, &d, &f->e));
	assert_non_null(d);
	db_close(reader);

	pid = fork();
	if (pid == 0) {			/* writes, and dies without a word */
		struct db_doc row = { .name = S("b"), .ulid = S("second") };
		struct db *db;
		int64_t child;

		_exit(db_open(f->path, DB_WRITE, &db, &f->e) == 0 && db_doc_add(db, &row, &child, &f->e) == 0 ? 7 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	OK(f, db_open(f->path, DB_READ, &reader, &f->e));
	OK(f, db_doc_by_ulid(reader, f->a, S("second"), &d, &f->e));
	assert_non_null(d);
	db_close(reader);
}

static void
there_is_one_writer(void **state)
{
	struct fixture *f = *state;
	struct db *second;

	assert_int_equal(db_open(f->path, DB_WRITE, &second, &f->e), -1);
	assert_int_equal(f->e.kind, ERR_RETRY);
	assert_non_null(strstr(f->e.text, "in use"));
}

static void
strangers_cannot_read_it(void **state)
{
	static const char *const names[] = { "edigate.db", "edigate.db-wal", "edigate.db-shm",
		"edigate.db.lock" };
	struct fixture *f = *state;
	struct stat st;

	(void)add_doc(f, (struct db_doc){ .name = S("a") });
	for (size_t i = 0; i < N(names); i++) {
		assert_int_equal(fstatat(f->home.fd, names[i], &st, 0), 0);
		assert_int_equal(st.st_mode & 07, 0);
	}
}

static void
what_cannot_be_opened_is_told(void **state)
{
	struct fixture *f = *state;
	char path[256];
	struct db *db;
	sqlite3 *raw;

	(void)snprintf(path, sizeof(path), "%s/none.db", f->home.path);
	assert_int_equal(db_open(path, DB_READ, &db, &f->e), -1);
	assert_int_equal(f->e.kind, ERR_CONFIG);
	assert_non_null(strstr(f->e.text, "none.db"));
	assert_false(folder_has(f->home.fd, "none.db"));	/* reading makes nothing */

	(void)snprintf(path, sizeof(path), "%s/torn.db", f->home.path);
	folder_write(f->home.fd, "torn.db", "this is no database, whatever its name says", 43);
	assert_int_equal(db_open(path, DB_WRITE, &db, &f->e), -1);
	assert_int_equal(f->e.kind, ERR_CONFIG);

	db_close(f->db);
	f->db = NULL;
	assert_int_equal(sqlite3_open(f->path, &raw), SQLITE_OK);
	assert_int_equal(sqlite3_exec(raw, "PRAGMA user_version = 99", NULL, NULL, NULL), SQLITE_OK);
	(void)sqlite3_close(raw);
	for (int mode = DB_READ; mode <= DB_WRITE; mode++) {
		assert_int_equal(db_open(f->path, (enum db_mode)mode, &db, &f->e), -1);
		assert_int_equal(f->e.kind, ERR_CONFIG);
		assert_non_null(strstr(f->e.text, "version 99"));
	}
	(void)snprintf(path, sizeof(path), "%s/empty.db", f->home.path);
	folder_write(f->home.fd, "empty.db", "", 0);
	assert_int_equal(db_open(path, DB_READ, &db, &f->e), -1);	/* not migrated, and reading does not */
	assert_non_null(strstr(f->e.text, "start the gateway once"));
}

/* ---- care ---- */

static void
check_finds_what_is_wrong(void **state)
{
	struct fixture *f = *state;
	struct db_doc *d;
	struct str report;
	sqlite3 *raw;
	int64_t id;

	OK(f, db_check(f->db, f->a, &report, &f->e));
	eq(report, S(""));
	id = add_doc(f, (struct db_doc){ .name = S("a"), .shown = S("queued") });
	OK(f, db_check(f->db, f->a, &report, &f->e));
	assert_true(str_find(report, S("no event tells"), NULL));
	assert_true(str_find(report, S("no job moves it on"), NULL));
	OK(f, db_event_add(f->db, &(struct db_event){ .doc = id, .kind = S("claimed") }, NULL, &f->e));
	(void)add_job(f, (struct db_job){ .doc = id, .due_ms = 1 });
	OK(f, db_check(f->db, f->a, &report, &f->e));
	eq(report, S(""));
	OK(f, db_doc_get(f->db, f->a, id, &d, &f->e));
	d->shown = S("awaiting-receipt");
	OK(f, db_doc_put(f->db, d, &f->e));
	OK(f, db_job_drop_doc(f->db, id, &f->e));
	OK(f, db_check(f->db, f->a, &report, &f->e));
	assert_true(str_find(report, S("without a deadline"), NULL));
	d->deadline_ms = 1;
	OK(f, db_doc_put(f->db, d, &f->e));
	assert_int_equal(sqlite3_open(f->path, &raw), SQLITE_OK);
	assert_int_equal(sqlite3_exec(raw, "PRAGMA foreign_keys = OFF; INSERT INTO event SELECT 77, 99, tx, at_ms, role, kind, arg, text, "
	    "proof, hash FROM event", NULL, NULL, NULL), SQLITE_OK);
	assert_int_not_equal(sqlite3_exec(raw, "UPDATE event SET text = 'rewritten'", NULL, NULL, NULL), SQLITE_OK);
	(void)sqlite3_close(raw);
	OK(f, db_check(f->db, f->a, &report, &f->e));
	assert_true(str_find(report, S("missing row"), NULL));
}

static void
backups_are_whole_and_overwrite_nothing(void **state)
{
	struct fixture *f = *state;
	int64_t id = add_doc(f, (struct db_doc){ .name = S("a") });
	char path[256];
	struct db *copy;
	struct db_doc *d;

	(void)snprintf(path, sizeof(path), "%s/backup.db", f->home.path);
	OK(f, db_backup(f->db, path, &f->e));
	(void)add_doc(f, (struct db_doc){ .name = S("after it") });
	assert_int_equal(db_backup(f->db, path, &f->e), -1);
	OK(f, db_open(path, DB_WRITE, &copy, &f->e));
	OK(f, db_doc_get(copy, f->a, id, &d, &f->e));
	assert_non_null(d);
	OK(f, db_doc_get(copy, f->a, id + 1, &d, &f->e));
	assert_null(d);
	db_close(copy);
	assert_int_equal(db_backup(f->db, "/nonexistent/x.db", &f->e), -1);
}

/* A folder behind a link is as good as any; a link in the file's own place is nobody's database. */
static void
links_on_the_way_are_followed(void **state)
{
	struct fixture *f = *state;
	struct folder links = folder_new();
	char folder[160], path[200];
	struct db *other;

	(void)snprintf(folder, sizeof(folder), "%s/home", links.path);
	assert_int_equal(symlink(f->home.path, folder), 0);
	(void)snprintf(path, sizeof(path), "%s/edigate.db", folder);
	OK(f, db_open(path, DB_READ, &other, &f->e));
	db_close(other);
	(void)snprintf(path, sizeof(path), "%s/edigate.db", links.path);
	assert_int_equal(symlink(f->path, path), 0);
	assert_int_equal(db_open(path, DB_READ, &other, &f->e), -1);
	assert_non_null(strstr(f->e.text, "symbolic link"));
	folder_free(&links);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(documents_keep_every_field),
		CASE(numbers_are_never_used_again),
		CASE(other_rows_keep_every_field),
		CASE(duplicates_are_found),
		CASE(what_was_sent_is_found_by_its_numbers),
		CASE(transmissions_are_found),
		CASE(what_must_be_unique_is),
		CASE(deadlines_and_due_documents),
		CASE(dates_of_a_wrong_clock_are_pulled_back),
		CASE(the_newest_is_known),
		CASE(jobs_are_leased_oldest_first),
		CASE(what_was_in_hand_can_be_forgiven),
		CASE(filters_filter),
		CASE(counts_and_waiting),
		CASE(events_in_their_order),
		CASE(transactions_are_whole),
		CASE(readers_read_only_what_is_committed),
		CASE(readers_need_no_writer),
		CASE(there_is_one_writer),
		CASE(strangers_cannot_read_it),
		CASE(what_cannot_be_opened_is_told),
		CASE(links_on_the_way_are_followed),
		CASE(check_finds_what_is_wrong),
		CASE(backups_are_whole_and_overwrite_nothing),
	};

	return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
