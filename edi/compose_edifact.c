/* SPDX-License-Identifier: ISC */
/*
 * compose_edifact.c - documents as messages of D.96A or the directory that they name. The
 * character set is the smallest of UNOA, UNOC and UNOW, or the one that the document says, in
 * which everything can be said.
 */
#include "edi/compose_edifact.h"

#include "edi/charset.h"
#include "edi/edifact.h"

static const struct message_kind {
	enum model_kind kind;
	const char *type;
} kinds[] = {
	{ MODEL_INVOICE, "INVOIC" },        { MODEL_CREDIT_NOTE, "INVOIC" },
	{ MODEL_ORDER, "ORDERS" },          { MODEL_ORDER_CHANGE, "ORDCHG" },
	{ MODEL_ORDER_RESPONSE, "ORDRSP" }, { MODEL_DESPATCH_ADVICE, "DESADV" },
};

/* "D:96A:UN:EAN008" */
static struct str
version_of(const struct composer *c, const struct model *m)
{
	bool own = c->file->facts.format == &edi_edifact && m->message != NULL &&
	           m->message->version.n > 0;

	return own ? m->message->version : S("D:96A:UN");
}

/* ---- envelopes ---- */

static const char *
type_of(enum model_kind kind)
{
	for (size_t i = 0; i < N(kinds); i++)
		if (kinds[i].kind == kind)
			return kinds[i].type;
	return NULL;
}

static void
put_address(struct composer *c, struct edi_party p)
{
	edifact_text(c, p.id, 35);
	edifact_more(c, p.qual, 4);
}

static void
put_unb(struct composer *c, struct str syntax, struct str control)
{
	const struct edi_facts *f = &c->file->facts;
	struct seg_writer *w = &c->w;
	bool century = str_ends(syntax, S("4"));

	seg_write_tag(w, "UNB");
	seg_write(w, str_sub(syntax, 0, 4));
	seg_write_more(w, str_from(syntax, 5));
	put_address(c, f->sender);
	put_address(c, f->receiver);
	seg_write(w, str_sub(c->how->now, century ? 0 : 2, century ? 8 : 6));
	seg_write_more(w, str_sub(c->how->now, 8, 4));
	edifact_text(c, control, 14);
	seg_write_skip(w, 3);
	seg_write(w, f->ack_requested ? S("1") : S(""));
	seg_write_skip(w, 1);
	seg_write(w, f->test ? S("1") : S(""));
	seg_write_end(w);
}

static int
put_message(struct composer *c, size_t i)
{
	const struct model *m = &c->file->documents[i];
	const char *type = type_of(m->kind);
	struct str version = version_of(c, m), part;
	bool more = true;

	if (type == NULL)
		return err_set(c->e, ERR_INPUT,
		               "$.documents[%zu].kind: '%s' is not written as EDIFACT", i,
		               model_kind_name(m->kind));
	if (m->number.n == 0)
		return compose_missing(c, i, "id", "a message");
	c->w.segments = 0;
	seg_write_tag(&c->w, "UNH");
	seg_write_n(&c->w, i + 1, 1);
	seg_write(&c->w, str_of(type));
	while (more) {
		more = str_cut(&version, ':', &part);
		edifact_more(c, part, 6);
	}
	seg_write_end(&c->w);
	edifact_message(c, m);
	seg_write_tag(&c->w, "UNT");
	seg_write_n(&c->w, c->w.segments + 1, 1);
	seg_write_n(&c->w, i + 1, 1);
	seg_write_end(&c->w);
	return c->w.rc;
}

static int
put_interchange(struct composer *c, struct str syntax)
{
	static const char una3[] = "UNA:+.? '", una4[] = "UNA:+.?*'";
	const struct edi_facts *f = &c->file->facts;
	struct str control = f->control.n > 0 ? f->control : S("1");
	bool four = str_ends(syntax, S("4"));

	c->w.signs.rep = four ? '*' : -1;
	if (buf_put(c->w.out, str_of(four ? una4 : una3), c->e) == -1)
		return -1;
	put_unb(c, syntax, control);
	for (size_t i = 0; i < c->file->n_documents; i++)
		if (put_message(c, i) == -1)
			return -1;
	seg_write_tag(&c->w, "UNZ");
	seg_write_n(&c->w, c->file->n_documents, 1);
	edifact_text(c, control, 14);
	seg_write_end(&c->w);
	return c->w.rc;
}

/* Of the levels the document's own, if it is one of those that we write. */
static struct str
first_syntax(const struct edi_facts *f)
{
	static const char *const written[] = { "UNOA:1", "UNOA:2", "UNOB:1", "UNOB:2", "UNOB:3",
		                               "UNOC:3", "UNOC:4", "UNOW:4", "UNOY:4" };

	for (size_t i = 0; f->format == &edi_edifact && i < N(written); i++)
		if (str_eq(f->version, str_of(written[i])))
			return str_of(written[i]);
	return S("UNOC:3");
}

/* Does the set that UNB names have all that was written? Levels A and B are parts of ASCII. */
static bool
is_within(struct str syntax, struct str bytes)
{
	const struct charset *cs = edi_charset_of(str_sub(syntax, 0, 4));

	for (size_t i = 0; cs != NULL && !cs->utf8 && i < bytes.n; i++)
		if (!edi_charset_has(cs, (unsigned char)bytes.p[i]))
			return false;
	return true;
}

int
compose_edifact(struct composer *c, struct buf *out)
{
	const struct edi_facts *f = &c->file->facts;
	const struct str tried[] = { first_syntax(f), S("UNOC:3"), S("UNOW:4") };
	size_t start = out->n;

	if (f->sender.id.n == 0 || f->receiver.id.n == 0)
		return err_set(c->e, ERR_INPUT, "$.source.%s.id: missing, an interchange needs it",
		               f->sender.id.n == 0 ? "sender" : "receiver");
	for (size_t i = 0; i < N(tried); i++) {
		buf_cut(out, start);
		c->w = (struct seg_writer){ .out = out,
			                    .protects = true,
			                    .value_max = COMPOSE_VALUE_MAX,
			                    .err = c->e,
			                    .signs = { .elem = '+',
			                               .comp = ':',
			                               .rep = -1,
			                               .release = '?',
			                               .term = "'",
			                               .term_n = 1 } };
		c->utf8 = str_starts(tried[i], S("UNOW")) || str_starts(tried[i], S("UNOY"));
		if (put_interchange(c, tried[i]) == -1)
			return -1;
		if (!c->w.lossy && is_within(tried[i], str_from(buf_str(out), start)))
			break;
	}
	return 0;
}
