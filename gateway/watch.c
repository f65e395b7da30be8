/* SPDX-License-Identifier: ISC */
/*
 * watch.c - the role that takes documents out of the outbox. Two things make it look: notifications, which are quick,
 * and a rescan of every folder, which is sure (network file systems notify nobody, queues overflow, kernels run out of
 * watches). Both only say "look at this file": ready.h decides, gather.h takes it and tells the ledger. What lies in
 * spool/claimed is known to the ledger even when we die before telling.
 *
 * libinotifytools waits by itself, in whole seconds, and shows its descriptor to nobody, while a role waits in one
 * place. But inotifytools_initialize() opens exactly one descriptor, and open(2) promises the lowest free number: so
 * the number is known beforehand. We poll that one, and ask the library only with a timeout of 0, which for
 * inotifytools_next_events() (other than for inotifytools_next_event()) means not to wait.
 */
#include "gateway/gather.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "gateway/base/log.h"

#include <inotifytools/inotify.h>
#include <inotifytools/inotifytools.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define EVENTS_TURN 4096	/* then see to the files: a flood must not keep us from claiming */
#define EVENTS (IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_MOVE_SELF | IN_ONLYDIR)

static struct {
	struct role role;
	struct gather gather;
	bool more_events;		/* the library holds some that poll cannot know of */
	bool scan_again;		/* a folder came, went, or the kernel lost events */
	bool no_watches;		/* the kernel gave no more of them: said so once */
	struct loop_timer *timer;	/* for the file that is due first */
} w;

/* ---- notifications ---- */

/* A network file system would tell of our own machine's changes only: there it is polled, unless told otherwise. */
static bool
watch_folder(const struct outbox_folder *f, const char *path)
{
	if (f->remote && !str_eq(w.role.conf.mode, S("notify")))
		return false;
	if (inotifytools_watch_file(path, EVENTS) == 1)
		return true;
	if (!w.no_watches)
		log_ev(LOG_WARN, 0, "not-watched", KC("folder", path),
		    KC("why", strerror(inotifytools_error())), KC("then", "it is polled"));
	w.no_watches = w.no_watches || inotifytools_error() == ENOSPC;
	return false;
}

static void
look_again(struct outbox_folder *f, const char *name)
{
	struct outbox_file *x = outbox_find(w.gather.box, f, str_of(name));

	if (x != NULL)	/* not one that we claimed ourselves */
		outbox_look_at(w.gather.box, x, clock_mono_ms());
}

/* outbox/ itself: folders come and go, and files are put beside them. */
static void
root_event(uint32_t mask, const char *name)
{
	struct outbox_folder *f;

	if ((mask & (IN_DELETE | IN_MOVED_FROM)) == 0) {
		if ((f = gather_entry(&w.gather, name)) != NULL)
			gather_scan_folder(&w.gather, f);
	} else if ((mask & IN_ISDIR) != 0 || outbox_folder(w.gather.box, str_of(name)) != NULL) {
		w.scan_again = true;
	} else {
		look_again(w.gather.root, name);
	}
}

static void
folder_event(struct outbox_folder *f, uint32_t mask, const char *name)
{
	int64_t now = clock_mono_ms();

	/* What was only created will be written and closed; symlinks, pipes and hard links tell nothing more. */
	if ((mask & (IN_DELETE | IN_MOVED_FROM)) != 0)
		look_again(f, name);
	else if ((mask & IN_CREATE) != 0)
		gather_file(&w.gather, f, name, false, now + w.role.conf.settle_ms);
	else
		gather_file(&w.gather, f, name, (mask & IN_MOVED_TO) != 0, now);
}

/* The folder that the library knows under wd: it gives the path that was watched, with a slash behind it. */
static struct outbox_folder *
folder_of(int wd)
{
	struct str path = str_of(inotifytools_filename_from_wd(wd)), root = str_of(w.gather.path);

	if (!str_starts(path, root) || path.n <= root.n)
		return NULL;
	path = str_from(path, root.n);
	while (path.n > 0 && path.p[0] == '/')
		path = str_from(path, 1);
	while (path.n > 0 && path.p[path.n - 1] == '/')
		path.n--;
	return outbox_folder(w.gather.box, path);
}

/*
 * A watch follows its folder to a new name, where it would tell lies. By then the new name may have been given to the
 * same watch: there is one for each inode.
 */
