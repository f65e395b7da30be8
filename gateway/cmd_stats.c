/* SPDX-License-Identifier: ISC */
/* cmd_stats.c - `edigate stats`: how many, how large, how fast the receipts came, what went wrong. */
#include "gateway/cli.h"

#include "gateway/base/clock.h"
#include "gateway/exchange.h"
#include "gateway/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATS_SCRATCH ((size_t)64 << 20)
#define STATS_SINCE   "30d"

/* One document, as far as it is counted. */
struct sample {
	struct str key;			/* what it is grouped by */
	bool out, complete, failed, late;
	uint64_t size;
	int64_t receipt_ms;		/* from the server's 250 to the receipt; -1: none */
};

struct stats {
	struct cli cli;
	struct db *db;
	struct arena *scratch;
	enum { BY_NOTHING, BY_PARTNER, BY_TYPE, BY_DAY } by;
	bool json;
	struct sample *samples;
	size_t n, size;
};

static struct sample *
sample_new(struct stats *s)
{
	if (s->n == s->size) {
		size_t size = s->size == 0 ? 1024 : s->size * 2;
		struct sample *more = realloc(s->samples, size * sizeof(*more));
		if (more == NULL)
			abort();
		s->samples = more;
		s->size = size;
	}
	return &s->samples[s->n++];
}

static struct str
key_of(struct stats *s, const struct db_doc *d)
{
	switch (s->by) {
	case BY_PARTNER:
		return str_dup(s->cli.arena, d->partner);
	case BY_TYPE:
		return str_dup(s->cli.arena, d->type);
	case BY_DAY:
		return s->json ? str_sub(clock_rfc3339(s->cli.arena, d->created_ms), 0, 10) : str_of(cli_day(s->cli.arena, d->created_ms));
	case BY_NOTHING:
		break;
	}
	return S("all");
}

static bool
is_among(struct str word, const struct str *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(words[i], word))
			return true;
	return false;
}

/* What only the story tells: how long the receipt took, whether something came late. */
static int
read_story(struct stats *s, const struct db_doc *d, struct sample *out, struct err *e)
{
	static const struct str receipts[] = { S_INIT("mdn-ok"), S_INIT("mdn-warning") };
	static const struct str lates[] = { S_INIT("receipt-overdue"), S_INIT("ack-overdue") };
	struct db_event *events;
	int64_t accepted = 0;
	size_t n;

	arena_reset(s->scratch);
	if (db_event_list(s->db, s->scratch, d->id, &events, &n, e) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (accepted == 0 && str_eq(events[i].kind, S("accepted")))
			accepted = events[i].at_ms;
		if (is_among(events[i].kind, lates, N(lates)))
			out->late = true;
		/* A receipt may overtake the server's answer: then it took no time at all. */
		if (out->receipt_ms == -1 && is_among(events[i].kind, receipts, N(receipts)))
			out->receipt_ms = accepted == 0 || events[i].at_ms < accepted ? 0 : events[i].at_ms - accepted;
	}
	return 0;
}

static int
on_doc(void *arg, const struct db_doc *d, struct err *e)
{
	static const struct str failed[] = { S_INIT("failed"), S_INIT("rejected"),
		S_INIT("disputed"), S_INIT("invalid"), S_INIT("quarantined") };
	static const struct str good[] = { S_INIT("complete"), S_INIT("filed"), S_INIT("handed-over") };
	struct stats *s = arg;
	struct sample *x = sample_new(s);

	*x = (struct sample){ .key = key_of(s, d), .out = d->dir == EX_OUT, .size = d->size, .receipt_ms = -1,
		.complete = is_among(d->shown, good, N(good)), .failed = is_among(d->shown, failed, N(failed)) };
	return x->out ? read_story(s, d, x, e) : 0;
}

static int
by_key_and_time(const void *x, const void *y)
{
	const struct sample *a = x, *b = y;
	int order = str_cmp(a->key, b->key);

	return order != 0 ? order : (a->receipt_ms > b->receipt_ms) - (a->receipt_ms < b->receipt_ms);
}

struct sum {
	struct str key;
	uint64_t out, in, complete, failed, late, bytes, receipts;
	int64_t p50_ms, p95_ms;
};

/* The value that so many percent do not exceed (nearest rank). */
static int64_t
percentile(const struct sample *ascending, size_t n, size_t percent)
{
	return n == 0 ? -1 : ascending[(n * percent + 99) / 100 - 1].receipt_ms;
}

