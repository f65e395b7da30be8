/* SPDX-License-Identifier: ISC */
/*
 * listen - the role that takes mail in: stores, syncs, answers 250, and knows no database.
 *
 * The listening sockets come from the supervisor. A mail is written below spool/tmp while it comes. All mails that are
 * whole within one turn of the loop are made lasting together: every file is synced and linked into spool/arrived,
 * then one sync of that folder serves them all, and only then each peer hears 250 and the ledger hears of each mail.
 * While the disk works new mails collect for the next round, so a busy gateway syncs the folder far less than once a
 * mail. Killed before the 250, the peer sends again; killed between 250 and ledger, the ledger finds the file.
 *
 * It does not end with the ledger: as long as a mail can be made lasting it is taken, ledger or not, and what cannot be
 * is refused at once and for now. To each ledger that comes it tells all that lies in spool/arrived.
 */
#include "gateway/listen.h"

#include "gateway/base/log.h"
#include "gateway/hostname.h"
#include "gateway/role.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#define ACCEPTS_A_TURN	 64
#define ACCEPT_REST_MS	 200	/* when accept finds no descriptor free */
#define DRAIN_MS	 20000	/* for mails on their way when we are told to stop */
#define RETIRE_MS	 3600000	/* for sessions on their way when a successor has taken over */
#define ARRIVED_MAX	 ((size_t)64 << 20)	/* of memory, for the names of all that lies in spool/arrived */
#define LISTENERS_MAX	 64

static struct role role;
static struct listen listening;
static int n_listeners;

/* ---- making mails lasting ---- */

/* The files first, each; then their names, each; then the folder, once. */
static void
commit_group(struct listen *l, struct listen_session *group)
{
	struct err e;
	bool synced = true;

	for (struct listen_session *s = group; s != NULL; s = s->next_whole) {
		s->doubtful = spool_put_sync(&s->put, &e) == -1 ||
		    spool_put_link(l->spool, &s->put, SPOOL_ARRIVED, &e) == -1;
		if (s->doubtful)
			log_ev(LOG_ERROR, 0, "not-taken", KC("ulid", s->ulid), KC("why", e.text));
	}
	if (spool_box_sync(l->spool, SPOOL_ARRIVED, &e) == -1) {
		log_ev(LOG_ERROR, 0, "not-taken", KC("why", e.text));
		synced = false;
	}
	for (struct listen_session *s = group, *next; s != NULL; s = next) {
		next = s->next_whole;
		if (synced && !s->doubtful) {
			role_tell(&role, &(struct msg){ .type = MSG_ARRIVED, .ulid = str_of(s->ulid) });
			listen_session_kept(s, KEPT);
		} else {
			/* It may stand there all the same. The peer sends it again, and twice is worse than late. */
			(void)spool_drop(l->spool, SPOOL_ARRIVED, s->ulid, NULL);
			listen_session_kept(s, KEPT_NOT);
		}
	}
}

static void
commit(void *arg)
{
	struct listen *l = arg;

	while (l->whole != NULL) {
		struct listen_session *group = l->whole;
		l->whole = NULL;
		commit_group(l, group);
	}
}

/* ---- accepting ---- */

static void
listen_again(void *arg)
{
	struct listen *l = arg;

	l->rest = NULL;
	for (int i = 0; i < n_listeners && !l->stopping; i++)
		loop_fd(l->loop, ROLE_FD_FIRST + i, LOOP_READ, l->on_listener, l);
}

/* Sockets are in the order of the settings: see conf.h. */
static const struct smtp_server_opts *
opts_of(const struct listen *l, int i)
{
	size_t tcp = l->conf->listen_addresses.n - (l->conf->lmtp.n > 0), clear = tcp - l->conf->listen_tls_addresses.n;

	return (size_t)i >= tcp ? &l->lmtp_opts : (size_t)i >= clear ? &l->tls_opts : &l->opts;
}

static void
on_listener(void *arg, int fd, int ready)
{
	struct listen *l = arg;
	int n = 0;

	(void)ready;
	while (n < ACCEPTS_A_TURN && listen_session_accept(l, fd, opts_of(l, fd - ROLE_FD_FIRST)))
		n++;
	if (n > 0 || l->rest != NULL)
		return;
	/* Somebody waits and cannot be taken (no descriptor is free): asking again at once would spin. */
	for (int i = 0; i < n_listeners; i++)
		loop_fd(l->loop, ROLE_FD_FIRST + i, 0, NULL, NULL);
	l->rest = loop_timer(l->loop, ACCEPT_REST_MS, listen_again, l);
}

/* ---- beginning and end ---- */

