/* SPDX-License-Identifier: ISC */
/*
 * chain.c - the event log proves itself: every event has the SHA-256 of its fields and of the hash before it, so that
 * whoever changes, removes or inserts one must change all that follow. The newest hash, kept elsewhere too
 * (gateway/ledger_head.c), tells when the end is missing.
 */
#include "db/chain.h"

#include "gateway/base/sha256.h"

#define PAGE		500
#define PAGE_ARENA_MAX	((size_t)64 << 20)
#define TEXT_ARENA_MAX	((size_t)1 << 20)

/* Lengths in front of texts: no two events look the same. The id is none of it: it only orders. */
struct str
chain_text(struct arena *a, struct str before, const struct db_event *ev)
{
	struct str s = str_fmt(a,
	    "edigate event 1\nafter " STR_FMT
	    "\ndocument %lld\ntransmission %lld\nat %lld\nargument %u\n",
	    STR_ARG(before), (long long)ev->doc, (long long)ev->tx, (long long)ev->at_ms, ev->arg);
	const struct {
		const char *name;
		struct str value;
	} texts[] = { { "role", ev->role }, { "kind", ev->kind }, { "text", ev->text },
		{ "proof", ev->proof } };

	for (size_t i = 0; i < N(texts); i++) {
		s = str_cat(a, s, str_fmt(a, "%s %zu ", texts[i].name, texts[i].value.n));
		s = str_cat(a, str_cat(a, s, texts[i].value), S("\n"));
	}
	return s;
}

static struct str
hash_of(struct arena *a, struct str before, const struct db_event *ev)
{
	return sha256_hex(a, chain_text(a, before, ev));
}

static bool
follows(struct arena *a, struct str before, const struct db_event *ev)
{
	return str_eq(hash_of(a, before, ev), ev->hash);
}

int
db_event_before(struct db *db, struct arena *a, int64_t id, struct str *hash, struct err *e)
{
	struct db_event *ev;

	if (chain_last(db, a, id, &ev, e) == -1)
		return -1;
	*hash = ev != NULL ? ev->hash : S(CHAIN_START);
	return 0;
}

int
db_event_hash(struct db *db, struct arena *a, int64_t id, struct str *hash, struct err *e)
{
	struct db_event *ev;

	if (chain_last(db, a, id + 1, &ev, e) == -1)
		return -1;
	*hash = ev != NULL && ev->id == id ? ev->hash : S("");
	return 0;
}

/* ---- adding ---- */

/* The hash that the next event follows on is remembered within a transaction: db_begin() and db_rollback() forget it. */
static int
head(struct db *db, struct arena *a, struct str *hash, struct err *e)
{
	if (db->chain_known) {
		*hash = str_make(db->chain, CHAIN_HASH);
		return 0;
	}
	return db_event_before(db, a, INT64_MAX, hash, e);
}

static void
remember(struct db *db, struct str hash)
{
	for (size_t i = 0; i < CHAIN_HASH; i++)
		db->chain[i] = hash.p[i];
	db->chain_known = true;
}

int
db_event_add(struct db *db, const struct db_event *ev, int64_t *id, struct err *e)
{
	struct arena *a = arena_new(TEXT_ARENA_MAX);
	struct db_event chained = *ev;
	struct str before;
	int rc = -1;

	if (head(db, a, &before, e) == -1)
		goto out;
	chained.hash = hash_of(a, before, ev);
	if (chain_put(db, &chained, id, e) == -1)
		goto out;
	remember(db, chained.hash);
	rc = 0;
out:
	arena_free(a);
	return rc;
}

/* Events of before there was a chain get their hash, once: the first has none then. */
int
chain_complete(struct db *db, struct err *e)
{
	struct arena *a = arena_new(PAGE_ARENA_MAX);
	struct str before;
	struct db_event *events;
	int64_t after = 0;
	size_t n = 0;
	int rc = -1;

	if (chain_unhashed(db, &after, e) == -1)
		goto out;
	for (; after != -1; after = n < PAGE ? -1 : after) {
		if (db_event_before(db, a, after + 1, &before, e) == -1 ||
		    db_event_since(db, a, after, PAGE, &events, &n, e) == -1)
			goto out;
		for (size_t i = 0; i < n; i++) {
			before = hash_of(a, before, &events[i]);
			if (chain_set(db, events[i].id, before, e) == -1)
				goto out;
			after = events[i].id;
		}
		arena_reset(a);
	}
	rc = 0;
out:
	arena_free(a);
	return rc;
}

/* ---- proving ---- */

/* What became of the event that does not follow, as far as it and its neighbours tell. ev[1] may be NULL. */
static int
name_break(struct arena *a, struct str before, const struct db_event *const ev[2],
    struct buf *report, struct err *e)
{
	long long id = ev[0]->id;

	if (ev[0]->hash.n == 0)
		return buf_printf(report, e, "event %lld: has no hash: it was put in\n", id);
	if (ev[1] != NULL && follows(a, before, ev[1]) && follows(a, ev[1]->hash, ev[0]))
		return buf_printf(report, e, "event %lld: changed places with event %lld\n", id,
		    (long long)ev[1]->id);
	if (ev[1] != NULL && follows(a, before, ev[1]))
		return buf_printf(report, e, "event %lld: was put in\n", id);
	if (ev[1] != NULL && follows(a, ev[0]->hash, ev[1]))
		return buf_printf(report, e, "event %lld: was changed, or one before it was removed\n", id);
	return buf_printf(report, e,
	    "event %lld: does not follow on the one before it: one of them was changed\n", id);
}

struct walk {
	struct arena *a;		/* of a page */
	struct str before;
	char kept[CHAIN_HASH];		/* what before is of, once its page is gone */
	int64_t last;			/* id of the event before */
	bool broken;
};

static int
walk_page(struct walk *w, const struct db_event *events, size_t n, struct buf *report,
    struct err *e)
{
	for (size_t i = 0; i < n && i < PAGE && !w->broken; i++) {
		const struct db_event *const pair[] = { &events[i], i + 1 < n ? &events[i + 1] : NULL };
		if (events[i].id != w->last + 1) {
			w->broken = true;
			return buf_printf(report, e, "event %lld: %lld missing before it\n",
			    (long long)events[i].id, (long long)(events[i].id - w->last - 1));
		}
		if (!follows(w->a, w->before, &events[i])) {
			w->broken = true;
			return name_break(w->a, w->before, pair, report, e);
		}
		w->before = events[i].hash;
		w->last = events[i].id;
	}
	return 0;
}

int
chain_check(struct db *db, struct buf *report, struct err *e)
{
	struct walk w = { .a = arena_new(PAGE_ARENA_MAX), .before = S(CHAIN_START) };
	struct db_event *events;
	int64_t last;
	size_t n;
	int rc = -1;

	do {
		/* One more than is gone through: the last of a page has a neighbour too. */
		if (db_event_since(db, w.a, w.last, PAGE + 1, &events, &n, e) == -1 ||
		    walk_page(&w, events, n, report, e) == -1)
			goto out;
		for (size_t i = 0; i < CHAIN_HASH; i++)
			w.kept[i] = w.before.p[i];
		w.before = str_make(w.kept, CHAIN_HASH);
		arena_reset(w.a);
	} while (n == PAGE + 1 && !w.broken);
	if (chain_counted(db, &last, e) == -1)
		goto out;
	if (!w.broken && last > w.last &&
	    buf_printf(report, e, "event %lld: the last; %lld after it are missing\n",
	        (long long)w.last, (long long)(last - w.last)) == -1)
		goto out;
	rc = 0;
out:
	arena_free(w.a);
	return rc;
}
