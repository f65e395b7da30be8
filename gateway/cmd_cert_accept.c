/* SPDX-License-Identifier: ISC */
/* cmd_cert_accept.c - a partner's new certificate that came by signed mail, beside the old after the operator's yes. */
#include "gateway/cli.h"

#include "gateway/certs_change.h"

#include <stdio.h>

int
cmd_cert_accept(int argc, char **argv)
{
	struct cli c;
	bool yes = false;
	const struct cli_opt opts[] = { { "--yes", .flag = &yes } };
	struct certs_pending pending[CERTS_PENDING_MAX];
	const struct certs_pending *one = NULL;
	const struct partner *pt;
	const struct conf *conf;
	size_t n, fits = 0;

	cli_start(&c, argc, argv, opts, N(opts));
	cli_want_args(&c, 1, 2);
	conf = cli_conf(&c);
	pt = certs_partner(&c, conf, c.args[0]);
	n = certs_find_pending(&c, conf, pt, pending);
	for (size_t i = 0; i < n; i++)
		if (c.n == 1 || certs_is_called(pending[i].facts.fingerprint, str_of(c.args[1]))) {
			one = &pending[i];
			fits++;
		}
	if (fits == 0)
		cli_fail(CMD_NO, "no such certificate of '%s' waits: 'edigate cert list --pending' shows those that do", c.args[0]);
	if (fits > 1)
		cli_fail(EX_USAGE, "%zu certificates of '%s' wait: which? Give the beginning of its fingerprint", fits, c.args[0]);
	certs_print_facts(c.arena, &one->facts);
	certs_ask(yes);
	certs_take_up(&c, pt, one->set, &one->facts);
	/* Their own certificate back to them, signed by us, says that it was taken up. */
	if (certs_can_be_told(pt))
		certs_drop(&c, pt, one->set);
	return EX_OK;
}
