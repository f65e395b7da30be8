/* SPDX-License-Identifier: ISC */
/* certs_pending.c - certificates that partners have sent by signed mail, and that wait for the operator. */
#include "gateway/certs_change.h"

#include "gateway/cem.h"

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
is_known(struct looking *l, struct str fingerprint)
{
	bool known = is_in(l->c, &l->pt->certs, fingerprint) || is_in(l->c, &l->conf->certs, fingerprint);

	for (size_t i = 0; i < l->n && !known; i++)
		known = str_eq(l->out[i].facts.fingerprint, fingerprint);
	return known;
}

static void
add(struct looking *l, struct certs_pending p, struct str der)
{
	if (l->n == CERTS_PENDING_MAX || cert_set_read_der(der, &p.set, NULL) == -1)
		return;
	if (cert_facts(l->c->arena, p.set, 0, &p.facts, NULL) == -1 || is_known(l, p.facts.fingerprint))
		cert_set_free(p.set);
	else
		l->out[l->n++] = p;
}

static bool
look(void *arg, struct str path, struct str bytes)
{
	struct looking *l = arg;
	struct cem cem;
	struct err e;

	if (!str_ends(path, S("." CERTMAIL_CEM)))
		add(l, (struct certs_pending){ .path = path }, bytes);
	else if (cem_read(l->c->arena, bytes, &cem, &e) == 0 && !cem.is_answer)
		for (size_t i = 0; i < cem.n; i++)
			/* One for their web servers only is none of our business. */
			if (cem.items[i].use == 0 || (cem.items[i].use & (CEM_SIGNS | CEM_ENCRYPTS)) != 0)
				add(l,
				    (struct certs_pending){ .path = path,
				        .request = cem.id,
				        .respond_by_ms = cem.items[i].respond_by_ms },
				    cem.items[i].der);
	return l->n < CERTS_PENDING_MAX;
}

size_t
certs_find_pending(struct cli *c, const struct conf *conf, const struct partner *pt,
    struct certs_pending *out)
{
	struct looking l = { c, conf, pt, out, 0 };

	certmail_each(c->arena, conf, pt, look, &l);
	return l.n;
}

void
certs_pending_clear(struct certs_pending *pending, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cert_set_free(pending[i].set);
}

const struct certs_pending *
certs_choose(struct cli *c, const struct certs_pending *pending, size_t n, const char *partner,
    const char *typed)
{
	const struct certs_pending *one = NULL;
	size_t fits = 0;

	for (size_t i = 0; i < n; i++)
		if (typed == NULL || certs_is_called(pending[i].facts.fingerprint, str_of(typed))) {
			one = &pending[i];
			fits++;
		}
	if (fits == 0)
		cli_fail(CMD_NO, "no such certificate of '%s' waits: 'edigate cert list --pending' shows those that do", partner);
	if (fits > 1)
		cli_fail(EX_USAGE,
		    "%zu certificates of '%s' wait: which? Give the beginning of its fingerprint",
		    fits, partner);
	certs_print_facts(c->arena, &one->facts);
	return one;
}
