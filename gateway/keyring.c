/* SPDX-License-Identifier: ISC */
#include "gateway/keyring.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "gateway/base/landlock.h"
#include "gateway/base/log.h"
#include "gateway/certmail.h"
#include "gateway/keyclient.h"
#include "gateway/known.h"
#include "gateway/trust.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PEM_MAX  (1u << 20)
#define STAMP_MS 2000	/* coarser than any file system's clock */

/* Whether a partner has taken up a certificate of ours, while nothing has changed in their inbox. */
struct inbox_said {
	bool is_kept, taken;
	struct stat folder;
};

struct keyring {
	const struct conf *conf;
	struct keyclient *client;
	struct keyring_own *own;	/* one for each file of ours, in their order */
	size_t n_own;
	struct cert_set *all;
	struct cert_key *unwrapper;
	struct inbox_said *said;	/* n_own for each partner, by index into conf->partners */
	struct cert_set **partners;	/* by index into conf->partners; NULL: not read yet */
	/* Of the partner asked for last, with trust = chain: */
	const struct partner *trusted;	/* NULL: none yet */
	struct trust trust;
	struct stat looks[2];		/* of the files that it is from */
	struct buf authorities;		/* what stands in them */
	bool is_noted;			/* by known_note_trust() */
};

static int
read_set(struct arena *a, struct str path, struct cert_set **set, struct err *e)
{
	struct str pem;

	if (io_read_file(a, AT_FDCWD, str_cstr(a, path), PEM_MAX, &pem, e) == -1)
		return -1;
	return *set == NULL ? cert_set_read(pem, set, e) : cert_set_add(*set, pem, e);
}

/* The first of a file is ours; its chain only goes along. */
static int
add_to_all(struct keyring *r, const struct cert_set *set, struct err *e)
{
	struct buf pem = BUF_CAP(PEM_MAX);
	int rc = cert_pem(set, 0, &pem, e);

	if (rc == 0)
		rc = r->all == NULL ? cert_set_read(buf_str(&pem), &r->all, e) : cert_set_add(r->all, buf_str(&pem), e);
	buf_clear(&pem);
	return rc;
}

static int
read_own(struct keyring *r, struct arena *a, struct str path, struct err *e)
{
	struct keyring_own *own = &r->own[r->n_own];
	struct cert_facts facts;

	if (read_set(a, path, &own->set, e) == -1)
		return err_add(e, "our certificate " STR_FMT, STR_ARG(path));
	r->n_own++;
	if (keyclient_has(r->client, cert_set_get(own->set, 0), e) == -1) {
		if (e->kind == ERR_CONFIG)
			err_code(-1, e, "E-CERT-KEY");
		return err_add(e, "our certificate " STR_FMT, STR_ARG(path));
	}
	if (cert_facts(a, own->set, 0, &facts, e) == -1)
		return err_add(e, "our certificate " STR_FMT, STR_ARG(path));
	own->from_ms = facts.not_before_ms;
	own->key = keyclient_key(r->client, cert_set_get(own->set, 0));
	return add_to_all(r, own->set, e);
}

/* Where our private keys are is out of our sight from here on, though they belong to the user that we are. */
static int
hide_private(struct arena *a, const struct conf *c, struct err *e)
{
	const char *paths[LANDLOCK_HIDDEN_MAX];
	size_t n = 0;
	int rc;

	paths[n++] = conf_path(a, c, "private");
	for (size_t i = 0; i < c->keys.n && n < N(paths); i++)
		paths[n++] = str_cstr(a, c->keys.v[i]);
	rc = landlock_hide(paths, n, e);
	if (rc == 1)
		log_ev(LOG_WARN, 0, "landlock",
		    KC("why",
		        "this kernel has none: private keys are kept away by not looking only"));
	return rc == -1 ? -1 : 0;
}

