/* SPDX-License-Identifier: ISC */
#include "gateway/supervise_int.h"

#include "gateway/base/io.h"
#include "gateway/base/log.h"
#include "gateway/listener.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define LISTEN_TRIES  25	/* a fifth of a second apart */
#define CONTROL_TRIES 300
#define TRIES_TOLD    25

int
supervise_settings(struct supervisor *s, struct arena *a, struct conf_files *files, struct conf *conf,
    struct err *e)
{
	conf_files_gather(a, str_of(s->home), files);
	return conf_read_files(a, str_of(s->home), files, conf, e);
}

/* Also the file that says who runs: its lock ends with this process, however it ends. */
static int
take_lock(struct supervisor *s, struct err *e)
{
	char *path = conf_path(s->arena, &s->conf, "run/edigate.pid"), pid[32];

	s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (s->lock == -1)
		return err_errno(e, "%s", path);
	if (flock(s->lock, LOCK_EX | LOCK_NB) == -1)
		return err_set(e, ERR_RETRY, "edigate is running already (lock on %s)", path);
	(void)snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
	if (ftruncate(s->lock, 0) == -1)
		return err_errno(e, "%s", path);
	return io_write_all(s->lock, str_of(pid), e);
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
take_control(struct supervisor *s, struct err *e)
{
	char *path = conf_path(s->arena, &s->conf, "run/control.sock");
	int tries = CONTROL_TRIES;

	do
		s->control = ipc_listen(path, e);
	while (s->control == -1 && free_soon(&tries, e));
	return s->control == -1 ? -1 : listener_give(path, &s->conf, e);
}

static int
take_listeners(struct supervisor *s, struct err *e)
{
	const struct conf none = { 0 };
	int tries = LISTEN_TRIES, rc;

	do
		rc = listener_update(s->listeners, &s->n_listeners, CHILD_FDS_MAX - 1, &none, &s->conf, e);
	while (rc == -1 && free_soon(&tries, e));
	return rc;
}

int
supervise_open(struct supervisor *s, struct str home, struct err *e)
{
	struct conf_files files;

	s->arena = arena_new(SUPERVISE_ARENA_MAX);
	(void)snprintf(s->home, sizeof(s->home), STR_FMT, STR_ARG(home));
	if (child_libexec(s->libexec, sizeof(s->libexec), e) == -1 ||
	    supervise_settings(s, s->arena, &files, &s->conf, e) == -1 || take_lock(s, e) == -1 ||
	    conf_files_keep(&files, home, e) == -1 || take_control(s, e) == -1)
		return -1;
	return take_listeners(s, e);
}
