/* SPDX-License-Identifier: ISC */
#include "gateway/worker.h"

#include "gateway/base/log.h"

#include <unistd.h>

#define JOB_ARENA_MAX ((size_t)4 << 20)

struct queued {
	struct arena *arena;
	struct msg job;
	struct queued *next;
};

static struct {
	struct role *role;
	struct arena *arena;
	worker_fn *work;
	struct queued *first, **last;
	struct loop_timer *next;	/* fires at once: the next job is due */
} w;

static void next_job(void *arg);

static void
arm(void)
{
	if (w.first != NULL && w.next == NULL)
		w.next = loop_timer(w.role->loop, 0, next_job, NULL);
}

/* Called from the loop, never from itself: arm() only asks for the next call. */
static void
next_job(void *arg)
{
	struct queued *q = w.first;
	struct err e = { 0 };
	int rc;

	(void)arg;
	w.next = NULL;
	w.first = q->next;
	if (w.first == NULL)
		w.last = &w.first;
	(void)alarm(WORKER_JOB_SECONDS);
	rc = w.work(&q->job, &e);
	(void)alarm(0);
	if (rc == -1) {
		log_ev(LOG_WARN, q->job.id, "job-failed", KC("job", msg_name(q->job.type)), KC("why", e.text));
		role_tell(w.role,
		    &(struct msg){
		        .type = MSG_JOB_FAILED, .job = q->job.job, .text = str_of(e.text) });
	}
	role_tell(w.role, &(struct msg){ .type = MSG_READY, .count = 1 });
	arena_free(q->arena);
	arena_reset(w.arena);
	arm();
}

static void
on_message(struct role *r, const struct msg *m, int fd)
{
	struct arena *a = arena_new(JOB_ARENA_MAX);
	struct queued *q = arena_new_of(a, struct queued);

	(void)r, (void)fd;
	q->arena = a;
	msg_dup(a, m, &q->job);
	*w.last = q;
	w.last = &q->next;
	arm();
}

/* What waits here goes back to the ledger by itself: it sees the channel close. */
static void
on_stop(struct role *r)
{
	struct err e;

	if (r->ledger != NULL)
		(void)ipc_flush(r->ledger, &e);
	loop_stop(r->loop, 0);
}

int
worker_run(struct role *r, struct arena *arena, unsigned int ahead, worker_fn *work)
{
	w.role = r;
	w.arena = arena;
	w.work = work;
	w.last = &w.first;
	role_enter(r, on_message, on_stop);
	role_tell(r, &(struct msg){ .type = MSG_READY, .count = ahead });
	return loop_run(r->loop);
}
