/* SPDX-License-Identifier: ISC */
#include "gateway/docs.h"

#include "gateway/base/clock.h"
#include "gateway/exchange.h"

#include <stdio.h>
#include <time.h>

#define FOLLOW_POLL_MS 200
#define FOLLOW_BATCH   1000

struct table *
docs_table(struct arena *a)
{
	static const struct table_column columns[] = {
		{ "ID", 0, true }, { "WHEN", 0, false }, { "DIR", 0, false }, { "PARTNER", 20, false }, { "TYPE", 12, false },
		{ "NUMBER", 20, false }, { "STATE", 0, false }, { "FILE", 40, false }, { "WHY", 90, false },
	};

	return table_new(a, columns, N(columns));
}

void
docs_row(struct table *t, struct arena *a, const struct db_doc *d)
{
	struct table_cell *cell = table_row(t);

	cell[0].text = cli_fmt(a, "%lld", (long long)d->id);
	cell[1].text = cli_when(a, d->created_ms);
	cell[2].text = d->dir == EX_IN ? "in" : "out";
	cell[3].text = cli_shown(a, d->partner);
	cell[4].text = cli_shown(a, d->type.n > 0 || d->kind == DOC_DOCUMENT ? d->type :
	    d->kind == DOC_RECEIPT ? S("(receipt)") : d->kind == DOC_REPORT ? S("(report)") :
	    d->kind == DOC_ACK ? S("(ack)") : d->kind == DOC_BATCH ? S("(batch)") : S("(other)"));
	cell[5].text = cli_shown(a, d->number);
	cell[6] = (struct table_cell){ cli_shown(a, d->shown), cli_state_tint(d->shown) };
	cell[7].text = cli_shown(a, d->name);
	cell[8].text = d->reason.n > 0 ? cli_shown(a, d->reason) : "";
}

const char *
docs_head(struct arena *a, const struct db_doc *d)
{
	return cli_fmt(a, "%lld  %s%s%s  %s %s  %s  %s", (long long)d->id, cli_shown(a, d->type),
	    d->number.n > 0 ? " " : "", d->number.n > 0 ? cli_shown(a, d->number) : "",
	    d->dir == EX_IN ? "\xe2\x86\x90" : "\xe2\x86\x92", cli_shown(a, d->partner),
	    cli_shown(a, d->name), cli_size(a, d->size));
}

/* What an event means for the person who reads: the name it is stored by decides. */
static enum tint
event_tint(struct str kind)
{
	static const struct {
		const char *name;
		enum tint tint;
	} tints[] = {
		{ "accepted", TINT_GOOD }, { "filed", TINT_GOOD }, { "handed-over", TINT_GOOD }, { "mdn-ok", TINT_GOOD },
		{ "dsn-delivered", TINT_GOOD }, { "ack-accepted", TINT_GOOD }, { "receipt-sent", TINT_GOOD },
		{ "held", TINT_WAIT }, { "deferred", TINT_WAIT }, { "uncertain", TINT_WAIT }, { "dsn-delayed", TINT_WAIT },
		{ "receipt-overdue", TINT_WAIT }, { "ack-overdue", TINT_WAIT }, { "mdn-weak", TINT_WAIT },
		{ "duplicate", TINT_WAIT }, { "unmatched", TINT_WAIT },
		{ "invalid", TINT_BAD }, { "refused", TINT_BAD }, { "gave-up", TINT_BAD }, { "dsn-failed", TINT_BAD },
		{ "mdn-negative", TINT_BAD }, { "mdn-disputed", TINT_BAD }, { "ack-rejected", TINT_BAD },
		{ "quarantined", TINT_BAD }, { "receipt-failed", TINT_BAD },
	};

	for (size_t i = 0; i < N(tints); i++)
		if (str_eq(kind, str_of(tints[i].name)))
			return tints[i].tint;
	return TINT_NONE;
}

void
docs_put_event(struct arena *a, const struct db_event *ev, bool with_doc)
{
	struct str kind = str_of(cli_fmt(a, "%-15s", cli_shown(a, ev->kind)));
	const char *doc = with_doc ? cli_fmt(a, "%5lld  ", (long long)ev->doc) : "";

	kind = table_tint(a, event_tint(ev->kind), kind, cli_colour());
	(void)printf("%s%s  %-8s  %.*s  %s\n", doc, cli_stamp(a, ev->at_ms), cli_shown(a, ev->role),
	    (int)kind.n, kind.p, ev->text.n > 0 ? cli_shown(a, ev->text) : "");
}

static bool
has_after(struct docs_follow *f, int64_t id)
{
	struct arena *a = arena_new((size_t)1 << 20);
	struct db_event *events;
	struct err e;
	size_t n;

	if (db_event_since(f->db, a, id, 1, &events, &n, &e) == -1)
		cli_die(0, &e);
	arena_free(a);
	return n > 0;
}

/* The newest event's id, by halving: the timeline may be millions of lines long. */
void
docs_follow_start(struct docs_follow *f, struct db *db)
{
	int64_t low = 0, high = 1;	/* something after low, or low is the newest; nothing after high */

	f->db = db;
	while (has_after(f, high)) {
		low = high;
		high *= 2;
	}
	while (low < high) {
		int64_t mid = low + (high - low) / 2;
		if (has_after(f, mid))
			low = mid + 1;
		else
			high = mid;
	}
	f->last = low;
}

void
docs_follow_wait(struct docs_follow *f, struct arena *a, int64_t timeout_ms, struct db_event **out,
    size_t *n)
{
	const struct timespec pause = { .tv_nsec = FOLLOW_POLL_MS * 1000000L };
	int64_t end = clock_mono_ms() + timeout_ms;
	struct err e;

	for (;;) {
		if (db_event_since(f->db, a, f->last, FOLLOW_BATCH, out, n, &e) == -1)
			cli_die(0, &e);
		if (*n > 0) {
			f->last = (*out)[*n - 1].id;
			return;
		}
		if (clock_mono_ms() >= end)
			return;
		(void)fflush(stdout);
		(void)nanosleep(&pause, NULL);
	}
}
