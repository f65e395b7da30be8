/* SPDX-License-Identifier: ISC */
/* The ledger's main: channels, and the turn. See ledger.h for the picture. */
#include "gateway/ledger.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "gateway/base/log.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#define TURN_ARENA_MAX	((size_t)512 << 20)
#define PEER_ARENA_MAX	((size_t)64 << 10)
#define TIMER_MS	1000
#define FOLDERS_MS	60000
#define LAST_WORDS_MS	2000
#define CLIENTS_MAX	64

static struct ledger ledger;

/* ---- channels ---- */

static void
peer_lost(struct peer *p)
{
	struct ledger *l = p->l;

	if (p->gone)
		return;
	p->gone = true;
	l->now = clock_wall_ms();
	ledger_work_lost(l, p);
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
		log_ev(p->who == WHO_SUPERVISOR ? LOG_WARN : LOG_INFO, 0, "peer-gone",
		    KS("peer", p->name), KC("why", why));
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
	if (!p->gone &&
	    (msg_decode(type, payload, p->who, WHO_LEDGER, &m, &e) == -1 ||
	        (m.type != MSG_PEER && !ledger_hear(l, p, &m)))) {
		log_ev(p->who == WHO_CLI ? LOG_WARN : LOG_ERROR, 0, "bad-message",
		    KS("peer", p->name), KC("why", e.text));
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
	if (str_eq(name, S("send")) || str_eq(name, S("pack")) || str_eq(name, S("unpack")) ||
	    str_eq(name, S("hook")))
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
	ledger_commit(l);
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

/* But for the listener, which outlives us on a reload: what it says last it says to the next ledger, too. */
static bool
has_roles(const struct ledger *l)
{
	for (const struct peer *p = l->peers; p != NULL; p = p->next)
		if (p->who != WHO_CLI && p->who != WHO_SUPERVISOR && p->who != WHO_LISTEN)
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
		ledger_hand_out(l);
		ledger_commit(l);
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
