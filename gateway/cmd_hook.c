/* SPDX-License-Identifier: ISC */
/* cmd_hook.c - `edigate hook test`: run the hooks of an event here and now, as the hook role would. */
#include "gateway/cmd.h"

#include "gateway/docs.h"
#include "gateway/hook_input.h"
#include "gateway/hookrun.h"
#include "gateway/pick.h"

#include <signal.h>
#include <stdio.h>

#define TEST_TIMEOUT_MS (5 * 60 * 1000)

struct test {
	struct cli cli;
	struct loop *loop;
	struct hook_child *child;
	struct hook_list list;
	struct str env, json;
	bool late;
};

static void
on_ended(void *arg, int status, struct str output)
{
	struct test *t = arg;

	t->child = NULL;
	if (output.n > 0)
		(void)printf("%s\n", cli_shown(t->cli.arena, output));
	loop_stop(t->loop, status);
}

static void
on_timeout(void *arg)
{
	struct test *t = arg;

	t->late = true;
	hook_kill(t->child);
}

/* Its exit status; more than 128: the signal that killed it. */
static int
run_one(struct test *t, size_t i)
{
	struct loop_timer *timer;
	struct err e;
	int status;

	t->late = false;
	t->child = hook_start(t->loop, t->list.path[i], t->env, t->json, on_ended, t, &e);
	if (t->child == NULL)
		cli_die(EX_OSERR, &e);
	timer = loop_timer(t->loop, TEST_TIMEOUT_MS, on_timeout, t);
	status = loop_run(t->loop);
	if (!t->late)
		loop_timer_drop(t->loop, timer);
	(void)printf("%s: %s %d\n", t->list.name[i], status > 128 ? "ended by signal" : "exit status",
	    status > 128 ? status - 128 : status);
	return status;
}

/* The one that was named, or the newest that is in that state. */
static struct db_doc *
pick_document(struct cli *c, struct db *db, struct str event)
{
	struct picked fitting;

	static char words[64], *only[] = { words, NULL };

	if (c->n == 2)
		return pick_one(c, db, str_of(c->args[1]));
	(void)snprintf(words, sizeof(words), "state=" STR_FMT, STR_ARG(event));
	c->args = only;
	fitting = pick_all(c, db);
	if (fitting.n == 0)
		cli_fail(EX_NOINPUT, "no document is '" STR_FMT "': name one to test with", STR_ARG(event));
	return fitting.docs[0];
}

int
cmd_hook_test(int argc, char **argv)
{
	struct test t = { .child = NULL };
	struct cli *c = &t.cli;
	int status = EX_OK;
	struct db_doc *doc;
	struct conf *conf;
	struct str event;
	struct db *db;
	struct err e;

	cli_start(c, argc, argv, NULL, 0);
	cli_want_args(c, 1, 2);
	event = str_of(c->args[0]);
	conf = cli_conf(c);
	if (hook_find(c->arena, cli_path(c, "hooks.d"), event, &t.list, &e) == -1)
		cli_die(0, &e);
	db = cli_db(c);
	doc = pick_document(c, db, event);
	if (t.list.n == 0)
		cli_fail(EX_NOINPUT, "%s has no hooks: executables named NN-name, NN two digits",
		    cli_path(c, "hooks.d/" STR_FMT, STR_ARG(event)));
	(void)printf("'" STR_FMT "' with %s\n", STR_ARG(event), docs_head(c->arena, doc));
	t.env = hook_env(c->arena, conf->home, event, str_fmt(c->arena, "%lld-test", (long long)doc->id), doc);
	t.json = hook_json(c->arena, event, doc);
	(void)signal(SIGPIPE, SIG_IGN);		/* a hook need not read what it is given */
	t.loop = loop_new();
	for (size_t i = 0; i < t.list.n && status == EX_OK; i++)
		status = run_one(&t, i) == 0 ? EX_OK : CMD_NO;
	loop_free(t.loop);
	db_close(db);
	return status;
}
