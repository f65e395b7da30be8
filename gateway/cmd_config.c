/* SPDX-License-Identifier: ISC */
/* cmd_config.c - `edigate config show|get|set`. */
#include "gateway/cli.h"

#include "gateway/base/ini.h"
#include "gateway/house.h"
#include "gateway/ident.h"
#include "gateway/settings.h"

#include <stdio.h>
#include <unistd.h>

struct show {
	struct cli cli;
	bool origin;
	struct table *table;
};

static void
on_setting(void *arg, const struct setting *s, struct str partner, struct str value,
    struct str origin)
{
	struct show *sh = arg;
	struct arena *a = sh->cli.arena;
	const char *name = partner.n > 0 ? cli_fmt(a, "partner.%s.%s", cli_shown(a, partner), s->key) :
	    cli_fmt(a, "%s.%s", s->section, s->key);
	const char *shown = value.n == 0 ? "" : cli_shown(a, value);
	struct table_cell *cell;

	if (!sh->origin) {
		(void)printf("%s = %s\n", name, shown);
		return;
	}
	cell = table_row(sh->table);
	cell[0].text = cli_shown(a, origin);
	cell[1].text = cli_fmt(a, "%s = %s", name, shown);
}

int
cmd_config_show(int argc, char **argv)
{
	static const struct table_column columns[] = { { "", 0, false }, { "", 0, false } };
	struct show s = { 0 };
	const struct cli_opt opts[] = { { "--origin", .flag = &s.origin } };
	struct err e;

	cli_start(&s.cli, argc, argv, opts, N(opts));
	cli_want_args(&s.cli, 0, 0);
	s.table = table_new(s.cli.arena, columns, N(columns));
	if (conf_each(s.cli.arena, s.cli.home, on_setting, &s, &e) == -1)
		cli_die(EX_CONFIG, &e);
	if (s.origin)
		cli_put_rows(s.table);
	return EX_OK;
}

int
cmd_config_get(int argc, char **argv)
{
	struct cli c;
	struct str value, origin;
	struct err e;

	cli_start(&c, argc, argv, NULL, 0);
	cli_want_args(&c, 1, 1);
	if (conf_get(c.arena, c.home, str_of(c.args[0]), &value, &origin, &e) == -1)
		cli_die(e.kind == ERR_INPUT ? EX_USAGE : EX_CONFIG, &e);
	(void)printf("%.*s\n", (int)value.n, value.n > 0 ? value.p : "");
	return EX_OK;
}

/* ---- config set ---- */

/* "smtp.host", "partner.acme.address": a partner's name may hold dots, a key never does. */
static struct settings_place
place_of(struct cli *c, struct str dotted)
{
	struct settings_place p = { .file = "config.ini" };
	struct str rest = dotted;
	size_t last = dotted.n;

	while (last > 0 && dotted.p[last - 1] != '.')
		last--;
	if (last == 0)
		cli_usage(c, "setting '%s': want SECTION.KEY or partner.NAME.KEY", cli_shown(c->arena, dotted));
	(void)str_cut(&rest, '.', &p.section);
	p.key = str_from(dotted, last);
	if (last > p.section.n + 1)
		p.name = str_sub(dotted, p.section.n + 1, last - 2 - p.section.n);
	if (p.name.n > 0 && ident_is_key(p.name) && access(house_partner_path(c, p.name), F_OK) == 0)
		p.file = cli_fmt(c->arena, "partners.d/%s.ini", cli_shown(c->arena, p.name));
	return p;
}

/* Setting a mistyped key would add a line that nobody reads. */
static void
check_known(struct cli *c, const struct settings_place *p)
{
	const char **known = arena_get_array(c->arena, conf_n_settings, sizeof(*known));
	const char *near;
	size_t n = 0;

	for (size_t i = 0; i < conf_n_settings; i++) {
		if (!str_eq(p->section, str_of(conf_settings[i].section)))
			continue;
		if (str_eq(p->key, str_of(conf_settings[i].key)))
			return;
		known[n++] = conf_settings[i].key;
	}
	near = ini_nearest(p->key, known, n);
	if (near != NULL)
		cli_fail(EX_USAGE, "unknown key \"%s\" in [%s], did you mean \"%s\"?",
		    cli_shown(c->arena, p->key), cli_shown(c->arena, p->section), near);
	cli_fail(EX_USAGE, "unknown key \"%s\" in [%s]", cli_shown(c->arena, p->key),
	    cli_shown(c->arena, p->section));
}

/* [partner "x"] without a partner of that name would make a new one by mistake. */
static void
check_partner(struct cli *c, const struct settings_place *p)
{
	const struct conf *conf;

	if (!str_eq(p->section, S("partner")))
		return;
	conf = cli_conf(c);
	if (partner_by_key(conf, p->name) == NULL)
		cli_fail(EX_NOUSER, "no partner '%s': 'edigate partner list' shows them",
		    cli_shown(c->arena, p->name));
}

int
cmd_config_set(int argc, char **argv)
{
	struct cli c;
	struct settings_place p;

	cli_start(&c, argc, argv, NULL, 0);
	cli_want_args(&c, 2, 2);
	p = place_of(&c, str_of(c.args[0]));
	check_known(&c, &p);
	check_partner(&c, &p);
	settings_put(&c, &p, str_of(c.args[1]));
	return EX_OK;
}
