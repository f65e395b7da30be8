/* SPDX-License-Identifier: ISC */
#include "gateway/cli.h"

#include "gateway/base/clock.h"
#include "gateway/certs_change.h"
#include "gateway/house.h"

#include <stdio.h>

#define WORDS_MAX ((size_t)64 << 20)

struct cert_list {
	struct cli cli;
	bool json;
	struct table *table;
	struct buf words;		/* behind it: what to compare on the phone */
};

static void
put_one(struct cert_list *l, struct str owner, const char *use, struct str path, const struct cert_facts *f,
    const struct certs_pending *asked)
{
	struct arena *a = l->cli.arena;
	int64_t days = certs_days_left(f->not_after_ms);
	struct table_cell *cell;

	if (l->json) {
		json_t *o = certs_facts_json(a, f);
		json_str(o, a, "owner", owner);
		json_str(o, a, "use", str_of(use));
		json_str(o, a, "file", path);
		if (asked != NULL && asked->request.n > 0)
			json_str(o, a, "request", asked->request);
		if (asked != NULL && asked->respond_by_ms != 0)
			json_time(o, a, "respond_by", asked->respond_by_ms);
		json_print(o);
		return;
	}
	cell = table_row(l->table);
	cell[0].text = cli_shown(a, owner);
	cell[1].text = use;
	cell[2].text = cli_shown(a, f->subject);
	cell[3].text = cli_shown(a, f->key);
	cell[4].text = cli_day(a, f->not_before_ms);
	cell[5].text = cli_day(a, f->not_after_ms);
	cell[6] = (struct table_cell){ days < 0 ? "expired" : cli_fmt(a, "%lld d", (long long)days),
		certs_tint(f->not_after_ms) };
	cell[7].text = certs_short(a, f->fingerprint);
}

/* Of our own files the first certificate is ours; behind it stands its chain. */
static void
put_file(struct cert_list *l, struct str owner, const char *use, struct str path, bool only_first)
{
	struct certs_file f;
	struct err e;

	if (path.n == 0)
		return;
	if (certs_read(l->cli.arena, path, &f, &e) == -1) {
		cli_warn("%s", e.text);
		return;
	}
	for (size_t i = 0; i < (only_first ? 1 : f.n); i++)
		put_one(l, owner, use, path, &f.facts[i], NULL);
	certs_clear(&f);
}

/* What to say on the phone, and until when a partner who asked wants to know. */
static void
put_words(struct cert_list *l, struct str owner, const struct certs_pending *p)
{
	bool late = p->respond_by_ms != 0 && p->respond_by_ms < clock_wall_ms();

	if (l->json)
		return;
	(void)buf_printf(&l->words, NULL, STR_FMT "  " STR_FMT "\n  words  " STR_FMT "\n",
	    STR_ARG(owner), STR_ARG(p->facts.fingerprint), STR_ARG(p->facts.words));
	if (p->respond_by_ms != 0)
		(void)buf_printf(&l->words, NULL, "  they want an answer by %s%s\n",
		    cli_day(l->cli.arena, p->respond_by_ms), late ? ", which is past" : "");
}

/* What waits for the operator. */
static void
put_pending(struct cert_list *l, const struct conf *conf)
{
	struct certs_pending pending[CERTS_PENDING_MAX];

	for (size_t i = 0; i < conf->n_partners; i++) {
		const struct partner *pt = &conf->partners[i];
		size_t n = certs_find_pending(&l->cli, conf, pt, pending);
		for (size_t k = 0; k < n; k++) {
			put_one(l, pt->key, "pending", pending[k].path, &pending[k].facts, &pending[k]);
			put_words(l, pt->key, &pending[k]);
		}
		certs_pending_clear(pending, n);
	}
}

