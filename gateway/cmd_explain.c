/* SPDX-License-Identifier: ISC */
/* cmd_explain.c - `edigate explain`: what a word or code means and what to do, or what is wrong with a file. */
#include "gateway/cli.h"

#include "gateway/base/ini.h"
#include "gateway/explain.h"
#include "gateway/facts_print.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define EXPLAIN_WIDTH 96

/* A paragraph in lines. */
static void
put_wrapped(struct str text, const char *indent)
{
	struct str word;
	size_t at = 0;

	while (text.n > 0) {
		(void)str_cut(&text, ' ', &word);
		if (at == 0 || at + 1 + word.n > EXPLAIN_WIDTH) {
			(void)printf("%s%s" STR_FMT, at == 0 ? "" : "\n", indent, STR_ARG(word));
			at = word.n;
		} else {
			(void)printf(" " STR_FMT, STR_ARG(word));
			at += 1 + word.n;
		}
	}
	(void)fputc('\n', stdout);
}

static void
put(struct arena *a, bool json, struct str code, enum explain_kind kind,
    const struct explanation *x, const char *indent)
{
	if (json) {
		json_t *o = json_new();
		json_str(o, a, "code", code);
		json_str(o, a, "kind", str_of(explain_tables[kind].title));
		json_str(o, a, "what", str_of(x->what));
		json_str(o, a, "todo", str_of(x->todo));
		json_print(o);
		return;
	}
	(void)printf("%s" STR_FMT "\n", indent, STR_ARG(code));
	put_wrapped(str_of(x->what), cli_fmt(a, "%s    ", indent));
	put_wrapped(str_of(x->todo), cli_fmt(a, "%s    ", indent));
}

static void
put_table(struct arena *a, bool json, enum explain_kind kind)
{
	const struct explain_table *t = &explain_tables[kind];

	if (!json)
		(void)printf("%s%s\n", kind == 0 ? "" : "\n", t->title);
	for (size_t i = 0; i < t->n; i++)
		put(a, json, str_of(t->rows[i].codes), kind, &t->rows[i], "  ");
}

static bool
explain_word(struct arena *a, bool json, struct str word)
{
	bool found = false;

	for (enum explain_kind k = 0; k < EXPLAIN_KINDS; k++) {
		const struct explanation *x = explain_find(k, word);
		if (x != NULL)
			put(a, json, word, k, x, "");
		found |= x != NULL;
	}
	return found;
}

/* Each fault with its place, then each code among them once. */
static int
explain_file(struct cli *c, bool json, const char *file)
{
	const char *name = cli_shown(c->arena, str_of(file));
	struct edi_facts f;
	struct err e;

	if (edi_read(c->arena, cli_input(c, file), &f, &e) == -1)
		cli_fail(EX_DATAERR, "%s: %s", name, e.text);
	if (json) {
		json_t *o = facts_json(c->arena, &f);
		json_str(o, c->arena, "file", str_of(file));
		json_print(o);
	} else {
		facts_print(c->arena, &f, "");
		facts_print_problems(c->arena, &f, name);
	}
	for (size_t i = 0; i < f.n_problems_kept; i++) {
		bool before = false;
		for (size_t k = 0; k < i; k++)
			before |= strcmp(f.problems[k].code, f.problems[i].code) == 0;
		const struct explanation *x = before ? NULL : explain_find(EXPLAIN_FAULT, str_of(f.problems[i].code));
		if (x != NULL)
			put(c->arena, json, str_of(f.problems[i].code), EXPLAIN_FAULT, x, "");
	}
	if (f.verdict == EDI_VALID && !json)
		(void)printf("%s: valid\n", name);
	if (f.verdict == EDI_UNKNOWN && !json)
		(void)printf("%s: for a mail see 'edigate inspect'; 'unknown = send' lets a partner have files of any format\n", name);
	return f.verdict == EDI_VALID ? EX_OK : EX_DATAERR;
}

int
cmd_explain(int argc, char **argv)
{
	struct cli c;
	bool json = false;
	const struct cli_opt opts[] = { { "--json", .flag = &json } };
	const char **codes, *near;
	size_t n;

	cli_start(&c, argc, argv, opts, N(opts));
	cli_want_args(&c, 0, 1);
	if (c.n == 0) {
		for (enum explain_kind k = 0; k < EXPLAIN_KINDS; k++)
			put_table(c.arena, json, k);
		return EX_OK;
	}
	if (explain_word(c.arena, json, str_trim(str_of(c.args[0]))))
		return EX_OK;
	if (strcmp(c.args[0], "-") == 0 || access(c.args[0], F_OK) == 0)
		return explain_file(&c, json, c.args[0]);
	codes = explain_codes(c.arena, &n);
	near = ini_nearest(str_of(c.args[0]), codes, n);
	cli_fail(EX_NOINPUT, "'%s' is no code and no file%s%s%s",
	    cli_shown(c.arena, str_of(c.args[0])), near != NULL ? ", did you mean '" : "",
	    near != NULL ? near : "", near != NULL ? "'?" : "");
}
