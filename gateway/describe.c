/* SPDX-License-Identifier: ISC */
#include "gateway/describe.h"

#include "gateway/base/clock.h"
#include "gateway/base/ipc.h"
#include "gateway/base/log.h"

#define DESCRIBE_MESSAGES LEDGER_MESSAGES_MAX	/* of an interchange; more are counted, not kept */
#define DESCRIBE_REPORTS  100	/* of an acknowledgement */
#define DESCRIBE_SAID	  LEDGER_MESSAGES_MAX	/* messages that all of them name */
#define DESCRIBE_ERRORS	  5	/* of a message */
#define DESCRIBE_ACK	  (IPC_FRAME_MAX - 4096)	/* bytes of an acknowledgement that we owe */
#define DESCRIBE_FIELD	  1024	/* bytes of any field: who sends a number of a megabyte gets the front of it kept */

static struct str
front(struct str s)
{
	return str_sub(s, 0, DESCRIBE_FIELD);
}

struct str
describe_hex(struct arena *a, const struct mic *digest)
{
	static const char digits[] = "0123456789abcdef";
	char *p = arena_get(a, digest->n * 2 + 1);

	for (size_t i = 0; i < digest->n; i++) {
		p[2 * i] = digits[digest->bytes[i] >> 4];
		p[2 * i + 1] = digits[digest->bytes[i] & 15];
	}
	return str_make(p, digest->n * 2);
}

struct str
describe_party(struct arena *a, struct edi_party p)
{
	return p.id.n == 0 ? S("") : front(str_fmt(a, STR_FMT ":" STR_FMT, STR_ARG(p.qual), STR_ARG(p.id)));
}

struct str
describe_problem(struct arena *a, const struct edi_facts *f)
{
	const struct edi_problem *p = f->problems;
	struct str more = f->n_problems > 1 ? str_fmt(a, " (and %zu more)", f->n_problems - 1) : S("");

	if (f->n_problems_kept == 0)
		return S("broken");
	return str_fmt(a, "offset %llu, segment %llu: " STR_FMT STR_FMT, (unsigned long long)p->offset,
	    (unsigned long long)p->segment, STR_ARG(p->text), STR_ARG(more));
}

void
describe_put(struct arena *a, struct msg *m, const struct edi_facts *f, struct span content)
{
	struct mic_sink over;
	struct mic sha256;
	struct err e;

	m->size = content.n;
	if (mic_sink_open(&over, 1u << MIC_SHA256, NULL, &e) == 0 && span_put(content, &over.sink, &e) == 0 &&
	    mic_sink_get(&over, MIC_SHA256, &sha256, &e) == 0)
		m->sha256 = describe_hex(a, &sha256);
	mic_sink_clear(&over);
	if (f->format == NULL)
		return;
	m->format = str_of(f->format->name);
	m->doc_type = front(f->type);
	m->number = front(f->number);
	m->edi_sender = describe_party(a, f->sender);
	m->edi_receiver = describe_party(a, f->receiver);
	m->control = front(f->control);
	m->version = front(f->version);
	m->flag2 = f->test;
}

void
describe_findings(struct role *r, struct arena *a, int64_t job, int64_t payload,
    const struct judged *d)
{
	size_t more = d->n_errors + d->n_warnings - d->n_kept;

	for (size_t i = 0; i < d->n_kept; i++)
		role_tell(r, &(struct msg){ .type = MSG_FINDING, .job = job, .id = payload, .name = d->kept[i].code,
		    .word = d->kept[i].warning ? S("warning") : S("error"), .text = front(d->kept[i].text) });
	if (more > 0)
		role_tell(r, &(struct msg){ .type = MSG_FINDING, .job = job, .id = payload, .word = S("more"),
		    .text = str_fmt(a, "and %zu more, which `edigate validate` shows", more) });
}

void
describe_messages(struct role *r, int64_t job, int64_t payload, const struct edi_facts *f)
{
	for (size_t i = 0; i < f->n_kept && i < DESCRIBE_MESSAGES; i++) {
		const struct edi_message *em = &f->messages[i];

		role_tell(r, &(struct msg){ .type = MSG_MESSAGE, .job = job, .id = payload, .count = i + 1,
		    .doc_type = front(em->type), .version = front(em->version), .control = front(em->control),
		    .name = front(em->group), .number = front(em->number) });
	}
}

/* Does one of its messages acknowledge? Only then is it read once more. */
static bool
has_ack(const struct edi_facts *f)
{
	static const struct str types[] = { S_INIT("997"), S_INIT("999"), S_INIT("CONTRL") };

	for (size_t i = 0; i < f->n_kept; i++)
		for (size_t j = 0; j < N(types); j++)
			if (str_eq(f->messages[i].type, types[j]))
				return true;
	return ack_is(f);
}