/* Samples of one key, those without a receipt first. */
static struct sum
sum_up(const struct sample *x, size_t n)
{
	struct sum t = { .key = x[0].key };
	size_t none = 0;

	for (size_t i = 0; i < n; i++) {
		t.out += x[i].out;
		t.in += !x[i].out;
		t.complete += x[i].complete;
		t.failed += x[i].failed;
		t.late += x[i].late;
		t.bytes += x[i].size;
		none += x[i].receipt_ms == -1;
	}
	t.receipts = n - none;
	t.p50_ms = percentile(x + none, n - none, 50);
	t.p95_ms = percentile(x + none, n - none, 95);
	return t;
}

static void
put_json(struct stats *s, const char *by, const struct sum *t)
{
	json_t *o = json_new();

	if (s->by != BY_NOTHING)
		json_str(o, s->cli.arena, by, t->key);
	json_int(o, "out", (int64_t)t->out);
	json_int(o, "in", (int64_t)t->in);
	json_int(o, "complete", (int64_t)t->complete);
	json_int(o, "failed", (int64_t)t->failed);
	json_int(o, "late", (int64_t)t->late);
	json_int(o, "bytes", (int64_t)t->bytes);
	json_int(o, "receipts", (int64_t)t->receipts);
	if (t->receipts > 0) {
		json_int(o, "receipt_p50_ms", t->p50_ms);
		json_int(o, "receipt_p95_ms", t->p95_ms);
	}
	json_print(o);
}

static void
put_row(struct stats *s, struct table *table, const struct sum *t)
{
	struct arena *a = s->cli.arena;
	struct table_cell *cell = table_row(table);
	const uint64_t counts[] = { t->out, t->in, t->complete, t->failed, t->late };

	cell[0].text = cli_shown(a, t->key);
	for (size_t i = 0; i < N(counts); i++)
		cell[1 + i].text = cli_fmt(a, "%llu", (unsigned long long)counts[i]);
	cell[4].tint = t->failed > 0 ? TINT_BAD : TINT_NONE;
	cell[5].tint = t->late > 0 ? TINT_WAIT : TINT_NONE;
	cell[6].text = cli_size(a, t->bytes);
	cell[7].text = t->receipts > 0 ? cli_span(a, t->p50_ms) : "-";
	cell[8].text = t->receipts > 0 ? cli_span(a, t->p95_ms) : "-";
}

static void
put_all(struct stats *s, const char *by)
{
	static const struct table_column columns[] = { { "", 40, false }, { "OUT", 0, true },
		{ "IN", 0, true }, { "DONE", 0, true }, { "FAILED", 0, true }, { "LATE", 0, true },
		{ "SIZE", 0, true }, { "RECEIPT P50", 0, true }, { "P95", 0, true } };
	struct table *table = table_new(s->cli.arena, columns, N(columns));

	qsort(s->samples, s->n, sizeof(*s->samples), by_key_and_time);
	for (size_t from = 0, to; from < s->n; from = to) {
		for (to = from + 1; to < s->n && str_eq(s->samples[from].key, s->samples[to].key); to++)
			continue;
		struct sum t = sum_up(s->samples + from, to - from);
		if (s->json)
			put_json(s, by, &t);
		else
			put_row(s, table, &t);
	}
	if (!s->json && s->n > 0)
		cli_put_table(table);
	else if (!s->json)
		(void)printf("no documents in that time\n");
}

static void
set_by(struct stats *s, const char *by)
{
	static const char *const words[] = { [BY_PARTNER] = "partner", [BY_TYPE] = "type", [BY_DAY] = "day" };

	if (by == NULL)
		return;
	for (unsigned int i = BY_PARTNER; i <= BY_DAY; i++)
		if (strcmp(by, words[i]) == 0)
			s->by = i;
	if (s->by == BY_NOTHING)
		cli_usage(&s->cli, "--by is '%s', want partner, type or day", by);
}

int
cmd_stats(int argc, char **argv)
{
	struct stats s = { 0 };
	const char *by = NULL, *since = STATS_SINCE;
	const struct cli_opt opts[] = { { "--json", .flag = &s.json }, { "--by", .text = &by },
		{ "--since", .text = &since } };
	struct db_filter filter = { .dir = -1, .kind = DOC_DOCUMENT };
	struct err e;
	int64_t ms;

	cli_start(&s.cli, argc, argv, opts, N(opts));
	cli_want_args(&s.cli, 0, 0);
	set_by(&s, by);
	if (clock_read_span(str_of(since), &ms) == -1)
		cli_usage(&s.cli, "--since is '%s', want a span like 30d, 4h", since);
	filter.since_ms = clock_wall_ms() > ms ? clock_wall_ms() - ms : 1;
	s.db = cli_db(&s.cli);
	s.scratch = arena_new(STATS_SCRATCH);
	if (db_doc_each(s.db, &filter, on_doc, &s, &e) == -1)
		cli_die(0, &e);
	put_all(&s, by);
	arena_free(s.scratch);
	free(s.samples);
	db_close(s.db);
	return EX_OK;
}
