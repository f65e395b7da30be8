/* SPDX-License-Identifier: ISC */
#include "edi/bundle.h"

#include "edi/edifact.h"
#include "edi/x12.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CONTROL_BYTES 256	/* of a control number that we repeat */

struct putter {
	struct bundle *b;
	struct pieces walk;
	struct err *e;
};

static int
put(struct putter *p, struct str s)
{
	return buf_put(p->b->out, s, p->e);
}

static int
put_end(struct putter *p)
{
	return put(p, str_make(p->b->signs.term, p->b->signs.term_n)) == -1 ? -1 : put(p, p->b->eol);
}

/* A segment as it is, but for element i, which becomes text. Without one it is added. */
static int
put_with(struct putter *p, unsigned int i, struct str text)
{
	struct seg *seg = &p->walk.seg;
	struct str old = seg_element(&p->b->signs, seg, i);
	size_t at = old.p == NULL || old.n == 0 ? 0 : (size_t)(old.p - seg->raw.p);

	if (at == 0)
		return err_set(p->e, ERR_INPUT,
		    "segment %" PRIu64 " '" STR_FMT "': element %u is empty", seg->ordinal,
		    STR_ARG(str_sub(seg->raw, 0, 3)), i);
	if (put(p, str_sub(seg->raw, 0, at)) == -1 || put(p, text) == -1 ||
	    put(p, str_from(seg->raw, at + old.n)) == -1)
		return -1;
	return put_end(p);
}

/* "SE*COUNT*CONTROL" */
static int
put_trailer(struct putter *p, const char *tag, uint64_t count, struct str control)
{
	char sign = p->b->signs.elem;

	if (buf_printf(p->b->out, p->e, "%s%c%" PRIu64 "%c" STR_FMT, tag, sign, count, sign,
	        STR_ARG(control)) == -1)
		return -1;
	return put_end(p);
}

static int
put_number(struct putter *p, const char *tag, uint64_t count, uint64_t control, int digits)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%0*" PRIu64, digits, control);
	return put_trailer(p, tag, count, str_of(text));
}

static int
keep_control(struct putter *p, unsigned int element)
{
	struct str control = seg_element(&p->b->signs, &p->walk.seg, element);

	buf_clear(&p->b->control);
	p->b->control = BUF_CAP(CONTROL_BYTES);
	return buf_put(&p->b->control, control, p->e);
}

/* ---- the header ---- */

static int
put_isa(struct putter *p)
{
	struct bundle *b = p->b;
	struct str raw = p->walk.seg.raw, date = seg_element(&b->signs, &p->walk.seg, 9);
	struct str control = seg_element(&b->signs, &p->walk.seg, 13);
	size_t at = (size_t)(date.p - raw.p), number = (size_t)(control.p - raw.p);

	if (date.n != 6 || control.n == 0 || number < at + 12)
		return err_set(p->e, ERR_INPUT, "the ISA has not its fixed width");
	if (put(p, str_sub(raw, 0, at)) == -1 ||
	    buf_printf(b->out, p->e, STR_FMT "%c" STR_FMT, STR_ARG(str_sub(b->now, 2, 6)),
	        b->signs.elem, STR_ARG(str_sub(b->now, 8, 4))) == -1)
		return -1;
	if (put(p, str_sub(raw, at + 11, number - at - 11)) == -1 ||
	    buf_printf(b->out, p->e, "%09" PRIu64, b->interchange) == -1 ||
	    put(p, str_from(raw, number + control.n)) == -1)
		return -1;
	return put_end(p);
}

/* UNB 4 is date and time, 5 the reference: side by side. Syntax 4 has the century. */
static int
put_unb(struct putter *p)
{
	struct bundle *b = p->b;
	struct str raw = p->walk.seg.raw, date = seg_element(&b->signs, &p->walk.seg, 4);
	struct str control = seg_element(&b->signs, &p->walk.seg, 5);
	bool century = str_eq(seg_component(&b->signs, &p->walk.seg, 1, 2), S("4"));

	if (date.n == 0 || control.n == 0)
		return err_set(p->e, ERR_INPUT, "UNB has no date, or no reference");
	if (put(p, p->walk.una) == -1 || put(p, str_sub(raw, 0, (size_t)(date.p - raw.p))) == -1)
		return -1;
	if (buf_printf(b->out, p->e, STR_FMT "%c" STR_FMT "%c%" PRIu64,
	        STR_ARG(str_sub(b->now, century ? 0 : 2, century ? 8 : 6)), b->signs.comp,
	        STR_ARG(str_sub(b->now, 8, 4)), b->signs.elem, b->interchange) == -1)
		return -1;
	if (put(p, str_from(raw, (size_t)(control.p - raw.p) + control.n)) == -1)
		return -1;
	return put_end(p);
}

static struct str
line_end(struct str rest)
{
	return str_starts(rest, S("\r\n")) ? S("\r\n") : str_starts(rest, S("\n")) ? S("\n") : S("");
}

