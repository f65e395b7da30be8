/* SPDX-License-Identifier: ISC */
/*
 * certs_own.c - a certificate of ours that an authority has issued, with its chain: taken up beside the others when its
 * private key is found: in a file named, in the same file, among those in the settings, or in private/.
 */
#include "gateway/certs_change.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "gateway/house.h"
#include "gateway/keystore.h"
#include "gateway/settings.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PASSPHRASE_MAX 1024

struct own {
	struct cli *c;
	const struct conf *conf;
	const struct certs_file *f;
	struct buf passphrase;
	size_t leaf;			/* which of the file's certificates the key belongs to */
	const char *name;		/* certs/NAME.pem, private/NAME.key */
};

/* Is the key of one of the certificates among these? */
static bool
has_key(struct own *o, const struct keystore *store)
{
	unsigned char id[CERT_KEY_ID_BYTES];

	for (size_t i = 0; i < o->f->n; i++)
		if (cert_key_id(cert_set_get(o->f->set, i), id) == 0 && keystore_find(store, id) != NULL) {
			o->leaf = i;
			return true;
		}
	return false;
}

static bool
is_key_file(struct own *o, const char *path, struct err *e)
{
	struct keystore store = { .n = 0 };
	bool fits = keystore_read(path, buf_str(&o->passphrase), &store, e) == 0;

	if (fits && !has_key(o, &store))
		fits = err_set(e, ERR_CONFIG, "is the key of none of these certificates") == 0;
	keystore_close(&store);
	return fits;
}

static bool
is_configured(struct own *o)
{
	struct keystore store;
	struct err e;
	bool found = keystore_open(o->conf, &store, &e) == 0 && has_key(o, &store);

	keystore_close(&store);
	return found;
}

static int
is_key_name(const struct dirent *de)
{
	return str_ends(str_of(de->d_name), S(".key"));
}

/* One that 'cert request' has left, below home; NULL: none. */
static const char *
find_in_private(struct own *o)
{
	struct dirent **files = NULL;
	const char *found = NULL;
	int n = scandir(cli_path(o->c, "private"), &files, is_key_name, alphasort);
	struct err e;

	for (int i = 0; i < n; i++) {
		const char *path = cli_fmt(o->c->arena, "private/%s", files[i]->d_name);
		if (found == NULL && is_key_file(o, cli_path(o->c, "%s", path), &e))
			found = path;
		free(files[i]);
	}
	free(files);
	return found;
}

/* A copy that nobody else may read. */
static const char *
write_key(struct own *o, struct str pem)
{
	const char *to = cli_fmt(o->c->arena, "private/%s.key", o->name);
	struct err e;

	house_make_folder(o->c, "private", 0700);
	if (io_replace_file(AT_FDCWD, cli_path(o->c, "%s", to), pem, 0600, &e) == -1)
		cli_die(EX_CANTCREAT, &e);
	house_give_file(o->c, cli_path(o->c, "%s", to));
	explicit_bzero((void *)(uintptr_t)pem.p, pem.n);
	(void)printf("written  %s\n", to);
	return to;
}

static const char *
place_key(struct own *o, const char *found)
{
	if (str_starts(str_of(found), S("private/")))
		return found;
	return write_key(o, cli_input(o->c, found));
}

/* Where its key is; NULL: in the settings already. What is not found ends the command, and nothing is written before. */
static const char *
find_key(struct own *o, const char *file, const char *key)
{
	const char *there;
	struct err e;

	if (key != NULL) {
		if (!is_key_file(o, key, &e))
			cli_fail(EX_DATAERR, "%s: %s", key, e.text);
		return key;
	}
	if (is_configured(o))
		return NULL;
	if (is_key_file(o, file, &e))
		return file;
	there = find_in_private(o);
	if (there == NULL)
		cli_fail(EX_DATAERR, "no private key of ours belongs to it: name its file with --key");
	return there;
}

