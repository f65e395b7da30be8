/* SPDX-License-Identifier: ISC */
/*
 * db.h - what the gateway remembers, as typed operations: no SQL outside this folder. The ledger owns the one
 * writable connection; everyone else opens it read-only. Within db_begin() .. db_commit() all changes become
 * durable together (one fsync for every message of a turn of the ledger's loop).
 *
 * Rows are structs; strings read are the caller's arena's, strings given are copied. Times are milliseconds since
 * 1970 UTC, 0: not set. "Not there" is no error: out is NULL then. Every error is ERR_RETRY (busy, disk full) or
 * ERR_CONFIG (damaged, of a newer version).
 */
#ifndef EDIGATE_DB_DB_H
#define EDIGATE_DB_DB_H

#include "gateway/base/arena.h"
#include "gateway/base/err.h"

struct db;
enum db_mode { DB_READ, DB_WRITE };	/* WRITE creates the file and migrates the schema */

int  db_open(const char *path, enum db_mode mode, struct db **out, struct err *e);
void db_close(struct db *db);
const char *db_version(const struct db *db);	/* of the library behind it: "3.40.1" */
int  db_begin(struct db *db, struct err *e);
int  db_commit(struct db *db, struct err *e);
void db_rollback(struct db *db);
int  db_check(struct db *db, struct arena *a, struct str *report, struct err *e);	/* integrity; report empty when sound */
int  db_backup(struct db *db, const char *path, struct err *e);

/* ---- documents ---- */
/* RECEIPT, REPORT, OTHER: inbound mails that are MDN, DSN, or neither; ACK: an acknowledgement, ours or theirs;
 * BATCH: an interchange that we made of several documents. */
enum db_doc_kind { DOC_DOCUMENT, DOC_RECEIPT, DOC_REPORT, DOC_OTHER, DOC_ACK, DOC_BATCH };

struct db_doc {
	int64_t id;			/* short number, never reused */
	struct str ulid;
	int dir;			/* enum ex_dir */
	int kind;			/* enum db_doc_kind */
	struct str partner;		/* key; empty: unknown */
	struct str name;		/* file name, any bytes: as dropped, or as filed in the inbox */
	struct str path;		/* inbound: the inbox file, relative to home; outbound: where the original went */
	uint64_t size;
	struct str sha256;		/* lower-case hex of the payload */
	struct str format, type, number, sender, receiver, control;	/* of the envelope; "qual:id" */
	bool test;
	struct str message_id;		/* inbound: of the mail, with brackets; outbound: of the latest transmission */
	struct str subject;
	int stage, t, r, a, b;		/* struct exchange */
	struct str shown;		/* exchange_shown() */
	struct str reason;		/* why held, failed, quarantined: a sentence */
	int64_t parent;			/* inbound: further payloads of one mail point at the first; reports at what they matched */
	int64_t created_ms, changed_ms;
	int64_t deadline_ms;		/* next timer of the receipt axis: overdue, then give up */
	unsigned int attempts;		/* of the work at hand: counted before it begins */
};
int db_doc_add(struct db *db, const struct db_doc *d, int64_t *id, struct err *e);
int db_doc_put(struct db *db, const struct db_doc *d, struct err *e);			/* every field by id */
int db_doc_get(struct db *db, struct arena *a, int64_t id, struct db_doc **out, struct err *e);
int db_doc_by_ulid(struct db *db, struct arena *a, struct str ulid, struct db_doc **out,
    struct err *e);
/* An inbound document of that partner and Message-ID that is filed, or opened and about to be (for duplicates); the first. */
int db_doc_filed(struct db *db, struct arena *a, struct str partner, struct str message_id,
    struct db_doc **out, struct err *e);
/* The same by interchange key (sender, receiver, control, type); the newest. */
int db_doc_by_control(struct db *db, struct arena *a, struct str partner, struct str sender,
    struct str receiver, struct str control, struct str type, struct db_doc **out, struct err *e);
/* The newest document sent to that partner with that control number, or with that group in it. */
int db_doc_sent(struct db *db, struct arena *a, struct str partner, struct str format,
    struct str control, struct db_doc **out, struct err *e);
