/* SPDX-License-Identifier: ISC */
/* The ledger's main: channels, the turn, and which role gets which job. See ledger.h for the picture. */
#include "gateway/ledger.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "gateway/base/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#define TURN_ARENA_MAX	   ((size_t)512 << 20)
#define PEER_ARENA_MAX	   ((size_t)64 << 10)
#define INFLIGHT_ARENA_MAX ((size_t)64 << 20)
#define TIMER_MS	   1000
#define FOLDERS_MS	   60000
#define LAST_WORDS_MS	   2000
#define CLIENTS_MAX	   64
#define ASKED_MAX	   100		/* by one client in one turn: ours ask once and wait */
#define READY_MAX	   1000		/* jobs that a role may want */
#define HAND_OUT_AT_ONCE   4		/* jobs to one role before the next has its share */

struct outgoing {
	struct peer *peer;
	uint16_t type;
	struct str payload;
	struct outgoing *next;
};

static struct ledger ledger;

/* ---- the database, and answers that wait for it ---- */

void
ledger_must(struct ledger *l, int rc, const struct err *e, const char *what)
{
	if (rc != -1)
		return;
	log_ev(LOG_ERROR, 0, "database", KC("while", what), KC("why", e->text));
	db_rollback(l->db);
	exit(e->kind == ERR_CONFIG ? EX_CONFIG : EX_TEMPFAIL);
}

void
ledger_begin(struct ledger *l)
{
	struct err e;

	if (l->in_transaction)
		return;
	ledger_must(l, db_begin(l->db, &e), &e, "begin");
	l->in_transaction = true;
}

static void
commit(struct ledger *l)
{
	struct err e;

	if (!l->in_transaction)
		return;
	ledger_must(l, db_commit(l->db, &e), &e, "commit");
	l->in_transaction = false;
}

void
ledger_answer(struct ledger *l, struct peer *p, const struct msg *m)
{
	struct buf b = BUF_CAP(IPC_FRAME_MAX);
	struct outgoing *o = arena_new_of(l->turn, struct outgoing);
	struct err e;

	ledger_must(l, msg_encode(m, &b, &e), &e, "answer");	/* every field met a limit before it was kept */
	*o = (struct outgoing){ .peer = p, .type = (uint16_t)m->type, .payload = str_dup(l->turn, buf_str(&b)) };
	buf_clear(&b);
	*l->out_end = o;
	l->out_end = &o->next;
}

void
ledger_tell_role(struct ledger *l, enum msg_who who, const struct msg *m)
{
	for (struct peer *p = l->peers; p != NULL; p = p->next)
		if (p->who == who && !p->gone)
			ledger_answer(l, p, m);
}

void
ledger_add_job(struct ledger *l, const struct db_job *j)
{
	struct err e;

	ledger_begin(l);
	ledger_must(l, db_job_add(l->db, j, &(int64_t){ 0 }, &e), &e, "job");
	if (j->due_ms <= l->now)
		l->maybe_due[j->kind] = true;
}

void
ledger_job_again(struct ledger *l, const struct db_job *j, int64_t due_ms)
{
	struct err e;

	ledger_begin(l);
	ledger_must(l, db_job_again(l->db, j->id, due_ms, &e), &e, "job");
	if (due_ms <= l->now)
		l->maybe_due[j->kind] = true;
}

struct db_doc *
ledger_doc(struct ledger *l, int64_t id)
{
	struct db_doc *d = NULL;
	struct err e;

	ledger_must(l, db_doc_get(l->db, l->turn, id, &d, &e), &e, "document");
	if (d == NULL)
		ledger_must(l, err_set(&e, ERR_CONFIG, "document %lld is not in the database", (long long)id), &e, "document");
	return d;
}

void
ledger_put_doc(struct ledger *l, const struct db_doc *d)
{
	struct err e;

	ledger_begin(l);
	ledger_must(l, db_doc_put(l->db, d, &e), &e, "document");
}

