/* SPDX-License-Identifier: ISC */
#include "gateway/cli.h"

#include "gateway/base/ini.h"
#include "gateway/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CLI_ARENA_MAX ((size_t)2 << 30)

static struct arena *process_arena;

/* ---- failing ---- */

static void __attribute__((format(printf, 1, 0)))
say(const char *fmt, va_list ap)
{
	(void)fflush(stdout);
	(void)fputs("edigate: ", stderr);
	(void)vfprintf(stderr, fmt, ap);
	(void)fputc('\n', stderr);
}

void
cli_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void
cli_fail(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	exit(status);
}

void
cli_die(int status, const struct err *e)
{
	if (status == 0)
		status = e->kind == ERR_INPUT ? EX_DATAERR : e->kind == ERR_CONFIG ? EX_CONFIG : EX_TEMPFAIL;
	if (e->code != NULL)
		cli_fail(status, "%s  [%s]", e->text, e->code);
	cli_fail(status, "%s", e->text);
}

void
cli_usage(const struct cli *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	(void)fprintf(stderr, "usage: edigate %s%s%s\n", c->cmd->name, c->cmd->usage[0] != '\0' ? " " : "",
	    c->cmd->usage);
	exit(EX_USAGE);
}

/* ---- options ---- */

static const struct cli_opt *
option_find(const struct cli_opt *opts, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(str_of(opts[i].name), name))
			return &opts[i];
	return NULL;
}

static void
option_unknown(const struct cli *c, const struct cli_opt *opts, size_t n, struct str name)
{
	const char **known = arena_get_array(c->arena, n + 1, sizeof(*known));
	const char *near;

	for (size_t i = 0; i < n; i++)
		known[i] = opts[i].name;
	near = ini_nearest(name, known, n);
	if (near != NULL)
		cli_usage(c, "unknown option '" STR_FMT "', did you mean '%s'?", STR_ARG(name), near);
	cli_usage(c, "unknown option '" STR_FMT "'", STR_ARG(name));
}

static void
option_set(const struct cli *c, const struct cli_opt *o, const char *value)
{
	if (o->flag != NULL)
		*o->flag = true;
	if (o->text != NULL)
		*o->text = value;
	if (o->list == NULL)
		return;
	if (o->list->n == CLI_LIST_MAX)
		cli_usage(c, "over %d of '%s'", CLI_LIST_MAX, o->name);
	o->list->v[o->list->n++] = value;
}

/* Read the option in argv[i]; returns the index of the last word it took. */
static int
option_read(const struct cli *c, int argc, char **argv, int i, const struct cli_opt *opts, size_t n)
{
	struct str rest = str_of(argv[i]), name;
	bool has_value = str_cut(&rest, '=', &name);
	const struct cli_opt *o = option_find(opts, n, name);
	const char *value = has_value ? rest.p : NULL;

	if (o == NULL) {
		option_unknown(c, opts, n, name);
		return i;
	}
	if (o->text == NULL && o->list == NULL && has_value)
		cli_usage(c, "option '%s' takes no value", o->name);
	if ((o->text != NULL || o->list != NULL) && o->flag == NULL && !has_value) {
		if (i + 1 >= argc)
			cli_usage(c, "option '%s' needs a value", o->name);
		value = argv[++i];
	}
	option_set(c, o, value);
	return i;
}

static int
print_help(const struct command *cmd)
{
	(void)printf("usage: edigate %s%s%s\n\n%s", cmd->name, cmd->usage[0] != '\0' ? " " : "",
	    cmd->usage, cmd->help);
	return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}

