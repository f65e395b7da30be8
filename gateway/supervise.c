/* SPDX-License-Identifier: ISC */
#include "gateway/supervise.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "gateway/base/ipc.h"
#include "gateway/base/log.h"
#include "gateway/children.h"
#include "gateway/conf_files.h"
#include "gateway/keychannels.h"
#include "gateway/line.h"
#include "gateway/listener.h"
#include "gateway/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#define SUPERVISE_ARENA_MAX ((size_t)256 << 20)
#define CHILDREN_MAX	    128
#define WORKERS_MAX	    KEYCHANNELS_MAX
#define DRAIN_MS	    30000	/* for the work in hand; then SIGKILL */
#define TICK_MS		    100
#define LISTEN_TRIES	    25		/* a fifth of a second apart */
#define CONTROL_TRIES	    300
#define TRIES_TOLD	    25

/* How the house goes down, for good or to come up again with new settings. */
enum phase { UP, DRAINING, LAST };	/* LAST: only the ledger and the keys are left to end */

static struct {
	struct arena *arena;		/* of the settings in force */
	struct conf conf;
	struct loop *loop;
	char home[PATH_MAX], libexec[PATH_MAX];
	int lock, control;
	int listeners[CHILD_FDS_MAX];
	size_t n_listeners;
	struct child children[CHILDREN_MAX];
	size_t n;
	struct ipc *ledger;		/* to the ledger; NULL while there is none */
	enum phase phase;
	bool reload;			/* draining in order to come up again */
	int64_t drain_until_ms;
	bool roles_changed;
} sv;

/* ---- settings ---- */

/* Roles read what is kept, so that one that is started again works with what all others do. */
static int
read_settings(struct arena *a, struct conf_files *files, struct conf *conf, struct err *e)
{
	conf_files_gather(a, str_of(sv.home), files);
	return conf_read_files(a, str_of(sv.home), files, conf, e);
}

/* ---- who is there ---- */

static struct child *
add_child(const char *role, unsigned int number)
{
	struct child *c = &sv.children[sv.n++];

	*c = (struct child){ .number = number, .since_wall_ms = clock_wall_ms() };
	(void)snprintf(c->role, sizeof(c->role), "%s", role);
	if (number > 0)
		(void)snprintf(c->name, sizeof(c->name), "%s.%u", role, number);
	else
		(void)snprintf(c->name, sizeof(c->name), "%s", role);
	return c;
}

static void
add_children(void)
{
	unsigned int workers = sv.conf.workers < 1 ? 1 : sv.conf.workers > WORKERS_MAX ? WORKERS_MAX : sv.conf.workers;
	struct err e;

	if (keychannels_open(workers, &e) == -1)
		log_ev(LOG_ERROR, 0, "start", KC("why", e.text));
	sv.n = 0;
	(void)add_child("ledger", 0);
	(void)add_child("watch", 0);
	for (unsigned int i = 1; i <= workers; i++)
		(void)add_child("keys", i);
	for (unsigned int i = 1; i <= workers; i++)
		(void)add_child("pack", i);
	for (unsigned int i = 1; i <= workers; i++)
		(void)add_child("unpack", i);
	(void)add_child("send", 0);
	(void)add_child("hook", 0);
	if (sv.conf.listen)
		(void)add_child("listen", 0);
}

static bool
is_ledger(const struct child *c)
{
	return strcmp(c->role, "ledger") == 0;
}

static bool
is_keys(const struct child *c)
{
	return strcmp(c->role, "keys") == 0;
}

/* run/roles: what `edigate status` shows. */
static void
write_roles(void)
{
	struct buf b = BUF_CAP(64 << 10);
	int dirfd = io_open_dir(AT_FDCWD, sv.home, NULL);
	struct err e;

	for (size_t i = 0; i < sv.n; i++) {
		const struct child *c = &sv.children[i];
		(void)buf_printf(&b, &e, "%s %d %s %u %lld %s\n", c->name, (int)c->pid, c->pid > 0 ? "up" : sv.phase == UP ? "restarting" :
		    "ended", c->restarts, (long long)c->since_wall_ms, c->last[0] != '\0' ? c->last : "-");
	}
	if (dirfd == -1 || io_replace_file(dirfd, "run/roles", buf_str(&b), 0644, &e) == -1)
		log_ev(LOG_WARN, 0, "roles-file", KC("why", dirfd == -1 ? "home is gone" : e.text));
	io_close(&dirfd);
	buf_clear(&b);
	sv.roles_changed = false;
}

/* ---- starting ---- */

