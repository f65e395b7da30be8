/* SPDX-License-Identifier: ISC */
/* cmd_act.c - `edigate retry|hold|release|cancel`: documents named or filtered; the ledger does it, or says why not. */
#include "gateway/cli.h"

#include "gateway/control.h"
#include "gateway/docs.h"
#include "gateway/pick.h"

#include <stdio.h>

struct act {
	struct cli cli;
	const char *word, *done;
	const char *reason;
	bool dry_run, yes;
};

static void
put_rows(struct act *act, const struct picked *all)
{
	struct table *t = docs_table(act->cli.arena);

	for (size_t i = 0; i < all->n; i++)
		docs_row(t, act->cli.arena, all->docs[i]);
	cli_put_table(t);
}

/* More than one document at once is asked for, or said with --yes: a filter may fit more than one thinks. */
static void
confirm(struct act *act, const struct picked *all)
{
	if (all->n < 2 || act->yes)
		return;
	put_rows(act, all);
	cli_confirm(cli_fmt(act->cli.arena, "%s these %zu documents?", act->word, all->n));
}

/* Returns the exit status that this one asks for. */
static int
act_on(struct act *act, const struct db_doc *d)
{
	struct msg ask = { .type = MSG_CTL_ACT,
		.id = d->id,
		.word = str_of(act->word),
		.text = str_of(act->reason) };
	struct msg answer;
	struct err e;

	if (control_ask(&act->cli, &ask, &answer, &e) == -1)
		cli_die(EX_UNAVAILABLE, &e);
	if (!answer.flag) {
		cli_warn("%lld not %s: %s", (long long)d->id, act->done,
		    cli_shown(act->cli.arena, answer.text));
		return answer.code != 0 ? (int)answer.code : CMD_NO;
	}
	(void)printf("%lld %s, now %s\n", (long long)d->id, act->done, cli_shown(act->cli.arena, answer.text));
	return EX_OK;
}

static int
run(int argc, char **argv, const char *done, bool takes_reason, bool wants_reason)
{
	struct act act = { .word = argv[0], .done = done };
	struct cli *c = &act.cli;
	const struct cli_opt opts[] = {
		{ "--dry-run", .flag = &act.dry_run },
		{ "--yes", .flag = &act.yes },
		{ "--reason", .text = &act.reason },
	};
	struct picked all;
	struct db *db;
	struct err e;
	int status = EX_OK;

	cli_start(c, argc, argv, opts, takes_reason ? 3 : 2);
	if (c->n == 0)
		cli_usage(c, "which documents? an ID, or FILTER like state=failed");
	if (wants_reason && act.reason == NULL && !act.dry_run)
		cli_usage(c, "--reason TEXT is needed: it stays with the document");
	db = cli_db(c);
	all = pick_all(c, db);
	db_close(db);
	if (all.n == 0)
		cli_fail(EX_NOINPUT, "no documents fit");
	if (act.dry_run) {
		(void)printf("would %s %zu:\n", act.word, all.n);
		put_rows(&act, &all);
		return EX_OK;
	}
	if (control_ping(c, &e) == -1)
		cli_die(EX_UNAVAILABLE, &e);
	confirm(&act, &all);
	for (size_t i = 0; i < all.n; i++) {
		int one = act_on(&act, all.docs[i]);
		if (one != EX_OK)
			status = one;
	}
	return status;
}

int
cmd_retry(int argc, char **argv)
{
	return run(argc, argv, "retried", false, false);
}

int
cmd_hold(int argc, char **argv)
{
	return run(argc, argv, "held", true, false);
}

int
cmd_release(int argc, char **argv)
{
	return run(argc, argv, "released", false, false);
}

int
cmd_cancel(int argc, char **argv)
{
	return run(argc, argv, "cancelled", true, true);
}
