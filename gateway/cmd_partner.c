/* SPDX-License-Identifier: ISC */
/* cmd_partner.c - `edigate partner list|show|remove|card`. */
#include "gateway/cli.h"

#include "gateway/base/ini.h"
#include "gateway/base/io.h"
#include "gateway/card.h"
#include "gateway/certs.h"
#include "gateway/house.h"
#include "gateway/ident.h"
#include "gateway/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *
ids_text(struct arena *a, struct conf_ids ids)
{
	const char *all = "";

	for (size_t i = 0; i < ids.n; i++)
		all = cli_fmt(a, "%s%s%s:%s", all, i == 0 ? "" : ", ", cli_shown(a, ids.v[i].qual),
		    cli_shown(a, ids.v[i].id));
	return all;
}

static const char *
list_text(struct arena *a, struct conf_list list)
{
	const char *all = "";

	for (size_t i = 0; i < list.n; i++)
		all = cli_fmt(a, "%s%s%s", all, i == 0 ? "" : ", ", cli_shown(a, list.v[i]));
	return all;
}

static const char *
send_text(struct arena *a, const struct partner *pt)
{
	const char *all = cli_fmt(a, "%s%s%s", pt->compress ? " compress" : "", pt->sign ? " sign" : "",
	    pt->encrypt ? " encrypt" : "");

	return all[0] == '\0' ? "none" : all + 1;
}

static const char *
accept_text(const struct partner *pt)
{
	if (pt->must_sign && pt->must_encrypt)
		return "sign encrypt";
	return pt->must_sign ? "sign" : pt->must_encrypt ? "encrypt" : "none";
}

static const char *
receipt_text(const struct partner *pt)
{
	static const char *const words[] = { [CONF_RECEIPT_NONE] = "none", [CONF_RECEIPT_UNSIGNED] = "unsigned",
		[CONF_RECEIPT_SIGNED] = "signed" };

	return words[pt->receipt];
}

/* What is done to a mail beside send =, in the words of the settings. */
static const char *
shape_text(struct arena *a, const struct partner *pt)
{
	static const char *const certs[] = {
		[CONF_CERTS_CHAIN] = "chain", [CONF_CERTS_LEAF] = "leaf", [CONF_CERTS_NONE] = "none"
	};
	static const char *const encodings[] = { [CONF_BASE64] = "base64",
		[CONF_QUOTED] = "quoted-printable",
		[CONF_7BIT] = "7bit",
		[CONF_8BIT] = "8bit",
		[CONF_BINARY] = "binary" };
	const struct conf_shape *s = &pt->shape;
	const char *all = encodings[s->encoding];

	if (pt->compress)
		all = cli_fmt(a, "%s, compressed %s it is signed", all, s->compress_last ? "after" : "before");
	if (pt->sign)
		all = cli_fmt(a,
		    "%s, %s signature by %s and " STR_FMT " (%s), certificates %s, signer by %s%s",
		    all, s->opaque ? "opaque" : "detached", s->pss ? "pss" : "pkcs1",
		    STR_ARG(s->digest), s->bare_micalg ? "bare" : "dashed", certs[s->certs],
		    s->by_key_id ? "key-id" : "issuer-serial",
		    s->protection ? ", algorithms protected" : "");
	if (pt->encrypt)
		all = cli_fmt(a, "%s, " STR_FMT " by %s", all, STR_ARG(s->cipher), s->oaep ? "oaep" : "pkcs1");
	return all;
}

/* The last day of each exception. */
static const char *
allow_text(struct arena *a, const struct partner *pt)
{
	const char *all = "";

	for (enum conf_allow i = 0; i < CONF_ALLOWS; i++)
		if (pt->allow_until_ms[i] != 0)
			all = cli_fmt(a, "%s%s%s until %s", all, all[0] == '\0' ? "" : ", ", conf_allow_name(i),
			    cli_day(a, pt->allow_until_ms[i] - 1));
	return all[0] == '\0' ? "none" : all;
}

static void
show_shape(struct arena *a, const struct partner *pt)
{
	(void)printf("profile      %s\n", cli_shown(a, pt->profile));
	(void)printf("shape        %s\n", shape_text(a, pt));
	(void)printf("allow        %s\n", allow_text(a, pt));
	(void)printf("signer       %s%s%s\n", pt->by_address ? "address" : "pinned",
	    pt->expired_grace_ms > 0 ? ", certificates count after their end for " : "",
	    pt->expired_grace_ms > 0 ? cli_span(a, pt->expired_grace_ms) : "");
}

static const char *
or_dash(const char *text)
{
	return text[0] == '\0' ? "-" : text;
}