int
keyring_open(const struct conf *c, int fd, struct keyring **out, struct err *e)
{
	struct keyring *r = calloc(1, sizeof(*r));
	struct arena *a = arena_new((c->certs.n + 1) * 2 * (size_t)PEM_MAX);
	int rc = hide_private(a, c, e);

	if (r == NULL || (r->partners = calloc(c->n_partners + 1, sizeof(struct cert_set *))) == NULL ||
	    (r->own = calloc(c->certs.n + 1, sizeof(*r->own))) == NULL)
		abort();
	r->conf = c;
	r->authorities = BUF_CAP(TRUST_PEM_MAX);
	r->client = keyclient_new(fd, KEYCLIENT_WAIT_MS);
	r->unwrapper = keyclient_key(r->client, NULL);
	for (size_t i = 0; i < c->certs.n && rc == 0; i++)
		rc = read_own(r, a, c->certs.v[i], e);
	arena_free(a);
	if (rc == -1) {
		keyring_close(r);
		return -1;
	}
	if ((r->said = calloc(c->n_partners * r->n_own + 1, sizeof(*r->said))) == NULL)
		abort();
	*out = r;
	return 0;
}

void
keyring_close(struct keyring *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->conf->n_partners; i++)
		cert_set_free(r->partners[i]);
	for (size_t i = 0; i < r->n_own; i++) {
		cert_key_free(r->own[i].key);
		cert_set_free(r->own[i].set);
	}
	cert_key_free(r->unwrapper);
	cert_set_free(r->all);
	trust_close(&r->trust);
	buf_clear(&r->authorities);
	keyclient_free(r->client);
	free(r->own);
	free(r->said);
	free(r->partners);
	free(r);
}

static bool
is_der(const struct cert_set *set, size_t i, struct str der)
{
	struct buf b = BUF_CAP(PEM_MAX);
	bool same = cert_der(set, i, &b, NULL) == 0 && str_eq(buf_str(&b), der);

	buf_clear(&b);
	return same;
}

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	    a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* By what lies in the partner's inbox. */
static bool
ask_inbox(const struct keyring *r, const struct keyring_own *own, const struct partner *pt)
{
	struct arena *a = arena_new(4 * (CERTMAIL_FILES + 10) * CERTMAIL_MAX);
	struct buf der = BUF_CAP(PEM_MAX);
	bool taken = cert_der(own->set, 0, &der, NULL) == 0 && certmail_has(a, r->conf, pt, buf_str(&der));

	buf_clear(&der);
	arena_free(a);
	return taken;
}

/* A folder that was changed in this very moment may change again without a new time. */
static bool
is_at_rest(const struct stat *st)
{
	return clock_wall_ms() - (int64_t)st->st_mtim.tv_sec * 1000 > STAMP_MS;
}

static bool
is_taken_up(const struct keyring *r, size_t own, const struct partner *pt)
{
	struct inbox_said *said = &r->said[(size_t)(pt - r->conf->partners) * r->n_own + own];
	struct arena *a = arena_new(64 << 10);
	struct stat now = { 0 };

	(void)stat(certmail_inbox(a, r->conf, pt), &now);
	arena_free(a);
	if (!said->is_kept || !is_same(&now, &said->folder))
		*said = (struct inbox_said){ is_at_rest(&now), ask_inbox(r, &r->own[own], pt), now };
	return said->taken;
}

const struct keyring_own *
keyring_signer(const struct keyring *r, const struct partner *pt, int64_t now_ms)
{
	const struct keyring_own *first = NULL, *newest = NULL;
	size_t usable = 0;

	for (size_t i = 0; i < r->n_own; i++)
		if (cert_usable(r->own[i].set, 0, CERT_SIGNS, now_ms, NULL) == 0) {
			first = first == NULL ? &r->own[i] : first;
			usable++;
		}
	for (size_t i = 0; i < r->n_own && usable > 1; i++)
		if (cert_usable(r->own[i].set, 0, CERT_SIGNS, now_ms, NULL) == 0 &&
		    is_taken_up(r, i, pt) &&
		    (newest == NULL || newest->from_ms < r->own[i].from_ms))
			newest = &r->own[i];
	return newest != NULL ? newest : first != NULL ? first : &r->own[r->n_own - 1];
}

