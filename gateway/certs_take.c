/* SPDX-License-Identifier: ISC */
/* certs_take.c - a certificate of a partner goes into a file and into the settings. */
#include "gateway/certs_change.h"

#include "gateway/base/io.h"
#include "gateway/house.h"
#include "gateway/settings.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* A file of its own beside the others, and named in the partner's settings. */
void
certs_take_up(struct cli *c, const struct partner *pt, const struct cert_set *set,
    const struct cert_facts *facts)
{
	const char *path = cli_fmt(c->arena, "certs/partners/%s-%s.pem", cli_shown(c->arena, pt->key),
	    certs_short(c->arena, facts->fingerprint));
	const struct settings_place place = { S("partner"), pt->key, S("cert"), str_cstr(c->arena, pt->file) };
	struct buf pem = BUF_CAP(CERTS_FILE_MAX);
	struct err e;

	if (access(cli_path(c, "%s", path), F_OK) == 0)
		cli_fail(EX_CANTCREAT, "%s exists already: nothing was changed", path);
	if (cert_usable(set, 0, CERT_DECRYPTS, facts->not_before_ms + 1000, &e) == -1 &&
	    cert_usable(set, 0, CERT_SIGNS, facts->not_before_ms + 1000, &e) == -1)
		cli_fail(EX_DATAERR, "nothing was changed: %s", e.text);
	house_make_folder(c, "certs/partners", 0755);
	if (cert_pem(set, 0, &pem, &e) == -1 ||
	    io_replace_file(AT_FDCWD, cli_path(c, "%s", path), buf_str(&pem), 0640, &e) == -1)
		cli_die(EX_CANTCREAT, &e);
	house_give_file(c, cli_path(c, "%s", path));
	settings_append(c, &place, path);
	buf_clear(&pem);
	(void)printf("written  %s\n", path);
	if (settings_reload(c))
		(void)printf("the running gateway has it: what they sign with it is believed, and what we send is encrypted to it too\n");
}

void
certs_ask(bool yes)
{
	if (yes)
		return;
	(void)printf("Compare the fingerprint or the words with your partner, on the phone or on paper.\n");
	cli_confirm("accept?");
}
