/* SPDX-License-Identifier: ISC */
/* cmd_check.c - `edigate check`: what conf.h finds, and what only OpenSSL can tell of keys and certificates. */
#include "gateway/cli.h"

#include "gateway/certs_check.h"
#include "gateway/online.h"

#include <stdio.h>

struct findings {
	unsigned int errors, warnings;
};

static void
on_finding(void *arg, bool is_error, const char *text)
{
	struct findings *f = arg;

	if (is_error)
		f->errors++;
	else
		f->warnings++;
	(void)printf("%s\n", text);
}

static void
on_cert(void *arg, enum certs_says what, const char *text)
{
	struct str rest = str_of(text), path;

	if (what == CERTS_BAD)
		on_finding(arg, true, text);
	if (what != CERTS_SOON && what != CERTS_EARLY)
		return;
	(void)str_cut(&rest, ':', &path);	/* "file: warning: ...", as all others read */
	((struct findings *)arg)->warnings++;
	(void)printf("%.*s: warning:%.*s\n", (int)path.n, path.p, (int)rest.n, rest.p);
}

static void
on_answer(void *arg, const struct online_answer *a, struct str line)
{
	(void)line;
	if (a != NULL && !a->ok) {
		((struct findings *)arg)->errors++;
		(void)printf("online: " STR_FMT ": " STR_FMT ": " STR_FMT "\n", STR_ARG(a->partner),
		    STR_ARG(a->where), STR_ARG(a->text));
	}
}

int
cmd_check(int argc, char **argv)
{
	struct cli c;
	bool online = false;
	const struct cli_opt opts[] = { { "--online", .flag = &online } };
	struct findings f = { 0 };
	struct conf conf;
	struct err e;

	cli_start(&c, argc, argv, opts, N(opts));
	cli_want_args(&c, 0, 0);
	(void)conf_check(c.arena, c.home, on_finding, &f);
	if (conf_read(c.arena, c.home, &conf, &e) == 0)
		certs_check(&c, &conf, on_cert, &f);
	if (online && f.errors == 0 && online_ask(&c, NULL, on_answer, &f, &e) == -1)
		cli_die(EX_UNAVAILABLE, &e);
	(void)printf("%u error%s, %u warning%s\n", f.errors, f.errors == 1 ? "" : "s", f.warnings,
	    f.warnings == 1 ? "" : "s");
	return f.errors > 0 ? EX_CONFIG : EX_OK;
}
