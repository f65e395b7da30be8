/* SPDX-License-Identifier: ISC */
/* edifact_ack_read.c - CONTRL of all versions as partners write it: UCI, UCF, UCM, UCS, UCD in their order. */
#include "edi/ack_format.h"

/* 0083: 1 to 3 and 5 are those of syntax 1, whose 1 and 2 acknowledge. */
static enum ack_verdict
verdict_of(struct str code)
{
	if (str_eq(code, S("8")))
		return ACK_RECEIVED;
	if (str_eq(code, S("7")) || str_eq(code, S("1")))
		return ACK_ACCEPTED;
	if (str_eq(code, S("4")))
		return ACK_REJECTED;
	return ACK_NONE;
}

/* 0085 in element code, S011 in element place; 0098 counts the tag, we do not. */
static struct ack_error
error_at(struct ack_reader *r, unsigned int code, unsigned int place)
{
	unsigned int element = ack_number(r, place, 1);

	return (struct ack_error){ .code = ack_value(r, code, 1), .element = element > 0 ? element - 1 : 0,
		.component = ack_number(r, place, 2) };
}

/* Behind an action (0083) in element i: 0085, 0135, S011. */
static void
add_service_error(struct ack_reader *r, unsigned int i)
{
	struct ack_error error = error_at(r, i + 1, i + 3);

	error.tag = ack_value(r, i + 2, 1);
	ack_add_error(r, error);
}

static struct edi_party
party(struct ack_reader *r, unsigned int element)
{
	return (struct edi_party){ .id = ack_value(r, element, 1), .qual = ack_value(r, element, 2) };
}

static void
read_unh(struct ack_reader *r)
{
	ack_close_report(r);
	r->at = (struct ack_report){ .kind = ACK_CONTRL };
	r->in_ack = str_eq(ack_value(r, 2, 1), S("CONTRL"));
	r->said->n_others += !r->in_ack;
}

static void
read_uci(struct ack_reader *r)
{
	r->at.interchange = ack_value(r, 1, 1);
	r->at.sender = party(r, 2);
	r->at.receiver = party(r, 3);
	ack_open_report(r, r->at, verdict_of(ack_value(r, 4, 1)));
	add_service_error(r, 4);
}

/* A group stands in the interchange that UCI named, between parties of its own, which nobody goes by. */
static void
read_ucf(struct ack_reader *r)
{
	struct ack_report report = r->at;

	report.group = ack_value(r, 1, 1);
	ack_open_report(r, report, verdict_of(ack_value(r, 4, 1)));
	add_service_error(r, 4);
}

static void
read_ucm(struct ack_reader *r)
{
	ack_open_message(r, ack_value(r, 2, 1), ack_value(r, 1, 1), verdict_of(ack_value(r, 3, 1)));
	add_service_error(r, 3);
}

static void
read_ucd(struct ack_reader *r)
{
	struct ack_error error = error_at(r, 1, 2);

	error.segment = r->segment;
	ack_add_error(r, error);
}

void
edifact_ack_segment(struct ack_reader *r)
{
	uint32_t tag = r->walk.seg.tag;

	if (r->step == WALK_HEADER || tag == SEG_TAG('U', 'N', 'T') || tag == SEG_TAG('U', 'N', 'Z')) {
		ack_close_report(r);
		r->in_ack = false;
	} else if (tag == SEG_TAG('U', 'N', 'H')) {
		read_unh(r);
	} else if (r->in_ack && tag == SEG_TAG('U', 'C', 'I')) {
		read_uci(r);
	} else if (r->in_ack && tag == SEG_TAG('U', 'C', 'F')) {
		read_ucf(r);
	} else if (r->in_report && tag == SEG_TAG('U', 'C', 'M')) {
		read_ucm(r);
	} else if (r->in_message && tag == SEG_TAG('U', 'C', 'S')) {
		r->segment = ack_number(r, 1, 1);
		ack_add_error(r, (struct ack_error){ .code = ack_value(r, 2, 1), .segment = r->segment });
	} else if (r->in_message && tag == SEG_TAG('U', 'C', 'D')) {
		read_ucd(r);
	}
}