struct db_tx *
ledger_tx(struct ledger *l, int64_t id)
{
	struct db_tx *t = NULL;
	struct err e;

	ledger_must(l, db_tx_get(l->db, l->turn, id, &t, &e), &e, "transmission");
	if (t == NULL)
		ledger_must(l, err_set(&e, ERR_CONFIG, "transmission %lld is not in the database", (long long)id), &e, "transmission");
	return t;
}

/* ---- jobs in hand ---- */

static struct inflight *
inflight_find(struct ledger *l, const struct peer *p, int64_t job)
{
	for (struct inflight *f = l->inflight; f != NULL; f = f->next)
		if (f->job.id == job && f->peer == p)
			return f;
	return NULL;
}

bool
ledger_in_hand(const struct ledger *l, int64_t job)
{
	for (const struct inflight *f = l->inflight; f != NULL; f = f->next)
		if (f->job.id == job)
			return true;
	return false;
}

static void
inflight_drop(struct ledger *l, struct inflight *gone)
{
	for (struct inflight **at = &l->inflight; *at != NULL; at = &(*at)->next)
		if (*at == gone) {
			*at = gone->next;
			if (l->inflight_end == &gone->next)
				l->inflight_end = at;
			break;
		}
	arena_free(gone->arena);
}

static void
inflight_add(struct ledger *l, struct peer *p, const struct db_job *j, int64_t attempt)
{
	struct arena *a = arena_new(INFLIGHT_ARENA_MAX);
	struct inflight *f = arena_new_of(a, struct inflight);

	*f = (struct inflight){ .job = *j, .attempt = attempt, .peer = p, .arena = a };
	f->job.detail = str_dup(a, j->detail);
	f->job.owner = S("");
	f->told_end = &f->told;
	*l->inflight_end = f;
	l->inflight_end = &f->next;
}

/* False: more than any mail has in it. */
static bool
told_add(struct inflight *f, const struct msg *m)
{
	struct told *t;

	if (arena_used(f->arena) > INFLIGHT_ARENA_MAX - 4 * IPC_FRAME_MAX)
		return false;
	t = arena_new_of(f->arena, struct told);
	msg_dup(f->arena, m, &t->m);
	*f->told_end = t;
	f->told_end = &t->next;
	return true;
}

/*
 * The attempt of the job that p is at, or comes to next, is counted; those behind it only lie in its queue. So a
 * document that kills its worker is known by its count, also when all of us die with it, and the others keep theirs.
 */
static void
begin_work(struct ledger *l, const struct peer *p)
{
	struct inflight *f = l->inflight;
	struct db_doc *d;

	while (f != NULL && f->peer != p)
		f = f->next;
	if (f == NULL || f->begun || f->job.kind == JOB_SEND || f->job.kind == JOB_HOOK)
		return;
	f->begun = true;
	d = ledger_doc(l, f->job.doc);
	d->attempts++;
	ledger_put_doc(l, d);
}

static void
inflight_lost(struct ledger *l, struct inflight *f)
{
	log_ev(LOG_WARN, f->job.doc, "job-lost", KS("peer", f->peer->name), KI("job", f->job.id));
	if (f->job.kind == JOB_SEND)
		ledger_attempt_lost(l, &f->job, f->attempt);
	else
		ledger_job_again(l, &f->job, l->now);
}

/* ---- handing out ---- */

static bool
prepare(struct ledger *l, struct db_job *j, struct msg *m, int64_t *attempt)
{
	switch (j->kind) {
	case JOB_PACK:
		return ledger_job_pack(l, j, m);
	case JOB_RECEIPT:
		return ledger_job_receipt(l, j, m);
	case JOB_UNPACK:
		return ledger_job_unpack(l, j, m);
	case JOB_HOOK:
		return ledger_job_hook(l, j, m);
	case JOB_SEND:
		return ledger_job_send(l, j, m, attempt);
	default:
		return false;
	}
}

