/* SPDX-License-Identifier: ISC */
/* cmd_cert_accept.c - a partner's new certificate, come by signed mail or in a file, beside the old after the operator's yes. */
#include "gateway/cli.h"

#include "gateway/base/io.h"
#include "gateway/certs_change.h"
#include "gateway/house.h"
#include "gateway/settings.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* A file of its own beside the others, and named in the partner's settings. */
static void
take_up(struct cli *c, const struct partner *pt, const struct cert_set *set, const struct cert_facts *facts)
{
	const char *path = cli_fmt(c->arena, "certs/partners/%s-%s.pem", cli_shown(c->arena, pt->key),
	    certs_short(c->arena, facts->fingerprint));
	const struct settings_place place = { S("partner"), pt->key, S("cert"), str_cstr(c->arena, pt->file) };
	struct buf pem = BUF_CAP(CERTS_FILE_MAX);
	struct err e;

	if (access(cli_path(c, "%s", path), F_OK) == 0)
		cli_fail(EX_CANTCREAT, "%s exists already: nothing was changed", path);
	if (cert_usable(set, 0, CERT_SIGNS, facts->not_before_ms + 1000, &e) == -1)
		cli_fail(EX_DATAERR, "nothing was changed: %s", e.text);
	house_make_folder(c, "certs/partners", 0755);
	if (cert_pem(set, 0, &pem, &e) == -1 || io_replace_file(AT_FDCWD, cli_path(c, "%s", path), buf_str(&pem), 0640, &e) == -1)
		cli_die(EX_CANTCREAT, &e);
	house_give_file(c, cli_path(c, "%s", path));
	settings_append(c, &place, path);
	buf_clear(&pem);
	(void)printf("written  %s\n", path);
	if (settings_reload(c))
		(void)printf("the running gateway has it: what they sign with it is believed, and what we send is encrypted to it too\n");
}

static void
ask(bool yes)
{
	if (yes)
		return;
	(void)printf("Compare the fingerprint or the words with your partner, on the phone or on paper.\n");
	cli_confirm("accept?");
}

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
	ask(yes);
	take_up(&c, pt, one->set, &one->facts);
	/* Their own certificate back to them, signed by us, says that it was taken up. */
	if (certs_can_be_told(pt))
		certs_drop(&c, pt, one->set);
	return EX_OK;
}

int
cmd_cert_import(int argc, char **argv)
{
	struct cli c;
	bool yes = false;
	const struct cli_opt opts[] = { { "--yes", .flag = &yes } };
	const struct partner *pt;
	struct certs_file f;
	struct err e;

	cli_start(&c, argc, argv, opts, N(opts));
	cli_want_args(&c, 2, 2);
	pt = certs_partner(&c, cli_conf(&c), c.args[0]);
	f.set = NULL;
	if (cert_set_read_der(cli_input(&c, c.args[1]), &f.set, &e) == 0) {
		f.facts = arena_new_of(c.arena, struct cert_facts);
		if (cert_facts(c.arena, f.set, 0, f.facts, &e) == -1)
			cli_die(EX_DATAERR, &e);
	} else if (certs_parse(c.arena, cli_input(&c, c.args[1]), &f, &e) == -1) {
		cli_fail(EX_DATAERR, "%s: %s", c.args[1], e.text);
	}
	certs_print_facts(c.arena, &f.facts[0]);
	ask(yes);
	take_up(&c, pt, f.set, &f.facts[0]);
	certs_clear(&f);
	return EX_OK;
}
