/* SPDX-License-Identifier: ISC */
/*
 * cmd_send.c - `edigate send`: a file into the outbox of its partner, as safely as any program could do it: written
 * under a name the gateway ignores, synced, then renamed without overwriting. --wait follows it (wait.c).
 */
#include "gateway/cli.h"

#include "edi/edi.h"
#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "gateway/control.h"
#include "gateway/house.h"
#include "gateway/wait.h"
#include "spool/name.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEND_TIMEOUT_MS	  300000
#define SEND_NAMES_MAX	  1000		/* taken names tried: invoice~2.edi, invoice~3.edi, ... */

struct send {
	struct cli cli;
	const char *to, *wait_for, *timeout, *name;
	bool wait;
	int64_t timeout_ms;
	const struct conf *conf;
	struct wait w;
};

static void
read_options(struct send *s, int argc, char **argv)
{
	const struct cli_opt opts[] = {
		{ "--to", .text = &s->to },
		{ "--wait", .flag = &s->wait, .text = &s->wait_for },
		{ "--timeout", .text = &s->timeout },
		{ "--name", .text = &s->name },
	};
	struct cli *c = &s->cli;

	cli_start(c, argc, argv, opts, N(opts));
	cli_want_args(c, 1, SIZE_MAX);
	s->timeout_ms = SEND_TIMEOUT_MS;
	if (s->timeout != NULL && clock_read_span(str_of(s->timeout), &s->timeout_ms) == -1)
		cli_usage(c, "--timeout '%s': want a span like 30s, 5m, 4h", s->timeout);
	if (s->timeout != NULL && !s->wait)
		cli_usage(c, "--timeout needs --wait");
	if (s->wait && wait_target_of(s->wait_for, &s->w.target) == -1)
		cli_usage(c, "--wait=%s: want accepted, receipted or acknowledged", s->wait_for);
	if (s->name != NULL && c->n > 1)
		cli_usage(c, "--name is for one file");
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->args[i], "-") == 0 && c->n > 1)
			cli_usage(c, "'-' is for itself alone");
}

/* The partner whose id the interchange carries; guessing would send somebody's prices to somebody else. */
static const struct partner *
partner_for(struct send *s, const char *file, struct str content)
{
	struct arena *a = s->cli.arena;
	const struct partner *pt;
	struct edi_facts f;
	struct err e;

	if (s->to != NULL) {
		pt = partner_by_key(s->conf, str_of(s->to));
		if (pt == NULL)
			cli_fail(EX_NOUSER, "no partner '%s': 'edigate partner list' shows them", s->to);
		return pt;
	}
	if (edi_read(a, content, &f, &e) == -1)
		cli_fail(EX_DATAERR, "%s: %s", file, e.text);
	if (f.receiver.id.n == 0)
		cli_fail(EX_NOUSER, "%s: names no receiver: say --to PARTNER", file);
	pt = partner_by_id(s->conf, f.receiver.qual, f.receiver.id);
	if (pt == NULL)
		cli_fail(EX_NOUSER, "%s: is for %s:%s, which is no partner's id: say --to PARTNER", file,
		    cli_shown(a, f.receiver.qual), cli_shown(a, f.receiver.id));
	return pt;
}

/* Names that the watcher leaves alone (DESIGN of the outbox: docs/STATES.md). */
static bool
is_ignored(struct str name)
{
	static const char *const ends[] = { "~", ".tmp", ".part", ".partial", ".filepart",
		".crdownload", ".swp", ".lck" };

	if (name.n == 0 || name.p[0] == '.')
		return true;
	for (size_t i = 0; i < N(ends); i++) {
		struct str end = str_of(ends[i]);
		if (name.n >= end.n && str_eq_nocase(str_from(name, name.n - end.n), end))
			return true;
	}
	return false;
}

static struct str
name_for(struct send *s, const char *file, struct str content)
{
	struct str name = str_of(s->name != NULL ? s->name : file), dir;
	const struct edi_format *format;
	char ulid[ULID_MAX];

	if (s->name == NULL && strcmp(file, "-") == 0) {
		ulid_new(ulid);
		format = edi_detect(str_sub(content, 0, 4096));
		return str_fmt(s->cli.arena, "stdin-%s.%s", ulid, format != NULL ? format->extension : "dat");
	}
	while (s->name == NULL && str_chr(name, '/', NULL))
		(void)str_cut(&name, '/', &dir);
	if (str_chr(name, '/', NULL) || name.n > NAME_MAX)
		cli_fail(EX_USAGE, "--name '%s' is no file name", s->name);
	if (is_ignored(name))
		cli_fail(EX_USAGE, "the outbox ignores files called like '%s': say --name",
		    cli_shown(s->cli.arena, name));
	return name;
}

