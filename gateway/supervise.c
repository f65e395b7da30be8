/* SPDX-License-Identifier: ISC */
#include "gateway/supervise.h"

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/cert_watch.h"
#include "gateway/given.h"
#include "gateway/line.h"
#include "gateway/listener.h"
#include "gateway/notify.h"
#include "gateway/supervise_int.h"

#include <signal.h>
#include <sys/wait.h>
#include <sysexits.h>

#define TICK_MS 100

/* ---- ending ---- */

/* The work in hand of others needs them to its end. */
static bool
ends_last(const struct child *c)
{
	return roster_is_ledger(c) || roster_is_keys(c);
}

/* Who is to end with the house. The listener answers on over a reload, until a successor has the new settings. */
static bool
goes_down(const struct supervisor *s, const struct child *c, bool last_too)
{
	return c->pid > 0 && (last_too || !ends_last(c)) && !(s->reload && line_is_for(c));
}

static void
signal_children(const struct supervisor *s, int signo, bool last_too)
{
	for (size_t i = 0; i < s->n; i++)
		if (goes_down(s, &s->children[i], last_too))
			(void)kill(s->children[i].pid, signo);
}

static size_t
count_up(const struct supervisor *s, bool last_too)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += goes_down(s, &s->children[i], last_too);
	return n;
}

/* The ledger ends last: what the others still have to say is written down. */
static void
go_down(struct supervisor *s, bool reload)
{
	if (s->phase != UP) {
		if (s->reload && !reload) {
			s->reload = false;
			signal_children(s, SIGTERM, s->phase == LAST);
		}
		return;
	}
	s->phase = DRAINING;
	s->reload = reload;
	s->drain_until_ms = clock_mono_ms() + s->conf.drain_ms;
	log_ev(LOG_INFO, 0, reload ? "reloading" : "stopping", KI("roles", count_up(s, true)));
	notify(reload ? "RELOADING=1" : "STOPPING=1");
	signal_children(s, SIGTERM, false);
}

/* The listening sockets stay open over a reload when their addresses stay: nobody is refused meanwhile. */
static void
come_up(struct supervisor *s)
{
	struct arena *a = arena_new(SUPERVISE_ARENA_MAX);
	struct conf_files files;
	struct conf conf;
	struct err e;

	s->phase = UP;
	s->reload = false;
	if (supervise_settings(s, a, &files, &conf, &e) == 0 &&
	    listener_update(s->listeners, &s->n_listeners, CHILD_FDS_MAX - 1, &s->conf, &conf, &e) == 0 &&
	    conf_files_keep(&files, str_of(s->home), &e) == 0) {
		arena_free(s->arena);
		s->arena = a;
		s->conf = conf;
	} else {
		log_ev(LOG_ERROR, 0, "reload", KC("why", e.text), KC("now", "going on with the old settings"));
		arena_free(a);
	}
	roster_make_anew(s);	/* in both cases: the sockets may be others */
	cert_watch_start(&s->conf);
	notify("READY=1");
}

static void
drain(struct supervisor *s, int64_t now)
{
	if (s->phase == DRAINING && count_up(s, false) == 0) {
		s->phase = LAST;
		signal_children(s, SIGTERM, true);
	}
	if (s->phase == LAST && count_up(s, true) == 0) {
		if (s->reload)
			come_up(s);
		else
			loop_stop(s->loop, EX_OK);
		return;
	}
	if (now >= s->drain_until_ms) {
		log_ev(LOG_WARN, 0, "killing", KI("roles", count_up(s, true)),
		    KC("why", "they did not end in time"));
		signal_children(s, SIGKILL, s->phase == LAST);
		s->drain_until_ms = now + s->conf.drain_ms;
	}
}

/* ---- events ---- */

static void
on_term(void *arg)
{
	go_down(arg, false);
}

static void
on_hup(void *arg)
{
	struct supervisor *s = arg;
	struct arena *a = arena_new(SUPERVISE_ARENA_MAX);
	struct conf conf;
	struct err e;

	if (conf_read(a, str_of(s->home), &conf, &e) == -1)
		log_ev(LOG_ERROR, 0, "reload", KC("why", e.text), KC("now", "going on with the old settings"));
	else
		go_down(s, true);
	arena_free(a);
}

/* Without its ledger every role ends by itself, some only when their work is done. */
static bool
ended_with_ledger(const struct supervisor *s, const struct child *c, int status)
{
	const struct child *ledger = &s->children[0];

	return status == 0 && !roster_is_ledger(c) &&
	    (s->ledger == NULL || ledger->pid == 0 || ledger->started_ms >= c->started_ms);
}

static void
ended(struct supervisor *s, struct child *c, int status)
{
	bool expected = s->phase != UP || c->retired || ended_with_ledger(s, c, status);
	pid_t pid = c->pid;

	line_close(c);
	child_ended(c, status, clock_mono_ms(), expected);
	log_ev(expected ? LOG_INFO : status == 0 ? LOG_WARN : LOG_ERROR, 0, "ended", KC("role", c->name), KI("pid", pid), KC("how", c->last),
	    KI("again_in_ms", s->phase == UP && !c->retired ? c->again_ms - clock_mono_ms() : -1));
	if (c->retired)
		*c = s->children[--s->n];	/* they stand last, in no order */
	s->roles_changed = true;
}

static void
on_child(void *arg)
{
	struct supervisor *s = arg;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < s->n; i++)
			if (s->children[i].pid == pid) {
				ended(s, &s->children[i], status);
				break;
			}
}

static void
on_tick(void *arg)
{
	struct supervisor *s = arg;
	int64_t now = clock_mono_ms();

	if (s->phase == UP)
		supervise_start_missing(s, now);
	else
		drain(s, now);
	if (s->roles_changed)
		roster_write(s);
	(void)loop_timer(s->loop, TICK_MS, on_tick, s);
}

static void
watch_certs(void *arg)
{
	struct supervisor *s = arg;

	cert_watch_start(&s->conf);
	(void)loop_timer(s->loop, CERT_WATCH_MS, watch_certs, s);
}

int
supervise(struct str home)
{
	static struct supervisor house;
	struct supervisor *s = &house;
	struct err e;
	int rc;

	log_open("edigate");
	given_take();
	if (supervise_open(s, home, &e) == -1) {
		log_ev(LOG_ERROR, 0, "start", KC("why", e.text));
		return e.kind == ERR_CONFIG ? EX_CONFIG : EX_UNAVAILABLE;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	s->loop = loop_new();
	loop_signal(s->loop, SIGTERM, on_term, s);
	loop_signal(s->loop, SIGINT, on_term, s);
	loop_signal(s->loop, SIGHUP, on_hup, s);
	loop_signal(s->loop, SIGCHLD, on_child, s);
	roster_make(s);
	on_tick(s);
	watch_certs(s);
	notify("READY=1");
	rc = loop_run(s->loop);
	roster_write(s);
	loop_free(s->loop);
	return rc;
}
