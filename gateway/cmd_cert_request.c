/* SPDX-License-Identifier: ISC */
/* cmd_cert_request.c - a new key of ours, and what an authority wants to have of it. */
#include "gateway/cli.h"

#include "gateway/base/io.h"
#include "gateway/certs_change.h"
#include "gateway/house.h"

#include <fcntl.h>
#include <stdio.h>

#define KEY_PEM_MAX ((size_t)64 << 10)

int
cmd_cert_request(int argc, char **argv)
{
	struct cli c;
	struct buf key = BUF_CAP(KEY_PEM_MAX), request = BUF_CAP(KEY_PEM_MAX);
	const struct conf *conf;
	const char *path;
	struct err e;

	cli_start(&c, argc, argv, NULL, 0);
	cli_want_args(&c, 0, 0);
	conf = cli_conf(&c);
	path = cli_fmt(c.arena, "private/%s.key", certs_new_name(&c));
	if (cert_make_request(&(struct cert_new){ .org = conf->name, .mail = conf->address }, &key,
	        &request, &e) == -1)
		cli_die(EX_SOFTWARE, &e);
	house_make_folder(&c, "private", 0700);
	if (io_replace_file(AT_FDCWD, cli_path(&c, "%s", path), buf_str(&key), 0600, &e) == -1)
		cli_die(EX_CANTCREAT, &e);
	house_give_file(&c, cli_path(&c, "%s", path));
	(void)fwrite(request.p, 1, request.n, stdout);
	(void)fprintf(stderr, "its key is in %s; with the answer of the authority: edigate cert import --own ANSWER.pem\n", path);
	buf_wipe(&key);
	buf_clear(&request);
	return EX_OK;
}