/* "invoice.edi" → "invoice~2.edi", within NAME_MAX. */
static struct str
numbered(struct arena *a, struct str name, unsigned int i)
{
	size_t dot = name.n, room;
	struct str ext, mark;

	for (size_t k = name.n; k > 1 && name.n - k < 16; k--)
		if (name.p[k - 1] == '.') {
			dot = k - 1;
			break;
		}
	ext = str_from(name, dot);
	mark = str_fmt(a, "~%u", i);
	room = NAME_MAX - mark.n - ext.n;
	return str_cat(a, str_cat(a, str_sub(name, 0, dot < room ? dot : room), mark), ext);
}

/* Rename without overwriting; a file system that cannot is asked to link. */
static int
rename_new(int dir, const char *from, const char *to)
{
	if (renameat2(dir, from, dir, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (linkat(dir, from, dir, to, 0) == -1)
		return -1;
	(void)unlinkat(dir, from, 0);
	return 0;
}

static struct str
appear(struct send *s, int dir, const char *tmp, struct str name)
{
	struct arena *a = s->cli.arena;
	struct str try = name;

	for (unsigned int i = 2; rename_new(dir, tmp, str_cstr(a, try)) == -1; i++) {
		int why = errno;
		if (why == EEXIST && i < SEND_NAMES_MAX) {
			try = numbered(a, name, i);
			continue;
		}
		(void)unlinkat(dir, tmp, 0);
		cli_fail(why == EEXIST ? EX_CANTCREAT : EX_IOERR, "%s: %s", cli_shown(a, try), strerror(why));
	}
	return try;
}

/* Root drops for whoever owns the folder, so that the gateway can take the file. */
static void
write_tmp(int dir, const char *tmp, struct str content)
{
	int fd = openat(dir, tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0660);
	struct stat st;
	struct err e;

	if (fd == -1)
		cli_fail(errno == EACCES ? EX_NOPERM : EX_CANTCREAT, "outbox: %s", strerror(errno));
	if (io_write_all(fd, content, &e) == -1 || (fsync(fd) == -1 && err_errno(&e, "fsync") == -1)) {
		(void)unlinkat(dir, tmp, 0);
		cli_die(EX_IOERR, &e);
	}
	if (geteuid() == 0 && fstat(dir, &st) == 0 && fchown(fd, st.st_uid, st.st_gid) == -1)
		cli_warn("outbox: chown: %s", strerror(errno));
	io_close(&fd);
}

/* Returns the name that the file got. */
static struct str
drop(struct send *s, const struct partner *pt, struct str name, struct str content)
{
	struct cli *c = &s->cli;
	const char *folder = cli_path(c, "outbox/%s", cli_shown(c->arena, pt->key)), *tmp;
	char ulid[ULID_MAX];
	struct err e;
	int dir;

	if (access(folder, F_OK) == -1)
		house_make_folder(c, cli_fmt(c->arena, "outbox/%s", cli_shown(c->arena, pt->key)), 0770);
	dir = io_open_dir(AT_FDCWD, folder, &e);
	if (dir == -1)
		cli_die(EX_CANTCREAT, &e);
	ulid_new(ulid);
	tmp = cli_fmt(c->arena, ".edigate-%s.tmp", ulid);
	write_tmp(dir, tmp, content);
	name = appear(s, dir, tmp, name);
	if (io_fsync_dir(dir, &e) == -1)
		cli_die(EX_IOERR, &e);
	io_close(&dir);
	return name;
}

static void
check_complete(const char *file, struct str content)
{
	const size_t edge = 4096;
	struct str tail = str_from(content, content.n > edge ? content.n - edge : 0);
	const char *why;

	if (!edi_complete(str_sub(content, 0, edge), tail, &why))
		cli_fail(EX_DATAERR, "%s: %s", file, why);
}

static void
send_one(struct send *s, const char *file)
{
	struct cli *c = &s->cli;
	struct str content = cli_input(c, file), name;
	const struct partner *pt;

	check_complete(file, content);
	pt = partner_for(s, file, content);
	name = name_for(s, file, content);
	if (s->wait)
		wait_expect(&s->w, pt);
	name = drop(s, pt, name, content);
	control_poke(c, MSG_CTL_RESCAN, S(""));
	if (s->wait)
		wait_add(&s->w, pt->key, name);
	else
		(void)printf("outbox/%s/%s  %s\n", cli_shown(c->arena, pt->key), cli_shown(c->arena, name),
		    cli_size(c->arena, content.n));
}

int
cmd_send(int argc, char **argv)
{
	struct send s = { 0 };
	struct cli *c = &s.cli;

	read_options(&s, argc, argv);
	s.conf = cli_conf(c);
	if (s.wait && !control_is_up(c))
		cli_fail(EX_UNAVAILABLE,
		    "the gateway is not running, nothing was sent: start it with 'edigate run'");
	if (s.wait)
		wait_start(&s.w, c);
	for (size_t i = 0; i < c->n; i++)
		send_one(&s, c->args[i]);
	if (s.wait)
		return wait_run(&s.w, s.timeout_ms);
	if (!control_is_up(c))
		cli_warn("the gateway is not running: what is in the outbox goes out when it is started");
	return EX_OK;
}
