/* SPDX-License-Identifier: ISC */
#include "gateway/certs_change.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "gateway/house.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SHORT_DIGITS 8

const struct partner *
certs_partner(struct cli *c, const struct conf *conf, const char *name)
{
	const struct partner *pt = partner_by_key(conf, str_of(name));

	if (pt == NULL)
		cli_fail(EX_NOUSER, "no partner '%s': 'edigate partner list' shows them", cli_shown(c->arena, str_of(name)));
	return pt;
}

/* "edi-20261123", and with -2, -3 ... behind it when there is one of that day. */
const char *
certs_new_name(struct cli *c)
{
	struct str day = str_of(cli_day(c->arena, clock_wall_ms()));
	const char *base = cli_fmt(c->arena, "edi-" STR_FMT STR_FMT STR_FMT, STR_ARG(str_sub(day, 0, 4)), STR_ARG(str_sub(day, 5, 2)),
	    STR_ARG(str_sub(day, 8, 2))), *name = base;

	for (unsigned int i = 2; access(cli_path(c, "certs/%s.pem", name), F_OK) == 0 ||
	    access(cli_path(c, "private/%s.key", name), F_OK) == 0; i++)
		name = cli_fmt(c->arena, "%s-%u", base, i);
	return name;
}

static struct str
digits(struct arena *a, struct str fingerprint)
{
	struct buf b = BUF_CAP(256);
	struct str out;

	for (size_t i = 0; i < fingerprint.n; i++)
		if (fingerprint.p[i] != ':')
			(void)buf_put(&b, str_sub(fingerprint, i, 1), NULL);
	out = str_lower(a, buf_str(&b));
	buf_clear(&b);
	return out;
}

const char *
certs_short(struct arena *a, struct str fingerprint)
{
	return str_cstr(a, str_sub(digits(a, fingerprint), 0, SHORT_DIGITS));
}

bool
certs_is_called(struct str fingerprint, struct str typed)
{
	struct arena *a = arena_new(4096);
	struct str want = digits(a, str_sub(typed, 0, 200));
	bool is = want.n >= 4 && str_starts(digits(a, fingerprint), want);

	arena_free(a);
	return is;
}

static void
write_der(struct cli *c, const struct partner *pt, const struct cert_set *set, const char *folder, const char *prefix)
{
	struct buf der = BUF_CAP(CERTMAIL_MAX);
	struct cert_facts facts;
	const char *path;
	struct err e;

	if (cert_facts(c->arena, set, 0, &facts, &e) == -1 || cert_der(set, 0, &der, &e) == -1)
		cli_die(EX_CONFIG, &e);
	path = cli_path(c, "%s/%s/%s%s.cer", folder, cli_shown(c->arena, pt->key), prefix, certs_short(c->arena, facts.fingerprint));
	if (io_replace_file(AT_FDCWD, path, buf_str(&der), 0640, &e) == -1)
		cli_die(EX_CANTCREAT, &e);
	house_give_file(c, path);
	buf_clear(&der);
}

bool
certs_can_be_told(const struct partner *pt)
{
	return pt->sign || pt->certs.n > 0 || pt->trust_chain;
}

void
certs_drop(struct cli *c, const struct partner *pt, const struct cert_set *set)
{
	write_der(c, pt, set, "outbox", "certificate-");
}

void
certs_announce(struct cli *c, const struct conf *conf, const struct cert_set *set)
{
	for (size_t i = 0; i < conf->n_partners; i++) {
		const struct partner *pt = &conf->partners[i];
		if (certs_can_be_told(pt))
			certs_drop(c, pt, set);
		(void)printf("%s  %s\n", certs_can_be_told(pt) ? "announced to" : "not told    ", cli_shown(c->arena, pt->key));
	}
}

void
certs_note(struct cli *c, const struct partner *pt, const struct cert_set *set)
{
	write_der(c, pt, set, "inbox", CERTMAIL_PREFIX);
}

struct looking {
	struct cli *c;
	const struct conf *conf;
	const struct partner *pt;
	struct certs_pending *out;
	size_t n;
};

/* Is it in one of these files? Or, among those found already. */
static bool
is_in(struct cli *c, const struct conf_list *files, struct str fingerprint)
{
	struct certs_file f;
	bool found = false;

	for (size_t i = 0; i < files->n && !found; i++) {
		if (certs_read(c->arena, files->v[i], &f, NULL) == -1)
			continue;
		for (size_t k = 0; k < f.n && !found; k++)
			found = str_eq(f.facts[k].fingerprint, fingerprint);
		certs_clear(&f);
	}
	return found;
}

static bool
look(void *arg, struct str path, struct str der)
{
	struct looking *l = arg;
	struct certs_pending p = { .path = path };
	bool known;

	if (cert_set_read_der(der, &p.set, NULL) == -1)
		return true;
	known = cert_facts(l->c->arena, p.set, 0, &p.facts, NULL) == -1 || is_in(l->c, &l->pt->certs, p.facts.fingerprint) ||
	    is_in(l->c, &l->conf->certs, p.facts.fingerprint);
	for (size_t i = 0; i < l->n && !known; i++)
		known = str_eq(l->out[i].facts.fingerprint, p.facts.fingerprint);
	if (known)
		cert_set_free(p.set);
	else
		l->out[l->n++] = p;
	return l->n < CERTS_PENDING_MAX;
}

size_t
certs_find_pending(struct cli *c, const struct conf *conf, const struct partner *pt, struct certs_pending *out)
{
	struct looking l = { c, conf, pt, out, 0 };

	certmail_each(c->arena, conf, pt, look, &l);
	return l.n;
}