/* Returns how many jobs p got. */
static size_t
hand_out(struct ledger *l, struct peer *p, int kind)
{
	size_t max = p->ready < HAND_OUT_AT_ONCE ? (size_t)p->ready : HAND_OUT_AT_ONCE, n;
	struct db_job *jobs;
	struct err e;

	if (max == 0 || p->gone || !l->maybe_due[kind])
		return 0;
	ledger_begin(l);
	ledger_must(l, db_job_take(l->db, l->turn, kind, l->now, l->now + LEDGER_LEASE_MS, p->name, max, &jobs, &n, &e), &e, "jobs");
	if (n < max)
		l->maybe_due[kind] = false;
	for (size_t i = 0; i < n; i++) {
		struct msg m = { 0 };
		int64_t attempt = 0;

		if (!prepare(l, &jobs[i], &m, &attempt))
			continue;
		inflight_add(l, p, &jobs[i], attempt);
		ledger_answer(l, p, &m);
		p->ready--;
	}
	begin_work(l, p);
	return n;
}

/* Some for each in turn, so that a few jobs keep all workers busy. Receipts first: somebody waits for them. */
static void
hand_out_all(struct ledger *l)
{
	static const struct {
		enum msg_who who;
		int kind;
	} work[] = {
		{ WHO_PACK, JOB_RECEIPT }, { WHO_PACK, JOB_PACK }, { WHO_UNPACK, JOB_UNPACK }, { WHO_SEND, JOB_SEND }, { WHO_HOOK, JOB_HOOK },
	};
	size_t n;

	for (size_t i = 0; i < N(work) && !l->stopping; i++) {
		do {
			n = 0;
			for (struct peer *p = l->peers; p != NULL; p = p->next)
				if (p->who == work[i].who)
					n += hand_out(l, p, work[i].kind);
		} while (n > 0);
	}
}

/* ---- messages of the roles ---- */

/* The same trouble again and again is one line of the story. */
static void
job_failed(struct ledger *l, struct inflight *f, const struct msg *m)
{
	struct db_doc *d = ledger_doc(l, f->job.doc);
	unsigned int doublings = f->job.tries < 6 ? f->job.tries : 6;
	struct str trouble = str_fmt(l->turn, "our own trouble: " STR_FMT, STR_ARG(m->text));

	d->attempts = 0;	/* alive enough to complain: not deadly */
	if (f->job.kind == JOB_RECEIPT || !str_eq(d->reason, trouble)) {
		if (f->job.kind != JOB_RECEIPT)
			d->reason = trouble;
		ledger_story(l, d, EV_NOTE, 0, f->job.kind == JOB_UNPACK ? "unpack" : "pack", 0, S(""), STR_FMT "; tried again", STR_ARG(trouble));
	} else {
		ledger_put_doc(l, d);
	}
	ledger_job_again(l, &f->job, l->now + (1000 << doublings));
}

static void
close_job(struct ledger *l, struct inflight *f, const struct msg *m)
{
	const struct peer *p = f->peer;

	switch (m->type) {
	case MSG_PACKED:
		ledger_packed(l, f, m);
		break;
	case MSG_SET_ASIDE:
		ledger_set_aside(l, f, m);
		break;
	case MSG_UNPACKED:
		ledger_unpacked(l, f, m);
		break;
	case MSG_SENT:
		ledger_sent(l, f, m);
		break;
	case MSG_HOOKED:
		ledger_hooked(l, f, m);
		break;
	default:
		job_failed(l, f, m);
		break;
	}
	inflight_drop(l, f);
	begin_work(l, p);
}