/* The supervisor says how many sockets it passes; each must be one that listens, or somebody started us by hand. */
static void
find_listeners(int argc, char **argv)
{
	uint64_t n = 0;

	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], "--fds") == 0 && str_u64(str_of(argv[i + 1]), LISTENERS_MAX, &n) == -1)
			n = 0;
	for (n_listeners = 0; n_listeners < (int)n; n_listeners++) {
		int fd = ROLE_FD_FIRST + n_listeners, on = 0;
		socklen_t len = sizeof(on);

		if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &len) == -1 || on == 0 ||
		    fcntl(fd, F_SETFL, O_NONBLOCK) == -1 || fcntl(fd, F_SETFD, FD_CLOEXEC) == -1) {
			fprintf(stderr, "edigate-listen: descriptor %d does not listen\n", fd);
			exit(EX_USAGE);
		}
	}
}

/* Everything that needs the files of the operator, before the sandbox closes. */
static int
prepare(struct listen *l, struct err *e)
{
	const struct conf *c = &role.conf;
	struct arena *a = role.arena;

	struct net_tls *tls = NULL;

	if (c->tls_cert.n > 0) {
		tls = net_tls_server(str_cstr(a, c->tls_cert), str_cstr(a, c->tls_key), e);
		if (tls == NULL)
			return -1;
	}
	l->tls = tls;
	if (listen_auth_prepare(l, a, tls, e) == -1)
		return -1;
	l->opts = (struct smtp_server_opts){
		.name = hostname_own(a, c->smtp.helo),
		.size_max = c->size_max,
		.can_tls = l->tls != NULL,
		.can_auth = l->users.text.n > 0,
		.wait_ms = c->listen_timeout_ms,
		.rate_min = c->rate_min,
	};
	l->tls_opts = l->lmtp_opts = l->opts;
	l->tls_opts.tls_first = true;
	l->lmtp_opts.lmtp = true;
	l->lmtp_opts.can_tls = l->lmtp_opts.can_auth = false;
	return 0;
}

static void
drained(void *arg)
{
	struct listen *l = arg;

	log_ev(l->n == 0 ? LOG_INFO : LOG_WARN, 0, "stopped", KI("cut", l->n));
	if (role.ledger != NULL)
		(void)ipc_flush(role.ledger, NULL);
	loop_stop(l->loop, 0);
}

static void
close_listeners(struct listen *l)
{
	for (int i = 0; i < n_listeners; i++) {
		loop_fd(l->loop, ROLE_FD_FIRST + i, 0, NULL, NULL);
		(void)close(ROLE_FD_FIRST + i);
	}
	n_listeners = 0;
}

static void
on_stop(struct role *r)
{
	struct listen *l = &listening;

	l->stopping = true;
	close_listeners(l);
	(void)loop_timer(r->loop, DRAIN_MS, drained, l);
	if (l->sessions == NULL)
		drained(l);
	for (struct listen_session *s = l->sessions, *next; s != NULL; s = next) {
		next = s->next;
		listen_session_stop(s);
	}
}

/* We have worked long enough for those who are left. */
static void
stop_retired(void *arg)
{
	(void)arg;
	if (!role.stopping) {
		role.stopping = true;
		on_stop(&role);
	}
}

/* A listener with new settings has the sockets: our sessions go on to their end. */
static void
on_retire(struct role *r)
{
	struct listen *l = &listening;

	if (l->stopping || l->retired)
		return;
	l->retired = true;
	close_listeners(l);
	log_ev(LOG_INFO, 0, "retired", KI("sessions", l->n));
	(void)loop_timer(r->loop, RETIRE_MS, stop_retired, NULL);
	if (l->sessions == NULL)
		drained(l);
}

/* What was told to another ledger, or to none, it may not know: all that lies there is told, and known ones cost little. */
static void
on_ledger(struct role *r)
{
	struct arena *a = arena_new(ARRIVED_MAX);
	struct str *ulids;
	struct err e;
	size_t n;

	if (spool_list(a, listening.spool, SPOOL_ARRIVED, &ulids, &n, &e) == -1) {
		log_ev(LOG_ERROR, 0, "spool", KC("why", e.text));
		n = 0;
	}
	for (size_t i = 0; i < n; i++)
		role_tell(r, &(struct msg){ .type = MSG_ARRIVED, .ulid = ulids[i] });
	arena_free(a);
}

int
main(int argc, char **argv)
{
	struct listen *l = &listening;
	struct err e;
	int rc;

	find_listeners(argc, argv);
	role_start(&role, "listen", argc, argv);
	*l = (struct listen){
		.loop = role.loop, .conf = &role.conf, .on_listener = on_listener, .empty = drained, .arg = l,
	};
	if (prepare(l, &e) == -1) {
		log_ev(LOG_ERROR, 0, "config", KC("why", e.text));
		return EX_CONFIG;
	}
	listen_door_open(l);
	role_enter_lasting(&role, on_ledger, on_retire, on_stop);
	if (spool_open(str_cstr(role.arena, role.conf.home), false, &l->spool, &e) == -1) {
		log_ev(LOG_ERROR, 0, "spool", KC("why", e.text));
		return EX_IOERR;
	}
	loop_before_wait(role.loop, commit, l);
	listen_again(l);
	log_ev(LOG_INFO, 0, "started", KI("sockets", n_listeners));
	rc = loop_run(role.loop);
	spool_close(l->spool);
	return rc;
}
