/* SPDX-License-Identifier: ISC */
/* ack_format.h - what the acknowledgements of one syntax give and take: behind ack.h. */
#ifndef EDIGATE_EDI_ACK_FORMAT_H
#define EDIGATE_EDI_ACK_FORMAT_H

#include "edi/ack.h"
#include "edi/walk.h"

#define ACK_COPIED_MAX (2u << 20)	/* past that, values read stay as they are written */

int x12_ack_write(struct arena *a, struct str in, const struct edi_facts *f, struct ack_order *o,
    struct buf *out, struct err *e);
int edifact_ack_write(struct arena *a, struct str in, const struct edi_facts *f,
    struct ack_order *o, struct buf *out, struct err *e);

/* Reading: one segment after the other is given to the syntax, which opens and closes what it finds told of. */
struct ack_reader {
	struct arena *a;
	struct ack_said *said;
	struct walk walk;
	enum walk_step step;
	size_t copied;

	struct edi_party from, to;	/* of the interchange that is being read */
	enum ack_kind kind;		/* of the message that is being read, */
	bool in_ack;			/* if it is an acknowledgement */
	struct ack_report at;		/* EDIFACT: what UCI said, for the groups behind it */

	/* Open now. NULL and yet open: there was no room to keep it. */
	bool in_report, in_message;
	struct ack_report *report, **next_report;
	struct ack_message *message, **next_message;
	struct ack_error **report_error, **message_error;
	enum ack_verdict verdict, messages;	/* of the report as such, of its messages together */
	enum ack_verdict message_verdict;
	uint64_t segment;		/* that errors of elements are in */
	struct str tag;
};

void x12_ack_segment(struct ack_reader *r);
void edifact_ack_segment(struct ack_reader *r);

/* A value of the current segment, unescaped; as a number, 0 where it is none. */
struct str ack_value(struct ack_reader *r, unsigned int i, unsigned int j);
unsigned int ack_number(struct ack_reader *r, unsigned int i, unsigned int j);

/* Opening closes what was open; the report's fields are copied where there is room. */
void ack_open_report(struct ack_reader *r, struct ack_report report, enum ack_verdict verdict);
void ack_open_message(struct ack_reader *r, struct str type, struct str control,
    enum ack_verdict verdict);
void ack_close_message(struct ack_reader *r);
void ack_close_report(struct ack_reader *r);

/* An error of the message that is open, else of the report. Without a code there is none. */
void ack_add_error(struct ack_reader *r, struct ack_error error);

#endif