int db_doc_sent_group(struct db *db, struct arena *a, struct str partner, struct str format, struct str group,
    struct db_doc **out, struct err *e);
/* The newest other than id that went to that partner with that interchange key and type, and was not given up or refused. */
int db_doc_sent_before(struct db *db, struct arena *a, const struct db_doc *d, struct db_doc **out,
    struct err *e);
int db_doc_newest(struct db *db, struct str name, int64_t *id, struct err *e);	/* of all outbound ones of that name; 0: none */
/* Documents whose deadline has passed, at most max. */
int db_doc_due(struct db *db, struct arena *a, int64_t now_ms, size_t max, struct db_doc **out,
    size_t *n, struct err *e);
int db_next_deadline(struct db *db, int64_t *ms, struct err *e);			/* 0: none; over documents and jobs */

/*
 * After a clock was put back: jobs due later than job_ms from now are due now, deadlines later than deadline_ms from now
 * are wait_ms from now. n: how many there were.
 */
int db_due_within(struct db *db, int64_t now_ms, int64_t job_ms, int64_t deadline_ms,
    int64_t wait_ms, uint64_t *n, struct err *e);

/* FILTER of the command line, parsed: empty strings and zeros do not filter. */
struct db_filter {
	struct str partner, state, type, number, name, message_id, ulid, sha256;
	int dir;			/* -1: both */
	int kind;			/* -1: all */
	int64_t id, since_ms, before_id;	/* before_id: paging, newest first */
	bool oldest_first;
	size_t limit;			/* 0: none */
};
typedef int db_doc_fn(void *arg, const struct db_doc *d, struct err *e);			/* -1 stops */
int db_doc_each(struct db *db, const struct db_filter *f, db_doc_fn *fn, void *arg, struct err *e);

struct db_count { struct str partner, shown; int dir, kind; uint64_t n; };
int db_doc_counts(struct db *db, struct arena *a, struct db_count **out, size_t *n, struct err *e);	/* by dir, kind, partner, shown */

/* ---- messages inside a document (ST, UNH) ---- */
struct db_message { int64_t doc; unsigned int ordinal; struct str type, version, control, grp, number; };
int db_message_add(struct db *db, const struct db_message *m, struct err *e);
int db_message_list(struct db *db, struct arena *a, int64_t doc, struct db_message **out,
    size_t *n, struct err *e);

/* ---- acknowledgements ---- */
struct db_ack {			/* that we owe for an inbound document */
	int64_t doc;
	int64_t answer;			/* the document of kind ACK that is it; 0: not yet made */
	struct str verdict;		/* ack_verdict_name() */
	struct str body;		/* as ack_write() made it, with any control numbers */
	uint64_t interchanges, groups;	/* how many control numbers it takes */
	uint64_t interchange, grp;	/* the first of those it has; 0: not yet given */
};
int db_ack_put(struct db *db, const struct db_ack *k, struct err *e);			/* every field, by doc */
int db_ack_get(struct db *db, struct arena *a, int64_t doc, struct db_ack **out, struct err *e);
int db_ack_by_answer(struct db *db, struct arena *a, int64_t answer, struct db_ack **out,
    struct err *e);

struct db_message_ack {		/* what a partner said of a message that we sent */
	int64_t doc;
	struct str grp, control;	/* as of struct db_message */
	struct str verdict, errors;	/* ack_verdict_name(); where and what, for people */
	int64_t said_by;		/* the document that brought it */
};
int db_message_ack_put(struct db *db, const struct db_message_ack *m, struct err *e);	/* the last word holds */
int db_message_ack_list(struct db *db, struct arena *a, int64_t doc, struct db_message_ack **out,
    size_t *n, struct err *e);