/* The last day that one of the partner's certificates is valid; 0 without any. */
static int64_t
valid_to(struct cli *c, const struct partner *pt)
{
	int64_t last = 0;

	for (size_t i = 0; i < pt->certs.n; i++) {
		struct certs_file f;
		struct err e;
		if (certs_read(c->arena, pt->certs.v[i], &f, &e) == -1)
			continue;
		for (size_t k = 0; k < f.n; k++)
			if (f.facts[k].not_after_ms > last)
				last = f.facts[k].not_after_ms;
		certs_clear(&f);
	}
	return last;
}

static json_t *
partner_json(struct cli *c, const struct partner *pt)
{
	struct arena *a = c->arena;
	json_t *o = json_new(), *certs = json_array();

	json_str(o, a, "partner", pt->key);
	json_str(o, a, "name", pt->name);
	json_str(o, a, "address", str_of(list_text(a, pt->addresses)));
	json_str(o, a, "ids", str_of(ids_text(a, pt->ids)));
	json_str(o, a, "send", str_of(send_text(a, pt)));
	json_str(o, a, "accept", str_of(accept_text(pt)));
	json_str(o, a, "receipt", str_of(receipt_text(pt)));
	json_str(o, a, "profile", pt->profile);
	json_str(o, a, "shape", str_of(shape_text(a, pt)));
	json_str(o, a, "allow", str_of(allow_text(a, pt)));
	json_str(o, a, "ack", pt->ack ? S("auto") : S("none"));
	json_time(o, a, "valid_to", valid_to(c, pt));
	json_str(o, a, "file", str_fmt(a, STR_FMT ":%u", STR_ARG(pt->file), pt->line));
	for (size_t i = 0; i < pt->certs.n; i++)
		certs_json(a, certs, pt->certs.v[i]);
	json_list(o, "certificates", certs);
	return o;
}

int
cmd_partner_list(int argc, char **argv)
{
	static const struct table_column columns[] = {
		{ "PARTNER", 24, false }, { "NAME", 32, false }, { "ADDRESS", 48, false }, { "IDS", 40, false },
		{ "SEND", 0, false }, { "RECEIPT", 0, false }, { "VALID TO", 0, false },
	};
	struct cli c;
	bool json = false;
	const struct cli_opt opts[] = { { "--json", .flag = &json } };
	const struct conf *conf;
	struct table *t;

	cli_start(&c, argc, argv, opts, N(opts));
	cli_want_args(&c, 0, 0);
	conf = cli_conf(&c);
	t = table_new(c.arena, columns, N(columns));
	for (size_t i = 0; i < conf->n_partners; i++) {
		const struct partner *pt = &conf->partners[i];
		if (json) {
			json_print(partner_json(&c, pt));
			continue;
		}
		struct table_cell *cell = table_row(t);
		int64_t end = valid_to(&c, pt);
		cell[0].text = cli_shown(c.arena, pt->key);
		cell[1].text = cli_shown(c.arena, pt->name);
		cell[2].text = or_dash(list_text(c.arena, pt->addresses));
		cell[3].text = or_dash(ids_text(c.arena, pt->ids));
		cell[4].text = send_text(c.arena, pt);
		cell[5].text = receipt_text(pt);
		cell[6] = (struct table_cell){ cli_day(c.arena, end), certs_tint(end) };
	}
	if (!json && table_rows(t) > 0)
		cli_put_table(t);
	else if (!json)
		cli_warn("no partners yet: 'edigate partner add FILE.edipartner' adds one");
	return EX_OK;
}

static const struct partner *
partner_named(const struct conf *conf, const char *name)
{
	const struct partner *pt = partner_by_key(conf, str_of(name));
	const char **known;
	const char *near;
	struct arena *a;

	if (pt != NULL)
		return pt;
	a = arena_new((size_t)16 << 20);
	known = arena_get_array(a, conf->n_partners + 1, sizeof(*known));
	for (size_t i = 0; i < conf->n_partners; i++)
		known[i] = str_cstr(a, conf->partners[i].key);
	near = ini_nearest(str_of(name), known, conf->n_partners);
	if (near != NULL)
		cli_fail(EX_NOUSER, "no partner '%s', did you mean '%s'?", name, near);
	cli_fail(EX_NOUSER, "no partner '%s': 'edigate partner list' shows them", name);
}

static void
show_route(struct arena *a, const struct conf_smtp *s)
{
	static const char *const tls[] = { [CONF_TLS_IMPLICIT] = "implicit", [CONF_TLS_STARTTLS] = "starttls",
		[CONF_TLS_MAY] = "opportunistic", [CONF_TLS_NONE] = "none" };

	(void)printf("route        %s:%u, tls %s\n", cli_shown(a, s->host), s->port, tls[s->tls]);
}

