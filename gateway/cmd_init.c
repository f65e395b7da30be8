/* SPDX-License-Identifier: ISC */
/* cmd_init.c - `edigate init`: folders, key and certificate, a commented config.ini. Overwrites nothing. */
#include "gateway/cli.h"

#include "gateway/base/clock.h"
#include "gateway/base/ini.h"
#include "gateway/base/io.h"
#include "gateway/house.h"
#include "gateway/ident.h"
#include "gateway/smarthost.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char head[] =
    "; config.ini - settings of this gateway; edigate.ini(5) explains each, 'edigate check' finds what is wrong.\n"
    "; Partners stand in partners.d/NAME.ini, written by 'edigate partner add'.\n"
    "\n"
    "[gateway]\n"
    "; who we are: partners see the name, mail goes out from the address and comes in for it\n"
    "name = \n"
    "address = \n"
    "; our interchange ids, qualifier:id, several with commas\n";
static const char smtp_head[] =
    "\n"
    "[smtp]\n"
    "; how mail leaves: a mail server of ours or of our provider, or host = mx for the partners' own servers;\n"
    "; tls is implicit, starttls (required), or none (only on this machine)\n";
static const char smtp_off[] =
    ";host = smtp.example.net\n"
    ";port = 465\n"
    ";tls = implicit\n";
static const char smtp_login[] =
    "; the password is never written here: file:PATH, env:NAME, command:... or credential:NAME\n";
static const char smtp_no_login[] =
    ";user = edi@nordwind.example\n"
    ";password = file:private/smtp.pass\n";
static const char listen_on[] =
    "\n"
    "[listen]\n"
    "; how mail comes in: an SMTP server that takes mail for our address only\n"
    "address = \n"
    "tls_cert = certs/tls.pem\n"
    "tls_key = private/tls.key\n";
static const char listen_off[] =
    "\n"
    "; How mail comes in: an SMTP server of our own, or 'edigate receive' behind another mail server.\n"
    ";[listen]\n"
    ";address = 0.0.0.0:25\n"
    ";tls_cert = certs/tls.pem\n"
    ";tls_key = private/tls.key\n";
static const char tail[] =
    "\n"
    "[receipt]\n"
    "; a receipt is overdue after wait, and given up after give_up\n"
    ";wait = 4h\n"
    ";give_up = 5d\n";

struct init {
	struct cli cli;
	const char *org, *mail, *smarthost, *listen;
	struct cli_list ids;
	struct smarthost relay;
	struct str listen_host;
	unsigned int listen_port;
};

static void
read_options(struct init *in, int argc, char **argv)
{
	const struct cli_opt opts[] = {
		{ "--org", .text = &in->org },
		{ "--mail", .text = &in->mail },
		{ "--id", .list = &in->ids },
		{ "--smarthost", .text = &in->smarthost },
		{ "--listen", .text = &in->listen },
	};
	struct cli *c = &in->cli;
	struct err e;

	cli_start(c, argc, argv, opts, N(opts));
	cli_want_args(c, 0, 0);
	if (in->org == NULL || str_trim(str_of(in->org)).n == 0)
		cli_usage(c, "--org NAME is needed: our company");
	if (in->mail == NULL || !ident_is_address(str_of(in->mail)))
		cli_usage(c, "--mail ADDR is needed: our mailbox, like edi@nordwind.example");
	for (size_t i = 0; i < in->ids.n; i++)
		if (!ident_is_edi(str_of(in->ids.v[i])))
			cli_usage(c,
			    "--id '%s' has no qualifier, want like 14:4012345000009 or ZZ:NORDWIND",
			    in->ids.v[i]);
	if (in->smarthost != NULL && smarthost_read(c->arena, str_of(in->smarthost), &in->relay, &e) == -1)
		cli_usage(c, "--smarthost: %s", e.text);
	if (in->listen != NULL &&
	    hostport_read(str_of(in->listen), &in->listen_host, &in->listen_port, &e) == -1)
		cli_usage(c, "--listen: %s", e.text);
}

static struct str
set(struct init *in, struct str text, struct str section, struct str key, struct str value)
{
	return ini_set(in->cli.arena, text, section, S(""), key, value);
}

static struct str
id_list(struct arena *a, const struct cli_list *ids)
{
	struct str all = S("");

	for (size_t i = 0; i < ids->n; i++)
		all = str_fmt(a, STR_FMT "%s%s", STR_ARG(all), i == 0 ? "" : ", ", ids->v[i]);
	return all;
}

