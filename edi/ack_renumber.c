/* SPDX-License-Identifier: ISC */
/* ack_renumber.c - other control numbers for what ack_write() made: whoever keeps the counters need not read EDI. */
#include "edi/ack_format.h"

#include <inttypes.h>

struct numberer {
	struct walk walk;
	struct buf *out;
	struct err *e;
	size_t done;		/* bytes of the input that are copied */
	uint64_t interchange, group;
};

/* What stands before element i is copied, then the number in its place. */
static int
put(struct numberer *n, unsigned int i, uint64_t number, int digits)
{
	struct str old = seg_element(&n->walk.r.signs, &n->walk.seg, i);
	size_t at = (size_t)(old.p - n->walk.r.in.p);

	if (old.n == 0)
		return err_set(n->e, ERR_INPUT, "segment %" PRIu64 ": no control number", n->walk.seg.ordinal);
	if (buf_put(n->out, str_sub(n->walk.r.in, n->done, at - n->done), n->e) == -1)
		return -1;
	n->done = at + old.n;
	return buf_printf(n->out, n->e, "%0*" PRIu64, digits, number);
}

static int
put_segment(struct numberer *n)
{
	switch (n->walk.seg.tag) {
	case SEG_TAG('I', 'S', 'A'):
		return put(n, 13, n->interchange, 9);
	case SEG_TAG('I', 'E', 'A'):
		return put(n, 2, n->interchange++, 9);
	case SEG_TAG('G', 'S', ' '):
		return put(n, 6, n->group, 1);
	case SEG_TAG('G', 'E', ' '):
		return put(n, 2, n->group++, 1);
	case SEG_TAG('U', 'N', 'B'):
		return put(n, 5, n->interchange, 1);
	case SEG_TAG('U', 'N', 'Z'):
		return put(n, 2, n->interchange++, 1);
	default:
		return 0;
	}
}

int
ack_renumber(struct str in, const struct edi_format *format, uint64_t interchange, uint64_t group,
    struct buf *out, struct err *e)
{
	struct numberer n = { .out = out, .e = e, .interchange = interchange, .group = group };

	walk_start(&n.walk, format, in);
	while (walk_next(&n.walk) != WALK_END)
		if (put_segment(&n) == -1)
			return -1;
	if (n.interchange > ACK_NUMBER_MAX + 1 || n.group > ACK_NUMBER_MAX + 1)
		return err_set(e, ERR_INPUT, "control numbers are used up, at most %u", ACK_NUMBER_MAX);
	return buf_put(out, str_from(in, n.done), e);
}
