/* SPDX-License-Identifier: ISC */
/*
 * evidence_trust.c - whose signatures count in the evidence of a document: the certificates of the settings, and with
 * trust = chain the authorities and revocation lists that were noted when the mail was opened.
 */
#include "gateway/evidence.h"

#include "gateway/base/io.h"
#include "gateway/known.h"

#include <fcntl.h>

#define PEM_MAX ((size_t)1 << 20)

static struct cert_set *
read_set(struct cli *c, const struct conf_list *paths)
{
	struct cert_set *set = cert_set_new();
	struct str pem;
	struct err e;

	for (size_t i = 0; i < paths->n; i++)
		if (io_read_named(c->arena, str_cstr(c->arena, paths->v[i]), PEM_MAX, &pem, &e) == -1 ||
		    cert_set_add(set, pem, &e) == -1)
			cli_warn("%s", e.text);
	return set;
}

void
evidence_who_open(struct cli *c, struct evidence *ev, struct evidence_who *out)
{
	const struct conf *conf = cli_conf(c);
	const struct partner *pt = partner_by_key(conf, ev->partner);

	*out = (struct evidence_who){ .c = c, .conf = conf, .partner = pt };
	out->own = read_set(c, &conf->certs);
	out->believed = cert_set_new();
	if (pt == NULL)
		cli_warn("partner '%s' is no longer configured: its certificates are missing",
		    cli_shown(c->arena, ev->partner));
	out->theirs = pt == NULL ? cert_set_new() : read_set(c, &pt->certs);
	for (size_t i = 0; pt != NULL && i < pt->addresses.n && i < EVIDENCE_ADDRESSES_MAX; i++)
		ev->addresses[ev->n_addresses++] = pt->addresses.v[i];
	if (keystore_open(conf, &out->keys, NULL) == 0)
		out->key = keystore_unwrapper(&out->keys);
}

/* ---- by whose word ---- */

/* The same authorities and lists stand in one file, whichever mails rest on them. */
static struct str
keep_authorities(struct evidence *ev, struct str pem, int64_t at_ms)
{
	struct str path;
	struct err e;

	for (unsigned int i = 1;; i++) {
		path = str_fmt(ev->a, "certs/authorities-%u.pem", i);
		if (evidence_file(ev, path) == NULL)
			break;
		if (str_eq(evidence_bytes(ev, path), pem))
			return path;
	}
	if (evidence_add(ev, path, pem, at_ms, &e) == -1)
		cli_die(EX_DATAERR, &e);
	return path;
}

/* Those of that time; from before they were noted, those of today. Empty: it is not by anybody's word. */
static struct str
authorities_of(struct evidence_who *w, const struct evidence *ev, const struct evidence_mail *m)
{
	struct str pem = known_trust(ev->a, w->conf, ev->partner, m->opened_ms);
	struct err e;

	if (pem.n > 0 || w->partner == NULL || !w->partner->trust_chain)
		return pem;
	cli_warn(STR_FMT ": which authorities it was believed by was not noted: those of today are taken",
	    STR_ARG(m->path));
	if (trust_read_pem(ev->a, w->partner, &pem, &e) == -1) {
		cli_warn("%s", e.text);
		return S("");
	}
	return pem;
}

static bool
is_in(const struct cert_set *set, struct str der)
{
	struct buf one = BUF_CAP(PEM_MAX);
	bool found = false;

	for (size_t i = 0; i < cert_set_count(set) && !found; i++) {
		buf_cut(&one, 0);
		found = cert_der(set, i, &one, NULL) == 0 && str_eq(buf_str(&one), der);
	}
	buf_clear(&one);
	return found;
}

/* Not in the settings, but whose fingerprint is to be compared, too. */
static void
keep_signer(struct evidence_who *w, const struct cert_set *from, size_t at)
{
	struct buf der = BUF_CAP(PEM_MAX);

	if (cert_der(from, at, &der, NULL) == 0 && !is_in(w->theirs, buf_str(&der)) &&
	    !is_in(w->believed, buf_str(&der)))
		(void)cert_set_push(w->believed, cert_set_get(from, at), NULL);
	buf_clear(&der);
}

static bool
vouch(struct evidence_who *w, const struct evidence *ev, const struct evidence_mail *m, struct str pem)
{
	struct str detached = m->opaque ? (struct str){ 0 } : evidence_bytes(ev, m->content);
	struct cms_verified v = { .verdict = CMS_STRANGER };
	struct trust trust;

	if (trust_open(&trust, pem, ev->addresses, ev->n_addresses, NULL) == 0) {
		trust_begin(&trust, w->theirs, m->at_ms, S(""));
		evidence_verify(ev->a, evidence_bytes(ev, m->signature), detached, trust.believed,
		    &trust.newcomers, m->at_ms, &v);
		if (v.verdict == CMS_GOOD)
			keep_signer(w, trust.believed, v.at);
	}
	trust_close(&trust);
	return v.verdict == CMS_GOOD;
}

static bool
is_pinned(const struct evidence_who *w, const struct evidence *ev, const struct evidence_mail *m)
{
	struct str detached = m->opaque ? (struct str){ 0 } : evidence_bytes(ev, m->content);
	struct cms_verified v;

	evidence_verify(ev->a, evidence_bytes(ev, m->signature), detached, w->theirs, NULL, m->at_ms, &v);
	return v.verdict == CMS_GOOD;
}

void
evidence_who_vouch(struct evidence_who *w, struct evidence *ev, struct evidence_mail *m)
{
	struct str pem;

	if (!str_eq(m->by, S("partner")))
		return;
	pem = authorities_of(w, ev, m);
	if (pem.n == 0)
		return;
	/* The settings may have changed since, to or from trust = chain: what holds decides. */
	if (vouch(w, ev, m, pem) || !is_pinned(w, ev, m))
		m->authorities = keep_authorities(ev, pem, m->at_ms);
}

/* ---- certs/ ---- */

static void
put_set(struct evidence *ev, const struct cert_set *set, struct str path, int64_t at_ms)
{
	struct buf pem = BUF_CAP(PEM_MAX);
	struct err e;

	for (size_t i = 0; i < cert_set_count(set); i++)
		(void)cert_pem(set, i, &pem, NULL);	/* certificates only: a file may have the key beside them */
	if (pem.n > 0 && evidence_add(ev, path, str_dup(ev->a, buf_str(&pem)), at_ms, &e) == -1)
		cli_die(EX_DATAERR, &e);
	buf_clear(&pem);
}

void
evidence_who_close(struct evidence_who *w, struct evidence *ev, int64_t at_ms)
{	put_set(ev, w->own, EVIDENCE_OWN, at_ms);
	put_set(ev, w->theirs, EVIDENCE_PARTNER, at_ms);
	put_set(ev, w->believed, EVIDENCE_BELIEVED, at_ms);
	cert_set_free(w->own);
	cert_set_free(w->theirs);
	cert_set_free(w->believed);
	cert_key_free(w->key);
	keystore_close(&w->keys);
}
