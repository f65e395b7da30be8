/* SPDX-License-Identifier: ISC */
#include "gateway/cli.h"

#include "gateway/base/clock.h"
#include "gateway/docs.h"
#include "gateway/exchange.h"
#include "gateway/pick.h"
#include "gateway/story.h"

#include <stdio.h>

#define SHOW_MESSAGES_MAX 20

struct show {
	struct cli cli;
	struct db *db;
	struct db_doc *doc;
	struct story story;
};

/* ---- for people ---- */

static void
line(struct show *s, const char *name, struct str value)
{
	if (value.n > 0)
		(void)printf("%-12s  %s\n", name, cli_shown(s->cli.arena, value));
}

static void
put_envelope(struct show *s)
{
	const struct db_doc *d = s->doc;
	struct arena *a = s->cli.arena;

	if (d->format.n > 0)
		(void)printf("%-12s  %s  %s \xe2\x86\x92 %s  control %s%s\n", "envelope",
		    cli_shown(a, d->format), cli_shown(a, d->sender), cli_shown(a, d->receiver),
		    cli_shown(a, d->control), d->test ? "  TEST" : "");
	for (size_t i = 0; i < s->story.n_messages && i < SHOW_MESSAGES_MAX; i++) {
		const struct db_message *m = &s->story.messages[i];
		const struct db_message_ack *k = story_ack(&s->story, m);
		(void)printf("%-12s  %u  %s %s  %s%s%s%s%s\n", i == 0 ? "messages" : "", m->ordinal,
		    cli_shown(a, m->type), cli_shown(a, m->number), cli_shown(a, m->version),
		    k != NULL ? "  " : "", k != NULL ? cli_shown(a, k->verdict) : "",
		    k != NULL && k->errors.n > 0 ? ": " : "",
		    k != NULL && k->errors.n > 0 ? cli_shown(a, k->errors) : "");
	}
	if (s->story.n_messages > SHOW_MESSAGES_MAX)
		(void)printf("%-12s  and %zu more\n", "", s->story.n_messages - SHOW_MESSAGES_MAX);
}

static void
put_state(struct show *s)
{
	const struct db_doc *d = s->doc;
	struct str shown = table_tint(s->cli.arena, cli_state_tint(d->shown), d->shown, cli_colour());

	(void)printf("%-12s  %.*s", "state", (int)shown.n, shown.p);
	if (d->t != T_NONE)
		(void)printf("  transport %s", exchange_t_name((enum ex_transport)d->t));
	if (d->dir == EX_OUT && d->r != R_NOT_WANTED)
		(void)printf("  receipt %s", exchange_r_name((enum ex_receipt)d->r));
	if (d->a != A_NOT_WANTED)
		(void)printf("  acknowledgement %s", exchange_a_name((enum ex_ack)d->a));
	if (d->b != B_NONE)
		(void)printf("  answer %s", exchange_b_name((enum ex_answer)d->b));
	(void)fputc('\n', stdout);
	line(s, "why", d->reason);
	if (d->deadline_ms != 0)
		(void)printf("%-12s  %s\n", "deadline", cli_when(s->cli.arena, d->deadline_ms));
}

/* Of the MICs that are kept the one that a right receipt carries. */
static struct str
first_of(struct str mics)
{
	struct str one;

	(void)str_cut(&mics, ';', &one);
	return one;
}

