/* SPDX-License-Identifier: ISC */
#include "gateway/cli.h"

#include "edi/dict_build.h"
#include "gateway/unzip.h"

#include "gateway/base/io.h"

#include <fcntl.h>
#include <stdio.h>

#define TEXTS_ARENA_MAX ((size_t)UNZIP_TOTAL_MAX + (32u << 20))	/* what is unpacked of one archive */
#define BUILD_ARENA_MAX ((size_t)1 << 30)	/* tables of all of them; ten directories take 20 MB */
#define DICTIONARY_MODE 0644

static int
add_text(void *with, struct str name, struct str text, struct err *e)
{
	return dict_build_add(with, name, text, e);
}

/* A text begins with words, an archive with "PK": what X12 dictionaries are written in. */
static bool
add_own_text(struct cli *c, struct dict_build *b, const char *path)
{
	struct str in = cli_input(c, path);
	struct err e;

	if (str_starts(in, S("PK")))
		return false;
	if (dict_build_text(b, in, &e) == -1)
		cli_fail(EX_DATAERR, "%s: %s", cli_shown(c->arena, str_of(path)), e.text);
	return true;
}

static void
add_archive(struct cli *c, struct dict_build *b, const char *path)
{
	struct arena *texts = arena_new(TEXTS_ARENA_MAX);
	size_t total = 0;
	struct err e;

	if (unzip(texts, cli_input(c, path), &total, add_text, b, &e) == -1)
		cli_fail(EX_DATAERR, "%s: %s", cli_shown(c->arena, str_of(path)), e.text);
	arena_free(texts);
}

int
cmd_dictionary_build(int argc, char **argv)
{
	struct cli c;
	const char *path = NULL;
	const struct cli_opt opts[] = { { "-O", .text = &path } };
	struct arena *a = arena_new(BUILD_ARENA_MAX);
	struct buf out = BUF_CAP(DICT_SIZE_MAX);
	struct dict_build *b;
	struct dict_count n;
	struct err e;

	cli_start(&c, argc, argv, opts, N(opts));
	cli_want_args(&c, 1, SIZE_MAX);
	if (path == NULL)
		cli_usage(&c, "-O FILE.edid is needed");
	b = dict_build_new(a);
	for (size_t i = 0; i < c.n; i++)
		if (!add_own_text(&c, b, c.args[i]))
			add_archive(&c, b, c.args[i]);
	if (dict_build_write(b, &out, &e) == -1)
		cli_die(EX_DATAERR, &e);
	if (io_replace_file(AT_FDCWD, path, buf_str(&out), DICTIONARY_MODE, &e) == -1)
		cli_die(EX_CANTCREAT, &e);
	dict_build_count(b, &n);
	(void)printf("written %s: %s, %zu director%s, %zu messages, %zu segments, %zu composites, %zu codes\n",
	    cli_shown(c.arena, str_of(path)), cli_size(c.arena, out.n), n.directories, n.directories == 1 ? "y" : "ies", n.messages,
	    n.segments, n.composites, n.codes);
	buf_clear(&out);
	arena_free(a);
	return EX_OK;
}