/* Nobody can be introduced to it any more: should it still be there, it is to end. */
static void
ledger_closed(void *arg, struct ipc *c, const char *why)
{
	(void)arg;
	(void)why;
	ipc_free(c);
	sv.ledger = NULL;
	for (size_t i = 0; i < sv.n; i++)
		if (is_ledger(&sv.children[i]) && sv.children[i].pid > 0)
			(void)kill(sv.children[i].pid, SIGTERM);
}

static void
ledger_speaks(void *arg, struct ipc *c, uint16_t type, struct str payload, int fd)
{
	(void)arg;
	(void)c;
	(void)payload;
	log_ev(LOG_WARN, 0, "unexpected-message", KI("type", type));
	if (fd != -1)
		close(fd);
}

/* Those that outlive ledgers hear of a new one. */
static void
introduce_lasting(void)
{
	struct err e;

	for (size_t i = 0; i < sv.n; i++)
		if (sv.children[i].line != NULL && line_introduce(&sv.children[i], sv.ledger, &e) == -1)
			log_ev(LOG_ERROR, 0, "introduce", KC("role", sv.children[i].name), KC("why", e.text));
}

/* Without a ledger every role ends by itself: that it did is no sign of trouble with it. */
static void
forgive(void)
{
	for (size_t i = 0; i < sv.n; i++)
		if (!is_ledger(&sv.children[i]) && sv.children[i].status == 0) {
			sv.children[i].again_ms = 0;
			sv.children[i].fast_deaths = 0;
		}
}

static int
start_process(struct child *c, const int *fds, size_t n, struct err *e)
{
	if (child_start(c, sv.libexec, sv.home, fds, n, e) == -1)
		return -1;
	log_ev(LOG_INFO, 0, "started", KC("role", c->name), KI("pid", c->pid), KI("restarts", c->restarts));
	sv.roles_changed = true;
	return 0;
}

static int
start_listener(struct child *c, struct err *e)
{
	int rc, fds[CHILD_FDS_MAX];
	size_t n = 1;

	if (line_open(c, sv.loop, &fds[0], e) == -1)
		return -1;
	for (size_t i = 0; i < sv.n_listeners; i++)
		fds[n++] = sv.listeners[i];
	rc = start_process(c, fds, n, e);
	close(fds[0]);
	if (rc == -1) {
		line_close(c);
		return -1;
	}
	return sv.ledger == NULL ? 0 : line_introduce(c, sv.ledger, e);
}

/* They know no ledger. */
static int
start_keys(struct child *c, struct err *e)
{
	int fds[CHILD_FDS_MAX];

	return start_process(c, fds, keychannels_of(c, fds), e);
}

static int
start(struct child *c, struct err *e)
{
	int rc, pair[2], fds[CHILD_FDS_MAX];
	size_t n = 1;

	if (line_is_for(c))
		return start_listener(c, e);
	if (is_keys(c))
		return start_keys(c, e);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		return err_errno(e, "socketpair for %s", c->name);
	fds[0] = pair[1];
	n += keychannels_of(c, fds + n);
	if (is_ledger(c))
		fds[n++] = sv.control;
	rc = start_process(c, fds, n, e);
	close(pair[1]);
	if (rc == -1) {
		close(pair[0]);
		return -1;
	}
	if (!is_ledger(c))
		return line_tell_peer(sv.ledger, c->name, pair[0], e);
	sv.ledger = ipc_new(sv.loop, pair[0], ledger_speaks, ledger_closed, NULL);
	forgive();
	introduce_lasting();
	return 0;
}

/* Whoever is down and may come up; without a ledger only who outlives ledgers. */
static void
start_missing(int64_t now)
{
	struct err e;

	for (size_t i = 0; i < sv.n; i++) {
		struct child *c = &sv.children[i];

		if (c->pid > 0 || now < c->again_ms || (!is_ledger(c) && !line_is_for(c) && sv.ledger == NULL))
			continue;
		if (start(c, &e) == -1) {
			log_ev(LOG_ERROR, 0, "start", KC("role", c->name), KC("why", e.text));
			c->again_ms = now + 1000;
		}
	}
}

/* ---- ending ---- */

/* The work in hand of others needs them to its end. */
static bool
ends_last(const struct child *c)
{
	return is_ledger(c) || is_keys(c);
}

/* Who is to end with the house. The listener answers on over a reload, until a successor has the new settings. */
static bool
goes_down(const struct child *c, bool last_too)
{
	return c->pid > 0 && (last_too || !ends_last(c)) && !(sv.reload && line_is_for(c));
}

