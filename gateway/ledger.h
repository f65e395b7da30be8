/* SPDX-License-Identifier: ISC */
/*
 * ledger.h - inside the ledger role: the one writer of the database, where the next step of every document is decided.
 *
 * A turn of its loop: every message that waits is applied inside one transaction; the transaction is committed (one
 * fsync for all of them); only then do files move and answers leave. What must happen after a commit and must not be
 * lost is a job or can be seen from the folders (ledger_recover.c); the rest is an effect that lives in memory.
 *
 *   ledger.c          main, channels, the turn
 *   ledger_db.c       the database, and answers that wait for the commit
 *   ledger_work.c     jobs: which role gets which, what it tells of them
 *   ledger_story.c    one event: written, folded, logged
 *   ledger_out.c      the way out as far as pack: claimed, packed, set aside
 *   ledger_send.c     from there: sent, put off, refused, handed over; deadlines
 *   ledger_in.c       arrived, opened: the way in
 *   ledger_file.c     filed: staged payloads get their names in the inbox
 *   ledger_told.c     delivery reports that the sender of a mail asked for
 *   ledger_report.c   receipts and delivery reports joined to what we sent
 *   ledger_ack.c      997, 999, TA1 and CONTRL joined to what we sent, and waited for
 *   ledger_vet.c      what came or went before under the same number, tests in production, numbers left out
 *   ledger_batch.c    documents that go out together in one interchange
 *   ledger_owe.c      those that we owe: documents of their own, with control numbers from our counters
 *   ledger_effect.c   what follows a commit: originals to sent/ and failed/, status files, quarantine
 *   ledger_found.c    what is wrong in a document's content
 *   ledger_hook.c     the operator's programs, told of changes
 *   ledger_recover.c  what a crash left
 *   ledger_head.c     where the chain of events ends
 *   ledger_control.c  what the command line asks for
 */
#ifndef EDIGATE_GATEWAY_LEDGER_H
#define EDIGATE_GATEWAY_LEDGER_H

#include "db/db.h"
#include "gateway/exchange.h"
#include "gateway/role.h"
#include "spool/spool.h"

#define LEDGER_DEADLY_TRIES 3		/* a job whose worker died this often is set aside */
#define LEDGER_LEASE_MS	    (15 * 60 * 1000)

/* A role, or a command line client, at the other end of a channel. */
struct peer {
	struct ledger *l;
	struct ipc *ipc;
	enum msg_who who;
	struct str name;		/* "pack.1"; owner of leases */
	uint64_t ready;			/* jobs it can still take */
	unsigned int asked;		/* by a command line client, in this turn */
	struct peer *next;
	struct arena *arena;
	bool gone;
};

/* A job in some role's hands, and what it has told of it so far: applied all at once by its closing message. */
struct inflight {
	struct db_job job;
	int64_t attempt;		/* SEND */
	struct peer *peer;
	struct arena *arena;
	bool begun;			/* the worker is at it, or is about to: the attempt is counted */
	struct told { struct msg m; struct told *next; } *told, **told_end;
	struct inflight *next;
};

struct effect;
struct outgoing {			/* leaves after the commit */
	struct peer *peer;
	uint16_t type;
	struct str payload;
	struct outgoing *next;
};

struct ledger {
	struct role role;
	struct db *db;
	struct spool *spool;
	int home;			/* directory */
	struct peer *peers;
	struct inflight *inflight, **inflight_end;
	bool in_transaction;
	bool maybe_due[JOB_REPORT + 1];	/* kinds that may have a job to give */
	struct arena *turn;		/* memory of this turn */
	int64_t now;			/* wall clock of this turn */
	int64_t suspects[64];		/* documents: the sender died with each, and they go out one after the other */
	size_t n_suspects;
	struct effect *effects, **effects_end;
	struct outgoing *out, **out_end;
	struct loop_timer *timer;
	int64_t looked;			/* at the folders, last time; monotonic */
	int64_t head_id;		/* the event last noted as the end of the chain */
	bool head_frozen;		/* what was noted does not fit the database: nothing is noted over it */
	bool stopping;			/* the roles have ended: hear what they still said, then end */
	uint64_t random;		/* for jitter */
};

