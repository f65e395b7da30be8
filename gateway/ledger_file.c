/* SPDX-License-Identifier: ISC */
/* Filing: staged payloads get their names in the inbox. The document changes hands here. */
#include "gateway/ledger.h"

#include "gateway/base/io.h"
#include "gateway/base/log.h"
#include "spool/sync.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define FILE_JOBS_MAX	 500
#define FILE_AGAIN_MS	 10000
#define FILE_NAME_TRIES 20

static bool
exists(struct ledger *l, struct str path)
{
	return faccessat(l->home, str_cstr(l->turn, path), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/*
 * The staged file gets its final name, or had got it before a crash: the dotfile gone means just that, whatever
 * somebody has done with the final one since. Names hold our number, so only a stranger's file can be in the way.
 */
static int
give_name(struct ledger *l, struct db_doc *d, struct str *final, struct err *e)
{
	struct str dir = str_fmt(l->turn, "inbox/" STR_FMT, STR_ARG(d->partner)), name = d->name;
	char *from = str_cstr(l->turn, d->path);

	for (int i = 0; i < FILE_NAME_TRIES; i++) {
		*final = str_fmt(l->turn, STR_FMT "/" STR_FMT, STR_ARG(dir), STR_ARG(name));
		if (sync_move(l->home, from, l->home, str_cstr(l->turn, *final)) == 0 || errno == ENOENT)
			return exists(l, dir) ? 0 : err_errno(e, STR_FMT, STR_ARG(dir));
		if (errno != EEXIST)
			return err_errno(e, STR_FMT, STR_ARG(*final));
		name = str_fmt(l->turn, "%d_" STR_FMT, i + 1, STR_ARG(d->name));
	}
	return err_set(e, ERR_RETRY, STR_FMT ": that name is taken", STR_ARG(*final));
}

static int
sync_folder(struct ledger *l, struct str partner, struct err *e)
{
	int fd = io_open_dir(l->home, str_cstr(l->turn, str_fmt(l->turn, "inbox/" STR_FMT, STR_ARG(partner))), e);
	int rc;

	if (fd == -1)
		return -1;
	rc = io_fsync_dir(fd, e);
	io_close(&fd);
	return rc;
}

struct filing {
	struct db_job *job;
	struct db_doc *doc;
	struct str final;
	bool done, synced;
	struct err err;
};

/* One fsync for all that went into the same folder. */
static void
sync_all(struct ledger *l, struct filing *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!v[i].done || v[i].synced)
			continue;
		struct err e;
		bool ok = sync_folder(l, v[i].doc->partner, &e) == 0;
		for (size_t j = i; j < n; j++)
			if (v[j].done && str_eq(v[j].doc->partner, v[i].doc->partner)) {
				v[j].synced = true;
				v[j].done = ok;
				if (!ok)
					v[j].err = e;
			}
	}
}

void
ledger_file_jobs(struct ledger *l)
{
	struct db_job *jobs;
	struct filing *v;
	struct err e;
	size_t n;

	if (!l->maybe_due[JOB_FILE])
		return;
	ledger_begin(l);
	ledger_must(l,
	    db_job_take(l->db, l->turn, JOB_FILE, l->now, l->now + LEDGER_LEASE_MS, S("ledger"),
	        FILE_JOBS_MAX, &jobs, &n, &e),
	    &e, "file jobs");
	l->maybe_due[JOB_FILE] = n == FILE_JOBS_MAX;
	v = arena_get_array(l->turn, n, sizeof(*v));
	for (size_t i = 0; i < n; i++) {
		v[i] = (struct filing){ .job = &jobs[i], .doc = ledger_doc(l, jobs[i].doc) };
		v[i].done = give_name(l, v[i].doc, &v[i].final, &v[i].err) == 0;
	}
	sync_all(l, v, n);
	for (size_t i = 0; i < n; i++) {
		struct db_doc *d = v[i].doc;

		if (!v[i].done) {
			log_ev(LOG_ERROR, d->id, "filing", KC("why", v[i].err.text));
			ledger_job_again(l, &jobs[i], l->now + FILE_AGAIN_MS);
			continue;
		}
		d->path = v[i].final;
		ledger_must(l, db_job_done(l->db, jobs[i].id, &e), &e, "filed");
		ledger_story(l, d, EV_FILED, 0, "ledger", 0, d->path, STR_FMT ", %llu bytes",
		    STR_ARG(d->path), (unsigned long long)d->size);
		ledger_owe_pay(l, d);
		ledger_queue_answers(l, d->parent != 0 ? d->parent : d->id, jobs[i].detail);
	}
}
