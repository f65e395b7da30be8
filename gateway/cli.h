/* SPDX-License-Identifier: ISC */
/*
 * cli.h - what every command shares: options, the folder and settings, how to fail, how to print for people.
 *
 * A command is a process of its own: what it allocates lives in one arena until it exits, and a failure that
 * leaves nothing half done ends it on the spot (cli_fail, cli_die, cli_usage do not return).
 */
#ifndef EDIGATE_GATEWAY_CLI_H
#define EDIGATE_GATEWAY_CLI_H

#include "db/db.h"
#include "gateway/cmd.h"
#include "gateway/conf.h"
#include "gateway/table.h"

#include <stdarg.h>

#define CLI_INPUT_MAX ((size_t)1 << 30)	/* of a file named on the command line */
#define CLI_LIST_MAX  64		/* of an option that may be given several times */
#define CLI_DB_FILE   "db/edigate.db"
#define CLI_CONTROL   "run/control.sock"

struct cli {
	struct arena *arena;
	const struct command *cmd;
	struct str home;		/* absolute */
	char **args;			/* what stands beside the options; ends with NULL */
	size_t n;
};

struct cli_list {
	const char *v[CLI_LIST_MAX];
	size_t n;
};

/*
 * One option, named as it is typed. text: takes a value, behind '=' or in the next word; list: the same, several
 * times; flag: takes none; flag and text: the value is optional and needs the '='.
 */
struct cli_opt {
	const char *name;
	bool *flag;
	const char **text;
	struct cli_list *list;
};

/* Read the words of a command. --home and --help work everywhere. What is wrong ends with EX_USAGE. */
void cli_start(struct cli *c, int argc, char **argv, const struct cli_opt *opts, size_t n);
void cli_end(void);				/* by main(), behind the command */
void cli_want_args(const struct cli *c, size_t min, size_t max);	/* EX_USAGE unless so many words are left */

_Noreturn void cli_fail(int status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
_Noreturn void cli_die(int status, const struct err *e);	/* status 0: by the kind of the error */
_Noreturn void cli_usage(const struct cli *c, const char *fmt, ...) __attribute__((format(printf,
    2, 3)));
void cli_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

char *cli_path(const struct cli *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));	/* below home */
struct conf *cli_conf(struct cli *c);		/* the settings, or EX_CONFIG */
bool cli_has_db(const struct cli *c);		/* false: the gateway has never run here */
struct db *cli_db(struct cli *c);		/* for reading, or EX_UNAVAILABLE */
struct str cli_input(struct cli *c, const char *path);	/* the whole file, "-" is stdin; or EX_NOINPUT */

bool cli_is_tty(int fd);
bool cli_colour(void);				/* stdout is a terminal, NO_COLOR unset, TERM not dumb */
void cli_confirm(const char *question);		/* asks on the terminal; CMD_NO ends it, EX_USAGE without one */
enum tint cli_state_tint(struct str shown);

/* For people, terminated, the arena's: local time, short sizes, anything printable. Not set is "-". */
const char *cli_when(struct arena *a, int64_t ms);	/* "10:41:03" today, else "2026-11-20 10:41" */
const char *cli_day(struct arena *a, int64_t ms);	/* "2026-11-20" */
const char *cli_stamp(struct arena *a, int64_t ms);	/* "10:41:00.012" */
const char *cli_span(struct arena *a, int64_t ms);	/* "3 d", "0.4 s" */
const char *cli_size(struct arena *a, uint64_t bytes);	/* "1.9 KiB" */
const char *cli_shown(struct arena *a, struct str any);	/* name_shown() */

/* printf() into the arena. */
const char *cli_fmt(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void cli_put_table(const struct table *t);	/* on stdout */
void cli_put_rows(const struct table *t);	/* without the titles */

#endif