/* False: that peer is not to be listened to any more. */
static bool
job_message(struct ledger *l, struct peer *p, const struct msg *m)
{
	struct inflight *f = inflight_find(l, p, m->job);

	if (f == NULL) {
		log_ev(LOG_WARN, 0, "stale-message", KS("peer", p->name), KC("message", msg_name(m->type)), KI("job", m->job));
		if (m->type == MSG_COMMITTING)
			ledger_answer(l, p, &(struct msg){ .type = MSG_GO, .job = m->job, .flag = false });
		return true;
	}
	switch (m->type) {
	case MSG_MESSAGE:
	case MSG_OPENED:
	case MSG_MDN:
	case MSG_DSN:
	case MSG_ACK:
	case MSG_ACK_MESSAGE:
	case MSG_ACK_DUE:
		return told_add(f, m);
	case MSG_COMMITTING:
		ledger_committing(l, f, m);
		break;
	default:
		close_job(l, f, m);
		break;
	}
	return true;
}

static void
waiting(struct ledger *l, const struct msg *m)
{
	struct db_waiting w = { .partner = m->partner, .name = m->name, .reason = m->text, .refused = m->flag, .since_ms = l->now };
	struct err e;

	ledger_begin(l);
	if (m->type == MSG_WAITING_OVER) {
		ledger_must(l, db_waiting_drop(l->db, m->partner, m->name, &e), &e, "waiting");
		return;
	}
	log_ev(m->flag ? LOG_WARN : LOG_INFO, 0, m->flag ? "refused" : "waiting", KS("partner", m->partner), KS("file", m->name),
	    KS("why", m->text));
	ledger_must(l, db_waiting_put(l->db, &w, &e), &e, "waiting");
}

static bool
handle(struct ledger *l, struct peer *p, const struct msg *m)
{
	switch (m->type) {
	case MSG_CLAIMED:
		ledger_claimed(l, m->ulid, m->partner);
		break;
	case MSG_WAITING:
	case MSG_WAITING_OVER:
		waiting(l, m);
		break;
	case MSG_ARRIVED:
		ledger_arrived(l, m->ulid);
		break;
	case MSG_READY:
		p->ready = m->count < READY_MAX - p->ready ? p->ready + m->count : READY_MAX;
		break;
	case MSG_CTL_ACT:
	case MSG_CTL_ARRIVED:
	case MSG_CTL_RESCAN:
	case MSG_CTL_PING:
	case MSG_CTL_REBUILD:
		/* A client that asks and asks, or never reads what it is told, is not one of ours. */
		if (++p->asked > ASKED_MAX || !ipc_idle(p->ipc))
			return false;
		ledger_control(l, p, m);
		break;
	default:
		return job_message(l, p, m);
	}
	return true;
}

/* ---- channels ---- */

static void
peer_lost(struct peer *p)
{
	struct ledger *l = p->l;

	if (p->gone)
		return;
	p->gone = true;
	l->now = clock_wall_ms();
	for (struct inflight *f = l->inflight, *next; f != NULL; f = next) {
		next = f->next;
		if (f->peer != p)
			continue;
		inflight_lost(l, f);
		inflight_drop(l, f);
	}
	if (p->who != WHO_WATCH && p->who != WHO_LISTEN)
		return;
	/* And once more soon: its last file may still be locked while it ends. */
	ledger_look_at_folders(l);
	l->looked = clock_mono_ms() - FOLDERS_MS + TIMER_MS;
}

static void
send_outgoing(struct ledger *l)
{
	struct err e;

	for (struct outgoing *o = l->out; o != NULL; o = o->next) {
		if (o->peer->gone || ipc_send(o->peer->ipc, o->type, o->payload, -1, &e) == 0)
			continue;
		log_ev(LOG_WARN, 0, "peer-slow", KS("peer", o->peer->name), KC("why", e.text));
		peer_lost(o->peer);
	}
	l->out = NULL;
	l->out_end = &l->out;
}