/* "code 7 (invalid code) in segment 2 BEG element 1 component 2: '99'" */
static struct str
show_error(struct arena *a, enum ack_kind kind, const struct ack_error *error, bool of_message)
{
	const char *words = ack_error_words(kind, error, of_message);
	struct str text = str_fmt(a, "code " STR_FMT, STR_ARG(error->code));

	if (words != NULL)
		text = str_fmt(a, STR_FMT " (%s)", STR_ARG(text), words);
	if (error->segment > 0)
		text = str_fmt(a, STR_FMT " in segment %llu%s" STR_FMT, STR_ARG(text),
		    (unsigned long long)error->segment, error->tag.n > 0 ? " " : "",
		    STR_ARG(error->tag));
	if (error->element > 0)
		text = str_fmt(a, STR_FMT " element %u", STR_ARG(text), error->element);
	if (error->component > 0)
		text = str_fmt(a, STR_FMT " component %u", STR_ARG(text), error->component);
	return error->value.n == 0 ? text : str_fmt(a, STR_FMT ": '" STR_FMT "'", STR_ARG(text), STR_ARG(error->value));
}

/* A segment is named by the errors of the elements in it. */
static bool
is_said_below(const struct ack_error *error)
{
	const struct ack_error *next = error->next;

	return next != NULL && error->segment > 0 && error->element == 0 &&
	    next->segment == error->segment && next->element > 0;
}

static struct str
show_errors(struct arena *a, enum ack_kind kind, const struct ack_error *error)
{
	struct str all = S("");
	int n = 0;

	for (; error != NULL && n < DESCRIBE_ERRORS; error = error->next) {
		if (is_said_below(error))
			continue;
		all = str_cat(a, str_cat(a, all, n++ > 0 ? S(", ") : S("")), show_error(a, kind, error, true));
	}
	return all;
}

/* The first message that was refused, or what is wrong with the whole. */
static struct str
show_report(struct arena *a, const struct ack_report *report)
{
	const struct ack_message *m = report->messages;

	while (m != NULL && m->verdict != ACK_REJECTED)
		m = m->next;
	if (m == NULL && report->errors == NULL)
		return S("");
	if (m == NULL)
		return str_fmt(a, "the whole of it, " STR_FMT,
		    STR_ARG(show_error(a, report->kind, report->errors, false)));
	return str_fmt(a, STR_FMT " '" STR_FMT "' refused%s" STR_FMT, STR_ARG(m->type),
	    STR_ARG(m->control), m->errors != NULL ? ", " : "",
	    STR_ARG(m->errors != NULL ? show_errors(a, report->kind, m->errors) : S("")));
}

void
describe_acks(struct role *r, struct arena *a, int64_t job, int64_t payload, const struct edi_facts *f,
    struct str content)
{
	static const char *const kinds[] = {
		[ACK_TA1] = "TA1", [ACK_997] = "997", [ACK_999] = "999", [ACK_CONTRL] = "CONTRL"
	};
	struct ack_said said;
	size_t n = 0, named = 0;

	if (!has_ack(f))
		return;
	ack_read(a, content, f, &said);
	for (const struct ack_report *report = said.reports; report != NULL && n < DESCRIBE_REPORTS; report = report->next, n++) {
		role_tell(r, &(struct msg){ .type = MSG_ACK, .job = job, .id = payload, .count = n,
		    .word = str_of(ack_verdict_name(report->verdict)), .control = front(report->interchange),
		    .name = front(report->group), .number = front(report->messages != NULL ? report->messages->control : S("")),
		    .doc_type = str_of(kinds[report->kind]), .format = str_of(f->format->name),
		    .text = front(show_report(a, report)) });
		for (const struct ack_message *m = report->messages; m != NULL && named < DESCRIBE_SAID; m = m->next, named++)
			role_tell(r, &(struct msg){ .type = MSG_ACK_MESSAGE, .job = job, .id = payload, .count = n,
			    .word = str_of(ack_verdict_name(m->verdict)), .name = front(report->group),
			    .control = front(m->control), .text = front(show_errors(a, report->kind, m->errors)) });
	}
}

struct str
describe_stamp(struct arena *a)
{
	struct str now = clock_rfc3339(a, clock_wall_ms());
	char *p = arena_get(a, now.n);
	size_t n = 0;

	for (size_t i = 0; i < now.n && n < 14; i++)
		if (is_digit(now.p[i]))
			p[n++] = now.p[i];
	return str_make(p, n);
}

/* The control numbers are the ledger's: what is made here has those from 1, and what it takes is counted. */
void
describe_ack_due(struct role *r, struct arena *a, int64_t job, int64_t payload, const struct partner *pt,
    const struct edi_facts *f, const struct judged *d, struct str content)
{
	struct ack_order o = { .now = describe_stamp(a), .ta1 = (enum ack_when)pt->ack_ta1, .set = (enum ack_when)pt->ack_997,
		.contrl = (enum ack_when)pt->ack_contrl, .interchange = 1, .group = 1,
		.findings = pt->findings_in != CONF_IN_NOTE ? &d->dict : NULL, .refuse = pt->findings_in == CONF_IN_REFUSE };
	struct buf out = BUF_CAP(DESCRIBE_ACK);
	struct err e;

	if (f->format != NULL && ack_write(a, content, f, &o, &out, &e) == -1)
		log_ev(LOG_WARN, 0, "ack-not-made", KI("job", job), KC("why", e.text));
	else if (o.made > 0)
		role_tell(r, &(struct msg){ .type = MSG_ACK_DUE, .job = job, .id = payload, .count = o.made, .size = o.group - 1,
		    .word = str_of(ack_verdict_name(o.verdict)), .text = buf_str(&out) });
	buf_clear(&out);
}
