/* SPDX-License-Identifier: ISC */
/* x12_ack_read.c - TA1, 997 and 999 as partners write them: segment by segment, whatever their order. */
#include "edi/ack_format.h"

/* Of AK5, IK5 and AK9: M, W and X are refusals for reasons of security. */
static enum ack_verdict
verdict_of(struct str code)
{
	if (code.n != 1)
		return ACK_NONE;
	switch (code.p[0]) {
	case 'A':
		return ACK_ACCEPTED;
	case 'E':
		return ACK_ACCEPTED_ERRORS;
	case 'P':
		return ACK_PARTIAL;
	case 'R':
	case 'M':
	case 'W':
	case 'X':
		return ACK_REJECTED;
	default:
		return ACK_NONE;
	}
}

static void
read_isa(struct ack_reader *r)
{
	r->in_ack = false;
	r->from = (struct edi_party){ .qual = ack_value(r, 5, 0), .id = ack_value(r, 6, 0) };
	r->to = (struct edi_party){ .qual = ack_value(r, 7, 0), .id = ack_value(r, 8, 0) };
}

/* TA1 says that an interchange arrived, or is refused; of what is in it only others speak. */
static void
read_ta1(struct ack_reader *r)
{
	struct str action = ack_value(r, 4, 0), note = ack_value(r, 5, 0);
	enum ack_verdict verdict = verdict_of(action);
	struct ack_report report = { .kind = ACK_TA1, .sender = r->to, .receiver = r->from,
		.interchange = ack_value(r, 1, 0) };

	if (verdict == ACK_ACCEPTED || verdict == ACK_ACCEPTED_ERRORS)
		verdict = ACK_RECEIVED;
	ack_open_report(r, report, verdict);
	if (!str_eq(note, S("000")))
		ack_add_error(r, (struct ack_error){ .code = note });
	ack_close_report(r);
}

static void
read_st(struct ack_reader *r)
{
	struct str type = ack_value(r, 1, 0);

	ack_close_report(r);
	r->in_ack = str_eq(type, S("997")) || str_eq(type, S("999"));
	r->kind = str_eq(type, S("999")) ? ACK_999 : ACK_997;
	r->said->n_others += !r->in_ack;
}

static void
read_ak1(struct ack_reader *r)
{
	struct ack_report report = { .kind = r->kind, .sender = r->to, .receiver = r->from,
		.group_type = ack_value(r, 1, 0), .group = ack_value(r, 2, 0) };

	ack_open_report(r, report, ACK_NONE);
}

static void
read_segment_error(struct ack_reader *r)
{
	r->tag = ack_value(r, 1, 0);
	r->segment = ack_number(r, 2, 1);
	if (r->in_message)
		ack_add_error(r, (struct ack_error){ .code = ack_value(r, 4, 0), .tag = r->tag,
		    .segment = r->segment });
}

static void
read_element_error(struct ack_reader *r)
{
	if (r->in_message)
		ack_add_error(r, (struct ack_error){ .code = ack_value(r, 3, 0), .tag = r->tag, .segment = r->segment,
		    .element = ack_number(r, 1, 1), .component = ack_number(r, 1, 2), .value = ack_value(r, 4, 0) });
}

/* A verdict without an AK2 before it speaks of nothing. */
static void
read_ak5(struct ack_reader *r)
{
	if (!r->in_message)
		return;
	for (unsigned int i = 2; i <= 6; i++)
		ack_add_error(r, (struct ack_error){ .code = ack_value(r, i, 0) });
	r->message_verdict = verdict_of(ack_value(r, 1, 0));
	ack_close_message(r);
}

static void
read_ak9(struct ack_reader *r)
{
	if (!r->in_report)
		return;
	ack_close_message(r);
	r->verdict = verdict_of(ack_value(r, 1, 0));
	for (unsigned int i = 5; i <= 9; i++)
		ack_add_error(r, (struct ack_error){ .code = ack_value(r, i, 0) });
	ack_close_report(r);
}

static void
read_ack_segment(struct ack_reader *r)
{
	switch (r->walk.seg.tag) {
	case SEG_TAG('A', 'K', '1'):
		read_ak1(r);
		break;
	case SEG_TAG('A', 'K', '2'):
		if (r->in_report)
			ack_open_message(r, ack_value(r, 1, 0), ack_value(r, 2, 0), ACK_NONE);
		break;
	case SEG_TAG('A', 'K', '3'):
	case SEG_TAG('I', 'K', '3'):
		read_segment_error(r);
		break;
	case SEG_TAG('A', 'K', '4'):
	case SEG_TAG('I', 'K', '4'):
		read_element_error(r);
		break;
	case SEG_TAG('A', 'K', '5'):
	case SEG_TAG('I', 'K', '5'):
		read_ak5(r);
		break;
	case SEG_TAG('A', 'K', '9'):
		read_ak9(r);
		break;
	default:
		break;
	}
}

void
x12_ack_segment(struct ack_reader *r)
{
	if (r->step == WALK_HEADER)
		read_isa(r);
	else if (r->walk.seg.tag == SEG_TAG('T', 'A', '1'))
		read_ta1(r);
	else if (r->walk.seg.tag == SEG_TAG('S', 'T', ' '))
		read_st(r);
	else if (r->in_ack)
		read_ack_segment(r);
}
