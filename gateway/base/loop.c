/* SPDX-License-Identifier: ISC */
#include "gateway/base/loop.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SIGNALS_MAX 65
#define BEFORE_MAX 8

/*
 * Descriptors stand densely in polls[], with what to call beside them in calls[]; slots[] finds them by number.
 * One that is dropped only leaves a hole, so that a turn that is under way can go on; holes close before the next
 * poll. One added during a turn stands behind those that this turn looks at: a number that was closed and came back
 * (accept does that) cannot get its predecessor's readiness.
 */
struct call {
	loop_fd_fn *fn;
	void *arg;
	int want;
};

struct loop_timer {
	int64_t at;
	uint64_t seq;		/* those of one moment go in the order they were made */
	size_t place;		/* in the heap */
	loop_fn *fn;
	void *arg;
};

struct handler {
	loop_fn *fn;
	void *arg;
};

struct loop {
	struct pollfd *polls;
	struct call *calls;
	size_t n, size;
	bool holes;
	size_t *slots;		/* by descriptor: place in polls plus one, 0: none */
	size_t n_slots;

	struct loop_timer **heap;
	size_t n_timers, timers_size;
	uint64_t seq;

	struct handler signals[SIGNALS_MAX], before[BEFORE_MAX];
	size_t n_before;
	bool stopped;
	int status;
};

/*
 * A signal handler may do next to nothing: it notes the signal and wakes poll by a byte in a pipe. Handlers, unlike a
 * blocked mask for signalfd(2), are gone after exec: children start clean.
 */
static int wake[2] = { -1, -1 };
static volatile sig_atomic_t pending[SIGNALS_MAX];

static void
on_signal(int signo)
{
	int saved = errno;
	ssize_t rc;

	pending[signo] = 1;
	rc = write(wake[1], "", 1);
	(void)rc;	/* a full pipe wakes as well */
	errno = saved;
}

static void *
grow(void *p, size_t *size, size_t want, size_t item)
{
	size_t bigger = *size == 0 ? 16 : *size;
	char *q;

	if (want <= *size)
		return p;
	while (bigger < want)
		bigger *= 2;
	q = reallocarray(p, bigger, item);
	if (q == NULL)
		abort();
	memset(q + *size * item, 0, (bigger - *size) * item);
	*size = bigger;
	return q;
}

/* ---- descriptors ---- */

static void
drop_fd(struct loop *l, size_t slot)
{
	l->slots[l->polls[slot].fd] = 0;
	l->polls[slot] = (struct pollfd){ .fd = -1 };
	l->holes = true;
}

static void
close_holes(struct loop *l)
{
	size_t n = 0;

	if (!l->holes)
		return;
	for (size_t i = 0; i < l->n; i++) {
		if (l->polls[i].fd == -1)
			continue;
		l->polls[n] = l->polls[i];
		l->calls[n] = l->calls[i];
		n++;
		l->slots[l->polls[n - 1].fd] = n;
	}
	l->n = n;
	l->holes = false;
}

void
loop_fd(struct loop *l, int fd, int want, loop_fd_fn *fn, void *arg)
{
	size_t slot, size = l->size;

	assert(fd >= 0);
	l->slots = grow(l->slots, &l->n_slots, (size_t)fd + 1, sizeof(*l->slots));
	slot = l->slots[fd];
	if (want == 0) {
		if (slot != 0)
			drop_fd(l, slot - 1);
		return;
	}
	if (slot == 0) {
		l->polls = grow(l->polls, &size, l->n + 1, sizeof(*l->polls));
		l->calls = grow(l->calls, &l->size, l->n + 1, sizeof(*l->calls));
		l->polls[l->n] = (struct pollfd){ .fd = fd };
		slot = ++l->n;
		l->slots[fd] = slot;
	}
	l->polls[slot - 1].events = (short)(((want & LOOP_READ) != 0 ? POLLIN : 0) |
	    ((want & LOOP_WRITE) != 0 ? POLLOUT : 0));
	l->calls[slot - 1] = (struct call){ .fn = fn, .arg = arg, .want = want };
}

static void
call_ready(struct loop *l, size_t n_polled)
{
	for (size_t i = 0; i < n_polled && !l->stopped; i++) {
		short got = l->polls[i].revents;
		struct call c = l->calls[i];
		int ready;

		if (l->polls[i].fd == -1 || got == 0)
			continue;
		ready = ((got & POLLIN) != 0 ? LOOP_READ : 0) | ((got & POLLOUT) != 0 ? LOOP_WRITE : 0);
		if ((got & (POLLERR | POLLHUP | POLLNVAL)) != 0)
			ready = LOOP_READ | LOOP_WRITE;
		ready &= c.want;	/* an earlier handler may have changed it */
		if (ready != 0)
			c.fn(c.arg, l->polls[i].fd, ready);
	}
}

/* ---- timers: a binary heap ---- */

static bool
is_before(const struct loop_timer *a, const struct loop_timer *b)
{
	return a->at != b->at ? a->at < b->at : a->seq < b->seq;
}

static void
place(struct loop *l, size_t at, struct loop_timer *t)
{
	l->heap[at] = t;
	t->place = at;
}

static void
sift_up(struct loop *l, size_t at, struct loop_timer *t)
{
	for (; at > 0 && is_before(t, l->heap[(at - 1) / 2]); at = (at - 1) / 2)
		place(l, at, l->heap[(at - 1) / 2]);
	place(l, at, t);
}