bool
keyring_is_own(const struct keyring *r, struct str der)
{
	for (size_t i = 0; i < r->n_own; i++)
		if (is_der(r->own[i].set, 0, der))
			return true;
	return false;
}

bool
keyring_is_certificate(struct keyring *r, const struct partner *pt, struct str document)
{
	const struct cert_set *theirs = NULL;

	if (document.n == 0 || document.n > CERTMAIL_MAX || document.p[0] != '\x30')
		return false;
	if (keyring_is_own(r, document))
		return true;
	if (keyring_partner(r, pt, clock_wall_ms(), &theirs, NULL) == -1 || theirs == NULL)
		return false;
	for (size_t i = 0; i < cert_set_count(theirs); i++)
		if (is_der(theirs, i, document))
			return true;
	return false;
}

const struct cert_set *
keyring_all(const struct keyring *r)
{
	return r->all;
}

const struct cert_key *
keyring_unwrapper(const struct keyring *r)
{
	return r->unwrapper;
}

/* What the files of the settings look like; zero for one that is not there. */
static void
look(const struct partner *pt, struct stat out[2])
{
	struct arena *a = arena_new(64 << 10);
	const struct str paths[] = { pt->ca, pt->crl };

	for (size_t i = 0; i < N(paths); i++) {
		memset(&out[i], 0, sizeof(out[i]));
		if (paths[i].n > 0)
			(void)stat(str_cstr(a, paths[i]), &out[i]);
	}
	arena_free(a);
}

/* Read when they are another partner's, or have changed since: a list may be replaced at any time. */
static int
open_trust(struct keyring *r, const struct partner *pt, struct err *e)
{
	struct arena *a;
	struct stat now[2];
	struct str pem;
	int rc;

	look(pt, now);
	if (r->trusted == pt && is_same(&now[0], &r->looks[0]) && is_same(&now[1], &r->looks[1]))
		return 0;
	r->trusted = NULL;
	trust_close(&r->trust);
	a = arena_new(4 * TRUST_PEM_MAX);
	rc = trust_read_pem(a, pt, &pem, e);
	if (rc == 0)
		rc = trust_open(&r->trust, pem, pt->addresses.v, pt->addresses.n, e);
	if (rc == 0) {
		r->trusted = pt;
		r->is_noted = false;
		memcpy(r->looks, now, sizeof(r->looks));
		buf_clear(&r->authorities);
		rc = buf_put(&r->authorities, pem, e);
	}
	arena_free(a);
	return rc == -1 ? err_add(e, "partner '" STR_FMT "'", STR_ARG(pt->key)) : 0;
}

int
keyring_partner(struct keyring *r, const struct partner *pt, int64_t at_ms,
    const struct cert_set **out, struct err *e)
{
	struct cert_set **slot = &r->partners[pt - r->conf->partners];

	*out = NULL;
	if (*slot == NULL && pt->certs.n > 0 && trust_read_certs(pt, slot, e) == -1)
		return -1;
	*out = *slot;
	if (!pt->trust_chain)
		return 0;
	*out = NULL;
	if (open_trust(r, pt, e) == -1)
		return -1;
	trust_begin(&r->trust, *slot, at_ms, pt->key);
	*out = r->trust.believed;
	return 0;
}

const struct cert_newcomers *
keyring_newcomers(const struct keyring *r, const struct partner *pt)
{
	return pt->trust_chain ? &r->trust.newcomers : NULL;
}

int
keyring_note_trust(struct keyring *r, const struct partner *pt, struct err *e)
{
	struct arena *a;
	int rc;

	if (!pt->trust_chain || r->trusted != pt || r->is_noted)
		return 0;
	a = arena_new(2 * TRUST_PEM_MAX);
	rc = known_note_trust(a, r->conf, pt->key, buf_str(&r->authorities), e);
	r->is_noted = rc == 0;
	arena_free(a);
	return rc;
}