/* ---- documents that are collected for one interchange ---- */
struct db_batch {
	int64_t doc;
	int64_t batch;			/* the document of kind BATCH that it is in; 0: collected; of a batch: itself */
	struct str partner, key;	/* what all of a batch have in common; key: any bytes */
	uint64_t messages, groups, size;
	int64_t due_ms;			/* not later */
	uint64_t interchange, grp;	/* of a batch: its first control numbers */
};
int db_batch_put(struct db *db, const struct db_batch *b, struct err *e);		/* every field, by doc */
int db_batch_get(struct db *db, struct arena *a, int64_t doc, struct db_batch **out, struct err *e);
int db_batch_drop(struct db *db, int64_t doc, struct err *e);				/* only while it is collected */
int db_batch_open(struct db *db, struct arena *a, struct str partner, struct str key,
    struct db_batch **out, size_t *n, struct err *e);
int db_batch_members(struct db *db, struct arena *a, int64_t batch, struct db_batch **out, size_t *n, struct err *e);	/* not itself */

/* Control numbers: the last one of that name; 0: none yet. */
int db_counter(struct db *db, struct str partner, struct str name, uint64_t *out, struct err *e);
int db_counter_put(struct db *db, struct str partner, struct str name, uint64_t value,
    struct err *e);

/* ---- transmissions: frozen mails ---- */
enum db_tx_kind { TX_DOCUMENT, TX_RECEIPT, TX_REPORT };	/* REPORT: of delivery, to the sender of an inbound mail */
struct db_tx {
	int64_t id, doc;
	int kind;
	struct str ulid;		/* spool/out/ULID.eml */
	struct str message_id;		/* without brackets; unique for ever */
	struct str envid;
	struct str sender, recipient;	/* envelope; sender empty: null return path */
	uint64_t size;
	struct str sha256;		/* of the whole mail */
	struct str mic;			/* "base64, sha-256": what the receipt must carry */
	bool wants_receipt;
	int t;				/* enum ex_transport of this transmission */
	int64_t superseded_by;
	int64_t created_ms, first_try_ms, accepted_ms;
	unsigned int tries;
};
int db_tx_add(struct db *db, const struct db_tx *t, int64_t *id, struct err *e);
int db_tx_put(struct db *db, const struct db_tx *t, struct err *e);
int db_tx_get(struct db *db, struct arena *a, int64_t id, struct db_tx **out, struct err *e);
int db_tx_by_message_id(struct db *db, struct arena *a, struct str message_id, struct db_tx **out, struct err *e);	/* brackets or not */
int db_tx_by_envid(struct db *db, struct arena *a, struct str envid, struct db_tx **out,
    struct err *e);
int db_tx_latest(struct db *db, struct arena *a, int64_t doc, int kind, struct db_tx **out,
    struct err *e);
int db_tx_list(struct db *db, struct arena *a, int64_t doc, struct db_tx **out, size_t *n,
    struct err *e);

/* ---- attempts: SMTP sessions for a transmission ---- */
enum db_phase { PHASE_STARTED, PHASE_COMMITTED, PHASE_ENDED };	/* COMMITTED: the final dot may have gone out */
struct db_attempt {
	int64_t id, tx;
	int phase;
	int64_t started_ms, committed_ms, ended_ms;
	struct str result;		/* accepted, deferred, refused, uncertain */
	struct str peer;		/* "mx.acme.example[192.0.2.10]:465" */
	struct str tls;			/* "TLSv1.3 TLS_AES_256_GCM_SHA384, certificate verified" */
	unsigned int code;		/* 250, 451, 0: none */
	struct str enhanced, reply;	/* "2.0.0", the text */
	struct str transcript;		/* what was said, a line each: "S: 220 ..."; no secrets, not the mail */
};
int db_attempt_add(struct db *db, const struct db_attempt *t, int64_t *id, struct err *e);
int db_attempt_put(struct db *db, const struct db_attempt *t, struct err *e);
int db_attempt_get(struct db *db, struct arena *a, int64_t id, struct db_attempt **out,
    struct err *e);
int db_attempt_list(struct db *db, struct arena *a, int64_t tx, struct db_attempt **out, size_t *n,
    struct err *e);
int db_attempt_open(struct db *db, struct arena *a, struct db_attempt **out, size_t *n, struct err *e);	/* not ENDED */