static void
sift_down(struct loop *l, size_t at, struct loop_timer *t)
{
	for (;;) {
		size_t child = at * 2 + 1;
		if (child + 1 < l->n_timers && is_before(l->heap[child + 1], l->heap[child]))
			child++;
		if (child >= l->n_timers || !is_before(l->heap[child], t))
			break;
		place(l, at, l->heap[child]);
		at = child;
	}
	place(l, at, t);
}

struct loop_timer *
loop_timer(struct loop *l, int64_t ms, loop_fn *fn, void *arg)
{
	struct loop_timer *t = calloc(1, sizeof(*t));

	if (t == NULL)
		abort();
	*t = (struct loop_timer){
		.at = clock_mono_ms() + (ms > 0 ? ms : 0), .seq = l->seq++, .fn = fn, .arg = arg
	};
	l->heap = grow(l->heap, &l->timers_size, l->n_timers + 1, sizeof(struct loop_timer *));
	sift_up(l, l->n_timers++, t);
	return t;
}

void
loop_timer_drop(struct loop *l, struct loop_timer *t)
{
	struct loop_timer *last;

	if (t == NULL)
		return;
	assert(t->place < l->n_timers && l->heap[t->place] == t);
	last = l->heap[--l->n_timers];
	if (last != t) {
		if (t->place > 0 && is_before(last, l->heap[(t->place - 1) / 2]))
			sift_up(l, t->place, last);
		else
			sift_down(l, t->place, last);
	}
	free(t);
}

/* Those due now; one that a handler makes meanwhile waits for the next turn, so none can keep us from the others. */
static void
call_due(struct loop *l)
{
	int64_t now = l->n_timers > 0 ? clock_mono_ms() : 0;
	uint64_t end = l->seq;

	while (!l->stopped && l->n_timers > 0 && l->heap[0]->at <= now && l->heap[0]->seq < end) {
		struct loop_timer t = *l->heap[0];
		loop_timer_drop(l, l->heap[0]);
		t.fn(t.arg);
	}
}

static int
wait_ms(const struct loop *l)
{
	int64_t ms;

	if (l->n_timers == 0)
		return -1;
	ms = l->heap[0]->at - clock_mono_ms();
	return ms <= 0 ? 0 : ms > INT_MAX ? INT_MAX : (int)ms;
}

/* ---- signals ---- */

static void
empty_wake_pipe(void *arg, int fd, int ready)
{
	char bytes[64];

	(void)arg, (void)ready;
	while (read(fd, bytes, sizeof(bytes)) > 0)
		continue;
}

static void
call_signals(struct loop *l)
{
	for (int i = 1; i < SIGNALS_MAX && !l->stopped; i++) {
		if (!pending[i])
			continue;
		pending[i] = 0;
		if (l->signals[i].fn != NULL)
			l->signals[i].fn(l->signals[i].arg);
	}
}

void
loop_signal(struct loop *l, int signo, loop_fn *fn, void *arg)
{
	struct sigaction sa = { .sa_handler = fn == NULL ? SIG_DFL : on_signal, .sa_flags = SA_RESTART };

	assert(signo > 0 && signo < SIGNALS_MAX);
	(void)sigemptyset(&sa.sa_mask);
	l->signals[signo] = (struct handler){ fn, arg };
	int rc = sigaction(signo, &sa, NULL);
	assert(rc == 0);
}

void
loop_before_wait(struct loop *l, loop_fn *fn, void *arg)
{
	assert(l->n_before < BEFORE_MAX);
	l->before[l->n_before++] = (struct handler){ fn, arg };
}

/* ---- the loop ---- */

struct loop *
loop_new(void)
{
	struct loop *l = calloc(1, sizeof(*l));

	if (l == NULL || pipe2(wake, O_NONBLOCK | O_CLOEXEC) == -1)
		abort();
	for (int i = 0; i < SIGNALS_MAX; i++)
		pending[i] = 0;
	loop_fd(l, wake[0], LOOP_READ, empty_wake_pipe, l);
	return l;
}

void
loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	for (int i = 1; i < SIGNALS_MAX; i++)
		if (l->signals[i].fn != NULL)
			loop_signal(l, i, NULL, NULL);
	while (l->n_timers > 0)
		loop_timer_drop(l, l->heap[0]);
	io_close(&wake[0]);
	io_close(&wake[1]);
	free(l->heap);
	free(l->polls);
	free(l->calls);
	free(l->slots);
	free(l);
}

int
loop_run(struct loop *l)
{
	while (!l->stopped) {
		size_t n;

		for (size_t i = 0; i < l->n_before && !l->stopped; i++)
			l->before[i].fn(l->before[i].arg);
		if (l->stopped)
			break;
		close_holes(l);
		n = l->n;
		if (poll(l->polls, n, wait_ms(l)) == -1) {
			/* EINTR: a signal, noted. Anything else is our own mistake, or memory gone. */
			assert(errno == EINTR || errno == ENOMEM || errno == EAGAIN);
			for (size_t i = 0; i < n; i++)
				l->polls[i].revents = 0;
		}
		call_signals(l);
		call_ready(l, n);
		call_due(l);
	}
	l->stopped = false;
	return l->status;
}

void
loop_stop(struct loop *l, int status)
{
	l->stopped = true;
	l->status = status;
}
