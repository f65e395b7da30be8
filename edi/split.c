/* SPDX-License-Identifier: ISC */
/* split.c - one interchange for each message, under the numbers that the one had: the same bytes each time. */
#include "edi/bundle.h"

#include "edi/edifact.h"
#include "edi/x12.h"

static const struct {
	uint32_t group, message, message_end, group_end;
	unsigned int control, group_control;	/* elements of ISA or UNB, GS or UNG */
} tags[] = {
	{ SEG_TAG('U', 'N', 'G'), SEG_TAG('U', 'N', 'H'), SEG_TAG('U', 'N', 'T'), SEG_TAG('U', 'N', 'E'), 5, 5 },
	{ SEG_TAG('G', 'S', ' '), SEG_TAG('S', 'T', ' '), SEG_TAG('S', 'E', ' '), SEG_TAG('G', 'E', ' '), 13, 6 },
};

void
split_start(struct split *s, struct str in, const struct edi_format *format)
{
	*s = (struct split){ .control = S("") };
	pieces_start(&s->walk, in, format == &edi_x12);
}

/* The segment with its terminator. */
static struct str
whole(const struct split *s)
{
	const struct seg *seg = &s->walk.seg;

	return str_sub(s->walk.r.in, (size_t)seg->offset, seg->raw.n + s->walk.r.signs.term_n);
}

static struct str
line_end(struct str rest)
{
	return str_starts(rest, S("\r\n")) ? str_sub(rest, 0, 2) : str_starts(rest, S("\n")) ? str_sub(rest, 0, 1) : S("");
}

static void
take_header(struct split *s)
{
	struct str segment = whole(s);
	size_t una = s->walk.una.n;

	s->header = str_make(segment.p - una, segment.n + una);	/* they stand side by side */
	s->group_header = s->group = S("");
	s->control = seg_element(&s->walk.r.signs, &s->walk.seg, tags[s->walk.x12].control);
	s->eol = line_end(str_from(s->walk.r.in, (size_t)s->walk.seg.offset + segment.n));
}

static int
put_trailer(const struct split *s, struct str tag, struct str control, struct buf *out,
    struct err *e)
{
	const struct seg_signs *g = &s->walk.r.signs;

	return buf_printf(out, e, STR_FMT "%c1%c" STR_FMT STR_FMT STR_FMT, STR_ARG(tag), g->elem,
	    g->elem, STR_ARG(control), STR_ARG(str_make(g->term, g->term_n)), STR_ARG(s->eol));
}

static int
put_part(const struct split *s, struct str message, struct buf *out, struct err *e)
{
	bool x12 = s->walk.x12;

	if (buf_put(out, s->header, e) == -1 || buf_put(out, s->eol, e) == -1)
		return -1;
	if (s->group_header.n > 0 && (buf_put(out, s->group_header, e) == -1 || buf_put(out, s->eol, e) == -1))
		return -1;
	if (buf_put(out, message, e) == -1 || buf_put(out, s->eol, e) == -1)
		return -1;
	if (s->group_header.n > 0 && put_trailer(s, x12 ? S("GE") : S("UNE"), s->group, out, e) == -1)
		return -1;
	return put_trailer(s, x12 ? S("IEA") : S("UNZ"), s->control, out, e);
}

int
split_next(struct split *s, struct buf *out, struct err *e)
{
	const struct seg *seg = &s->walk.seg;
	size_t from = 0;

	while (pieces_next(&s->walk)) {
		if (s->walk.starts) {
			take_header(s);
		} else if (seg->tag == tags[s->walk.x12].group) {
			s->group_header = whole(s);
			s->group = seg_element(&s->walk.r.signs, &s->walk.seg, tags[s->walk.x12].group_control);
		} else if (seg->tag == tags[s->walk.x12].group_end) {
			s->group_header = s->group = S("");
		} else if (seg->tag == tags[s->walk.x12].message) {
			from = (size_t)seg->offset;
		} else if (seg->tag == tags[s->walk.x12].message_end) {
			struct str end = whole(s);
			size_t to = (size_t)(end.p - s->walk.r.in.p) + end.n;
			return put_part(s, str_sub(s->walk.r.in, from, to - from), out, e) == -1 ? -1 : 1;
		}
	}
	return 0;
}
