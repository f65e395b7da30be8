/* SPDX-License-Identifier: ISC */
/*
 * compose_x12.c - documents as transaction sets between ISA and IEA. X12 has no release sign:
 * where a value holds one of the usual signs, control characters separate instead.
 */
#include "edi/compose_x12.h"

#include "edi/x12.h"

static const struct x12_kind {
	enum model_kind kind;
	const char *set, *function; /* ST01, GS01 */
} kinds[] = {
	{ MODEL_INVOICE, "810", "IN" },        { MODEL_CREDIT_NOTE, "810", "IN" },
	{ MODEL_ORDER, "850", "PO" },          { MODEL_ORDER_CHANGE, "860", "PC" },
	{ MODEL_ORDER_RESPONSE, "855", "PR" }, { MODEL_DESPATCH_ADVICE, "856", "SH" },
};

static const struct seg_signs usual = {
	.elem = '*', .comp = '>', .rep = -1, .release = -1, .term = "~", .term_n = 1
};
static const struct seg_signs unusual = {
	.elem = 0x1d, .comp = 0x1f, .rep = -1, .release = -1, .term = "\x1c", .term_n = 1
};

static const struct x12_kind *
kind_of(enum model_kind kind)
{
	for (size_t i = 0; i < N(kinds); i++)
		if (kinds[i].kind == kind)
			return &kinds[i];
	return NULL;
}

/* ---- envelopes ---- */

static int
put_isa(struct composer *c, struct str version)
{
	const struct edi_facts *f = &c->file->facts;
	struct seg_writer *w = &c->w;
	uint64_t control;
	char rep = w->signs.rep < 0 ? 'U' : (char)w->signs.rep;

	if (str_u64(f->control, 999999999, &control) == -1)
		control = 1;
	seg_write_tag(w, "ISA");
	for (int i = 0; i < 2; i++) {
		seg_write_fixed(w, S("00"), 2);
		seg_write_fixed(w, S(""), 10);
	}
	seg_write_fixed(w, f->sender.qual.n > 0 ? f->sender.qual : S("ZZ"), 2);
	seg_write_fixed(w, f->sender.id, 15);
	seg_write_fixed(w, f->receiver.qual.n > 0 ? f->receiver.qual : S("ZZ"), 2);
	seg_write_fixed(w, f->receiver.id, 15);
	seg_write_fixed(w, str_sub(c->how->now, 2, 6), 6);
	seg_write_fixed(w, str_sub(c->how->now, 8, 4), 4);
	seg_write_raw(w, str_make(&rep, 1));
	seg_write_fixed(w, version, 5);
	seg_write_n(w, control, 9);
	seg_write(w, f->ack_requested ? S("1") : S("0"));
	seg_write(w, f->test ? S("T") : S("P"));
	seg_write_raw(w, str_make(&w->signs.comp, 1));
	seg_write_end(w);
	return w->rc;
}

static void
put_gs(struct composer *c, const struct x12_kind *kind, struct str version, uint64_t group)
{
	const struct edi_facts *f = &c->file->facts;
	struct seg_writer *w = &c->w;
	bool century = str_cmp(version, S("004010")) >= 0;

	seg_write_tag(w, "GS");
	seg_write(w, str_of(kind->function));
	seg_write(w, f->sender.id);
	seg_write(w, f->receiver.id);
	seg_write(w, str_sub(c->how->now, century ? 0 : 2, century ? 8 : 6));
	seg_write(w, str_sub(c->how->now, 8, 4));
	seg_write_n(w, group, 1);
	seg_write(w, S("X"));
	seg_write(w, version);
	seg_write_end(w);
}

static void
put_trailer(struct composer *c, const char *tag, uint64_t count, uint64_t control,
            unsigned int digits)
{
	seg_write_tag(&c->w, tag);
	seg_write_n(&c->w, count, 1);
	seg_write_n(&c->w, control, digits);
	seg_write_end(&c->w);
}

static int
put_set(struct composer *c, const struct x12_kind *kind, const struct model *m, size_t i,
        uint64_t number)
{
	if (m->number.n == 0)
		return compose_missing(c, i, "id", "an X12 set");
	if (m->issued.n == 0)
		return compose_missing(c, i, "issued", "an X12 set");
	c->w.segments = 0;
	seg_write_tag(&c->w, "ST");
	seg_write(&c->w, str_of(kind->set));
	seg_write_n(&c->w, number, 4);
	seg_write_end(&c->w);
	x12_set(c, m);
	put_trailer(c, "SE", c->w.segments + 1, number, 4);
	return c->w.rc;
}

/* Documents of one function and version, from *at on: a group. */
static int
put_group(struct composer *c, size_t *at, uint64_t group)
{
	const struct model *m = &c->file->documents[*at];
	const struct x12_kind *kind = kind_of(m->kind);
	struct str version = x12_version(c, m);
	uint64_t n = 0;

	if (kind == NULL)
		return err_set(c->e, ERR_INPUT, "$.documents[%zu].kind: '%s' is not written as X12",
		               *at, model_kind_name(m->kind));
	put_gs(c, kind, version, group);
	for (; *at < c->file->n_documents; ++*at) {
		m = &c->file->documents[*at];
		if (kind_of(m->kind) == NULL ||
		    !str_eq(str_of(kind_of(m->kind)->function), str_of(kind->function)) ||
		    !str_eq(x12_version(c, m), version))
			break;
		if (put_set(c, kind_of(m->kind), m, *at, ++n) == -1)
			return -1;
	}
	put_trailer(c, "GE", n, group, 1);
	return c->w.rc;
}

static int
put_interchange(struct composer *c)
{
	const struct edi_facts *f = &c->file->facts;
	struct str version = x12_version(c, &c->file->documents[0]);
	uint64_t groups = 0, control;
	size_t at = 0;

	if (str_cmp(version, S("00402")) >= 0)
		c->w.signs.rep = c->w.signs.elem == '*' ? '^' : 0x1e;
	if (put_isa(c, f->format == &edi_x12 && f->version.n == 5 ? f->version
	                                                          : str_sub(version, 0, 5)) == -1)
		return -1;
	while (at < c->file->n_documents)
		if (put_group(c, &at, ++groups) == -1)
			return -1;
	if (str_u64(f->control, 999999999, &control) == -1)
		control = 1;
	put_trailer(c, "IEA", groups, control, 9);
	return c->w.rc;
}

int
compose_x12(struct composer *c, struct buf *out)
{
	const struct edi_facts *f = &c->file->facts;
	size_t start = out->n;

	if (f->sender.id.n == 0 || f->receiver.id.n == 0)
		return err_set(c->e, ERR_INPUT, "$.source.%s.id: missing, an interchange needs it",
		               f->sender.id.n == 0 ? "sender" : "receiver");
	for (int attempt = 0; attempt < 2; attempt++) {
		buf_cut(out, start);
		c->w = (struct seg_writer){ .out = out,
			                    .signs = attempt == 0 ? usual : unusual,
			                    .protects = true,
			                    .value_max = COMPOSE_VALUE_MAX,
			                    .err = c->e };
		if (put_interchange(c) == -1)
			return -1;
		if (!c->w.lossy)
			break;
	}
	return 0;
}