static void
on_closed(void *arg, struct ipc *c, const char *why)
{
	struct peer *p = arg;

	(void)c;
	if (p->who != WHO_CLI)
		log_ev(p->who == WHO_SUPERVISOR ? LOG_WARN : LOG_INFO, 0, "peer-gone", KS("peer", p->name), KC("why", why));
	peer_lost(p);
}

static void on_message(void *arg, struct ipc *c, uint16_t type, struct str payload, int fd);

static struct peer *
peer_add(struct ledger *l, int fd, enum msg_who who, struct str name)
{
	struct arena *a = arena_new(PEER_ARENA_MAX);
	struct peer *p = arena_new_of(a, struct peer);

	*p = (struct peer){ .l = l, .who = who, .name = str_dup(a, name), .arena = a, .next = l->peers };
	p->ipc = ipc_new(l->role.loop, fd, on_message, on_closed, p);
	l->peers = p;
	return p;
}

static void
on_message(void *arg, struct ipc *c, uint16_t type, struct str payload, int fd)
{
	struct peer *p = arg;
	struct ledger *l = p->l;
	struct str rest, name;
	struct msg m;
	struct err e;

	(void)c;
	l->now = clock_wall_ms();
	(void)err_set(&e, ERR_INPUT, "more than anybody has to say");
	/* Whoever speaks nonsense loses the channel; the supervisor starts a role again. */
	if (!p->gone && (msg_decode(type, payload, p->who, WHO_LEDGER, &m, &e) == -1 || (m.type != MSG_PEER && !handle(l, p, &m)))) {
		log_ev(p->who == WHO_CLI ? LOG_WARN : LOG_ERROR, 0, "bad-message", KS("peer", p->name), KC("why", e.text));
		peer_lost(p);
	}
	if (p->gone || m.type != MSG_PEER) {
		io_close(&fd);
		return;
	}
	rest = m.name;
	(void)str_cut(&rest, '.', &name);
	if (fd != -1)
		(void)peer_add(l, fd, msg_who_of(str_cstr(l->turn, name)), m.name);
	if (str_eq(name, S("send")) || str_eq(name, S("pack")) || str_eq(name, S("unpack")) || str_eq(name, S("hook")))
		for (size_t i = 0; i < N(l->maybe_due); i++)
			l->maybe_due[i] = true;
}

/* Our own clients ask and go. When there are too many, the one that has stayed longest makes room. */
static void
on_client(void *arg, int listener, int ready)
{
	struct ledger *l = arg;
	struct peer *oldest = NULL;
	unsigned int clients = 0;
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)ready;
	if (fd == -1)
		return;
	for (struct peer *p = l->peers; p != NULL; p = p->next)
		if (p->who == WHO_CLI && !p->gone) {
			oldest = p;
			clients++;
		}
	if (clients >= CLIENTS_MAX)
		peer_lost(oldest);
	(void)peer_add(l, fd, WHO_CLI, S("cli"));
}

static void
bury(struct ledger *l)
{
	for (struct peer **at = &l->peers, *p; (p = *at) != NULL;) {
		if (!p->gone) {
			at = &p->next;
			continue;
		}
		*at = p->next;
		ipc_free(p->ipc);
		arena_free(p->arena);
	}
}

/* ---- the turn ---- */

static void
on_timer(void *arg)
{
	struct ledger *l = arg;

	l->timer = NULL;
	l->now = clock_wall_ms();
	for (size_t i = 0; i < N(l->maybe_due); i++)
		l->maybe_due[i] = true;
	ledger_deadlines(l);
	if (clock_mono_ms() - l->looked < FOLDERS_MS)
		return;
	l->looked = clock_mono_ms();
	commit(l);
	ledger_head_note(l);
	ledger_look_at_folders(l);
	ledger_look_at_time(l);
}

/* When to look again: at the next deadline or due job, at the latest in a second. */
static void
arm(struct ledger *l)
{
	int64_t next = 0, wait = TIMER_MS;
	struct err e;

	if (l->timer != NULL)
		return;
	ledger_must(l, db_next_deadline(l->db, &next, &e), &e, "deadline");
	if (next > l->now && next - l->now < wait)
		wait = next - l->now;
	l->timer = loop_timer(l->role.loop, wait, on_timer, l);
}

