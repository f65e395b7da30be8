/* SPDX-License-Identifier: ISC */
#include "gateway/cli.h"

#include "edi/model_write.h"
#include "gateway/convert_json.h"

#include <stdio.h>
#include <string.h>

typedef int writer_fn(struct buf *out, struct arena *a, const struct model_file *f, struct str name, struct err *e);

static const struct {
	const char *name;
	writer_fn *write;
} forms[] = {
	{ "json", model_write_json },
	{ "xml", model_write_xml },
	{ "text", model_write_text },
	{ "html", model_write_html },
};

static struct str
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strcmp(path, "-") == 0 ? S("") : str_of(slash != NULL ? slash + 1 : path);
}

/* The document as JSON, XML, text or HTML. What nothing claims has no form. */
static void
show(struct cli *c, const char *file, writer_fn *write, struct buf *out)
{
	struct arena *a = arena_new(MODEL_ARENA_MAX);
	const char *name = cli_shown(c->arena, str_of(file));
	struct str in = cli_input(c, file);
	struct model_file m;
	struct err e;

	if (model_read(a, in, &m, &e) == -1)
		cli_fail(EX_DATAERR, "%s: %s", name, e.text);
	if (m.facts.format == NULL)
		cli_fail(EX_DATAERR, "%s: not recognised%s%s", name, m.facts.guess.n > 0 ? ", looks like " : "",
		    m.facts.guess.n > 0 ? cli_shown(c->arena, m.facts.guess) : "");
	if (write(out, a, &m, base_name(file), &e) == -1)
		cli_fail(EX_DATAERR, "%s: %s", name, e.text);
	arena_free(a);
}

int
cmd_convert(int argc, char **argv)
{
	struct cli c;
	const char *to = NULL;
	const struct cli_opt opts[] = { { "--to", .text = &to } };
	struct buf out = BUF_CAP(MODEL_OUT_MAX);
	writer_fn *write = NULL;
	struct err e;

	cli_start(&c, argc, argv, opts, N(opts));
	cli_want_args(&c, 1, 1);
	for (size_t i = 0; i < N(forms); i++)
		if (to != NULL && strcmp(to, forms[i].name) == 0)
			write = forms[i].write;
	if (write != NULL)
		show(&c, c.args[0], write, &out);
	else if (to == NULL || strcmp(to, "edi") != 0)
		cli_usage(&c, "--to json, xml, text, html or edi: into what?");
	else if (convert_json_to_edi(cli_input(&c, c.args[0]), &out, &e) == -1)
		cli_fail(EX_DATAERR, "%s: %s", cli_shown(c.arena, str_of(c.args[0])), e.text);
	(void)fwrite(out.p, 1, out.n, stdout);
	buf_clear(&out);
	return EX_OK;
}
