/* SPDX-License-Identifier: ISC */
/*
 * What a crash left. Nothing here needs to know how the last ledger ended: leases are given back, attempts that never
 * ended are judged by their phase, and folders are held against the database. All of it can be done twice.
 */
#include "gateway/ledger.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "gateway/base/log.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#define SCRATCH_MAX   ((size_t)4 << 20)
#define RECENT_EVENTS 20000		/* whose files may have missed the disk: half a minute of a busy gateway, many times */
#define SLACK_MS      (3600 * 1000)	/* clocks that are put back a little, or an hour's hook */

static void
end_open_attempts(struct ledger *l)
{
	struct db_attempt *open;
	struct err e;
	size_t n, jobs;

	ledger_must(l, db_attempt_open(l->db, l->turn, &open, &n, &e), &e, "recovery");
	for (size_t i = 0; i < n; i++) {
		struct db_tx *t = ledger_tx(l, open[i].tx);
		struct db_job *list;

		ledger_must(l, db_job_list(l->db, l->turn, t->doc, &list, &jobs, &e), &e, "recovery");
		for (size_t j = 0; j < jobs; j++)
			if (list[j].kind == JOB_SEND && list[j].tx == t->id) {
				ledger_attempt_lost(l, &list[j], open[i].id);
				break;
			}
	}
}

static bool
left_the_house(const struct db_doc *d)
{
	return d->t == T_ACCEPTED || d->t == T_DELAYED || d->t == T_RELAYED ||
	    d->t == T_DELIVERED || d->r == R_OK || d->r == R_WARNING;
}

/* What is looked through may be long: each item's memory ends with it. */
static struct db_doc *
doc_of(struct ledger *l, struct arena *scratch, struct str ulid)
{
	struct db_doc *d;
	struct err e;

	arena_reset(scratch);
	ledger_must(l, db_doc_by_ulid(l->db, scratch, ulid, &d, &e), &e, "recovery");
	return d;
}

/* Claimed files: unknown ones were claimed just before the end; known ones may have missed their move. */
static void
look_at_claims(struct ledger *l)
{
	struct arena *scratch = arena_new(SCRATCH_MAX);
	struct claim *claims;
	struct db_doc *d;
	struct err e;
	size_t n = 0;

	if (claim_list(l->turn, l->spool, &claims, &n, &e) == -1)
		log_ev(LOG_ERROR, 0, "recovery", KC("why", e.text));
	for (size_t i = 0; i < n; i++) {
		d = doc_of(l, scratch, claims[i].ulid);
		if (d == NULL) {
			ledger_claimed(l, claims[i].ulid, claims[i].partner);
			continue;
		}
		struct exchange x = ledger_exchange(d);
		if (left_the_house(d))
			effect_settle_claim(l, d, claims[i].partner, "sent");
		else if (exchange_is_final(&x))
			effect_settle_claim(l, d, claims[i].partner, "failed");
	}
	arena_free(scratch);
}

static void
look_at_arrivals(struct ledger *l)
{
	struct str *ulids;
	struct err e;
	size_t n;

	if (spool_list(l->turn, l->spool, SPOOL_ARRIVED, &ulids, &n, &e) == -1) {
		log_ev(LOG_ERROR, 0, "recovery", KC("why", e.text));
		return;
	}
	for (size_t i = 0; i < n; i++)
		ledger_arrived(l, ulids[i]);
}

/* Moves do not wait for the disk: what a crash took back is done again. */
static int
look_at_quarantined(void *arg, const struct db_doc *d, struct err *e)
{
	struct ledger *l = arg;

	(void)e;
	if (spool_has(l->spool, SPOOL_IN, str_cstr(l->turn, d->ulid)))
		effect_move(l, d->ulid, SPOOL_IN, SPOOL_QUARANTINE);
	return 0;
}

