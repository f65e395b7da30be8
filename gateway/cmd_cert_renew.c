/* SPDX-License-Identifier: ISC */
/* cmd_cert_renew.c - a second certificate of ours beside the first, and partners told of it by signed mail. */
#include "gateway/cli.h"

#include "gateway/certs_change.h"
#include "gateway/house.h"
#include "gateway/settings.h"

#include <stdio.h>

/* Ours with the latest beginning: what a change goes to. */
static struct certs_file
newest_own(struct cli *c, const struct conf *conf)
{
	struct certs_file best = { 0 }, f;
	struct err e;

	for (size_t i = 0; i < conf->certs.n; i++) {
		if (certs_read(c->arena, conf->certs.v[i], &f, &e) == -1)
			cli_die(EX_CONFIG, &e);
		if (best.set == NULL || best.facts[0].not_before_ms <= f.facts[0].not_before_ms) {
			certs_clear(&best);
			best = f;
		} else {
			certs_clear(&f);
		}
	}
	return best;
}

static void
announce_newest(struct cli *c, const struct conf *conf)
{
	struct certs_file own = newest_own(c, conf);

	certs_announce(c, conf, own.set);
	certs_clear(&own);
}

int
cmd_cert_renew(int argc, char **argv)
{
	struct cli c;
	bool quiet = false;
	const struct cli_opt opts[] = { { "--no-announce", .flag = &quiet } };
	const struct settings_place cert = { S("gateway"), S(""), S("cert"), "config.ini" };
	const struct settings_place key = { S("gateway"), S(""), S("key"), "config.ini" };
	const struct conf *conf;
	struct house_key k;
	const char *name;

	cli_start(&c, argc, argv, opts, N(opts));
	cli_want_args(&c, 0, 0);
	conf = cli_conf(&c);
	name = certs_new_name(&c);
	k = (struct house_key){ .org = conf->name,
		.mail = conf->address,
		.key = cli_fmt(c.arena, "private/%s.key", name),
		.cert = cli_fmt(c.arena, "certs/%s.pem", name) };
	house_make_key(&c, &k);
	house_give_file(&c, cli_path(&c, "%s", k.key));
	house_give_file(&c, cli_path(&c, "%s", k.cert));
	/* The key first: a certificate without its key would be an error. */
	settings_append(&c, &key, k.key);
	settings_append(&c, &cert, k.cert);
	if (settings_reload(&c))
		(void)printf("the running gateway has it\n");
	conf = cli_conf(&c);
	certs_print(c.arena, conf->certs.v[conf->certs.n - 1]);
	if (!quiet)
		announce_newest(&c, conf);
	(void)printf("Mails are signed with the old one until a partner has taken up the new, or the old one ends.\n");
	return EX_OK;
}

int
cmd_cert_announce(int argc, char **argv)
{
	struct cli c;
	const struct conf *conf;
	struct certs_file own;

	cli_start(&c, argc, argv, NULL, 0);
	cli_want_args(&c, 0, 100);
	conf = cli_conf(&c);
	if (c.n == 0) {
		announce_newest(&c, conf);
		return EX_OK;
	}
	own = newest_own(&c, conf);
	for (size_t i = 0; i < c.n; i++)
		if (!certmail_can_go(certs_partner(&c, conf, c.args[i])))
			cli_fail(EX_CONFIG, "%s has no certificate, and so no S/MIME: hand over the certificate by other means", c.args[i]);
	for (size_t i = 0; i < c.n; i++) {
		certs_tell(&c, conf, certs_partner(&c, conf, c.args[i]), own.set);
		(void)printf("announced to  %s\n", c.args[i]);
	}
	certs_clear(&own);
	return EX_OK;
}

/* A partner whose software does not say so has told us on the phone. */
int
cmd_cert_confirm(int argc, char **argv)
{
	struct cli c;
	const struct conf *conf;
	const struct partner *pt;
	struct certs_file own;

	cli_start(&c, argc, argv, NULL, 0);
	cli_want_args(&c, 1, 2);
	conf = cli_conf(&c);
	pt = certs_partner(&c, conf, c.args[0]);
	own = newest_own(&c, conf);
	if (c.n == 2 && !certs_is_called(own.facts[0].fingerprint, str_of(c.args[1])))
		cli_fail(EX_DATAERR, "our newest certificate is %s, not %s",
		    cli_shown(c.arena, own.facts[0].fingerprint), c.args[1]);
	certs_note(&c, pt, own.set);
	(void)printf("%s knows %s: mails to them are signed with it from now on\n", cli_shown(c.arena, pt->key),
	    cli_shown(c.arena, own.facts[0].fingerprint));
	certs_clear(&own);
	return EX_OK;
}
