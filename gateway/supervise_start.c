/* SPDX-License-Identifier: ISC */
#include "gateway/supervise_int.h"

#include "gateway/base/log.h"
#include "gateway/keychannels.h"
#include "gateway/line.h"

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

/* Nobody can be introduced to it any more: should it still be there, it is to end. */
static void
ledger_closed(void *arg, struct ipc *c, const char *why)
{
	struct supervisor *s = arg;

	(void)why;
	ipc_free(c);
	s->ledger = NULL;
	for (size_t i = 0; i < s->n; i++)
		if (roster_is_ledger(&s->children[i]) && s->children[i].pid > 0)
			(void)kill(s->children[i].pid, SIGTERM);
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
introduce_lasting(struct supervisor *s)
{
	struct err e;

	for (size_t i = 0; i < s->n; i++)
		if (s->children[i].line != NULL && line_introduce(&s->children[i], s->ledger, &e) == -1)
			log_ev(LOG_ERROR, 0, "introduce", KC("role", s->children[i].name), KC("why", e.text));
}

/*
 * Without a ledger every role ends by itself: that it did is no sign of trouble with it. Some are heard of before the ledger is,
 * and have been counted.
 */
static void
forgive(struct supervisor *s)
{
	for (size_t i = 0; i < s->n; i++) {
		struct child *c = &s->children[i];

		if (roster_is_ledger(c) || c->status != 0)
			continue;
		c->again_ms = 0;
		c->fast_deaths = 0;
		if (c->pid == 0 && c->blamed)
			c->restarts--;
		c->blamed = false;
	}
}

static int
start_process(struct supervisor *s, struct child *c, const int *fds, size_t n, struct err *e)
{
	if (child_start(c, s->libexec, s->home, fds, n, e) == -1)
		return -1;
	log_ev(LOG_INFO, 0, "started", KC("role", c->name), KI("pid", c->pid), KI("restarts", c->restarts));
	s->roles_changed = true;
	return 0;
}

static int
start_listener(struct supervisor *s, struct child *c, struct err *e)
{
	int rc, fds[CHILD_FDS_MAX];
	size_t n = 1;

	if (line_open(c, s->loop, &fds[0], e) == -1)
		return -1;
	for (size_t i = 0; i < s->n_listeners; i++)
		fds[n++] = s->listeners[i];
	rc = start_process(s, c, fds, n, e);
	close(fds[0]);
	if (rc == -1) {
		line_close(c);
		return -1;
	}
	return s->ledger == NULL ? 0 : line_introduce(c, s->ledger, e);
}

/* They know no ledger. */
static int
start_keys(struct supervisor *s, struct child *c, struct err *e)
{
	int fds[CHILD_FDS_MAX];

	return start_process(s, c, fds, keychannels_of(c, fds), e);
}

static int
start(struct supervisor *s, struct child *c, struct err *e)
{
	int rc, pair[2], fds[CHILD_FDS_MAX];
	size_t n = 1;

	if (line_is_for(c))
		return start_listener(s, c, e);
	if (roster_is_keys(c))
		return start_keys(s, c, e);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		return err_errno(e, "socketpair for %s", c->name);
	fds[0] = pair[1];
	n += keychannels_of(c, fds + n);
	if (roster_is_ledger(c))
		fds[n++] = s->control;
	rc = start_process(s, c, fds, n, e);
	close(pair[1]);
	if (rc == -1) {
		close(pair[0]);
		return -1;
	}
	if (!roster_is_ledger(c))
		return line_tell_peer(s->ledger, c->name, pair[0], e);
	s->ledger = ipc_new(s->loop, pair[0], ledger_speaks, ledger_closed, s);
	forgive(s);
	introduce_lasting(s);
	return 0;
}

void
supervise_start_missing(struct supervisor *s, int64_t now)
{
	struct err e;

	for (size_t i = 0; i < s->n; i++) {
		struct child *c = &s->children[i];

		if (c->pid > 0 || now < c->again_ms ||
		    (!roster_is_ledger(c) && !line_is_for(c) && s->ledger == NULL))
			continue;
		if (start(s, c, &e) == -1) {
			log_ev(LOG_ERROR, 0, "start", KC("role", c->name), KC("why", e.text));
			c->again_ms = now + 1000;
		}
	}
}