static void
look_at_quarantine(struct ledger *l, struct arena *scratch)
{
	struct db_filter quarantined = { .dir = EX_IN, .kind = -1, .state = S("quarantined") };
	struct str *ulids;
	struct db_doc *d;
	struct err e;
	size_t n;

	ledger_must(l, db_doc_each(l->db, &quarantined, look_at_quarantined, l, &e), &e, "recovery");
	if (spool_list(l->turn, l->spool, SPOOL_QUARANTINE, &ulids, &n, &e) == -1) {
		log_ev(LOG_ERROR, 0, "recovery", KC("why", e.text));
		return;
	}
	for (size_t i = 0; i < n; i++) {
		d = doc_of(l, scratch, ulids[i]);
		if (d != NULL && d->stage != ST_QUARANTINED)
			effect_move(l, ulids[i], SPOOL_QUARANTINE, SPOOL_IN);
	}
}

/* A staged payload belongs to an opened document, or to a worker that is gone. */
static bool
is_left_over(struct ledger *l, struct arena *scratch, const char *folder, struct str name)
{
	struct str ulid = str_sub(name, 1, ULID_MAX - 1), index = str_from(name, ULID_MAX + 1), rest = index;
	struct db_doc *d;

	if (name.n < ULID_MAX + 2 || name.p[0] != '.' || !ulid_is(ulid) ||
	    name.p[ULID_MAX] != '-' || !str_ends(name, S(".part")))
		return false;
	(void)str_cut(&rest, '.', &index);
	if (!str_eq(index, S("0")))
		ulid = str_fmt(l->turn, STR_FMT "-" STR_FMT, STR_ARG(ulid), STR_ARG(index));
	d = doc_of(l, scratch, ulid);
	return d == NULL || d->stage != ST_OPENED ||
	    !str_eq(d->path, str_fmt(scratch, "%s/" STR_FMT, folder, STR_ARG(name)));
}

