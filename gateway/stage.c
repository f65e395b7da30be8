/* SPDX-License-Identifier: ISC */
#include "gateway/stage.h"

#include "gateway/base/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PARTNERS "partners.d"

static int
link_file(struct cli *c, const char *stage, const char *relative)
{
	return symlink(cli_path(c, "%s", relative), cli_fmt(c->arena, "%s/%s", stage, relative));
}

static int
link_partners(struct cli *c, const char *stage, const char *but, struct err *e)
{
	DIR *d = opendir(cli_path(c, PARTNERS));
	struct dirent *de;
	int rc = 0;

	if (d == NULL)
		return errno == ENOENT ? 0 : err_errno(e, PARTNERS);
	while (rc == 0 && (de = readdir(d)) != NULL) {
		const char *relative = cli_fmt(c->arena, PARTNERS "/%s", de->d_name);
		if (de->d_name[0] == '.' || strcmp(relative, but) == 0)
			continue;
		if (link_file(c, stage, relative) == -1)
			rc = err_errno(e, "%s", relative);
	}
	(void)closedir(d);
	return rc;
}

static int
fill(struct cli *c, const char *stage, const char *relative, struct str content, struct err *e)
{
	if (mkdir(cli_fmt(c->arena, "%s/" PARTNERS, stage), 0700) == -1)
		return err_errno(e, "%s", stage);
	if (strcmp(relative, "config.ini") != 0 && link_file(c, stage, "config.ini") == -1)
		return err_errno(e, "%s", stage);
	if (link_partners(c, stage, relative, e) == -1)
		return -1;
	return io_replace_file(AT_FDCWD, cli_fmt(c->arena, "%s/%s", stage, relative), content, 0600, e);
}

static void
clear(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *de;

	if (d == NULL)
		return;
	while ((de = readdir(d)) != NULL)
		if (strcmp(de->d_name, ".") != 0 && strcmp(de->d_name, "..") != 0)
			(void)unlinkat(dirfd(d), de->d_name, 0);
	(void)closedir(d);
	(void)rmdir(folder);
}

int
stage_check(struct cli *c, const char *relative, struct str content, struct err *e)
{
	/* Beside config.ini: whoever may change settings may write there. */
	char *stage = cli_path(c, "config.ini"), *slash = strrchr(stage, '/');
	struct conf conf;
	int rc = -1;

	stage = str_cstr(c->arena, str_fmt(c->arena, "%.*s/.check-XXXXXX", (int)(slash - stage), stage));
	if (mkdtemp(stage) == NULL)
		return err_errno(e, "%s", stage);
	if (fill(c, stage, relative, content, e) == 0)
		rc = conf_read(c->arena, str_of(stage), &conf, e);
	clear(cli_fmt(c->arena, "%s/" PARTNERS, stage));
	clear(stage);
	return rc;
}