static void
unwatch(int wd, const struct outbox_folder *moved)
{
	(void)inotifytools_remove_watch_by_wd(wd);
	for (size_t i = 0; i < outbox_folders(w.gather.box); i++) {
		struct outbox_folder *f = outbox_folder_at(w.gather.box, i);
		if (f->inode == moved->inode && f->device == moved->device)
			f->watched = false;
	}
}

static void
event(const struct inotify_event *ev)
{
	struct outbox_folder *f;

	if ((ev->mask & IN_Q_OVERFLOW) != 0) {
		log_ev(LOG_WARN, 0, "events-lost", KC("then", "every folder is looked through"));
		w.scan_again = true;
		return;
	}
	f = folder_of(ev->wd);
	if (f == NULL)
		return;
	if ((ev->mask & (IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT)) != 0) {
		if ((ev->mask & IN_MOVE_SELF) != 0)
			unwatch(ev->wd, f);
		f->watched = false;
		w.scan_again = true;
	} else if (ev->len > 0 && f->is_root) {
		root_event(ev->mask, ev->name);
	} else if (ev->len > 0) {
		folder_event(f, ev->mask, ev->name);
	}
}

static void
take_events(void)
{
	const struct inotify_event *ev = NULL;

	for (int i = 0; i < EVENTS_TURN && (ev = inotifytools_next_events(0, 1)) != NULL; i++)
		event(ev);
	w.more_events = ev != NULL;
}

static void
on_events(void *arg, int fd, int ready)
{
	(void)arg, (void)fd, (void)ready;
	take_events();
}

/* See the top of this file. Without notifications the rescan does it all, only later. */
static void
start_events(void)
{
	int expected = open("/", O_PATH | O_CLOEXEC);

	if (str_eq(w.role.conf.mode, S("poll")) || expected == -1) {
		io_close(&expected);
		return;
	}
	(void)close(expected);
	if (inotifytools_initialize() == 0 || fcntl(expected, F_SETFD, FD_CLOEXEC) == -1) {
		log_ev(LOG_WARN, 0, "no-notifications", KC("why", strerror(inotifytools_error())),
		    KC("then", "folders are polled"));
		return;
	}
	w.gather.watch = watch_folder;
	loop_fd(w.role.loop, expected, LOOP_READ, on_events, NULL);
}

/* ---- the role ---- */

static void
on_rescan(void *arg)
{
	(void)arg;
	w.scan_again = true;
	(void)loop_timer(w.role.loop, w.role.conf.rescan_ms, on_rescan, NULL);
}

static void
on_due(void *arg)
{
	(void)arg;
	w.timer = NULL;
	gather_work(&w.gather);
}

/* Each turn ends here: what the turn asked for is done, and the timer is set for the file that comes next. */
static void
before_wait(void *arg)
{
	int64_t due;

	(void)arg;
	if (w.more_events)
		take_events();
	if (w.scan_again) {
		w.scan_again = false;
		gather_scan(&w.gather);
	}
	gather_rest(&w.gather);
	due = w.more_events ? 0 : gather_due(&w.gather);
	loop_timer_drop(w.role.loop, w.timer);
	w.timer = due == OUTBOX_NEVER ? NULL : loop_timer(w.role.loop, due - clock_mono_ms(), on_due, NULL);
}

static void
on_message(struct role *r, const struct msg *m, int fd)
{
	(void)r;
	io_close(&fd);
	if (m->type == MSG_RESCAN)
		w.scan_again = true;
}

static void
on_stop(struct role *r)
{
	struct err e;

	if (r->ledger != NULL && ipc_flush(r->ledger, &e) == -1)
		log_ev(LOG_WARN, 0, "flush", KC("why", e.text));
	loop_stop(r->loop, EX_OK);
}

int
main(int argc, char **argv)
{
	struct role *r = &w.role;
	struct err e;
	int rc;

	role_start(r, "watch", argc, argv);
	/* The kernel sends it when somebody opens a file that we hold a lease on for a moment; by default it kills. */
	(void)signal(SIGIO, SIG_IGN);
	if (gather_open(&w.gather, r, &e) == -1) {
		log_ev(LOG_ERROR, 0, "start", KC("why", e.text));
		return EX_CONFIG;
	}
	role_enter(r, on_message, on_stop);
	start_events();
	/* What was waiting when we last ran is told anew. */
	role_tell(r, &(struct msg){ .type = MSG_WAITING_OVER });
	loop_before_wait(r->loop, before_wait, NULL);
	on_rescan(NULL);
	rc = loop_run(r->loop);
	gather_close(&w.gather);
	return rc;
}
