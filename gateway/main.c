/* SPDX-License-Identifier: ISC */
/*
 * main.c - `edigate`: from the words of the command line to the command. The overview of `edigate help`, the text of
 * `edigate help NAME` and "did you mean" all come from the table in commands.c.
 */
#include "gateway/cli.h"
#include "gateway/cmd.h"

#include "gateway/base/ini.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct command *
command_find(const char *name)
{
	for (const struct command *c = commands; c->name != NULL; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

/* "partner" of "partner add": does any command begin with this word? */
static bool
is_noun(const char *word)
{
	size_t n = strlen(word);

	for (const struct command *c = commands; c->name != NULL; c++)
		if (strncmp(c->name, word, n) == 0 && c->name[n] == ' ')
			return true;
	return false;
}

static void
overview(FILE *to)
{
	(void)fputs("usage: edigate [--home DIR] COMMAND [ARGUMENT]...\n\n", to);
	for (const struct command *c = commands; c->name != NULL; c++)
		(void)fprintf(to, "  %-18s  %s\n", c->name, c->summary);
	(void)fputs("\n'edigate help COMMAND' tells more, with examples.\n", to);
}

/* What may stand after noun (NULL: first), as typed words: never an abbreviation, scripts would come to depend on it. */
static size_t
next_words(struct arena *a, const char *noun, const char **out)
{
	size_t n = 0, skip = noun == NULL ? 0 : strlen(noun) + 1;

	for (const struct command *c = commands; c->name != NULL; c++) {
		struct str rest = str_of(c->name), first;
		if (noun != NULL && (strncmp(c->name, noun, skip - 1) != 0 || c->name[skip - 1] != ' '))
			continue;
		rest = str_from(rest, skip);
		(void)str_cut(&rest, ' ', &first);
		out[n++] = str_cstr(a, first);
	}
	return n;
}

static int
unknown(const char *noun, const char *typed)
{
	struct arena *a = arena_new(1 << 16);
	const char **words = arena_get_array(a, commands_n, sizeof(*words)), *near;
	size_t n = next_words(a, noun, words);
	const char *front = noun == NULL ? "" : noun, *gap = noun == NULL ? "" : " ";

	near = ini_nearest(str_of(typed), words, n);
	(void)fprintf(stderr, "edigate: unknown command '%s%s%s'", front, gap, typed);
	if (near != NULL)
		(void)fprintf(stderr, ", did you mean '%s%s%s'?", front, gap, near);
	(void)fputs("\n'edigate help' lists the commands\n", stderr);
	arena_free(a);
	return EX_USAGE;
}

static int
noun_alone(const char *noun)
{
	size_t n = strlen(noun);

	(void)fprintf(stderr, "edigate: '%s' what?\n", noun);
	for (const struct command *c = commands; c->name != NULL; c++)
		if (strncmp(c->name, noun, n) == 0 && c->name[n] == ' ')
			(void)fprintf(stderr, "  edigate %-18s  %s\n", c->name, c->summary);
	return EX_USAGE;
}

/* The command in the first one or two words; *took says how many. NULL: told, *status says how it ends. */
static const struct command *
find_words(int argc, char **argv, int *took, int *status)
{
	char both[64];
	const struct command *c;

	*took = 1;
	if (!is_noun(argv[0])) {
		c = command_find(argv[0]);
		if (c == NULL)
			*status = unknown(NULL, argv[0]);
		return c;
	}
	*took = 2;
	if (argc < 2 || argv[1][0] == '-') {
		*status = noun_alone(argv[0]);
		return NULL;
	}
	(void)snprintf(both, sizeof(both), "%s %s", argv[0], argv[1]);
	c = command_find(both);
	if (c == NULL)
		*status = unknown(argv[0], argv[1]);
	return c;
}

int
cmd_help(int argc, char **argv)
{
	struct cli c;
	int took, status = EX_OK;
	const struct command *cmd;

	cli_start(&c, argc, argv, NULL, 0);
	cli_want_args(&c, 0, 2);
	if (c.n == 0) {
		overview(stdout);
		return EX_OK;
	}
	cmd = find_words((int)c.n, c.args, &took, &status);
	if (cmd == NULL)
		return status;
	(void)printf("usage: edigate %s %s\n\n%s", cmd->name, cmd->usage, cmd->help);
	return EX_OK;
}

int
cmd_version(int argc, char **argv)
{
	struct cli c;
	bool json = false;
	const struct cli_opt opts[] = { { "--json", .flag = &json } };

	cli_start(&c, argc, argv, opts, N(opts));
	cli_want_args(&c, 0, 0);
	if (json)
		(void)printf("{\"v\":1,\"name\":\"edigate\",\"version\":\"%s\"}\n", EDIGATE_VERSION);
	else
		(void)printf("edigate %s\n", EDIGATE_VERSION);
	return EX_OK;
}

/* Options before the command: --home reaches it (and the roles that `run` starts) as EDIGATE_HOME. */
static int
global_options(int argc, char **argv)
{
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		const char *dir = NULL;
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			overview(stdout);
			exit(EX_OK);
		}
		if (strcmp(argv[i], "--version") == 0) {
			(void)printf("edigate %s\n", EDIGATE_VERSION);
			exit(EX_OK);
		}
		if (strcmp(argv[i], "--home") == 0 && i + 1 < argc)
			dir = argv[i++ + 1];
		else if (strncmp(argv[i], "--home=", 7) == 0)
			dir = argv[i] + 7;
		if (dir == NULL || dir[0] == '\0')
			cli_fail(EX_USAGE,
			    "option '%s' before the command: only --home DIR may stand there",
			    argv[i]);
		if (setenv("EDIGATE_HOME", dir, 1) == -1)
			cli_fail(EX_OSERR, "out of memory");
	}
	return i;
}

int
main(int argc, char **argv)
{
	int first = global_options(argc, argv), took, status = EX_USAGE;
	const struct command *cmd;

	if (first >= argc) {
		overview(stderr);
		return EX_USAGE;
	}
	cmd = find_words(argc - first, argv + first, &took, &status);
	if (cmd == NULL)
		return status;
	/* The name takes the place of its last word; "partner" "add" becomes "partner add". */
	first += took - 1;
	argv[first] = strdup(cmd->name);
	if (argv[first] == NULL)
		return EX_OSERR;
	status = cmd->run(argc - first, argv + first);
	cli_end();
	if (fflush(stdout) != 0 || ferror(stdout) != 0) {
		cli_warn("cannot write the output");
		return EX_IOERR;
	}
	return status;
}
