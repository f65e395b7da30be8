/* SPDX-License-Identifier: ISC */
/* cmd_cert_accept.c - a partner's new certificate that came by signed mail: beside the old after the operator's yes, or out of sight. */
#include "gateway/cli.h"

#include "gateway/certs_change.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int
cmd_cert_accept(int argc, char **argv)
{
	struct cli c;
	bool yes = false;
	const struct cli_opt opts[] = { { "--yes", .flag = &yes } };
	struct certs_pending pending[CERTS_PENDING_MAX];
	const struct certs_pending *one;
	const struct partner *pt;
	const struct conf *conf;
	size_t n;

	cli_start(&c, argc, argv, opts, N(opts));
	cli_want_args(&c, 1, 2);
	conf = cli_conf(&c);
	pt = certs_partner(&c, conf, c.args[0]);
	n = certs_find_pending(&c, conf, pt, pending);
	one = certs_choose(&c, pending, n, c.args[0], c.args[1]);
	certs_ask(yes);
	certs_take_up(&c, pt, one->set, &one->facts);
	certs_answer(&c, conf, pt, one, true, S(""));
	certs_pending_clear(pending, n);
	return EX_OK;
}

/* The file stays, under a name that nobody looks for. */
static void
put_away(struct cli *c, const struct certs_pending *one)
{
	struct str rest = one->path, folder = S("");
	size_t slash;

	while (str_chr(rest, '/', &slash)) {
		folder = str_sub(one->path, 0, (size_t)(rest.p - one->path.p) + slash);
		rest = str_from(rest, slash + 1);
	}
	if (rename(cli_path(c, STR_FMT, STR_ARG(one->path)),
	        cli_path(c, STR_FMT "/.refused_" STR_FMT, STR_ARG(folder), STR_ARG(str_from(rest, sizeof(CERTMAIL_PREFIX) - 1)))) == -1)
		cli_fail(EX_CANTCREAT, STR_FMT ": %s", STR_ARG(one->path), strerror(errno));
}

int
cmd_cert_refuse(int argc, char **argv)
{
	struct cli c;
	bool yes = false;
	const char *reason = "";
	const struct cli_opt opts[] = { { "--yes", .flag = &yes }, { "--reason", .text = &reason } };
	struct certs_pending pending[CERTS_PENDING_MAX];
	const struct certs_pending *one;
	const struct partner *pt;
	const struct conf *conf;
	size_t n;

	cli_start(&c, argc, argv, opts, N(opts));
	cli_want_args(&c, 1, 2);
	conf = cli_conf(&c);
	pt = certs_partner(&c, conf, c.args[0]);
	n = certs_find_pending(&c, conf, pt, pending);
	one = certs_choose(&c, pending, n, c.args[0], c.args[1]);
	if (!yes)
		cli_confirm("refuse?");
	put_away(&c, one);
	certs_answer(&c, conf, pt, one, false, str_of(reason));
	(void)printf("refused  %s%s\n", cli_shown(c.arena, one->facts.fingerprint),
	    one->request.n > 0 ? "; they are told" : "");
	certs_pending_clear(pending, n);
	return EX_OK;
}
