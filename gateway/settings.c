/* SPDX-License-Identifier: ISC */
#include "gateway/settings.h"

#include "gateway/base/clock.h"
#include "gateway/base/ini.h"
#include "gateway/base/io.h"
#include "gateway/control.h"
#include "gateway/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define RELOAD_MS  60000
#define RELOAD_FILE 65536

static struct str
read_file(struct cli *c, const char *file)
{
	struct str text;
	struct err e;

	if (io_read_named(c->arena, file, SETTINGS_MAX, &text, &e) == -1)
		cli_die(EX_NOINPUT, &e);
	return text;
}

void
settings_put(struct cli *c, const struct settings_place *p, struct str value)
{
	const char *file = cli_path(c, "%s", p->file);
	struct str new;
	struct stat st;
	struct err e;

	if (stat(file, &st) == -1)
		cli_fail(EX_NOINPUT, "%s: %s", file, strerror(errno));
	new = ini_set(c->arena, read_file(c, file), p->section, p->name, p->key, value);
	if (stage_check(c, p->file, new, &e) == -1)
		cli_fail(e.kind == ERR_CONFIG ? EX_CONFIG : EX_CANTCREAT, "nothing was changed: %s", e.text);
	if (io_replace_file(AT_FDCWD, file, new, st.st_mode & 07777, &e) == -1)
		cli_die(EX_CANTCREAT, &e);
	if (geteuid() == 0 && chown(file, st.st_uid, st.st_gid) == -1)
		cli_fail(EX_IOERR, "%s: %s", file, strerror(errno));
}

void
settings_append(struct cli *c, const struct settings_place *p, const char *value)
{
	struct str dotted = p->name.n > 0 ? str_fmt(c->arena, STR_FMT "." STR_FMT "." STR_FMT, STR_ARG(p->section), STR_ARG(p->name),
	    STR_ARG(p->key)) : str_fmt(c->arena, STR_FMT "." STR_FMT, STR_ARG(p->section), STR_ARG(p->key));
	struct str old, origin;
	struct err e;

	if (conf_get(c->arena, c->home, dotted, &old, &origin, &e) == -1)
		cli_die(EX_CONFIG, &e);
	settings_put(c, p, old.n == 0 ? str_of(value) : str_fmt(c->arena, STR_FMT ", %s", STR_ARG(old), value));
}

/* The line of the ledger in run/roles, which is another after each reload; empty while somebody is not up. */
static struct str
roles_line(struct cli *c)
{
	struct str text, line, ledger = S("");

	if (io_read_named(c->arena, cli_path(c, "run/roles"), RELOAD_FILE, &text, NULL) == -1)
		return ledger;
	while (str_next_line(&text, &line)) {
		if (str_starts(line, S("ledger ")))
			ledger = line;
		if (!str_find(line, S(" up "), NULL))
			return S("");
	}
	return ledger;
}

bool
settings_reload(struct cli *c)
{
	const struct timespec pause = { .tv_nsec = 50 * 1000 * 1000 };
	struct str pid_text, before, now;
	int64_t until = clock_mono_ms() + RELOAD_MS;
	uint64_t pid;
	struct err e;

	if (!control_is_up(c) ||
	    io_read_named(c->arena, cli_path(c, "run/edigate.pid"), 64, &pid_text, &e) == -1 ||
	    str_u64(str_trim(pid_text), INT32_MAX, &pid) == -1)
		return false;
	before = roles_line(c);
	if (kill((pid_t)pid, SIGHUP) == -1)
		cli_fail(EX_NOPERM, "the running gateway cannot be told: %s", strerror(errno));
	do {
		(void)nanosleep(&pause, NULL);
		now = roles_line(c);
	} while ((now.n == 0 || str_eq(now, before)) && clock_mono_ms() < until);
	if (now.n == 0 || str_eq(now, before))
		cli_fail(EX_TEMPFAIL, "the running gateway has not taken the new settings within a minute: see its log");
	return true;
}