void
cli_start(struct cli *c, int argc, char **argv, const struct cli_opt *opts, size_t n)
{
	const char *home = NULL;
	bool help = false;
	struct cli_opt *all;
	bool options_end = false;

	process_arena = arena_new(CLI_ARENA_MAX);
	*c = (struct cli){ .arena = process_arena, .cmd = command_find(argv[0]) };
	all = arena_get_array(c->arena, n + 2, sizeof(*all));
	if (n > 0)
		memcpy(all, opts, n * sizeof(*all));
	all[n] = (struct cli_opt){ "--home", .text = &home };
	all[n + 1] = (struct cli_opt){ "--help", .flag = &help };
	c->args = arena_get_array(c->arena, (size_t)argc + 1, sizeof(*c->args));
	for (int i = 1; i < argc; i++) {
		if (!options_end && strcmp(argv[i], "--") == 0)
			options_end = true;
		else if (!options_end && strcmp(argv[i], "-h") == 0)
			help = true;
		else if (!options_end && argv[i][0] == '-' && argv[i][1] != '\0')
			i = option_read(c, argc, argv, i, all, n + 2);
		else
			c->args[c->n++] = argv[i];
	}
	if (help)
		exit(print_help(c->cmd));
	c->home = conf_home(c->arena, home);
}

void
cli_end(void)
{
	arena_free(process_arena);
	process_arena = NULL;
}

void
cli_want_args(const struct cli *c, size_t min, size_t max)
{
	if (c->n < min)
		cli_usage(c, "'edigate %s' wants %s", c->cmd->name,
		    c->n == 0 ? "an argument" : "more arguments");
	if (c->n > max)
		cli_usage(c, "'edigate %s' does not know what to do with '%s'", c->cmd->name, c->args[max]);
}

/* ---- settings, database, files ---- */

char *
cli_path(const struct cli *c, const char *fmt, ...)
{
	char below[4096];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(below, sizeof(below), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(below))
		cli_fail(EX_USAGE, "path too long");
	/* conf_path() knows what lies in /etc in a system-wide installation. */
	return conf_path(c->arena, &(struct conf){ .home = c->home }, below);
}

struct conf *
cli_conf(struct cli *c)
{
	struct conf *conf = arena_new_of(c->arena, struct conf);
	struct err e;

	if (conf_read(c->arena, c->home, conf, &e) == -1)
		cli_die(EX_CONFIG, &e);
	return conf;
}

bool
cli_has_db(const struct cli *c)
{
	return access(cli_path(c, "%s", CLI_DB_FILE), F_OK) == 0;
}

struct db *
cli_db(struct cli *c)
{
	struct db *db = NULL;
	struct err e;

	if (!cli_has_db(c))
		cli_fail(EX_UNAVAILABLE,
		    "nothing recorded in " STR_FMT " yet: start the gateway with 'edigate run'",
		    STR_ARG(c->home));
	if (db_open(cli_path(c, "%s", CLI_DB_FILE), DB_READ, &db, &e) == -1)
		cli_die(e.kind == ERR_CONFIG ? EX_CONFIG : EX_UNAVAILABLE, &e);
	return db;
}

/* Unlike io_read_file() this follows symlinks and reads pipes: the person who typed the name decides. */
struct str
cli_input(struct cli *c, const char *path)
{
	struct buf b = BUF_CAP(CLI_INPUT_MAX);
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct str all;
	struct err e;
	ssize_t got;

	if (fd == -1)
		cli_fail(errno == EACCES ? EX_NOPERM : EX_NOINPUT, "%s: %s", path, strerror(errno));
	do {
		char *room = buf_room(&b, 1 << 16, &e);
		if (room == NULL)
			cli_fail(EX_DATAERR, "%s: %s", path, e.text);
		got = read(fd, room, 1 << 16);
		if (got > 0)
			buf_grew(&b, (size_t)got);
	} while (got > 0 || (got == -1 && errno == EINTR));
	if (got == -1)
		cli_fail(errno == EISDIR ? EX_NOINPUT : EX_IOERR, "%s: %s", path, strerror(errno));
	if (!is_stdin)
		io_close(&fd);
	all = str_dup(c->arena, buf_str(&b));
	buf_clear(&b);
	return all;
}
