/* SPDX-License-Identifier: ISC */
/* as1_show.c - a mail in words, for people who want to know what was in it. */
#include "mime/as1_in.h"
#include "mime/word.h"

/* Names and types come from strangers and end on terminals. */
static struct str
printable(struct arena *a, struct str s)
{
	char *to = str_cstr(a, s);

	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)to[i] < ' ' || to[i] == 0x7f)
			to[i] = '?';
	return str_make(to, s.n);
}

static void
put_part(struct opening *o, struct buf *b, size_t i)
{
	const struct part *p = &o->tree.parts[i];
	struct str type = printable(o->a, p->type.value), name = printable(o->a, p->file_name);

	for (unsigned int k = 0; k < o->layer + p->depth; k++)
		(void)buf_put(b, S("  "), NULL);
	(void)buf_printf(b, NULL, STR_FMT, STR_ARG(type));
	if (name.n > 0)
		(void)buf_printf(b, NULL, " \"" STR_FMT "\"", STR_ARG(name));
	if (p->children == 0)
		(void)buf_printf(b, NULL, " %s, %llu bytes",
		    cte_name(p->cte), (unsigned long long)part_body_span(&o->tree, i).n);
	if (p->defects != 0)
		(void)buf_printf(b, NULL, " [" STR_FMT "]",
		    STR_ARG(part_defects_text(o->a, p->defects)));
	(void)buf_putc(b, '\n', NULL);
}

void
as1_show_tree(struct opening *o)
{
	struct buf b = BUF_CAP(256u << 10);	/* a longer picture helps nobody: it is cut there */

	for (size_t i = 0; i < o->tree.n; i++)
		put_part(o, &b, i);
	o->out->tree = str_cat(o->a, o->out->tree, buf_str(&b));
	buf_clear(&b);
}

void
as1_show_layer(struct opening *o, struct str text)
{
	o->out->layers = str_fmt(o->a, STR_FMT "%s" STR_FMT, STR_ARG(o->out->layers),
	    o->out->layers.n > 0 ? " " : "", STR_ARG(text));
}

void
as1_clean_texts(struct opening *o)
{
	struct as1_opened *out = o->out;
	struct mdn *m = &out->mdn;
	struct dsn *d = &out->dsn;
	struct str *texts[] = { &out->reason, &out->signer, &out->layers, &out->tree,
		&m->reporting_ua, &m->original_recipient, &m->final_recipient,
		&m->original_message_id, &m->modifier, &m->modifier_text, &m->failure, &m->error,
		&m->warning, &m->human, &d->envelope_id, &d->reporting_mta, &d->arrival_date,
		&d->original_message_id, &d->human };

	for (size_t i = 0; i < N(texts); i++)
		*texts[i] = utf8_clean(o->a, *texts[i]);
	for (size_t i = 0; i < out->n; i++) {
		out->payloads[i].file_name = utf8_clean(o->a, out->payloads[i].file_name);
		out->payloads[i].media_type = utf8_clean(o->a, out->payloads[i].media_type);
	}
	for (size_t i = 0; i < d->n; i++) {
		struct dsn_recipient *r = &d->recipients[i];
		struct str *fields[] = { &r->original, &r->final, &r->status, &r->remote_mta,
			&r->diagnostic, &r->will_retry_until };
		for (size_t k = 0; k < N(fields); k++)
			*fields[k] = utf8_clean(o->a, *fields[k]);
	}
}
