/* SPDX-License-Identifier: ISC */
#include "gateway/cli.h"

#include "edi/model_write.h"
#include "gateway/convert_json.h"
#include "gateway/convert_model.h"
#include "gateway/describe.h"

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

static bool
is_json(struct str in)
{
	while (in.n > 0 && is_space(in.p[0]))
		in = str_from(in, 1);
	return str_starts(in, S("{")) || str_starts(in, S("\xef\xbb\xbf{"));
}

/* Another document of what the file says: of JSON as it is, of others by way of it. */
static void
write_as(struct cli *c, const char *file, const struct edi_format *to, struct buf *out)
{
	struct arena *a = arena_new(MODEL_ARENA_MAX);
	struct str in = cli_input(c, file);
	struct buf json = BUF_CAP(MODEL_OUT_MAX);
	struct convert_how how = { .to = to, .now = describe_stamp(a) };
	struct err e;

	if (!is_json(in)) {
		show(c, file, model_write_json, &json);
		in = buf_str(&json);
	}
	if (convert_model(a, in, &how, out, &to, &e) == -1)
		cli_fail(EX_DATAERR, "%s: %s", cli_shown(c->arena, str_of(file)), e.text);
	buf_clear(&json);
	arena_free(a);
}

int
cmd_convert(int argc, char **argv)
{
	struct cli c;
	const char *to = NULL;
	const struct cli_opt opts[] = { { "--to", .text = &to } };
	struct buf out = BUF_CAP(MODEL_OUT_MAX);
	const struct edi_format *format;
	writer_fn *write = NULL;
	struct err e;

	cli_start(&c, argc, argv, opts, N(opts));
	cli_want_args(&c, 1, 1);
	format = convert_format(str_of(to));
	for (size_t i = 0; i < N(forms); i++)
		if (to != NULL && strcmp(to, forms[i].name) == 0)
			write = forms[i].write;
	if (write != NULL)
		show(&c, c.args[0], write, &out);
	else if (format != NULL)
		write_as(&c, c.args[0], format, &out);
	else if (to == NULL || strcmp(to, "edi") != 0)
		cli_usage(&c, "--to json, xml, text, html, x12, edifact, ubl or edi: into what?");
	else if (convert_json_to_edi(cli_input(&c, c.args[0]), &out, &e) == -1)
		cli_fail(EX_DATAERR, "%s: %s", cli_shown(c.arena, str_of(c.args[0])), e.text);
	(void)fwrite(out.p, 1, out.n, stdout);
	buf_clear(&out);
	return EX_OK;
}
