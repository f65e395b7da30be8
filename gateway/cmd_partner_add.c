/* SPDX-License-Identifier: ISC */
/*
 * cmd_partner_add.c - `edigate partner add`: from a card, or from its parts. The settings are read as they would be,
 * and only written when they are right.
 */
#include "gateway/cli.h"

#include "gateway/base/clock.h"
#include "gateway/base/ini.h"
#include "gateway/base/io.h"
#include "gateway/card.h"
#include "gateway/certs.h"
#include "gateway/control.h"
#include "gateway/house.h"
#include "gateway/ident.h"
#include "gateway/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct add {
	struct cli cli;
	const char *as, *mail, *cert, *name;
	struct cli_list ids;
	bool yes;
	struct card card;
};

static struct str
id_list(struct arena *a, const struct cli_list *ids)
{
	const char *all = "";

	for (size_t i = 0; i < ids->n; i++)
		all = cli_fmt(a, "%s%s%s", all, i == 0 ? "" : ", ", ids->v[i]);
	return str_of(all);
}

/* partner add NAME --mail A --cert F [--id Q:ID]... */
static void
from_parts(struct add *ad)
{
	struct cli *c = &ad->cli;

	if (ad->mail == NULL || !ident_is_address(str_of(ad->mail)))
		cli_usage(c, "--mail ADDR is needed: where the partner receives, like edi@acme.example");
	if (ad->cert == NULL)
		cli_usage(c, "--cert FILE is needed: the partner's certificate (PEM)");
	if (ad->as != NULL)
		cli_usage(c, "--as is for cards");
	for (size_t i = 0; i < ad->ids.n; i++)
		if (!ident_is_edi(str_of(ad->ids.v[i])))
			cli_usage(c, "--id '%s': want qualifier and id, like 14:5098765000007", ad->ids.v[i]);
	ad->card = (struct card){ str_of(c->args[0]), ad->name != NULL ? str_of(ad->name) : S(""),
		str_of(ad->mail), id_list(c->arena, &ad->ids), cli_input(c, ad->cert) };
}

static void
from_card(struct add *ad)
{
	struct cli *c = &ad->cli;
	struct str text = cli_input(c, c->args[0]);
	struct err e;

	if (text.n > CARD_BYTES_MAX)
		cli_fail(EX_DATAERR, "%s: over %zu bytes, no partner card", c->args[0], CARD_BYTES_MAX);
	if (card_read(c->arena, text, c->args[0], &ad->card, &e) == -1)
		cli_die(EX_DATAERR, &e);
	if (ad->name != NULL)
		ad->card.name = str_of(ad->name);
	if (ad->as != NULL)
		ad->card.key = str_of(ad->as);
}

/* A partner whose address or id is another's, or ours, would make mail unroutable: say so before writing. */
static void
refuse_clashes(struct add *ad, const struct conf *conf)
{
	const struct card *card = &ad->card;
	struct arena *a = ad->cli.arena;
	struct str list = card->address, one;
	const struct partner *other;

	if (partner_by_key(conf, card->key) != NULL)
		cli_fail(EX_CANTCREAT, "partner '%s' exists already: nothing was changed",
		    cli_shown(a, card->key));
	while (list.n > 0) {
		(void)str_cut(&list, ',', &one);
		one = str_trim(one);
		other = partner_by_address(conf, one);
		if (conf_is_own_address(conf, one))
			cli_fail(EX_DATAERR, "%s is our own address: is this our own card?", cli_shown(a, one));
		if (other != NULL)
			cli_fail(EX_DATAERR, "%s is an address of partner '%s' already", cli_shown(a, one),
			    cli_shown(a, other->key));
	}
	for (list = card->ids; list.n > 0;) {
		struct str qual, id;
		(void)str_cut(&list, ',', &one);
		id = str_trim(one);
		(void)str_cut(&id, ':', &qual);
		other = partner_by_id(conf, qual, id);
		if (other != NULL)
			cli_fail(EX_DATAERR, "%s:%s is an id of partner '%s' already",
			    cli_shown(a, qual), cli_shown(a, id), cli_shown(a, other->key));
	}
}