static void
signal_children(int signo, bool last_too)
{
	for (size_t i = 0; i < sv.n; i++)
		if (goes_down(&sv.children[i], last_too))
			(void)kill(sv.children[i].pid, signo);
}

static size_t
count_up(bool last_too)
{
	size_t n = 0;

	for (size_t i = 0; i < sv.n; i++)
		n += goes_down(&sv.children[i], last_too);
	return n;
}

/* The ledger ends last: what the others still have to say is written down. */
static void
go_down(bool reload)
{
	if (sv.phase != UP) {
		if (sv.reload && !reload) {
			sv.reload = false;
			signal_children(SIGTERM, sv.phase == LAST);
		}
		return;
	}
	sv.phase = DRAINING;
	sv.reload = reload;
	sv.drain_until_ms = clock_mono_ms() + DRAIN_MS;
	log_ev(LOG_INFO, 0, reload ? "reloading" : "stopping", KI("roles", count_up(true)));
	notify(reload ? "RELOADING=1" : "STOPPING=1");
	signal_children(SIGTERM, false);
}

/* A listener ends when its sessions have ended: they go on under the settings they began with. */
static void
add_children_anew(void)
{
	struct child old[CHILDREN_MAX];
	size_t n = 0;
	struct err e;

	for (size_t i = 0; i < sv.n; i++)
		if (line_is_for(&sv.children[i]) && sv.children[i].pid > 0)
			old[n++] = sv.children[i];
	add_children();
	for (size_t i = 0; i < n; i++) {
		if (!old[i].retired && line_retire(&old[i], &e) == -1)
			log_ev(LOG_WARN, 0, "retire", KC("role", old[i].name), KC("why", e.text));
		if (sv.n == CHILDREN_MAX) {	/* somebody reloads all the time */
			(void)kill(old[i].pid, SIGTERM);
			line_close(&old[i]);
			continue;
		}
		sv.children[sv.n++] = old[i];
	}
}

/* The listening sockets stay open over a reload when their addresses stay: nobody is refused meanwhile. */
static void
come_up(void)
{
	struct arena *a = arena_new(SUPERVISE_ARENA_MAX);
	struct conf_files files;
	struct conf conf;
	struct err e;

	sv.phase = UP;
	sv.reload = false;
	if (read_settings(a, &files, &conf, &e) == 0 &&
	    listener_update(sv.listeners, &sv.n_listeners, CHILD_FDS_MAX - 1, &sv.conf, &conf, &e) == 0 &&
	    conf_files_keep(&files, str_of(sv.home), &e) == 0) {
		arena_free(sv.arena);
		sv.arena = a;
		sv.conf = conf;
	} else {
		log_ev(LOG_ERROR, 0, "reload", KC("why", e.text), KC("now", "going on with the old settings"));
		arena_free(a);
	}
	add_children_anew();	/* in both cases: the sockets may be others */
	notify("READY=1");
}

static void
drain(int64_t now)
{
	if (sv.phase == DRAINING && count_up(false) == 0) {
		sv.phase = LAST;
		signal_children(SIGTERM, true);
	}
	if (sv.phase == LAST && count_up(true) == 0) {
		if (sv.reload)
			come_up();
		else
			loop_stop(sv.loop, EX_OK);
		return;
	}
	if (now >= sv.drain_until_ms) {
		log_ev(LOG_WARN, 0, "killing", KI("roles", count_up(true)), KC("why", "they did not end in time"));
		signal_children(SIGKILL, sv.phase == LAST);
		sv.drain_until_ms = now + DRAIN_MS;
	}
}

/* ---- events ---- */

static void
on_term(void *arg)
{
	(void)arg;
	go_down(false);
}

static void
on_hup(void *arg)
{
	struct arena *a = arena_new(SUPERVISE_ARENA_MAX);
	struct conf conf;
	struct err e;

	(void)arg;
	if (conf_read(a, str_of(sv.home), &conf, &e) == -1)
		log_ev(LOG_ERROR, 0, "reload", KC("why", e.text), KC("now", "going on with the old settings"));
	else
		go_down(true);
	arena_free(a);
}

/* Without its ledger every role ends by itself, some only when their work is done. */
static bool
ended_with_ledger(const struct child *c, int status)
{
	const struct child *ledger = &sv.children[0];

	return status == 0 && !is_ledger(c) && (sv.ledger == NULL || ledger->pid == 0 || ledger->started_ms >= c->started_ms);
}

