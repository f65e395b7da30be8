/* SPDX-License-Identifier: ISC */
/*
 * hook - runs what the operator put into hooks.d/EVENT/: every executable NN-name, in the order of their names, without a
 * shell, the document as JSON on stdin and as EDIGATE_* in an otherwise clean environment. At least once: a hook that
 * fails is run again later with the same delivery id, those before it in the row included. Nothing waits for a hook.
 */
#include "gateway/role.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "gateway/base/log.h"
#include "gateway/hookrun.h"

#include <sysexits.h>

#define HOOK_JOBS	4		/* at once */
#define HOOK_ARENA_MAX	((size_t)4 << 20)
#define HOOK_TIMEOUT_MS (5 * 60 * 1000)

/* One event of one document on its way through the row of hooks. */
struct run {
	int64_t job, doc;
	struct arena *arena;
	struct str event, json, delivery, env;
	struct hook_list list;
	size_t next;			/* in list */
	struct hook_child *child;	/* NULL: the slot is free, or between two hooks */
	struct loop_timer *timer;
	bool timed_out;
};

static struct role role;
static struct run runs[HOOK_JOBS];

static void
finish(struct run *r, bool done, struct str text)
{
	role_tell(&role, &(struct msg){ .type = MSG_HOOKED, .job = r->job, .flag = done, .text = text });
	role_tell(&role, &(struct msg){ .type = MSG_READY, .count = 1 });
	arena_free(r->arena);
	*r = (struct run){ 0 };
}

static size_t
running(void)
{
	size_t n = 0;

	for (size_t i = 0; i < HOOK_JOBS; i++)
		n += runs[i].arena != NULL;
	return n;
}

/* What became of the last ones is written down if the ledger is still there. */
static void
stop_now(void)
{
	if (role.ledger != NULL)
		(void)ipc_flush(role.ledger, NULL);
	loop_stop(role.loop, 0);
}

static void
on_timeout(void *arg)
{
	struct run *r = arg;

	r->timer = NULL;
	r->timed_out = true;
	hook_kill(r->child);
}

static void on_ended(void *arg, int status, struct str output);

static void
start_next(struct run *r)
{
	struct err e;

	if (r->next == r->list.n) {
		finish(r, true, r->list.n == 0 ? S("") : str_fmt(r->arena, "%zu hook%s", r->list.n, r->list.n == 1 ? "" : "s"));
		return;
	}
	if (role.stopping) {
		finish(r, false, S("the gateway is stopping"));
		return;
	}
	r->child = hook_start(role.loop, r->list.path[r->next], r->env, r->json, on_ended, r, &e);
	if (r->child == NULL) {
		finish(r, false, str_fmt(r->arena, "%s: %s", r->list.name[r->next], e.text));
		return;
	}
	r->timed_out = false;
	r->timer = loop_timer(role.loop, HOOK_TIMEOUT_MS, on_timeout, r);
}

/* Mutually recursive with start_next(): the end of one hook begins the next. */
static void
on_ended(void *arg, int status, struct str output)
{
	struct run *r = arg;
	const char *name = r->list.name[r->next];

	loop_timer_drop(role.loop, r->timer);
	r->timer = NULL;
	r->child = NULL;
	log_ev(status == 0 ? LOG_INFO : LOG_WARN, r->doc, "hook", KS("event", r->event),
	    KC("hook", name), KI("status", status), KS("output", output));
	if (r->timed_out)
		finish(r, false, str_fmt(r->arena, "%s: not done after %d s", name, HOOK_TIMEOUT_MS / 1000));
	else if (status != 0)
		finish(r, false,
		    str_fmt(r->arena, "%s: exit status %d%s" STR_FMT, name, status,
		        output.n > 0 ? ": " : "", STR_ARG(output)));
	else {
		r->next++;
		start_next(r);
	}
	if (role.stopping && running() == 0)
		stop_now();
}

static void
on_message(struct role *ro, const struct msg *m, int fd)
{
	struct run *r = runs;
	struct err e;

	(void)fd;
	while (r < runs + HOOK_JOBS && r->arena != NULL)
		r++;
	if (r == runs + HOOK_JOBS) {	/* more than we said we can take */
		role_tell(ro, &(struct msg){ .type = MSG_HOOKED, .job = m->job, .text = S("busy") });
		return;
	}
	*r = (struct run){ .job = m->job, .doc = m->id, .arena = arena_new(HOOK_ARENA_MAX) };
	r->event = str_dup(r->arena, m->word);
	r->json = str_dup(r->arena, m->text);
	r->env = str_dup(r->arena, m->name);
	if (hook_find(r->arena, conf_path(r->arena, &ro->conf, "hooks.d"), r->event, &r->list, &e) == -1)
		finish(r, false, str_dup(r->arena, str_of(e.text)));
	else
		start_next(r);
}

/* Hooks that run may end in peace. */
static void
on_stop(struct role *ro)
{
	(void)ro;
	if (running() == 0)
		stop_now();
}

int
main(int argc, char **argv)
{
	role_start(&role, "hook", argc, argv);
	role_enter(&role, on_message, on_stop);
	role_tell(&role, &(struct msg){ .type = MSG_READY, .count = HOOK_JOBS });
	return loop_run(role.loop);
}
