/* SPDX-License-Identifier: ISC */
/* cmd_cert_import.c - a certificate from a file: a partner's, after the operator's yes; or, with --own, one of ours. */
#include "gateway/cli.h"

#include "gateway/certs_change.h"
#include "gateway/keystore.h"

#include <stdio.h>
#include <string.h>

#define PASSPHRASE_MAX 1024

struct import {
	struct cli c;
	const char *path, *passphrase;
	bool own;
	struct certs_file f;
	struct buf key;			/* that came along; empty: none did */
};

/* From where the command says, else, for ours, from where that of our keys is; empty: nowhere. */
static void
fetch_passphrase(struct import *in, struct buf *out)
{
	const struct conf *conf = cli_conf(&in->c);
	struct str setting = in->passphrase != NULL ? str_of(in->passphrase) : in->own ? conf->key_passphrase : S("");
	struct err e;

	if (setting.n > 0 && conf_secret(conf, setting, out, &e) == -1)
		cli_die(EX_CONFIG, &e);
}

static void
read_pkcs12(struct import *in, struct str bytes)
{
	struct buf certs = BUF_CAP(CERTS_FILE_MAX), passphrase = BUF_CAP(PASSPHRASE_MAX), seal = BUF_CAP(PASSPHRASE_MAX);
	const struct conf *conf = cli_conf(&in->c);
	struct err e;

	fetch_passphrase(in, &passphrase);
	if (in->own && conf->key_passphrase.n > 0 && conf_secret(conf, conf->key_passphrase, &seal, &e) == -1)
		cli_die(EX_CONFIG, &e);
	if (keystore_read_pkcs12(bytes, buf_str(&passphrase), buf_str(&seal), &certs, &in->key, &e) == -1 ||
	    certs_parse(in->c.arena, buf_str(&certs), &in->f, &e) == -1)
		cli_fail(EX_DATAERR, "%s: %s", in->path, e.text);
	if (!in->own && in->key.n > 0)
		cli_warn("%s: holds their private key, too, which nobody but them should have: it is not taken, and they need a new one",
		    in->path);
	buf_wipe(&passphrase);
	buf_wipe(&seal);
	buf_clear(&certs);
}

static void
read_file(struct import *in)
{
	struct str bytes = cli_input(&in->c, in->path);
	struct arena *a = in->c.arena;
	struct err e;

	if (keystore_is_pkcs12(bytes)) {
		read_pkcs12(in, bytes);
		return;
	}
	if (in->passphrase != NULL)
		cli_fail(EX_DATAERR, "%s: is no PKCS #12, which --passphrase is for", in->path);
	if (cert_set_read_der(bytes, &in->f.set, &e) == 0) {
		in->f.n = 1;
		in->f.facts = arena_new_of(a, struct cert_facts);
		if (cert_facts(a, in->f.set, 0, in->f.facts, &e) == -1)
			cli_die(EX_DATAERR, &e);
	} else if (certs_parse(a, bytes, &in->f, &e) == -1) {
		cli_fail(EX_DATAERR, "%s: %s; nor is it DER or PKCS #12", in->path, e.text);
	}
}

int
cmd_cert_import(int argc, char **argv)
{
	struct import in = { .key = BUF_CAP(CERTS_FILE_MAX) };
	struct cli *c = &in.c;
	bool yes = false, quiet = false;
	const char *key = NULL;
	const struct cli_opt opts[] = { { "--yes", .flag = &yes }, { "--own", .flag = &in.own },
		{ "--no-announce", .flag = &quiet }, { "--key", .text = &key }, { "--passphrase", .text = &in.passphrase } };
	const struct partner *pt = NULL;

	cli_start(c, argc, argv, opts, N(opts));
	if (!in.own && (quiet || key != NULL))
		cli_usage(c, "%s is for our own certificates: with --own", quiet ? "--no-announce" : "--key");
	cli_want_args(c, in.own ? 1 : 2, in.own ? 1 : 2);
	if (!in.own)
		pt = certs_partner(c, cli_conf(c), c->args[0]);
	in.path = c->args[in.own ? 0 : 1];
	read_file(&in);
	if (in.own) {
		certs_take_own(c, &(struct certs_offer){ &in.f, in.path, key, buf_str(&in.key), quiet });
	} else {
		certs_print_facts(c->arena, &in.f.facts[0]);
		certs_ask(yes);
		certs_take_up(c, pt, in.f.set, &in.f.facts[0]);
	}
	buf_wipe(&in.key);
	certs_clear(&in.f);
	return EX_OK;
}
