/* SPDX-License-Identifier: ISC */
#include "gateway/keys.h"

#include "gateway/base/io.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_PEM_MAX (1u << 20)

struct keys {
	const struct conf *conf;
	struct cert_set *own;
	struct cert_key *key;
	struct cert_set **partners;	/* by index into conf->partners; NULL: not read yet */
};

static int
read_own(struct keys *k, struct err *e)
{
	struct arena *a = arena_new(4 * KEYS_PEM_MAX);
	struct str pem;
	int rc = -1;

	if (io_read_file(a, AT_FDCWD, str_cstr(a, k->conf->cert), KEYS_PEM_MAX, &pem, e) == -1 ||
	    cert_set_read(pem, &k->own, e) == -1)
		goto out;
	if (io_read_file(a, AT_FDCWD, str_cstr(a, k->conf->key), KEYS_PEM_MAX, &pem, e) == -1)
		goto out;
	rc = cert_key_read(pem, &k->key, e);
	explicit_bzero((void *)(uintptr_t)pem.p, pem.n);
	if (rc == 0 && !cert_key_fits(k->key, k->own))
		rc = err_code(err_set(e, ERR_CONFIG, "key " STR_FMT " does not belong to certificate " STR_FMT, STR_ARG(k->conf->key),
		    STR_ARG(k->conf->cert)), e, "E-CERT-KEY");
out:
	arena_free(a);
	return rc;
}

static int
read_partner(const struct partner *pt, struct cert_set **out, struct err *e)
{
	struct arena *a = arena_new(CONF_PARTNERS_MAX + 20 * (size_t)KEYS_PEM_MAX);
	struct cert_set *set = NULL;
	struct str pem;
	int rc = 0;

	for (size_t i = 0; i < pt->certs.n && rc == 0; i++) {
		rc = io_read_file(a, AT_FDCWD, str_cstr(a, pt->certs.v[i]), KEYS_PEM_MAX, &pem, e);
		if (rc == 0)
			rc = set == NULL ? cert_set_read(pem, &set, e) : cert_set_add(set, pem, e);
		if (rc == -1)
			err_add(e, "partner '" STR_FMT "': " STR_FMT, STR_ARG(pt->key), STR_ARG(pt->certs.v[i]));
	}
	if (rc == -1) {
		cert_set_free(set);
		e->kind = ERR_CONFIG;
	} else {
		*out = set;
	}
	arena_free(a);
	return rc;
}

int
keys_open(const struct conf *c, struct keys **out, struct err *e)
{
	struct keys *k = calloc(1, sizeof(*k));

	if (k == NULL || (k->partners = calloc(c->n_partners + 1, sizeof(struct cert_set *))) == NULL)
		abort();
	k->conf = c;
	if (read_own(k, e) == -1) {
		keys_close(k);
		return -1;
	}
	*out = k;
	return 0;
}

void
keys_close(struct keys *k)
{
	if (k == NULL)
		return;
	for (size_t i = 0; i < k->conf->n_partners; i++)
		cert_set_free(k->partners[i]);
	free(k->partners);
	cert_set_free(k->own);
	cert_key_free(k->key);
	free(k);
}

const struct cert_set *
keys_own(const struct keys *k)
{
	return k->own;
}

const struct cert_key *
keys_private(const struct keys *k)
{
	return k->key;
}

int
keys_partner(struct keys *k, const struct partner *pt, const struct cert_set **out, struct err *e)
{
	struct cert_set **slot = &k->partners[pt - k->conf->partners];

	*out = NULL;
	if (*slot == NULL && pt->certs.n > 0 && read_partner(pt, slot, e) == -1)
		return -1;
	*out = *slot;
	return 0;
}