static void
look_at_staged(struct ledger *l, struct arena *scratch, const struct partner *pt)
{
	char *folder = str_cstr(l->turn, str_fmt(l->turn, "inbox/" STR_FMT, STR_ARG(pt->key)));
	int fd = openat(l->home, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd == -1 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (dir == NULL) {
		io_close(&fd);
		return;		/* nothing was ever filed there */
	}
	while ((entry = readdir(dir)) != NULL)
		if (is_left_over(l, scratch, folder, str_of(entry->d_name)))
			effect_unlink(l, str_fmt(l->turn, "%s/%s", folder, entry->d_name));
	(void)closedir(dir);
}

/* ---- small files ---- */

static bool
is_older(struct ledger *l, struct str path, int64_t than_ms)
{
	struct stat st;

	return fstatat(l->home, str_cstr(l->turn, path), &st, AT_SYMLINK_NOFOLLOW) == -1 || st.st_size == 0 ||
	    (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000 < than_ms;
}

/* Files beside a document are written after the commit and without waiting for the disk: made again where that failed. */
static void
look_at_files(struct ledger *l, struct arena *scratch, int64_t id)
{
	struct db_doc *d;
	struct err e;

	arena_reset(scratch);
	ledger_must(l, db_doc_get(l->db, scratch, id, &d, &e), &e, "recovery");
	if (d == NULL)
		return;
	if (d->dir == EX_OUT && d->kind == DOC_DOCUMENT && is_older(l, ledger_status_path(l, d), d->changed_ms))
		effect_status(l, d);
	/* Of what is held it lies there where something was found in it. */
	if (d->dir == EX_OUT && d->kind == DOC_DOCUMENT &&
	    (ledger_is_failed(d) || (d->stage == ST_HELD && ledger_findings_text(l, d).n > 0)) &&
	    is_older(l, ledger_error_path(l, d), 0))
		effect_error_file(l, d);
	if (d->stage == ST_QUARANTINED &&
	    is_older(l, str_fmt(l->turn, "quarantine/" STR_FMT ".reason.txt", STR_ARG(d->ulid)), 0))
		ledger_reason_file(l, d);
}

static int
by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Only of what changed last: the business system may have taken the others away long ago. */
static void
look_at_recent(struct ledger *l, struct arena *scratch)
{
	struct db_event *events;
	int64_t newest, *ids;
	struct err e;
	size_t n;

	ledger_must(l, db_event_newest(l->db, &newest, &e), &e, "recovery");
	ledger_must(l,
	    db_event_since(l->db, l->turn, newest - RECENT_EVENTS, RECENT_EVENTS, &events, &n, &e),
	    &e, "recovery");
	ids = arena_get_array(l->turn, n + 1, sizeof(*ids));
	for (size_t i = 0; i < n; i++)
		ids[i] = events[i].doc;
	qsort(ids, n, sizeof(*ids), by_number);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || ids[i] != ids[i - 1])
			look_at_files(l, scratch, ids[i]);
}

/* ---- time ---- */

/* No role can hold a lease that is not in hand here; if our own mistake left one, the job goes on. */
static void
look_at_leases(struct ledger *l)
{
	struct db_attempt *attempts;
	struct db_job *jobs;
	struct err e;
	size_t n, m;

	ledger_must(l, db_job_expired(l->db, l->turn, l->now, &jobs, &n, &e), &e, "leases");
	for (size_t i = 0; i < n; i++) {
		if (ledger_in_hand(l, jobs[i].id))
			continue;
		log_ev(LOG_WARN, jobs[i].doc, "lease-expired", KI("job", jobs[i].id),
		    KS("owner", jobs[i].owner));
		ledger_job_again(l, &jobs[i], l->now);
		if (jobs[i].kind != JOB_SEND)
			continue;
		ledger_must(l, db_attempt_list(l->db, l->turn, jobs[i].tx, &attempts, &m, &e), &e, "leases");
		if (m > 0)
			ledger_attempt_lost(l, &jobs[i], attempts[m - 1].id);
	}
}

static int64_t
longer(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/*
 * A clock that is put back by a year would let everything wait for a year. Nothing waits longer than the settings say:
 * what seems to is due now, and a receipt's time begins anew.
 */
static void
look_at_clock(struct ledger *l)
{
	const struct conf *c = &l->role.conf;
	int64_t wait = longer(2 * c->retry_max_ms, c->uncertain_grace_ms),
	        receipt = longer(c->receipt_give_up_ms, c->receipt_wait_ms);
	uint64_t n;
	struct err e;

	for (size_t i = 0; i < c->n_partners; i++)
		receipt = longer(receipt,
		    longer(c->partners[i].receipt_give_up_ms, c->partners[i].receipt_wait_ms));
	ledger_begin(l);
	ledger_must(l, db_due_within(l->db, l->now, wait + SLACK_MS, 2 * receipt + SLACK_MS, c->receipt_wait_ms, &n, &e), &e, "clock");
	if (n > 0)
		log_ev(LOG_WARN, 0, "clock-put-back", KI("pulled_forward", (int64_t)n));
}

void
ledger_look_at_time(struct ledger *l)
{
	look_at_leases(l);
	look_at_clock(l);
}

void
ledger_look_at_folders(struct ledger *l)
{
	struct err e;

	if (spool_sweep(l->spool, &e) == -1)
		log_ev(LOG_ERROR, 0, "sweep", KC("why", e.text));
	look_at_claims(l);
	look_at_arrivals(l);
}

void
ledger_recover(struct ledger *l)
{
	struct arena *scratch = arena_new(SCRATCH_MAX);
	struct err e;

	ledger_begin(l);
	if (l->role.again)
		ledger_must(l, db_job_forgive(l->db, &e), &e, "recovery");
	end_open_attempts(l);
	ledger_must(l, db_job_release(l->db, S(""), &e), &e, "recovery");
	ledger_must(l, db_waiting_drop(l->db, S(""), S(""), &e), &e, "recovery");
	ledger_look_at_time(l);
	ledger_look_at_folders(l);
	look_at_quarantine(l, scratch);
	for (size_t i = 0; i < l->role.conf.n_partners; i++)
		look_at_staged(l, scratch, &l->role.conf.partners[i]);
	look_at_recent(l, scratch);
	for (size_t i = 0; i < N(l->maybe_due); i++)
		l->maybe_due[i] = true;
	l->looked = clock_mono_ms();
	arena_free(scratch);
}