static void
ended(struct child *c, int status)
{
	bool expected = sv.phase != UP || c->retired || ended_with_ledger(c, status);
	pid_t pid = c->pid;

	line_close(c);
	child_ended(c, status, clock_mono_ms(), expected);
	log_ev(expected ? LOG_INFO : status == 0 ? LOG_WARN : LOG_ERROR, 0, "ended", KC("role", c->name), KI("pid", pid), KC("how", c->last),
	    KI("again_in_ms", sv.phase == UP && !c->retired ? c->again_ms - clock_mono_ms() : -1));
	if (c->retired)
		*c = sv.children[--sv.n];	/* they stand last, in no order */
	sv.roles_changed = true;
}

static void
on_child(void *arg)
{
	int status;
	pid_t pid;

	(void)arg;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < sv.n; i++)
			if (sv.children[i].pid == pid) {
				ended(&sv.children[i], status);
				break;
			}
}

static void
on_tick(void *arg)
{
	int64_t now = clock_mono_ms();

	(void)arg;
	if (sv.phase == UP)
		start_missing(now);
	else
		drain(now);
	if (sv.roles_changed)
		write_roles();
	(void)loop_timer(sv.loop, TICK_MS, on_tick, NULL);
}

/* ---- the house ---- */

/* Also the file that says who runs: its lock ends with this process, however it ends. */
static int
take_lock(struct err *e)
{
	char *path = conf_path(sv.arena, &sv.conf, "run/edigate.pid"), pid[32];

	sv.lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (sv.lock == -1)
		return err_errno(e, "%s", path);
	if (flock(sv.lock, LOCK_EX | LOCK_NB) == -1)
		return err_set(e, ERR_RETRY, "edigate is running already (lock on %s)", path);
	(void)snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
	if (ftruncate(sv.lock, 0) == -1)
		return err_errno(e, "%s", path);
	return io_write_all(sv.lock, str_of(pid), e);
}

/* The roles of a supervisor that was killed a moment ago may still be ending: what they hold is free in a moment. */
static bool
free_soon(int *tries, const struct err *e)
{
	const struct timespec pause = { .tv_nsec = 200 * 1000 * 1000 };

	if (e->kind != ERR_RETRY || *tries <= 1)
		return false;
	if ((*tries)-- % TRIES_TOLD == 0)
		log_ev(LOG_INFO, 0, "waiting", KC("why", e->text));
	(void)nanosleep(&pause, NULL);
	return true;
}

/* The lock is ours, so it is an ending ledger that still answers; it ends when its work in hand is done. */
static int
take_control(struct err *e)
{
	char *path = conf_path(sv.arena, &sv.conf, "run/control.sock");
	int tries = CONTROL_TRIES;

	do
		sv.control = ipc_listen(path, e);
	while (sv.control == -1 && free_soon(&tries, e));
	return sv.control == -1 ? -1 : listener_give(path, &sv.conf, e);
}

static int
take_listeners(struct err *e)
{
	const struct conf none = { 0 };
	int tries = LISTEN_TRIES, rc;

	do
		rc = listener_update(sv.listeners, &sv.n_listeners, CHILD_FDS_MAX - 1, &none, &sv.conf, e);
	while (rc == -1 && free_soon(&tries, e));
	return rc;
}

static int
open_house(struct str home, struct err *e)
{
	struct conf_files files;

	sv.arena = arena_new(SUPERVISE_ARENA_MAX);
	(void)snprintf(sv.home, sizeof(sv.home), STR_FMT, STR_ARG(home));
	if (child_libexec(sv.libexec, sizeof(sv.libexec), e) == -1 ||
	    read_settings(sv.arena, &files, &sv.conf, e) == -1 || take_lock(e) == -1 ||
	    conf_files_keep(&files, home, e) == -1 || take_control(e) == -1)
		return -1;
	return take_listeners(e);
}

int
supervise(struct str home)
{
	struct err e;
	int rc;

	log_open("edigate");
	if (open_house(home, &e) == -1) {
		log_ev(LOG_ERROR, 0, "start", KC("why", e.text));
		return e.kind == ERR_CONFIG ? EX_CONFIG : EX_UNAVAILABLE;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	sv.loop = loop_new();
	loop_signal(sv.loop, SIGTERM, on_term, NULL);
	loop_signal(sv.loop, SIGINT, on_term, NULL);
	loop_signal(sv.loop, SIGHUP, on_hup, NULL);
	loop_signal(sv.loop, SIGCHLD, on_child, NULL);
	add_children();
	on_tick(NULL);
	notify("READY=1");
	rc = loop_run(sv.loop);
	write_roles();
	loop_free(sv.loop);
	return rc;
}
