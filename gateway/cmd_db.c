/* SPDX-License-Identifier: ISC */
/* cmd_db.c - `edigate db check|rebuild|backup`. */
#include "gateway/cli.h"

#include "gateway/base/io.h"
#include "gateway/chain_head.h"
#include "gateway/control.h"
#include "gateway/house.h"
#include "gateway/rebuild.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* "812:4f...": as `db check` prints it, and the log has it. */
static struct chain_head
head_of(const char *word)
{
	struct str rest = str_of(word), id;
	struct chain_head head = { 0 };
	uint64_t n;

	(void)str_cut(&rest, ':', &id);
	if (str_u64(id, INT64_MAX, &n) == -1 || n == 0 || rest.n == 0)
		cli_fail(EX_USAGE, "--head wants NUMBER:HASH, as 'edigate db check' prints it");
	head.id = (int64_t)n;
	head.hash = rest;
	return head;
}

/* What db_check() cannot see: an end that is missing as if it had never been. */
static struct str
check_head(struct cli *c, struct db *db, const char *given)
{
	struct chain_head head;
	struct str why;
	struct err e;
	bool fits;

	if (given != NULL)
		head = head_of(given);
	else if (chain_head_read(c->arena, AT_FDCWD, cli_path(c, "%s", CHAIN_HEAD_FILE), &head, &e) == -1)
		return str_dup(c->arena, str_of(e.text));
	if (chain_head_fits(db, c->arena, &head, &fits, &why, &e) == -1)
		cli_die(0, &e);
	return fits ? S("") : given == NULL ? why : str_fmt(c->arena, "event %lld is not the one of --head", (long long)head.id);
}

int
cmd_db_check(int argc, char **argv)
{
	const char *given = NULL;
	const struct cli_opt opts[] = { { "--head", .text = &given } };
	struct cli c;
	struct db *db;
	struct str report, head, hash = S("");
	int64_t newest;
	struct err e;

	cli_start(&c, argc, argv, opts, N(opts));
	cli_want_args(&c, 0, 0);
	db = cli_db(&c);
	if (db_check(db, c.arena, &report, &e) == -1 || db_event_newest(db, &newest, &e) == -1 ||
	    db_event_hash(db, c.arena, newest, &hash, &e) == -1)
		cli_die(0, &e);
	head = check_head(&c, db, given);
	db_close(db);
	if (head.n > 0)
		report = str_fmt(c.arena, STR_FMT STR_FMT "\n", STR_ARG(report), STR_ARG(head));
	if (report.n > 0) {
		(void)printf("%.*s\n", (int)str_trim(report).n, str_trim(report).p);
		cli_warn("%s is damaged: restore a backup, then 'edigate db rebuild'",
		    cli_path(&c, "%s", CLI_DB_FILE));
		return CMD_NO;
	}
	(void)printf("%s: sound\n", cli_path(&c, "%s", CLI_DB_FILE));
	if (newest > 0)
		(void)printf("chain of events: whole, up to %lld:" STR_FMT "\n", (long long)newest,
		    STR_ARG(hash));
	return EX_OK;
}

/* Without a gateway: we are the one writer then, for as long as we hold its lock. */
static uint64_t
rebuild_here(struct cli *c)
{
	struct db *db = NULL;
	uint64_t differed;
	struct err e;
	int lock = control_lock(c, &e);

	if (lock == -1)
		cli_die(EX_TEMPFAIL, &e);
	if (db_open(cli_path(c, "%s", CLI_DB_FILE), DB_WRITE, &db, &e) == -1 || db_begin(db, &e) == -1 ||
	    rebuild_all(db, &differed, &e) == -1 || db_commit(db, &e) == -1)
		cli_die(0, &e);
	db_close(db);
	io_close(&lock);
	return differed;
}

/* With a gateway: it does so a part at a time, between its other work. */
static uint64_t
rebuild_there(struct cli *c)
{
	struct msg ask = { .type = MSG_CTL_REBUILD }, answer;
	uint64_t differed = 0, some;
	struct err e;

	do {
		if (control_ask(c, &ask, &answer, &e) == -1)
			cli_die(EX_TEMPFAIL, &e);
		if (!answer.flag)
			cli_fail((int)answer.code, "%s", cli_shown(c->arena, answer.text));
		if (str_u64(answer.text, UINT64_MAX, &some) == 0)
			differed += some;
		ask.id = answer.id;
	} while (answer.id != 0);
	return differed;
}

int
cmd_db_rebuild(int argc, char **argv)
{
	struct cli c;
	uint64_t differed;

	cli_start(&c, argc, argv, NULL, 0);
	cli_want_args(&c, 0, 0);
	if (!cli_has_db(&c))
		cli_fail(EX_UNAVAILABLE, "nothing recorded in %s yet", cli_shown(c.arena, c.home));
	differed = control_is_up(&c) ? rebuild_there(&c) : rebuild_here(&c);
	(void)printf("%llu document%s differed\n", (unsigned long long)differed, differed == 1 ? "" : "s");
	return EX_OK;
}

int
cmd_db_backup(int argc, char **argv)
{
	struct cli c;
	struct db *db;
	struct err e;

	cli_start(&c, argc, argv, NULL, 0);
	cli_want_args(&c, 1, 1);
	if (access(c.args[0], F_OK) == 0)
		cli_fail(EX_CANTCREAT, "%s exists already: nothing was changed", c.args[0]);
	db = cli_db(&c);
	if (db_backup(db, c.args[0], &e) == -1)
		cli_die(EX_CANTCREAT, &e);
	db_close(db);
	(void)printf("written %s\n", c.args[0]);
	return EX_OK;
}
