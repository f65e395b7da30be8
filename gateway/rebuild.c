/* SPDX-License-Identifier: ISC */
#include "gateway/rebuild.h"

#include "gateway/base/arena.h"
#include "gateway/exchange.h"

#define REBUILD_PAGE	  500		/* documents read at once: they change while the next page is asked for */
#define REBUILD_ARENA_MAX ((size_t)256 << 20)

struct page {
	int64_t ids[REBUILD_PAGE];
	size_t n;
};

static int
on_doc(void *arg, const struct db_doc *d, struct err *e)
{
	struct page *page = arg;

	(void)e;
	if (page->n < REBUILD_PAGE)
		page->ids[page->n++] = d->id;
	return 0;
}

static int
fold(struct db *db, struct arena *a, int64_t id, struct exchange *x, struct err *e)
{
	struct db_event *events;
	enum ex_event ev;
	size_t n;

	if (db_event_list(db, a, id, &events, &n, e) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (exchange_event_of(events[i].kind, &ev) == -1)
			return err_set(e, ERR_CONFIG,
			    "document %lld: event '" STR_FMT "' is of a newer version",
			    (long long)id, STR_ARG(events[i].kind));
		(void)exchange_apply(x, ev, events[i].arg);
	}
	return 0;
}

static int
rebuild_one(struct db *db, struct arena *a, int64_t id, uint64_t *differed, struct err *e)
{
	struct db_doc *d;
	struct exchange x = { 0 };

	if (db_doc_get(db, a, id, &d, e) == -1)
		return -1;
	if (d == NULL)
		return 0;
	x.dir = (enum ex_dir)d->dir;
	if (fold(db, a, id, &x, e) == -1)
		return -1;
	if (d->stage == (int)x.stage && d->t == (int)x.t && d->r == (int)x.r && d->a == (int)x.a &&
	    d->b == (int)x.b && str_eq(d->shown, str_of(exchange_shown(&x))))
		return 0;
	d->stage = (int)x.stage;
	d->t = (int)x.t;
	d->r = (int)x.r;
	d->a = (int)x.a;
	d->b = (int)x.b;
	d->shown = str_of(exchange_shown(&x));
	(*differed)++;
	return db_doc_put(db, d, e);
}

int
rebuild_some(struct db *db, int64_t *before, uint64_t *differed, struct err *e)
{
	struct arena *a = arena_new(REBUILD_ARENA_MAX);
	struct db_filter f = { .dir = -1, .kind = -1, .limit = REBUILD_PAGE, .before_id = *before };
	struct page page = { .n = 0 };
	int rc = -1;

	if (db_doc_each(db, &f, on_doc, &page, e) == -1)
		goto out;
	for (size_t i = 0; i < page.n; i++) {
		if (rebuild_one(db, a, page.ids[i], differed, e) == -1)
			goto out;
		arena_reset(a);
	}
	*before = page.n == REBUILD_PAGE ? page.ids[page.n - 1] : 0;
	rc = 0;
out:
	arena_free(a);
	return rc;
}

int
rebuild_all(struct db *db, uint64_t *differed, struct err *e)
{
	int64_t before = 0;

	*differed = 0;
	do {
		if (rebuild_some(db, &before, differed, e) == -1)
			return -1;
	} while (before != 0);
	return 0;
}
