/* SPDX-License-Identifier: ISC */
/* ack_reader.c - what is read of an acknowledgement, in lists that grow up to a limit: reports, messages, errors. */
#include "edi/ack_format.h"

static void *
keep(struct ack_reader *r, size_t size)
{
	if (r->said->n_kept >= ACK_SAID_MAX)
		return NULL;
	r->said->n_kept++;
	return arena_get(r->a, size);
}

struct str
ack_value(struct ack_reader *r, unsigned int i, unsigned int j)
{
	const struct seg_signs *g = &r->walk.r.signs;
	struct str raw = str_sub(seg_component(g, &r->walk.seg, i, j), 0, EDI_VALUE_MAX);

	if (!seg_needs_copy(g, raw) || raw.n > ACK_COPIED_MAX - r->copied)
		return str_trim(raw);
	r->copied += raw.n;
	return seg_unescape(r->a, g, raw);
}

unsigned int
ack_number(struct ack_reader *r, unsigned int i, unsigned int j)
{
	uint64_t n;

	return str_u64(ack_value(r, i, j), UINT32_MAX, &n) == 0 ? (unsigned int)n : 0;
}

/* Messages that were named without a verdict add none. */
void
ack_close_message(struct ack_reader *r)
{
	if (!r->in_message)
		return;
	r->in_message = false;
	r->messages = ack_join(r->messages, r->message_verdict);
	if (r->message != NULL)
		r->message->verdict = r->message_verdict;
	r->message = NULL;
}

/* What is refused as a whole is; of anything else the messages may say worse. */
void
ack_close_report(struct ack_reader *r)
{
	if (!r->in_report)
		return;
	ack_close_message(r);
	r->in_report = false;
	if (r->verdict != ACK_REJECTED)
		r->verdict = ack_join(r->verdict, r->messages);
	if (r->report != NULL)
		r->report->verdict = r->verdict;
	r->report = NULL;
	r->said->verdict = ack_join(r->said->verdict, r->verdict);
}

void
ack_open_report(struct ack_reader *r, struct ack_report report, enum ack_verdict verdict)
{
	ack_close_report(r);
	r->said->n_reports++;
	r->in_report = true;
	r->verdict = verdict;
	r->messages = ACK_NONE;
	r->report = keep(r, sizeof(*r->report));
	if (r->report == NULL)
		return;
	*r->report = report;
	r->report->segment = r->walk.seg.ordinal;
	*r->next_report = r->report;
	r->next_report = &r->report->next;
	r->next_message = &r->report->messages;
	r->report_error = &r->report->errors;
}

void
ack_open_message(struct ack_reader *r, struct str type, struct str control,
    enum ack_verdict verdict)
{
	ack_close_message(r);
	r->in_message = true;
	r->message_verdict = verdict;
	if (r->report == NULL)
		return;
	r->report->n_messages++;
	r->message = keep(r, sizeof(*r->message));
	if (r->message == NULL)
		return;
	*r->message = (struct ack_message){ .type = type, .control = control };
	*r->next_message = r->message;
	r->next_message = &r->message->next;
	r->message_error = &r->message->errors;
}

void
ack_add_error(struct ack_reader *r, struct ack_error error)
{
	struct ack_error ***end = r->in_message ? &r->message_error : &r->report_error, *kept;

	if (error.code.n == 0 || r->report == NULL || (r->in_message && r->message == NULL))
		return;
	kept = keep(r, sizeof(*kept));
	if (kept == NULL)
		return;
	*kept = error;
	**end = kept;
	*end = &kept->next;
}