/* That it is one we can work with. Nothing was changed before. */
static void
check_fit(const struct own *o, const struct cert_facts *facts)
{
	int64_t now = clock_wall_ms(), from = facts->not_before_ms > now ? facts->not_before_ms + 1000 : now;
	struct certs_file old;
	struct err e;

	if (cert_usable(o->f->set, o->leaf, CERT_SIGNS, from, &e) == -1)
		cli_fail(EX_DATAERR, "nothing was changed: %s", e.text);
	if (cert_usable(o->f->set, o->leaf, CERT_DECRYPTS, from, &e) == -1)
		cli_warn("nobody can encrypt to it: %s", e.text);
	if (!cert_is_for(o->f->set, o->leaf, o->conf->address))
		cli_warn("it does not name " STR_FMT ": partners with signer = address or trust = chain will refuse it",
		    STR_ARG(o->conf->address));
	for (size_t i = 0; i < o->conf->certs.n; i++) {
		if (certs_read(o->c->arena, o->conf->certs.v[i], &old, NULL) == -1)
			continue;
		if (str_eq(old.facts[0].fingerprint, facts->fingerprint))
			cli_fail(EX_CANTCREAT, STR_FMT " has it already: nothing was changed",
			    STR_ARG(o->conf->certs.v[i]));
		certs_clear(&old);
	}
}

/* Ours first, then the others of the file, in their order: its chain. */
static const char *
write_cert(const struct own *o)
{
	const char *path = cli_fmt(o->c->arena, "certs/%s.pem", o->name);
	struct buf pem = BUF_CAP(CERTS_FILE_MAX);
	struct err e;
	int rc = cert_pem(o->f->set, o->leaf, &pem, &e);

	for (size_t i = 0; i < o->f->n && rc == 0; i++)
		if (i != o->leaf)
			rc = cert_pem(o->f->set, i, &pem, &e);
	house_make_folder(o->c, "certs", 0755);
	if (rc == -1 || io_replace_file(AT_FDCWD, cli_path(o->c, "%s", path), buf_str(&pem), 0644, &e) == -1)
		cli_die(EX_CANTCREAT, &e);
	house_give_file(o->c, cli_path(o->c, "%s", path));
	buf_clear(&pem);
	(void)printf("written  %s\n", path);
	return path;
}

static void
announce(struct own *o)
{
	struct cert_set *one = cert_set_new();
	struct err e;

	if (cert_set_push(one, cert_set_get(o->f->set, o->leaf), &e) == -1)
		cli_die(EX_SOFTWARE, &e);
	certs_announce(o->c, o->conf, one);
	cert_set_free(one);
}

void
certs_take_own(struct cli *c, const struct certs_offer *offer)
{
	const struct settings_place certs = { S("gateway"), S(""), S("cert"), "config.ini" };
	const struct settings_place keys = { S("gateway"), S(""), S("key"), "config.ini" };
	struct own o = { .c = c, .conf = cli_conf(c), .f = offer->f, .passphrase = BUF_CAP(PASSPHRASE_MAX), .name = certs_new_name(c) };
	bool came_along = offer->key == NULL && offer->key_pem.n > 0 && !is_configured(&o);
	const char *found = NULL;
	struct err e;

	if (o.conf->key_passphrase.n > 0 &&
	    conf_secret(o.conf, o.conf->key_passphrase, &o.passphrase, &e) == -1)
		cli_die(EX_CONFIG, &e);
	if (!came_along)
		found = find_key(&o, offer->file, offer->key);
	check_fit(&o, &o.f->facts[o.leaf]);
	/* The key first: a certificate without its key would be an error. */
	if (came_along)
		settings_append(c, &keys, write_key(&o, offer->key_pem));
	else if (found != NULL)
		settings_append(c, &keys, place_key(&o, found));
	settings_append(c, &certs, write_cert(&o));
	buf_wipe(&o.passphrase);
	certs_print_facts(c->arena, &o.f->facts[o.leaf]);
	if (settings_reload(c))
		(void)printf("the running gateway has it\n");
	if (!offer->quiet)
		announce(&o);
	(void)printf("Mails are signed with the one before until a partner has taken up this one, or the other ends.\n");
}