static bool
same_signs(const struct seg_signs *a, const struct seg_signs *b)
{
	return a->elem == b->elem && a->comp == b->comp && a->rep == b->rep && a->release == b->release &&
	    a->term_n == b->term_n && memcmp(a->term, b->term, a->term_n) == 0;
}

static int
begin(struct putter *p)
{
	struct bundle *b = p->b;
	bool x12 = b->format == &edi_x12;

	if (b->begun)
		return same_signs(&b->signs, &p->walk.r.signs) ? 0 : err_set(p->e, ERR_INPUT, "other signs than before");
	b->begun = true;
	b->signs = p->walk.r.signs;
	b->eol = line_end(str_from(p->walk.r.in, (size_t)p->walk.seg.offset + p->walk.seg.raw.n + b->signs.term_n));
	return x12 ? put_isa(p) : put_unb(p);
}

/* ---- what is in it ---- */

static int
put_x12(struct putter *p)
{
	struct bundle *b = p->b;
	char number[24];

	b->segments++;
	switch (p->walk.seg.tag) {
	case SEG_TAG('I', 'E', 'A'):
		return 0;
	case SEG_TAG('G', 'S', ' '):
		b->in_group = 0;
		b->groups++;
		(void)snprintf(number, sizeof(number), "%" PRIu64, b->group);
		return put_with(p, 6, str_of(number));
	case SEG_TAG('G', 'E', ' '):
		return put_number(p, "GE", b->in_group, b->group++, 1);
	case SEG_TAG('S', 'T', ' '):
		b->segments = 1;
		b->in_group++;
		b->messages++;
		if (keep_control(p, 2) == -1)
			return -1;
		break;
	case SEG_TAG('S', 'E', ' '):
		return put_trailer(p, "SE", b->segments, buf_str(&b->control));
	default:
		break;
	}
	return put(p, p->walk.seg.raw) == -1 ? -1 : put_end(p);
}

static int
put_edifact(struct putter *p)
{
	struct bundle *b = p->b;
	char number[24];

	b->segments++;
	switch (p->walk.seg.tag) {
	case SEG_TAG('U', 'N', 'Z'):
		return 0;
	case SEG_TAG('U', 'N', 'O'):
		return err_set(p->e, ERR_INPUT, "a package");
	case SEG_TAG('U', 'N', 'G'):
	case SEG_TAG('U', 'N', 'E'):
		return err_set(p->e, ERR_INPUT, "a group");
	case SEG_TAG('U', 'N', 'H'):
		b->segments = 1;
		b->messages++;
		(void)snprintf(number, sizeof(number), "%" PRIu64, b->messages);
		return put_with(p, 1, str_of(number));
	case SEG_TAG('U', 'N', 'T'):
		return put_number(p, "UNT", b->segments, b->messages, 1);
	default:
		return put(p, p->walk.seg.raw) == -1 ? -1 : put_end(p);
	}
}

int
bundle_put(struct bundle *b, struct str in, struct err *e)
{
	struct putter p = { .b = b, .e = e };
	bool x12 = b->format == &edi_x12;
	size_t starts = 0;

	pieces_start(&p.walk, in, x12);
	while (pieces_next(&p.walk)) {
		if (p.walk.starts && ++starts > 1)
			return err_set(e, ERR_INPUT, "more than one interchange in it");
		if (starts == 0 || p.walk.r.signs.term_n == 0)
			return err_set(e, ERR_INPUT, "no interchange");
		if ((p.walk.starts ? begin(&p) : x12 ? put_x12(&p) : put_edifact(&p)) == -1)
			return -1;
	}
	return starts == 1 ? 0 : err_set(e, ERR_INPUT, "no interchange");
}

int
bundle_end(struct bundle *b, struct err *e)
{
	struct putter p = { .b = b, .e = e };

	if (b->format == &edi_x12)
		return put_number(&p, "IEA", b->groups, b->interchange, 9);
	return put_number(&p, "UNZ", b->messages, b->interchange, 1);
}

void
bundle_clear(struct bundle *b)
{
	buf_clear(&b->control);
}

int
bundle_key(struct str in, const struct edi_format *format, struct buf *out, struct err *e)
{
	bool x12 = format == &edi_x12;
	struct pieces walk;
	const struct seg_signs *g = &walk.r.signs;
	struct str one;

	pieces_start(&walk, in, x12);
	if (!pieces_next(&walk) || !walk.starts)
		return err_set(e, ERR_INPUT, "no interchange");
	if (buf_printf(out, e, "%s %c%c%d%d" STR_FMT, format->name, g->elem, g->comp, g->rep, g->release,
	    STR_ARG(str_make(g->term, g->term_n))) == -1)
		return -1;
	for (unsigned int i = 1; i < SEG_ELEMENTS_KEPT; i++) {
		one = seg_element(g, &walk.seg, i);
		if (i == (x12 ? 9u : 4u) || i == (x12 ? 10u : 5u) || (x12 && i == 13))
			continue;
		if (buf_putc(out, g->elem, e) == -1 || buf_put(out, one, e) == -1)
			return -1;
	}
	return 0;
}
