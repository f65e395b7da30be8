/* SPDX-License-Identifier: ISC */
#include "gateway/house.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "mime/cert.h"
#include "spool/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOUSE_USER	"edigate"
#define KEY_PEM_MAX	((size_t)64 << 10)
#define NOT_BEFORE_MS	3600000LL	/* partners' clocks may be behind ours */
#define DAY_MS		86400000LL
#define NFTW_FDS	16

/* Group members (the ERP's user) drop and fetch; nobody else looks in. Keys are the owner's alone. */
static const struct folder {
	const char *path;
	unsigned int mode;
} folders[] = {
	{ "outbox", 0770 }, { "inbox", 0770 }, { "sent", 0750 }, { "failed", 0750 }, { "status", 0750 },
	{ "quarantine", 0750 }, { "spool", 0750 }, { "db", 0750 }, { "certs", 0755 }, { "certs/partners", 0755 },
	{ "private", 0700 }, { "hooks.d", 0750 }, { "run", 0750 }, { "partners.d", 0750 },
};

char *
house_config_path(const struct cli *c)
{
	return cli_path(c, "config.ini");
}

char *
house_partner_path(const struct cli *c, struct str key)
{
	return cli_path(c, "partners.d/" STR_FMT ".ini", STR_ARG(key));
}

char *
house_cert_path(const struct cli *c, struct str key)
{
	return cli_path(c, "certs/partners/" STR_FMT ".pem", STR_ARG(key));
}

void
house_give_file(struct cli *c, const char *path)
{
	struct stat st;

	if (geteuid() == 0 && stat(str_cstr(c->arena, c->home), &st) == 0 &&
	    lchown(path, st.st_uid, st.st_gid) == -1)
		cli_fail(EX_CANTCREAT, "%s: %s", path, strerror(errno));
}

/* The mode is set again because the umask may have taken from it; a folder that was there keeps its own. */
void
house_make_folder(struct cli *c, const char *relative, unsigned int mode)
{
	const char *path = cli_path(c, "%s", relative);
	struct err e;

	if (access(path, F_OK) == 0)
		return;
	if (io_mkdirs(path, (mode_t)mode, &e) == -1)
		cli_die(EX_CANTCREAT, &e);
	if (chmod(path, (mode_t)mode) == -1)
		cli_fail(EX_CANTCREAT, "%s: %s", path, strerror(errno));
	house_give_file(c, path);
}

void
house_make_folders(struct cli *c)
{
	struct spool *spool = NULL;
	struct err e;

	if (io_mkdirs(str_cstr(c->arena, c->home), 0755, &e) == -1)
		cli_die(EX_CANTCREAT, &e);
	for (size_t i = 0; i < N(folders); i++)
		house_make_folder(c, folders[i].path, folders[i].mode);
	if (spool_open(str_cstr(c->arena, c->home), true, &spool, &e) == -1)
		cli_die(EX_CANTCREAT, &e);
	spool_close(spool);
}

void
house_make_key(struct cli *c, const struct house_key *k)
{
	struct buf key = BUF_CAP(KEY_PEM_MAX), cert = BUF_CAP(KEY_PEM_MAX);
	const char *key_path = cli_path(c, "%s", k->key), *cert_path = cli_path(c, "%s", k->cert);
	int64_t now = clock_wall_ms();
	struct cert_new what = { k->org, k->mail, k->host, now - NOT_BEFORE_MS,
		now + HOUSE_CERT_DAYS * DAY_MS };
	struct err e;

	if (access(key_path, F_OK) == 0 || access(cert_path, F_OK) == 0)
		cli_fail(EX_CANTCREAT, "%s exists already: nothing was changed",
		    access(key_path, F_OK) == 0 ? key_path : cert_path);
	if (cert_make(&what, &key, &cert, &e) == -1)
		cli_die(EX_SOFTWARE, &e);
	if (io_replace_file(AT_FDCWD, key_path, buf_str(&key), 0600, &e) == -1 ||
	    io_replace_file(AT_FDCWD, cert_path, buf_str(&cert), 0644, &e) == -1)
		cli_die(EX_CANTCREAT, &e);
	buf_wipe(&key);
	buf_clear(&cert);
	(void)printf("  key       %s (RSA 3072), certificate %s, valid to %s\n", k->key, k->cert,
	    cli_day(c->arena, what.not_after_ms));
}

/* nftw() hands its callback nothing of ours. */
static const struct passwd *new_owner;

static int
give_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return lchown(path, new_owner->pw_uid, new_owner->pw_gid);
}

bool
house_has_user(void)
{
	return getpwnam(HOUSE_USER) != NULL;
}

void
house_give_away(struct cli *c)
{
	new_owner = geteuid() == 0 ? getpwnam(HOUSE_USER) : NULL;
	if (new_owner == NULL)
		return;
	if (lchown(str_cstr(c->arena, c->home), new_owner->pw_uid, new_owner->pw_gid) == -1)
		cli_fail(EX_CANTCREAT, STR_FMT ": %s", STR_ARG(c->home), strerror(errno));
	for (size_t i = 0; i < N(folders); i++)
		if (nftw(cli_path(c, "%s", folders[i].path), give_one, NFTW_FDS, FTW_PHYS | FTW_MOUNT) == -1)
			cli_fail(EX_CANTCREAT, "%s: %s", folders[i].path, strerror(errno));
	house_give_file(c, house_config_path(c));
}