/* The lines that will be set stand where they belong, empty, between their comments. */
static struct str
skeleton(struct init *in)
{
	bool mx = str_eq(in->relay.host, S("mx")), login = in->relay.user.n > 0;

	return str_fmt(in->cli.arena, "%s%s%s%s%s%s%s%s", head, in->ids.n > 0 ? "ids = \n" : ";ids = 14:4012345000009\n",
	    smtp_head, in->smarthost == NULL ? smtp_off : mx ? "host = \n" : "host = \nport = \ntls = \n", smtp_login,
	    login ? "user = \npassword = \n" : smtp_no_login, in->listen != NULL ? listen_on : listen_off, tail);
}

static struct str
relay_settings(struct init *in, struct str text)
{
	if (in->smarthost == NULL)
		return text;
	text = set(in, text, S("smtp"), S("host"), in->relay.host);
	if (str_eq(in->relay.host, S("mx")))
		return text;
	text = set(in, text, S("smtp"), S("port"), str_fmt(in->cli.arena, "%u", in->relay.port));
	text = set(in, text, S("smtp"), S("tls"), str_of(in->relay.tls));
	if (in->relay.user.n == 0)
		return text;
	text = set(in, text, S("smtp"), S("user"), in->relay.user);
	return set(in, text, S("smtp"), S("password"), S("file:private/smtp.pass"));
}

static struct str
settings(struct init *in)
{
	struct arena *a = in->cli.arena;
	struct str text = skeleton(in);

	text = set(in, text, S("gateway"), S("name"), str_trim(str_of(in->org)));
	text = set(in, text, S("gateway"), S("address"), str_of(in->mail));
	if (in->ids.n > 0)
		text = set(in, text, S("gateway"), S("ids"), id_list(a, &in->ids));
	text = relay_settings(in, text);
	if (in->listen != NULL)
		text = set(in, text, S("listen"), S("address"), str_of(in->listen));
	return text;
}

static void
make_keys(struct init *in)
{
	struct cli *c = &in->cli;
	struct house_key own = { .org = str_trim(str_of(in->org)),
		.mail = str_of(in->mail),
		.key = "private/edi.key",
		.cert = "certs/edi.pem" };
	struct house_key tls = { .org = own.org, .host = in->listen_host, .key = "private/tls.key",
		.cert = "certs/tls.pem" };

	house_make_key(c, &own);
	if (in->listen != NULL)
		house_make_key(c, &tls);
}

static void
write_settings(struct init *in, const char *path)
{
	struct err e;

	if (io_replace_file(AT_FDCWD, path, settings(in), 0640, &e) == -1)
		cli_die(EX_CANTCREAT, &e);
	(void)printf("  settings  %s\n", path);
}

static void
next_steps(struct init *in)
{
	struct cli *c = &in->cli;
	struct str slug = ident_slug(c->arena, str_of(in->org));

	(void)printf("next:\n");
	if (geteuid() == 0 && !house_has_user())
		(void)printf("  adduser --system --group edigate, or 'edigate config set gateway.user NAME', and give that user\n"
			     "  %s: the roles never run as root\n", cli_shown(c->arena, c->home));
	if (in->smarthost == NULL)
		(void)printf("  edigate config set smtp.host HOST        the server that takes our mail, or mx\n");
	else if (in->relay.user.n > 0)
		(void)printf("  write the password of " STR_FMT " into private/smtp.pass (mode 0600)\n",
		    STR_ARG(in->relay.user));
	(void)printf("  edigate partner card > " STR_FMT ".edipartner        give this file to your partner\n", STR_ARG(slug));
	(void)printf("  edigate partner add PARTNER.edipartner        the file they give you\n");
	(void)printf("  edigate check && edigate run\n");
}

int
cmd_init(int argc, char **argv)
{
	struct init in = { 0 };
	struct cli *c = &in.cli;
	char *config;

	read_options(&in, argc, argv);
	config = house_config_path(c);
	if (access(config, F_OK) == 0)
		cli_fail(EX_CANTCREAT, "%s exists already: nothing was changed", config);
	if (errno != ENOENT && errno != ENOTDIR)
		cli_fail(EX_NOPERM, "%s: %s", config, strerror(errno));
	(void)printf("created %s\n", cli_shown(c->arena, c->home));
	house_make_folders(c);
	make_keys(&in);
	write_settings(&in, config);
	house_give_away(c);
	next_steps(&in);
	return EX_OK;
}