/* ---- ledger_db.c ---- */
/* Ends the process when a database call failed: nothing was promised, the supervisor starts a new one. */
void ledger_must(struct ledger *l, int rc, const struct err *e, const char *what);
void ledger_begin(struct ledger *l);				/* a transaction is open after this */
void ledger_commit(struct ledger *l);				/* if one is */
void ledger_answer(struct ledger *l, struct peer *p, const struct msg *m);	/* leaves after the commit */
void ledger_tell_role(struct ledger *l, enum msg_who who, const struct msg *m);
void ledger_add_job(struct ledger *l, const struct db_job *j);
void ledger_job_again(struct ledger *l, const struct db_job *j, int64_t due_ms);
struct db_doc *ledger_doc(struct ledger *l, int64_t id);	/* ends the process when it is not there */
void ledger_put_doc(struct ledger *l, const struct db_doc *d);
struct db_tx *ledger_tx(struct ledger *l, int64_t id);
const struct partner *ledger_partner(const struct ledger *l, const struct db_doc *d);	/* NULL: no longer one */

/* ---- ledger_work.c ---- */
void ledger_hand_out(struct ledger *l);			/* what is due, to whoever can take more */
bool ledger_hear(struct ledger *l, struct peer *p, const struct msg *m);	/* false: it is not one of ours */
void ledger_work_lost(struct ledger *l, const struct peer *p);		/* it is gone: its jobs are to be done again */
bool ledger_in_hand(const struct ledger *l, int64_t job);		/* some role has it */

/* ---- ledger_story.c ---- */
/* Write one event of d's story, fold it, store d (all its fields). proof may be empty, tx 0. */
enum ex_effect ledger_story(struct ledger *l, struct db_doc *d, enum ex_event ev, unsigned int arg,
    const char *role, int64_t tx, struct str proof, const char *fmt, ...)
    __attribute__((format(printf, 8, 9)));
struct exchange ledger_exchange(const struct db_doc *d);
struct str ledger_signer(struct str subject_and_fingerprint);	/* for a line: without the fingerprint */

/* ---- ledger_out.c ---- */
void ledger_claimed(struct ledger *l, struct str ulid, struct str partner);
void ledger_take_facts(struct db_doc *d, const struct msg *m);
void ledger_take_messages(struct ledger *l, const struct inflight *f, int64_t doc);
struct str ledger_new_ulid(struct ledger *l);
void ledger_packed(struct ledger *l, struct inflight *f, const struct msg *m);
void ledger_set_aside(struct ledger *l, struct inflight *f, const struct msg *m);
/* The job to hand out: fills m; false when it was settled without. */
bool ledger_job_pack(struct ledger *l, struct db_job *j, struct msg *m);
bool ledger_job_receipt(struct ledger *l, struct db_job *j, struct msg *m);

/* ---- ledger_send.c ---- */
void ledger_committing(struct ledger *l, struct inflight *f, const struct msg *m);
void ledger_sent(struct ledger *l, struct inflight *f, const struct msg *m);
void ledger_attempt_lost(struct ledger *l, const struct db_job *job, int64_t attempt);	/* the sender died with it */
void ledger_deadlines(struct ledger *l);
/* The frozen bytes once more, now; by a person: whatever is known of the server. */
void ledger_send_again(struct ledger *l, struct db_tx *t, bool by_person);
void ledger_proven(struct ledger *l, struct db_doc *d, struct db_tx *t);	/* a report says that it got through: nothing is left to send */
void ledger_failed(struct ledger *l, struct db_doc *d, struct str why);	/* shown as failed: say so, stop what is queued */
/* False: its worker died over it too often; the job is gone, and that event says so. */
bool ledger_may_try(struct ledger *l, struct db_doc *d, const struct db_job *j, const char *worker,
    enum ex_event aside);