static void
put_tx(struct show *s, const struct story_tx *x)
{
	struct arena *a = s->cli.arena;
	const struct db_tx *t = &x->tx;

	(void)printf("%-12s  <%s>  %s  to %s%s\n", t->kind == TX_RECEIPT ? "receipt" : t->kind == TX_REPORT ? "report" : "mail",
	    cli_shown(a, t->message_id), cli_size(a, t->size), cli_shown(a, t->recipient),
	    t->superseded_by != 0 ? "  (superseded)" : "");
	(void)printf("%-12s  spool/out/%s.eml\n", "", cli_shown(a, t->ulid));
	if (t->mic.n > 0)
		(void)printf("%-12s  MIC %s\n", "", cli_shown(a, first_of(t->mic)));
	for (size_t i = 0; i < x->n; i++) {
		const struct db_attempt *at = &x->attempts[i];
		const char *code = at->code == 0 ? "" : cli_fmt(a, "%u ", at->code);
		(void)printf("%-12s  %s  %s  %s%s%s%s\n", i == 0 ? "attempts" : "", cli_when(a, at->started_ms),
		    at->result.n > 0 ? cli_shown(a, at->result) : "under way", code,
		    at->enhanced.n > 0 ? cli_fmt(a, "%s ", cli_shown(a, at->enhanced)) : "", cli_shown(a, at->reply),
		    at->ended_ms > 0 ? cli_fmt(a, "  (%s)", cli_span(a, at->ended_ms - at->started_ms)) : "");
		if (at->peer.n > 0)
			(void)printf("%-12s    %s%s%s\n", "", cli_shown(a, at->peer), at->tls.n > 0 ? ", " : "",
			    at->tls.n > 0 ? cli_shown(a, at->tls) : "");
	}
}

static void
put_proofs(struct show *s)
{
	struct arena *a = s->cli.arena;
	bool first = true;

	for (size_t i = 0; i < s->story.n_events; i++) {
		const struct db_event *ev = &s->story.events[i];
		if (ev->proof.n == 0)
			continue;
		(void)printf("%-12s  %-15s  %s\n", first ? "proofs" : "", cli_shown(a, ev->kind),
		    cli_shown(a, ev->proof));
		first = false;
	}
}

static bool
is_finding(const struct db_event *ev)
{
	return str_eq(ev->kind, str_of(exchange_event_name(EV_FINDING)));
}

/* Of the newest look at it. */
static void
put_findings(struct show *s)
{
	const struct db_event *v = s->story.events;
	size_t first = s->story.n_events, last;

	while (first > 0 && !is_finding(&v[first - 1]))
		first--;
	for (last = first; first > 0 && is_finding(&v[first - 1]); first--)
		;
	for (size_t i = first; i < last; i++)
		(void)printf("%-12s  %s\n", i == first ? "findings" : "", cli_shown(s->cli.arena, v[i].text));
}

static void
put_text(struct show *s)
{
	const struct db_doc *d = s->doc;
	struct arena *a = s->cli.arena;

	(void)printf("%s\n", docs_head(a, d));
	put_state(s);
	put_envelope(s);
	put_findings(s);
	line(s, "file", d->path);
	line(s, "sha256", d->sha256);
	line(s, "ulid", d->ulid);
	line(s, "subject", d->subject);
	if (d->dir == EX_IN)
		line(s, "message-id", d->message_id);
	if (d->parent != 0)
		(void)printf("%-12s  %lld\n", "belongs to", (long long)d->parent);
	(void)printf("%-12s  %s, changed %s\n", "created", cli_when(a, d->created_ms),
	    cli_when(a, d->changed_ms));
	for (size_t i = 0; i < s->story.n_txs; i++)
		put_tx(s, &s->story.txs[i]);
	put_proofs(s);
}

int
cmd_show(int argc, char **argv)
{
	struct show s = { 0 };
	bool json = false;
	const struct cli_opt opts[] = { { "--json", .flag = &json } };

	cli_start(&s.cli, argc, argv, opts, N(opts));
	cli_want_args(&s.cli, 1, 1);
	s.db = cli_db(&s.cli);
	s.doc = pick_one(&s.cli, s.db, str_of(s.cli.args[0]));
	story_read(&s.cli, s.db, s.doc, &s.story);
	if (json)
		json_print(story_json(s.cli.arena, &s.story));
	else
		put_text(&s);
	db_close(s.db);
	return EX_OK;
}
