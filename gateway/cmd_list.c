/* SPDX-License-Identifier: ISC */
#include "gateway/cli.h"

#include "gateway/base/clock.h"
#include "gateway/docs.h"
#include "gateway/exchange.h"
#include "gateway/json.h"
#include "gateway/pick.h"

#include <stdio.h>

#define LIST_LIMIT	   100
#define LIST_PAGE	   10000	/* rows laid out together: millions do not fit into memory */
#define LIST_PAGE_ARENA	   ((size_t)256 << 20)
#define LIST_FOLLOW_MS	   3600000

struct list {
	struct cli cli;
	struct filter filter;
	bool json, follow;
	size_t limit, shown, attention;
	bool more, titled;
	struct arena *page;
	struct table *table;
};

static void
page_new(struct list *l)
{
	if (l->page == NULL)
		l->page = arena_new(LIST_PAGE_ARENA);
	arena_reset(l->page);
	l->table = docs_table(l->page);
}

/* Print what has been collected, and begin again. */
static void
page_put(struct list *l)
{
	if (!l->json && table_rows(l->table) > 0) {
		if (l->titled)
			cli_put_rows(l->table);
		else
			cli_put_table(l->table);
		l->titled = true;
	}
	page_new(l);
}

/* The row's strings are the database's for this call only: printing copies them. */
static void
show_doc(struct list *l, const struct db_doc *d)
{
	struct exchange x = { (enum ex_dir)d->dir, (enum ex_stage)d->stage, (enum ex_transport)d->t,
		(enum ex_receipt)d->r, (enum ex_ack)d->a, (enum ex_answer)d->b };

	if (exchange_needs_person(&x))
		l->attention++;
	if (l->json) {
		json_print(json_doc(l->page, d));
		page_new(l);
		return;
	}
	docs_row(l->table, l->page, d);
	if (table_rows(l->table) == LIST_PAGE)
		page_put(l);
}

static int
on_doc(void *arg, const struct db_doc *d, struct err *e)
{
	struct list *l = arg;

	(void)e;
	if (!pick_fits(&l->filter, d))
		return 0;
	if (l->limit > 0 && l->shown == l->limit) {
		l->more = true;
		return 0;
	}
	l->shown++;
	show_doc(l, d);
	return 0;
}

static void
closing_line(const struct list *l)
{
	if (l->shown == 0) {
		cli_warn("no documents%s", l->filter.given != 0 ? " fit" : " yet");
		return;
	}
	(void)fflush(stdout);
	(void)fprintf(stderr, "%zu document%s", l->shown, l->shown == 1 ? "" : "s");
	if (l->attention > 0 && !l->filter.attention)
		(void)fprintf(stderr, ", %zu need%s attention: edigate list state=attention", l->attention,
		    l->attention == 1 ? "s" : "");
	if (l->more)
		(void)fprintf(stderr, " (the newest; --limit 0 shows all)");
	(void)fputc('\n', stderr);
}

/* Does the database's own filter hold? The row is asked for again by its number, with the same filter. */
static int
on_changed(void *arg, const struct db_doc *d, struct err *e)
{
	struct list *l = arg;

	(void)e;
	if (pick_fits(&l->filter, d))
		show_doc(l, d);
	return 0;
}

static void
follow(struct list *l, struct db *db)
{
	struct docs_follow f;
	struct db_event *events;
	struct err e;
	size_t n;

	docs_follow_start(&f, db);
	for (;;) {
		struct arena *a = arena_new(LIST_PAGE_ARENA);
		int64_t last = 0;
		docs_follow_wait(&f, a, LIST_FOLLOW_MS, &events, &n);
		for (size_t i = 0; i < n; i++) {
			struct db_filter one = l->filter.db;
			if (events[i].doc == last)
				continue;
			last = one.id = events[i].doc;
			if (db_doc_each(db, &one, on_changed, l, &e) == -1)
				cli_die(0, &e);
		}
		page_put(l);
		arena_free(a);
	}
}

int
cmd_list(int argc, char **argv)
{
	struct list l = { .limit = LIST_LIMIT };
	struct cli *c = &l.cli;
	const char *limit = NULL;
	const struct cli_opt opts[] = {
		{ "--json", .flag = &l.json },
		{ "--follow", .flag = &l.follow },
		{ "--limit", .text = &limit },
	};
	uint64_t number;
	struct db *db;
	struct err e;

	cli_start(c, argc, argv, opts, N(opts));
	filter_init(&l.filter);
	for (size_t i = 0; i < c->n; i++)
		if (filter_add(&l.filter, str_of(c->args[i]), clock_wall_ms(), &e) == -1)
			cli_usage(c, "%s", e.text);
	if (limit != NULL && str_u64(str_of(limit), 1000000000, &number) == -1)
		cli_usage(c, "--limit '%s' is no number", limit);
	if (limit != NULL)
		l.limit = (size_t)number;
	/* One more than is shown tells whether there are more; state=attention is sifted here. */
	l.filter.db.limit = l.limit == 0 || l.filter.attention ? 0 : l.limit + 1;
	db = cli_db(c);
	page_new(&l);
	if (db_doc_each(db, &l.filter.db, on_doc, &l, &e) == -1)
		cli_die(0, &e);
	page_put(&l);
	if (!l.json)
		closing_line(&l);
	l.filter.db.limit = 0;
	if (l.follow)
		follow(&l, db);
	arena_free(l.page);
	db_close(db);
	return EX_OK;
}
