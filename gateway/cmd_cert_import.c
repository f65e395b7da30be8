/* SPDX-License-Identifier: ISC */
/* cmd_cert_import.c - a certificate from a file: a partner's, after the operator's yes; or, with --own, one of ours. */
#include "gateway/cli.h"

#include "gateway/certs_change.h"

#include <stdio.h>

static void
read_file(struct cli *c, const char *path, struct certs_file *out)
{
	struct str bytes = cli_input(c, path);
	struct err e;

	out->set = NULL;
	if (cert_set_read_der(bytes, &out->set, &e) == 0) {
		out->n = 1;
		out->facts = arena_new_of(c->arena, struct cert_facts);
		if (cert_facts(c->arena, out->set, 0, out->facts, &e) == -1)
			cli_die(EX_DATAERR, &e);
	} else if (certs_parse(c->arena, bytes, out, &e) == -1) {
		cli_fail(EX_DATAERR, "%s: %s (PKCS #12 becomes PEM by 'openssl pkcs12 -nodes -in FILE -out NEW.pem')", path, e.text);
	}
}

int
cmd_cert_import(int argc, char **argv)
{
	struct cli c;
	bool yes = false, own = false, quiet = false;
	const char *key = NULL;
	const struct cli_opt opts[] = { { "--yes", .flag = &yes }, { "--own", .flag = &own },
		{ "--no-announce", .flag = &quiet }, { "--key", .text = &key } };
	const struct partner *pt = NULL;
	struct certs_file f;

	cli_start(&c, argc, argv, opts, N(opts));
	if (!own && (quiet || key != NULL))
		cli_usage(&c, "%s is for our own certificates: with --own", quiet ? "--no-announce" : "--key");
	cli_want_args(&c, own ? 1 : 2, own ? 1 : 2);
	if (!own)
		pt = certs_partner(&c, cli_conf(&c), c.args[0]);
	read_file(&c, c.args[own ? 0 : 1], &f);
	if (own) {
		certs_take_own(&c, &f, c.args[0], key, quiet);
	} else {
		certs_print_facts(c.arena, &f.facts[0]);
		certs_ask(yes);
		certs_take_up(&c, pt, f.set, &f.facts[0]);
	}
	certs_clear(&f);
	return EX_OK;
}
