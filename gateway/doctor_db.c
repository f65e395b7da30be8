/* SPDX-License-Identifier: ISC */
/* doctor_db.c - the database, whether every document in it moves on, and what lies on disk that no row knows. */
#include "gateway/doctor.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "gateway/chain_head.h"
#include "gateway/control.h"
#include "gateway/exchange.h"
#include "spool/spool.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define YOUNG_MS    600000		/* files in the making, and rows that are about to be written */
#define SCRATCH_MAX ((size_t)16 << 20)
#define NAMED_MAX   5			/* of many of a kind so many are named */

/* The end of the chain, as the gateway noted it last. */
static void
check_head(struct doctor *d)
{
	struct cli *c = &d->cli;
	struct chain_head head;
	struct str why = S("");
	struct err e;
	bool fits = false;

	if (chain_head_read(c->arena, AT_FDCWD, cli_path(c, "%s", CHAIN_HEAD_FILE), &head, &e) == -1 ||
	    chain_head_fits(d->db, c->arena, &head, &fits, &why, &e) == -1)
		why = str_of(e.text);
	if (!fits)
		doctor_says(d, DOCTOR_FAIL, "database", STR_FMT, STR_ARG(why));
}

void
doctor_database(struct doctor *d)
{
	struct cli *c = &d->cli;
	const char *path = cli_path(c, "%s", CLI_DB_FILE);
	struct str report = S(""), line;
	struct err e;
	int lock;

	if (!cli_has_db(c)) {
		doctor_says(d, DOCTOR_WARN, "database", "%s: nothing was recorded yet", path);
		return;
	}
	if (db_open(path, DB_READ, &d->db, &e) == -1) {
		doctor_says(d, DOCTOR_FAIL, "database", "%s", e.text);
		return;
	}
	if (db_check(d->db, c->arena, &report, &e) == -1)
		doctor_says(d, DOCTOR_FAIL, "database", "%s", e.text);
	else if (report.n == 0)
		doctor_says(d, DOCTOR_OK, "database", "%s: sound, SQLite %s", path, db_version(d->db));
	while (report.n > 0) {
		(void)str_cut(&report, '\n', &line);
		if (line.n > 0)
			doctor_says(d, DOCTOR_FAIL, "database", STR_FMT, STR_ARG(line));
	}
	check_head(d);
	if (d->running) {
		doctor_says(d, DOCTOR_OK, "database", "one writer: the gateway that runs");
		return;
	}
	lock = control_lock(c, &e);
	doctor_says(d, lock == -1 ? DOCTOR_FAIL : DOCTOR_OK, "database", "%s%s",
	    lock == -1 ? "no gateway answers, but " : "nobody writes to it",
	    lock == -1 ? e.text : "");
	io_close(&lock);
}

/* ---- documents ---- */

struct looking {
	struct doctor *d;
	struct arena *scratch;
	struct spool *spool;
	unsigned int stuck, lost, open;
};

