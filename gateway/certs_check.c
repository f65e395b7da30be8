/* SPDX-License-Identifier: ISC */
/* certs_check.c - what only OpenSSL can tell of keys and certificates: do they fit each other, how long are they valid. */
#include "gateway/certs_check.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "gateway/cert_watch.h"
#include "gateway/certs.h"
#include "gateway/keystore.h"
#include "gateway/trust.h"

#include <stdio.h>
#include <string.h>

struct checking {
	struct cli *c;
	certs_check_fn *fn;
	void *arg;
};

static void __attribute__((format(printf, 3, 4)))
says(const struct checking *k, enum certs_says what, const char *fmt, ...)
{
	char text[ERR_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	k->fn(k->arg, what, text);
}

static void
check_dates(const struct checking *k, const char *path, const struct cert_facts *facts)
{
	int64_t days = certs_days_left(facts->not_after_ms);
	const char *subject = cli_shown(k->c->arena, facts->subject), *day = cli_day(k->c->arena, facts->not_after_ms);

	if (days < 0)
		says(k, CERTS_BAD, "%s: certificate %s expired on %s", path, subject, day);
	else if (facts->not_before_ms > clock_wall_ms())
		says(k, CERTS_EARLY, "%s: certificate %s is valid only from %s", path, subject,
		    cli_day(k->c->arena, facts->not_before_ms));
	else if (cert_watch_stage(days) != 0)
		says(k, days < CERTS_WARN_DAYS ? CERTS_SOON : CERTS_NOTE,
		    "%s: certificate %s expires in %lld day%s (%s)", path, subject, (long long)days,
		    days == 1 ? "" : "s", day);
	else
		says(k, CERTS_OK, "%s: certificate %s, %lld days left", path, subject, (long long)days);
}

/* A file that is not there has been reported as a setting that is wrong. */
static bool
read_certs(const struct checking *k, struct str path, struct certs_file *out)
{
	const char *name = str_cstr(k->c->arena, path);
	struct str pem;
	struct err e;

	if (path.n == 0 || io_read_named(k->c->arena, name, CERTS_FILE_MAX, &pem, &e) == -1)
		return false;
	if (certs_parse(k->c->arena, pem, out, &e) == -1) {
		says(k, CERTS_BAD, "%s: %s", name, e.text);
		return false;
	}
	return true;
}

/* Every certificate of ours needs its key, and every key should have its certificate. */
static void
check_own(const struct checking *k, const struct conf *conf)
{
	struct keystore store;
	struct err e;
	bool opened = keystore_open(conf, &store, &e) == 0;

	if (!opened)
		says(k, CERTS_BAD, "%s", e.text);
	for (size_t i = 0; i < conf->certs.n; i++) {
		const char *path = str_cstr(k->c->arena, conf->certs.v[i]);
		unsigned char id[CERT_KEY_ID_BYTES];
		struct certs_file certs;

		if (!read_certs(k, conf->certs.v[i], &certs))
			continue;
		check_dates(k, path, &certs.facts[0]);
		if (opened &&
		    (cert_key_id(cert_set_get(certs.set, 0), id) == -1 ||
		        keystore_find(&store, id) == NULL))
			says(k, CERTS_BAD, "%s: none of the private keys belongs to this certificate", path);
		certs_clear(&certs);
	}
	if (opened)
		keystore_close(&store);
}

static void
check_pair(const struct checking *k, struct str cert, struct str key)
{
	const char *name = str_cstr(k->c->arena, key);
	struct certs_file certs;
	struct cert_key *private = NULL;
	struct str pem;
	struct err e;

	if (!read_certs(k, cert, &certs))
		return;
	check_dates(k, str_cstr(k->c->arena, cert), &certs.facts[0]);
	if (key.n == 0 || io_read_named(k->c->arena, name, CERTS_FILE_MAX, &pem, &e) == -1)
		goto out;
	if (cert_key_read(pem, &private, &e) == -1)
		says(k, CERTS_BAD, "%s: %s", name, e.text);
	else if (!cert_key_fits(private, certs.set))
		says(k, CERTS_BAD, "%s: is not the key of the certificate in %s", name,
		    str_cstr(k->c->arena, cert));
	explicit_bzero((void *)(uintptr_t)pem.p, pem.n);
out:
	cert_key_free(private);
	certs_clear(&certs);
}

static void
check_partner(const struct checking *k, const struct partner *pt)
{
	const struct cert_facts *best = NULL;
	struct certs_file certs;
	const char *path = "";

	/* One valid certificate is enough: the others may be of the past or of the future. */
	for (size_t i = 0; i < pt->certs.n; i++) {
		if (!read_certs(k, pt->certs.v[i], &certs))
			continue;
		if (best == NULL || best->not_after_ms < certs.facts[0].not_after_ms) {
			best = &certs.facts[0];
			path = str_cstr(k->c->arena, pt->certs.v[i]);
		}
		certs_clear(&certs);
	}
	if (best != NULL)
		check_dates(k, path, best);
}

/* With trust = chain: whose word counts, and whether their lists are in force, without which nobody is believed. */
static void
check_authorities(const struct checking *k, const struct partner *pt)
{
	struct arena *a = k->c->arena;
	struct certs_file certs;
	struct trust trust;
	struct str pem;
	struct err e;
	int64_t until;

	if (read_certs(k, pt->ca, &certs)) {
		check_dates(k, str_cstr(a, pt->ca), &certs.facts[0]);
		certs_clear(&certs);
	}
	if (trust_read_pem(a, pt, &pem, &e) == -1 ||
	    trust_open(&trust, pem, pt->addresses.v, pt->addresses.n, &e) == -1) {
		says(k, CERTS_BAD, "partner '" STR_FMT "': %s", STR_ARG(pt->key), e.text);
		return;
	}
	until = cert_chain_lists_until(trust.chain);
	if (until != 0 && until < clock_wall_ms())
		says(k, CERTS_BAD, STR_FMT ": revocation list out of force since %s: nothing that partner '" STR_FMT "' signs is believed",
		    STR_ARG(pt->crl), cli_day(a, until), STR_ARG(pt->key));
	trust_close(&trust);
}

void
certs_check(struct cli *c, const struct conf *conf, certs_check_fn *fn, void *arg)
{
	const struct checking k = { c, fn, arg };

	check_own(&k, conf);
	if (conf->listen)
		check_pair(&k, conf->tls_cert, conf->tls_key);
	for (size_t i = 0; i < conf->n_partners; i++) {
		check_partner(&k, &conf->partners[i]);
		if (conf->partners[i].trust_chain)
			check_authorities(&k, &conf->partners[i]);
	}
}
