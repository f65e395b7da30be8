/* SPDX-License-Identifier: ISC */
/* cmd_partner_test.c - `edigate partner test`: would a document get to that partner now? Nothing is sent. */
#include "gateway/cmd.h"

#include "gateway/certs.h"
#include "gateway/certs_change.h"
#include "gateway/online.h"

#include <stdio.h>

struct test {
	struct arena *arena;
	bool verbose, ok;
};

static void
on_answer(void *arg, const struct online_answer *a, struct str line)
{
	struct test *t = arg;

	if (a == NULL) {
		if (t->verbose || !t->ok)
			(void)printf("  %s\n", cli_shown(t->arena, line));
		return;
	}
	t->ok = a->ok;
	(void)printf("mail server  %s\n", cli_shown(t->arena, a->where));
	(void)printf("%s  %s\n", a->ok ? "answers    " : "failed     ", cli_shown(t->arena, a->text));
}

int
cmd_partner_test(int argc, char **argv)
{
	struct cli c;
	struct test t = { .ok = false };
	const struct cli_opt opts[] = { { "--smtp", .flag = &t.verbose } };
	const struct partner *pt;
	struct err e;

	cli_start(&c, argc, argv, opts, N(opts));
	cli_want_args(&c, 1, 1);
	t.arena = c.arena;
	pt = certs_partner(&c, cli_conf(&c), c.args[0]);
	for (size_t i = 0; i < pt->certs.n; i++)
		certs_print(c.arena, pt->certs.v[i]);
	(void)fflush(stdout);
	if (online_ask(&c, c.args[0], on_answer, &t, &e) == -1)
		cli_die(EX_UNAVAILABLE, &e);
	return t.ok ? EX_OK : CMD_NO;
}
