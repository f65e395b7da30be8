/* SPDX-License-Identifier: ISC */
/* What cli.h promises about printing for people: terminals, colour, time, sizes, tables. */
#include "gateway/cli.h"

#include "gateway/base/clock.h"
#include "spool/name.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TABLE_BYTES_MAX ((size_t)256 << 20)

bool
cli_is_tty(int fd)
{
	return isatty(fd) == 1;
}

bool
cli_colour(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (no != NULL && no[0] != '\0')
		return false;
	return cli_is_tty(STDOUT_FILENO) && term != NULL && strcmp(term, "dumb") != 0;
}

void
cli_confirm(const char *question)
{
	char line[16];

	if (!cli_is_tty(STDIN_FILENO) || !cli_is_tty(STDERR_FILENO))
		cli_fail(EX_USAGE, "nothing was done: nobody can be asked here, say --yes");
	(void)fflush(stdout);
	(void)fprintf(stderr, "%s [y/N] ", question);
	if (fgets(line, sizeof(line), stdin) == NULL || (line[0] != 'y' && line[0] != 'Y'))
		cli_fail(CMD_NO, "nothing was done");
}

enum tint
cli_state_tint(struct str shown)
{
	static const char *const good[] = { "complete", "filed", "handed-over" };
	static const char *const bad[] = { "failed", "rejected", "invalid", "quarantined", "disputed" };
	static const char *const wait[] = { "held", "partly-accepted", "ack-overdue",
		"receipt-overdue", "uncertain", "deferred", "unmatched", "duplicate" };
	static const char *const dim[] = { "cancelled", "superseded" };
	static const struct {
		const char *const *words;
		size_t n;
		enum tint tint;
	} tints[] = {
		{ good, N(good), TINT_GOOD },
		{ bad, N(bad), TINT_BAD },
		{ wait, N(wait), TINT_WAIT },
		{ dim, N(dim), TINT_DIM },
	};

	for (size_t i = 0; i < N(tints); i++)
		for (size_t k = 0; k < tints[i].n; k++)
			if (str_eq(shown, str_of(tints[i].words[k])))
				return tints[i].tint;
	return TINT_NONE;
}

/* People read their own clock; programs get --json, which is UTC. */
static struct tm
local_time(int64_t ms)
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm = { 0 };

	(void)localtime_r(&t, &tm);
	return tm;
}

const char *
cli_fmt(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *p;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	assert(n >= 0);
	p = arena_get(a, (size_t)n + 1);
	(void)vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p;
}

const char *
cli_shown(struct arena *a, struct str any)
{
	return any.n == 0 ? "-" : str_cstr(a, name_shown(a, any));
}

const char *
cli_day(struct arena *a, int64_t ms)
{
	struct tm tm = local_time(ms);

	return ms == 0 ? "-" : cli_fmt(a, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

const char *
cli_stamp(struct arena *a, int64_t ms)
{
	struct tm tm = local_time(ms);

	return cli_fmt(a, "%02d:%02d:%02d.%03d", tm.tm_hour, tm.tm_min, tm.tm_sec, (int)(ms % 1000));
}

const char *
cli_when(struct arena *a, int64_t ms)
{
	const char *day = cli_day(a, ms), *today = cli_day(a, clock_wall_ms());
	struct tm tm = local_time(ms);

	if (ms == 0)
		return "-";
	if (strcmp(day, today) == 0)
		return cli_fmt(a, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
	return cli_fmt(a, "%s %02d:%02d", day, tm.tm_hour, tm.tm_min);
}

const char *
cli_span(struct arena *a, int64_t ms)
{
	long long s = ms / 1000;

	if (ms < 0)
		return "0 s";
	if (s < 10)
		return cli_fmt(a, "%lld.%lld s", s, (long long)(ms % 1000 / 100));
	if (s < 60)
		return cli_fmt(a, "%lld s", s);
	if (s < 3600)
		return cli_fmt(a, "%lld min", s / 60);
	if (s < 86400)
		return s % 3600 < 60 ? cli_fmt(a, "%lld h", s / 3600) : cli_fmt(a, "%lld h %lld min", s / 3600, s % 3600 / 60);
	if (s < 86400 * 400LL)
		return cli_fmt(a, "%lld d", s / 86400);
	return cli_fmt(a, "%lld years", s / (86400 * 365LL));
}

const char *
cli_size(struct arena *a, uint64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };
	uint64_t tenths = bytes / 1024 * 10 + bytes % 1024 * 10 / 1024;
	size_t u = 0;

	if (bytes < 1024)
		return cli_fmt(a, "%llu B", (unsigned long long)bytes);
	while (tenths >= 10240 && u + 1 < N(units)) {
		tenths /= 1024;
		u++;
	}
	if (tenths >= 1000)
		return cli_fmt(a, "%llu %s", (unsigned long long)(tenths / 10), units[u]);
	return cli_fmt(a, "%llu.%llu %s", (unsigned long long)(tenths / 10),
	    (unsigned long long)(tenths % 10), units[u]);
}

static void
put(const struct table *t, bool titles)
{
	struct buf out = BUF_CAP(TABLE_BYTES_MAX);
	struct err e;

	if (table_write(t, titles, cli_colour(), &out, &e) == -1)
		cli_die(EX_SOFTWARE, &e);
	(void)fwrite(out.p, 1, out.n, stdout);
	buf_clear(&out);
}

void
cli_put_table(const struct table *t)
{
	put(t, true);
}

void
cli_put_rows(const struct table *t)
{
	put(t, false);
}