static void
put_all(struct cert_list *l, const struct conf *conf)
{
	for (size_t i = 0; i < conf->certs.n; i++)
		put_file(l, S("own"), "sign+decrypt", conf->certs.v[i], true);
	if (conf->listen)
		put_file(l, S("own"), "tls", conf->tls_cert, true);
	for (size_t i = 0; i < conf->n_partners; i++) {
		const struct partner *pt = &conf->partners[i];
		for (size_t k = 0; k < pt->certs.n; k++)
			put_file(l, pt->key, "verify+encrypt", pt->certs.v[k], false);
		if (pt->trust_chain)
			put_file(l, pt->key, "authority", pt->ca, false);
	}
}

int
cmd_cert_list(int argc, char **argv)
{
	static const struct table_column columns[] = { { "OWNER", 24, false }, { "USE", 0, false },
		{ "SUBJECT", 60, false }, { "KEY", 0, false }, { "NOT BEFORE", 0, false },
		{ "NOT AFTER", 0, false }, { "LEFT", 0, true }, { "SHA-256", 0, false } };
	struct cert_list l = { .words = BUF_CAP(WORDS_MAX) };
	bool pending = false;
	const struct cli_opt opts[] = { { "--json", .flag = &l.json }, { "--pending", .flag = &pending } };
	const struct conf *conf;

	cli_start(&l.cli, argc, argv, opts, N(opts));
	cli_want_args(&l.cli, 0, 0);
	conf = cli_conf(&l.cli);
	l.table = table_new(l.cli.arena, columns, N(columns));
	if (pending)
		put_pending(&l, conf);
	else
		put_all(&l, conf);
	if (!l.json && table_rows(l.table) > 0)
		cli_put_table(l.table);
	(void)fwrite(l.words.p != NULL ? l.words.p : "", 1, l.words.n, stdout);
	buf_clear(&l.words);
	return EX_OK;
}

int
cmd_cert_new(int argc, char **argv)
{
	struct cli c;
	const struct conf *conf;
	struct house_key k;

	cli_start(&c, argc, argv, NULL, 0);
	cli_want_args(&c, 0, 0);
	conf = cli_conf(&c);
	k = (struct house_key){ .org = conf->name,
		.mail = conf->address,
		.key = str_cstr(c.arena, conf->keys.v[0]),
		.cert = str_cstr(c.arena, conf->certs.v[0]) };
	house_make_folder(&c, "private", 0700);
	house_make_folder(&c, "certs", 0755);
	house_make_key(&c, &k);
	house_give_file(&c, k.key);
	house_give_file(&c, k.cert);
	return EX_OK;
}

/* Is the first certificate of one of our files at its end within span_ms? */
static bool
ends_within(struct cli *c, struct str path, int64_t span_ms)
{
	struct certs_file f;
	struct err e;
	bool ends;

	if (path.n == 0)
		return false;
	if (certs_read(c->arena, path, &f, &e) == -1)
		cli_die(EX_CONFIG, &e);
	ends = f.facts[0].not_after_ms - clock_wall_ms() <= span_ms;
	if (ends)
		(void)printf(STR_FMT ": %s, not after %s\n", STR_ARG(path),
		    cli_shown(c->arena, f.facts[0].subject),
		    cli_day(c->arena, f.facts[0].not_after_ms));
	certs_clear(&f);
	return ends;
}

int
cmd_cert_needs_renewal(int argc, char **argv)
{
	struct cli c;
	const char *span = "30d";
	const struct cli_opt opts[] = { { "--expires-in", .text = &span } };
	const struct conf *conf;
	int64_t ms;
	bool ends = false;

	cli_start(&c, argc, argv, opts, N(opts));
	cli_want_args(&c, 0, 0);
	if (clock_read_span(str_of(span), &ms) == -1)
		cli_usage(&c, "--expires-in is '%s', want a span like 30d, 2w", span);
	conf = cli_conf(&c);
	for (size_t i = 0; i < conf->certs.n; i++)
		ends |= ends_within(&c, conf->certs.v[i], ms);
	ends |= conf->listen && ends_within(&c, conf->tls_cert, ms);
	return ends ? EX_OK : CMD_NO;
}