bool ledger_job_send(struct ledger *l, struct db_job *j, struct msg *m, int64_t *attempt);	/* as the two above */

/* ---- ledger_suspect.c ---- */
/* False: not now, or never again; otherwise it is counted. */
bool ledger_may_send(struct ledger *l, struct db_doc *d, const struct db_job *j, const struct db_tx *t);
void ledger_cleared(struct ledger *l, struct db_doc *d);	/* the sender lived through d */

/* ---- ledger_delay.c ---- */
int64_t ledger_retry_delay(struct ledger *l, unsigned int tries);	/* milliseconds until the next attempt */
void ledger_tell_delay(struct ledger *l, struct db_doc *d, const struct db_tx *t);	/* after an attempt: once, when it is late */
/* Its turn comes in so many seconds (smtp.rate): that was no attempt. */
void ledger_put_off(struct ledger *l, const struct db_job *job, struct db_doc *d, struct db_tx *t,
    uint64_t seconds);

/* ---- ledger_in.c ---- */
void ledger_arrived(struct ledger *l, struct str ulid);
bool ledger_job_unpack(struct ledger *l, struct db_job *j, struct msg *m);
void ledger_unpacked(struct ledger *l, struct inflight *f, const struct msg *m);
void ledger_reason_file(struct ledger *l, const struct db_doc *d);	/* quarantine/ULID.reason.txt */
bool ledger_may_answer(struct ledger *l, struct db_doc *d);	/* one that the partner may not have asked for; counted */
void ledger_queue_answers(struct ledger *l, int64_t mail, struct str detail);	/* detail as ledger_in.c writes it; empty: none */

/* ---- ledger_told.c ---- */
void ledger_note_asked(struct ledger *l, struct db_doc *mail, const struct inflight *f);	/* in its story */
/* The report that is due when the mail was delivered; told: a receipt goes out that says so. Empty: none. */
struct str ledger_report_delivered(struct ledger *l, const struct inflight *f);
void ledger_report_failed(struct ledger *l, struct db_doc *mail, const struct inflight *f, bool told, struct str why);
void ledger_queue_report(struct ledger *l, int64_t mail, struct str detail);	/* empty: none */
bool ledger_job_report(struct ledger *l, struct db_job *j, struct msg *m);

/* ---- ledger_found.c ---- */
bool ledger_findings(struct ledger *l, struct db_doc *d, const struct inflight *f, int64_t payload, const char *role);	/* false: none */
struct str ledger_findings_text(struct ledger *l, const struct db_doc *d);	/* a line each, for people; empty without any */

/* ---- ledger_file.c ---- */
void ledger_file_jobs(struct ledger *l);	/* give staged payloads their names: between two commits */

/* ---- ledger_report.c ---- */
void ledger_mdn(struct ledger *l, struct db_doc *mail, const struct msg *m, struct str proof);
void ledger_dsn(struct ledger *l, struct db_doc *mail, const struct msg *m, struct str proof);

/* ---- ledger_ack.c ---- */
bool ledger_is_ack(const struct db_doc *d);	/* by its format and type */
/* What the payload of an inbound document says of ours; proof is the mail that brought it. */
void ledger_acks(struct ledger *l, struct db_doc *ack, const struct inflight *f, int64_t payload,
    struct str proof, struct str signer);

void ledger_ack_deadline(struct ledger *l, struct db_doc *d, const struct db_tx *t);	/* no receipt is waited for: is this? */
void ledger_ack_overdue(struct ledger *l, struct db_doc *d);

/* ---- ledger_vet.c ---- */
struct db_doc *ledger_known(struct ledger *l, const struct db_doc *d);	/* came before with d's interchange key; or NULL */
/* Why a person must look at d before it is filed, or before it is sent; empty: it is fine. first: what it clashes with. */
struct str ledger_vet_in(struct ledger *l, const struct db_doc *d, int64_t *first);
struct str ledger_vet_out(struct ledger *l, const struct db_doc *d);
void ledger_watch_numbers(struct ledger *l, struct db_doc *d);		/* is one left out before d's? */