/* Work or a date that moves it on. Hooks only tell of what happened. */
static int
has_timer(struct looking *l, const struct db_doc *doc, bool *out, struct err *e)
{
	struct db_job *jobs;
	size_t n;

	struct db_batch *in;

	if (db_batch_get(l->d->db, l->scratch, doc->id, &in, e) == -1)
		return -1;
	/* What goes out in a batch moves with it. */
	*out = doc->deadline_ms != 0 || (in != NULL && in->batch != 0 && in->batch != doc->id);
	if (db_job_list(l->d->db, l->scratch, doc->id, &jobs, &n, e) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		*out |= jobs[i].kind != JOB_HOOK;
	return 0;
}

static bool
has_mail(struct looking *l, struct str ulid)
{
	const char *name = str_cstr(l->scratch, ulid);

	return !ulid_is(ulid) || spool_has(l->spool, SPOOL_IN, name) ||
	    spool_has(l->spool, SPOOL_ARRIVED, name) || spool_has(l->spool, SPOOL_QUARANTINE, name);
}

/* The bytes that its next step needs. */
static int
has_files(struct looking *l, const struct db_doc *doc, const char **lacks, struct err *e)
{
	struct db_tx *txs;
	struct claim claim;
	size_t n;
	bool found;

	*lacks = NULL;
	if (doc->dir == EX_IN) {
		*lacks = has_mail(l, doc->ulid) ? NULL : "its mail";
		return 0;
	}
	if (doc->stage == ST_CLAIMED && doc->kind == DOC_DOCUMENT) {
		if (claim_find(l->scratch, l->spool, doc->ulid, &claim, &found, e) == -1)
			return -1;
		*lacks = found ? NULL : "the claimed file";
	}
	if (db_tx_list(l->d->db, l->scratch, doc->id, &txs, &n, e) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (txs[i].superseded_by == 0 &&
		    !spool_has(l->spool, SPOOL_OUT, str_cstr(l->scratch, txs[i].ulid)))
			*lacks = "its frozen mail";
	return 0;
}

static int
look_at_doc(void *arg, const struct db_doc *doc, struct err *e)
{
	struct looking *l = arg;
	struct exchange x = { (enum ex_dir)doc->dir, (enum ex_stage)doc->stage,
		(enum ex_transport)doc->t, (enum ex_receipt)doc->r, (enum ex_ack)doc->a,
		(enum ex_answer)doc->b };
	const char *lacks;
	bool timer;

	if (exchange_is_final(&x))
		return 0;
	l->open++;
	arena_reset(l->scratch);
	if (has_timer(l, doc, &timer, e) == -1 || has_files(l, doc, &lacks, e) == -1)
		return -1;
	if (!timer && !exchange_needs_person(&x) && l->stuck++ < NAMED_MAX)
		doctor_says(l->d, DOCTOR_FAIL, "documents",
		    "document %lld is '" STR_FMT
		    "' and has no job, deadline or person that moves it on",
		    (long long)doc->id, STR_ARG(doc->shown));
	if (lacks != NULL && l->lost++ < NAMED_MAX)
		doctor_says(l->d, DOCTOR_FAIL, "documents",
		    "document %lld is '" STR_FMT "' and %s is gone from the spool",
		    (long long)doc->id, STR_ARG(doc->shown), lacks);
	return 0;
}

static void
count_attention(struct doctor *d)
{
	struct db_count *counts;
	uint64_t unmatched = 0, quarantined = 0;
	struct err e;
	size_t n;

	if (db_doc_counts(d->db, d->cli.arena, &counts, &n, &e) == -1)
		return;
	for (size_t i = 0; i < n; i++) {
		unmatched += str_eq(counts[i].shown, S("unmatched")) ? counts[i].n : 0;
		quarantined += str_eq(counts[i].shown, S("quarantined")) ? counts[i].n : 0;
	}
	if (unmatched > 0)
		doctor_says(d, DOCTOR_WARN, "documents",
		    "%llu mail%s that fit nothing: edigate list state=unmatched",
		    (unsigned long long)unmatched, unmatched == 1 ? "" : "s");
	if (quarantined > 0)
		doctor_says(d, DOCTOR_WARN, "documents",
		    "%llu mail%s in quarantine: edigate list state=quarantined",
		    (unsigned long long)quarantined, quarantined == 1 ? "" : "s");
}

void
doctor_documents(struct doctor *d)
{
	const struct db_filter all = { .dir = -1, .kind = -1 };
	struct looking l = { .d = d };
	struct err e;

	if (d->db == NULL)
		return;
	if (spool_open(str_cstr(d->cli.arena, d->cli.home), false, &l.spool, &e) == -1) {
		doctor_says(d, DOCTOR_FAIL, "documents", "%s", e.text);
		return;
	}
	l.scratch = arena_new(SCRATCH_MAX);
	if (db_doc_each(d->db, &all, look_at_doc, &l, &e) == -1)
		doctor_says(d, DOCTOR_FAIL, "documents", "%s", e.text);
	else if (l.stuck == 0 && l.lost == 0)
		doctor_says(d, DOCTOR_OK, "documents",
		    "%u on the way: each has a job, a deadline or a person that moves it on",
		    l.open);
	else
		doctor_says(d, DOCTOR_FAIL, "documents",
		    "%u of %u on the way are stuck, %u lack their bytes", l.stuck, l.open, l.lost);
	count_attention(d);
	arena_free(l.scratch);
	spool_close(l.spool);
}

/* ---- files without rows ---- */

struct orphans {
	struct doctor *d;
	struct arena *scratch;
	unsigned int n;
};

static bool
is_young(const char *path)
{
	struct stat st;

	return lstat(path, &st) == -1 || clock_wall_ms() - (int64_t)st.st_mtim.tv_sec * 1000 < YOUNG_MS;
}

static void
orphan(struct orphans *o, const char *path, const char *what)
{
	if (!is_young(path) && o->n++ < NAMED_MAX)
		doctor_says(o->d, DOCTOR_WARN, "files", "%s: %s", path, what);
}

static bool
is_known(struct orphans *o, enum spool_box box, struct str ulid)
{
	struct db_doc *doc = NULL;
	struct db_tx *t = NULL;
	struct err e;

	arena_reset(o->scratch);
	/* A transmission's envelope id is the name of its file. */
	if (box == SPOOL_OUT)
		return db_tx_by_envid(o->d->db, o->scratch, ulid, &t, &e) == -1 || t != NULL;
	return db_doc_by_ulid(o->d->db, o->scratch, ulid, &doc, &e) == -1 || doc != NULL;
}

static void
look_at_box(struct orphans *o, struct spool *s, enum spool_box box, const char *what)
{
	struct arena *a = o->d->cli.arena;
	struct str *ulids;
	struct err e;
	size_t n;

	if (spool_list(a, s, box, &ulids, &n, &e) == -1) {
		doctor_says(o->d, DOCTOR_FAIL, "files", "%s", e.text);
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (!is_known(o, box, ulids[i]))
			orphan(o, cli_path(&o->d->cli, "%s", spool_path(a, s, box, str_cstr(a, ulids[i]))), what);
}

static void
look_at_claims(struct orphans *o, struct spool *s)
{
	struct arena *a = o->d->cli.arena;
	struct claim *claims;
	struct err e;
	size_t n;

	if (claim_list(a, s, &claims, &n, &e) == -1) {
		doctor_says(o->d, DOCTOR_FAIL, "files", "%s", e.text);
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (!is_known(o, SPOOL_IN, claims[i].ulid))
			orphan(o,
			    cli_path(&o->d->cli, "spool/claimed/" STR_FMT "~" STR_FMT,
			        STR_ARG(claims[i].ulid), STR_ARG(claims[i].partner)),
			    "claimed, and no document; taken up when the gateway starts");
}

/* Dotfiles that a worker left behind: `.ULID-N.OWN.part` of no opened document. */
static void
look_at_staged(struct orphans *o, struct str partner)
{
	const char *folder = cli_path(&o->d->cli, "inbox/" STR_FMT, STR_ARG(partner));
	DIR *dir = opendir(folder);
	struct dirent *entry;
	struct db_doc *doc;
	struct err e;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		struct str name = str_of(entry->d_name), ulid = str_sub(name, 1, ULID_MAX - 1);
		if (!str_starts(name, S(".")) || !str_ends(name, S(".part")) || !ulid_is(ulid))
			continue;
		arena_reset(o->scratch);
		if (db_doc_by_ulid(o->d->db, o->scratch, ulid, &doc, &e) == 0 &&
		    (doc == NULL || doc->stage != ST_OPENED))
			orphan(o, cli_fmt(o->d->cli.arena, "%s/%s", folder, entry->d_name),
			    "left by a worker; removed when the gateway starts");
	}
	if (dir != NULL)
		(void)closedir(dir);
}

void
doctor_orphans(struct doctor *d)
{
	struct orphans o = { .d = d };
	struct spool *s = NULL;
	struct err e;

	if (d->db == NULL || spool_open(str_cstr(d->cli.arena, d->cli.home), false, &s, &e) == -1)
		return;		/* doctor_documents() has told */
	o.scratch = arena_new(SCRATCH_MAX);
	look_at_box(&o, s, SPOOL_OUT,
	    "a mail that no transmission knows: it was never sent, and may be removed");
	look_at_box(&o, s, SPOOL_IN, "a mail that no document knows");
	look_at_box(&o, s, SPOOL_ARRIVED, "a mail that was taken and not yet recorded");
	look_at_claims(&o, s);
	for (size_t i = 0; d->has_conf && i < d->conf.n_partners; i++)
		look_at_staged(&o, d->conf.partners[i].key);
	if (o.n == 0)
		doctor_says(d, DOCTOR_OK, "files", "every file in the spool belongs to a document");
	else if (o.n > NAMED_MAX)
		doctor_says(d, DOCTOR_WARN, "files", "%u files in all belong to nothing", o.n);
	arena_free(o.scratch);
	spool_close(s);
}