int
cmd_partner_show(int argc, char **argv)
{
	struct cli c;
	bool json = false;
	const struct cli_opt opts[] = { { "--json", .flag = &json } };
	const struct conf *conf;
	const struct partner *pt;
	struct arena *a;

	cli_start(&c, argc, argv, opts, N(opts));
	cli_want_args(&c, 1, 1);
	a = c.arena;
	conf = cli_conf(&c);
	pt = partner_named(conf, c.args[0]);
	if (json) {
		json_print(partner_json(&c, pt));
		return EX_OK;
	}
	(void)printf("%s  %s\n", cli_shown(a, pt->key), cli_shown(a, pt->name));
	(void)printf("address      %s\n", or_dash(list_text(a, pt->addresses)));
	(void)printf("ids          %s\n", or_dash(ids_text(a, pt->ids)));
	(void)printf("send         %s\n", send_text(a, pt));
	(void)printf("accept       %s\n", accept_text(pt));
	show_shape(a, pt);
	(void)printf("receipt      %s, overdue after %s, given up after %s\n", receipt_text(pt),
	    cli_span(a, pt->receipt_wait_ms), cli_span(a, pt->receipt_give_up_ms));
	(void)printf("ack          %s\n", pt->ack ? "auto" : "none");
	if (pt->route != NULL)
		show_route(a, pt->route);
	(void)printf("set in       %s:%u\n", cli_shown(a, pt->file), pt->line);
	for (size_t i = 0; i < pt->certs.n; i++)
		certs_print(a, pt->certs.v[i]);
	return EX_OK;
}

static void
remove_file(const char *path)
{
	if (unlink(path) == 0)
		(void)printf("removed %s\n", path);
	else if (errno != ENOENT)
		cli_fail(EX_IOERR, "%s: %s", path, strerror(errno));
}

/* Only empty folders go: what lies in them is somebody's document. */
static void
remove_folder(const char *path)
{
	if (rmdir(path) == 0)
		(void)printf("removed %s\n", path);
	else if (errno != ENOENT)
		(void)printf("kept    %s: %s\n", path, strerror(errno));
}

int
cmd_partner_remove(int argc, char **argv)
{
	struct cli c;
	bool yes = false;
	const struct cli_opt opts[] = { { "--yes", .flag = &yes } };
	const struct conf *conf;
	const struct partner *pt;
	const char *file;

	cli_start(&c, argc, argv, opts, N(opts));
	cli_want_args(&c, 1, 1);
	conf = cli_conf(&c);
	pt = partner_named(conf, c.args[0]);
	file = house_partner_path(&c, pt->key);
	if (access(file, F_OK) == -1)
		cli_fail(EX_CONFIG,
		    "partner '" STR_FMT "' is set in " STR_FMT ":%u: remove its section there",
		    STR_ARG(pt->key), STR_ARG(pt->file), pt->line);
	if (!yes)
		cli_confirm("remove this partner's settings and certificate?");
	remove_file(file);
	remove_file(house_cert_path(&c, pt->key));
	remove_folder(cli_path(&c, "outbox/" STR_FMT, STR_ARG(pt->key)));
	remove_folder(cli_path(&c, "inbox/" STR_FMT, STR_ARG(pt->key)));
	return EX_OK;
}

int
cmd_partner_card(int argc, char **argv)
{
	struct cli c;
	const char *key = NULL;
	const struct cli_opt opts[] = { { "--as", .text = &key } };
	const struct conf *conf;
	struct certs_file own;
	struct card card;
	struct str settings;
	struct buf pem = BUF_CAP(CARD_BYTES_MAX);
	struct err e;

	cli_start(&c, argc, argv, opts, N(opts));
	cli_want_args(&c, 0, 0);
	if (key != NULL && !ident_is_key(str_of(key)))
		cli_usage(&c, "--as '%s': want lower-case letters, digits, . _ -", key);
	conf = cli_conf(&c);
	card = (struct card){ key != NULL ? str_of(key) : ident_slug(c.arena, conf->name),
		conf->name, conf->address, str_of(ids_text(c.arena, conf->ids)), S("") };
	/* During a change the old and the new: they can be told apart, and either is right. */
	for (size_t i = 0; i < conf->certs.n; i++) {
		if (certs_read(c.arena, conf->certs.v[i], &own, &e) == -1 ||
		    cert_pem(own.set, 0, &pem, &e) == -1)
			cli_die(EX_CONFIG, &e);
		certs_clear(&own);
	}
	settings = card_settings(c.arena, &card);
	(void)printf("; partner card of %s, for 'edigate partner add'. It holds no secret.\n",
	    cli_shown(c.arena, conf->name));
	(void)fwrite(settings.p, 1, settings.n, stdout);
	(void)fwrite(pem.p, 1, pem.n, stdout);
	buf_clear(&pem);
	return EX_OK;
}