/* ---- ledger_batch.c ---- */
void ledger_collected(struct ledger *l, struct inflight *f, const struct msg *m);
/* d's job is due: what was collected with it goes out. True: the job is settled. */
bool ledger_batch_due(struct ledger *l, const struct db_doc *d, const struct db_job *j);
void ledger_batch_job(struct ledger *l, const struct db_doc *d, struct msg *m);		/* what pack needs for a batch */
void ledger_batch_mirror(struct ledger *l, const struct db_doc *batch, enum ex_event ev,
    unsigned int arg, const char *role, struct str proof, struct str text);
struct db_doc *ledger_batch_of(struct ledger *l, struct db_doc *d);	/* for who acts on d: its batch; or d, no longer collected */

/* ---- ledger_owe.c ---- */
/* An opened document is due an acknowledgement; when it has been filed, that is made. */
void ledger_owe(struct ledger *l, const struct db_doc *d, const struct inflight *f,
    int64_t payload);
void ledger_owe_pay(struct ledger *l, struct db_doc *d);
/* The same at once, for a payload that was refused, of a mail that is held. */
void ledger_owe_refused(struct ledger *l, struct db_doc *mail, const struct inflight *f, const struct msg *payload);
void ledger_owe_told(struct ledger *l, const struct db_doc *answer);	/* it has another state: what it answers is told the end */
void ledger_owe_job(struct ledger *l, const struct db_doc *d, struct msg *m);	/* what pack needs for it */
/* The first of n control numbers; they are taken with this transaction, or not at all. */
uint64_t ledger_count_up(struct ledger *l, const struct partner *pt, const char *name, uint64_t n);

/* ---- ledger_effect.c: run after the commit, in the order they were asked for ---- */
void effect_settle(struct ledger *l, const struct db_doc *d, const char *folder);	/* the original to sent/ or failed/ */
void effect_settle_claim(struct ledger *l, const struct db_doc *d, struct str partner, const char *folder);	/* whose claim names that partner */
void effect_error_file(struct ledger *l, const struct db_doc *d);			/* failed/NAME.error.txt */
void effect_status(struct ledger *l, const struct db_doc *d);				/* status/NAME.json; once per turn */
void effect_move(struct ledger *l, struct str ulid, enum spool_box from, enum spool_box to);
void effect_reason(struct ledger *l, struct str ulid, struct str text);			/* quarantine/ULID.reason.txt */
void effect_unlink(struct ledger *l, struct str path);					/* relative to home */
void effects_run(struct ledger *l);
struct str ledger_status_path(struct ledger *l, const struct db_doc *d);
struct str ledger_error_path(struct ledger *l, const struct db_doc *d);
bool ledger_is_failed(const struct db_doc *d);		/* has an error file */

/* ---- ledger_hook.c ---- */
void ledger_hook_event(struct ledger *l, const struct db_doc *d, struct str event);	/* of hooks.d/: a state, or "delayed" */
bool ledger_job_hook(struct ledger *l, struct db_job *j, struct msg *m);
void ledger_hooked(struct ledger *l, struct inflight *f, const struct msg *m);

/* ---- ledger_recover.c ---- */
void ledger_recover(struct ledger *l);
void ledger_look_at_time(struct ledger *l);	/* leases that nobody holds; what a clock put back would keep waiting */
void ledger_look_at_folders(struct ledger *l);	/* what a watch or listen that died did not come to tell */

/* ---- ledger_head.c ---- */
void ledger_head_check(struct ledger *l);	/* is what was noted last in the database */
void ledger_head_note(struct ledger *l);	/* between transactions: where the chain of events ends */

/* ---- ledger_control.c ---- */
void ledger_control(struct ledger *l, struct peer *p, const struct msg *m);

#endif
