/* SPDX-License-Identifier: ISC */
#include "gateway/cli.h"

#include "gateway/base/clock.h"
#include "gateway/docs.h"
#include "gateway/exchange.h"
#include "gateway/json.h"
#include "gateway/pick.h"

#include <stdio.h>
#include <string.h>

#define TRACE_FOLLOW_MS	   1000
#define TRACE_FOLLOW_ARENA ((size_t)64 << 20)

struct trace {
	struct cli cli;
	struct db *db;
	bool json, follow, smtp;
	int64_t attempt;		/* the newest that was shown, with --smtp */
	char day[16];			/* of the line before: a new day gets a line of its own */
};

static void
put_attempt(struct trace *t, struct arena *a, int64_t doc, const struct db_attempt *at)
{
	struct str rest = at->transcript, line;
	json_t *o;

	if (t->json) {
		o = json_attempt(a, at);
		json_int(o, "doc", doc);
		json_print(o);
		return;
	}
	while (str_next_line(&rest, &line))
		(void)printf("    %s\n", cli_shown(a, line));
}

/* The oldest attempt that is newer than the last one shown and had ended by then; NULL: none. */
static struct db_attempt *
next_attempt(struct trace *t, struct arena *a, int64_t doc, int64_t until_ms)
{
	struct db_attempt *attempts, *next = NULL;
	struct db_tx *txs;
	struct err e;
	size_t n, n_txs;

	if (db_tx_list(t->db, a, doc, &txs, &n_txs, &e) == -1)
		cli_die(0, &e);
	for (size_t i = 0; i < n_txs; i++) {
		if (db_attempt_list(t->db, a, txs[i].id, &attempts, &n, &e) == -1)
			cli_die(0, &e);
		for (size_t k = 0; k < n; k++)
			if (attempts[k].id > t->attempt && attempts[k].ended_ms > 0 &&
			    attempts[k].ended_ms <= until_ms &&
			    (next == NULL || attempts[k].id < next->id))
				next = &attempts[k];
	}
	return next;
}

static void
put_attempts(struct trace *t, int64_t doc, int64_t until_ms)
{
	struct db_attempt *at;

	do {
		struct arena *a = arena_new(TRACE_FOLLOW_ARENA);
		at = next_attempt(t, a, doc, until_ms);
		if (at != NULL) {
			put_attempt(t, a, doc, at);
			t->attempt = at->id;
		}
		arena_free(a);
	} while (at != NULL);
}

static void
put_event(struct trace *t, struct arena *a, const struct db_event *ev, bool with_doc)
{
	const char *day = cli_day(a, ev->at_ms);

	if (t->smtp)
		put_attempts(t, ev->doc, ev->at_ms);
	if (t->json) {
		json_print(json_event(a, ev));
		return;
	}
	if (strcmp(day, t->day) != 0 && (t->day[0] != '\0' || strcmp(day, cli_day(a, clock_wall_ms())) != 0))
		(void)printf("%s\n", day);
	(void)snprintf(t->day, sizeof(t->day), "%s", day);
	docs_put_event(a, ev, with_doc);
}

static bool
is_final(const struct db_doc *d)
{
	struct exchange x = { (enum ex_dir)d->dir, (enum ex_stage)d->stage, (enum ex_transport)d->t,
		(enum ex_receipt)d->r, (enum ex_ack)d->a, (enum ex_answer)d->b };

	return exchange_is_final(&x);
}

static void
put_head(struct trace *t, struct arena *a, const struct db_doc *d)
{
	struct str state = table_tint(a, cli_state_tint(d->shown), d->shown, cli_colour());

	if (!t->json)
		(void)printf("%s  %.*s\n", docs_head(a, d), (int)state.n, state.p);
}

/* Everything so far, in order, and the place to go on from. */
static void
put_all(struct trace *t, const struct db_doc *d, struct docs_follow *f)
{
	struct db_event *events;
	struct err e;
	size_t n;

	put_head(t, t->cli.arena, d);
	if (db_event_list(t->db, t->cli.arena, d->id, &events, &n, &e) == -1)
		cli_die(0, &e);
	for (size_t i = 0; i < n; i++)
		put_event(t, t->cli.arena, &events[i], false);
	f->db = t->db;
	f->last = n > 0 ? events[n - 1].id : 0;
}

static void
follow_one(struct trace *t, int64_t id, struct docs_follow *f)
{
	struct db_event *events;
	struct db_doc *d = NULL;
	struct err e;
	size_t n;

	for (bool done = false; !done;) {
		struct arena *a = arena_new(TRACE_FOLLOW_ARENA);
		/* Asked before the events are read: what happens in between is printed in the last round. */
		if (db_doc_get(t->db, a, id, &d, &e) == -1)
			cli_die(0, &e);
		done = d == NULL || is_final(d);
		docs_follow_wait(f, a, done ? 0 : TRACE_FOLLOW_MS, &events, &n);
		for (size_t i = 0; i < n; i++)
			if (events[i].doc == id)
				put_event(t, a, &events[i], false);
		if (done && d != NULL)
			put_head(t, a, d);
		arena_free(a);
	}
}

static void
follow_all(struct trace *t)
{
	struct docs_follow f;
	struct db_event *events;
	size_t n;

	docs_follow_start(&f, t->db);
	for (;;) {
		struct arena *a = arena_new(TRACE_FOLLOW_ARENA);
		docs_follow_wait(&f, a, TRACE_FOLLOW_MS, &events, &n);
		for (size_t i = 0; i < n; i++)
			put_event(t, a, &events[i], true);
		arena_free(a);
	}
}

int
cmd_trace(int argc, char **argv)
{
	struct trace t = { 0 };
	struct cli *c = &t.cli;
	const struct cli_opt opts[] = {
		{ "--json", .flag = &t.json }, { "--follow", .flag = &t.follow }, { "--smtp", .flag = &t.smtp },
	};
	struct docs_follow f;
	struct db_doc *d;

	cli_start(c, argc, argv, opts, N(opts));
	cli_want_args(c, t.follow ? 0 : 1, 1);
	t.db = cli_db(c);
	if (c->n == 0)
		follow_all(&t);
	d = pick_one(c, t.db, str_of(c->args[0]));
	put_all(&t, d, &f);
	if (t.follow)
		follow_one(&t, d->id, &f);
	db_close(t.db);
	return EX_OK;
}
