/* SPDX-License-Identifier: ISC */
/* cmd_completion.c - `edigate completion`: what shells offer behind TAB, made from the table of commands. */
#include "gateway/cli.h"

#include <stdio.h>
#include <string.h>

/* The long options that a usage line shows, each once, blanks between. */
static const char *
options_of(struct arena *a, const struct command *c)
{
	struct str rest = str_of(c->usage), found = S("");
	size_t at, n;

	while (str_find(rest, S("--"), &at)) {
		rest = str_from(rest, at);
		for (n = 2; n < rest.n && (is_alnum(rest.p[n]) || rest.p[n] == '-'); n++)
			continue;
		struct str one = str_fmt(a, " " STR_FMT, STR_ARG(str_sub(rest, 0, n)));
		if (n > 2 && !str_find(str_cat(a, found, S(" ")), str_cat(a, one, S(" ")), NULL))
			found = str_cat(a, found, one);
		rest = str_from(rest, n);
	}
	return str_cstr(a, found);
}

/* "partner" of "partner add"; empty for commands of one word. */
static struct str
noun_of(const struct command *c)
{
	struct str rest = str_of(c->name), noun;

	return str_cut(&rest, ' ', &noun) ? noun : S("");
}

static const char *
verb_of(const struct command *c)
{
	const char *blank = strchr(c->name, ' ');

	return blank == NULL ? c->name : blank + 1;
}

/* Is this the first command with its first word? */
static bool
is_first(const struct command *c)
{
	struct str noun = noun_of(c);

	for (const struct command *k = commands; noun.n > 0 && k < c; k++)
		if (str_eq(noun_of(k), noun))
			return false;
	return true;
}

static struct str
first_word(const struct command *c)
{
	struct str noun = noun_of(c);

	return noun.n > 0 ? noun : str_of(c->name);
}

static void
put_words(struct str noun)
{
	for (const struct command *c = commands; c->name != NULL; c++) {
		if (noun.n == 0 && is_first(c))
			(void)printf(" " STR_FMT, STR_ARG(first_word(c)));
		else if (noun.n > 0 && str_eq(noun_of(c), noun))
			(void)printf(" %s", verb_of(c));
	}
}

/* ---- bash, and zsh which can do as bash does ---- */

static void
put_bash_cases(struct arena *a)
{
	(void)printf("	' ') words='");
	put_words(S(""));
	(void)printf("' ;;\n");
	for (const struct command *c = commands; c->name != NULL; c++) {
		struct str noun = noun_of(c);
		if (noun.n > 0 && is_first(c)) {
			(void)printf("	'" STR_FMT " ') words='", STR_ARG(noun));
			put_words(noun);
			(void)printf("' ;;\n");
		}
		(void)printf(noun.n > 0 ? "	'%s') options='%s' ;;\n" : "	'%s '*) options='%s' ;;\n", c->name, options_of(a, c));
	}
}

static void
put_bash(struct arena *a)
{
	(void)fputs("_edigate()\n"
		    "{\n"
		    "	local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words= options= first= second= i\n"
		    "	for ((i = 1; i < COMP_CWORD; i++)); do\n"
		    "		case ${COMP_WORDS[i]} in\n"
		    "		--home) ((i++)) ;;\n"
		    "		-*) ;;\n"
		    "		*) if [ -z \"$first\" ]; then first=${COMP_WORDS[i]}; elif [ -z \"$second\" ]; then second=${COMP_WORDS[i]}; fi ;;\n"
		    "		esac\n"
		    "	done\n"
		    "	case \"$first $second\" in\n", stdout);
	put_bash_cases(a);
	(void)fputs("	esac\n"
		    "	case $before in\n"
		    "	--to) words=$(edigate partner list 2>/dev/null | awk 'NR > 1 { print $1 }') ;;\n"
		    "	esac\n"
		    "	case $current in\n"
		    "	-*) COMPREPLY=($(compgen -W \"$options --home --help\" -- \"$current\")) ;;\n"
		    "	*) COMPREPLY=($(compgen -W \"$words\" -- \"$current\")) ;;\n"
		    "	esac\n"
		    "}\n"
		    "complete -o default -F _edigate edigate\n", stdout);
}

static void
complete_bash(struct arena *a)
{
	(void)printf("# edigate for bash: eval \"$(edigate completion bash)\"\n");
	put_bash(a);
}

static void
complete_zsh(struct arena *a)
{
	(void)printf("# edigate for zsh: eval \"$(edigate completion zsh)\" behind compinit\n"
		     "autoload -U +X bashcompinit && bashcompinit\n");
	put_bash(a);
}

/* ---- fish ---- */

/* In single quotes a fish string needs two escapes. */
static const char *
fish_text(struct arena *a, const char *text)
{
	struct str s = str_of(text), out = S("");

	for (size_t i = 0; i < s.n; i++)
		out = str_fmt(a, STR_FMT "%s%c", STR_ARG(out),
		    s.p[i] == '\'' || s.p[i] == '\\' ? "\\" : "", s.p[i]);
	return str_cstr(a, out);
}

static void
fish_words(struct arena *a, const struct command *c)
{
	struct str noun = noun_of(c);

	if (noun.n == 0) {
		(void)printf("complete -c edigate -n __fish_use_subcommand -a %s -d '%s'\n",
		    c->name, fish_text(a, c->summary));
		return;
	}
	if (is_first(c))
		(void)printf("complete -c edigate -n __fish_use_subcommand -a " STR_FMT "\n", STR_ARG(noun));
	(void)printf("complete -c edigate -n '__fish_seen_subcommand_from " STR_FMT "; and not __fish_seen_subcommand_from", STR_ARG(noun));
	put_words(noun);
	(void)printf("' -a %s -d '%s'\n", verb_of(c), fish_text(a, c->summary));
}

static void
fish_options(struct arena *a, const struct command *c)
{
	struct str rest = str_of(options_of(a, c)), one, noun = noun_of(c);

	for (bool more = true; more;) {
		more = str_cut(&rest, ' ', &one);
		if (one.n < 3)
			continue;
		(void)printf("complete -c edigate -n '__fish_seen_subcommand_from %s", verb_of(c));
		if (noun.n > 0)
			(void)printf("; and __fish_seen_subcommand_from " STR_FMT, STR_ARG(noun));
		(void)printf("' -l " STR_FMT "\n", STR_ARG(str_from(one, 2)));
	}
}

static void
complete_fish(struct arena *a)
{
	(void)printf("# edigate for fish: edigate completion fish > ~/.config/fish/completions/edigate.fish\n");
	for (const struct command *c = commands; c->name != NULL; c++) {
		fish_words(a, c);
		fish_options(a, c);
	}
	(void)printf("complete -c edigate -l home -r\ncomplete -c edigate -l help\n");
}

int
cmd_completion(int argc, char **argv)
{
	static const struct {
		const char *shell;
		void (*put)(struct arena *a);
	} shells[] = { { "bash", complete_bash }, { "zsh", complete_zsh }, { "fish", complete_fish } };
	struct cli c;

	cli_start(&c, argc, argv, NULL, 0);
	cli_want_args(&c, 1, 1);
	for (size_t i = 0; i < N(shells); i++)
		if (strcmp(c.args[0], shells[i].shell) == 0) {
			shells[i].put(c.arena);
			return EX_OK;
		}
	cli_usage(&c, "no completion for '%s', want bash, zsh or fish", c.args[0]);
}
