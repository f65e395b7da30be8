/* SPDX-License-Identifier: ISC */
#include "gateway/inspect_who.h"

#include "gateway/certs.h"
#include "gateway/house.h"
#include "mime/cms.h"
#include "mime/part.h"

#include <unistd.h>

/* As far as this user may read them. */
static struct cert_set *
read_files(struct cli *c, const struct conf_list *paths)
{
	struct cert_set *set = NULL;
	struct err e;

	for (size_t i = 0; i < paths->n; i++) {
		const char *path = str_cstr(c->arena, paths->v[i]);
		if (access(path, R_OK) == -1)
			continue;
		if (set == NULL)
			(void)cert_set_read(cli_input(c, path), &set, &e);
		else
			(void)cert_set_add(set, cli_input(c, path), &e);
	}
	return set;
}

static void
open_trust(struct cli *c, const struct partner *pt, int64_t at_ms, struct inspect_who *w)
{
	struct str pem;
	struct err e;

	w->theirs = NULL;
	if (trust_read_pem(c->arena, pt, &pem, &e) == -1 ||
	    trust_open(&w->trust, pem, pt->addresses.v, pt->addresses.n, &e) == -1) {
		cli_warn("partner '" STR_FMT "': %s", STR_ARG(pt->key), e.text);
		return;
	}
	trust_begin(&w->trust, w->pinned, at_ms, pt->key);
	w->theirs = w->trust.believed;
	w->newcomers = &w->trust.newcomers;
}

/* The settings, when there are any, outlive what is taken from them. */
static void
find_configured(struct cli *c, struct str from, int64_t at_ms, struct inspect_who *w)
{
	struct conf *conf = arena_new_of(c->arena, struct conf);
	const struct partner *pt;
	struct err e;

	if (access(house_config_path(c), R_OK) == -1 || conf_read(c->arena, c->home, conf, &e) == -1)
		return;
	w->own = read_files(c, &conf->certs);
	if (keystore_open(conf, &w->keys, &e) == 0)
		w->key = keystore_unwrapper(&w->keys);
	pt = partner_by_address(conf, from);
	if (pt == NULL || w->theirs != NULL)
		return;
	w->theirs = w->pinned = read_files(c, &pt->certs);
	if (pt->trust_chain)
		open_trust(c, pt, at_ms, w);
	w->whose = cli_fmt(c->arena, "partner %s%s", cli_shown(c->arena, pt->key),
	    pt->trust_chain ? ", whose authority stands for it" : "");
}

/* Nobody to verify against: the certificate that the mail brings along shows at least whether it was changed. */
static void
find_embedded(struct cli *c, struct str mail, struct inspect_who *w)
{
	static const struct str types[] = { S_INIT("application/pkcs7-signature"),
		S_INIT("application/x-pkcs7-signature"), S_INIT("application/pkcs7-mime"),
		S_INIT("application/x-pkcs7-mime") };
	struct buf pem = BUF_CAP(CERTS_FILE_MAX);
	struct part_tree tree;
	unsigned int flags = 0;
	struct err e;

	if (part_tree_read(c->arena, mail, &tree, &e) == -1)
		return;
	for (size_t i = 0; i < tree.n * N(types) && w->theirs == NULL; i++) {
		const struct part *p = &tree.parts[i / N(types)];
		if (!part_is(p, types[i % N(types)]))
			continue;
		buf_cut(&pem, 0);
		if (cms_certs(cte_decode(c->arena, p->cte, part_body(&tree, i / N(types)), &flags), &pem, &e) == 0 &&
		    cert_set_read(buf_str(&pem), &w->pinned, &e) == 0)
			w->theirs = w->pinned;
	}
	w->embedded = w->theirs != NULL;
	buf_clear(&pem);
}

void
inspect_who_open(struct cli *c, const char *cert, struct str mail, struct str from, int64_t at_ms,
    struct inspect_who *out)
{
	struct certs_file f;
	struct err e;

	*out = (struct inspect_who){ .whose = cert };
	if (cert != NULL) {
		if (certs_read(c->arena, str_of(cert), &f, &e) == -1)
			cli_die(EX_NOINPUT, &e);
		out->theirs = out->pinned = f.set;
	}
	find_configured(c, from, at_ms, out);
	if (out->theirs == NULL && out->newcomers == NULL)
		find_embedded(c, mail, out);
}

void
inspect_who_close(struct inspect_who *w)
{
	cert_key_free(w->key);
	keystore_close(&w->keys);
	trust_close(&w->trust);
	cert_set_free(w->pinned);
	cert_set_free(w->own);
	*w = (struct inspect_who){ 0 };
}