static void
show_and_ask(struct add *ad, const struct certs_file *certs)
{
	struct arena *a = ad->cli.arena;

	(void)printf("%s  %s  <%s>  id %s\n", cli_shown(a, ad->card.key), cli_shown(a, ad->card.name),
	    cli_shown(a, ad->card.address), cli_shown(a, ad->card.ids));
	for (size_t i = 0; i < certs->n; i++)
		certs_print_facts(a, &certs->facts[i]);
	if (ad->yes)
		return;
	(void)printf("Compare the fingerprint with your partner, on the phone or on paper.\n");
	cli_confirm("accept?");
}

static void
write_new(struct add *ad, const char *path, struct str content)
{
	struct err e;

	if (access(path, F_OK) == 0)
		cli_fail(EX_CANTCREAT, "%s exists already: nothing was changed", path);
	if (io_replace_file(AT_FDCWD, path, content, 0640, &e) == -1)
		cli_die(EX_CANTCREAT, &e);
	house_give_file(&ad->cli, path);
}

static struct str
partner_settings(struct add *ad)
{
	struct arena *a = ad->cli.arena;
	const struct card *card = &ad->card;
	struct str path = str_fmt(a, "certs/partners/" STR_FMT ".pem", STR_ARG(card->key));
	struct str text = ini_set(a, card_settings(a, card), S("partner"), card->key, S("cert"), path);

	return str_fmt(a, "; added by 'edigate partner add' on %s; edigate.ini(5) names more settings\n%.*s",
	    cli_day(a, clock_wall_ms()), (int)text.n, text.p);
}

static void
write_partner(struct add *ad)
{
	struct cli *c = &ad->cli;
	struct str key = ad->card.key, settings = partner_settings(ad);
	const char *file = house_partner_path(c, key);
	struct err e;

	if (access(file, F_OK) == 0)
		cli_fail(EX_CANTCREAT, "%s exists already: nothing was changed", file);
	if (stage_check(c, cli_fmt(c->arena, "partners.d/%s.ini", cli_shown(c->arena, key)),
	        settings, &e) == -1)
		cli_fail(e.kind == ERR_CONFIG ? EX_CONFIG : EX_CANTCREAT, "not added: %s", e.text);
	house_make_folder(c, "certs/partners", 0755);
	house_make_folder(c, "partners.d", 0750);
	/* The certificate first: settings that name it are read from the moment they are there. */
	write_new(ad, house_cert_path(c, key), ad->card.pem);
	write_new(ad, file, settings);
	(void)printf("written  %s\n", file);
}

static void
make_folders(struct add *ad)
{
	struct cli *c = &ad->cli;
	static const char *const sides[] = { "outbox", "inbox" };

	for (size_t i = 0; i < N(sides); i++) {
		const char *path = cli_fmt(c->arena, "%s/%s", sides[i], cli_shown(c->arena, ad->card.key));
		house_make_folder(c, path, 0770);
	}
	(void)printf("folders  outbox/%s  inbox/%s\n", cli_shown(c->arena, ad->card.key),
	    cli_shown(c->arena, ad->card.key));
}

int
cmd_partner_add(int argc, char **argv)
{
	struct add ad = { 0 };
	struct cli *c = &ad.cli;
	const struct cli_opt opts[] = {
		{ "--as", .text = &ad.as },
		{ "--mail", .text = &ad.mail },
		{ "--cert", .text = &ad.cert },
		{ "--name", .text = &ad.name },
		{ "--id", .list = &ad.ids },
		{ "--yes", .flag = &ad.yes },
	};
	const struct conf *conf;
	struct certs_file certs;
	struct err e;

	cli_start(c, argc, argv, opts, N(opts));
	cli_want_args(c, 1, 1);
	conf = cli_conf(c);
	if (ad.mail != NULL || ad.cert != NULL)
		from_parts(&ad);
	else
		from_card(&ad);
	if (!ident_is_key(ad.card.key))
		cli_usage(c, "partner name '%s': want lower-case letters, digits, . _ -",
		    cli_shown(c->arena, ad.card.key));
	refuse_clashes(&ad, conf);
	if (certs_parse(c->arena, ad.card.pem, &certs, &e) == -1)
		cli_fail(EX_DATAERR, "%s: %s", ad.cert != NULL ? ad.cert : c->args[0], e.text);
	show_and_ask(&ad, &certs);
	write_partner(&ad);
	make_folders(&ad);
	certs_clear(&certs);
	if (control_is_up(c))
		(void)printf("next:    the running gateway learns of it on SIGHUP: systemctl reload edigate\n");
	return EX_OK;
}
