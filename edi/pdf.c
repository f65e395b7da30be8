/* SPDX-License-Identifier: ISC */
/*
 * pdf.c - an invoice or order that a PDF carries (Factur-X, ZUGFeRD, Order-X): the files embedded in it by the
 * catalogue's name tree or its associated files, or, where the file is damaged, any embedded file. Pages are not read.
 */
#include "edi/inner.h"
#include "edi/pdf_file.h"
#include "edi/pdf_value.h"
#include "edi/pdf_xref.h"

#define TREE_MAX  8	/* levels of a name tree */
#define FILES_MAX 64	/* embedded files looked at */

/* Names that the standards give the file, the surest first. */
static const struct str names[] = {
	S_INIT("factur-x.xml"), S_INIT("xrechnung.xml"), S_INIT("zugferd-invoice.xml"), S_INIT("ZUGFeRD-invoice.xml"),
	S_INIT("order-x.xml"), S_INIT("ZUGFeRD-Invoice.xml"),
};

struct search {
	struct pdf *p;
	struct str best;	/* bytes of the file chosen */
	size_t rank;		/* of its name */
	bool found;
	unsigned int files;
};

static size_t
rank_of(struct str name)
{
	size_t i = 0;

	while (i < N(names) && !str_find(name, names[i], NULL))
		i++;
	return i;
}

/* An embedded file counts when it is a document that a format claims; of several, the one of the better name. */
static void
consider(struct search *s, struct str name, struct str dict, struct str stream)
{
	size_t rank = rank_of(name);
	struct str bytes;
	const struct edi_format *format;

	if (s->files++ >= FILES_MAX || (s->found && rank >= s->rank) || !pdf_stream(s->p, dict, stream, &bytes))
		return;
	format = edi_detect(str_sub(bytes, 0, EDI_HEAD_MAX));
	if (format == NULL || format == &edi_pdf)
		return;
	s->best = bytes;
	s->rank = rank;
	s->found = true;
}

/* 7.11.3: a file specification; EF has the stream under F or UF. */
static void
take_filespec(struct search *s, struct str spec)
{
	struct str ef, name = S(""), dict, stream;
	uint32_t number;

	if (!pdf_resolve(s->p, &spec) || !pdf_get_resolved(s->p, spec, "EF", &ef) ||
	    (!pdf_get(ef, "F", &dict) && !pdf_get(ef, "UF", &dict)) || !pdf_ref(dict, &number) ||
	    !pdf_object(s->p, number, &dict, &stream))
		return;
	if (!pdf_get_resolved(s->p, spec, "F", &name))
		(void)pdf_get_resolved(s->p, spec, "UF", &name);
	consider(s, name, dict, stream);
}

/* 7.9.6: Names has a key and a value in turns, Kids has further nodes. */
static void
walk_names(struct search *s, struct str node, unsigned int level)
{
	struct str list, key, value;

	if (level > TREE_MAX || s->files >= FILES_MAX || !pdf_resolve(s->p, &node))
		return;
	if (pdf_get_resolved(s->p, node, "Names", &list) && pdf_array(list, &list))
		while (s->files < FILES_MAX && pdf_take(&list, &key) && pdf_take(&list, &value))
			take_filespec(s, value);
	if (pdf_get_resolved(s->p, node, "Kids", &list) && pdf_array(list, &list))
		while (s->files < FILES_MAX && pdf_take(&list, &value))
			walk_names(s, value, level + 1);
}

static void
search_catalogue(struct search *s)
{
	struct str root = s->p->root, tree, list, value;

	if (!pdf_resolve(s->p, &root))
		return;
	if (pdf_get_resolved(s->p, root, "Names", &tree) && pdf_get(tree, "EmbeddedFiles", &tree))
		walk_names(s, tree, 0);
	if (pdf_get_resolved(s->p, root, "AF", &list) && pdf_array(list, &list))
		while (pdf_take(&list, &value))
			take_filespec(s, value);
}

/* Every object that calls itself an embedded file. */
static void
search_objects(struct search *s)
{
	struct str value, stream, type;

	for (uint32_t i = 0; i < s->p->n && s->files < FILES_MAX; i++)
		if (s->p->entries[i].where == PDF_PLAIN && pdf_object(s->p, i, &value, &stream) &&
		    stream.n > 0 && pdf_get(value, "Type", &type) &&
		    pdf_is_name(type, "EmbeddedFile"))
			consider(s, S(""), value, stream);
}

static int
pdf_detect(struct str head)
{
	return str_find(str_sub(head, 0, 1024), S("%PDF-"), NULL) && !str_starts(str_trim(head), S("<")) ? 80 : 0;
}

static int
pdf_read(struct arena *a, struct str in, struct edi_facts *out, struct err *e)
{
	struct pdf p;
	struct search s = { .p = &p };

	if (!pdf_open(&p, a, in)) {
		inner_none(out, S("PDF without objects"));
		return 0;
	}
	if (p.encrypted) {
		inner_none(out, S("encrypted PDF"));
		return 0;
	}
	search_catalogue(&s);
	if (!s.found)
		search_objects(&s);
	if (!s.found && !p.repaired && pdf_xref_repair(&p))
		search_objects(&s);
	if (!s.found) {
		inner_none(out, S("PDF without an invoice inside"));
		return 0;
	}
	return inner_read(a, s.best, S("PDF"), out, e);
}

const struct edi_format edi_pdf = {
	.name = "pdf",
	.label = "PDF",
	.media_type = "application/pdf",
	.extension = "pdf",
	.detect = pdf_detect,
	.read = pdf_read,
};