/* ---- events: append-only ---- */
struct db_event {
	int64_t id, doc, tx;		/* tx 0: none */
	int64_t at_ms;
	struct str role;		/* who saw it: "watch", "send", "operator", ... */
	struct str kind;		/* exchange_event_name() */
	unsigned int arg;		/* WANTS_* of "packed" */
	struct str text;		/* one line for people */
	struct str proof;		/* raw bytes that prove it, relative to home: "spool/in/01J....eml"; may be empty */
	struct str hash;		/* SHA-256 of chain_text(), hex; made by db_event_add() */
};
int db_event_add(struct db *db, const struct db_event *ev, int64_t *id, struct err *e);
int db_event_before(struct db *db, struct arena *a, int64_t id, struct str *hash, struct err *e);	/* which it follows on */
int db_event_hash(struct db *db, struct arena *a, int64_t id, struct str *hash, struct err *e);	/* empty: not there */
struct str chain_text(struct arena *a, struct str before, const struct db_event *ev);	/* what its hash is over */
int db_event_list(struct db *db, struct arena *a, int64_t doc, struct db_event **out, size_t *n,
    struct err *e);
int db_event_newest(struct db *db, int64_t *id, struct err *e);			/* 0: none */
int db_event_since(struct db *db, struct arena *a, int64_t after_id, size_t max,
    struct db_event **out, size_t *n, struct err *e);

/* ---- jobs: work that is due ---- */
enum db_job_kind { JOB_PACK, JOB_SEND, JOB_UNPACK, JOB_RECEIPT, JOB_FILE, JOB_HOOK, JOB_REPORT };
struct db_job {
	int64_t id;
	int kind;
	int64_t doc, tx;		/* tx for SEND */
	int64_t due_ms, lease_until_ms;	/* leased while > 0: a role works on it */
	struct str owner;		/* the role that holds the lease */
	unsigned int tries;		/* leases given: counted before the work */
	struct str detail;		/* RECEIPT: the disposition to write; REPORT: which, and why; HOOK: the event */
};
int db_job_add(struct db *db, const struct db_job *j, int64_t *id, struct err *e);
int db_job_get(struct db *db, struct arena *a, int64_t id, struct db_job **out, struct err *e);
/* Lease the due jobs of that kind, oldest due first, at most max; tries is already raised in what comes back. */
int db_job_take(struct db *db, struct arena *a, int kind, int64_t now_ms, int64_t lease_until_ms,
    struct str owner, size_t max, struct db_job **out, size_t *n, struct err *e);
int db_job_done(struct db *db, int64_t id, struct err *e);					/* delete */
int db_job_again(struct db *db, int64_t id, int64_t due_ms, struct err *e);			/* give the lease back */
int db_job_due_now(struct db *db, int64_t doc, int64_t now_ms, struct err *e);			/* pull every job of doc forward */
int db_job_drop_doc(struct db *db, int64_t doc, struct err *e);					/* delete those not leased */
int db_job_release(struct db *db, struct str owner, struct err *e);				/* leases of a dead role; "": all */
int db_job_forgive(struct db *db, struct err *e);	/* what is leased was not to blame: the documents' attempts, one less */
int db_job_expired(struct db *db, struct arena *a, int64_t now_ms, struct db_job **out, size_t *n, struct err *e);	/* leases over time */
int db_job_list(struct db *db, struct arena *a, int64_t doc, struct db_job **out, size_t *n,
    struct err *e);
int db_job_counts(struct db *db, int64_t now_ms, uint64_t *due, uint64_t *later, uint64_t *leased,
    struct err *e);

/* ---- what waits in an outbox folder, and why ---- */
struct db_waiting { struct str partner, name, reason; bool refused; int64_t since_ms; };
int db_waiting_put(struct db *db, const struct db_waiting *w, struct err *e);			/* by partner and name */
int db_waiting_drop(struct db *db, struct str partner, struct str name, struct err *e);		/* both empty: all */
int db_waiting_list(struct db *db, struct arena *a, struct db_waiting **out, size_t *n,
    struct err *e);

#endif
