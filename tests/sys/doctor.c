/* SPDX-License-Identifier: ISC */
/*
 * doctor.c - is the house in order? Holds database and folders of one gateway against the rules of docs/STATES.md:
 *
 *   doctor HOME [quiet]
 *
 * Every document that is not at its end has a job, a deadline, or waits for a person; nothing that ended is still worked
 * on; every file lies where its row says, and none without a row. quiet: nothing is under way any more, so no job may be
 * leased, no attempt open, no mail between two folders. Prints a line for each finding; exits 1 when there was one.
 */
#include "db/db.h"
#include "gateway/base/log.h"
#include "gateway/exchange.h"
#include "spool/spool.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARENA_MAX ((size_t)1 << 30)

static struct db *db;
static struct spool *spool;
static struct arena *arena, *keep;
static int home;
static bool quiet;
static unsigned int findings;

static void __attribute__((format(printf, 2, 3)))
finding(int64_t doc, const char *fmt, ...)
{
	va_list ap;

	findings++;
	if (doc != 0)
		printf("document %lld: ", (long long)doc);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static void
must(int rc, const struct err *e)
{
	if (rc == 0)
		return;
	fprintf(stderr, "doctor: %s\n", e->text);
	exit(2);
}

static bool
is_there(struct str path)
{
	return faccessat(home, str_cstr(arena, path), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* ---- rows ---- */

static void
check_jobs(const struct db_doc *d, const struct exchange *x)
{
	struct db_job *jobs;
	struct err e;
	size_t n, work = 0;
	bool sends = false;

	must(db_job_list(db, arena, d->id, &jobs, &n, &e), &e);
	for (size_t i = 0; i < n; i++) {
		work += jobs[i].kind != JOB_HOOK;
		sends |= jobs[i].kind == JOB_SEND || jobs[i].kind == JOB_RECEIPT;
		if (quiet && jobs[i].lease_until_ms > 0)
			finding(d->id, "job %lld is leased to '" STR_FMT "'", (long long)jobs[i].id,
			    STR_ARG(jobs[i].owner));
		if (d->dir == EX_OUT && jobs[i].kind == JOB_SEND && exchange_is_final(x) &&
		    jobs[i].lease_until_ms == 0 && !str_eq(d->shown, S("complete")))
			finding(d->id, "is " STR_FMT ", and job %lld would send it",
			    STR_ARG(d->shown), (long long)jobs[i].id);
		if (d->dir == EX_OUT && jobs[i].kind == JOB_PACK && d->stage != ST_CLAIMED)
			finding(d->id, "is " STR_FMT ", and job %lld would pack it",
			    STR_ARG(d->shown), (long long)jobs[i].id);
	}
	if (!exchange_is_final(x) && !exchange_needs_person(x) && work == 0 && d->deadline_ms == 0)
		finding(d->id, "is " STR_FMT ", without a job, a deadline or a person", STR_ARG(d->shown));
	if (exchange_is_final(x) && d->deadline_ms != 0)
		finding(d->id, "is " STR_FMT ", and has a deadline", STR_ARG(d->shown));
	if (d->dir == EX_IN && !exchange_is_final(x) &&
	    (d->stage == ST_FILED || d->stage == ST_HANDED_OVER) && !sends)
		finding(d->id, "owes a receipt that no job sends");
}

static void
check_fold(const struct db_doc *d)
{
	struct exchange x = { .dir = (enum ex_dir)d->dir };
	struct db_event *events;
	enum ex_event ev;
	struct err e;
	size_t n;

	must(db_event_list(db, arena, d->id, &events, &n, &e), &e);
	for (size_t i = 0; i < n; i++)
		if (exchange_event_of(events[i].kind, &ev) == 0)
			(void)exchange_apply(&x, ev, events[i].arg);
	if (!str_eq(d->shown, str_of(exchange_shown(&x))))
		finding(d->id, "is shown as " STR_FMT ", its events say %s", STR_ARG(d->shown),
		    exchange_shown(&x));
}

static void
check_transmissions(const struct db_doc *d)
{
	struct db_attempt *attempts;
	struct db_tx *list;
	struct err e;
	size_t n, m;

	must(db_tx_list(db, arena, d->id, &list, &n, &e), &e);
	for (size_t i = 0; i < n; i++) {
		if (!spool_has(spool, SPOOL_OUT, str_cstr(arena, list[i].ulid)))
			finding(d->id, "its mail " STR_FMT " is not in spool/out", STR_ARG(list[i].ulid));
		must(db_attempt_list(db, arena, list[i].id, &attempts, &m, &e), &e);
		for (size_t k = 0; k < m; k++)
			if (attempts[k].phase != PHASE_ENDED && (quiet || k + 1 < m))
				finding(d->id, "attempt %lld is open", (long long)attempts[k].id);
	}
}

/* ---- files ---- */

static void
check_out(const struct db_doc *d, const struct exchange *x)
{
	bool found,
	    left = d->t == T_ACCEPTED || d->t == T_DELIVERED || d->t == T_RELAYED ||
	    exchange_is_final(x);
	struct claim claim;
	struct err e;

	must(claim_get(arena, spool, d->ulid, d->partner, &claim, &found, &e), &e);
	if (!found)
		must(claim_find(arena, spool, d->ulid, &claim, &found, &e), &e);
	if (!left && !found)
		finding(d->id, "is " STR_FMT ", and its original is not in spool/claimed", STR_ARG(d->shown));
	if (quiet && left && found)
		finding(d->id, "is " STR_FMT ", and its original is still in spool/claimed", STR_ARG(d->shown));
	if (quiet && left && d->path.n == 0 && !str_eq(d->shown, S("invalid")))
		finding(d->id, "is " STR_FMT ", and nobody knows where its original went", STR_ARG(d->shown));
}

static void
check_in(const struct db_doc *d)
{
	char *ulid = str_cstr(arena, d->ulid);
	bool in = spool_has(spool, SPOOL_IN, ulid), quarantined = spool_has(spool, SPOOL_QUARANTINE, ulid);

	if (d->ulid.n == ULID_MAX - 1 && in + quarantined + spool_has(spool, SPOOL_ARRIVED, ulid) != 1)
		finding(d->id, "its mail " STR_FMT " is %s", STR_ARG(d->ulid),
		    in ? "in two folders" : "gone from the spool");
	if (quiet && d->stage == ST_QUARANTINED && !quarantined)
		finding(d->id, "is quarantined, its mail is not");
	if (quiet && quarantined && d->stage != ST_QUARANTINED)
		finding(d->id, "is " STR_FMT ", its mail is in quarantine", STR_ARG(d->shown));
	if (d->stage == ST_QUARANTINED &&
	    !is_there(str_fmt(arena, "quarantine/" STR_FMT ".reason.txt", STR_ARG(d->ulid))))
		finding(d->id, "is quarantined without a reason beside it");
	if (d->stage == ST_OPENED && !is_there(d->path) && quiet)
		finding(d->id, "is opened, and what was staged is gone");
}

static int
check_doc(void *arg, const struct db_doc *d, struct err *e)
{
	struct exchange x = { .dir = (enum ex_dir)d->dir, .stage = (enum ex_stage)d->stage, .t = (enum ex_transport)d->t,
		.r = (enum ex_receipt)d->r, .a = (enum ex_ack)d->a, .b = (enum ex_answer)d->b };

	(void)arg, (void)e;
	arena_reset(arena);
	check_jobs(d, &x);
	check_fold(d);
	check_transmissions(d);
	if (d->dir == EX_OUT)
		check_out(d, &x);
	else
		check_in(d);
	return 0;
}

static void
check_box(enum spool_box box, const char *name)
{
	struct str *ulids;
	struct db_doc *d;
	struct err e;
	size_t n;

	must(spool_list(keep, spool, box, &ulids, &n, &e), &e);
	for (size_t i = 0; i < n; i++) {
		arena_reset(arena);
		must(db_doc_by_ulid(db, arena, ulids[i], &d, &e), &e);
		if (d == NULL)
			finding(0, "%s/" STR_FMT ".eml belongs to no document", name, STR_ARG(ulids[i]));
		else if (quiet && box == SPOOL_ARRIVED)
			finding(d->id, "its mail is still in spool/arrived");
	}
}

static void
check_claims(void)
{
	struct claim *claims;
	struct db_doc *d;
	struct err e;
	size_t n;

	must(claim_list(keep, spool, &claims, &n, &e), &e);
	for (size_t i = 0; i < n; i++) {
		arena_reset(arena);
		must(db_doc_by_ulid(db, arena, claims[i].ulid, &d, &e), &e);
		if (d == NULL)
			finding(0, "claim " STR_FMT " belongs to no document", STR_ARG(claims[i].ulid));
	}
}

/* Dotfiles that no document waits for. */
static void
check_staged(const char *inbox)
{
	DIR *dir = opendir(inbox);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		arena_reset(arena);
		char *path = str_cstr(arena, str_fmt(arena, "%s/%s", inbox, entry->d_name));
		DIR *folder = entry->d_name[0] == '.' ? NULL : opendir(path);
		struct dirent *file;

		while (folder != NULL && (file = readdir(folder)) != NULL)
			if (file->d_name[0] == '.' && file->d_name[1] != '.' && file->d_name[1] != '\0')
				finding(0, "%s/%s was left behind", path, file->d_name);
		if (folder != NULL)
			(void)closedir(folder);
	}
	if (dir != NULL)
		(void)closedir(dir);
}

int
main(int argc, char **argv)
{
	struct db_filter all = { .dir = -1, .kind = -1, .oldest_first = true };
	struct str report;
	struct err e;

	if (argc < 2) {
		fprintf(stderr, "usage: doctor HOME [quiet]\n");
		return 2;
	}
	quiet = argc > 2;
	log_open("doctor");
	arena = arena_new(ARENA_MAX);
	keep = arena_new(ARENA_MAX);
	home = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(home == -1 ? err_errno(&e, "%s", argv[1]) : 0, &e);
	must(spool_open(argv[1], false, &spool, &e), &e);
	must(db_open(str_cstr(keep, str_fmt(keep, "%s/db/edigate.db", argv[1])), DB_READ, &db, &e), &e);
	must(db_check(db, keep, &report, &e), &e);
	if (report.n > 0)
		finding(0, "database: " STR_FMT, STR_ARG(report));
	must(db_doc_each(db, &all, check_doc, NULL, &e), &e);
	check_box(SPOOL_ARRIVED, "spool/arrived");
	check_box(SPOOL_IN, "spool/in");
	check_box(SPOOL_QUARANTINE, "quarantine");
	check_claims();
	if (quiet)
		check_staged(str_cstr(keep, str_fmt(keep, "%s/inbox", argv[1])));
	db_close(db);
	spool_close(spool);
	arena_free(arena);
	arena_free(keep);
	printf("%u findings\n", findings);
	return findings > 0;
}