static bool
has_roles(const struct ledger *l)
{
	for (const struct peer *p = l->peers; p != NULL; p = p->next)
		if (p->who != WHO_CLI && p->who != WHO_SUPERVISOR)
			return true;
	return false;
}

static bool
has_supervisor(const struct ledger *l)
{
	for (const struct peer *p = l->peers; p != NULL; p = p->next)
		if (p->who == WHO_SUPERVISOR)
			return true;
	return false;
}

static void
turn(void *arg)
{
	struct ledger *l = arg;

	/* Filing and receipts make new work out of what was committed: until nothing is left of this turn. */
	do {
		hand_out_all(l);
		commit(l);
		effects_run(l);
		send_outgoing(l);
		if (l->effects == NULL)
			arena_reset(l->turn);
		ledger_file_jobs(l);
	} while (l->in_transaction || l->effects != NULL);
	for (struct peer *p = l->peers; p != NULL; p = p->next)
		p->asked = 0;
	bury(l);
	if (!has_supervisor(l) || (l->stopping && !has_roles(l)))
		loop_stop(l->role.loop, 0);
	else
		arm(l);
}

static void
stop(void *arg)
{
	turn(arg);
	loop_stop(ledger.role.loop, 0);
}

/* The roles have ended before us: their channels hold what they said last, then they close. */
static void
on_stop(struct role *r)
{
	ledger.stopping = true;
	(void)loop_timer(r->loop, LAST_WORDS_MS, stop, &ledger);
}

/* Only one ledger may write: the old one of a killed supervisor may still be ending. */
static int
lock(struct ledger *l, struct err *e)
{
	int fd = openat(l->home, "db/ledger.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0640);

	if (fd == -1)
		return err_errno(e, "db/ledger.lock");
	if (flock(fd, LOCK_EX | LOCK_NB) == -1)
		return err_set(e, ERR_RETRY, "another ledger holds db/ledger.lock");
	return 0;	/* held until the process ends */
}

static int
open_all(struct ledger *l, struct err *e)
{
	char *home = str_cstr(l->role.arena, l->role.conf.home);

	l->home = io_open_dir(AT_FDCWD, home, e);
	if (l->home == -1 || lock(l, e) == -1)
		return -1;
	if (spool_open(home, true, &l->spool, e) == -1)
		return -1;
	return db_open(conf_path(l->role.arena, &l->role.conf, "db/edigate.db"), DB_WRITE, &l->db, e);
}

int
main(int argc, char **argv)
{
	struct ledger *l = &ledger;
	struct err e;
	int rc;

	role_start(&l->role, "ledger", argc, argv);
	l->turn = arena_new(TURN_ARENA_MAX);
	l->out_end = &l->out;
	l->effects_end = &l->effects;
	l->inflight_end = &l->inflight;
	l->now = clock_wall_ms();
	if (getrandom(&l->random, sizeof(l->random), 0) == -1)
		l->random = (uint64_t)l->now;
	role_enter(&l->role, NULL, on_stop);
	if (open_all(l, &e) == -1) {
		log_ev(LOG_ERROR, 0, "start", KC("why", e.text));
		return e.kind == ERR_CONFIG ? EX_CONFIG : EX_TEMPFAIL;
	}
	ledger_head_check(l);
	ledger_recover(l);
	(void)peer_add(l, ROLE_FD_CHANNEL, WHO_SUPERVISOR, S("supervisor"));
	loop_fd(l->role.loop, ROLE_FD_FIRST, LOOP_READ, on_client, l);
	loop_before_wait(l->role.loop, turn, l);
	rc = loop_run(l->role.loop);
	ledger_head_note(l);
	db_close(l->db);
	return rc;
}
